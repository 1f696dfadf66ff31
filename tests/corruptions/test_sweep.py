from pathlib import Path

import numpy as np
import pytest

from fieldcheck.corruptions import sweep as sweeps
from fieldcheck.corruptions import sweep_scores
from fieldcheck.corruptions.catalogue import apply_corruption
from fieldcheck.corruptions.sweep import (
    PictureCorruption,
    SweepRequest,
    predict_corrupted,
    run_sweep,
)
from fieldcheck.errors.labels import NoBenchmark, NoFootage, NothingLabelled
from fieldcheck.footage.frame_analysis import get_shared_runner
from fieldcheck.footage.frame_pixels import load_pixels
from fieldcheck.imaging.codec import decode_image, read_image
from fieldcheck.imaging.quality import compute_psnr, compute_ssim
from fieldcheck.imaging.thumbnail import downscale_image
from fieldcheck.models.evaluate import add_golden_set, compute_image_seed
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.scored_sides import load_benchmark_side, load_field_side
from fieldcheck.models.store import find_model, make_model_file
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.tables import runs as predictions_table
from tests import makers

TWO = ("dark", "colour_cast")


class StopsAfter(NullProgress):
    """Says stop once so many chunks are reported."""

    def __init__(self, n):
        self.n, self.seen = n, 0

    def report(self, done, total, unit=""):
        self.seen += unit == "pictures"

    def check(self):
        if self.seen >= self.n:
            raise Cancelled


class Noted(NullProgress):
    def __init__(self):
        super().__init__()
        self.told = []

    def report(self, done, total, unit=""):
        if unit == "pictures":
            self.told.append((done, total))


def swept(project, **wanted):
    request = SweepRequest(**{"corruptions": TWO, **wanted})
    return run_sweep(project, request, NullProgress(), makers.NOW)


def answers(project, on, corruption, severity, seed=0):
    run = sweep_scores.make_cell_run(project, find_model(project), on, corruption, severity, seed)
    return project.read(lambda db: predictions_table.get_predictions(db, run.run_id))


def test_every_answer_is_the_one_to_the_picture_under_its_own_corruption(labelled):
    swept(labelled, on=("benchmark",))
    model = find_model(labelled)
    runner = get_shared_runner(make_model_file(labelled, model))
    stored = answers(labelled, "benchmark", "colour_cast", 3.0)
    listed = sweep_scores.list_images(labelled, model, "benchmark", 0)
    assert set(stored) == {subject for subject, _ in listed}
    for subject, file in listed:
        seed = compute_image_seed(subject, "colour_cast", 0)
        corrupted = apply_corruption(read_image(Path(file)), "colour_cast", 3.0, seed)
        assert stored[subject].answer == pytest.approx(runner.predict([corrupted])[0][0], abs=1e-6)


@pytest.mark.long
def test_what_was_answered_before_is_not_run_again(labelled):
    first = swept(labelled)
    assert not first.resumed
    noted = Noted()
    again = run_sweep(labelled, SweepRequest(corruptions=TWO), noted, makers.NOW)
    assert again.resumed
    assert noted.told == []
    assert again.sweep == first.sweep


def test_a_corruption_that_comes_later_is_answered_alone(labelled):
    swept(labelled, on=("benchmark",), severities=(3.0,))
    found = swept(labelled, on=("benchmark",), severities=(3.0,), corruptions=("jpeg",))
    assert found.resumed is False
    assert [row.corruption for row in found.sweep.rows] == ["none", "dark", "jpeg", "colour_cast"]


def test_a_stopped_sweep_keeps_what_it_has_and_goes_on_to_the_same_digits(labelled, tmp_path):
    with pytest.raises(Cancelled), makers.workers(1):
        run_sweep(labelled, SweepRequest(corruptions=TWO, on=("field",)), StopsAfter(1), makers.NOW)
    assert answers(labelled, "field", "dark", 3.0)
    assert not answers(labelled, "field", "dark", 1.0)
    resumed = swept(labelled, on=("field",))
    assert resumed.resumed
    assert resumed.sweep.partial == ()
    assert len(resumed.sweep.rows) == 1 + 2 * 3


def test_moderate_comes_first(labelled):
    with pytest.raises(Cancelled), makers.workers(1):
        run_sweep(
            labelled, SweepRequest(corruptions=TWO, on=("benchmark",)), StopsAfter(1), makers.NOW
        )
    assert answers(labelled, "benchmark", "dark", 3.0)
    assert not answers(labelled, "benchmark", "dark", 5.0)


def test_a_chunk_gives_the_same_answers_in_any_company(labelled):
    model = find_model(labelled)
    images = sweep_scores.list_images(labelled, model, "benchmark", 0)
    listed = [(subject, file, TWO) for subject, file in images[:5]]
    corruption = PictureCorruption(make_model_file(labelled, model), 3.0, 7, tuple(listed))
    together = predict_corrupted(corruption)
    alone = [
        one
        for each in reversed(listed)
        for one in predict_corrupted(
            PictureCorruption(make_model_file(labelled, model), 3.0, 7, (each,))
        )
    ]
    of = {(name, one.subject): one.answer for name, one, _ in together}
    assert len(of) == len(alone) == 10
    for name, one, _ in alone:
        assert np.array_equal(of[name, one.subject], one.answer)


def test_how_like_the_original_a_benchmark_picture_still_is_stands_beside_its_severity(labelled):
    found = swept(labelled, severities=(3.0,))
    dark = {row.on: row for row in found.sweep.rows if row.corruption == "dark"}
    measured = []
    for subject, file in sweep_scores.list_images(labelled, find_model(labelled), "benchmark", 0):
        rgb = read_image(Path(file))
        corrupted = apply_corruption(rgb, "dark", 3.0, compute_image_seed(subject, "dark", 0))
        measured.append((compute_psnr(rgb, corrupted), compute_ssim(rgb, corrupted)))
    actual = (dark["benchmark"].psnr, dark["benchmark"].ssim)
    assert actual == pytest.approx(tuple(np.median(measured, axis=0)))
    assert dark["field"].psnr is dark["field"].ssim is None


def test_footage_keeps_flips_and_no_answers(footed):
    found = swept(footed, on=("footage",), severities=(5.0,))
    assert answers(footed, "footage", "dark", 5.0) == {}
    clean, *cells = found.sweep.rows
    assert not clean.value.measured
    assert [row.corruption for row in cells] == list(TWO)
    assert all(row.flips.measured and row.flips.n == clean.value.n for row in cells)
    again = Noted()
    request = SweepRequest(corruptions=TWO, on=("footage",), severities=(5.0,))
    run_sweep(footed, request, again, makers.NOW)
    assert again.told == []


def test_a_set_that_is_not_there_is_refused(empty, footed):
    with pytest.raises(NoFootage):
        swept(empty, on=("footage",))
    with pytest.raises(NothingLabelled):
        swept(footed, on=("field",))


def test_a_project_without_a_benchmark_has_none_to_sweep(tmp_path, material):
    with (
        makers.empty_project(tmp_path / "bare.fieldcheck", material / "net.onnx") as project,
        pytest.raises(NoBenchmark),
    ):
        swept(project, on=("benchmark",))


def test_an_unknown_corruption_is_refused(labelled):
    with pytest.raises(ValueError, match="no corruption is called"):
        swept(labelled, corruptions=("fire",))


@pytest.fixture
def field(labelled):
    return sweep_scores.load_sweep_set(labelled, find_model(labelled), "field", 0)


def test_the_clean_answers_are_as_right_as_the_headline_says(labelled, field):
    scores = load_field_side(labelled, find_model(labelled)).scores
    everywhere = np.ones(len(field.subjects), dtype=bool)
    actual = field.score(field.is_right(field.clean), everywhere)
    assert actual == (scores.camera if scores.camera.measured else scores.footage)


def test_frames_without_an_answer_make_a_score_interim(field):
    there = np.ones(len(field.subjects), dtype=bool)
    there[:3] = False
    found = field.score(field.is_right(field.clean) & there, there)
    assert found.n == len(field.subjects) - 3
    assert "interim" in found.note


def test_losing_every_right_answer_drops_the_whole_score(field):
    there = np.ones(len(field.subjects), dtype=bool)
    before = field.is_right(field.clean)
    found = field.drop(before, np.zeros_like(before), there)
    assert found.value == pytest.approx(field.score(before, there).value)


def test_the_benchmark_weighs_every_picture_alike(labelled):
    found = sweep_scores.load_sweep_set(labelled, find_model(labelled), "benchmark", 0)
    assert set(found.weight.tolist()) == {1.0}
    there = np.ones(len(found.subjects), dtype=bool)
    right = found.is_right(found.clean)
    assert found.score(right, there).value == pytest.approx(right.mean())
    assert found.drop(right, right, there).value == 0


def test_without_answers_there_is_no_set(drawn):
    assert sweep_scores.load_sweep_set(drawn, find_model(drawn), "field", 0) is None


def test_masks_of_damaged_frames_are_held_against_points_too(pointed):
    made = sweep_scores.load_sweep_set(pointed, find_model(pointed), "field", 0)
    assert len(made.subjects) == 20
    assert int((~made.is_right(made.clean)).sum()) == 2
    result = run_sweep(pointed, SweepRequest(("dark",), (3.0,), seed=0), NullProgress(), makers.NOW)
    swept = result.sweep
    row = next(row for row in swept.rows if row.corruption == "dark")
    assert (row.value.n, row.value.measured, row.flips.measured) == (20, True, True)


CELL = ("colour_cast", 5.0)


@pytest.fixture
def sweep_colour_cast(labelled):
    request = SweepRequest(corruptions=("colour_cast",), severities=(5.0,))
    return labelled, run_sweep(labelled, request, NullProgress(), makers.NOW).sweep


@pytest.mark.long
@pytest.mark.parametrize("on", ["benchmark", "field"])
def test_as_many_as_the_flip_rate_counts_are_of_another_class_now(sweep_colour_cast, on):
    project, sweep = sweep_colour_cast
    row = next(row for row in sweep.rows if row.on == on and row.corruption == "colour_cast")
    found = sweeps.list_changed_frames(project, on, CELL, 0)
    assert (len(found) > 0) == (row.flips.value > 0)
    if on == "benchmark":
        assert len(found) == pytest.approx(row.flips.value * row.flips.n)
    assert all(one.before != one.after and len(one.before) == len(one.after) == 1 for one in found)


def test_of_footage_only_that_it_changed_is_known(footed):
    request = SweepRequest(corruptions=("colour_cast",), severities=(5.0,), on=("footage",))
    sweep = run_sweep(footed, request, NullProgress(), makers.NOW).sweep
    found = sweeps.list_changed_frames(footed, "footage", CELL, 0)
    assert len(found) == round(sweep.rows[-1].flips.value * sweep.rows[-1].flips.n)
    assert all((one.before, one.after, one.wrong) == ((), (), False) for one in found)
    if found:
        images = sweeps.make_corrupted_images(footed, "footage", CELL, 0, [found[0].subject])
        (picture,) = images.values()
        seed = compute_image_seed(found[0].subject, CELL[0], 0)
        assert like(picture, apply_corruption(load_pixels(footed, found[0].subject), *CELL, seed))


def test_the_pictures_are_those_the_model_was_asked_about(sweep_colour_cast):
    project, _ = sweep_colour_cast
    subject, file = sweep_scores.list_images(project, find_model(project), "field", 0)[0]
    found = sweeps.make_corrupted_images(project, "field", CELL, 0, [subject, "nobody"])
    assert list(found) == [subject]
    seed = compute_image_seed(subject, CELL[0], 0)
    assert like(found[subject], apply_corruption(read_image(Path(file)), *CELL, seed))


def test_a_cell_that_was_never_swept_has_no_frames(labelled):
    assert sweeps.list_changed_frames(labelled, "field", ("haze", 3.0), 0) == ()


def like(jpeg, rgb):
    wanted = downscale_image(rgb, sweeps.LONGER_SIDE)
    shown = decode_image(jpeg)
    return shown.shape == wanted.shape and np.abs(shown.astype(int) - wanted).mean() < 8


def sets(project):
    model = find_model(project)
    return sweep_scores.list_evaluation_sets(project, model, load_benchmark_side(project, model))


@pytest.fixture
def collected(tmp_path):
    return makers.benchmark_folder(tmp_path / "collected", each=4, wrong=1)


def test_a_set_that_is_missing_has_a_line_that_says_so(labelled):
    clean, corrupted, collected = sets(labelled)
    assert clean.score.measured
    assert (corrupted.kind, corrupted.score.note) == ("damaged", "not_run")
    assert (collected.kind, collected.name) == ("collected", "")
    assert (collected.n, collected.score.note) == (0, "no_set")


@pytest.mark.long
def test_damaged_is_every_corruption_at_moderate_with_pictures_as_units(labelled):
    request = SweepRequest(corruptions=("dark", "colour_cast"))
    swept = run_sweep(labelled, request, NullProgress(), makers.NOW).sweep
    corrupted = sets(labelled)[1]
    moderate = [
        row.value.value for row in swept.rows if row.on == "benchmark" and row.severity == 3.0
    ]
    assert corrupted.score.value == pytest.approx(sum(moderate) / 2)
    assert corrupted.score.method == "beta_binomial_clips"
    assert corrupted.n == swept.rows[0].value.n
    assert corrupted.score.n == 2 * corrupted.n


def test_collected_failures_are_run_with_everything_else_and_scored(labelled, collected):
    add_golden_set(labelled, "night", collected)
    assert sets(labelled)[2].score.note == "not_run"
    run_and_score(labelled, None, "all", NullProgress(), makers.NOW)
    found = sets(labelled)[2]
    assert (found.name, found.n) == ("night", 12)
    assert found.score.value == pytest.approx(11 / 12)


def test_a_picture_that_was_changed_is_asked_about_again_and_others_are_not(labelled, collected):
    add_golden_set(labelled, "night", collected)
    run_and_score(labelled, None, "all", NullProgress(), makers.NOW)
    noted = NotedGolden()
    run_and_score(labelled, None, "all", noted, makers.NOW)
    assert noted.told == []
    makers.save_picture(sorted(collected.rglob("*.png"))[0], "green", 7)
    assert sets(labelled)[2].score.note == "not_run"


class NotedGolden(Noted):
    def report(self, done, total, unit=""):
        if unit == "pictures":
            self.told.append((done, total))


def test_a_set_that_is_gone_holds_nothing_up(labelled, collected):
    add_golden_set(labelled, "night", collected)
    collected.rename(collected.with_name("elsewhere"))
    run_and_score(labelled, None, "all", NullProgress(), makers.NOW)
    found = sets(labelled)[2]
    assert (found.name, found.n, found.score.note) == ("night", 12, "gone")
