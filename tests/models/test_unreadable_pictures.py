"""One benchmark picture that cannot be read any more: it is told, left out, and everything else is
answered and counted without it."""

import pytest

from fieldcheck.analyses.release_gate import GateRequest, run_gate
from fieldcheck.corruptions.match_field import fit_field
from fieldcheck.corruptions.ood import OodRequest, run_ood
from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.corruptions.sweep_scores import list_evaluation_sets, run_golden_sets
from fieldcheck.errors.files import FolderGone, PathMissing, PictureUnreadable
from fieldcheck.models.check_model import check_claim
from fieldcheck.models.evaluate import add_golden_set
from fieldcheck.models.quantise import make_quantised_model
from fieldcheck.models.run import find_readable, run_on_set
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.scored_sides import load_benchmark_side
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from tests import makers

N = 18


class Told(NullProgress):
    def __init__(self):
        super().__init__()
        self.names = []

    def warn(self, error):
        assert isinstance(error, PictureUnreadable)
        self.names.append(f"{error.path.parent.name}/{error.path.name}")


@pytest.fixture
def project(material, tmp_path):
    """A picture of its benchmark was cut off after it was named."""
    folder = makers.benchmark_folder(tmp_path / "set")
    with makers.empty_project(
        tmp_path / "p.fieldcheck", material / "net.onnx", benchmark=folder
    ) as project:
        makers.add_footage(project, material / "night.avi", taken_at=makers.NOW)
        victim = folder / "green" / "003.png"
        victim.write_bytes(victim.read_bytes()[:60])
        yield project


def test_each_that_cannot_be_read_is_told_once(tmp_path):
    files = [str(makers.save_picture(tmp_path / "a" / f"{k}.png", "red", k)) for k in range(5)]
    (tmp_path / "a" / "2.png").write_bytes(b"no picture")
    told = Told()
    assert find_readable(files, told).tolist() == [True, True, False, True, True]
    assert find_readable(files, NullProgress()).sum() == 4
    assert told.names == ["a/2.png"]


def test_where_their_whole_folder_is_moved_away_it_is_named_once(tmp_path):
    files = [str(makers.save_picture(tmp_path / "a" / f"{k}.png", "red", k)) for k in range(5)]
    (tmp_path / "a").rename(tmp_path / "b")
    told = Told()
    with pytest.raises(FolderGone):
        find_readable(files, told)
    assert told.names == []


def test_a_run_goes_on_without_it_and_says_it_again_each_time(project):
    for _ in range(2):
        told = Told()
        ran = run_and_score(project, None, "benchmark", told, makers.NOW)[0].run_result
        assert (ran.n, ran.n_done, ran.left_out) == (N, N - 1, ("green/003.png",))
        assert told.names == ["green/003.png"]
    assert load_benchmark_side(project, find_model(project)).score.n == N - 1


def test_a_claim_is_checked_without_it(project):
    told = Told()
    assert check_claim(project, told, makers.NOW).score.n == N - 1
    assert told.names == ["green/003.png"]


def test_with_its_whole_folder_gone_no_picture_is_at_fault(project, tmp_path):
    run_on_set(project, find_model(project), "benchmark", Told(), makers.NOW)
    (tmp_path / "set").rename(tmp_path / "elsewhere")
    with pytest.raises(PathMissing):
        run_on_set(project, find_model(project), "benchmark", Told(), makers.NOW)


def test_a_sweep_and_its_figures_go_on_without_it(project):
    told = Told()
    swept = run_sweep(
        project, SweepRequest(("dark", "defocus"), (3.0,), ("benchmark",)), told, makers.NOW
    ).sweep
    assert told.names == ["green/003.png"]
    assert {row.value.n for row in swept.rows} == {N - 1}


def test_probes_go_on_without_it(project):
    told = Told()
    found = run_ood(project, OodRequest(), told, makers.NOW).probes
    assert told.names == ["green/003.png"]
    assert {row.family: row.n for row in found.families}["defocus"] == N - 1


def test_the_camera_is_fitted_without_it(project):
    told = Told()
    assert fit_field(project, 0, told).fitted
    assert told.names == ["green/003.png"]


def test_the_gate_goes_on_without_it(project, material):
    told = Told()
    found = run_gate(project, GateRequest(str(material / "net.onnx")), told, makers.NOW)
    assert told.names == ["green/003.png"]
    assert next(line.after.n for line in found.lines if line.kind == "clean") == N - 1


def test_an_int8_copy_is_measured_without_it(project):
    told = Told()
    assert make_quantised_model(project, "net", told, makers.NOW).benchmark.before.n == N - 1
    assert told.names == ["green/003.png"]


def test_collected_failures_are_answered_without_it(project, tmp_path):
    folder = makers.benchmark_folder(tmp_path / "golden", each=2)
    add_golden_set(project, "kept", folder)
    (folder / "blue" / "001.png").write_bytes(b"no picture")
    told = Told()
    run_golden_sets(project, find_model(project), told, makers.NOW)
    assert told.names == ["blue/001.png"]
    assert {
        one.name: one.score.n for one in list_evaluation_sets(project, find_model(project), None)
    }["kept"] == 5
