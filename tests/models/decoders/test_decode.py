import numpy as np
import pytest

from fieldcheck.domain.model_card import parse_card
from fieldcheck.models.decoders.decoder import (
    Misfit,
    compute_class_scores,
    count_classes,
    decode_candidates,
    find_misfit,
)


def card(kind, n_classes, task=None):
    task = task or ("classification" if kind in {"logits", "softmax", "sigmoid"} else "detection")
    if kind in {"ssd", "detr", "torchvision"}:
        task = "detection"
    return parse_card({
        "task": task, "input": {"size": [32, 64], "resize": "letterbox"}, "output": {"kind": kind},
        "classes": [str(i) for i in range(n_classes)],
    })  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "k", "shape", "n", "wanted"),
    [
        ("logits", 3, (2, 3), 2, Misfit.NONE),
        ("logits", 3, (2, 3, 1, 1), 2, Misfit.NONE),
        ("logits", 3, (3,), 1, Misfit.NONE),
        ("logits", 3, (2, 4), 2, Misfit.CLASSES),
        ("logits", 3, (1, 3), 2, Misfit.KIND),
        ("softmax", 3, (1, 3, 10), 1, Misfit.KIND),
        ("softmax", 3, (), 1, Misfit.KIND),
        ("sigmoid", 2, (1, 1), 1, Misfit.NONE),
        ("softmax", 2, (1, 1), 1, Misfit.CLASSES),
        ("yolox", 2, (1, 42, 7), 1, Misfit.NONE),
        ("yolox", 3, (1, 42, 7), 1, Misfit.CLASSES),
        ("yolox", 2, (1, 41, 7), 1, Misfit.KIND),
        ("yolo", 2, (1, 6, 100), 1, Misfit.NONE),
        ("yolo", 2, (1, 100, 7), 1, Misfit.NONE),
        ("yolo", 2, (6, 100), 1, Misfit.NONE),
        ("yolo", 2, (1, 8, 100), 1, Misfit.CLASSES),
        ("yolo_obj", 2, (1, 6, 100), 1, Misfit.CLASSES),
        ("yolo_obj", 2, (1, 7, 100), 1, Misfit.NONE),
        ("yolo_end2end", 2, (4, 300, 6), 4, Misfit.NONE),
        ("yolo_end2end", 2, (300, 6), 1, Misfit.NONE),
        ("yolo_end2end", 2, (1, 300, 7), 1, Misfit.KIND),
        ("yolo_end2end", 2, (1, 6), 1, Misfit.NONE),
        ("ssd", 2, (1, 300, 6), 1, Misfit.KIND),
    ],
)
def test_an_output_fits_its_kind_and_classes_or_it_is_said_what_does_not(kind, k, shape, n, wanted):
    assert find_misfit([np.full(shape, 0.5, np.float32)], n, card(kind, k)) is wanted


@pytest.mark.parametrize(
    ("kind", "shape", "k"),
    [
        ("logits", (1, 3), 3), ("yolox", (1, 42, 85), 80), ("yolo", (1, 84, 8400), 80), ("yolo", (1, 7, 100), 3),
        ("yolo_obj", (1, 100, 7), 2), ("softmax", (1, 3, 10), None),
    ],
)  # fmt: skip
def test_an_output_tells_how_many_classes_it_has(kind, shape, k):
    assert count_classes([np.full(shape, 0.5, np.float32)], 1, card(kind, 17)) == k


@pytest.mark.parametrize("number", [0, -1])
@pytest.mark.parametrize("n", [0, 100])
def test_rows_that_begin_with_the_number_of_the_picture_are_no_grid_of_three_classes(n, number):
    rows = np.random.default_rng(1).uniform(0, 1, (1, n, 7)).astype(np.float32)
    assert find_misfit([rows], 1, card("yolo", 3)) is (Misfit.NONE if n else Misfit.KIND)
    rows[..., 0] = number
    assert find_misfit([rows], 1, card("yolo", 3)) is Misfit.KIND
    assert find_misfit([rows], 1, card("yolo_obj", 2)) is Misfit.KIND


def test_each_kind_of_boxes_finds_its_decoder():
    plain = np.array([[10, 20, 4, 6, 0.1, 0.9]], np.float32)
    assert decode_candidates((plain,), card("yolo", 2), 0.05).scores.tolist() == [np.float32(0.9)]
    actual = decode_candidates((plain,), card("yolo_end2end", 2), 0.05).scores.tolist()
    assert actual == [np.float32(0.1)]
    assert (
        decode_candidates((np.ones((42, 7), np.float32),), card("yolox", 2), 0.05).scores.tolist()
        == [1.0] * 42
    )


def test_several_classes_at_once_are_sigmoids():
    assert compute_class_scores(
        np.zeros((1, 2), np.float32), card("logits", 2, task="multilabel")
    ).tolist() == [[0.5, 0.5]]
