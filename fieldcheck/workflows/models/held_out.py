"""Labelled pictures outside the project's runs, answered by a model that may not belong to the project, clean or corrupted on purpose."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruption.apply import corrupt
from fieldcheck.domain.box import Box, Point
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import StoredModel
from fieldcheck.imaging.codec import read_hashed
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.workflows.chunks import map_chunks, portions
from fieldcheck.workflows.footage.triage import ModelFile, TriageModel
from fieldcheck.workflows.models.judge_answers import Judgement, judge_labels
from fieldcheck.workflows.models.models import card_of, model_file


@dataclass(frozen=True, slots=True)
class Item:
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
    items: tuple[Item, ...]
    hashed: bool = False


def picture_seed(subject: str, corruption: str, seed: int) -> int:
    """The seed of one corruption of one picture: the same in every process and on every machine."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{subject}/{corruption}".encode()).digest()[:4], "big")


def answer_items(chunk: ItemChunk) -> tuple[Prediction, ...]:
    """The model's answer to every item of the chunk. Pure. Raises PathMissing, PictureUnreadable."""
    answers = TriageModel(chunk.model, with_masks=True)
    for item in chunk.items:
        rgb, sha256 = read_hashed(Path(item.file), chunk.hashed)
        answers.add(item.subject, corrupt(rgb, item.corruption, item.severity, item.seed) if item.corruption else rgb, sha256)
    return answers.done()


def right_on(project: Project, model: StoredModel, counted: frozenset[str], items: Sequence[Item], progress: Progress) -> NDArray[np.bool_]:
    """(n,) whether the model is right on each item. Arguments and errors as `judged_on`."""
    return judged_on(project, model, counted, items, progress).right if items else np.zeros(0, dtype=np.bool_)


def judged_on(project: Project, model: StoredModel, counted: frozenset[str], items: Sequence[Item], progress: Progress) -> Judgement:
    """The model's answers to the items held against their labels; a detector's over the classes in `counted`. Subjects must differ.

    `model.file` may be absolute: a candidate need not be copied into the project. Raises PathMissing, PictureUnreadable,
    ModelRejected, Cancelled.
    """
    spec, answers, done = model_file(project, model), dict[str, Prediction](), 0
    chunks = [ItemChunk(spec, some) for some in portions(items)]

    def keep(_chunk: ItemChunk, found: tuple[Prediction, ...]) -> None:
        nonlocal done
        answers.update({one.subject: one for one in found})
        done += len(found)
        progress.report(done, len(items), "pictures")

    map_chunks(answer_items, chunks, keep, progress)
    card, given = card_of(model), [answers[item.subject] for item in items]
    return judge_labels(card, counted, items, given)
