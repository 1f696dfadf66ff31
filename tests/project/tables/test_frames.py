import sqlite3
from dataclasses import replace
from math import isnan, nan

import numpy as np
import pytest

from fieldcheck.domain.recording import (
    LightingChange,
    RecordedMoment,
    RecordingGap,
    RecordingStorage,
)
from fieldcheck.project import undo
from fieldcheck.project.tables import frames, recordings, runs
from fieldcheck.project.tables.values import UnfitValue
from tests.project.made import clip, facts, listed, recording


def insert(db, name, n=3, closed=True):
    recordings.put_recording(db, recording(name, closed=closed))
    frames.insert_frames(db, listed(name, n), facts(listed(name, n)))


def test_frames_and_their_facts_come_back_as_they_went_in(db):
    insert(db, "rec")
    assert frames.list_frames(db) == listed("rec")
    for back, put in zip(frames.list_frame_facts(db), facts(listed("rec")), strict=True):
        assert (back.frame_id, back.quality) == (put.frame_id, put.quality)
        assert (back.dhash, back.phash) == (put.dhash, put.phash)
        np.testing.assert_array_equal(back.statistics, put.statistics)
        assert not back.statistics.flags.writeable


def test_fingerprints_of_all_bits_survive(db):
    recordings.put_recording(db, recording())
    (frame,) = listed(n=1)
    (fact,) = facts((frame,))
    frames.insert_frames(db, [frame], [replace(fact, dhash=2**64 - 1, phash=0)])
    actual = (frames.list_frame_facts(db)[0].dhash, frames.list_frame_facts(db)[0].phash)
    assert actual == (2**64 - 1, 0)


def test_the_list_follows_the_order_of_import_and_then_time(db):
    insert(db, "z")
    insert(db, "a")
    actual = [one.frame_id for one in frames.list_frames(db)]
    assert actual == [one.frame_id for one in (*listed("z"), *listed("a"))]
    actual = [one.frame_id for one in frames.list_frame_facts(db)]
    assert actual == [one.frame_id for one in frames.list_frames(db)]


def test_frames_of_an_unfinished_import_are_not_listed_yet(db):
    insert(db, "rec", closed=False)
    assert frames.list_frames(db) == ()
    assert frames.list_frame_sources(db) == ()
    assert frames.list_frames_of_recording(db, "rec") == listed("rec")
    assert frames.list_frame_ids(db) == {one.frame_id for one in listed("rec")}


def test_what_was_listed_of_an_import_that_was_given_up_is_taken_out(db):
    insert(db, "rec", closed=False)
    insert(db, "other")
    frames.remove_frames(db, "rec")
    assert frames.list_frame_ids(db) == frozenset(one.frame_id for one in listed("other"))


def test_a_chunk_may_be_done_twice(db):
    insert(db, "rec")
    frames.mark_frozen(db, [listed("rec")[0].frame_id])
    insert(db, "rec", n=4)
    assert frames.count_frames(db) == 4
    assert frames.get_frame(db, listed("rec")[0].frame_id).frozen


def test_frozen_frames_are_left_out_unless_asked_for(db):
    insert(db, "rec")
    frames.mark_frozen(db, [listed("rec")[1].frame_id])
    assert [one.source_index for one in frames.list_frames(db)] == [0, 30]
    assert [one.frozen for one in frames.list_frames(db, with_frozen=True)] == [False, True, False]
    assert len(frames.list_frame_facts(db)) == 2
    assert len(frames.list_frame_facts(db, with_frozen=True)) == 3


def test_a_frame_is_found_by_its_name(db):
    insert(db, "rec")
    assert frames.get_frame(db, listed("rec")[2].frame_id) == listed("rec")[2]
    assert frames.get_frame(db, "nobody") is None


def test_sources_are_what_label_files_name(db):
    insert(db, "rec", n=2)
    expected = (("rec-000000", "rec.mp4", 0), ("rec-000015", "rec.mp4", 15))
    assert frames.list_frame_sources(db) == expected
    expected = (("rec-000000", "rec0-hash"), ("rec-000015", "rec1-hash"))
    assert frames.list_frame_hashes(db) == expected


def test_facts_beside_the_wrong_frame_are_refused(db):
    with pytest.raises(ValueError, match="rec-000000 beside frame rec-000015"):
        frames.insert_frames(db, listed("rec")[1:], facts(listed("rec"))[:2])


def test_columns_are_those_of_the_list(footed):
    found = footed.read(frames.load_frame_columns)
    listed, facts = footed.read(frames.list_frames), footed.read(frames.list_frame_facts)
    assert found.frame_ids == tuple(one.frame_id for one in listed)
    assert found.source_index.tolist() == [one.source_index for one in listed]
    actual = [found.recording_ids[at] for at in found.recording]
    assert actual == [one.recording_id for one in listed]
    assert found.figures["t_s"].tolist() == [one.t_s for one in listed]
    assert found.figures["sharpness"].tolist() == [one.quality.sharpness for one in facts]
    assert footed.read(frames.count_listed_frames) == len(listed)


def test_the_first_page_is_the_beginning_of_the_list(footed):
    ids = footed.read(frames.load_frame_columns).frame_ids
    assert footed.read(lambda db: frames.list_first_frame_ids(db, 7)) == ids[:7]
    assert footed.read(lambda db: frames.list_first_frame_ids(db, 10_000)) == ids


def test_frozen_frames_are_in_no_column(footed):
    first = footed.read(frames.load_frame_columns).frame_ids[0]
    footed.write(lambda db: frames.mark_frozen(db, [first])).result()
    assert first not in footed.read(frames.load_frame_columns).frame_ids
    assert first not in footed.read(frames.load_statistics)[0]


def test_statistics_are_a_matrix_in_list_order(footed):
    names, matrix = footed.read(frames.load_statistics)
    facts = footed.read(frames.list_frame_facts)
    assert names == tuple(one.frame_id for one in facts)
    assert np.array_equal(matrix, np.stack([one.statistics for one in facts]))


def test_answers_are_read_as_they_are_stored(labelled):
    (run_id,) = {
        run
        for (run,) in labelled.read(
            lambda db: db.execute(
                "SELECT run_id FROM prediction WHERE subject LIKE '%.png'"
            ).fetchall()
        )
    }
    found = labelled.read(lambda db: frames.load_answer_columns(db, run_id))
    stored = labelled.read(lambda db: runs.get_predictions(db, run_id))
    assert found.subjects == tuple(stored)
    stacked = np.stack([one.answer for one in stored.values()])
    assert np.array_equal(frames.get_share_matrix(found), stacked)


def test_vectors_of_different_length_are_no_matrix():
    with pytest.raises(UnfitValue, match="different length"):
        frames.get_share_matrix(
            frames.AnswerColumns(("a", "b"), ((1, None), (2, None)), (b"1234", b"12345678"))
        )


def test_an_empty_project_has_empty_columns(empty):
    assert empty.read(frames.load_frame_columns).frame_ids == ()
    assert empty.read(frames.load_statistics)[1].shape == (0, 0)


def test_components_are_kept_by_name_and_model(db):
    frames.put_component(db, "U", "m1", {"b": 0.25, "a": nan})
    frames.put_component(db, "U", "m2", {"a": 1.0})
    frames.put_component(db, "Q", "", {"a": 0.5})
    found = frames.get_component(db, "U", "m1")
    assert list(found) == ["a", "b"]
    assert isnan(found["a"])
    assert found["b"] == 0.25
    assert frames.get_component(db, "Q", "") == {"a": 0.5}
    assert frames.get_component(db, "S", "m1") == {}


def test_a_component_stands_once_it_is_stored(db):
    frames.put_component(db, "U", "m", {"a": 0.1})
    frames.put_component(db, "U", "m", {"a": 0.9, "b": 0.2})
    assert frames.get_component(db, "U", "m") == {"a": 0.1, "b": 0.2}


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
