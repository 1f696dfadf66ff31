"""Undo summary: what an act that was undone or done again did to which frame: what the window says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from fieldcheck.domain.changes import Changes, RowChange
from fieldcheck.domain.label import Label
from fieldcheck.project.folder import Project
from fieldcheck.project.schema import TABLES
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.project.tables.shapes import parse_boxes, parse_points

FRAME_COLUMNS = MappingProxyType({table.name: table.frame for table in TABLES if table.frame})
SAID = frozenset(table.name for table in TABLES if table.labels)


@dataclass(frozen=True, slots=True)
class UndoSummary:
    """`n_frames` frames were touched. Where it is one that is labelled or will be, `number` counts it as Label does, from 1. `labels`: what
    was said of it before and is said of it now, None where the act is none about labels or about several."""

    act: str
    n_frames: int
    number: int | None = None
    labels: tuple[Label | None, Label | None] | None = None


def load_undo_summary(project: Project, changes: Changes) -> UndoSummary:
    """Looks up the frames of an act that has just been turned."""
    of_frames = [turn for turn in changes.row_changes if turn.kind in FRAME_COLUMNS]
    names = list(dict.fromkeys(_get_frame_id(turn) for turn in of_frames))
    if len(names) != 1:
        return UndoSummary(changes.act, len(names))
    inside = [pick.frame_id for pick in project.read(picks_table.list_picks) if not pick.taken_out]
    number = inside.index(names[0]) + 1 if names[0] in inside else None
    told = next((turn for turn in of_frames if turn.kind in SAID), None)
    return UndoSummary(changes.act, 1, number, (_parse_label(told.before), _parse_label(told.after)) if told is not None else None)


def _get_frame_id(turn: RowChange) -> str:
    values = turn.after or turn.before or {}
    return str(values.get(FRAME_COLUMNS[turn.kind]) or turn.key)


def _parse_label(values: Mapping[str, Any] | None) -> Label | None:
    if values is None or not values["state"]:
        return None
    return Label(values["frame_id"], values["state"], values["class_name"], parse_boxes(values["boxes"]), parse_points(values["points"]))
