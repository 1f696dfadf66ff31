from pathlib import Path

import numpy as np
import pytest

from fieldcheck.corruptions.catalogue import apply_corruption
from fieldcheck.corruptions.sweep import (
    PictureCorruption,
    SweepRequest,
    predict_corrupted,
    run_sweep,
)
from fieldcheck.corruptions.sweep_scores import list_images, make_cell_run
from fieldcheck.errors.labels import NoBenchmark, NoFootage, NothingLabelled
from fieldcheck.footage.frame_analysis import get_shared_runner
from fieldcheck.imaging.codec import read_image
from fieldcheck.imaging.similarity import compute_psnr, compute_ssim
from fieldcheck.models.evaluate import compute_image_seed
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
    return run_sweep(
        project, SweepRequest(**{"corruptions": TWO, **wanted}), NullProgress(), makers.NOW
    )


def answers(project, on, corruption, severity, seed=0):
    run = make_cell_run(project, find_model(project), on, corruption, severity, seed)
    return project.read(lambda db: predictions_table.get_predictions(db, run.run_id))


def test_every_answer_is_the_one_to_the_picture_under_its_own_corruption(labelled):
    swept(labelled, on=("benchmark",))
    model = find_model(labelled)
    runner = get_shared_runner(make_model_file(labelled, model))
    stored = answers(labelled, "benchmark", "colour_cast", 3.0)
    listed = list_images(labelled, model, "benchmark", 0)
    assert set(stored) == {subject for subject, _ in listed}
    for subject, file in listed:
        corrupted = apply_corruption(
            read_image(Path(file)),
            "colour_cast",
            3.0,
            compute_image_seed(subject, "colour_cast", 0),
        )
        assert stored[subject].answer == pytest.approx(runner.predict([corrupted])[0][0], abs=1e-6)


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


def test_a_sweep_that_was_stopped_keeps_what_it_has_and_goes_on_to_the_same_digits(
    labelled, tmp_path
):
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
    listed = [
        (subject, file, TWO) for subject, file in list_images(labelled, model, "benchmark", 0)[:5]
    ]
    together = predict_corrupted(
        PictureCorruption(make_model_file(labelled, model), 3.0, 7, tuple(listed))
    )
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
    for subject, file in list_images(labelled, find_model(labelled), "benchmark", 0):
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
    run_sweep(
        footed, SweepRequest(corruptions=TWO, on=("footage",), severities=(5.0,)), again, makers.NOW
    )
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
