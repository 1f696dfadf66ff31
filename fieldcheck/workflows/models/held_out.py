"""Labelled pictures outside the project's runs, answered by a model that may not belong to the project, clean or corrupted on purpose."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruption.apply import apply_corruption
from fieldcheck.domain.box import Box, Point
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import StoredModel
from fieldcheck.imaging.codec import read_image_and_hash
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.workflows.chunks import map_chunks, split_into_chunks
from fieldcheck.workflows.footage.triage import BatchPredictor, ModelFile
from fieldcheck.workflows.models.judge_answers import Judgement, evaluate_labels
from fieldcheck.workflows.models.models import get_card, make_model_file


@dataclass(frozen=True, slots=True)
class EvaluationItem:
    """One labelled picture by its file. `corruption` is done to it first, at `severity` and from `seed`; empty: none."""

    subject: str
    file: str
    class_name: str = ""
    boxes: tuple[Box, ...] = ()
    corruption: str = ""
    severity: float = 0.0
    seed: int = 0
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemChunk:
    """Some items for one model; `hashed`: the hashes of their files are kept with the answers."""

    model: ModelFile
    items: tuple[EvaluationItem, ...]
    hashed: bool = False


def compute_image_seed(subject: str, corruption: str, seed: int) -> int:
    """The seed of one corruption of one picture: the same in every process and on every machine."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{subject}/{corruption}".encode()).digest()[:4], "big")


def predict_items(chunk: ItemChunk) -> tuple[Prediction, ...]:
    """The model's answer to every item of the chunk. Pure. Raises PathMissing, PictureUnreadable."""
    answers = BatchPredictor(chunk.model, with_masks=True)
    for item in chunk.items:
        rgb, sha256 = read_image_and_hash(Path(item.file), chunk.hashed)
        answers.add_image(
            item.subject, apply_corruption(rgb, item.corruption, item.severity, item.seed) if item.corruption else rgb, sha256
        )
    return answers.get_predictions()


def compute_correctness(
    project: Project, model: StoredModel, counted: frozenset[str], items: Sequence[EvaluationItem], progress: Progress
) -> NDArray[np.bool_]:
    """(n,) whether the model is right on each item. Arguments and errors as `evaluate_items`."""
    return evaluate_items(project, model, counted, items, progress).right if items else np.zeros(0, dtype=np.bool_)


def evaluate_items(
    project: Project, model: StoredModel, counted: frozenset[str], items: Sequence[EvaluationItem], progress: Progress
) -> Judgement:
    """The model's answers to the items held against their labels; a detector's over the classes in `counted`. Subjects must differ.

    `model.file` may be absolute: a candidate need not be copied into the project. Raises PathMissing, PictureUnreadable,
    ModelRejected, Cancelled.
    """
    spec, answers, done = make_model_file(project, model), dict[str, Prediction](), 0
    chunks = [ItemChunk(spec, some) for some in split_into_chunks(items)]

    def on_chunk(_chunk: ItemChunk, found: tuple[Prediction, ...]) -> None:
        nonlocal done
        answers.update({one.subject: one for one in found})
        done += len(found)
        progress.report(done, len(items), "pictures")

    map_chunks(predict_items, chunks, on_chunk, progress)
    card, given = get_card(model), [answers[item.subject] for item in items]
    return evaluate_labels(card, counted, items, given)
