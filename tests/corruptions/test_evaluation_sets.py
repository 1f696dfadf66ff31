import pytest

from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.corruptions.sweep_scores import list_evaluation_sets
from fieldcheck.models.evaluate import add_golden_set
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.scored_sides import load_benchmark_side
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from tests import makers
from tests.corruptions.test_sweep import Noted


def sets(project):
    model = find_model(project)
    return list_evaluation_sets(project, model, load_benchmark_side(project, model))


@pytest.fixture
def collected(tmp_path):
    return makers.benchmark_folder(tmp_path / "collected", each=4, wrong=1)


def test_a_set_that_is_missing_has_a_line_that_says_so(labelled):
    clean, corrupted, collected = sets(labelled)
    assert clean.score.measured
    assert (corrupted.kind, corrupted.score.note) == ("damaged", "not_run")
    assert (collected.kind, collected.name) == ("collected", "")
    assert (collected.n, collected.score.note) == (0, "no_set")


def test_damaged_is_every_corruption_at_moderate_with_pictures_as_units(labelled):
    swept = run_sweep(
        labelled, SweepRequest(corruptions=("dark", "colour_cast")), NullProgress(), makers.NOW
    ).sweep
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
