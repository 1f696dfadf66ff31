import shutil
from math import ceil

import pytest

from fieldcheck.api.demo import create_demo_project, get_demo_files
from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.domain.label import BenchmarkItem, Box, Label, LabelReview
from fieldcheck.errors.labels import LabelKindWrong, NothingToLookAt, StillBlind
from fieldcheck.labels.label_error_review import (
    apply_item_corrections,
    apply_label_corrections,
    find_label_errors,
    get_review_overlay,
    list_label_reviews,
    load_fingerprints,
    make_model_label,
    require_answer,
    review_label,
)
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.run import run_on_set
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import get_card
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import open_project
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
        for at, right in zip(side.labelled, side.judgement.right, strict=True)
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
    set_label(labelled, first, LabelDecision(other), annotator="tester", now=makers.LATER)
    again = list_label_reviews(labelled, "field")
    assert again.n_looked == 0
    assert next(row for row in again.rows if row.subject == first).answer is None


def test_where_they_agree_there_is_nothing_to_look_at(labelled):
    rows = labelled.read(labels_table.list_labels)
    right = {one.frame_id for one in rows} - set(wrong_frames(labelled))
    for subject in (
        next(iter(right)), "nobody", make_benchmark_subject("green/001.png"),
        make_benchmark_subject("gone.png"),
    ):  # fmt: skip
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


@pytest.mark.long
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
        card = get_card(project.read(models_table.get_newest_model))
        name, boxes = make_model_label(card, side.answers[looked.rows[0].subject])
        assert name == ""
        assert project.read(labels_table.list_label_reviews)[looked.rows[0].subject].boxes == boxes


def test_an_answer_is_one_of_three():
    assert require_answer("cannot_tell") == "cannot_tell"
    with pytest.raises(ValueError, match="none of"):
        require_answer("maybe")


def test_corrections_leave_labels_of_other_states_alone():
    unsure = Label("a", "unsure")
    box = Label("b", "done", boxes=(Box("dent", 0, 0, 1, 1),))
    other = LabelReview("b", "cannot_tell", "dent 0.0 0.0 1.0 1.0")
    looks = {"a": LabelReview("a", "cannot_tell", ""), "b": other}
    found = apply_label_corrections({"a": unsure, "b": box}, looks)
    assert found["a"] == unsure
    assert found["b"].state == "unsure"
    items = (BenchmarkItem("x", "ok"), BenchmarkItem("y", "ok"))
    wrong = LabelReview("benchmark:y", "label_wrong", "burr", "ok")
    told = {"benchmark:x": LabelReview("benchmark:x", "cannot_tell", "ok"), "benchmark:y": wrong}
    assert apply_item_corrections(items, told) == (items[1],)


def test_a_wrong_set_of_points_is_left_out_a_mask_is_shown_beside_its_points(pointed):
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


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The shipped sample's benchmark with its model's answers, without footage."""
    path = tmp_path_factory.mktemp("sample") / "sample.fieldcheck"
    with create_demo_project(path, get_demo_files(), makers.NOW) as project:
        run_on_set(
            project, project.read(models_table.get_newest_model), "benchmark", NullProgress(),
            makers.NOW,
        )  # fmt: skip
    return path


@pytest.mark.long
@pytest.mark.full("planted_label_errors")
def test_four_in_five_of_the_samples_wrong_labels_rank_in_the_top_tenth(sample, counts, evidence):
    wrong = get_demo_files().key["planted"]["wrong_labels"]
    planted = {f"benchmark:{one['path'].partition('/')[2]}" for one in wrong}
    with open_project(sample) as project:
        found = find_label_errors(project, "benchmark", NullProgress())
    assert len(planted) == 12
    assert planted <= set(found.ranking)
    top = set(found.ranking[: ceil(0.1 * found.n)])
    assert len(planted & top) >= 0.8 * len(planted)
    n_labels = counts(ci=found.n, full=found.n)
    evidence(labels=n_labels, planted=len(planted), in_the_top_tenth=len(planted & top))


def test_correcting_the_flagged_labels_raises_the_benchmarks_second_figure(sample, tmp_path):
    path = shutil.copytree(sample, tmp_path / "copy.fieldcheck")
    wrong = get_demo_files().key["planted"]["wrong_labels"]
    true = {f"benchmark:{one['path'].partition('/')[2]}": one["true"] for one in wrong}
    with open_project(path) as project:
        for row in find_label_errors(project, "benchmark", NullProgress()).rows:
            if row.subject in true:
                review_label(
                    project, row.subject, "label_wrong", "tester", makers.NOW,
                    class_name=true[row.subject],
                )  # fmt: skip
        looked = list_label_reviews(project, "benchmark")
    assert looked.after.value > looked.before.value
    assert looked.counts["label_wrong"] >= 10
    assert looked.before.n == looked.after.n == 400


def test_the_picture_filed_wrongly_stands_first(labelled):
    found = find_label_errors(labelled, "benchmark", NullProgress())
    first = found.rows[0]
    assert (first.subject, first.label) == ("benchmark:red/000.png", "red")
    assert (first.group, first.answer) == (1, None)
    assert found.n == 18
    assert found.ranking[0] == first.subject
    assert first.confidence < 0.5


def test_field_labels_are_ranked_once_every_pick_has_been_looked_at(labelled, drawn):
    found = find_label_errors(labelled, "field", NullProgress())
    wrong = {row.subject for row in list_label_reviews(labelled, "field").rows}
    assert {row.subject for row in found.rows if row.flagged} <= wrong
    assert found.n == 20
    hidden = find_label_errors(drawn, "field", NullProgress())
    assert (hidden.rows, hidden.n_left) == ((), 20)


def test_only_the_least_believed_tenth_is_smoothed(labelled):
    found = find_label_errors(labelled, "field", NullProgress())
    smoothed = [subject for subject, weight in found.smoothing.items() if weight > 0]
    assert len(smoothed) == 2
    least = min(found.confidence[one] for one in found.smoothing if one not in smoothed)
    assert max(found.confidence[one] for one in smoothed) <= least


def test_what_was_looked_at_says_so(labelled):
    review_label(labelled, "benchmark:red/000.png", "label_wrong", "tester", makers.NOW)
    assert find_label_errors(labelled, "benchmark", NullProgress()).rows[0].answer == "label_wrong"


def test_without_labels_there_are_no_suspects_and_none_of_points(tmp_path, material, pointed):
    with makers.empty_project(tmp_path / "boxes.fieldcheck", material / "box.onnx") as project:
        assert find_label_errors(project, "field", NullProgress()).n == 0
    with makers.empty_project(tmp_path / "bare.fieldcheck", classes=makers.COLOURS) as project:
        assert find_label_errors(project, "benchmark", NullProgress()).n == 0
    assert find_label_errors(pointed, "field", NullProgress()).n == 0


@pytest.fixture
def boxed(tmp_path, material):
    """A benchmark of 24 pictures, the red ones with a part, which was left out of the first three;
    the model sees it there."""
    path = makers.boxed_benchmark(tmp_path / "boxes", left_out=3)
    with makers.empty_project(
        tmp_path / "boxed.fieldcheck", material / "box.onnx", benchmark=path
    ) as project:
        run_on_set(
            project, project.read(models_table.get_newest_model), "benchmark", NullProgress(),
            makers.NOW,
        )  # fmt: skip
        yield project


def test_boxes_that_were_left_out_of_a_detection_set_stand_first(boxed):
    found = find_label_errors(boxed, "benchmark", NullProgress())
    left_out = {f"benchmark:{number}.png" for number in range(3)}
    assert (found.n, found.boxes) == (24, True)
    assert set(found.ranking[:3]) == {row.subject for row in found.rows} == left_out
    assert {(row.label, row.instead) for row in found.rows} == {("", "part")}
    assert 1 <= found.n_flagged <= 3  # those that the model is as sure of as of the others
    assert all(0 <= sure <= 1 for sure in found.confidence.values())


def test_correcting_it_takes_the_models_boxes_and_raises_the_second_figure(boxed):
    review_label(boxed, "benchmark:0.png", "label_wrong", "tester", makers.NOW)
    looked = list_label_reviews(boxed, "benchmark")
    assert looked.after.value > looked.before.value
    errors = find_label_errors(boxed, "benchmark", NullProgress())
    answers = {row.subject: row.answer for row in errors.rows}
    assert answers["benchmark:0.png"] == "label_wrong"


def test_field_boxes_are_ranked_too(made_boxed, tmp_path):
    with open_project(shutil.copytree(made_boxed, tmp_path / "b.fieldcheck")) as project:
        hidden = find_label_errors(project, "field", NullProgress())
        assert (hidden.n, hidden.n_left) == (0, 10)
        makers.label_all_nothing(project)
        found = find_label_errors(project, "field", NullProgress())
        assert (found.n, found.boxes) == (12, True)
        wrong = {row.subject for row in list_label_reviews(project, "field").rows}
        assert {row.subject for row in found.rows} <= wrong


def test_fingerprints_of_frames_are_known_and_those_of_pictures_are_made(labelled):
    items = ["benchmark:red/000.png", "benchmark:red/001.png", "benchmark:gone.png", "nobody"]
    found = load_fingerprints(labelled, items, NullProgress())
    assert len(set(found)) == 4
    assert load_fingerprints(labelled, items, NullProgress()) == found


def test_a_review_that_is_cancelled_stops(labelled):
    class Stop:
        def report(self, done, total, unit=""):
            pass

        def check(self):
            raise Cancelled

    with pytest.raises(Cancelled):
        find_label_errors(labelled, "benchmark", Stop())
