import json
from math import exp, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fieldcheck.domain.model_card import parse_card
from fieldcheck.domain.prediction import OUTPUT_KINDS
from fieldcheck.errors.messages import format_error
from fieldcheck.errors.models import ModelRejected
from fieldcheck.models.card import read_card
from fieldcheck.models.decoders import decoder, detr_ssd_torchvision, nms, segmentation_and_anomaly
from fieldcheck.models.decoders import plugin as decode_plugin
from fieldcheck.models.decoders.decoder import list_fitting_kinds
from fieldcheck.models.decoders.detr_ssd_torchvision import DECODERS, decode_queries
from fieldcheck.models.decoders.yolo import (
    decode_end_to_end,
    decode_grid,
    decode_yolox_grid,
    make_cells,
    to_grid_rows,
)
from fieldcheck.models.preprocess import Placement
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.session import open_model
from fieldcheck.stats.iou_of_boxes_and_masks import compute_iou
from tests.models import plugged

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
    return nms.Candidates(boxes, np.array(scores, np.float32), np.array(classes, np.int64))


@pytest.mark.parametrize(
    "kind", [one.name for one in OUTPUT_KINDS if one.name not in decoder.OF_CLASSES]
)
def test_every_declared_kind_finds_its_decoder(kind):
    misfit = decoder.get_decoder(kind).find_misfit((np.zeros((1, 2, 3, 4, 5), bool),), CARD)
    assert misfit is not decoder.Misfit.NONE


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
        decoder.decode_candidates((np.zeros((2, 4, 4), np.float32),), masks, 0.05)


def test_a_single_picture_without_a_batch_axis_is_understood_where_the_kind_allows_it():
    dropped = decoder.make_box_decoder(
        lambda tensors, card, least: found(0.9, 0.8), lambda one, card: decoder.Misfit.NONE, rank=2
    )
    (one,) = dropped.split_batch([np.zeros((5, 6))], 1)
    assert one[0].shape == (5, 6)
    kept = decoder.make_box_decoder(
        lambda tensors, card, least: found(0.9, 0.8), lambda one, card: decoder.Misfit.NONE
    )
    with pytest.raises(ValueError, match="for 1 pictures"):
        kept.split_batch([np.zeros((5, 6))], 1)


def test_a_batch_is_parted_along_its_first_axis():
    assert [one[0].tolist() for one in decoder.split_along_batch([np.array([[1], [2]])], 2)] == [
        [1],
        [2],
    ]
    with pytest.raises(ValueError, match="for 3 pictures"):
        decoder.split_along_batch([np.array([[1], [2]])], 3)


def test_boxes_that_are_no_figures_are_dropped_and_said_to_be():
    kept, order, dropped = decoder.select_boxes(found(0.9, np.nan), CARD, suppress_here=False)
    assert (len(kept.scores), order.tolist(), dropped) == (1, [0], True)


def test_a_class_that_the_card_lacks_is_named():
    with pytest.raises(decoder.UnknownClass) as caught:
        decoder.select_boxes(found(0.9, 0.8, classes=(0, 2)), CARD, suppress_here=False)
    assert caught.value.index == 2


def test_integers_have_no_figure_that_is_not_finite():
    assert decoder.is_finite((np.array([1, 2]), np.array([0.5])))
    assert not decoder.is_finite((np.array([np.inf]),))


def card(kind, n_classes, task=None):
    task = task or ("classification" if kind in {"logits", "softmax", "sigmoid"} else "detection")
    if kind in {"ssd", "detr", "torchvision"}:
        task = "detection"
    return parse_card({
        "task": task, "input": {"size": [32, 64], "resize": "letterbox"}, "output": {"kind": kind},
        "classes": [str(i) for i in range(n_classes)],
    })  # fmt: skip


@pytest.mark.parametrize(("kind", "k", "shape", "n", "wanted"), [
    ("logits", 3, (2, 3), 2, decoder.Misfit.NONE),
    ("logits", 3, (2, 3, 1, 1), 2, decoder.Misfit.NONE),
    ("logits", 3, (3,), 1, decoder.Misfit.NONE),
    ("logits", 3, (2, 4), 2, decoder.Misfit.CLASSES),
    ("logits", 3, (1, 3), 2, decoder.Misfit.KIND),
    ("softmax", 3, (1, 3, 10), 1, decoder.Misfit.KIND),
    ("softmax", 3, (), 1, decoder.Misfit.KIND),
    ("sigmoid", 2, (1, 1), 1, decoder.Misfit.NONE),
    ("softmax", 2, (1, 1), 1, decoder.Misfit.CLASSES),
    ("yolox", 2, (1, 42, 7), 1, decoder.Misfit.NONE),
    ("yolox", 3, (1, 42, 7), 1, decoder.Misfit.CLASSES),
    ("yolox", 2, (1, 41, 7), 1, decoder.Misfit.KIND),
    ("yolo", 2, (1, 6, 100), 1, decoder.Misfit.NONE),
    ("yolo", 2, (1, 100, 7), 1, decoder.Misfit.NONE),
    ("yolo", 2, (6, 100), 1, decoder.Misfit.NONE),
    ("yolo", 2, (1, 8, 100), 1, decoder.Misfit.CLASSES),
    ("yolo_obj", 2, (1, 6, 100), 1, decoder.Misfit.CLASSES),
    ("yolo_obj", 2, (1, 7, 100), 1, decoder.Misfit.NONE),
    ("yolo_end2end", 2, (4, 300, 6), 4, decoder.Misfit.NONE),
    ("yolo_end2end", 2, (300, 6), 1, decoder.Misfit.NONE),
    ("yolo_end2end", 2, (1, 300, 7), 1, decoder.Misfit.KIND),
    ("yolo_end2end", 2, (1, 6), 1, decoder.Misfit.NONE),
    ("ssd", 2, (1, 300, 6), 1, decoder.Misfit.KIND),
])  # fmt: skip
def test_an_output_fits_its_kind_and_classes_or_it_is_said_what_does_not(kind, k, shape, n, wanted):
    assert decoder.find_misfit([np.full(shape, 0.5, np.float32)], n, card(kind, k)) is wanted


@pytest.mark.parametrize(("kind", "shape", "k"), [
    ("logits", (1, 3), 3), ("yolox", (1, 42, 85), 80), ("yolo", (1, 84, 8400), 80),
    ("yolo", (1, 7, 100), 3), ("yolo_obj", (1, 100, 7), 2), ("softmax", (1, 3, 10), None),
])  # fmt: skip
def test_an_output_tells_how_many_classes_it_has(kind, shape, k):
    assert decoder.count_classes([np.full(shape, 0.5, np.float32)], 1, card(kind, 17)) == k


@pytest.mark.parametrize("number", [0, -1])
@pytest.mark.parametrize("n", [0, 100])
def test_rows_that_begin_with_the_number_of_the_picture_are_no_grid_of_three_classes(n, number):
    rows = np.random.default_rng(1).uniform(0, 1, (1, n, 7)).astype(np.float32)
    assert decoder.find_misfit([rows], 1, card("yolo", 3)) is (
        decoder.Misfit.NONE if n else decoder.Misfit.KIND
    )
    rows[..., 0] = number
    assert decoder.find_misfit([rows], 1, card("yolo", 3)) is decoder.Misfit.KIND
    assert decoder.find_misfit([rows], 1, card("yolo_obj", 2)) is decoder.Misfit.KIND


def test_each_kind_of_boxes_finds_its_decoder():
    plain = np.array([[10, 20, 4, 6, 0.1, 0.9]], np.float32)
    assert decoder.decode_candidates((plain,), card("yolo", 2), 0.05).scores.tolist() == [
        np.float32(0.9)
    ]
    actual = decoder.decode_candidates((plain,), card("yolo_end2end", 2), 0.05).scores.tolist()
    assert actual == [np.float32(0.1)]
    found = decoder.decode_candidates((np.ones((42, 7), np.float32),), card("yolox", 2), 0.05)
    assert found.scores.tolist() == [1.0] * 42


def test_several_classes_at_once_are_sigmoids():
    several = card("logits", 2, task="multilabel")
    assert decoder.compute_class_scores(np.zeros((1, 2), np.float32), several).tolist() == [
        [0.5, 0.5]
    ]


def rows(*values):
    return np.array(values, np.float32)


def test_logits_become_shares():
    raw = rows([2.2, 0.1, -1.0], [1000.0, 0.0, 0.0])
    found = decoder.compute_probabilities(raw, "logits", 3, several=False)
    whole = exp(2.2) + exp(0.1) + exp(-1)
    actual = found[0]
    assert actual == pytest.approx([exp(2.2) / whole, exp(0.1) / whole, exp(-1) / whole], abs=1e-6)
    assert found[1].tolist() == [1, 0, 0]


def test_logits_of_several_classes_are_each_its_own():
    actual = decoder.compute_probabilities(rows([0, 100, -100]), "logits", 3, several=True)[0]
    assert actual == pytest.approx([0.5, 1, 0], abs=1e-6)


def test_shares_are_left_alone_to_the_last_digit():
    given_rows = rows([0.7, 0.2, 0.1], [0.0, 1.0, 0.0])
    probabilities = decoder.compute_probabilities(given_rows, "softmax", 3, several=False)
    assert np.array_equal(probabilities, given_rows)


def test_logits_called_softmax_are_turned_into_shares_once():
    raw = rows([2.2, 0.1, -1.0])
    shares = decoder.compute_probabilities(raw, "softmax", 3, several=False)
    assert np.array_equal(shares, decoder.compute_probabilities(raw, "logits", 3, several=False))


def test_shares_rounded_to_eight_bits_are_still_shares():
    shares = decoder.compute_softmax(
        np.random.default_rng(0).normal(0, 3, (50, 1001)).astype(np.float32)
    )
    rounded = np.round(shares * 256) / 256
    assert np.abs(rounded.sum(axis=1) - 1).max() > 1e-3
    assert decoder.is_distribution(rounded).all()


def test_a_sum_that_is_off_by_more_is_no_share_of_few_classes():
    expected = [True, False, False]
    assert (
        decoder.is_distribution(rows([0.5, 0.5005], [0.5, 0.51], [0.5, 0.4])).tolist() == expected
    )
    assert not decoder.is_distribution(np.zeros((1, 1001), np.float32)).any()


def test_sigmoids_are_left_alone_and_a_forgotten_one_is_applied():
    actual = decoder.compute_probabilities(rows([0.9, 0.8], [0.0, 2.0]), "sigmoid", 2, several=True)
    assert actual == pytest.approx(rows([0.9, 0.8], [0.5, 0.880797]))


def test_one_sigmoid_for_two_classes_is_the_second_ones():
    actual = decoder.compute_probabilities(rows([0.9], [0.2]), "sigmoid", 2, several=False)
    assert actual == pytest.approx(rows([0.1, 0.9], [0.8, 0.2]))


@pytest.mark.parametrize("kind", ["logits", "softmax", "sigmoid"])
@pytest.mark.parametrize("bad", [nan, float("inf"), float("-inf")])
def test_a_row_that_is_not_finite_has_no_best_class_and_its_neighbour_does(kind, bad):
    raw = rows([0.25, bad, 0.25], [0.25, 0.5, 0.25])
    found = decoder.compute_probabilities(raw, kind, 3, several=False)
    assert np.isnan(found[0]).all()
    assert found[1].argmax() == 1


def test_further_axes_of_length_one_do_not_count():
    actual = decoder.compute_probabilities(
        np.zeros((2, 3, 1, 1), np.float32), "logits", 3, several=False
    )
    assert actual == pytest.approx(np.full((2, 3), 1 / 3))


@given(arrays(np.float32, (4, 5), elements=st.floats(-1e4, 1e4, width=32)))
def test_shares_add_up_and_keep_the_order(raw):
    found = decoder.compute_softmax(raw)
    assert found.sum(axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert (found[np.arange(4), raw.argmax(axis=1)] == found.max(axis=1)).all()
    assert ((decoder.compute_sigmoid(raw) >= 0) & (decoder.compute_sigmoid(raw) <= 1)).all()


def test_a_row_counts_when_its_best_class_reaches_the_floor():
    scores = np.array([[0.1, 0.2], [0.04, 0.01], [0.9, nan], [0.05, 0.0]], np.float32)
    chosen, classes, best = decoder.find_best_class(scores, np.float32(0.05))
    assert (chosen.tolist(), classes.tolist()) == ([0, 3], [1, 0])
    assert best.tolist() == [np.float32(0.2), np.float32(0.05)]


def test_a_centre_and_sides_become_two_corners():
    assert decoder.to_corners(np.array([[10, 20, 4, 6]], np.float32)).tolist() == [[8, 17, 12, 23]]


def test_some_are_taken_in_the_order_that_is_asked():
    boxes = np.arange(12, dtype=np.float32).reshape(3, 4)
    found = nms.Candidates(boxes, np.float32([0.1, 0.2, 0.3]), np.array([0, 1, 2]))
    assert found.select(np.array([2, 0])).classes.tolist() == [2, 0]
    assert len(found.select(np.zeros(3, bool)).scores) == 0


def boxes(*rows):
    """Rows of x1, y1, x2, y2, score, class."""
    table = np.array(rows, np.float32).reshape(-1, 6)
    return nms.Candidates(table[:, :4], table[:, 4], table[:, 5].astype(np.int64))


def suppress(found, threshold, **most):
    return found.select(nms.suppress_non_maxima(found, threshold, **most))


def by_score(found, **most):
    return found.select(nms.find_highest_scores(found, **most))


def test_the_surest_of_overlapping_boxes_stays():
    found_boxes = boxes([0, 0, 10, 10, 0.6, 0], [1, 0, 11, 10, 0.9, 0], [30, 0, 40, 10, 0.3, 0])
    found = suppress(found_boxes, 0.45)
    assert found.scores.tolist() == [np.float32(0.9), np.float32(0.3)]


def test_another_class_may_stand_in_the_same_place():
    assert len(suppress(boxes([0, 0, 10, 10, 0.6, 0], [0, 0, 10, 10, 0.9, 1]), 0.45).scores) == 2


def test_an_overlap_at_the_threshold_stays():
    pair = boxes([0, 0, 10, 10, 0.9, 0], [0, 0, 10, 5, 0.8, 0])  # exactly one half
    assert len(suppress(pair, 0.5).scores) == 2
    assert len(suppress(pair, 0.49).scores) == 1


def test_a_box_that_is_gone_takes_no_other_with_it():
    chain = boxes([0, 0, 10, 10, 0.9, 0], [4, 0, 14, 10, 0.8, 0], [8, 0, 18, 10, 0.7, 0])
    assert suppress(chain, 0.4).scores.tolist() == [np.float32(0.9), np.float32(0.7)]


def test_nothing_stays_nothing():
    assert suppress(boxes(), 0.45).xyxy.shape == (0, 4)
    assert by_score(boxes()).xyxy.shape == (0, 4)


def test_no_more_than_the_limit_are_kept():
    many = boxes(*([20 * i, 0, 20 * i + 10, 10, i / 10, 0] for i in range(10)))
    assert suppress(many, 0.45, most=3).scores.tolist() == by_score(many, most=3).scores.tolist()


row = st.tuples(
    st.integers(0, 20), st.integers(0, 20), st.integers(1, 20), st.integers(1, 20),
    st.integers(0, 10), st.integers(0, 2),
)  # fmt: skip


@pytest.mark.long
@given(st.lists(row, max_size=15), st.sampled_from([0.2, 0.45, 0.7]))
def test_what_stays_overlaps_little_and_what_goes_is_covered(rows, threshold):
    found = boxes(*([x, y, x + w, y + h, score / 10, kind] for x, y, w, h, score, kind in rows))
    kept = suppress(found, threshold)
    same = kept.classes[:, None] == kept.classes[None]
    overlap = np.triu(compute_iou(kept.xyxy, kept.xyxy) * same, 1)
    assert not (overlap > threshold).any()
    assert (np.diff(kept.scores) <= 0).all()
    for box, score, kind in zip(found.xyxy, found.scores, found.classes, strict=True):
        surer = kept.select((kept.classes == kind) & (kept.scores >= score))
        is_kept = (surer.xyxy == box).all(axis=1).any()
        assert is_kept or (compute_iou(box[None], surer.xyxy) > threshold).any()


# What is said of a frame beyond the figures themselves; the zoo compares every kind with plain
# loops.

PLACE = (Placement((1.0, 1.0), (0.0, 0.0)), (32, 32))


def make_card(kind, task, classes=("bolt", "nut"), **output):
    spec = {"size": [32, 32], "resize": "stretch"}
    answer = {"kind": kind, **output}
    return parse_card({"task": task, "input": spec, "output": answer, "classes": list(classes)})


def test_boxes_are_stored_from_the_lower_of_floor_and_threshold():
    assert decoder.get_score_floor(make_card("yolo", "detection", threshold=0.4)) == 0.05
    assert decoder.get_score_floor(make_card("yolo", "detection", threshold=0.02)) == 0.02


def test_a_figure_that_is_not_finite_is_told_and_its_box_is_dropped():
    rows = np.array([[[4, 4, 8, 8, 0.9, 0], [np.nan, 4, 8, 8, 0.8, 1]]], np.float32)
    found = decoder.decode_batch([rows], 1, make_card("yolo_end2end", "detection"), [PLACE])[0]
    assert found.nan
    assert found.answer.tolist() == [pytest.approx([4, 4, 8, 8, 0.9, 0])]


def test_a_box_of_a_class_that_the_card_does_not_have_is_refused_by_its_number():
    rows = np.array([[[4, 4, 8, 8, 0.9, 7]]], np.float32)
    with pytest.raises(decoder.UnknownClass) as caught:
        decoder.decode_batch([rows], 1, make_card("yolo_end2end", "detection"), [PLACE])
    assert caught.value.index == 7


def test_pictures_that_only_fill_a_fixed_batch_have_no_answer():
    shares = np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]], np.float32)
    n_answers = len(
        decoder.decode_batch([shares], 3, make_card("softmax", "classification"), [PLACE, PLACE])
    )
    assert n_answers == 2


def test_a_map_of_anomalies_is_shown_where_it_reaches_the_threshold():
    heat = np.zeros((1, 1, 32, 32), np.float32)
    heat[0, 0, 5, 6] = 0.9
    found = decoder.decode_batch(
        [heat], 1, make_card("anomaly_map", "anomaly", threshold=0.5), [PLACE]
    )[0]
    assert found.answer == pytest.approx([0.1, 0.9])
    assert np.argwhere(found.masks[0].pixels).tolist() == [[5, 6]]


def test_only_boxes_at_the_deployed_threshold_have_a_mask():
    # three classes, one prototype
    rows = np.array([[[8, 8, 8, 8, 0.9, 0, 0, 1], [24, 24, 8, 8, 0, 0.1, 0, 1]]], np.float32)
    painting = make_card("instance_masks", "instance", ("bolt", "nut", "washer"), threshold=0.5)
    found = decoder.decode_batch([rows, np.ones((1, 1, 8, 8), np.float32)], 1, painting, [PLACE])[0]
    assert (len(found.answer), len(found.masks)) == (2, 1)
    assert found.masks[0].pixels.shape == (8, 8)


PLAIN = np.array([[10, 20, 4, 6, 0.1, 0.9], [50, 50, 10, 10, 0.01, 0.02]], np.float32)
WITH_OBJECTNESS = np.insert(PLAIN, 4, [0.5, 1.0], axis=1)


@pytest.mark.parametrize("raw", [PLAIN, PLAIN.T])
def test_boxes_without_objectness_lie_either_way_round(raw):
    found = decode_grid(raw, 2, 0.05, "yolo")
    assert found.xyxy.tolist() == [[8, 17, 12, 23]]
    assert (found.scores.tolist(), found.classes.tolist()) == ([np.float32(0.9)], [1])


@pytest.mark.parametrize("kind", ["yolo", "yolo_obj"])
@pytest.mark.parametrize("raw", [WITH_OBJECTNESS, WITH_OBJECTNESS.T])
def test_objectness_is_found_by_the_class_count_and_multiplied(raw, kind):
    found = decode_grid(raw, 2, 0.05, kind)
    actual = (found.scores.tolist(), found.classes.tolist())
    assert actual == ([np.float32(0.9) * np.float32(0.5)], [1])


def test_objectness_may_be_forced_where_the_shape_fits_both():
    # two classes: 7 channels with objectness, or rows of 6 without
    raw = np.zeros((7, 6), np.float32)
    assert to_grid_rows(raw, 2, "yolo").shape == (7, 6)
    assert to_grid_rows(raw, 2, "yolo_obj").shape == (6, 7)


def test_a_shape_that_fits_nothing_is_refused():
    with pytest.raises(ValueError, match="no boxes of 3 classes"):
        to_grid_rows(PLAIN, 3, "yolo")


def test_rows_of_six_are_taken_as_they_are():
    rows = np.array(
        [
            [1, 2, 3, 4, 0.9, 5],
            [1, 2, 3, 4, 0.04, 5],
            [0, 0, 0, 0, 0, 0],
            [1, 2, 3, 4, nan, 1],
            [5, 6, 7, 8, 0.5, nan],
        ],
        np.float32,
    )
    found = decode_end_to_end(rows, 0.05)
    assert found.xyxy.tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert found.classes.tolist() == [5, -1]


def test_every_stride_has_its_cells_row_by_row():
    cells, strides = make_cells((32, 64))
    assert len(cells) == 4 * 8 + 2 * 4 + 1 * 2
    assert (cells[9].tolist(), strides[9].tolist()) == ([1, 1], [8])
    assert (cells[32 + 5].tolist(), strides[32 + 5].tolist()) == ([1, 1], [16])
    assert (cells[-1].tolist(), strides[-1].tolist()) == ([1, 0], [32])


def test_offsets_and_logarithms_become_a_box():
    raw = np.zeros((42, 7), np.float32)
    raw[9] = [0.5, 0.25, 1.0, 0.0, 0.8, 0.1, 0.9]  # cell (1, 1) at stride 8
    found = decode_yolox_grid(raw, 2, 0.05, (32, 64))
    x, y, w, h = (1 + 0.5) * 8, (1 + 0.25) * 8, exp(1) * 8, 8
    assert found.xyxy[0] == pytest.approx([x - w / 2, y - h / 2, x + w / 2, y + h / 2], abs=1e-5)
    assert (found.classes.tolist(), len(found.scores)) == ([1], 1)
    assert found.scores[0] == pytest.approx(0.72)


SCORES = np.array([[0.1, 0.8, 0.1], [0.9, 0.05, 0.05]], np.float32)
CORNERS = np.array([[0.1, 0.2, 0.3, 0.6], [0, 0, 1, 1]], np.float32)


def test_the_background_is_no_answer_whether_or_not_the_card_names_it():
    unnamed, named = (
        detr_ssd_torchvision.find_candidates((SCORES, CORNERS), classes, 0.25, (100, 200))
        for classes in (("bolt", "nut"), ("Background", "bolt", "nut"))
    )
    assert unnamed.xyxy.tolist() == named.xyxy.tolist() == [pytest.approx([20, 20, 60, 60])]
    assert (unnamed.classes.tolist(), named.classes.tolist()) == ([0], [1])
    assert detr_ssd_torchvision.begins_with_background(("__background__", "a"))
    assert (
        detr_ssd_torchvision.count_scores(("bolt", "nut"))
        == detr_ssd_torchvision.count_scores(("background", "bolt", "nut"))
        == 3
    )


def test_moves_are_taken_from_the_prior_in_its_own_size():
    prior = np.array([[0.5, 0.5, 0.2, 0.4]], np.float32)
    moves = np.array([[1.0, -1.0, 0.5, 0.0]], np.float32)
    x, y, w, h = 0.5 + 0.1 * 0.2, 0.5 - 0.1 * 0.4, 0.2 * exp(0.1), 0.4
    actual = detr_ssd_torchvision.decode_boxes((SCORES[:1], moves, prior))[0]
    assert actual == pytest.approx([x - w / 2, y - h / 2, x + w / 2, y + h / 2], abs=1e-6)


def test_priors_of_caffe_bring_their_variances():
    caffe = np.array([[[0.4, 0.3, 0.6, 0.7] * 2, [0.1, 0.1, 0.2, 0.2] * 2]], np.float32)
    centred = np.array([[0.5, 0.5, 0.2, 0.4]] * 2, np.float32)
    moves = np.array([[1.0, -1.0, 0.5, 0.25], [0, 0, 0, 0]], np.float32)
    actual = detr_ssd_torchvision.decode_boxes((SCORES, moves, caffe))
    assert actual == pytest.approx(
        detr_ssd_torchvision.decode_boxes((SCORES, moves, centred)), abs=1e-6
    )


BOXES = np.array([[0.5, 0.5, 0.2, 0.4], [0.25, 0.5, 0.5, 1.0]], np.float32)


def test_the_share_of_no_object_is_left_out():
    # the second query found nothing
    logits = np.array([[1.0, 3.0, 0.0], [0.0, 0.0, 9.0]], np.float32)
    found = decode_queries((logits, BOXES), 2, 0.25, (100, 200))
    assert found.xyxy.tolist() == [pytest.approx([80, 30, 120, 70])]
    assert found.classes.tolist() == [1]
    assert found.scores[0] == pytest.approx(exp(3) / (exp(1) + exp(3) + 1))


def test_sigmoids_take_the_best_pairs_of_query_and_class_but_no_more_than_there_are_queries():
    scores = np.array([[0.9, 0.8], [0.3, 0.95]], np.float32)
    found = decode_queries((scores, BOXES), 2, 0.25, (100, 200))
    assert found.scores.tolist() == pytest.approx([0.95, 0.9])
    assert found.classes.tolist() == [1, 0]


def test_one_tensor_holds_the_boxes_first():
    scores = np.array([[0.9, 0.8], [0.3, 0.95]], np.float32)
    apart = decode_queries((scores, BOXES), 2, 0.25, (8, 8))
    together = decode_queries((np.hstack([BOXES, scores]),), 2, 0.25, (8, 8))
    assert np.array_equal(apart.xyxy, together.xyxy)
    assert np.array_equal(apart.scores, together.scores)


@pytest.mark.parametrize("last", ["no object", "background", "__background__", "N/A"])
def test_a_card_that_names_the_last_class_as_no_object_is_read_as_one_that_does_not(last):
    logits = np.array([[1.0, 3.0, 0.0], [0.0, 0.0, 9.0]], np.float32)
    spec = {"size": [100, 200], "resize": "stretch"}
    card = {"task": "detection", "input": spec, "output": {"kind": "detr"}}
    read = DECODERS["detr"].boxes
    unnamed = read((logits, BOXES), parse_card(card | {"classes": ["a", "b"]}), 0.25)
    named = read((logits, BOXES), parse_card(card | {"classes": ["a", "b", last]}), 0.25)
    if last == "N/A":  # a name that stands for nothing in the middle of lists too
        assert len(named.scores) > len(unnamed.scores)
    else:
        actual = (named.classes.tolist(), named.scores.tolist())
        assert actual == (unnamed.classes.tolist(), unnamed.scores.tolist())


WHOLE = Placement((1.0, 1.0), (0.0, 0.0))


def test_boxes_and_prototypes_are_told_apart_by_their_axes():
    rows, planes = np.zeros((20, 11), np.float32), np.zeros((4, 8, 8), np.float32)
    assert [one.shape for one in segmentation_and_anomaly.find_prototypes((planes, rows))] == [
        (20, 11),
        (4, 8, 8),
    ]
    assert segmentation_and_anomaly.find_prototypes((rows,)) is None
    assert segmentation_and_anomaly.find_prototypes((rows, rows)) is None


def test_rows_are_found_whichever_way_round_they_stand():
    rows = np.arange(20 * 11, dtype=np.float32).reshape(20, 11)  # 4 + 3 classes + 4 prototypes
    assert np.array_equal(segmentation_and_anomaly.to_rows(rows.T, 3, 4), rows)
    assert np.array_equal(segmentation_and_anomaly.to_rows(rows, 3, 4), rows)
    assert segmentation_and_anomaly.to_rows(rows, 9, 4) is None


def test_six_columns_before_the_coefficients_are_corners_a_score_and_a_class():
    raw = [[1, 2, 5, 6, 0.9, 2, 0, 0, 0, 0], [1, 2, 5, 6, 0.1, 0, 0, 0, 0, 0]]
    rows = np.array(raw, np.float32)
    assert segmentation_and_anomaly.is_suppressed(rows, 3, 4)
    found, chosen = segmentation_and_anomaly.decode_boxes(rows, 3, 4, 0.25)
    assert found.xyxy.tolist() == [[1, 2, 5, 6]]
    assert (found.classes.tolist(), chosen.tolist()) == ([2], [0])


def test_a_mask_is_the_sum_of_prototypes_inside_its_box():
    planes = np.stack([np.ones((4, 4)), -np.eye(4) * 2]).astype(np.float32)
    plane = segmentation_and_anomaly.mix_prototypes(np.array([[1.0, 1.0]], np.float32), planes)[0]
    values = np.array([0, 0, 3, 2], np.float32)
    mask = segmentation_and_anomaly.draw_mask_in_box(plane, 0.0, values, WHOLE, (4, 4), (4, 4))
    assert (mask.x, mask.y, mask.pixels.tolist()) == (0, 0, [[0, 1, 1], [1, 0, 1]])


def test_a_box_outside_the_frame_has_an_empty_mask():
    mask = segmentation_and_anomaly.draw_mask_in_box(
        np.ones((4, 4), np.float32), 0.0, np.array([9, 9, 12, 12], np.float32), WHOLE, (4, 4),
        (4, 4),
    )  # fmt: skip
    assert mask.pixels.size == 0


FRAME = np.full((64, 64, 3), 90, np.uint8)
BAD = {
    "raising": ("def decode(outputs, size, n_classes):\n    raise RuntimeError('no grid')\n",
                "plugin_raised", "RuntimeError: no grid"),
    "leaving": ("import os\ndef decode(outputs, size, n_classes):\n    os._exit(7)\n",
                "plugin_raised", "exit code 7"),
    "hanging": ("def decode(outputs, size, n_classes):\n    while True: pass\n", "plugin_time",
                "s"),
    "wrong": ("def decode(outputs, size, n_classes):\n    return 1, 2\n", "plugin_rubbish",
              "tuple"),
    "ragged": ("import numpy as np\ndef decode(o, s, n):\n    return np.ones((2, 4)), np.ones(3), "
               "np.ones(3, int)\n", "plugin_rubbish", "2×4"),
    "chatty": ("def decode(outputs, size, n_classes):\n    print('hello')\n    return (), (), ()\n",
               "plugin_printed", "hello"),
    "broken": ("this is no Python", "plugin_raised", "SyntaxError"),
}  # fmt: skip


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder on the path in which plug-ins are installed; their processes end with the test."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    decode_plugin.terminate_all()


def with_example(place):
    plugged.install(place, "fastestdet", (plugged.EXAMPLE / "fieldcheck_fastestdet.py").read_text())


def test_the_example_reads_fastestdets_head(place, tmp_path):
    with_example(place)
    model = open_model(plugged.fastestdet(tmp_path / "net.onnx"))
    runner = ModelRunner(model, read_card(model, plugged.card("fastestdet")), batch_size=1)
    ((answer, nan),) = runner.predict([FRAME])
    x1, y1, x2, y2, score, of = answer[0]
    wanted = pytest.approx((64 * (0.375 - 0.25), 64 * (0.125 - 0.25), 64 * 0.625, 64 * 0.375))
    assert (x1, y1, x2, y2) == wanted
    assert (score, of, nan) == (pytest.approx(0.9**0.6 * 0.8**0.4), 1, False)


def test_it_is_offered_where_it_reads_an_output_and_not_where_it_does_not(place):
    with_example(place)
    one = parse_card({**plugged.card("fastestdet"), "output": {"kind": "yolo"}})
    fits = np.zeros((1, 5 + plugged.CLASSES, 4, 4), np.float32)
    assert "plugin:fastestdet" in list_fitting_kinds([fits], 1, one)
    unexpected = "plugin:fastestdet"
    assert unexpected not in list_fitting_kinds([np.zeros((1, 4, 4, 4), np.float32)], 1, one)


@pytest.mark.long
@pytest.mark.parametrize("name", BAD)
def test_what_a_plug_in_does_wrong_ends_in_one_sentence(place, tmp_path, monkeypatch, name):
    source, problem, seen = BAD[name]
    plugged.install(place, name, source)
    monkeypatch.setattr(decode_plugin, "SECONDS", 1.0 if problem == "plugin_time" else 60.0)
    model = open_model(plugged.fastestdet(tmp_path / "net.onnx", name))
    with pytest.raises(ModelRejected) as refused:
        read_card(model, plugged.card(name))
    assert refused.value.problem == problem
    assert seen in refused.value.detail
    assert format_error(refused.value).count(".") >= 1


def test_one_that_is_not_installed_is_named(place, tmp_path):
    model = open_model(plugged.fastestdet(tmp_path / "net.onnx", "ghost"))
    with pytest.raises(ModelRejected, match="plugin_missing"):
        read_card(model, plugged.card("ghost"))


def test_a_card_names_a_plug_in_only_for_boxes_and_keeps_it():
    found = parse_card(plugged.card("x"))
    assert json.loads(json.dumps(found.output.kind)) == "plugin:x"
    with pytest.raises(Exception, match=r"output\.kind"):
        parse_card({**plugged.card("x"), "task": "classification"})
