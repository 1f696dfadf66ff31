"""What a person labels: the picked frames in the order in which they are shown, with what was said of them so far.

Nothing here knows a prediction, a stratum or a hardness: who labels sees none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fieldcheck.domain.label import Label
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.classes import project_classes, project_task
from fieldcheck.workflows.listing import lines


@dataclass(frozen=True, slots=True)
class FrameToLabel:
    """One picked frame. `picture` is its lossless file; `taken_at` ISO 8601 UTC or empty; `t_s` seconds from its clip's start."""

    frame_id: str
    picture: Path
    clip_id: str
    camera: str
    taken_at: str
    t_s: float
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class LabelWork:
    """`task` is classification or detection. `labels` holds what was said, by frame id. Class names may repeat in `classes`."""

    task: str
    classes: tuple[str, ...]
    frames: tuple[FrameToLabel, ...]
    labels: dict[str, Label]


def label_work(project: Project) -> LabelWork:
    """All picks that were not taken out, draw after draw in their random order. Empty where nothing is picked."""
    where = {line.frame.frame_id: line for line in project.read(lines)}
    frames = []
    for pick in project.read(picks_table.all):
        line = where.get(pick.frame_id)
        if pick.taken_out or line is None:
            continue
        frames.append(
            FrameToLabel(
                pick.frame_id,
                project.path / pick.file,
                line.clip.clip_id,
                line.clip.camera,
                line.taken_at,
                line.t_s,
                line.frame.width,
                line.frame.height,
            )
        )
    labels = {label.frame_id: label for label in project.read(labels_table.all)}
    return LabelWork(project_task(project), project_classes(project), tuple(frames), labels)
