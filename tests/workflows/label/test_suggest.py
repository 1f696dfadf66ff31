import pytest

from fieldcheck.errors import FrameNotPicked, NoModel, PathMissing
from fieldcheck.progress import Silent
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.footage.sampling_list import lines
from fieldcheck.workflows.label.suggest import models_to_ask, suggestion
from fieldcheck.workflows.models.models import add_model, find_model
from fieldcheck.workflows.models.run_model import run_on
from fieldcheck.workflows.report.two_sides import field_side
from tests import makers


def test_a_model_says_of_a_pick_what_it_would_be_called_and_nothing_is_stored(drawn):
    name = drawn.read(picks_table.all)[0].frame_id
    truth = makers.truth_of(next(line for line in drawn.read(lines) if line.frame.frame_id == name))
    (model,) = models_to_ask(drawn)
    found = suggestion(drawn, name, model)
    assert (found.class_name, found.model, found.boxes) == (truth, model, ())
    assert found.confidence > 0.5
    assert drawn.read(labels_table.all) == ()


def test_only_picks_and_models_that_there_are(drawn):
    name = drawn.read(picks_table.all)[0].frame_id
    with pytest.raises(FrameNotPicked):
        suggestion(drawn, "nobody", models_to_ask(drawn)[0])
    with pytest.raises(NoModel):
        suggestion(drawn, name, "nothing")
    (drawn.path / drawn.read(picks_table.all)[0].file).unlink()
    with pytest.raises(PathMissing):
        suggestion(drawn, name, models_to_ask(drawn)[0])


def test_a_detector_suggests_its_boxes(made_boxed, tmp_path):
    import shutil

    from fieldcheck.project.folder import open_project

    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        model = models_to_ask(project)[0]
        found = [suggestion(project, one.frame_id, model) for one in project.read(picks_table.all)[:6]]
    assert any(one.boxes for one in found)
    assert all(one.class_name == "" for one in found)


def test_a_card_with_thresholds_suggests_by_them_and_leaves_unsure_frames_to_a_person(drawn, tmp_path):
    run_on(drawn, find_model(drawn), "field", Silent(), makers.NOW)
    side = field_side(drawn, find_model(drawn))
    pick = next(one.frame_id for one in side.picks if side.answers[one.frame_id].answer.argmax() == 0)
    card = {**makers.COLOUR_CARD, "output": {**makers.COLOUR_CARD["output"], "thresholds": {"blue": 1e-9}, "abstain": 0.5}}
    add_model(drawn, makers.colour_model(tmp_path / "eager.onnx", card), None, makers.LATER)
    plain, eager = (suggestion(drawn, pick, model) for model in reversed(models_to_ask(drawn)))
    assert (plain.class_name, eager.class_name) == ("red", "blue")
    assert (plain.for_a_person, eager.for_a_person) == (False, True)
    assert eager.confidence < 0.5
