"""Reads model outputs by their kind: which tensors, one tuple of them a picture, whether they fit, boxes and class scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from math import prod

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.domain.output_kind import BY_NAME, OUTPUT_KINDS, PLUGIN, list_kind_names
from fieldcheck.inference.candidates import Candidates
from fieldcheck.inference.decode_classes import compute_probabilities
from fieldcheck.inference.decoder import Array, Decoder, Misfit, Tensors, split_along_batch
from fieldcheck.inference.plugins import PluginError, list_decoder_plugins

MOST_BESIDES = 40  # figures of a row that are no class: a box, its objectness, coefficients of a mask
OF_CLASSES = list_kind_names(lambda kind: kind.decoder == "decode_classes")


def get_decoder(kind: str) -> Decoder:
    """The decoder of a kind whose answers are read a picture at a time: all but shares of classes, which are read as a batch."""
    decoders: Mapping[str, Decoder] = import_module(f"fieldcheck.inference.{BY_NAME[kind].decoder}").DECODERS
    return decoders[kind]


def get_read_tensors(card: Card, declared: Sequence[str]) -> tuple[str, ...]:
    """The names of the tensors that an answer is read from, of those the graph declares."""
    if BY_NAME[card.output.kind].from_several:
        return card.output.names or tuple(declared)
    return card.output.names[:1] or (declared[0],)


def split_by_image(came: Sequence[Array], n: int, card: Card) -> list[Tensors]:
    """Outputs of a run on `n` pictures, (n, …) each, as one tuple of tensors a picture, without a batch axis.

    A graph that drops the batch axis of a single picture is understood. Raises ValueError where the pictures cannot be told apart.
    """
    if card.output.kind in OF_CLASSES:
        return [tuple(came)] if n == 1 and came[0].ndim == 1 else split_along_batch(came, n)
    return get_decoder(card.output.kind).split_batch(came, n)


def find_misfit(came: Sequence[Array], n: int, card: Card) -> Misfit:
    """Compares the outputs of a run on `n` pictures, (n, …) each, with the card's kind of output and its classes."""
    kind = card.output.kind
    if kind in OF_CLASSES:
        return _find_class_misfit(came[0].shape, n, kind, len(card.classes))
    try:
        one = split_by_image(came, n, card)[0]
    except ValueError:
        return Misfit.KIND
    return get_decoder(kind).find_misfit(one, card)


def count_classes(came: Sequence[Array], n: int, card: Card) -> int | None:
    """How many classes the outputs of a run on `n` pictures, (n, …) each, have room for, read as the card's kind; None where none fits."""
    sides = sorted({side for one in came for side in one.shape})
    counts = dict.fromkeys(side - besides for besides in range(MOST_BESIDES) for side in sides if side > besides)
    named = (replace(card, classes=tuple(map(str, range(k)))) for k in counts)
    return next((len(one.classes) for one in named if find_misfit(came, n, one) is Misfit.NONE), None)


def list_fitting_kinds(came: Sequence[Array], n: int, card: Card) -> tuple[str, ...]:
    """The kinds that read the outputs of a run on `n` pictures, (n, …) each, with the card's classes: those of its task, of classes and of
    boxes. Almost any tensor could be a map of pixels, which is not proposed."""
    found = [kind.name for kind in OUTPUT_KINDS if card.task in kind.tasks or kind.name in OF_CLASSES or get_decoder(kind.name).boxes]
    plugged = (f"{PLUGIN}{one.name}" for one in list_decoder_plugins())
    found += [name for name in plugged if card.task in BY_NAME[name].tasks]
    return tuple(name for name in found if _can_read(came, n, replace(card, output=replace(card.output, kind=name))))


def _can_read(came: Sequence[Array], n: int, card: Card) -> bool:
    """Whether the card's kind reads the outputs; a plug-in that fails does not."""
    try:
        return find_misfit(came, n, card) is Misfit.NONE
    except PluginError:
        return False


def compute_class_scores(raw: NDArray[np.float32], card: Card) -> NDArray[np.float32]:
    """(N, K) probabilities of a batch."""
    return compute_probabilities(raw, card.output.kind, len(card.classes), card.answers.independent)


def decode_candidates(one: Tensors, card: Card, floor: float) -> Candidates:
    """Boxes of one picture that reach `floor`, (k, 4) with scores and classes, overlaps included, from its tensors without a batch axis.
    Boxes with a figure that is not finite may be among them.

    Raises ValueError for tensors of another kind, and for a kind that gives no boxes.
    """
    boxes = get_decoder(card.output.kind).boxes
    if boxes is None:
        raise ValueError(f"{card.output.kind} holds no boxes alone")
    return boxes(one, card, floor)


def _find_class_misfit(shape: tuple[int, ...], n: int, kind: str, k: int) -> Misfit:
    if len(shape) == 1 and n == 1:
        shape = (1, *shape)
    if len(shape) < 2 or shape[0] != n or sum(side > 1 for side in shape[1:]) > 1:
        return Misfit.KIND
    width = prod(shape[1:])
    return Misfit.NONE if width == k or (width == 1 and k == 2 and kind == "sigmoid") else Misfit.CLASSES
