import json

import pytest

from fieldcheck.analyses.abstention_thresholds import build_threshold_card, export_thresholds
from fieldcheck.domain.model_card import dump_card, parse_card
from fieldcheck.errors.labels import NothingLabelled
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import add_model, find_model, get_card
from fieldcheck.progress import NullProgress
from tests import makers


@pytest.fixture
def shy(tmp_path):
    with makers.shy_project(tmp_path) as project:
        yield project


def test_the_class_that_is_named_too_seldom_gets_a_threshold_of_its_own(shy):
    card = build_threshold_card(shy)
    assert [name for name, _ in card.output.thresholds] == ["blue"]
    assert 0 < card.output.thresholds[0][1] < 0.5
    assert card.output.abstain is not None
    assert parse_card(dump_card(card)) == card


def test_a_model_with_the_exported_card_names_it(shy, tmp_path):
    before = load_field_side(shy, find_model(shy)).scores.footage.value
    found = export_thresholds(shy, tmp_path / "out", 0.5, 0.1)
    assert (found.n, found.files) == (1, ("shy.card.json",))
    written = tmp_path / "out" / "shy.card.json"
    assert json.loads(written.read_text())["output"]["thresholds"].keys() == {"blue"}
    added = add_model(shy, tmp_path / "shy.onnx", written, makers.LATER)
    run_and_score(shy, None, "field", NullProgress(), makers.NOW)
    assert get_card(added).output.thresholds
    assert load_field_side(shy, find_model(shy)).scores.footage.value > before + 0.2


def test_a_folder_that_holds_something_is_not_touched(shy, tmp_path):
    with pytest.raises(PathOccupied):
        export_thresholds(shy, tmp_path, 0.5, 0.1)


def test_labels_that_suggest_nothing_are_no_card(labelled):
    with pytest.raises(NothingLabelled):
        build_threshold_card(labelled)
