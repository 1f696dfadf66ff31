"""Label work of a person: the picked frames in the order in which they are shown, with what was said of them so far.

Nothing here knows a prediction, a stratum or a hardness: who labels sees none of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from fieldcheck.domain.answer_kind import Labels
from fieldcheck.domain.label import Label, LabelDraft
from fieldcheck.domain.pick import Pick, ReviewRequest
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import drafts as drafts_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import marks as marks_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.project.tables import repeats as repeats_table
from fieldcheck.workflows.footage.sampling_list import SamplingLine, list_sampling_lines
from fieldcheck.workflows.label.classes import get_label_kind, get_project_task, list_project_classes
from fieldcheck.workflows.pick.pick import number_scenes


@dataclass(frozen=True, slots=True)
class FrameToLabel:
    """One picked frame. `picture` is its lossless file; `taken_at` ISO 8601 UTC or empty; `t_s` seconds from its clip's start.

    `scene` numbers the near-alike picks it belongs to: it is number `scene_place` of `scene_size`, from 1. `sha256`: what the pixels of
    `picture` must have, or nobody labels them.
    """

    frame_id: str
    picture: Path
    clip_id: str
    camera: str
    taken_at: str
    t_s: float
    width: int
    height: int
    scene: int = 0
    scene_place: int = 1
    scene_size: int = 1
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class LabelQueue:
    """`kind`: a frame gets a `class`, `boxes`, `points` or `none` of them. `labels`, `drafts`, `marks` hold what was said, drawn and noted,
    by frame id. `repeats`: these are blind repeats, and `labels` holds the second answers only. Class names may repeat in
    `classes`."""

    task: str
    kind: Labels
    classes: tuple[str, ...]
    frames: tuple[FrameToLabel, ...]
    labels: dict[str, Label]
    drafts: dict[str, LabelDraft]
    marks: dict[str, ReviewRequest]
    repeats: bool = False
    round: int = 0


def load_label_queue(project: Project) -> LabelQueue:
    """All picks that were not taken out, draw after draw in their random order. Empty where nothing is picked."""
    listing, picks, labels, drafts, marks = project.read(
        lambda db: (
            list_sampling_lines(db),
            picks_table.list_picks(db),
            labels_table.list_labels(db),
            drafts_table.list_drafts(db),
            marks_table.list_marks(db),
        )
    )
    inside = {pick.frame_id: pick for pick in picks if not pick.taken_out}
    chosen = [line for line in listing if line.frame.frame_id in inside]
    number = dict(zip((line.frame.frame_id for line in chosen), number_scenes(project, chosen).tolist(), strict=True))
    size = Counter(number.values())
    met: Counter[int] = Counter()
    found = {}
    for line in chosen:
        scene = number[line.frame.frame_id]
        met[scene] += 1
        found[line.frame.frame_id] = _make_frame_to_label(project, line, inside[line.frame.frame_id], scene, met[scene], size[scene])
    task = get_project_task(project)
    frames = tuple(found[name] for name in inside if name in found)
    said = {label.frame_id: label for label in labels}
    return LabelQueue(task, get_label_kind(task), list_project_classes(project), frames, said, drafts, marks)


def load_repeat_queue(project: Project) -> LabelQueue:
    """The blind repeats of the newest round, in their own random order: first labels and drafts are not among what is shown."""
    work = load_label_queue(project)
    repeats = project.read(repeats_table.list_repeats)
    newest = max((one.round for one in repeats), default=0)
    asked = [one for one in repeats if one.round == newest > 0]  # answers of somebody else that were merged in have rounds below
    where = {frame.frame_id: frame for frame in work.frames}
    frames = tuple(replace(where[one.frame_id], scene_place=1, scene_size=1) for one in asked if one.frame_id in where)
    said = {
        one.frame_id: Label(one.frame_id, one.state, one.class_name, one.boxes, one.points, by=one.by, at=one.at, blind=True)
        for one in asked
        if one.state
    }
    return replace(work, frames=frames, labels=said, drafts={}, repeats=True, round=newest)


def _make_frame_to_label(project: Project, line: SamplingLine, pick: Pick, scene: int, place: int, size: int) -> FrameToLabel:
    clip, frame = line.clip, line.frame
    return FrameToLabel(
        pick.frame_id, project.path / pick.file, clip.clip_id, clip.camera, line.taken_at, line.t_s, frame.width, frame.height,
        scene, place, size, frame.sha256,
    )  # fmt: skip
