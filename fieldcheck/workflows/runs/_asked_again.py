"""The pictures of a stored run, shown to the model again as they were: read, hashed, corrupted by the same seed, answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruption.apply import corrupt
from fieldcheck.corruption.catalog import IN_PLACE
from fieldcheck.domain.frame import frame_id
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.recording import Skipped
from fieldcheck.errors import PathMissing, PictureUnreadable, VideoUnreadable
from fieldcheck.imaging.codec import pixels_sha256, read_hashed
from fieldcheck.workflows.footage.triage import ModelFile, TriageChunk, TriageModel, read_chunk
from fieldcheck.workflows.models.held_out import picture_seed

UNREADABLE = (PathMissing, PictureUnreadable, VideoUnreadable)

Shown: TypeAlias = tuple[str, str, Prediction]  # subject, SHA-256 of its picture now, answer now


@dataclass(frozen=True, slots=True)
class ShownAs:
    """How each picture is shown: corrupted by `recipe` at `severity` with `seed`, as it is where the recipe is no corruption."""

    recipe: str
    severity: float
    seed: int

    def __call__(self, subject: str, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if self.recipe not in IN_PLACE:
            return rgb
        return corrupt(rgb, self.recipe, self.severity, picture_seed(subject, self.recipe, self.seed))


@dataclass(frozen=True, slots=True)
class PicturesAgain:
    """Picture files by subject; `frames`: they are frames of the project, so that pixels are hashed, not bytes."""

    model: ModelFile
    shown: ShownAs
    pictures: tuple[tuple[str, str], ...]
    frames: bool


@dataclass(frozen=True, slots=True)
class FootageAgain:
    """A stretch of a recording; of its frames only `wanted` are asked about."""

    stretch: TriageChunk
    shown: ShownAs
    wanted: frozenset[str]


def answered_again(chunk: PicturesAgain | FootageAgain) -> tuple[Shown, ...]:
    """Every picture of the chunk that can be read, with its hash and the model's answer now. Pure."""
    read = _pictures(chunk) if isinstance(chunk, PicturesAgain) else _frames(chunk)
    model = chunk.model if isinstance(chunk, PicturesAgain) else chunk.stretch.model
    answers, hashes = TriageModel(model, with_masks=isinstance(chunk, PicturesAgain)), list[str]()
    for subject, sha256, rgb in read:
        hashes.append(sha256)
        answers.add(subject, chunk.shown(subject, rgb))
    return tuple((one.subject, sha256, one) for sha256, one in zip(hashes, answers.done(), strict=True))


def _pictures(chunk: PicturesAgain) -> Iterable[tuple[str, str, NDArray[np.uint8]]]:
    for subject, file in chunk.pictures:
        try:
            rgb, sha256 = read_hashed(Path(file), not chunk.frames)
        except UNREADABLE:
            continue  # told as a frame that is not there any more
        yield subject, pixels_sha256(rgb) if chunk.frames else sha256, rgb


def _frames(chunk: FootageAgain) -> Iterable[tuple[str, str, NDArray[np.uint8]]]:
    try:
        for frame in read_chunk(chunk.stretch):
            if isinstance(frame, Skipped):
                continue
            subject = frame_id(chunk.stretch.recording_id, frame.index)
            if subject in chunk.wanted:
                yield subject, pixels_sha256(frame.rgb), frame.rgb
    except UNREADABLE:
        return  # what was not read is told as frames that are not there any more
