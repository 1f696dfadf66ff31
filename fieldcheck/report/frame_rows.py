"""Rows of frames.csv and predictions.csv, as data: one for each frame of the sampling list, one for each stored answer."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.run import On


@dataclass(frozen=True, slots=True)
class FrameRow:
    """A row of frames.csv (interfaces.md §3), in its order of columns; None or NaN where a cell stays empty."""

    frame_id: str
    clip_id: str
    camera: str
    location: str
    taken_at: str
    source: str
    source_index: int
    t_s: float
    width: int
    height: int
    conditions: tuple[str, ...]
    stratum: str
    hardness: float | None
    picked: bool
    probability: float | None
    weight: float | None
    reason: str
    label: str
    label_state: str
    prediction: str
    confidence: float | None
    right: bool | None
    sha256: str
    file: str
    draw: int | None = None


@dataclass(frozen=True, slots=True)
class PredictionRow:
    """A row of predictions.csv (interfaces.md §3); rank 0 is a frame without an answer. Box figures are pixels."""

    on: On
    model: str
    run_id: str
    frame_id: str
    rank: int
    class_name: str = ""
    class_index: int | None = None
    score: float | None = None
    x: float | None = None
    y: float | None = None
    w: float | None = None
    h: float | None = None
    truth: str = ""
    right: bool | None = None
