import sqlite3
from dataclasses import replace

import pytest

from fieldcheck.domain.recording import (
    LightingChange,
    RecordedMoment,
    RecordingGap,
    RecordingStorage,
)
from fieldcheck.project import undo
from fieldcheck.project.tables import frames, recordings
from tests.project.made import clip, facts, listed, recording


def test_a_recording_comes_back_as_it_went_in(db):
    recordings.put_recording(db, recording())
    assert recordings.get_recording(db, "rec") == recording()
    assert recordings.find_recording_by_sha256(db, "rec-hash") == recording()


def test_an_unknown_recording_is_none(db):
    assert recordings.get_recording(db, "rec") is None
    assert recordings.find_recording_by_sha256(db, "x") is None


def test_recordings_stay_in_order_of_import_when_they_are_brought_up_to_date(db):
    for name in ("z", "a", "m"):
        recordings.put_recording(db, recording(name, closed=False))
    recordings.put_recording(db, replace(recording("z"), n_frames=9))
    expected = [("z", True), ("a", False), ("m", False)]
    assert [(one.recording_id, one.closed) for one in recordings.list_recordings(db)] == expected
    assert recordings.get_recording(db, "z").n_frames == 9


def test_no_two_finished_recordings_have_the_same_content(db):
    recordings.put_recording(db, recording("a", sha256="same"))
    recordings.put_recording(db, recording("b", closed=False, sha256="same"))
    with pytest.raises(sqlite3.IntegrityError):
        recordings.put_recording(db, recording("b", sha256="same"))
    assert recordings.find_recording_by_sha256(db, "same").recording_id == "a"


def test_only_a_recording_without_frames_can_be_taken_out(db):
    for name in ("empty", "rec"):
        recordings.put_recording(db, recording(name))
    frames.insert_frames(db, listed(), facts(listed()))
    for name in ("empty", "rec", "nobody"):
        recordings.remove_recording(db, name)
    assert recordings.list_recordings(db) == (recording(),)


def test_only_a_recording_without_a_frame_can_be_taken_out(db):
    recordings.put_recording(db, recording("a", closed=False))
    recordings.put_recording(db, recording("b"))
    frames.insert_frames(db, listed("b"), facts(listed("b")))
    for name in ("a", "b", "c"):
        recordings.remove_recording(db, name)
    assert [one.recording_id for one in recordings.list_recordings(db)] == ["b"]


KEPT = RecordingStorage("rec", 10**10, None, 3, "bayer_rg12", "", True, "killed")
GAPS = (RecordingGap(10.0, 2.5, "silence"), RecordingGap(10.0, 0.1, "format"))


def test_how_a_recording_was_kept_comes_back_as_it_was_stored(db):
    recordings.put_recording(db, recording())
    assert recordings.get_capture(db, "rec") is None
    recordings.put_capture(db, KEPT, GAPS)
    assert recordings.get_capture(db, "rec") == KEPT
    assert recordings.list_gaps(db, "rec") == GAPS


def test_it_is_stored_again_in_place_of_what_was_known(db):
    recordings.put_capture(db, KEPT, GAPS)
    better = RecordingStorage("rec", 5, 0, 0, "jpeg", "", False, "asked")
    recordings.put_capture(db, better, GAPS[:1])
    assert recordings.get_capture(db, "rec") == better
    assert recordings.list_gaps(db, "rec") == GAPS[:1]


def test_moments_and_light_are_listed_by_time_and_recording(db):
    for at_s in (5.5, 2.0):
        recordings.add_moment(db, "rec", RecordedMoment(at_s))
        recordings.add_light(db, "rec", LightingChange(at_s, ("dark", "glare")))
    recordings.add_moment(db, "rec", RecordedMoment(2.0))
    recordings.add_moment(db, "other", RecordedMoment(1.0, "single"))
    recordings.add_light(db, "rec", LightingChange(2.0, ()))
    assert recordings.list_moments(db, "rec") == (RecordedMoment(2.0), RecordedMoment(5.5))
    assert recordings.list_moments(db, "other") == (RecordedMoment(1.0, "single"),)
    actual = recordings.list_lights(db, "rec")
    assert actual == (LightingChange(2.0, ()), LightingChange(5.5, ("dark", "glare")))
    assert recordings.list_lights(db, "other") == ()


def test_clips_are_listed_in_order_of_import_and_time(db):
    for name in ("z", "a"):
        recordings.put_recording(db, recording(name))
    recordings.put_clips(db, [clip("a"), clip("z", 300), clip("z")])
    assert recordings.list_clips(db) == (clip("z"), clip("z", 300), clip("a"))
    assert recordings.list_clips_of_recording(db, "z") == (clip("z"), clip("z", 300))


def test_finding_a_clip_again_keeps_what_a_person_said_of_it(db):
    recordings.put_recording(db, recording())
    recordings.put_clips(db, [clip()])
    said = replace(clip(), location="gate", conditions=())
    undo.apply_edit(db, "clip.set", [recordings.make_clip_row(said)])
    recordings.put_clips(db, [clip()])
    assert recordings.list_clips(db) == (said,)
    undo.undo_edit(db)
    assert recordings.list_clips(db) == (clip(),)


def test_a_clip_can_be_joined_to_the_one_before_it(db):
    recordings.put_recording(db, recording())
    recordings.put_clips(db, [clip(), clip(first=300)])
    undo.apply_edit(db, "clip.join", deletes=[recordings.make_clip_key(clip(first=300).clip_id)])
    assert recordings.list_clips(db) == (clip(),)
