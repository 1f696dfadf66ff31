import time
from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fieldcheck.domain.frame import (
    PICTURE_ENDINGS,
    UNREAD_ENDINGS,
    VIDEO_ENDINGS,
    Frame,
    FrameFacts,
    Quality,
    format_patterns,
    make_frame_id,
)
from fieldcheck.domain.recording import (
    CONDITIONS,
    Clip,
    LightingChange,
    Recording,
    SkippedFile,
    format_clip_names,
    get_conditions_at,
    list_conditions_between,
    make_clip_id,
    parse_conditions,
)
from fieldcheck.imaging import codec

OILING = Recording(
    "ab", "video", "c2_oiling.mp4", "", "f" * 64, "", "", "2026-11-25T05:52:10+00:00", (), 2.0,
    30.0, 1280, 720,
)  # fmt: skip


@pytest.fixture
def tokyo(monkeypatch):
    """This computer stands nine hours east of UTC."""
    if not hasattr(time, "tzset"):
        pytest.skip("Windows takes its time zone from the system only")
    monkeypatch.setenv("TZ", "JST-9")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_recording_is_open_and_empty_until_somebody_closes_it():
    recording = Recording(
        "ab", "video", "night.mp4", "recordings/ab/night.mp4", "f" * 64, "", "", "", (), 2.0, 30.0,
        1280, 720,
    )  # fmt: skip
    assert not recording.closed
    assert (recording.n_frames, recording.skipped) == (0, ())


def test_the_same_file_skipped_for_the_same_reason_is_the_same():
    actual = {SkippedFile("a.jpg", "damaged"), SkippedFile("a.jpg", "damaged")}
    assert actual == {SkippedFile("a.jpg", "damaged")}


def test_a_clip_is_named_by_its_recording_and_its_first_frame():
    assert make_clip_id("ab12", 0) == "ab12.0"
    assert make_clip_id("ab12", 600) != make_clip_id("ab12", 60)


def clip(first, start_s, recording="ab"):
    return Clip(make_clip_id(recording, first), recording, first, start_s, "", "", ())


def test_people_know_a_clip_by_its_source_and_local_time(tokyo):
    expected = {"ab.0": "c2_oiling, 14:52", "ab.900": "c2_oiling, 15:02"}
    assert format_clip_names([OILING], [clip(0, 0.0), clip(900, 600.0)]) == expected


def test_where_nobody_said_when_the_place_in_the_source_stands_for_the_time():
    actual = format_clip_names([replace(OILING, taken_at="")], [clip(0, 0.0), clip(900, 252.0)])
    assert actual == {"ab.0": "c2_oiling, 0:00", "ab.900": "c2_oiling, 4:12"}


def test_clips_that_would_be_called_alike_are_numbered():
    named = format_clip_names([replace(OILING, taken_at="")], [clip(0, 0.0), clip(15, 0.5)])
    assert list(named.values()) == ["c2_oiling, 0:00 (1)", "c2_oiling, 0:00 (2)"]


DARK, BOTH = ("dark",), ("dark", "glare")
LIGHTS = (LightingChange(0.0, DARK), LightingChange(10.0, BOTH), LightingChange(20.0, ()))


@pytest.mark.parametrize(
    ("at_s", "told"), [(-1, ()), (0, DARK), (9.9, DARK), (10, BOTH), (19.9, BOTH), (99, ())]
)
def test_what_was_told_stands_until_something_else_is(at_s, told):
    assert get_conditions_at(LIGHTS, at_s) == told


@pytest.mark.parametrize(("from_s", "to_s", "told"), [
    (0, 5, set(DARK)),
    (5, 15, set(BOTH)),
    (10, 12, set(BOTH)),
    (20, inf, set()),
    (5, 10, set(DARK)),
])  # fmt: skip
def test_a_stretch_holds_everything_that_was_told_in_it(from_s, to_s, told):
    assert list_conditions_between(LIGHTS, from_s, to_s) == told


def test_where_nothing_was_told_there_is_nothing():
    assert get_conditions_at((), 3.0) == ()
    assert list_conditions_between((), 0, inf) == frozenset()


@given(st.lists(st.sampled_from(CONDITIONS)))
def test_conditions_come_once_each_in_their_own_order(names):
    found = parse_conditions(" , ".join(names))
    assert set(found) == set(names)
    assert list(found) == sorted(found, key=CONDITIONS.index)


def test_an_unknown_condition_is_named():
    with pytest.raises(ValueError, match=r"^fog$"):
        parse_conditions("dark,fog")


def test_nothing_said_is_no_condition():
    assert parse_conditions(" , ") == ()


def test_the_pixels_of_a_frame_cannot_be_written():
    frame = Frame(np.zeros((4, 6, 3), np.uint8), 0, 0.0)
    with pytest.raises(ValueError, match="read-only"):
        frame.rgb[0, 0, 0] = 1


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((4, 6), np.uint8), np.zeros((4, 6, 4), np.uint8), np.zeros((4, 6, 3), np.float32)],
)
def test_only_three_channels_of_bytes_are_a_frame(pixels):
    with pytest.raises(ValueError, match="a frame is"):
        Frame(pixels, 0, 0.0)


def test_names_of_frames_sort_as_the_frames_do():
    actual = sorted(make_frame_id("ab", k) for k in (10, 9, 100))
    assert actual == [make_frame_id("ab", k) for k in (9, 10, 100)]


def test_every_ending_of_a_picture_is_one_of_the_decoders():
    Image.init()
    assert {Image.EXTENSION[ending] for ending in PICTURE_ENDINGS} == set(codec.FORMATS)


def test_no_ending_is_of_two_kinds():
    actual = len(PICTURE_ENDINGS | UNREAD_ENDINGS | VIDEO_ENDINGS)
    assert actual == len(PICTURE_ENDINGS) + len(UNREAD_ENDINGS) + len(VIDEO_ENDINGS)


def test_a_file_dialog_takes_them_as_patterns():
    assert format_patterns(frozenset({".png", ".jpg"}), frozenset({".avi"})) == "*.avi *.jpg *.png"


def test_the_statistics_of_a_frame_cannot_be_written():
    quality = Quality(118.0, 200.0, 0.0, 0.01, 6.5, 1.2, -3.0)
    facts = FrameFacts("r-000001", quality, 1, 2, np.zeros(16, np.float32))
    with pytest.raises(ValueError, match="read-only"):
        facts.statistics[0] = 1
