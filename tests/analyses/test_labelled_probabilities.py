import numpy as np
import pytest

from fieldcheck.analyses.item_columns import load_benchmark_classes, load_field_classes
from fieldcheck.models.store import find_model


def test_the_frames_of_the_draw_with_their_probabilities(labelled):
    side, found = load_field_classes(labelled, find_model(labelled))
    assert found.p.shape == (side.at.size, 3)
    assert np.array_equal(found.p.argmax(axis=1), found.predicted)
    assert found.weight.sum() == pytest.approx(len(side.listing))


def test_the_benchmark_weighs_as_the_field_is_mixed(labelled):
    model = find_model(labelled)
    _, field = load_field_classes(labelled, model)
    found = load_benchmark_classes(labelled, model, field)
    for k in range(3):
        share = field.weight[field.truth == k].sum() / field.weight.sum()
        assert found.weight[found.truth == k].sum() / found.weight.sum() == pytest.approx(share)


def test_masks_and_frames_without_a_label_are_none(pointed, drawn):
    assert load_field_classes(pointed, find_model(pointed)) is None
    assert load_field_classes(drawn, find_model(drawn)) is None
