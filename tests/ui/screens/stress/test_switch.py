from PySide6.QtWidgets import QWidget

from fieldcheck.ui.screens.stress.switch import PAGES, Switch
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.shell.actions_table import table


def test_each_page_has_a_button_with_its_key_and_one_is_on(qtbot, look):
    room = QWidget()
    qtbot.addWidget(room)
    switch = Switch(look, Actions(room, table()))
    assert [switch.buttons[page].accessibleName() for page in PAGES] == ["Live, L", "Sweep, W", "Probes, P"]
    switch.show_page("probes")
    assert [switch.buttons[page].isChecked() for page in PAGES] == [False, False, True]
    for button in switch.buttons.values():
        button.setParent(room)
