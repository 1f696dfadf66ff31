import pytest
from PySide6.QtWidgets import QLabel

from fieldcheck.ui.errors import Messages
from fieldcheck.ui.shell.notifications import BannerSlot
from fieldcheck.ui.widgets.buttons import KeyButton


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
    next(
        button
        for button in slot.findChildren(KeyButton)
        if button.get_label() == "Use another camera"
    ).click()
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
