import shutil

import numpy as np
import pytest

from fieldcheck.analyses.calibration import compute_calibration
from fieldcheck.models.evaluate import get_top_class
from fieldcheck.models.scored_sides import load_scored_sides
from fieldcheck.project.folder import open_project


def test_both_sides_are_measured_and_the_field_is_weighted(labelled):
    found = compute_calibration(labelled)
    assert (found.unit, [side.on for side in found.sides]) == ("frame", ["benchmark", "field"])
    side = load_scored_sides(labelled).field
    tops = np.array(
        [get_top_class(side.answers[side.picks[k].frame_id].answer)[1] for k in side.at]
    )
    field = found.get_side("field")
    assert field.says.value == pytest.approx(np.average(tops, weights=side.scores.weight[side.at]))
    assert field.right.value == pytest.approx(side.scores.footage.value)
    assert field.nll > 0


def test_classes_have_medians_over_the_footage_that_was_run(labelled):
    found = compute_calibration(labelled)
    assert sum(one.n for one in found.classes) == len(load_scored_sides(labelled).field.listing)
    assert all(0.3 < one.median <= 1 for one in found.classes)


def test_eighteen_pictures_fit_no_temperature(labelled):
    assert compute_calibration(labelled).temperature is None


def test_without_labels_the_benchmark_alone_may_be_told_and_masks_have_none(drawn, pointed):
    assert compute_calibration(drawn) is None
    assert compute_calibration(pointed) is None


def test_boxes_are_counted_one_by_one(made_boxed, tmp_path):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        check_boxes(project)


def check_boxes(boxed):
    found = compute_calibration(boxed)
    assert found.unit == "box"
    field = found.get_side("field")
    assert field.n == sum(
        len(a.answer)
        for a in load_scored_sides(boxed).field.answers.values()
        if a.subject in load_scored_sides(boxed).field.labels
    )
    assert found.temperature is None
