import pytest

from fieldcheck.errors.labels import NoFootage
from fieldcheck.errors.models import ModelUnknown, NoModel
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from tests import makers


def scored(project, on="all", model=None):
    return {
        one.run_result.run.on: one
        for one in run_and_score(project, model, on, NullProgress(), makers.NOW)
    }


def test_all_is_what_there_is(empty, footed, drawn):
    assert list(scored(empty)) == ["benchmark"]
    assert list(scored(footed)) == ["footage", "benchmark"]
    assert list(scored(drawn)) == ["field", "footage", "benchmark"]


def test_footage_has_no_score_and_the_field_none_before_labels(drawn):
    found = scored(drawn)
    assert found["footage"].score is None
    assert not found["field"].score.measured
    assert found["benchmark"].score.value == pytest.approx(17 / 18)
    assert {one.metric for one in found.values()} == {"accuracy"}


def test_the_field_is_scored_as_the_draw_weighs_it(labelled):
    score = scored(labelled, "field")["field"].score
    assert score.n == 20
    assert score.lo <= score.value <= score.hi
    assert score.method == "stratified_wilson"


def test_a_chosen_set_has_a_score_of_its_own(footed):
    makers.draw(footed, 10, design="hard")
    said = makers.label_all(footed)
    colours = makers.cycle(240)
    right = sum(name == colours[int(frame.rsplit("-", 1)[1])] for frame, name in said.items())
    score = scored(footed, "field")["field"].score
    assert (score.value, score.n, score.status) == (pytest.approx(right / 10), 10, "weak")


def test_a_detector_is_scored_by_frames_without_a_fault(material, tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck", material / "box.onnx") as project:
        makers.add_footage(project, material / "night.avi")
        assert scored(project)["footage"].metric == "frame_score"


def test_nothing_to_run_on_is_said(material, tmp_path):
    with (
        makers.empty_project(tmp_path / "p.fieldcheck", material / "net.onnx") as project,
        pytest.raises(NoFootage),
    ):
        scored(project)
    with makers.empty_project(tmp_path / "q.fieldcheck") as project, pytest.raises(NoModel):
        scored(project)


def test_an_unknown_model_is_refused(drawn):
    with pytest.raises(ModelUnknown):
        scored(drawn, model="other")
