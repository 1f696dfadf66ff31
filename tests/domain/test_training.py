import json

import pytest

from fieldcheck.domain.model_card import Curves, Training, find_stall, list_restless_columns
from tests.analyses.test_training import FOUND


def test_what_is_written_is_read_back_through_json():
    assert Training.from_json(json.loads(json.dumps(FOUND.to_json()))) == FOUND
    assert Training.from_json(json.loads(json.dumps(Training().to_json()))) == Training()


def test_what_was_kept_before_there_were_recipes_is_read():
    old = Training(notes="seed 7").to_json()
    del old["recipe"]
    assert Training.from_json(old) == Training(notes="seed 7")


def test_the_last_blocks_are_convolutions():
    assert [layer.name for layer in FOUND.last_blocks] == ["conv2", "conv3", "conv4", "conv5"]
    assert FOUND.n_same == 4


def curves(train, val, **others):
    more = {name: tuple(row) for name, row in others.items()}
    return Curves(tuple(float(k + 1) for k in range(len(val))), tuple(train), tuple(val), more)


def test_three_flat_validation_losses_above_the_training_loss_are_a_stall():
    found = find_stall(curves([1.0, 0.8, 0.6, 0.5, 0.4], [1.1, 0.9, 0.71, 0.70, 0.71]))
    assert found.epoch == 5
    assert found.variance == pytest.approx(0.0000222, abs=1e-6)
    assert found.gap == pytest.approx(0.775)


@pytest.mark.parametrize(("train", "val"), [
    ([0.5, 0.4, 0.3], [0.9, 0.8, 0.7]),  # still falling: variance 0.0067
    ([0.70, 0.70, 0.70], [0.71, 0.70, 0.71]),  # flat, but no gap
    ([0.4, 0.4], [0.7, 0.7]),  # too few
    ([0.0, 0.0, 0.0], [0.7, 0.7, 0.7]),  # a gap to nothing is no share
])  # fmt: skip
def test_what_is_no_stall(train, val):
    assert find_stall(curves(train, val)) is None


def test_the_first_stall_is_told_from_the_third_epoch_on():
    assert find_stall(curves([0.5, 0.5, 0.5, 0.5], [0.7, 0.7, 0.7, 0.7])).epoch == 3


@pytest.mark.parametrize("row", [
    [0.9, -0.1, 0.9, 0.9, 0.9],  # below zero: no share
    [0.9, 0.1, float("nan"), 0.9, 0.9],
    [1.5, 0.9, 0.1, 0.9, 0.9, 0.9],  # above one, though before the last five
    [0.9],
    [0.90, 0.95, 0.90, 0.95, 0.90],  # five points are no more than five
    [0.1, 0.9, 0.9, 0.9, 0.9, 0.9],  # it swung before the last five
])  # fmt: skip
def test_what_does_not_swing_or_is_no_share_is_not_named(row):
    assert list_restless_columns(curves([1] * len(row), [1] * len(row), column=row)) == ()


def test_the_class_that_swings_most_comes_first():
    restless = curves([1] * 2, [1] * 2, less=[0.5, 0.6], more=[0.1, 0.9], least=[0.5, 0.56])
    found = list_restless_columns(restless)
    assert found == (("more", 0.1, 0.9), ("less", 0.5, 0.6), ("least", 0.5, 0.56))


def test_classes_that_swing_in_the_last_epochs_are_named_the_widest_first():
    found = list_restless_columns(
        curves(
            [1] * 6, [1] * 6, seven=[0.1, 0.82, 0.91, 0.82, 0.91, 0.82],
            three=[0.2, 0.99, 0.99, 0.99, 0.99, 0.98], lr=[3, 2, 1, 1, 1, 1],
        )
    )  # fmt: skip
    assert found == (("seven", 0.82, 0.91),)
