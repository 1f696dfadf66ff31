import numpy as np

from fieldcheck.analyses.escape_rate import load_escape_rates
from fieldcheck.domain.report import EscapeRates
from fieldcheck.labels.classes import set_ok_classes
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import find_model


def test_without_an_ok_class_there_are_no_rates(labelled):
    assert load_escape_rates(labelled) is None


def test_the_rates_are_those_of_the_labelled_frames(labelled):
    set_ok_classes(labelled, ["green"])
    found = load_escape_rates(labelled)
    assert isinstance(found, EscapeRates)
    side = load_field_side(labelled, find_model(labelled))
    green = 1
    defect, said = side.judgement.truth != green, side.judgement.predicted != green
    assert (found.defects, found.escaped) == (int(defect.sum()), int((defect & ~said).sum()))
    weight = side.scores.weight[side.at]
    assert found.escape.value == np.average((~said)[defect], weights=weight[defect])


def test_masks_have_no_escape_rate(pointed):
    assert load_escape_rates(pointed) is None
