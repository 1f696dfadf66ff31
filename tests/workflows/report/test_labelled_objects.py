import shutil

import numpy as np
import pytest

from fieldcheck.project.folder import open_project
from fieldcheck.workflows.models.models import find_model
from fieldcheck.workflows.report.labelled_objects import labelled_things, newest_side
from fieldcheck.workflows.report.two_sides import field_side


@pytest.fixture
def boxed(made_boxed, tmp_path):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        yield project


def test_a_classifier_has_one_thing_a_frame(labelled):
    found, side = labelled_things(labelled), field_side(labelled, find_model(labelled))
    assert np.array_equal(found.truth, side.judgement.truth)
    assert np.array_equal(found.wrong, ~side.judgement.right)
    assert found.weight.sum() == pytest.approx(len(side.listing))


def test_a_detector_has_one_thing_an_object(boxed):
    found, side = labelled_things(boxed), field_side(boxed, find_model(boxed))
    assert sorted(found.names[k] for k in found.truth.tolist()) == ["hole", "part"]
    assert found.wrong.sum() == (side.judgement.found.truths - side.judgement.found.right).sum()


def test_nothing_labelled_or_no_class_is_none(drawn, pointed, empty):
    assert labelled_things(drawn) is None
    assert labelled_things(pointed) is None
    assert labelled_things(empty) is None
    assert newest_side(empty) is not None
