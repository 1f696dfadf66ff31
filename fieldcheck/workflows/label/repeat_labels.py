"""Blind repeats: some labelled frames come again without their labels, and the two answers tell how far labels can be trusted."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlite_utils import Database

from fieldcheck.domain.box import Box
from fieldcheck.domain.changes import Changes
from fieldcheck.domain.label import Label
from fieldcheck.domain.repeat import Repeat, RepeatKind
from fieldcheck.errors import FrameNotPicked, NothingLabelled
from fieldcheck.measure.boxes import compute_iou, count_pairs
from fieldcheck.project import edits
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import draws as draws_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.project.tables import repeats as repeats_table
from fieldcheck.report.report import RepeatAgreement
from fieldcheck.scoring.agreement import Agreement, draw_repeats, measure_agreement
from fieldcheck.workflows.label.classes import get_label_kind, get_project_task, list_project_classes
from fieldcheck.workflows.label.label_frames import LabelDecision, check_decision, make_label


@dataclass(frozen=True, slots=True)
class AgreementByPerson:
    """Agreement of repeated labels: `same` of one person minutes later, `other` between people; None where there was none of that kind.
    `n_open` frames of the newest round wait for an answer."""

    same: Agreement | None
    other: Agreement | None
    n_open: int


def plan_repeats(project: Project, by: str) -> Changes:
    """Draws the frames of the next round from those that carry an answer, at random. A round that waits for answers stays as it is.

    Raises NothingLabelled.
    """

    def plan_in_database(db: Database) -> Changes:
        before = repeats_table.list_repeats(db)
        if any(not one.state for one in before):
            return Changes("repeat.plan")
        inside = [one.frame_id for one in picks_table.list_picks(db) if not one.taken_out]
        labels = {one.frame_id: one for one in labels_table.list_labels(db)}
        done = [name for name in inside if name in labels and labels[name].state == "done"]
        if not done:
            raise NothingLabelled(project.path)
        number = max((one.round for one in before), default=0) + 1
        draws = draws_table.list_current_draws(db)
        again = draw_repeats(len(done), draws[0].seed if draws else 0, number)
        rows = [
            repeats_table.make_repeat_row(Repeat(done[at], number, place, _get_repeat_kind(labels[done[at]].by, by)))
            for place, at in enumerate(again.tolist())
        ]
        return edits.apply_edit(db, "repeat.plan", rows)

    return project.write(plan_in_database).result()


def store_repeat(project: Project, frame_id: str, said: LabelDecision, by: str, now: str) -> Changes:
    """The second answer to a frame of the newest round; the first label stays as it is. Raises FrameNotPicked, and as `set_label`."""
    check_decision(project, said)
    label = make_label(frame_id, said, by, now, None, True)

    def store_in_database(db: Database) -> Changes:
        planned = next((one for one in reversed(repeats_table.list_repeats(db)) if one.frame_id == frame_id), None)
        if planned is None:
            raise FrameNotPicked(frame_id)
        first = labels_table.get_label(db, frame_id)
        answered = replace(
            planned, state=label.state, class_name=label.class_name, boxes=label.boxes, points=label.points, by=by, at=now,
            how=_get_repeat_kind(first.by if first else "", by),
        )  # fmt: skip
        return edits.apply_edit(db, "repeat.set", [repeats_table.make_repeat_row(answered)])

    return project.write(store_in_database).result()


def measure_trust(project: Project) -> AgreementByPerson:
    """Agreement of first and second answers so far; frames that one of the two could not judge are left out."""
    repeats, labels = project.read(lambda db: (repeats_table.list_repeats(db), {one.frame_id: one for one in labels_table.list_labels(db)}))
    kind, n_classes = get_label_kind(get_project_task(project)), len(list_project_classes(project))
    judged = [one for one in repeats if one.state == "done" and one.frame_id in labels and labels[one.frame_id].state == "done"]

    def measure_by_person(how: RepeatKind) -> Agreement | None:
        chosen = [one for one in judged if one.how == how]
        first, second = zip(*(_make_comparable_answers(labels[one.frame_id], one) for one in chosen), strict=True) if chosen else ((), ())
        return measure_agreement(first, second, n_classes, single=kind == "class") if chosen else None

    return AgreementByPerson(measure_by_person("same"), measure_by_person("other"), sum(not one.state for one in repeats))


def list_repeat_agreements(project: Project) -> tuple[RepeatAgreement, ...]:
    """Repeated labels as the report prints them, kind by kind."""
    found = measure_trust(project)
    named: dict[RepeatKind, Agreement | None] = {"same": found.same, "other": found.other}
    return tuple(
        RepeatAgreement(how, one.n, one.agreement, one.kappa, one.error, one.ceiling) for how, one in named.items() if one is not None
    )


def is_same_answer(label: Label, repeat: Repeat) -> bool:
    """Whether both passes say the same of a frame, or neither could judge it for the same reason."""
    first, second = _make_comparable_answers(label, repeat)
    return label.state == repeat.state and first == second


def _get_repeat_kind(first: str, second: str) -> RepeatKind:
    """Without names nobody can tell two people apart."""
    return "other" if first and second and first != second else "same"


def _make_comparable_answers(label: Label, repeat: Repeat) -> tuple[Hashable, Hashable]:
    """Two answers that are equal where the two passes said the same: boxes where each finds its partner, points of the same classes."""
    if label.boxes or repeat.boxes:
        return "boxes", "boxes" if _has_same_boxes(label.boxes, repeat.boxes) else "others"
    if label.points or repeat.points:
        return tuple(sorted(one.class_name for one in label.points)), tuple(sorted(one.class_name for one in repeat.points))
    return label.class_name, repeat.class_name


def _has_same_boxes(a: Sequence[Box], b: Sequence[Box]) -> bool:
    """Every box of one has a partner of its class in the other, overlapping by half (methods 1.2)."""
    if len(a) != len(b):
        return False
    corners = [np.array([[one.x, one.y, one.x + one.w, one.y + one.h] for one in boxes]) for boxes in (a, b)]
    same = np.array([[one.class_name == other.class_name for other in b] for one in a])
    return count_pairs(compute_iou(*corners), same) == len(a)
