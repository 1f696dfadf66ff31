"""YOLO heads: boxes that the graph has decoded already (v5 and v7 with objectness, v8 and later
without, and end to end), and the raw grid of YOLOX."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.models.decoders.decoder import (
    Floats,
    Misfit,
    Tensors,
    find_best_class,
    has_image_numbers,
    make_box_decoder,
    to_corners,
)
from fieldcheck.models.decoders.nms import Candidates

END_TO_END_COLUMNS = 6


def to_grid_rows(raw: NDArray[np.float32], n_classes: int, kind: str) -> NDArray[np.float32]:
    """(n, 4 + K) or (n, 5 + K) from one picture's output, which may lie the other way round.

    Without objectness the channels come first in most exports, so that reading is tried first; the
    class count tells the rest. Raises ValueError where no reading fits.
    """
    widths = (5 + n_classes,) if kind == "yolo_obj" else (4 + n_classes, 5 + n_classes)
    for width in widths:
        if raw.ndim == 2 and raw.shape[0] == width:
            return raw.T
        if raw.ndim == 2 and raw.shape[1] == width:
            return raw
    raise ValueError(f"{raw.shape} holds no boxes of {n_classes} classes")


def decode_grid(raw: NDArray[np.float32], n_classes: int, floor: float, kind: str) -> Candidates:
    """One picture of `yolo` or `yolo_obj`: rows of centre x, centre y, width, height, [objectness,]
    K class scores.

    `raw`: (n, 4 + K) or (n, 5 + K), or the other way round. Raises ValueError where no reading
    fits.
    """
    rows = to_grid_rows(raw, n_classes, kind)
    scores = rows[:, -n_classes:]
    if rows.shape[1] == 5 + n_classes:
        scores = scores * rows[:, 4:5]
    chosen, classes, best = find_best_class(scores, floor)
    return Candidates(to_corners(rows[chosen, :4]), best, classes)


def decode_end_to_end(raw: NDArray[np.float32], floor: float) -> Candidates:
    """One picture of `yolo_end2end`: (n, 6) rows of x1, y1, x2, y2, score, class; rows below the
    floor are filling."""
    chosen = raw[raw[:, 4] >= floor]
    return Candidates(
        chosen[:, :4],
        chosen[:, 4],
        np.nan_to_num(chosen[:, 5], nan=-1, posinf=-1, neginf=-1).astype(np.int64),
    )


def find_misfit(outputs: Tensors, card: Card) -> Misfit:
    """Rows or columns as wide as four figures of a box, the objectness where there is one, and the
    classes: (n, 4 + K) or (n, 5 + K), either way round; end to end: (n, 6)."""
    shape, kind, k = outputs[0].shape, card.output.kind, len(card.classes)
    if len(shape) != 2:
        return Misfit.KIND
    if kind == "yolo_end2end":
        return Misfit.NONE if shape[1] == END_TO_END_COLUMNS else Misfit.KIND
    widths = (5 + k,) if kind == "yolo_obj" else (4 + k, 5 + k)
    if shape[0] not in widths and has_image_numbers(outputs[0]):
        return Misfit.KIND
    return Misfit.NONE if set(shape) & set(widths) else Misfit.CLASSES


def _decode_boxes(tensors: tuple[Floats, ...], card: Card, least: float) -> Candidates:
    return decode_grid(tensors[0], len(card.classes), least, card.output.kind)


# The raw grid of YOLOX: offsets and logarithms of sizes at three strides. Source: Ge et al. 2021,
# arXiv 2107.08430.

STRIDES = (8, 16, 32)  # pixels


def decode_yolox_grid(
    raw: NDArray[np.float32], n_classes: int, floor: float, size: tuple[int, int]
) -> Candidates:
    """One picture: rows of x, y, ln width, ln height in cells, objectness, K class scores, (n, 5 +
    K), for a tensor of `size` (height, width)."""
    chosen, classes, scores = find_best_class(raw[:, 5:] * raw[:, 4:5], floor)
    cells, strides = (table[chosen] for table in make_cells(size))
    centres = np.concatenate(
        [(raw[chosen, :2] + cells) * strides, np.exp(raw[chosen, 2:4]) * strides], axis=1
    )
    return Candidates(to_corners(centres), scores, classes)


@lru_cache(maxsize=8)
def make_cells(size: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The cell (n, 2) as x, y and the stride (n, 1) of every row of the output, finest stride
    first, row by row."""
    cells, strides = [], []
    for stride in STRIDES:
        rows, columns = size[0] // stride, size[1] // stride
        y, x = np.mgrid[:rows, :columns]
        cells.append(np.stack([x, y], axis=-1).reshape(-1, 2))
        strides.append(np.full((rows * columns, 1), stride))
    cells_and_strides = (
        np.concatenate(cells).astype(np.float32),
        np.concatenate(strides).astype(np.float32),
    )
    for table in cells_and_strides:
        table.flags.writeable = False
    return cells_and_strides


def find_yolox_misfit(outputs: Tensors, card: Card) -> Misfit:
    """A row a cell of the three grids: a box, the objectness, the classes, (n, 5 + K)."""
    shape = outputs[0].shape
    if len(shape) != 2 or shape[0] != len(make_cells(card.input.size)[0]):
        return Misfit.KIND
    return Misfit.NONE if shape[1] == 5 + len(card.classes) else Misfit.CLASSES


def _decode_yolox_boxes(tensors: tuple[Floats, ...], card: Card, least: float) -> Candidates:
    return decode_yolox_grid(tensors[0], len(card.classes), least, card.input.size)


DECODERS = {
    "yolo": make_box_decoder(_decode_boxes, find_misfit, rank=2),
    "yolo_obj": make_box_decoder(_decode_boxes, find_misfit, rank=2),
    "yolo_end2end": make_box_decoder(
        lambda tensors, _card, least: decode_end_to_end(tensors[0], least), find_misfit, rank=2
    ),
    "yolox": make_box_decoder(_decode_yolox_boxes, find_yolox_misfit, rank=2),
}
