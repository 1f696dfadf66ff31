import numpy as np
import pytest

from fieldcheck.domain.model_card import parse_card
from fieldcheck.domain.prediction import OUTPUT_KINDS
from fieldcheck.models.decoders.decoder import (
    OF_CLASSES,
    Candidates,
    Misfit,
    UnknownClass,
    decode_candidates,
    get_decoder,
    is_finite,
    make_box_decoder,
    select_boxes,
    split_along_batch,
)

CARD = parse_card(
    {
        "task": "detection",
        "input": {"size": [32, 64], "resize": "stretch"},
        "output": {"kind": "yolo"},
        "classes": ["a", "b"],
    }
)


def found(*scores, classes=(0, 1)):
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 10]], np.float32)
    return Candidates(boxes, np.array(scores, np.float32), np.array(classes, np.int64))


@pytest.mark.parametrize("kind", [one.name for one in OUTPUT_KINDS if one.name not in OF_CLASSES])
def test_every_declared_kind_finds_its_decoder(kind):
    assert (
        get_decoder(kind).find_misfit((np.zeros((1, 2, 3, 4, 5), bool),), CARD) is not Misfit.NONE
    )


def test_a_kind_of_masks_gives_no_boxes_alone():
    masks = parse_card(
        {
            "task": "segmentation",
            "input": {"size": [32, 64], "resize": "stretch"},
            "output": {"kind": "masks"},
            "classes": ["a", "b"],
        }
    )
    with pytest.raises(ValueError, match="masks holds no boxes alone"):
        decode_candidates((np.zeros((2, 4, 4), np.float32),), masks, 0.05)


def test_a_single_picture_without_a_batch_axis_is_understood_where_the_kind_allows_it():
    dropped = make_box_decoder(
        lambda tensors, card, least: found(0.9, 0.8), lambda one, card: Misfit.NONE, rank=2
    )
    (one,) = dropped.split_batch([np.zeros((5, 6))], 1)
    assert one[0].shape == (5, 6)
    kept = make_box_decoder(
        lambda tensors, card, least: found(0.9, 0.8), lambda one, card: Misfit.NONE
    )
    with pytest.raises(ValueError, match="for 1 pictures"):
        kept.split_batch([np.zeros((5, 6))], 1)


def test_a_batch_is_parted_along_its_first_axis():
    assert [one[0].tolist() for one in split_along_batch([np.array([[1], [2]])], 2)] == [[1], [2]]
    with pytest.raises(ValueError, match="for 3 pictures"):
        split_along_batch([np.array([[1], [2]])], 3)


def test_boxes_that_are_no_figures_are_dropped_and_said_to_be():
    kept, order, dropped = select_boxes(found(0.9, np.nan), CARD, suppress_here=False)
    assert (len(kept.scores), order.tolist(), dropped) == (1, [0], True)


def test_a_class_that_the_card_lacks_is_named():
    with pytest.raises(UnknownClass) as caught:
        select_boxes(found(0.9, 0.8, classes=(0, 2)), CARD, suppress_here=False)
    assert caught.value.index == 2


def test_integers_have_no_figure_that_is_not_finite():
    assert is_finite((np.array([1, 2]), np.array([0.5])))
    assert not is_finite((np.array([np.inf]),))
