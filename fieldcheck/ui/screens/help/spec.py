"""Help; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen_spec import ScreenSpec
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.ui.screens.help import presenter
else:
    presenter = LazyModule("fieldcheck.ui.screens.help.presenter")


SPEC = ScreenSpec(
    id="help",
    icon="help-circle-outline",
    place=12,
    name=lambda: text("Help"),
    make=lambda context, header: presenter.build(context, header),
    go=lambda: (text("Help for this screen"), "F1"),
)
