"""What the presenters know of the view is what the view has."""

import pytest
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.screen import list_actions
from fieldcheck.ui.screens.label import state
from fieldcheck.ui.screens.label.view import LabelView
from fieldcheck.ui.shell.shortcuts import Actions


def members(protocol):
    return sorted(name for name in vars(protocol) if not name.startswith("_"))


@pytest.mark.parametrize(
    ("protocol", "part"),
    [
        (state.LabelDisplay, lambda view: view),
        (state.CanvasDisplay, lambda view: view.canvas),
        (state.StripDisplay, lambda view: view.strip),
        (state.FinderDisplay, lambda view: view.finder),
    ],
)
def test_the_view_has_all_that_its_presenters_ask_of_it(qtbot, look, protocol, part):
    room = QWidget()
    qtbot.addWidget(room)
    shown = part(LabelView(look, Actions(room, list_actions()), room))
    assert members(protocol)
    assert [name for name in members(protocol) if not hasattr(shown, name)] == []
