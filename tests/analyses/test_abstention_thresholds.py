import json
import re
import shutil

import numpy as np
import pytest

from fieldcheck.analyses.abstention_thresholds import (
    _build_candidates,
    build_abstention_section,
    build_threshold_card,
    build_threshold_section,
    compute_abstention,
    compute_thresholds,
    export_thresholds,
)
from fieldcheck.domain.model_card import dump_card, parse_card
from fieldcheck.errors.labels import NothingLabelled
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import add_model, find_model, get_card
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.stats.decision_thresholds import find_thresholds, measure_abstention
from tests import makers
from tests.stats.test_decision_thresholds import frames, unsure


def page(found):
    return build_threshold_section(found).blocks


def test_what_is_missing_is_said():
    expected = "Not measured: no labelled frame"
    assert build_threshold_section(None).blocks[0].text.startswith(expected)


def test_recall_and_precision_stand_before_and_after():
    thresholds = find_thresholds(("ok", "crack"), frames(lift=0.15), None, 0.5)
    rule, table, precision, said = page(thresholds)
    assert rule.text.startswith("Highest recall at a precision of at least ")
    rows = {row[0].text: [cell.text for cell in row] for row in table.rows}
    assert rows["crack"][1] == "field"
    assert rows["crack"][4].endswith("%)")
    costs = {row[0].text: [cell.text for cell in row[1:]] for row in precision.rows}
    assert costs.keys() == rows.keys()
    shape = re.compile(r"\d+% \(\d+–[\d.]+%(, n = 1?\d)?\)")
    assert all(shape.fullmatch(cell) for cell in costs["crack"]), costs
    assert said.text.startswith("Gain in recall demonstrated for crack.")


def test_no_gain_is_no_advice():
    said = page(find_thresholds(("ok", "crack"), frames(n=60, lift=-0.02), None, 0.99))[3]
    assert said.text.startswith("No demonstrated gain in recall for")


def test_classes_with_few_labels_are_named():
    expected = "fewer than 20 labelled frames"
    assert expected in page(find_thresholds(("ok", "crack"), frames(n=30), None, 0.5))[-1].text


def test_one_clip_and_few_pictures_have_no_threshold_and_say_so(labelled):
    found = compute_thresholds(labelled)
    assert (found.classes, found.precision) == ((), 0.5)
    assert set(found.too_few) == {"red", "green", "blue"}
    assert compute_thresholds(labelled, 0.8).precision == 0.8


def test_of_a_detector_each_object_counts_found_or_not(made_boxed, tmp_path):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        found = compute_thresholds(project)
    assert (found.classes, set(found.too_few)) == ((), {"part", "hole"})


def test_the_candidates_of_a_class_are_its_boxes_and_missed_objects(made_boxed, tmp_path):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        side = load_field_side(project, find_model(project))
    for k in range(2):
        image, score, positive = _build_candidates(side.judgement, k, side.labelled.size)
        objects = side.judgement.truths.image[side.judgement.truths.category == k]
        assert sorted(image[positive].tolist()) == sorted(objects.tolist())
        assert positive[~np.isfinite(score)].all()


def test_without_labels_or_classes_there_is_nothing(drawn, pointed, empty):
    expected = [None, None, None]
    assert [compute_thresholds(project) for project in (drawn, pointed, empty)] == expected


@pytest.fixture
def shy(tmp_path):
    with makers.shy_project(tmp_path) as project:
        yield project


@pytest.mark.long
def test_the_class_that_is_named_too_seldom_gets_a_threshold_of_its_own(shy):
    card = build_threshold_card(shy)
    assert [name for name, _ in card.output.thresholds] == ["blue"]
    assert 0 < card.output.thresholds[0][1] < 0.5
    assert card.output.abstain is not None
    assert parse_card(dump_card(card)) == card


@pytest.mark.long
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


@pytest.mark.long
def test_a_folder_that_holds_something_is_not_touched(shy, tmp_path):
    with pytest.raises(PathOccupied):
        export_thresholds(shy, tmp_path, 0.5, 0.1)


def test_labels_that_suggest_nothing_are_no_card(labelled):
    with pytest.raises(NothingLabelled):
        build_threshold_card(labelled)


def build_table(found):
    return build_abstention_section(found).blocks


def test_the_table_says_what_is_missing():
    expected = "Insufficient data. Requires one class per frame"
    assert build_abstention_section(None).blocks[0].text.startswith(expected)


def test_the_sentence_says_what_a_person_gets_and_what_is_left():
    said, table = build_table(measure_abstention(*unsure(), 0.12))
    assert said.text.startswith("Route 1")
    assert "of frames (confidence below " in said.text
    assert "to manual review: the error rate falls from " in said.text
    assert len(table.rows) == 8


def test_a_fall_that_was_not_shown_is_not_claimed():
    said, _ = build_table(measure_abstention(*unsure(informative=False)))
    assert "No benefit demonstrated from routing 10% of frames" in said.text


def test_one_clip_makes_no_halves(labelled):
    assert compute_abstention(labelled) is None


def test_without_labels_there_is_no_abstention(drawn, pointed, empty):
    expected = [None, None, None]
    assert [compute_abstention(project) for project in (drawn, pointed, empty)] == expected
