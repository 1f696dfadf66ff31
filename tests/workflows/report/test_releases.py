from fieldcheck.progress import NullProgress
from fieldcheck.workflows.models.models import add_model
from fieldcheck.workflows.models.run_and_score import run_and_score
from fieldcheck.workflows.report.releases import compute_releases
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
