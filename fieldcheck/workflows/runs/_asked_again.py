"""The pictures of a stored run, shown to the model again as they were: read, hashed, corrupted by the same seed, answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruption.apply import apply_corruption
from fieldcheck.corruption.catalog import IN_PLACE
from fieldcheck.domain.frame import make_frame_id
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.recording import SkippedFile
from fieldcheck.errors import PathMissing, PictureUnreadable, VideoUnreadable
from fieldcheck.imaging.codec import compute_pixels_sha256, read_image_and_hash
from fieldcheck.workflows.footage.triage import BatchPredictor, ModelFile, TriageChunk, read_chunk
from fieldcheck.workflows.models.held_out import compute_image_seed

UNREADABLE = (PathMissing, PictureUnreadable, VideoUnreadable)

SubjectAnswer: TypeAlias = tuple[str, str, Prediction]  # subject, SHA-256 of its picture now, answer now


@dataclass(frozen=True, slots=True)
class CorruptionSpec:
    """How each picture is shown: corrupted by `recipe` at `severity` with `seed`, as it is where the recipe is no corruption."""

    recipe: str
    severity: float
    seed: int

    def __call__(self, subject: str, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if self.recipe not in IN_PLACE:
            return rgb
        return apply_corruption(rgb, self.recipe, self.severity, compute_image_seed(subject, self.recipe, self.seed))


@dataclass(frozen=True, slots=True)
class ReplayedPictures:
    """Picture files by subject; `frames`: they are frames of the project, so that pixels are hashed, not bytes."""

    model: ModelFile
    corruption: CorruptionSpec
    pictures: tuple[tuple[str, str], ...]
    frames: bool


@dataclass(frozen=True, slots=True)
class ReplayedFootage:
    """A stretch of a recording; of its frames only `wanted` are asked about."""

    stretch: TriageChunk
    corruption: CorruptionSpec
    wanted: frozenset[str]


def predict_again(chunk: ReplayedPictures | ReplayedFootage) -> tuple[SubjectAnswer, ...]:
    """Every picture of the chunk that can be read, with its hash and the model's answer now. Pure."""
    read = _iter_images(chunk) if isinstance(chunk, ReplayedPictures) else _iter_frames(chunk)
    model = chunk.model if isinstance(chunk, ReplayedPictures) else chunk.stretch.model
    answers, hashes = BatchPredictor(model, with_masks=isinstance(chunk, ReplayedPictures)), list[str]()
    for subject, sha256, rgb in read:
        hashes.append(sha256)
        answers.add_image(subject, chunk.corruption(subject, rgb))
    return tuple((one.subject, sha256, one) for sha256, one in zip(hashes, answers.get_predictions(), strict=True))


def _iter_images(chunk: ReplayedPictures) -> Iterable[tuple[str, str, NDArray[np.uint8]]]:
    for subject, file in chunk.pictures:
        try:
            rgb, sha256 = read_image_and_hash(Path(file), not chunk.frames)
        except UNREADABLE:
            continue  # told as a frame that is not there any more
        yield subject, compute_pixels_sha256(rgb) if chunk.frames else sha256, rgb


def _iter_frames(chunk: ReplayedFootage) -> Iterable[tuple[str, str, NDArray[np.uint8]]]:
    try:
        for frame in read_chunk(chunk.stretch):
            if isinstance(frame, SkippedFile):
                continue
            subject = make_frame_id(chunk.stretch.recording_id, frame.index)
            if subject in chunk.wanted:
                yield subject, compute_pixels_sha256(frame.rgb), frame.rgb
    except UNREADABLE:
        return  # what was not read is told as frames that are not there any more
