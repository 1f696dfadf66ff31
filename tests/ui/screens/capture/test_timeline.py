import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor

from fieldcheck.ui.screens.capture.live_view import LightStretch, RecordingTimeline, TimelineContent


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
    assert painted(timeline, look.tokens.alarm) == []


def test_the_head_is_where_the_recording_is_and_ten_minutes_are_the_whole_width(timeline, look):
    timeline.show_timeline(
        TimelineContent(
            300.0, (LightStretch(0.0, "dark"), LightStretch(100.0, "glare")), (50.0,), (), "enough",
            "5:00 recorded",
        ),
    )  # fmt: skip
    head = painted(timeline, look.tokens.alarm)
    assert 295 <= min(head) <= max(head) <= 305
    assert timeline.accessibleDescription() == "5:00 recorded"
    timeline.show_timeline(TimelineContent(1200.0, (LightStretch(0.0, "dark"),)))
    assert max(painted(timeline, look.tokens.alarm)) >= 595


def test_single_frames_have_a_sign_of_their_own(timeline, look):
    shown = []
    for line in (TimelineContent(300.0, marks=(150.0,)), TimelineContent(300.0, singles=(150.0,))):
        timeline.show_timeline(line)
        assert any(140 <= x <= 160 for x in painted(timeline, look.tokens.text))
        shown.append(timeline.grab().toImage())
    assert shown[0] != shown[1]


def test_a_gap_is_hatched_where_it_is(timeline, look):
    timeline.show_timeline(TimelineContent(500.0, (LightStretch(0.0, ""),), (), ((200.0, 100.0),)))
    hatched = [x for x in painted(timeline, look.tokens.alarm) if x < 490]
    assert hatched
    assert min(hatched) >= 198
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
    timeline.show_timeline(
        TimelineContent(
            seconds,
            tuple(LightStretch(at, "dark") for at in sorted(starts)),
            tuple(marks),
            tuple(gaps),
        )
    )
    assert not timeline.grab().isNull()
