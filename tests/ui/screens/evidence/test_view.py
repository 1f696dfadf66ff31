import pytest
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.screen import list_actions
from fieldcheck.ui.screens.evidence.presenter import PARTS, EvidenceView
from fieldcheck.ui.shell.shortcuts import Actions


@pytest.fixture
def view(look, qtbot):
    room = QWidget()
    qtbot.addWidget(room)
    actions = Actions(room, list_actions())
    yield EvidenceView(look, actions, PARTS, room)
    actions.remove_all()


def test_a_part_is_shown_alone_and_its_button_says_so(view):
    view.show_part("packs")
    assert view.pages.current_page is view.parts["packs"]
    actual = [name for name, button in view.buttons.buttons.items() if button.isChecked()]
    assert actual == ["packs"]
    view.show_empty("No project is open.", ["evidence.verify"])
    assert view.pages.current_page is view.placeholder
    assert view.line.isHidden()
