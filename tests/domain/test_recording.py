import time
from dataclasses import replace

import pytest

from fieldcheck.domain.recording import (
    Clip,
    Recording,
    SkippedFile,
    format_clip_names,
    make_clip_id,
)

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
