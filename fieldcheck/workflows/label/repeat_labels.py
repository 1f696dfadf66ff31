"""Blind repeats: some labelled frames come again without their labels, and the two answers tell how far labels can be trusted."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlite_utils import Database

from fieldcheck.domain.box import Box
from fieldcheck.domain.changes import Changes
from fieldcheck.domain.label import Label
from fieldcheck.domain.repeat import How, Repeat
from fieldcheck.errors import FrameNotPicked, NothingLabelled
from fieldcheck.measure.boxes import iou, pair
from fieldcheck.project import edits
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import draws as draws_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.project.tables import repeats as repeats_table
from fieldcheck.report.report import Repeated
from fieldcheck.scoring.agreement import Agreement, agreement, drawn_again
from fieldcheck.workflows.label.classes import label_kind, project_classes, project_task
from fieldcheck.workflows.label.label_frames import LabelDecision, check_said, label_of


@dataclass(frozen=True, slots=True)
class Trust:
    """Agreement of repeated labels: `same` of one person minutes later, `other` between people; None where there was none of that kind.
    `n_open` frames of the newest round wait for an answer."""

    same: Agreement | None
    other: Agreement | None
    n_open: int


def plan_repeats(project: Project, by: str) -> Changes:
    """Draws the frames of the next round from those that carry an answer, at random. A round that waits for answers stays as it is.

    Raises NothingLabelled.
    """

    def work(db: Database) -> Changes:
        before = repeats_table.all(db)
        if any(not one.state for one in before):
            return Changes("repeat.plan")
        inside = [one.frame_id for one in picks_table.all(db) if not one.taken_out]
        labels = {one.frame_id: one for one in labels_table.all(db)}
        done = [name for name in inside if name in labels and labels[name].state == "done"]
        if not done:
            raise NothingLabelled(project.path)
        number = max((one.round for one in before), default=0) + 1
        draws = draws_table.current(db)
        again = drawn_again(len(done), draws[0].seed if draws else 0, number)
        rows = [
            repeats_table.row(Repeat(done[at], number, place, _how(labels[done[at]].by, by))) for place, at in enumerate(again.tolist())
        ]
        return edits.apply(db, "repeat.plan", rows)

    return project.write(work).result()


def set_repeat(project: Project, frame_id: str, said: LabelDecision, by: str, now: str) -> Changes:
    """The second answer to a frame of the newest round; the first label stays as it is. Raises FrameNotPicked, and as `set_label`."""
    check_said(project, said)
    label = label_of(frame_id, said, by, now, None, True)

    def work(db: Database) -> Changes:
        planned = next((one for one in reversed(repeats_table.all(db)) if one.frame_id == frame_id), None)
        if planned is None:
            raise FrameNotPicked(frame_id)
        first = labels_table.get(db, frame_id)
        answered = replace(
            planned, state=label.state, class_name=label.class_name, boxes=label.boxes, points=label.points, by=by, at=now,
            how=_how(first.by if first else "", by),
        )  # fmt: skip
        return edits.apply(db, "repeat.set", [repeats_table.row(answered)])

    return project.write(work).result()


def trust(project: Project) -> Trust:
    """Agreement of first and second answers so far; frames that one of the two could not judge are left out."""
    repeats, labels = project.read(lambda db: (repeats_table.all(db), {one.frame_id: one for one in labels_table.all(db)}))
    kind, n_classes = label_kind(project_task(project)), len(project_classes(project))
    judged = [one for one in repeats if one.state == "done" and one.frame_id in labels and labels[one.frame_id].state == "done"]

    def of(how: How) -> Agreement | None:
        chosen = [one for one in judged if one.how == how]
        first, second = zip(*(_answers(labels[one.frame_id], one) for one in chosen), strict=True) if chosen else ((), ())
        return agreement(first, second, n_classes, single=kind == "class") if chosen else None

    return Trust(of("same"), of("other"), sum(not one.state for one in repeats))


def repeated(project: Project) -> tuple[Repeated, ...]:
    """Repeated labels as the report prints them, kind by kind."""
    found = trust(project)
    named: dict[How, Agreement | None] = {"same": found.same, "other": found.other}
    return tuple(Repeated(how, one.n, one.agreement, one.kappa, one.error, one.ceiling) for how, one in named.items() if one is not None)


def same_answer(label: Label, repeat: Repeat) -> bool:
    """Whether both passes say the same of a frame, or neither could judge it for the same reason."""
    first, second = _answers(label, repeat)
    return label.state == repeat.state and first == second


def _how(first: str, second: str) -> How:
    """Without names nobody can tell two people apart."""
    return "other" if first and second and first != second else "same"


def _answers(label: Label, repeat: Repeat) -> tuple[Hashable, Hashable]:
    """Two answers that are equal where the two passes said the same: boxes where each finds its partner, points of the same classes."""
    if label.boxes or repeat.boxes:
        return "boxes", "boxes" if _same_boxes(label.boxes, repeat.boxes) else "others"
    if label.points or repeat.points:
        return tuple(sorted(one.class_name for one in label.points)), tuple(sorted(one.class_name for one in repeat.points))
    return label.class_name, repeat.class_name


def _same_boxes(a: Sequence[Box], b: Sequence[Box]) -> bool:
    """Every box of one has a partner of its class in the other, overlapping by half (methods 1.2)."""
    if len(a) != len(b):
        return False
    corners = [np.array([[one.x, one.y, one.x + one.w, one.y + one.h] for one in boxes]) for boxes in (a, b)]
    same = np.array([[one.class_name == other.class_name for other in b] for one in a])
    return pair(iou(*corners), same) == len(a)
