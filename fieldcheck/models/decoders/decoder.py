"""Decoding of model outputs: shape check, boxes, class probabilities, and predictions in pixels of
the frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from importlib import import_module
from math import prod

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import BY_NAME, OUTPUT_KINDS, PLUGIN, list_kind_names
from fieldcheck.imaging.masks import Mask
from fieldcheck.models.decoders.nms import Candidates, find_highest_scores, suppress_non_maxima
from fieldcheck.models.plugins import PluginError, list_decoder_plugins
from fieldcheck.models.preprocess import Placement

# Candidate boxes between a decoder and the prediction.

NUMBERED_COLUMNS = 7


def find_best_class(
    scores: NDArray[np.float32], floor: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Of (n, K) scores: which rows' best class reaches `floor`, that class, and its score. A row
    with NaN reaches nothing."""
    # The maximum of all rows is several times cheaper than its place, which few rows are asked for.
    highest = scores.max(axis=1)
    rows = np.flatnonzero(highest >= floor)
    return rows, scores[rows].argmax(axis=1), highest[rows]


def find_all_classes(
    scores: NDArray[np.float32], floor: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Of (n, K) scores every one that reaches `floor`: its row, its class and itself, row by row.
    NaN reaches nothing."""
    rows, classes = np.nonzero(scores >= floor)
    return rows, classes, scores[rows, classes]


def to_corners(centres: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 4) centre x, centre y, width, height → x1, y1, x2, y2."""
    half = centres[:, 2:] / 2
    return np.concatenate([centres[:, :2] - half, centres[:, :2] + half], axis=1)


def has_image_numbers(rows: NDArray[np.generic]) -> bool:
    """Whether (n, 7) rows begin with the image number, 0 for a single image and −1 for padding,
    followed by box, class and score in some order, as in graphs with built-in suppression. No other
    output has a first column that is 0 or −1 only and not empty."""
    return rows.shape[1] == NUMBERED_COLUMNS and bool(np.isin(rows[:, 0], (0, -1)).all())


Array = NDArray[np.generic]
Floats = NDArray[np.float32]
Tensors = tuple[Array, ...]  # of one picture, without a batch axis
# of a frame in its tensor, and the frame's (height, width)
FramePlacement = tuple[Placement, tuple[int, int]]

# methods 3.2: uncertainty counts boxes from here on, whatever the deployed threshold
STORED_FLOOR = 0.05


class Misfit(Enum):
    """Why an output cannot be read as the card says. The values are `problem` codes of
    ModelRejected."""

    NONE = ""
    KIND = "output_kind"
    CLASSES = "classes"


class UnknownClass(ValueError):
    """A box of a class that the card does not have."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


@dataclass(frozen=True, slots=True, eq=False)
class InferenceResult:
    """Result for one image. `answer`: prediction as in `domain.prediction`; `nan`: an output was
    not finite. `masks`: one of the frame's size for segmentation and anomaly maps; for instances
    one for each of the first boxes, those at the deployed threshold; else none."""

    answer: NDArray[np.float32]
    nan: bool
    masks: tuple[Mask, ...] = ()


@dataclass(frozen=True, slots=True)
class Decoder:
    """How one kind of output is decoded, one image at a time.

    `find_misfit` compares an image's tensors with the card's kind and classes. `decode` decodes
    them; it raises UnknownClass, and ValueError for tensors of another kind. `boxes` (box decoders
    only): candidates above a score, before suppression. `rank`: number of axes of each tensor of
    one image, for graphs that drop the batch axis. `split` splits a batch where its images are not
    along the first axis."""

    find_misfit: Callable[[Tensors, Card], Misfit]
    decode: Callable[[Tensors, Card, FramePlacement], InferenceResult]
    boxes: Callable[[Tensors, Card, float], Candidates] | None = None
    rank: int | None = None
    split: Callable[[Sequence[Array], int], list[Tensors]] | None = None

    def split_batch(self, outputs: Sequence[Array], n: int) -> list[Tensors]:
        """Outputs of a run on `n` pictures, (n, …) each, as one tuple of tensors a picture. Raises
        ValueError where they cannot be told apart."""
        if self.split is not None:
            return self.split(outputs, n)
        if n == 1 and self.rank is not None and all(output.ndim == self.rank for output in outputs):
            return [tuple(outputs)]
        return split_along_batch(outputs, n)


def make_box_decoder(
    find: Callable[[tuple[Floats, ...], Card, float], Candidates],
    misfit: Callable[[Tensors, Card], Misfit],
    rank: int | None = None,
    split: Callable[[Sequence[Array], int], list[Tensors]] | None = None,
) -> Decoder:
    """A box decoder from `find`, which maps an image's tensors as float32, the card and the score
    floor to candidates, (n, 4) in pixels of the tensor."""

    def find_boxes(outputs: Tensors, card: Card, least: float) -> Candidates:
        tensors = tuple(tensor.astype(np.float32, copy=False) for tensor in outputs)
        with np.errstate(all="ignore"):
            return find(tensors, card, least)

    def decode(outputs: Tensors, card: Card, placement: FramePlacement) -> InferenceResult:
        return make_box_result(
            find_boxes(outputs, card, get_score_floor(card)), outputs, card, placement
        )

    return Decoder(misfit, decode, find_boxes, rank, split)


def make_box_result(
    candidates: Candidates, outputs: Tensors, card: Card, placement: FramePlacement
) -> InferenceResult:
    """Detections of one image, rows as in `make_box_rows`, (k, 6) in pixels of the frame, from its
    candidates after suppression, where the graph has not done that. Raises UnknownClass."""
    kept, _, dropped = select_boxes(candidates, card, BY_NAME[card.output.kind].suppressed_here)
    return InferenceResult(make_box_rows(kept, placement), dropped or not is_finite(outputs))


def get_score_floor(card: Card) -> float:
    """The lowest score of a box that is stored."""
    return min(STORED_FLOOR, card.output.threshold)


def select_boxes(
    candidates: Candidates, card: Card, suppress_here: bool
) -> tuple[Candidates, NDArray[np.int64], bool]:
    """Candidates that are kept, their places, (k,) int64, among those found, and whether one was
    dropped because a figure of it is not finite. Raises UnknownClass."""
    sound = np.flatnonzero(
        np.isfinite(candidates.xyxy).all(axis=1) & np.isfinite(candidates.scores)
    )
    whole = candidates.select(sound)
    order = (
        suppress_non_maxima(whole, card.output.iou) if suppress_here else find_highest_scores(whole)
    )
    kept = whole.select(order)
    if kept.classes.size and not (
        kept.classes.min() >= 0 and kept.classes.max() < len(card.classes)
    ):
        wrong = kept.classes.min() if kept.classes.min() < 0 else kept.classes.max()
        raise UnknownClass(int(wrong))
    return kept, sound[order], len(sound) < len(candidates.scores)


def make_box_rows(kept: Candidates, placement: FramePlacement) -> Floats:
    """(n, 6) float32: x1, y1, x2, y2 in pixels of the frame, score, class."""
    columns = (placement[0].to_frame(kept.xyxy), kept.scores[:, None], kept.classes[:, None])
    return np.concatenate(columns, axis=1, dtype=np.float32)


def is_finite(outputs: Tensors) -> bool:
    """Whether all values of the floating tensors, (…,) of any shape, are finite."""
    return all(
        bool(np.isfinite(tensor).all())
        for tensor in outputs
        if np.issubdtype(tensor.dtype, np.floating)
    )


def split_along_batch(outputs: Sequence[Array], n: int) -> list[Tensors]:
    """Splits tensors (n, …) along the first axis into one tuple per image. Raises ValueError where
    a tensor has no such axis."""
    if not all(output.ndim and output.shape[0] == n for output in outputs):
        raise ValueError(f"{[output.shape for output in outputs]} for {n} pictures")
    return [tuple(output[index] for output in outputs) for index in range(n)]


# Class scores: from what the last layer gives to probabilities.

SUM_SLACK = 1e-3  # methods 4: rows whose sum is further from 1 are no probabilities yet
EIGHT_BIT_STEP = 1 / 256


def compute_probabilities(
    raw: NDArray[np.float32], kind: str, n_classes: int, several: bool
) -> NDArray[np.float32]:
    """Class probabilities from raw outputs.

    `kind` is the card's: `logits`, `softmax` or `sigmoid`. For the last two a row that is not such
    a distribution was exported without its final activation, which is then applied here. A single
    sigmoid for two classes is the probability of the second. A row with a value that is not finite
    is NaN throughout.

    Args:
        raw: (N, …) raw output.
        kind: final activation as the card states it.
        n_classes: K.
        several: whether several classes may hold at once (sigmoids) instead of one (softmax).

    Returns:
        (N, K) float32.
    """
    rows = raw.reshape(raw.shape[0], -1)
    with np.errstate(all="ignore"):
        if kind == "logits":
            probabilities = compute_sigmoid(rows) if several else compute_softmax(rows)
        elif kind == "softmax":
            probabilities = np.where(is_distribution(rows)[:, None], rows, compute_softmax(rows))
        else:
            probabilities = np.where(is_in_unit_range(rows)[:, None], rows, compute_sigmoid(rows))
    if probabilities.shape[1] == 1 and n_classes == 2:
        probabilities = np.concatenate([1 - probabilities, probabilities], axis=1)
    whole = np.all(np.isfinite(rows), axis=1) & np.all(np.isfinite(probabilities), axis=1)
    return np.where(whole[:, None], probabilities, np.float32(np.nan)).astype(
        np.float32, copy=False
    )


def is_distribution(rows: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(N,) bool: whether all values of a row are in [0, 1] and sum to 1, within 1e-3 or the
    rounding error of K 8-bit values."""
    slack = min(0.5, max(SUM_SLACK, rows.shape[1] * EIGHT_BIT_STEP / 2))
    near: NDArray[np.bool_] = np.abs(rows.sum(axis=1, dtype=np.float64) - 1) <= slack
    return near & is_in_unit_range(rows)


def is_in_unit_range(rows: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(N,) bool: whether all values of a row are in [0, 1]."""
    inside: NDArray[np.bool_] = np.all((rows >= -SUM_SLACK) & (rows <= 1 + SUM_SLACK), axis=1)
    return inside


def compute_softmax(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Softmax of each row: (N, K) → (N, K)."""
    powers = np.exp(rows - rows.max(axis=1, keepdims=True))
    shares: NDArray[np.float32] = np.divide(powers, powers.sum(axis=1, keepdims=True))
    return shares


def compute_sigmoid(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sigmoid, 1 / (1 + e^−x), in a form that cannot overflow: (…,) of any shape → the same."""
    halves: NDArray[np.float32] = np.multiply(0.5, 1 + np.tanh(0.5 * rows))
    return halves


# Reads model outputs by their kind: which tensors, one tuple of them a picture, whether they fit,
# boxes and class scores.

# figures of a row that are no class: a box, its objectness, coefficients of a mask
MOST_BESIDES = 40
OF_CLASSES = list_kind_names(lambda kind: kind.decoder == "decoder")


def get_decoder(kind: str) -> Decoder:
    """The decoder of a kind of output that is decoded one image at a time: all kinds but class
    probabilities, which are decoded as a batch."""
    decoders: Mapping[str, Decoder] = import_module(
        f"fieldcheck.models.decoders.{BY_NAME[kind].decoder}"
    ).DECODERS
    return decoders[kind]


def get_read_tensors(card: Card, declared: Sequence[str]) -> tuple[str, ...]:
    """Names of the output tensors that predictions are decoded from, among those the graph
    declares."""
    if BY_NAME[card.output.kind].from_several:
        return card.output.names or tuple(declared)
    return card.output.names[:1] or (declared[0],)


def split_by_image(outputs: Sequence[Array], n: int, card: Card) -> list[Tensors]:
    """Outputs of a run on `n` images, (n, …) each, as one tuple of tensors per image, without a
    batch axis.

    Graphs that drop the batch axis of a single image are handled. Raises ValueError where the
    images cannot be separated."""
    if card.output.kind in OF_CLASSES:
        return (
            [tuple(outputs)] if n == 1 and outputs[0].ndim == 1 else split_along_batch(outputs, n)
        )
    return get_decoder(card.output.kind).split_batch(outputs, n)


def find_misfit(arrays: Sequence[Array], n: int, card: Card) -> Misfit:
    """Compares the outputs of a run on `n` pictures, (n, …) each, with the card's kind of output
    and its classes."""
    kind = card.output.kind
    if kind in OF_CLASSES:
        return _find_class_misfit(arrays[0].shape, n, kind, len(card.classes))
    try:
        outputs = split_by_image(arrays, n, card)[0]
    except ValueError:
        return Misfit.KIND
    return get_decoder(kind).find_misfit(outputs, card)


def count_classes(outputs: Sequence[Array], n: int, card: Card) -> int | None:
    """Number of classes that the outputs of a run on `n` images, (n, …) each, have room for, read
    as the card's kind; None where none fits."""
    sides = sorted({side for output in outputs for side in output.shape})
    counts = dict.fromkeys(
        side - besides for besides in range(MOST_BESIDES) for side in sides if side > besides
    )
    named = (replace(card, classes=tuple(map(str, range(k)))) for k in counts)
    return next(
        (len(card.classes) for card in named if find_misfit(outputs, n, card) is Misfit.NONE), None
    )


def list_fitting_kinds(outputs: Sequence[Array], n: int, card: Card) -> tuple[str, ...]:
    """The kinds that fit the outputs of a run on `n` images, (n, …) each, with the card's classes:
    those of its task, of classes and of boxes. Pixel maps are never proposed, since almost any
    tensor could be one."""
    kinds = [
        kind.name
        for kind in OUTPUT_KINDS
        if card.task in kind.tasks or kind.name in OF_CLASSES or get_decoder(kind.name).boxes
    ]
    plugged = (f"{PLUGIN}{decoder_plugin.name}" for decoder_plugin in list_decoder_plugins())
    kinds += [name for name in plugged if card.task in BY_NAME[name].tasks]
    return tuple(
        name
        for name in kinds
        if _can_read(outputs, n, replace(card, output=replace(card.output, kind=name)))
    )


def _can_read(outputs: Sequence[Array], n: int, card: Card) -> bool:
    """Whether the card's kind can decode the outputs; a plug-in that fails cannot."""
    try:
        return find_misfit(outputs, n, card) is Misfit.NONE
    except PluginError:
        return False


def compute_class_scores(raw: NDArray[np.float32], card: Card) -> NDArray[np.float32]:
    """(N, K) probabilities of a batch."""
    return compute_probabilities(raw, card.output.kind, len(card.classes), card.answers.independent)


def decode_candidates(outputs: Tensors, card: Card, floor: float) -> Candidates:
    """Boxes of one image that reach `floor`, (k, 4) with scores and classes, before suppression,
    from its tensors without a batch axis. They may contain values that are not finite.

    Raises ValueError for tensors of another kind, and for a kind without boxes."""
    boxes = get_decoder(card.output.kind).boxes
    if boxes is None:
        raise ValueError(f"{card.output.kind} holds no boxes alone")
    return boxes(outputs, card, floor)


def _find_class_misfit(shape: tuple[int, ...], n: int, kind: str, k: int) -> Misfit:
    if len(shape) == 1 and n == 1:
        shape = (1, *shape)
    if len(shape) < 2 or shape[0] != n or sum(side > 1 for side in shape[1:]) > 1:
        return Misfit.KIND
    width = prod(shape[1:])
    return (
        Misfit.NONE
        if width == k or (width == 1 and k == 2 and kind == "sigmoid")
        else Misfit.CLASSES
    )


# From the output tensors of a run to predictions: class probabilities, boxes and masks in pixels of
# the frame.


def decode_batch(
    outputs: Sequence[Array], n: int, card: Card, frame_placements: Sequence[FramePlacement]
) -> list[InferenceResult]:
    """Predictions for the frames at `frame_placements`, the first of the `n` images of a run.
    `outputs`: its tensors, (n, …) each, without batch axis where a graph drops it for a single
    image.

    Raises UnknownClass, and ValueError where the tensors are not of the card's kind."""
    kind = card.output.kind
    if kind in OF_CLASSES:
        whole = outputs[0] if outputs[0].ndim > 1 else outputs[0][None]
        rows = compute_class_scores(
            whole[: len(frame_placements)].astype(np.float32, copy=False), card
        )
        return [InferenceResult(row, not bool(np.isfinite(row).all())) for row in rows]
    pictures = split_by_image(outputs, n, card)[: len(frame_placements)]
    read = get_decoder(kind).decode
    return [
        read(picture, card, placement)
        for picture, placement in zip(pictures, frame_placements, strict=True)
    ]
