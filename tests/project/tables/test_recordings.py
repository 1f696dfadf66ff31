import sqlite3
from dataclasses import replace

import pytest

from fieldcheck.project.tables import frames, recordings
from tests.project.made import facts, listed, recording


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
