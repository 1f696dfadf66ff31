import shutil

import numpy as np

from fieldcheck.analyses.abstention_thresholds import _build_candidates, compute_thresholds
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import find_model
from fieldcheck.project.folder import open_project


def test_one_clip_and_few_pictures_have_no_threshold_and_say_so(labelled):
    found = compute_thresholds(labelled)
    assert (found.classes, found.precision) == ((), 0.5)
    assert set(found.too_few) == {"red", "green", "blue"}
    assert compute_thresholds(labelled, 0.8).precision == 0.8


def test_of_a_detector_each_object_counts_found_or_not(made_boxed, tmp_path):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        found = compute_thresholds(project)
    assert (found.classes, set(found.too_few)) == ((), {"part", "hole"})


def test_the_candidates_of_a_class_are_its_boxes_and_the_objects_that_none_found(
    made_boxed, tmp_path
):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        side = load_field_side(project, find_model(project))
    for k in range(2):
        image, score, positive = _build_candidates(side.judgement, k, side.at.size)
        objects = side.judgement.truths.image[side.judgement.truths.category == k]
        assert sorted(image[positive].tolist()) == sorted(objects.tolist())
        assert positive[~np.isfinite(score)].all()


def test_without_labels_or_classes_there_is_nothing(drawn, pointed, empty):
    expected = [None, None, None]
    assert [compute_thresholds(project) for project in (drawn, pointed, empty)] == expected
