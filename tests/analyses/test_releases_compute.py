from fieldcheck.analyses.releases import compute_releases
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import add_model
from fieldcheck.progress import NullProgress
from tests import makers


def test_one_model_is_no_history(labelled, drawn, empty):
    assert [compute_releases(project) for project in (labelled, drawn, empty)] == [None, None, None]


def test_two_models_are_compared_on_the_frames_that_both_answered(labelled, tmp_path):
    add_model(labelled, makers.colour_model(tmp_path / "next.onnx", gain=10.0), None, makers.LATER)
    run_and_score(labelled, None, "field", NullProgress(), makers.NOW)
    found = compute_releases(labelled)
    assert len(found.releases) == 2
    (step,) = found.steps
    assert (step.gained, step.lost, step.change.value) == (0, 0, 0.0)
    assert sum(one.n for one in found.classes) == found.n
