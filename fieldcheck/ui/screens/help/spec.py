"""Help; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.i18n.language import tr
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import ScreenSpec

if TYPE_CHECKING:
    from fieldcheck.ui.screens.help import presenter
else:
    presenter = LazyModule("fieldcheck.ui.screens.help.presenter")


SPEC = ScreenSpec(
    id="help",
    icon="help-circle-outline",
    order=12,
    name=lambda: tr("Help"),
    make=lambda context, header: presenter.build_screen(context, header),
    open_action=lambda: (tr("Help for this screen"), "F1"),
)
