import shutil

import numpy as np
import pytest

from fieldcheck.analyses.item_columns import load_labelled_objects, load_newest_side
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import find_model
from fieldcheck.project.folder import open_project


@pytest.fixture
def boxed(made_boxed, tmp_path):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        yield project


def test_a_classifier_has_one_thing_a_frame(labelled):
    found, side = load_labelled_objects(labelled), load_field_side(labelled, find_model(labelled))
    assert np.array_equal(found.truth, side.judgement.truth)
    assert np.array_equal(found.wrong, ~side.judgement.right)
    assert found.weight.sum() == pytest.approx(len(side.listing))


def test_a_detector_has_one_thing_an_object(boxed):
    found, side = load_labelled_objects(boxed), load_field_side(boxed, find_model(boxed))
    assert sorted(found.names[k] for k in found.truth.tolist()) == ["hole", "part"]
    assert found.wrong.sum() == (side.judgement.found.truths - side.judgement.found.right).sum()


def test_nothing_labelled_or_no_class_is_none(drawn, pointed, empty):
    assert load_labelled_objects(drawn) is None
    assert load_labelled_objects(pointed) is None
    assert load_labelled_objects(empty) is None
    assert load_newest_side(empty) is not None
