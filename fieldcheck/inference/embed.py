"""Embeddings: a picture in front of a model's last layer, as one vector: pictures that the model takes for alike lie close together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.errors import CardRejected, ModelRejected
from fieldcheck.inference.decode import get_read_tensors
from fieldcheck.inference.onnx_file import check_whole
from fieldcheck.inference.open_model import OpenModel, open_model
from fieldcheck.inference.penultimate import FeatureTensor, add_outputs, find_feature_tensor, find_feature_tensors
from fieldcheck.inference.preprocess import preprocess_into

FloatArray = NDArray[np.float32]
LARGEST = 1 << 30  # bytes of weights inside the file: writing them anew would take twice that
WIDEST = 4096  # features; wider tensors are averaged in groups
MOST_CANDIDATES = 16
SAME = 1e-6  # relative difference from which on a vector tells two pictures apart


@dataclass(frozen=True, slots=True, eq=False)
class Embedder:
    """Gives vectors for one model and card; may be shared by threads."""

    model: OpenModel
    card: Card
    candidate: FeatureTensor

    @property
    def tensor(self) -> str:
        """The name of the tensor the vectors are taken from."""
        return self.candidate.tensor

    def compute_vectors(self, frames: Sequence[NDArray[np.uint8]]) -> FloatArray:
        """(H, W, 3) uint8 RGB frames → (n, d) float32 of unit length; zeros where a figure is not finite. Raises ModelRejected."""
        rows = [_normalize_vector(vector) for vector in _compute_features(self.model, self.card, self.candidate, frames)]
        return np.stack(rows) if rows else np.empty((0, 0), np.float32)


def open_embedder(path: Path, card: Card, threads: int | None = None, sha256: str = "") -> Embedder | None:
    """The model with the tensor that the card's `embedding` names, else the one found before its last layer.

    Of several the one that sees most of the picture at once is taken, then the one with most features, then the deepest. None where no
    tensor tells two pictures apart, or where the file's own weights are over a gigabyte. Raises CardRejected where the graph has no
    tensor of that name, and what `open_model` raises.
    """
    check_whole(path)
    if path.stat().st_size > LARGEST:
        return None
    proto = onnx.load(str(path), load_external_data=False)
    outputs = [one.name for one in proto.graph.output]
    if card.embedding:
        named = find_feature_tensor(proto.graph, card.embedding)
        if named is None:
            raise CardRejected("embedding", "value", card.embedding)
        candidates: tuple[FeatureTensor, ...] = (named,)
    else:
        candidates = find_feature_tensors(proto.graph, get_read_tensors(card, outputs))[:MOST_CANDIDATES]
    if not candidates:
        return None
    model = open_model(path, threads, add_outputs(proto, [one.tensor for one in candidates]), sha256=sha256)
    able = [(size, one) for one in candidates if (size := _rank_candidate(model, card, one)) is not None]
    if not able:
        return None
    return Embedder(model, card, min(able, key=lambda pair: pair[0])[1])


def _rank_candidate(model: OpenModel, card: Card, candidate: FeatureTensor) -> tuple[int, int, int, int] | None:
    """How good a candidate is, smaller is better; None where two noise pictures give the same vector or none."""
    rng = np.random.default_rng(0)
    height, width = card.input.size
    probes = [rng.integers(0, 256, (height, width, 3), dtype=np.uint8) for _ in range(2)]
    try:
        shape = _get_shape(model, card, candidate)
        one, other = _compute_features(model, card, candidate, probes)
    except ModelRejected as error:
        if error.problem in ("time", "busy"):
            raise  # what does not end on this tensor's way ends on no other's
        return None
    apart = float(np.abs(one - other).max(initial=0))
    if not np.isfinite(apart) or apart <= SAME * float(np.abs(one).max(initial=0)) or one.size < 2:
        return None
    of_picture = bool(shape) and shape[0] == (model.batch or 1)
    places = int(np.prod(shape)) // max(1, (shape[0] if of_picture else 1) * _get_width(shape, candidate))
    return (0 if of_picture else 1, places, -one.size, -candidate.depth)


def _get_shape(model: OpenModel, card: Card, candidate: FeatureTensor) -> tuple[int, ...]:
    blank = np.zeros((model.batch or 1, *card.input.shape), np.float32)
    return tuple(model.run({_get_input_name(model, card): blank}, (candidate.tensor,))[0].shape)


def _get_width(shape: tuple[int, ...], candidate: FeatureTensor) -> int:
    return (shape[1] if candidate.channels else shape[-1]) if len(shape) > 1 else 1


def _compute_features(model: OpenModel, card: Card, candidate: FeatureTensor, frames: Sequence[NDArray[np.uint8]]) -> list[FloatArray]:
    """One vector a frame, as long as the tensor has features; a batch that the file fixes is filled up with zeros."""
    batch, found = model.batch or 1, list[FloatArray]()
    for first in range(0, len(frames), batch):
        part = frames[first : first + batch]
        tensor = np.zeros((batch, *card.input.shape), np.float32)
        for place, frame in enumerate(part):
            preprocess_into(tensor[place], frame, card.input)
        came = model.run({_get_input_name(model, card): tensor}, (candidate.tensor,))[0].astype(np.float32)
        pictures = came if came.ndim and len(came) == batch else came[None] if batch == 1 else None
        if pictures is None:
            raise ModelRejected(model.path, "output_kind", f"{candidate.tensor}: {came.shape} for {batch} pictures")
        found += [_average_pool(pictures[place], candidate.channels) for place in range(len(part))]
    return found


def _get_input_name(model: OpenModel, card: Card) -> str:
    return card.input.name or model.inputs[0].name


def _average_pool(one: FloatArray, channels: bool) -> FloatArray:
    """The features of one picture, averaged over all places that have them; more than WIDEST in equal groups."""
    flat = one.reshape(1, -1) if one.ndim < 2 else one.reshape(one.shape[0], -1).T if channels else one.reshape(-1, one.shape[-1])
    with np.errstate(all="ignore"):
        vector = flat.mean(axis=0, dtype=np.float64)
    if vector.size > WIDEST:
        edges = np.linspace(0, vector.size, WIDEST + 1).astype(np.int64)
        vector = np.add.reduceat(vector, edges[:-1]) / np.diff(edges)
    return np.asarray(vector, np.float32)


def _normalize_vector(vector: FloatArray) -> FloatArray:
    if not np.isfinite(vector).all():
        return np.zeros_like(vector)
    length = float(np.linalg.norm(vector.astype(np.float64)))
    return (vector / np.float32(length)).astype(np.float32) if length > 0 else vector
