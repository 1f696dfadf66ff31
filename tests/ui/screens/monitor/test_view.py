import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from fieldcheck.ui.screens.monitor.view import StateTimeline
from tests.ui.screens.monitor.made import eight_days
from tests.ui.states import SMALL, USUAL, rest


@pytest.fixture
def watched(screen_of):
    screen = screen_of("labelled", "monitor")
    screen.presenter.state.load_shifts(*eight_days(), {})
    screen.presenter.step_shift(0)
    return screen


@pytest.mark.long
def test_a_shift_with_a_frozen_camera_says_so_and_nothing_of_its_results(watched):
    watched.presenter.select_shift(13)
    view = watched.view
    assert view.timeline.states[13] == "camera"
    assert "image feed frozen for 40 s" in "\n".join(view.details.get_lines())
    assert "not retrain the model for this" in "\n".join(view.details.get_lines())


def test_a_class_that_fell_is_marked_and_a_rare_one_is_too_few(watched):
    by_name = {one.name: one for one in watched.view.classes.classes}
    assert by_name["Crack"].low
    assert by_name["Burr"].caption.endswith("too few")
    assert watched.presenter.state.shift.state == "alarm"


@pytest.mark.long
def test_it_has_room_in_both_sizes(watched, window, settle):
    for size, side in ((USUAL, 312), (SMALL, 292)):
        window.resize(size)
        rest(window, settle)
        assert watched.view.side.width() == side
        assert watched.view.chart.height() >= 64
        assert not watched.view.details.testAttribute(Qt.WidgetAttribute.WA_UnderMouse)


@pytest.mark.long
def test_a_note_that_is_being_written_stays_when_the_shifts_are_read_again(watched):
    at = watched.presenter.state.index
    assert not watched.view.note.isReadOnly()
    watched.view.note.setText("lens wip")
    watched.presenter.select_shift(at)
    assert watched.view.note.text() == "lens wip"
    watched.presenter.select_shift(0)
    assert watched.view.note.text() == ""


def test_each_state_has_its_colour_and_a_click_chooses(look, shown, qtbot):
    bar, told = shown(StateTimeline(look), 400, 34), []
    bar.chosen.connect(told.append)
    bar.show_states(("healthy", "camera", "alarm"), 0, "three")
    picture = bar.grab().toImage()
    colours = [
        QColor(picture.pixel(bar.get_block_rect(at).left() + 4, 6)).name().upper()
        for at in range(3)
    ]
    assert colours == [look.tokens.hairline, look.tokens.alarm, look.tokens.warn]
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.get_block_rect(2).center())
    assert told == [2]
    assert bar.accessibleDescription() == "three"


def test_a_year_of_shifts_has_room_and_a_click_beside_chooses_nothing(look, shown, qtbot):
    bar, told = shown(StateTimeline(look), 400, 34), []
    bar.chosen.connect(told.append)
    bar.show_states(("healthy",) * 1000, 3, "")
    assert bar.get_block_rect(999).right() <= 400
    bar.show_states((), 0, "")
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.rect().center())
    assert told == []
