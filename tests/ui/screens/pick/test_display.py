"""What the presenters know of the view is what the view has."""

from PySide6.QtWidgets import QWidget

from fieldcheck.ui.screen import list_actions
from fieldcheck.ui.screens.pick.state import PickDisplay
from fieldcheck.ui.screens.pick.view import PickView
from fieldcheck.ui.shell.shortcuts import Actions


def test_the_view_has_all_that_its_presenters_ask_of_it(qtbot, look):
    room = QWidget()
    qtbot.addWidget(room)
    view = PickView(look, Actions(room, list_actions()), room)
    asked = [name for name in vars(PickDisplay) if not name.startswith("_")]
    assert len(asked) > 20
    assert [name for name in asked if not hasattr(view, name)] == []
