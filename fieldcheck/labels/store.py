"""Labels stored one at a time or from files, marks on frames, blind repeats, and frames exported
for training. Every act can be undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sqlite_utils import Database

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import (
    BenchmarkItem,
    Box,
    Label,
    LabelDraft,
    LabelEvent,
    Point,
    Repeat,
    RepeatKind,
    ReviewRequest,
    State,
)
from fieldcheck.domain.prediction import Labels
from fieldcheck.domain.project_state import Changes
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import LabelsRefused, PartsRefused
from fieldcheck.errors.labels import (
    ClassAmbiguous,
    ClassUnknown,
    FrameNotPicked,
    FrameUnknown,
    LabelKindWrong,
    NothingLabelled,
    NothingToRepeat,
)
from fieldcheck.errors.projects import NothingToUndo
from fieldcheck.footage.frame_listing import list_frames_of_part
from fieldcheck.labels.formats.label_set import (
    PartWish,
    drop_unlabelled,
    has_labels_for_task,
    select_label_kind,
)
from fieldcheck.labels.formats.registry import read_labels
from fieldcheck.labels.import_labels import (
    FrameIndex,
    ImportReceipt,
    check_strict,
    make_receipt,
    match_frames,
    read_named_values,
)
from fieldcheck.models.store import get_label_kind, get_project_task, list_project_classes
from fieldcheck.progress import Progress
from fieldcheck.project import undo
from fieldcheck.project.limits import set_reference_parts
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import values as settings_table
from fieldcheck.stats.agreement import Agreement, draw_repeats, measure_agreement
from fieldcheck.stats.iou_of_boxes_and_masks import compute_iou, count_pairs

# Frames exported for training: from then on they test no model that was trained on them.

EXPORTED = "exported_frames"  # setting: frame ids whose labels left the project


def get_training_frames(project: Project) -> frozenset[str]:
    """Ids of all frames whose labels were ever exported for training."""
    return frozenset(project.read(lambda db: settings_table.get_setting(db, EXPORTED, ())))


def add_training_frames(project: Project, frame_ids: Iterable[str]) -> None:
    """Records which frames were exported. This cannot be undone, since the files may have been
    copied."""
    every = sorted(get_training_frames(project) | set(frame_ids))
    project.write(lambda db: settings_table.store_setting(db, EXPORTED, every)).result()


# Acts that the key for undoing the newest label never undoes.
WHOLE_FILES = ("label.import", "label.merge", "label.adjudicate")
MAY_SHOW_NOTHING: tuple[Labels, ...] = ("boxes", "points")


@dataclass(frozen=True, slots=True)
class LabelDecision:
    """A person's decision about a frame: a class, boxes or points, unsure, skipped (with the
    reason), or nothing to find."""

    class_name: str = ""
    unsure: bool = False
    skip: str = ""
    nothing: bool = False
    boxes: tuple[Box, ...] = ()
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedLabels:
    """Labels imported from a file. `unmatched` pairs an item with the code of why it was not
    imported."""

    n_frames: int
    n_labels: int
    n_boxes: int
    classes: tuple[str, ...]
    unmatched: tuple[tuple[str, str], ...]
    receipt: ImportReceipt


@dataclass(frozen=True, slots=True)
class LabellingState:
    """Counts of labels. `blind`: whether all labels were made without sight of the prediction; None
    where that is not known."""

    n_picked: int
    n_labelled: int
    n_unsure: int
    n_skipped: int
    n_left: int
    blind: bool | None
    per_class: Mapping[str, int]
    undo_depth: int
    redo_depth: int
    labels: tuple[Label, ...]


def set_label(
    project: Project,
    frame_id: str,
    label_decision: LabelDecision,
    annotator: str,
    now: str,
    seconds: float | None = None,
    *,
    blind: bool = True,
    event: LabelEvent | None = None,
) -> Changes:
    """Labels one picked frame and removes its draft. A class, or unsure, is given to the part: to
    all its picked frames. `event` records how the label was made.

    Raises FrameUnknown, FrameNotPicked, ClassUnknown, ClassAmbiguous, LabelKindWrong."""
    if project.read(lambda db: frames_table.get_frame(db, frame_id)) is None:
        raise FrameUnknown(frame_id)
    # Only this label is stored now, so that a key press does not wait longer with many labels.
    pick = project.read(lambda db: labels_table.get_pick(db, frame_id))
    if pick is None or pick.taken_out:
        raise FrameNotPicked(frame_id)
    check_decision(project, label_decision)
    label = make_label(frame_id, label_decision, annotator, now, seconds, blind)
    others = _list_other_picks(project, label)
    labels = [label, *(replace(label, frame_id=name, seconds=None) for name in others)]
    return _store_labels(project, "label.set", labels, [event] if event else [])


def _list_other_picks(project: Project, label: Label) -> list[str]:
    """Other picked frames of the part that get the same label; none for a frame that is skipped,
    and none for what is drawn on one frame."""
    if label.state == "skipped" or (label.state == "done" and not label.class_name):
        return []
    others = set(list_frames_of_part(project, label.frame_id)) - {label.frame_id}
    if not others:
        return []

    def find_usable(db: Database) -> list[str]:
        picks = [labels_table.get_pick(db, name) for name in sorted(others)]
        inside = [pick.frame_id for pick in picks if pick is not None and not pick.taken_out]
        stored = {name: labels_table.get_label(db, name) for name in inside}
        return [name for name, old in stored.items() if old is None or old.state != "skipped"]

    return project.read(find_usable)


def label_same_burst(
    project: Project,
    frame_ids: Sequence[str],
    like: str,
    annotator: str,
    now: str,
    *,
    blind: bool = True,
) -> Changes:
    """Copies the label of the frame `like` to those of `frame_ids` without a label, as one act.

    Raises NothingToRepeat where `like` has no label."""
    labels = {label.frame_id: label for label in project.read(labels_table.list_labels)}
    first = labels.get(like)
    if first is None or first.state != "done":
        raise NothingToRepeat(like)
    new = [
        replace(first, frame_id=name, by=annotator, at=now, seconds=None, blind=blind)
        for name in frame_ids
        if name not in labels
    ]
    events = [
        LabelEvent(label.frame_id, "burst", now, now, None, 0, blind=blind, by=annotator)
        for label in new
    ]
    return _store_labels(project, "label.burst", new, events)


def undo_label(project: Project, event: LabelEvent | None = None) -> Changes:
    """Undoes the newest act if it is a label set here, so that the key for it never undoes anything
    else, such as an imported file. Raises NothingToUndo."""

    def undo_in_database(db: Database) -> Changes:
        newest = undo.get_newest_done(db)
        if newest is None or not newest.act.startswith("label.") or newest.act in WHOLE_FILES:
            raise NothingToUndo("undo")
        changes = undo.undo_edit(db)
        if event is not None and changes.keys:
            label_event = replace(
                event,
                frame_id=changes.keys[0],
                undo_of=labels_table.get_newest_event(db, changes.keys[0]),
            )
            labels_table.add_label_events(db, [label_event])
        return changes

    return project.write(undo_in_database).result()


def check_decision(project: Project, label_decision: LabelDecision) -> None:
    """Raises LabelKindWrong where the decision is not of the project's kind of label; ClassUnknown,
    ClassAmbiguous."""
    task = get_project_task(project)
    kinds = {
        "class": bool(label_decision.class_name),
        "boxes": bool(label_decision.boxes),
        "points": bool(label_decision.points),
    }
    kind = get_label_kind(task)
    empty = kind == "class" and not (
        label_decision.class_name or label_decision.unsure or label_decision.skip
    )
    if (
        empty
        or any(there for other, there in kinds.items() if other != kind)
        or (label_decision.nothing and kind not in MAY_SHOW_NOTHING)
    ):
        raise LabelKindWrong(task)
    for name in dict.fromkeys(
        [
            label_decision.class_name,
            *(box.class_name for box in label_decision.boxes),
            *(point.class_name for point in label_decision.points),
        ]
    ):
        if name:
            check_class(name, list_project_classes(project))


def make_label(
    frame_id: str,
    label_decision: LabelDecision,
    annotator: str,
    now: str,
    seconds: float | None,
    blind: bool | None,
) -> Label:
    """The label of a frame as it is stored."""
    state: State = (
        "unsure" if label_decision.unsure else "skipped" if label_decision.skip else "done"
    )
    return Label(
        frame_id,
        state,
        label_decision.class_name,
        label_decision.boxes,
        label_decision.points,
        label_decision.skip,
        annotator,
        now,
        seconds,
        blind,
    )


def _store_labels(
    project: Project, act: str, labels: Sequence[Label], events: Sequence[LabelEvent]
) -> Changes:
    """Labels and how they were made, in one transaction."""

    def store_in_database(db: Database) -> Changes:
        labels_table.add_label_events(db, events)
        puts, drawn = (
            [labels_table.make_label_row(label) for label in labels],
            [labels_table.make_draft_key(label.frame_id) for label in labels],
        )
        return undo.apply_edit(db, act, puts, drawn)

    return project.write(store_in_database).result()


def check_class(name: str, classes: Sequence[str]) -> None:
    """Raises ClassUnknown, or ClassAmbiguous where several of the model's outputs carry the
    name."""
    if name not in classes:
        raise ClassUnknown(name, tuple(dict.fromkeys(classes)))
    if classes.count(name) > 1:
        raise ClassAmbiguous(name)


def import_reference_parts(project: Project, path: Path) -> Changes:
    """Reference parts with their true class from a CSV file with the columns part and class, as one
    undoable act. Raises PathMissing, LabelsRefused, PartsRefused, ClassUnknown, ClassAmbiguous."""
    if not path.exists():
        raise PathMissing(path)
    columns, problems = ("part", "class"), ("reference_columns", "two_classes")
    classes = read_named_values(path, columns, problems)
    if not classes:
        raise PartsRefused(path.name, "no_match")
    for name in dict.fromkeys(classes.values()):
        check_class(name, list_project_classes(project))
    return set_reference_parts(project, classes)


def import_labels(
    project: Project,
    path: Path,
    kind: str | None,
    annotator: str,
    blind: bool | None,
    now: str,
    progress: Progress,
    strict: bool = False,
    part: str = "",
) -> ImportedLabels:
    """Imports labels from a file or folder, as one act.

    A file that fits no frame, or has a class that is not the project's, is refused as a whole
    (LabelsRefused). Items of frames that are not picked are counted, not stored; images without a
    label in the file stay unlabelled. `strict`: refuse the file for any fault; `part`: the split to
    read, where there are several."""
    if not path.exists():
        raise PathMissing(path)
    progress.check()
    task = get_project_task(project)
    whole = read_labels(
        path, kind or "auto", _make_size_lookup(project), PartWish(part, takes_any=True)
    )
    receipt = make_receipt(whole)
    if strict:
        check_strict(path, receipt)
    label_set = drop_unlabelled(whole)
    if not has_labels_for_task(label_set.items, task):
        raise LabelsRefused(path, "wrong_task", task)
    wanted = get_label_kind(task)
    label_set = replace(label_set, items=select_label_kind(label_set.items, wanted))
    _check_classes(project, path, label_set.items)
    matched = match_frames(
        label_set.names,
        project.read(frames_table.list_frame_sources),
        dict(project.read(frames_table.list_frame_hashes)),
    )
    if not matched.frames:
        raise LabelsRefused(path, "no_match", label_set.names[0])
    in_boxes = wanted == "boxes"
    picked = {pick.frame_id for pick in project.read(labels_table.list_picks) if not pick.taken_out}
    labels, unmatched = [], list(matched.unmatched)
    for item, name in zip(label_set.items, label_set.names, strict=True):
        frame_id = matched.frames.get(name)
        if frame_id is None:
            continue
        if frame_id not in picked:
            unmatched.append((name, "not_picked"))
        else:
            label = Label(frame_id, "done", item.class_name, points=item.points)
            boxes = item.boxes if in_boxes else ()
            labels.append(replace(label, boxes=boxes, by=annotator, at=now, blind=blind))
    if labels:
        project.edit("label.import", puts=[labels_table.make_label_row(label) for label in labels])
    n_boxes = sum(len(label.boxes) for label in labels)
    n_labels = n_boxes if in_boxes else len(labels)
    return ImportedLabels(
        len(labels), n_labels, n_boxes, label_set.classes, tuple(unmatched), receipt
    )


def _make_size_lookup(project: Project) -> Callable[[str], tuple[int, int] | None]:
    """Width and height of the frame that a name means, for label files that come without their
    pictures."""
    frames = {
        frame.frame_id: (frame.width, frame.height)
        for frame in project.read(frames_table.list_frames)
    }
    index = FrameIndex(project.read(frames_table.list_frame_sources))

    def get_frame_size(name: str) -> tuple[int, int] | None:
        frame_ids = index.find_frames(name)
        return frames.get(frame_ids[0]) if len(frame_ids) == 1 else None

    return get_frame_size


def get_labelling_state(project: Project) -> LabellingState:
    """Counts of labels; all 0 for an empty project."""
    picks = [pick for pick in project.read(labels_table.list_picks) if not pick.taken_out]
    positions = {pick.frame_id: pick.place for pick in picks}
    labels = sorted(
        (label for label in project.read(labels_table.list_labels) if label.frame_id in positions),
        key=lambda label: positions[label.frame_id],
    )
    states = Counter(label.state for label in labels)
    undo_depth, redo_depth = project.count_history()
    return LabellingState(
        len(picks),
        states["done"],
        states["unsure"],
        states["skipped"],
        len(picks) - len(labels),
        is_all_blind(labels),
        _count_per_class(labels),
        undo_depth,
        redo_depth,
        tuple(labels),
    )


def is_all_blind(labels: Sequence[Label]) -> bool | None:
    """True where all labels were blind, False where one was not, None where it is unknown or there
    are none."""
    states = {label.blind for label in labels}
    if False in states:
        return False
    return True if states == {True} else None


def _check_classes(project: Project, path: Path, items: Sequence[BenchmarkItem]) -> None:
    classes = list_project_classes(project)
    for name in sorted({name for item in items for name in item.names}):
        if name not in classes:
            raise LabelsRefused(path, "unknown_class", name)
        if classes.count(name) > 1:
            raise LabelsRefused(path, "ambiguous", name)


def _count_per_class(labels: Sequence[Label]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for label in labels:
        counts.update(
            [label.class_name] if label.class_name else [box.class_name for box in label.boxes]
        )
    return dict(sorted(counts.items()))


STROKES = ("draw", "move", "name", "delete", "copy", "flag", "snap", "suggest", "point")
"""What a stroke did, as the act is called: `draft.draw` …; undo says it in words."""


def store_draft(project: Project, draft: LabelDraft, stroke: str) -> Changes:
    """Stores the draft of a frame after a stroke; a drag is one stroke. Raises FrameNotPicked."""
    if stroke not in STROKES:
        raise ValueError(f"no stroke is called {stroke}")
    pick = project.read(lambda db: labels_table.get_pick(db, draft.frame_id))
    if pick is None or pick.taken_out:
        raise FrameNotPicked(draft.frame_id)
    return project.edit(f"draft.{stroke}", puts=[labels_table.make_draft_row(draft)])


# Marks on picked frames: a person can be seen on it, an expert shall look at it.


def mark_person(
    project: Project, frame_ids: Sequence[str], marked: bool, annotator: str
) -> Changes:
    """Marks frames as "person visible", or removes the mark. They are scored all the same but never
    shown in a gallery."""
    before = project.read(labels_table.list_marks)
    return _store_marks(
        project,
        "mark.person",
        [
            replace(before.get(name, ReviewRequest(name)), person=marked, by=annotator)
            for name in frame_ids
        ],
    )


def mark_expert(project: Project, frame_id: str, marked: bool, annotator: str) -> Changes:
    """Marks a frame for an expert's review, or removes the mark."""
    before = project.read(lambda db: labels_table.get_mark(db, frame_id))
    return _store_marks(project, "mark.expert", [replace(before, expert=marked, by=annotator)])


def _store_marks(project: Project, act: str, marks: Sequence[ReviewRequest]) -> Changes:
    table_rows = [labels_table.make_mark_row(mark) for mark in marks if mark.person or mark.expert]
    blank = [
        labels_table.make_mark_key(mark.frame_id)
        for mark in marks
        if not (mark.person or mark.expert)
    ]
    return project.edit(act, puts=table_rows, deletes=blank)


# Blind repeats: some labelled frames come again without their labels, and the two answers tell how
# far labels can be trusted.


@dataclass(frozen=True, slots=True)
class RepeatAgreement:
    """Agreement of blind repeats. `how`: `same` (one annotator, minutes later) or `other` (two
    annotators). `kappa` is "na" where labels are no single classes; `ceiling`: the score no model
    can exceed on such labels."""

    how: str
    n: int
    agreement: Estimate
    kappa: Estimate
    error: Estimate
    ceiling: Estimate


@dataclass(frozen=True, slots=True)
class AgreementByPerson:
    """Agreement of repeats: `same` of one annotator minutes later, `other` between annotators; None
    where there was none. `n_open`: frames of the newest round without a second label."""

    same: Agreement | None
    other: Agreement | None
    n_open: int


def plan_repeats(project: Project, annotator: str) -> Changes:
    """Draws the frames of the next round at random from the labelled ones. An unfinished round is
    kept as it is.

    Raises NothingLabelled."""

    def plan_in_database(db: Database) -> Changes:
        before = labels_table.list_repeats(db)
        if any(not repeat.state for repeat in before):
            return Changes("repeat.plan")
        inside = [pick.frame_id for pick in labels_table.list_picks(db) if not pick.taken_out]
        labels = {label.frame_id: label for label in labels_table.list_labels(db)}
        labelled = [name for name in inside if name in labels and labels[name].state == "done"]
        if not labelled:
            raise NothingLabelled(project.path)
        number = max((repeat.round for repeat in before), default=0) + 1
        draws = labels_table.list_current_draws(db)
        again = draw_repeats(len(labelled), draws[0].seed if draws else 0, number)
        rows = [
            labels_table.make_repeat_row(
                Repeat(
                    labelled[value],
                    number,
                    index,
                    _get_repeat_kind(labels[labelled[value]].by, annotator),
                )
            )
            for index, value in enumerate(again.tolist())
        ]
        return undo.apply_edit(db, "repeat.plan", rows)

    return project.write(plan_in_database).result()


def store_repeat(
    project: Project, frame_id: str, label_decision: LabelDecision, annotator: str, now: str
) -> Changes:
    """Stores the second label of a frame of the newest round; the first is not changed. Raises
    FrameNotPicked, and as `set_label`."""
    check_decision(project, label_decision)
    label = make_label(frame_id, label_decision, annotator, now, None, True)

    def store_in_database(db: Database) -> Changes:
        planned = next(
            (
                repeat
                for repeat in reversed(labels_table.list_repeats(db))
                if repeat.frame_id == frame_id
            ),
            None,
        )
        if planned is None:
            raise FrameNotPicked(frame_id)
        first = labels_table.get_label(db, frame_id)
        answered = replace(
            planned,
            state=label.state,
            class_name=label.class_name,
            boxes=label.boxes,
            points=label.points,
            why=label.why,
            blind=label.blind,
            by=annotator,
            at=now,
            how=_get_repeat_kind(first.by if first else "", annotator),
        )
        return undo.apply_edit(db, "repeat.set", [labels_table.make_repeat_row(answered)])

    return project.write(store_in_database).result()


def measure_trust(project: Project) -> AgreementByPerson:
    """Measure agreement of first and second labels; frames that are unsure in either pass are left
    out."""
    repeats, labels = project.read(
        lambda db: (
            labels_table.list_repeats(db),
            {label.frame_id: label for label in labels_table.list_labels(db)},
        )
    )
    kind, n_classes = get_label_kind(get_project_task(project)), len(list_project_classes(project))
    judged = [
        repeat
        for repeat in repeats
        if repeat.state == "done"
        and repeat.frame_id in labels
        and labels[repeat.frame_id].state == "done"
    ]

    def measure_by_person(how: RepeatKind) -> Agreement | None:
        chosen = [repeat for repeat in judged if repeat.how == how]
        first, second = (
            zip(
                *(_make_comparable_answers(labels[repeat.frame_id], repeat) for repeat in chosen),
                strict=True,
            )
            if chosen
            else ((), ())
        )
        return (
            measure_agreement(first, second, n_classes, single=kind == "class") if chosen else None
        )

    return AgreementByPerson(
        measure_by_person("same"),
        measure_by_person("other"),
        sum(not repeat.state for repeat in repeats),
    )


def list_repeat_agreements(project: Project) -> tuple[RepeatAgreement, ...]:
    """Repeated labels as the report prints them, kind by kind."""
    agreement_by_person = measure_trust(project)
    named: dict[RepeatKind, Agreement | None] = {
        "same": agreement_by_person.same,
        "other": agreement_by_person.other,
    }
    return tuple(
        RepeatAgreement(
            how,
            agreement.n,
            agreement.agreement,
            agreement.kappa,
            agreement.error,
            agreement.ceiling,
        )
        for how, agreement in named.items()
        if agreement is not None
    )


def is_same_answer(label: Label, repeat: Repeat) -> bool:
    """Whether both passes gave a frame the same label, or the same reason for not judging it."""
    first, second = _make_comparable_answers(label, repeat)
    return label.state == repeat.state and first == second


def _get_repeat_kind(first: str, second: str) -> RepeatKind:
    """Without names nobody can tell two people apart."""
    return "other" if first and second and first != second else "same"


def _make_comparable_answers(label: Label, repeat: Repeat) -> tuple[Hashable, Hashable]:
    """Return two answers that are equal where both passes agree: boxes where each has a partner,
    points of the same classes."""
    if label.boxes or repeat.boxes:
        return "boxes", "boxes" if _has_same_boxes(label.boxes, repeat.boxes) else "others"
    if label.points or repeat.points:
        return tuple(sorted(point.class_name for point in label.points)), tuple(
            sorted(point.class_name for point in repeat.points)
        )
    return label.class_name, repeat.class_name


def _has_same_boxes(a: Sequence[Box], b: Sequence[Box]) -> bool:
    """Every box of one has a partner of its class in the other, overlapping by half (methods
    1.2)."""
    if len(a) != len(b):
        return False
    corners = [
        np.array([[box.x, box.y, box.x + box.w, box.y + box.h] for box in boxes])
        for boxes in (a, b)
    ]
    same = np.array([[box.class_name == other.class_name for other in b] for box in a])
    return count_pairs(compute_iou(*corners), same) == len(a)
