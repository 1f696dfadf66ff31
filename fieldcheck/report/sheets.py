"""The tables of the report folder as CSV text: UTF-8, header line, `\\n` at line ends, empty = not known (interfaces.md §3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import TypeAlias

from fieldcheck.report.report import FrameRow, PredictionRow, Report

Cell: TypeAlias = str | int | float | bool | None

FRAME_COLUMNS = (
    *("frame_id", "clip_id", "camera", "location", "taken_at", "source", "source_index", "t_s", "width", "height", "conditions"),
    *("stratum", "hardness", "picked", "probability", "weight", "reason", "label", "label_state", "prediction", "confidence", "right"),
    *("sha256", "file", "draw"),
)
PREDICTION_COLUMNS = ("on", "model", "run_id", "frame_id", "rank", "class", "class_index", "score", "x", "y", "w", "h", "truth", "right")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula
_QUOTED = frozenset(',"\r\n')


def frames_csv(report: Report) -> str:
    """One row for every frame of the sampling list, picked or not, in list order."""
    return table(FRAME_COLUMNS, (_frame_cells(row) for row in report.frame_rows))


def predictions_csv(report: Report) -> str:
    """One row for every stored answer."""
    return table(PREDICTION_COLUMNS, (_prediction_cells(row) for row in report.prediction_rows))


def table(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """CSV after RFC 4180, but with `\\n` at line ends."""
    lines = [",".join(columns)]
    lines += [",".join(_printed(cell) for cell in row) for row in rows]
    return "\n".join(lines) + "\n"


def _printed(cell: Cell) -> str:
    """Floats so that they read back the same; a text that a spreadsheet would calculate gets a leading `'`."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        return repr(float(cell)) if isfinite(cell) else ""
    text = f"'{cell}" if cell.startswith(_FORMULA) else cell
    return '"' + text.replace('"', '""') + '"' if _QUOTED & set(text) else text


def _frame_cells(row: FrameRow) -> tuple[Cell, ...]:
    return (
        *(row.frame_id, row.clip_id, row.camera, row.location, row.taken_at, row.source, row.source_index, row.t_s, row.width, row.height),
        *("|".join(row.conditions), row.stratum, row.hardness, row.picked, row.probability, row.weight, row.reason),
        *(row.label, row.label_state, row.prediction, row.confidence, row.right, row.sha256, row.file, row.draw),
    )


def _prediction_cells(row: PredictionRow) -> tuple[Cell, ...]:
    return (
        *(row.on, row.model, row.run_id, row.frame_id, row.rank, row.class_name, row.class_index, row.score),
        *(row.x, row.y, row.w, row.h, row.truth, row.right),
    )
