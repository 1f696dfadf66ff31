import pytest

from fieldcheck.ui.screens.capture.live_view import LiveView
from fieldcheck.ui.widgets.buttons import KeyButton


@pytest.fixture
def view(window, shown):
    return shown(LiveView(window.context.theme, window.context.actions), 1170, 598)


def test_without_a_camera_a_sentence_and_ways_out_stand_in_place_of_the_picture(view):
    view.show_empty(
        "No camera found.",
        {"capture.files": "Import videos…", "capture.search": "Industrial cameras"},
    )
    assert view.stack.currentWidget() is view.placeholder
    expected = ["Import videos…", "Industrial cameras"]
    assert [button.get_label() for button in view.placeholder.findChildren(KeyButton)] == expected
    view.show_camera()
    assert view.stack.currentWidget() is view.canvas


def test_the_picture_has_most_of_the_room(view):
    view.show_camera()
    assert view.canvas.width() >= 800
    assert view.canvas.height() >= 440


def test_facts_and_advice_are_shown(view):
    view.show_facts("6:12 recorded", "Record eight short clips rather than one long clip.")
    assert view.facts.text() == "6:12 recorded"
    view.set_compact(True)
    assert view.advice.isHidden()
