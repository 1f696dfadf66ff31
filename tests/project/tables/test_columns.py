import numpy as np
import pytest

from fieldcheck.project.tables import frames, runs
from fieldcheck.project.tables import frames as columns
from fieldcheck.project.tables.values import UnfitValue


def test_columns_are_those_of_the_list(footed):
    found = footed.read(columns.load_frame_columns)
    listed, facts = footed.read(frames.list_frames), footed.read(frames.list_frame_facts)
    assert found.frame_ids == tuple(one.frame_id for one in listed)
    assert found.source_index.tolist() == [one.source_index for one in listed]
    actual = [found.recording_ids[at] for at in found.recording]
    assert actual == [one.recording_id for one in listed]
    assert found.figures["t_s"].tolist() == [one.t_s for one in listed]
    assert found.figures["sharpness"].tolist() == [one.quality.sharpness for one in facts]
    assert footed.read(columns.count_listed_frames) == len(listed)


def test_the_first_page_is_the_beginning_of_the_list(footed):
    ids = footed.read(columns.load_frame_columns).frame_ids
    assert footed.read(lambda db: columns.list_first_frame_ids(db, 7)) == ids[:7]
    assert footed.read(lambda db: columns.list_first_frame_ids(db, 10_000)) == ids


def test_frozen_frames_are_in_no_column(footed):
    first = footed.read(columns.load_frame_columns).frame_ids[0]
    footed.write(lambda db: frames.mark_frozen(db, [first])).result()
    assert first not in footed.read(columns.load_frame_columns).frame_ids
    assert first not in footed.read(columns.load_statistics)[0]


def test_statistics_are_a_matrix_in_list_order(footed):
    names, matrix = footed.read(columns.load_statistics)
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
    found = labelled.read(lambda db: columns.load_answer_columns(db, run_id))
    stored = labelled.read(lambda db: runs.get_predictions(db, run_id))
    assert found.subjects == tuple(stored)
    assert np.array_equal(
        columns.get_share_matrix(found), np.stack([one.answer for one in stored.values()])
    )


def test_vectors_of_different_length_are_no_matrix():
    with pytest.raises(UnfitValue, match="different length"):
        columns.get_share_matrix(
            columns.AnswerColumns(("a", "b"), ((1, None), (2, None)), (b"1234", b"12345678"))
        )


def test_an_empty_project_has_empty_columns(empty):
    assert empty.read(columns.load_frame_columns).frame_ids == ()
    assert empty.read(columns.load_statistics)[1].shape == (0, 0)
