import shutil
from math import ceil

import pytest

from fieldcheck.api.demo import create_demo_project, get_demo_files
from fieldcheck.labels.label_error_review import (
    find_label_errors,
    list_label_reviews,
    load_fingerprints,
    review_label,
)
from fieldcheck.models.run import run_on_set
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import models as models_table
from tests import makers


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The shipped sample's benchmark with its model's answers, without footage."""
    path = tmp_path_factory.mktemp("sample") / "sample.fieldcheck"
    with create_demo_project(path, get_demo_files(), makers.NOW) as project:
        run_on_set(
            project,
            project.read(models_table.get_newest_model),
            "benchmark",
            NullProgress(),
            makers.NOW,
        )
    return path


@pytest.mark.full("planted_label_errors")
def test_four_in_five_of_the_samples_wrong_labels_rank_in_the_top_tenth(sample, counts, evidence):
    planted = {
        f"benchmark:{one['path'].partition('/')[2]}"
        for one in get_demo_files().key["planted"]["wrong_labels"]
    }
    with open_project(sample) as project:
        found = find_label_errors(project, "benchmark", NullProgress())
    assert len(planted) == 12
    assert planted <= set(found.ranking)
    top = set(found.ranking[: ceil(0.1 * found.n)])
    assert len(planted & top) >= 0.8 * len(planted)
    evidence(
        labels=counts(ci=found.n, full=found.n),
        planted=len(planted),
        in_the_top_tenth=len(planted & top),
    )


def test_correcting_the_flagged_labels_raises_the_benchmarks_second_figure(sample, tmp_path):
    path = shutil.copytree(sample, tmp_path / "copy.fieldcheck")
    true = {
        f"benchmark:{one['path'].partition('/')[2]}": one["true"]
        for one in get_demo_files().key["planted"]["wrong_labels"]
    }
    with open_project(path) as project:
        for row in find_label_errors(project, "benchmark", NullProgress()).rows:
            if row.subject in true:
                review_label(
                    project,
                    row.subject,
                    "label_wrong",
                    "tester",
                    makers.NOW,
                    class_name=true[row.subject],
                )
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
    assert max(found.confidence[one] for one in smoothed) <= min(
        found.confidence[one] for one in found.smoothing if one not in smoothed
    )


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
            project,
            project.read(models_table.get_newest_model),
            "benchmark",
            NullProgress(),
            makers.NOW,
        )
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
    answers = {
        row.subject: row.answer
        for row in find_label_errors(boxed, "benchmark", NullProgress()).rows
    }
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
