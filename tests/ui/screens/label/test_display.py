"""What the presenters know of the view is what the view has."""

import pytest
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.screens.label import display
from fieldcheck.ui.screens.label.view import LabelView
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.shell.actions_table import list_actions


def members(protocol):
    return sorted(name for name in vars(protocol) if not name.startswith("_"))


@pytest.mark.parametrize(
    ("protocol", "part"),
    [
        (display.LabelDisplay, lambda view: view),
        (display.CanvasDisplay, lambda view: view.canvas),
        (display.StripDisplay, lambda view: view.strip),
        (display.FinderDisplay, lambda view: view.finder),
    ],
)
def test_the_view_has_all_that_its_presenters_ask_of_it(qtbot, look, protocol, part):
    room = QWidget()
    qtbot.addWidget(room)
    shown = part(LabelView(look, Actions(room, list_actions()), room))
    assert members(protocol)
    assert [name for name in members(protocol) if not hasattr(shown, name)] == []
