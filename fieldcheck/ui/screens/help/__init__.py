"""Help; how the screen registers itself."""

from __future__ import annotations

from fieldcheck.i18n.language import tr
from fieldcheck.ui.screen import ScreenSpec

SPEC = ScreenSpec(
    id="help",
    package=__name__,
    icon="help",
    order=12,
    needs_project=False,
    name=lambda: tr("Help"),
    open_action=lambda: (tr("Help for this screen"), "F1"),
)
