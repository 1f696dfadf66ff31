"""Explanation of a model's outputs: every kind that fits all tensors, by their shapes and by their
values on a few images. A kind that leaves an output unused explains nothing: a model with boxes in
six tensors does not have them all in the first. Sources of the layouts: exporters of YOLOv5 to v11,
YOLOX, NanoDet, torchvision, DETR, SSD (Caffe), Ultralytics' segmentation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Layout
from fieldcheck.domain.prediction import Task
from fieldcheck.models.decoders.decoder import (
    Array,
    Tensors,
    get_decoder,
    has_image_numbers,
    is_distribution,
)
from fieldcheck.models.decoders.detr_ssd_torchvision import has_batch_axis, sort_torchvision_outputs
from fieldcheck.models.decoders.segmentation_and_anomaly import find_prototypes
from fieldcheck.models.decoders.yolo import END_TO_END_COLUMNS, make_cells
from fieldcheck.models.preprocess import BOXES_A_CELL, STRIDES

# Output values: what the figures of a tensor can be – shares, pixels, corners, whole numbers –
# where shapes alone fit several
# kinds.

Floats = NDArray[np.float32]

SLACK = 1e-3
AROUND = 0.25  # of the picture: boxes reach a little beyond its edges
# of the picture: centres of a whole grid lie on both sides of its middle, this far out
SPREAD = 0.3
# cells of offset, and ln of a side in cells: what a grid that is not decoded holds
MOST_CELLS = 16.0
ALMOST_ALL = 0.98
GRID_LEVELS = (2, 3, 4, 5)


def is_in_unit_range(values: Floats) -> bool:
    """Whether every figure of the tensor, (…,), lies in [0, 1]."""
    return bool(values.size) and bool(((values >= -SLACK) & (values <= 1 + SLACK)).all())


def is_whole_numbers(values: Floats) -> bool:
    """Whether every figure of the tensor, (…,), is a whole number of 0 or more."""
    return bool((values >= 0).all()) and bool((values == np.floor(values)).all())


def is_corner_boxes(rows: Floats) -> bool:
    """Whether no row, (n, 4) x1, y1, x2, y2, ends before it begins."""
    return bool(
        (rows[:, 2] >= rows[:, 0] - SLACK).all() and (rows[:, 3] >= rows[:, 1] - SLACK).all()
    )


def is_relative_to_image(rows: Floats) -> bool:
    """Whether coordinates, (n, 4), are shares of the picture's sides and some differ: no pixels,
    and no filling of zeros alone."""
    return bool(rows.size) and bool((np.abs(rows) <= 1 + AROUND).all()) and bool(np.ptp(rows) > 0)


def is_centred_in_image(rows: Floats) -> bool:
    """Whether rows, (n, 4) centre and size as shares of the picture, lie in it, as corners read
    this way do not."""
    if not is_relative_to_image(rows) or bool((rows[:, 2:] < 0).any()):
        return False
    half = rows[:, 2:] / 2
    low, high = rows[:, :2] - half, rows[:, :2] + half
    return float(((low >= -AROUND) & (high <= 1 + AROUND)).all(axis=1).mean()) >= ALMOST_ALL


def is_decoded_grid(rows: Floats, size: tuple[int, int]) -> bool:
    """Whether rows, (n, 4) centre and size in pixels of a tensor of `size` (height, width), are
    boxes of a grid over all of it."""
    sides = np.array([size[1], size[0]], np.float32)
    centres = rows[:, :2] / sides
    inside = (
        float(((centres >= -AROUND) & (centres <= 1 + AROUND)).all(axis=1).mean()) >= ALMOST_ALL
    )
    spread = bool(
        (centres.min(axis=0) <= 0.5 - SPREAD).all() and (centres.max(axis=0) >= 0.5 + SPREAD).all()
    )
    return inside and spread and bool((rows[:, 2:] >= -SLACK).all()) and not is_corner_boxes(rows)


def is_grid_offsets(rows: Floats) -> bool:
    """Whether rows, (n, 4), are offsets in cells and logarithms of sides, as a grid that the graph
    has not decoded holds."""
    return bool((np.abs(rows) <= MOST_CELLS).all())


def count_boxes_per_cell(n: int, size: tuple[int, int]) -> int | None:
    """How many boxes a cell `n` rows are over a tensor of `size` (height, width), for usual
    strides; None where it is no grid."""
    for boxes in BOXES_A_CELL:
        for levels in GRID_LEVELS:
            if any(n == boxes * _count_cells(size, stride, levels) for stride in STRIDES):
                return boxes
    return None


def _count_cells(size: tuple[int, int], stride: int, levels: int) -> int:
    sides = [
        (-(-size[0] // (stride << level)), -(-size[1] // (stride << level)))
        for level in range(levels)
    ]
    return sum(rows * columns for rows, columns in sides)


MOST_END_TO_END = 1000  # boxes of a detector that picks them itself
MOST_SETTLED = 300  # rows with a mask each that a graph has picked
MOST_TENSORS = 4  # that a kind is read from
LEAST_MAP = 8  # pixels a side: smaller planes are features
# of the queries that a transformer gives to its last class: more, and that class is "no object"
MOST_QUERIES_ONE_CLASS = 0.5
LEAST_QUERIES = 10
ROUNDED = 1e-2  # Tolerance of probability sums in half precision.
# what ends a network whose last step is not in the file
LINEAR = ("Gemm", "MatMul", "Add", "Conv", "ReduceMean", "GlobalAveragePool")
NO_CLASSES = re.compile(
    r"embed|feat|landmark|keypoint|kpt|coord|bbox|boxes|offset|depth|pose|heatmap", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class OutputReading:
    """One way to read all outputs. `names`: the tensors in the order in which they are read, none
    where that is the file's; `n_classes`: None where the file does not tell; `sure`: no other use
    of such outputs is known."""

    task: Task
    kind: str
    n_classes: int | None
    names: tuple[str, ...] = ()
    sure: bool = True

    @property
    def label(self) -> str:
        """Task, kind and number of classes, `detection yolox (80)`, for who has to choose."""
        return f"{self.task} {self.kind}" + (
            f" ({self.n_classes})" if self.n_classes is not None else ""
        )


@dataclass(frozen=True, slots=True)
class RawOutputs:
    """Answers to a few pictures, each alone: `runs` hold a picture's tensors, (n, …) each with a
    batch of `batch` or, where the graph drops it, none; `names` theirs. `size`: (height, width) of
    the input; `tail`: the operator that makes the first of them."""

    names: tuple[str, ...]
    runs: tuple[tuple[Array, ...], ...]
    batch: int
    size: tuple[int, int]
    layout: Layout
    tail: str = ""

    @property
    def shapes(self) -> str:
        """Shapes of the outputs as a sentence shows them: `1×80×8400, 1×4×8400`."""
        return format_shapes(self.runs[0])


def format_shapes(outputs: Sequence[object]) -> str:
    """Shapes of the tensors of one run; sequences and maps have none."""
    return ", ".join(
        "×".join(str(side) for side in output.shape)
        for output in outputs
        if isinstance(output, np.ndarray)
    )


def list_output_readings(raw: RawOutputs) -> tuple[OutputReading, ...]:
    """List every reading of all outputs that fits their shapes and values; none where no supported
    kind explains them."""
    if len(raw.names) > MOST_TENSORS or any(
        not _is_number(output) for run in raw.runs for output in run
    ):
        return ()
    if len(raw.names) == 1:
        return (*_read_as_classes(raw), *_read_as_rows(raw), *_read_as_pixels(raw))
    return tuple(
        dict.fromkeys(
            (
                *_read_in_any_order(raw, "detr", _read_as_queries),
                *_read_in_any_order(raw, "ssd", _read_as_ssd),
                *_read_as_suppressed_boxes(raw),
                *_read_as_instances(raw),
            )
        )
    )


def _is_number(array: Array) -> bool:
    return bool(np.issubdtype(array.dtype, np.number))


def _split_images(raw: RawOutputs, kind: str, order: Sequence[int] = ()) -> list[Tensors]:
    """Each picture's tensors, without a batch axis, in that order; none where the kind cannot part
    them."""
    images = []
    for run in raw.runs:
        try:
            images.append(
                get_decoder(kind).split_batch(
                    [run[index] for index in order] or list(run), raw.batch
                )[0]
            )
        except ValueError:
            return []
    return images


def _read_as_classes(raw: RawOutputs) -> Iterator[OutputReading]:
    """One figure a class and picture: shares of which one or several count, or what comes before
    them."""
    first = raw.runs[0][0]
    shape = first.shape if first.ndim > 1 else (1, *first.shape)
    if (
        shape[0] != raw.batch
        or sum(side > 1 for side in shape[1:]) > 1
        or not np.issubdtype(first.dtype, np.floating)
    ):
        return
    rows = np.concatenate([run[0].reshape(raw.batch, -1)[:1] for run in raw.runs]).astype(
        np.float32
    )
    k = rows.shape[1]
    if k == 1:
        yield OutputReading("classification", "sigmoid", 2, sure=False)
        yield OutputReading("anomaly", "anomaly", 2, sure=False)
    elif raw.tail == "Softmax" or bool(is_distribution(rows).all()):
        yield OutputReading("classification", "softmax", k)
    elif raw.tail == "Sigmoid" or (is_in_unit_range(rows) and raw.tail not in LINEAR):
        yield OutputReading("classification", "sigmoid", k, sure=False)
        yield OutputReading("multilabel", "sigmoid", k, sure=False)
    elif not NO_CLASSES.search(raw.names[0]) and not _is_embedding(rows):
        yield OutputReading("classification", "logits", k)


def _is_embedding(rows: Floats) -> bool:
    """Whether (n, K) rows are embeddings: all of length 1."""
    return rows.shape[1] > 2 and bool(
        np.allclose(np.linalg.norm(rows.astype(np.float64), axis=1), 1, atol=1e-3)
    )


def _read_as_rows(raw: RawOutputs) -> Iterator[OutputReading]:
    """A row a box: of a grid, decoded or not, of queries, or those that the graph picked."""
    pictures = _split_images(raw, "yolo")
    if not pictures or any(
        picture[0].ndim != 2 or picture[0].dtype.kind != "f" for picture in pictures
    ):
        return
    rows = [picture[0].astype(np.float32) for picture in pictures]
    if (
        len({row.shape[1] for row in rows}) > 1
        or len(raw.runs[0][0]) == raw.runs[0][0].size / rows[0].shape[1] == raw.batch
    ):
        return
    if not all(np.isfinite(row).all() for row in rows):
        return
    yield from _read_as_end_to_end(rows)
    if len({row.shape for row in rows}) == 1:
        plain = np.stack(rows)
        for turned in (False, True):
            yield from _read_as_grid(
                plain.transpose(0, 2, 1) if turned else plain, raw.size, turned
            )
        yield from _read_as_joined_queries(plain, raw.size)


def _read_as_joined_queries(plain: Floats, size: tuple[int, int]) -> Iterator[OutputReading]:
    """Rows of box and classes, (p, n, columns) over `p` pictures, all shares: of a transformer,
    whose queries are no grid."""
    n, columns = plain.shape[1:]
    rows = plain.reshape(-1, columns)
    if (
        columns < 5
        or n < LEAST_QUERIES
        or has_image_numbers(rows)
        or count_boxes_per_cell(n, size) is not None
    ):
        return
    if is_in_unit_range(rows) and is_centred_in_image(rows[:, :4]):
        yield OutputReading("detection", "detr", columns - 4)


def _read_as_end_to_end(pictures: Sequence[Floats]) -> Iterator[OutputReading]:
    """Rows, (n, columns) a picture, of corners, score and class. Rows of zeros alone tell nothing
    of the order of columns."""
    rows = np.concatenate(pictures)
    if (
        rows.shape[1] != END_TO_END_COLUMNS
        or max(len(picture) for picture in pictures) > MOST_END_TO_END
    ):
        return
    fits = is_corner_boxes(rows) and is_in_unit_range(rows[:, 4]) and is_whole_numbers(rows[:, 5])
    if not len(rows) or (fits and not is_relative_to_image(rows[:, :4])):
        yield OutputReading("detection", "yolo_end2end", None, sure=bool(rows[:, :4].any()))


def _read_as_grid(rows: Floats, size: tuple[int, int], turned: bool) -> Iterator[OutputReading]:
    """Rows of a grid, (p, n, columns) over `p` pictures. Three boxes a cell are of the versions
    with an objectness, one a cell with the channels first of those without; rows first, both are
    met."""
    n, columns = rows.shape[1:]
    boxes, whole = count_boxes_per_cell(n, size), rows.reshape(-1, columns)
    if boxes is None or columns < 5 or not is_in_unit_range(whole[:, 4:]):
        return
    if is_decoded_grid(whole[:, :4], size):
        if boxes == 1:
            yield OutputReading("detection", "yolo", columns - 4)
        if columns > 5 and not (boxes == 1 and turned):
            yield OutputReading("detection", "yolo_obj", columns - 5)
    elif (
        n == len(make_cells(size)[0])
        and not turned
        and columns > 5
        and is_grid_offsets(whole[:, :4])
    ):
        yield OutputReading("detection", "yolox", columns - 5)


def _read_as_pixels(raw: RawOutputs) -> Iterator[OutputReading]:
    """A figure a pixel, or one a pixel and class. Maps of several channels that are no shares may
    be those of key points."""
    first = raw.runs[0][0]
    planes = first[0] if first.ndim > 2 and first.shape[0] == raw.batch else first
    planes = planes[None] if planes.ndim == 2 else planes
    axes = (0, 2) if raw.layout == "NCHW" else (2, 0)
    channel = next(
        (
            axis
            for axis in axes
            if planes.ndim == 3 and _is_feature_map(np.delete(planes.shape, axis), raw.size)
        ),
        None,
    )
    if channel is None or count_boxes_per_cell(max(planes.shape), raw.size) is not None:
        return
    k = planes.shape[channel]
    if np.issubdtype(first.dtype, np.integer):
        if k == 1:
            yield OutputReading("segmentation", "masks", None)
    elif k == 1:
        yield OutputReading("segmentation", "masks", 2, sure=False)
        yield OutputReading("anomaly", "anomaly_map", 2, sure=False)
    else:
        sums = np.add.reduce(planes, axis=channel, dtype=np.float64)
        shares = bool(np.allclose(sums, 1, atol=ROUNDED)) and is_in_unit_range(
            planes.astype(np.float32)
        )
        yield OutputReading("segmentation", "masks", k, sure=shares)


def _is_feature_map(sides: NDArray[np.int64], size: tuple[int, int]) -> bool:
    """Whether sides, (2,) height and width, have the proportions of the input exactly, and are
    those of no few features."""
    return bool(sides.min() >= LEAST_MAP) and bool(sides[0] * size[1] == sides[1] * size[0])


def _read_in_any_order(
    raw: RawOutputs, kind: str, read: Callable[[list[Tensors]], Iterator[tuple[int, bool]]]
) -> Iterator[OutputReading]:  # fmt: skip
    """Readings as a kind of several tensors, in the file's order first."""
    for order in permutations(range(len(raw.names))):
        pictures = _split_images(raw, kind, order)
        if not pictures or any(
            tensor.dtype.kind != "f" for picture in pictures for tensor in picture
        ):
            continue
        names = () if list(order) == sorted(order) else tuple(raw.names[index] for index in order)
        for n_classes, sure in read(pictures):
            yield OutputReading("detection", kind, n_classes, names, sure)


def _pair_boxes_with_scores(pictures: list[Tensors]) -> tuple[Floats, Floats] | None:
    """Scores (n, C) and boxes (n, 4) of all pictures; None where the first two tensors are no such
    pair."""
    if any(
        picture[0].ndim != 2
        or picture[1].shape != (len(picture[0]), 4)
        or len(picture[0]) < LEAST_QUERIES
        for picture in pictures
    ):
        return None
    scores, boxes = (
        np.concatenate([picture[index] for picture in pictures]).astype(np.float32)
        for index in (0, 1)
    )
    return (scores, boxes) if np.isfinite(scores).all() and np.isfinite(boxes).all() else None


def _read_as_queries(pictures: list[Tensors]) -> Iterator[tuple[int, bool]]:
    """Of a transformer: how many classes, with and without a last one that stands for no object."""
    boxes_and_scores = _pair_boxes_with_scores(pictures) if len(pictures[0]) == 2 else None
    if (
        boxes_and_scores is None
        or is_corner_boxes(boxes_and_scores[1])
        or not is_centred_in_image(boxes_and_scores[1])
    ):
        return
    scores = boxes_and_scores[0]
    width = scores.shape[1]
    last = float((scores.argmax(axis=1) == width - 1).mean())
    if width > 1 and last > MOST_QUERIES_ONE_CLASS:
        yield width - 1, True
        return
    yield width, last == 0
    if width > 1 and last > 0:
        yield width - 1, False


def _read_as_ssd(pictures: list[Tensors]) -> Iterator[tuple[int, bool]]:
    """Of an SSD: how many classes beside the background, its boxes decoded or with the prior boxes
    that they are relative to."""
    boxes_and_scores = _pair_boxes_with_scores(pictures) if len(pictures[0]) in (2, 3) else None
    if boxes_and_scores is None or boxes_and_scores[0].shape[1] < 2:
        return
    scores, boxes = boxes_and_scores
    if len(pictures[0]) == 3:
        priors = [picture[2] for picture in pictures]
        if priors[0].size not in (pictures[0][1].size, 2 * pictures[0][1].size) or any(
            (prior != priors[0]).any() for prior in priors
        ):
            return
        yield scores.shape[1] - 1, True
    elif is_corner_boxes(boxes) and is_relative_to_image(boxes):
        yield scores.shape[1] - 1, True


def _read_as_suppressed_boxes(raw: RawOutputs) -> Iterator[OutputReading]:
    """Boxes, labels and scores, in whatever order, and perhaps a mask each."""
    pictures = _split_images(raw, "torchvision")
    torchvision_outputs = [sort_torchvision_outputs(picture) for picture in pictures]
    parsed = [
        torchvision_outputs
        for torchvision_outputs in torchvision_outputs
        if torchvision_outputs is not None
    ]
    if not parsed or len(parsed) < len(torchvision_outputs):
        return
    boxes = np.concatenate([torchvision_outputs.boxes for torchvision_outputs in parsed]).astype(
        np.float32
    )
    scores = np.concatenate([torchvision_outputs.scores for torchvision_outputs in parsed]).astype(
        np.float32
    )
    if (
        len(boxes) and not (is_corner_boxes(boxes) and is_in_unit_range(scores))
    ) or is_relative_to_image(boxes):
        return
    # Exporters other than torchvision number labels from 0, without a background class.
    sure = not has_batch_axis(raw.runs[0]) and not any(
        (torchvision_outputs.labels == 0).any() for torchvision_outputs in parsed
    )
    if parsed[0].masks is None:
        yield OutputReading("detection", "torchvision", None, sure=sure)
    else:
        yield OutputReading("instance", "instance_masks", None, sure=sure)


def _read_as_instances(raw: RawOutputs) -> Iterator[OutputReading]:
    """Rows of box, classes and coefficients, and the prototypes that these mix."""
    pairs = (
        [find_prototypes(image) for image in _split_images(raw, "instance_masks")]
        if len(raw.names) == 2
        else []
    )
    parsed = [pair for pair in pairs if pair is not None]
    if not parsed or len(parsed) < len(pairs):
        return
    n_coefficients = len(parsed[0][1])
    for turned in (True, False):
        rows = np.stack([outputs[0].T if turned else outputs[0] for outputs in parsed])
        if np.isfinite(rows).all():
            yield from _read_as_mask_rows(rows, n_coefficients, raw.size)


def _read_as_mask_rows(
    rows: Floats, n_coefficients: int, size: tuple[int, int]
) -> Iterator[OutputReading]:
    """Rows, (p, n, columns) over `p` pictures, of a grid or of boxes that the graph picked."""
    n, k, whole = rows.shape[1], rows.shape[2] - 4 - n_coefficients, rows.reshape(-1, rows.shape[2])
    if k < 1:
        return
    if count_boxes_per_cell(n, size) == 1:
        if is_in_unit_range(whole[:, 4 : 4 + k]) and is_decoded_grid(whole[:, :4], size):
            yield OutputReading("instance", "instance_masks", k)
    elif (
        k == END_TO_END_COLUMNS - 4
        and n <= MOST_SETTLED
        and is_in_unit_range(whole[:, 4])
        and is_whole_numbers(whole[:, 5])
    ):
        yield OutputReading("instance", "instance_masks", None)
