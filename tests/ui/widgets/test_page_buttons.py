from PySide6.QtWidgets import QWidget

from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.shell.actions_table import table
from fieldcheck.ui.widgets.page_buttons import PageButtons


def test_each_page_has_a_button_with_its_key_and_one_is_on(qtbot, look):
    room = QWidget()
    qtbot.addWidget(room)
    switch = PageButtons(look, Actions(room, table()), "stress", {"live": "Live", "sweep": "Sweep", "probes": "OOD"})
    pages = list(switch.buttons)
    assert [switch.buttons[page].accessibleName() for page in pages] == ["Live, L", "Sweep, W", "OOD, P"]
    assert [switch.buttons[page].isChecked() for page in pages] == [True, False, False]
    switch.show_part("probes")
    assert [switch.buttons[page].isChecked() for page in pages] == [False, False, True]
    for button in switch.buttons.values():
        button.setParent(room)
