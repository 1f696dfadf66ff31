import pytest
from PySide6.QtWidgets import QLabel, QSystemTrayIcon, QWidget

from fieldcheck.ui.errors import Message, Messages
from fieldcheck.ui.shell.notifications import STAYS_MS, BannerSlot, Toast, TrayNotice
from fieldcheck.ui.widgets.buttons import KeyButton
from tests.ui.faults import is_cut


@pytest.fixture
def slot(qtbot, look):
    messages = Messages()
    made = BannerSlot(look, messages)
    made.said = messages
    qtbot.addWidget(made)
    return made


def test_without_a_banner_it_takes_no_room(slot):
    assert slot.isHidden()


def test_a_state_is_shown_until_it_ends(slot):
    slot.said.show_banner("camera", "The camera is lost.", "alarm")
    assert not slot.isHidden()
    slot.said.clear_banner("camera")
    assert slot.isHidden()


def test_its_button_does_what_it_says(slot):
    done = []
    slot.said.show_banner(
        "camera", "The camera is lost.", "warn", "Use another camera", lambda: done.append(True)
    )
    buttons = slot.findChildren(KeyButton)
    next(button for button in buttons if button.get_label() == "Use another camera").click()
    assert done == [True]


def test_it_may_offer_several_ways_out(slot):
    done = []
    more = [("Use another camera", lambda: done.append("another"))]
    slot.said.show_banner(
        "camera", "The camera is lost.", "warn", "Stop recording", lambda: done.append("stop"), more
    )
    buttons = [button for button in slot.findChildren(KeyButton) if button.get_label()]
    assert [button.get_label() for button in buttons] == ["Use another camera", "Stop recording"]
    for button in buttons:
        button.click()
    assert done == ["another", "stop"]


def test_a_third_one_becomes_a_count(slot, qtbot):
    for number in range(4):
        slot.said.show_banner(str(number), f"State {number}")
    # Qt shows what a layout was given later, and deletes what was taken off later
    qtbot.waitUntil(lambda: "State 3" in seen(slot))
    assert seen(slot) == ["▲", "State 2", "▲", "State 3", "2 more messages: Ctrl+M shows all."]


def seen(slot):
    """Texts of the labels that are not hidden."""
    return [label.text() for label in slot.findChildren(QLabel) if label.isVisibleTo(slot)]


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
    assert len(toast._text.get_shown_lines()) > 1
    assert not is_cut(toast._text)
    assert toast._text.geometry().right() < toast._button.geometry().left()
    assert toast._button.width() == toast._button.sizeHint().width()
    assert toast._text.text() == said
    toast.show_message(Message("Saved"))
    assert len(toast._text.get_shown_lines()) == 1
    assert toast.width() < 200


def test_without_a_tray_it_says_so_and_makes_no_icon(shown):
    notice = TrayNotice(shown(QWidget(), 100, 100))
    if QSystemTrayIcon.isSystemTrayAvailable():
        assert notice.show_notice("Überwachung", "an alarm") in (True, False)
    else:
        assert notice.show_notice("Überwachung", "an alarm") is False
        assert notice._tray is None


def test_the_message_goes_to_the_tray_icon_which_goes_with_the_window(shown, monkeypatch):
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    told = []
    monkeypatch.setattr(
        QSystemTrayIcon,
        "showMessage",
        lambda icon, title, said, *more: told.append((title, said, icon.parent())),
    )
    window = shown(QWidget(), 100, 100)
    notice = TrayNotice(window)
    notice.show_notice("Überwachung", "an alarm")
    notice.show_notice("Überwachung", "another")
    assert told == [("Überwachung", "an alarm", window), ("Überwachung", "another", window)]
