import pytest
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.errors import Message
from fieldcheck.ui.shell.notifications import STAYS_MS, Toast


def test_a_toast_offers_to_take_the_act_back(qtbot, look):
    room = QWidget()
    room.resize(800, 400)
    qtbot.addWidget(room)
    room.show()
    toast = Toast(look, room)
    done = []
    toast.show_message(Message("3 frames → Crack", button="Undo", action=lambda: done.append(True)))
    assert toast.isVisible()
    assert room.rect().contains(toast.geometry())
    toast._button.click()
    assert done == [True]
    assert not toast.isVisible()


def test_it_goes_by_itself(qtbot, look):
    room = QWidget()
    qtbot.addWidget(room)
    room.show()
    toast = Toast(look, room)
    toast.show_message(Message("Saved"))
    assert toast._timer.isActive()
    assert (toast._timer.isSingleShot(), toast._timer.interval()) == (True, STAYS_MS)
    toast._timer.timeout.emit()
    assert not toast.isVisible()


def test_its_button_goes_once_another_act_could_be_undone_by_it(qtbot, look):
    room = QWidget()
    qtbot.addWidget(room)
    room.show()
    toast = Toast(look, room)
    toast.show_message(Message("80 frames picked.", button="Undo", action=lambda: None))
    toast.on_undo_depth_change(3)
    toast.on_undo_depth_change(3)
    assert toast.isVisible()
    toast.on_undo_depth_change(4)
    assert not toast.isVisible()
    toast.show_message(Message("Saved"))
    toast.on_undo_depth_change(4)
    toast.on_undo_depth_change(5)
    assert toast.isVisible()


@pytest.mark.parametrize("width", [1366, 640])
def test_one_that_says_much_stays_inside_the_window(qtbot, look, width):
    room = QWidget()
    room.resize(width, 400)
    qtbot.addWidget(room)
    room.show()
    toast = Toast(look, room)
    said = (
        "Exported to /media/anna/STICK/visits/line "
        "4/2026/11/29/Fieldcheck_Line-4-night_2026-11-29. All files verified. "
    ) * 3
    toast.show_message(Message(said, button="Open folder", action=lambda: None))
    assert room.rect().contains(toast.geometry())
    assert 1 < len(toast._said.get_shown_lines()) <= 3
    assert toast._said.geometry().right() < toast._button.geometry().left()
    assert toast._button.width() == toast._button.sizeHint().width()
    assert toast._said.text() == said
    toast.show_message(Message("Saved"))
    assert len(toast._said.get_shown_lines()) == 1
    assert toast.width() < 200
