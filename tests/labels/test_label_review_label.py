import pytest

from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.domain.label import BenchmarkItem, Box, Label, LabelReview
from fieldcheck.errors.labels import LabelKindWrong, NothingToLookAt, StillBlind
from fieldcheck.labels.label_error_review import (
    apply_item_corrections,
    apply_label_corrections,
    get_review_overlay,
    list_label_reviews,
    make_model_label,
    require_answer,
    review_label,
)
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import get_card
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from tests import makers


def wrong_frames(project):
    return [row.subject for row in list_label_reviews(project, "field").rows]


def test_every_frame_the_model_is_wrong_on_is_looked_at_the_surest_first(labelled):
    looked = list_label_reviews(labelled, "field")
    side = load_field_side(labelled, labelled.read(models_table.get_newest_model))
    assert {row.subject for row in looked.rows} == {
        side.picks[at].frame_id
        for at, right in zip(side.at, side.judgement.right, strict=True)
        if not right
    }
    actual = [row.confidence for row in looked.rows]
    assert actual == sorted((row.confidence for row in looked.rows), reverse=True)
    assert all(row.truth != row.predicted and row.answer is None for row in looked.rows)
    assert (looked.n_open, looked.n_looked, looked.share.status) == (len(looked.rows), 0, "na")
    assert looked.before == looked.after == side.scores.footage


def test_a_label_that_was_wrong_raises_the_second_figure_only(labelled):
    first = wrong_frames(labelled)[0]
    before = labelled.read(labels_table.list_labels)
    changes = review_label(labelled, first, "label_wrong", "tester", makers.NOW)
    assert (changes.act, changes.kinds) == ("second_look.set", {"second_look"})
    looked = list_label_reviews(labelled, "field")
    assert looked.after.value > looked.before.value
    assert looked.counts == {"model_wrong": 0, "label_wrong": 1, "cannot_tell": 0}
    assert (looked.share.value, looked.n_open) == (1.0, len(looked.rows) - 1)
    assert labelled.read(labels_table.list_labels) == before
    look = labelled.read(labels_table.list_label_reviews)[first]
    assert look.class_name == next(row.predicted for row in looked.rows if row.subject == first)[0]


def test_the_model_was_wrong_changes_nothing_and_cannot_tell_leaves_the_frame_out(labelled):
    first, second = wrong_frames(labelled)[:2]
    review_label(labelled, first, "model_wrong", "tester", makers.NOW)
    actual = list_label_reviews(labelled, "field").after
    assert actual == list_label_reviews(labelled, "field").before
    review_label(labelled, second, "cannot_tell", "tester", makers.NOW)
    actual = list_label_reviews(labelled, "field").after.n
    assert actual == list_label_reviews(labelled, "field").before.n - 1


def test_it_is_undone_and_done_again(labelled):
    first = wrong_frames(labelled)[0]
    review_label(labelled, first, "label_wrong", "tester", makers.NOW)
    review_label(labelled, first, "model_wrong", "tester", makers.NOW)
    labelled.undo()
    assert list_label_reviews(labelled, "field").counts["label_wrong"] == 1
    labelled.undo()
    assert list_label_reviews(labelled, "field").n_looked == 0
    labelled.redo()
    assert list_label_reviews(labelled, "field").counts["label_wrong"] == 1


def test_nothing_is_shown_before_every_pick_has_been_looked_at(drawn):
    run_and_score(drawn, None, "all", NullProgress(), makers.NOW)
    name = makers.label_all(drawn)
    first = next(iter(name))
    drawn.edit("label.clear", deletes=[labels_table.make_label_key(first)])
    looked = list_label_reviews(drawn, "field")
    assert (looked.rows, looked.n_left) == ((), 1)
    with pytest.raises(StillBlind):
        review_label(drawn, next(iter(set(name) - {first})), "model_wrong", "tester", makers.NOW)


def test_a_label_that_was_changed_since_is_looked_at_anew(labelled):
    first = wrong_frames(labelled)[0]
    review_label(labelled, first, "label_wrong", "tester", makers.NOW)
    row = next(row for row in list_label_reviews(labelled, "field").rows if row.subject == first)
    other = next(colour for colour in makers.COLOURS if colour not in (*row.truth, *row.predicted))
    set_label(labelled, first, LabelDecision(other), by="tester", now=makers.LATER)
    again = list_label_reviews(labelled, "field")
    assert again.n_looked == 0
    assert next(row for row in again.rows if row.subject == first).answer is None


def test_where_they_agree_there_is_nothing_to_look_at(labelled):
    right = {one.frame_id for one in labelled.read(labels_table.list_labels)} - set(
        wrong_frames(labelled)
    )
    for subject in (
        next(iter(right)),
        "nobody",
        make_benchmark_subject("green/001.png"),
        make_benchmark_subject("gone.png"),
    ):
        with pytest.raises(NothingToLookAt):
            review_label(labelled, subject, "label_wrong", "tester", makers.NOW)


def test_a_benchmark_picture_filed_wrongly_is_corrected_over_the_files(labelled):
    looked = list_label_reviews(labelled, "benchmark")
    (row,) = (row for row in looked.rows if row.subject == "benchmark:red/000.png")
    assert (row.truth, row.predicted) == (("red",), ("blue",))
    review_label(labelled, row.subject, "label_wrong", "tester", makers.NOW)
    after = list_label_reviews(labelled, "benchmark")
    assert after.after.value > after.before.value
    assert after.after.n == after.before.n == 18
    assert after.before == looked.before


def test_the_models_boxes_become_the_label(tmp_path, material):
    with makers.empty_project(tmp_path / "boxes.fieldcheck", material / "box.onnx") as project:
        makers.add_footage(project, material / "belt.avi")
        makers.draw(project, 10)
        makers.label_all_nothing(project)
        run_and_score(project, None, "all", NullProgress(), makers.NOW)
        looked = list_label_reviews(project, "field")
        assert looked.rows
        for row in looked.rows:
            review_label(project, row.subject, "label_wrong", "tester", makers.NOW)
        after = list_label_reviews(project, "field")
        assert after.after.value == 1.0
        side = load_field_side(project, project.read(models_table.get_newest_model))
        name, boxes = make_model_label(
            get_card(project.read(models_table.get_newest_model)),
            side.answers[looked.rows[0].subject],
        )
        assert name == ""
        assert project.read(labels_table.list_label_reviews)[looked.rows[0].subject].boxes == boxes


def test_an_answer_is_one_of_three():
    assert require_answer("cannot_tell") == "cannot_tell"
    with pytest.raises(ValueError, match="none of"):
        require_answer("maybe")


def test_corrections_leave_labels_of_other_states_alone():
    unsure = Label("a", "unsure")
    box = Label("b", "done", boxes=(Box("dent", 0, 0, 1, 1),))
    looks = {
        "a": LabelReview("a", "cannot_tell", ""),
        "b": LabelReview("b", "cannot_tell", "dent 0.0 0.0 1.0 1.0"),
    }
    found = apply_label_corrections({"a": unsure, "b": box}, looks)
    assert found["a"] == unsure
    assert found["b"].state == "unsure"
    items = (BenchmarkItem("x", "ok"), BenchmarkItem("y", "ok"))
    told = {
        "benchmark:x": LabelReview("benchmark:x", "cannot_tell", "ok"),
        "benchmark:y": LabelReview("benchmark:y", "label_wrong", "burr", "ok"),
    }
    assert apply_item_corrections(items, told) == (items[1],)


def test_a_wrong_set_of_points_is_left_out_of_the_score_and_a_mask_is_shown_beside_its_points(
    pointed,
):
    rows = list_label_reviews(pointed, "field").rows
    assert [(row.truth, row.predicted) for row in rows] == [(("blue",), ("red",))] * 2
    marks = get_review_overlay(pointed, rows[0].subject)
    assert [point.class_name for point in marks.points] == ["blue"]
    assert marks.mask.shape == makers.SIZE
    assert (marks.mask == 255).all()
    with pytest.raises(LabelKindWrong):
        review_label(
            pointed, rows[0].subject, "label_wrong", "tester", makers.NOW, class_name="red"
        )
    review_label(pointed, rows[0].subject, "label_wrong", "tester", makers.NOW)
    after = list_label_reviews(pointed, "field")
    assert (after.before.n, after.after.n) == (20, 19)
