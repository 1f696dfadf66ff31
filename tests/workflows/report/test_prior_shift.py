import numpy as np
import pytest

from fieldcheck.scoring.prior_shift import field_prior, floored
from fieldcheck.workflows.models.models import find_model
from fieldcheck.workflows.report.prior_shift import facts_of
from fieldcheck.workflows.report.two_sides import field_side


def test_the_mix_is_that_of_all_answered_frames(labelled):
    found, side = facts_of(labelled), field_side(labelled, find_model(labelled))
    every = np.array([side.answers[line.frame.frame_id].answer for line in side.listing], np.float64)
    assert found.n_frames == len(side.listing)
    lifted, _ = floored(field_prior(every, np.array(found.benchmark)), found.n_frames)
    assert found.field == pytest.approx(lifted.tolist())
    assert sum(found.benchmark) == pytest.approx(1)
    assert sum(found.labelled) == pytest.approx(1)


def test_the_change_is_that_of_the_same_frames(labelled):
    found = facts_of(labelled)
    assert found.change.value == pytest.approx(found.after.value - found.before.value, abs=0.2)
    assert found.change.n == found.before.n == found.after.n


def test_without_labels_or_classes_there_is_nothing(drawn, pointed, empty):
    assert [facts_of(project) for project in (drawn, pointed, empty)] == [None, None, None]
