"""The tables of the report folder as CSV text: UTF-8, header line, `\\n` at line ends, empty = not known (interfaces.md §3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import isfinite
from typing import TypeAlias

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.sweep import SweepRow
from fieldcheck.plain_cell import escape_formula
from fieldcheck.report.frame_rows import FrameRow, PredictionRow
from fieldcheck.report.report import Report
from fieldcheck.words.direction import replace_bidi_controls

Cell: TypeAlias = str | int | float | bool | None

FRAME_COLUMNS = (
    *("frame_id", "clip_id", "camera", "location", "taken_at", "source", "source_index", "t_s", "width", "height", "conditions"),
    *("stratum", "hardness", "picked", "probability", "weight", "reason", "label", "label_state", "prediction", "confidence", "right"),
    *("sha256", "file", "draw"),
)
PREDICTION_COLUMNS = ("on", "model", "run_id", "frame_id", "rank", "class", "class_index", "score", "x", "y", "w", "h", "truth", "right")

STRESS_COLUMNS = (
    *("corruption", "family", "severity", "on", "n", "value", "lo", "hi", "n_eff", "method", "status", "drop", "drop_lo", "drop_hi"),
    *("flip_rate", "flip_lo", "flip_hi", "median_confidence", "tipping", "auc", "sure_wrong", "sure_wrong_lo", "sure_wrong_hi"),
    *("psnr", "ssim"),
)

_QUOTED = frozenset(',"\r\n')


def format_frames_csv(report: Report) -> str:
    """One row for every frame of the sampling list, picked or not, in list order."""
    return format_csv(FRAME_COLUMNS, (_build_frame_cells(row) for row in report.frame_rows))


def format_predictions_csv(report: Report) -> str:
    """One row for every stored answer."""
    return format_csv(PREDICTION_COLUMNS, (_build_prediction_cells(row) for row in report.prediction_rows))


def format_stress_csv(report: Report) -> str:
    """One row for every corruption, severity and set that was swept, clean first; only the header where nothing was."""
    return format_csv(STRESS_COLUMNS, (build_stress_cells(row) for row in (report.stress.rows if report.stress else ())))


def build_stress_cells(row: SweepRow) -> tuple[Cell, ...]:
    """A row of stress.csv; None for what was not measured."""
    value, confident_wrong = row.value, row.confident_wrong
    return (
        *(
            row.corruption,
            row.family,
            row.severity,
            row.on,
            value.n,
            *_get_limits(value),
            get_finite(value.n_eff),
            value.method,
            value.status,
        ),
        *(
            *_get_limits(row.drop),
            *_get_limits(row.flips),
            get_finite(row.median_confidence),
            row.tipping,
            row.auc,
            *_get_limits(confident_wrong),
            row.psnr,
            row.ssim,
        ),
    )


def _get_limits(estimate: Estimate) -> tuple[float | None, float | None, float | None]:
    return get_finite(estimate.value), get_finite(estimate.lo), get_finite(estimate.hi)


def get_finite(value: float) -> float | None:
    """The figure, None for what was not measured."""
    return float(value) if isfinite(value) else None


def format_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]], exact: bool = False) -> str:
    """CSV after RFC 4180, but with `\\n` at line ends. Controls that would turn the line in a viewer become marks; `exact`: not, where
    names are matched with files later."""
    lines = [",".join(columns)]
    lines += [",".join(_format_cell(cell) for cell in row) for row in rows]
    text = "\n".join(lines) + "\n"
    return text if exact else replace_bidi_controls(text)


def _format_cell(cell: Cell) -> str:
    """Floats so that they read back the same; a text that a spreadsheet would calculate gets a leading `'`."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _escape_text(cell)
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, int):
        return str(cell)
    return repr(float(cell)) if isfinite(cell) else ""


@lru_cache(maxsize=4096)  # names of classes, runs and frames stand in row after row
def _escape_text(cell: str) -> str:
    text = escape_formula(cell)
    return '"' + text.replace('"', '""') + '"' if _QUOTED & set(text) else text


def _build_frame_cells(row: FrameRow) -> tuple[Cell, ...]:
    return (
        *(row.frame_id, row.clip_id, row.camera, row.location, row.taken_at, row.source, row.source_index, row.t_s, row.width, row.height),
        *("|".join(row.conditions), row.stratum, row.hardness, row.picked, row.probability, row.weight, row.reason),
        *(row.label, row.label_state, row.prediction, row.confidence, row.right, row.sha256, row.file, row.draw),
    )


def _build_prediction_cells(row: PredictionRow) -> tuple[Cell, ...]:
    return (
        *(row.on, row.model, row.run_id, row.frame_id, row.rank, row.class_name, row.class_index, row.score),
        *(row.x, row.y, row.w, row.h, row.truth, row.right),
    )
