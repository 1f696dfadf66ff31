import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor

from fieldcheck.ui.screens.capture.live_view import (
    DISC,
    GAP_COLOUR,
    MARK_COLOUR,
    NOW,
    LightStretch,
    LiveCanvas,
    LiveView,
    QualityMeter,
    RecordingTimeline,
    TimelineContent,
)
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


@pytest.mark.long
def test_while_it_records_the_panel_has_no_settings_and_marks_can_be_set(view):
    panel = view.panel
    view.show_facts("6:12 recorded")
    assert panel.facts.text() == "6:12 recorded"
    assert panel.mark.isHidden()
    view.set_recording(True)
    assert panel.sources.isHidden()
    assert panel.settings.isHidden()
    assert not panel.mark.isHidden()
    panel.show_password_field(True)
    assert not panel.sources.isHidden(), "a camera that comes again may ask for its password"
    view.set_recording(False)
    assert not panel.settings.isHidden()


RED = (200, 30, 30)


@pytest.fixture
def canvas(shown, look):
    return shown(LiveCanvas(look, "Live view"), 400, 300)


def picture(colour=RED):
    return np.full((90, 160, 3), colour, np.uint8)


def colour_at(canvas, x, y):
    return QColor(canvas.grab().toImage().pixel(x, y)).getRgb()[:3]


def test_the_picture_keeps_its_shape(canvas):
    assert canvas.get_image_rect().isEmpty()
    canvas.show_frame(picture())
    place = canvas.get_image_rect()
    assert (place.width(), place.height()) == (400, 225)
    assert colour_at(canvas, 200, 150) == RED
    canvas.clear()
    assert not canvas.has_frame


def test_while_it_records_a_disc_and_the_word_stand_over_it(canvas):
    canvas.show_frame(picture((0, 0, 0)))
    canvas.show_state("Recording 6:12", "", (), "Camera 2, live, Recording 6:12")
    image = canvas.grab().toImage()
    assert any(image.pixel(x, y) == QColor(DISC).rgb() for x in range(60) for y in range(100))
    assert canvas.accessibleDescription() == "Camera 2, live, Recording 6:12"
    assert canvas.overlay_text[0] == "Recording 6:12"


def test_a_picture_that_is_not_live_any_more_is_grey_and_dark(canvas):
    canvas.show_frame(picture())
    canvas.show_state("", "no signal for 0:14", (), "Camera 2, no signal for 0:14")
    red, green, blue = colour_at(canvas, 30, 150)
    assert red == green == blue
    assert red < 60
    canvas.show_state("", "", (), "Camera 2, live")
    assert colour_at(canvas, 30, 150) == RED


def test_figures_stand_in_the_lower_corner_where_they_are_wanted(canvas):
    canvas.show_frame(picture())
    before = canvas.grab().toImage()
    canvas.show_state("", "", ("Camera 2", "30 fps"), "Camera 2")
    assert canvas.grab().toImage() != before


def test_other_room_is_told(canvas, qtbot):
    with qtbot.waitSignal(canvas.resized):
        canvas.resize(300, 200)


def test_without_a_signal_the_disc_is_dark_and_the_time_stands(canvas):
    canvas.show_frame(picture((0, 0, 0)))
    canvas.show_state("Recording 6:12", "no signal for 0:14", (), "Camera 2, no signal")
    image = canvas.grab().toImage()
    corner = {image.pixel(x, y) for x in range(60) for y in range(100)}
    assert QColor(DISC).rgb() not in corner
    assert canvas.overlay_text[0] == "Recording 6:12"


@pytest.fixture
def meter(qtbot, look):
    made = QualityMeter(look, "Dark")
    qtbot.addWidget(made)
    made.resize(200, made.sizeHint().height())
    made.show()
    return made


def colours(meter):
    image = meter.grab().toImage()
    return {
        QColor(image.pixel(x, y)).name().upper()
        for x in range(image.width())
        for y in range(image.height())
    }


def test_it_says_name_and_figure(meter):
    meter.show_value("mean light 120 of 255", 0.4, 0.8)
    assert meter.accessibleName() == "Dark: mean light 120 of 255"
    assert not meter.is_beyond_limit


def test_above_the_limit_it_is_told_by_mark_and_by_colour(meter, look):
    meter.show_value("mean light 120 of 255", 0.4, 0.8)
    assert look.tokens.warn not in colours(meter)
    meter.show_value("mean light 20 of 255", 0.9, 0.8)
    assert meter.accessibleName() == "Dark: ▲ mean light 20 of 255"
    assert look.tokens.warn in colours(meter)


def test_values_beyond_the_ends_are_drawn_at_the_ends(meter):
    meter.show_value("much", 7.0, 0.5)
    meter.grab()
    meter.show_value("nothing", -1.0, 0.5)
    meter.grab()
    assert not meter.is_beyond_limit


@pytest.fixture
def timeline(qtbot, look):
    made = RecordingTimeline(look, "Recorded time")
    qtbot.addWidget(made)
    made.resize(600, made.sizeHint().height())
    made.show()
    return made


def painted(timeline, colour):
    """The columns in which a colour is painted."""
    image = timeline.grab().toImage()
    wanted = QColor(colour).rgb()
    return [
        x
        for x in range(image.width())
        if any(image.pixel(x, y) == wanted for y in range(image.height()))
    ]


def test_before_a_recording_there_is_only_the_scale(timeline, look):
    assert painted(timeline, NOW) == []


def test_the_head_is_where_the_recording_is_and_ten_minutes_are_the_whole_width(timeline, look):
    timeline.show_timeline(
        TimelineContent(
            300.0, (LightStretch(0.0, "dark"), LightStretch(100.0, "glare")), (50.0,), (), "enough",
            "5:00 recorded",
        ),
    )  # fmt: skip
    head = painted(timeline, NOW)
    assert 108 <= min(head) <= 112, "the newest stretch begins at 1:40 of ten minutes"
    assert 295 <= max(head) <= 300
    assert timeline.accessibleDescription() == "5:00 recorded"
    timeline.show_timeline(TimelineContent(1200.0, (LightStretch(0.0, "dark"),)))
    assert max(painted(timeline, NOW)) >= 580


def test_single_frames_have_a_sign_of_their_own(timeline, look):
    shown = []
    for line in (TimelineContent(300.0, marks=(150.0,)), TimelineContent(300.0, singles=(150.0,))):
        timeline.show_timeline(line)
        assert any(140 <= x <= 160 for x in painted(timeline, MARK_COLOUR))
        shown.append(timeline.grab().toImage())
    assert shown[0] != shown[1]


def test_a_gap_is_hatched_where_it_is(timeline, look):
    timeline.show_timeline(TimelineContent(500.0, (LightStretch(0.0, ""),), (), ((200.0, 100.0),)))
    hatched = painted(timeline, GAP_COLOUR)
    assert hatched
    assert min(hatched) >= 203
    assert max(hatched) <= 302


TIMES = st.floats(0, 5000, allow_nan=False)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30
)
@given(
    TIMES,
    st.lists(TIMES, max_size=5),
    st.lists(TIMES, max_size=5),
    st.lists(st.tuples(TIMES, TIMES), max_size=3),
)
def test_any_recording_is_painted(timeline, seconds, starts, marks, gaps):
    stretches = tuple(LightStretch(at, "dark") for at in sorted(starts))
    timeline.show_timeline(TimelineContent(seconds, stretches, tuple(marks), tuple(gaps)))
    assert not timeline.grab().isNull()
