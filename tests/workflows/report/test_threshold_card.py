import json

import pytest

from fieldcheck.domain.model_card import card_from_json, card_to_json
from fieldcheck.errors import NothingLabelled, PathOccupied
from fieldcheck.progress import Silent
from fieldcheck.workflows.models.models import add_model, card_of, find_model
from fieldcheck.workflows.models.run_and_score import run_and_score
from fieldcheck.workflows.report.threshold_card import export_thresholds, threshold_card
from fieldcheck.workflows.report.two_sides import field_side
from tests import makers


@pytest.fixture
def shy(tmp_path):
    with makers.shy_project(tmp_path) as project:
        yield project


def test_the_class_that_is_named_too_seldom_gets_a_threshold_of_its_own(shy):
    card = threshold_card(shy)
    assert [name for name, _ in card.output.thresholds] == ["blue"]
    assert 0 < card.output.thresholds[0][1] < 0.5
    assert card.output.abstain is not None
    assert card_from_json(card_to_json(card)) == card


def test_a_model_with_the_exported_card_names_it(shy, tmp_path):
    before = field_side(shy, find_model(shy)).scores.footage.value
    found = export_thresholds(shy, tmp_path / "out", 0.5, 0.1)
    assert (found.n, found.files) == (1, ("shy.card.json",))
    written = tmp_path / "out" / "shy.card.json"
    assert json.loads(written.read_text())["output"]["thresholds"].keys() == {"blue"}
    added = add_model(shy, tmp_path / "shy.onnx", written, makers.LATER)
    run_and_score(shy, None, "field", Silent(), makers.NOW)
    assert card_of(added).output.thresholds
    assert field_side(shy, find_model(shy)).scores.footage.value > before + 0.2


def test_a_folder_that_holds_something_is_not_touched(shy, tmp_path):
    with pytest.raises(PathOccupied):
        export_thresholds(shy, tmp_path, 0.5, 0.1)


def test_labels_that_suggest_nothing_are_no_card(labelled):
    with pytest.raises(NothingLabelled):
        threshold_card(labelled)
