import numpy as np

from fieldcheck.domain.inspection import EscapeRates
from fieldcheck.workflows.models.models import find_model
from fieldcheck.workflows.project.ok_classes import set_ok_classes
from fieldcheck.workflows.report.inspection import facts_of
from fieldcheck.workflows.report.two_sides import field_side


def test_without_an_ok_class_there_are_no_rates(labelled):
    assert facts_of(labelled) is None


def test_the_rates_are_those_of_the_labelled_frames(labelled):
    set_ok_classes(labelled, ["green"])
    found = facts_of(labelled)
    assert isinstance(found, EscapeRates)
    side = field_side(labelled, find_model(labelled))
    green = 1
    defect, said = side.judgement.truth != green, side.judgement.predicted != green
    assert (found.defects, found.escaped) == (int(defect.sum()), int((defect & ~said).sum()))
    weight = side.scores.weight[side.at]
    assert found.escape.value == np.average((~said)[defect], weights=weight[defect])


def test_masks_have_no_escape_rate(pointed):
    assert facts_of(pointed) is None
