"""Settings of this computer; how the screen registers itself."""

from __future__ import annotations

from fieldcheck.i18n.language import tr
from fieldcheck.ui.screen import ScreenHelp, ScreenSpec


def _make_help() -> ScreenHelp:
    return ScreenHelp(
        tr("Settings for this computer. They do not change any project."),
        (
            tr("Choose theme and size for your lighting; gloves mode enlarges all controls."),
            tr("Reports can be in a different language from the interface."),
        ),
        problems=(
            (
                tr("If words are cut or too small"),
                tr("Choose another size, or press Ctrl++ and Ctrl+-."),
            ),
            (tr("If keys react too fast"), tr("Raise the minimum time per label.")),
        ),
    )


SPEC = ScreenSpec(
    id="settings",
    package=__name__,
    icon="cog",
    order=11,
    needs_project=False,
    name=lambda: tr("Settings"),
    help=_make_help,
    open_action=lambda: (tr("Open settings"), "Ctrl+,"),
)
