"""The raw grid of YOLOX: offsets and logarithms of sizes at three strides. Source: Ge et al. 2021,
arXiv 2107.08430."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.models.decoders.decoder import (
    Candidates,
    Floats,
    Misfit,
    Tensors,
    find_best_class,
    make_box_decoder,
    to_corners,
)

STRIDES = (8, 16, 32)  # pixels


def decode_grid(
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


def find_misfit(outputs: Tensors, card: Card) -> Misfit:
    """A row a cell of the three grids: a box, the objectness, the classes, (n, 5 + K)."""
    shape = outputs[0].shape
    if len(shape) != 2 or shape[0] != len(make_cells(card.input.size)[0]):
        return Misfit.KIND
    return Misfit.NONE if shape[1] == 5 + len(card.classes) else Misfit.CLASSES


def _decode_boxes(tensors: tuple[Floats, ...], card: Card, least: float) -> Candidates:
    return decode_grid(tensors[0], len(card.classes), least, card.input.size)


DECODERS = {"yolox": make_box_decoder(_decode_boxes, find_misfit, rank=2)}
