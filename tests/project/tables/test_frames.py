from dataclasses import replace
from math import isnan, nan

import numpy as np
import pytest

from fieldcheck.project.tables import frames, recordings, runs
from fieldcheck.project.tables.values import UnfitValue
from tests.project.made import facts, listed, recording


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
