from PySide6.QtWidgets import QLineEdit, QWidget

from fieldcheck.ui.widgets.pages import Popover


def test_it_stays_inside_its_window_and_gives_the_focus_back(qtbot, look):
    room = QWidget()
    room.resize(500, 300)
    before = QLineEdit(room)
    qtbot.addWidget(room)
    room.show()
    room.activateWindow()
    qtbot.waitUntil(room.isActiveWindow)
    before.setFocus()
    closed = []
    popover = Popover(look, room, "Jobs", lambda: closed.append(True))
    field = QLineEdit()
    popover.add_content(field)
    popover.open_at(400, 250, 900, 900, field)
    assert room.rect().contains(popover.geometry())
    assert field.hasFocus()
    popover.close_popover()
    popover.close_popover()
    assert closed == [True]
    assert before.hasFocus()
