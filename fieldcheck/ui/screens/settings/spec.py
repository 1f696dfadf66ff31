"""Settings of this computer; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.i18n.language import tr
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import ScreenHelp, ScreenSpec

if TYPE_CHECKING:
    from fieldcheck.ui.screens.settings import presenter
else:
    presenter = LazyModule("fieldcheck.ui.screens.settings.presenter")


def _make_help() -> ScreenHelp:
    return ScreenHelp(
        tr("Settings for this computer. They do not change any project."),
        (
            tr("Choose theme and size for your lighting; gloves mode enlarges all controls."),
            tr("Reports can be in a different language from the interface."),
        ),
    )


SPEC = ScreenSpec(
    id="settings",
    icon="cog-outline",
    order=11,
    name=lambda: tr("Settings"),
    make=lambda context, header: presenter.build_screen(context, header),
    help=_make_help,
    open_action=lambda: (tr("Open settings"), "Ctrl+,"),
)
