"""Settings of this computer; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen_spec import About, ScreenSpec
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.ui.screens.settings import presenter
else:
    presenter = LazyModule("fieldcheck.ui.screens.settings.presenter")


def _about() -> About:
    return About(
        text("Settings for this computer. They do not change any project."),
        (
            text("Choose theme and size for your lighting; gloves mode enlarges all controls."),
            text("Reports can be in a different language from the interface."),
        ),
    )


SPEC = ScreenSpec(
    id="settings",
    icon="cog-outline",
    place=11,
    name=lambda: text("Settings"),
    make=lambda context, header: presenter.build(context, header),
    help=_about,
    go=lambda: (text("Open settings"), "Ctrl+,"),
)
