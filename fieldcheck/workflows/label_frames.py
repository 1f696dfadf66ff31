"""Labels: one at a time, from files, and what stands so far. Every act is in the durable history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldcheck.domain.benchmark import BenchmarkItem, LabelFormat
from fieldcheck.domain.box import Box
from fieldcheck.domain.changes import Changes
from fieldcheck.domain.label import Label, State
from fieldcheck.errors import (
    ClassAmbiguous,
    ClassUnknown,
    FrameNotPicked,
    FrameUnknown,
    LabelKindWrong,
    LabelsRefused,
    NothingToUndo,
    PathMissing,
)
from fieldcheck.exchange.label_set import fits
from fieldcheck.exchange.match import FrameIndex, match
from fieldcheck.exchange.read import read_labels
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import history
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.classes import project_classes, project_task


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said about a frame: a class, boxes, or that it cannot be told, is left out (with the reason), or shows nothing."""

    class_name: str = ""
    unsure: bool = False
    skip: str = ""
    nothing: bool = False
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a label file brought. `unmatched` pairs an item with the code of why it was not taken."""

    n_frames: int
    n_labels: int
    n_boxes: int
    classes: tuple[str, ...]
    unmatched: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """The state of labelling. `blind` is True where every label was made without sight of the model's answer, None where not known."""

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


def set_label(project: Project, frame_id: str, said: Said, by: str, now: str, seconds: float | None = None) -> Changes:
    """Labels one picked frame, blind. Raises FrameUnknown, FrameNotPicked, ClassUnknown, ClassAmbiguous, LabelKindWrong."""
    if project.read(lambda db: frames_table.get(db, frame_id)) is None:
        raise FrameUnknown(frame_id)
    pick = project.read(lambda db: picks_table.get(db, frame_id))  # this one only: a key must not wait longer where there are many
    if pick is None or pick.taken_out:
        raise FrameNotPicked(frame_id)
    task = project_task(project)
    if said.nothing or said.boxes if task != "detection" else said.class_name:
        raise LabelKindWrong(task)
    for name in dict.fromkeys([said.class_name, *(box.class_name for box in said.boxes)]):
        if name:
            check_class(name, project_classes(project))
    state: State = "unsure" if said.unsure else "skipped" if said.skip else "done"
    label = Label(frame_id, state, said.class_name, said.boxes, why=said.skip, by=by, at=now, seconds=seconds, blind=True)
    return project.edit("label.set", puts=[labels_table.row(label)])


def take_back_label(project: Project) -> Changes:
    """Undoes the newest act where it is a label, so that the key for it never takes back anything else. Raises NothingToUndo."""
    newest = project.read(history.newest_done)
    if newest is None or not newest.act.startswith("label."):
        raise NothingToUndo("undo")
    return project.undo()


def check_class(name: str, classes: Sequence[str]) -> None:
    """Raises ClassUnknown, or ClassAmbiguous where several of the model's outputs carry the name."""
    if name not in classes:
        raise ClassUnknown(name, tuple(dict.fromkeys(classes)))
    if classes.count(name) > 1:
        raise ClassAmbiguous(name)


def import_labels(
    project: Project, path: Path, kind: LabelFormat | None, by: str, blind: bool | None, now: str, progress: Progress
) -> TakenIn:  # fmt: skip
    """Labels from a file or folder, as one act. A file none of whose items fits a frame, or with a class that is not the project's,
    is refused whole (LabelsRefused). Items of frames that are not picked are counted, not stored.
    """
    if not path.exists():
        raise PathMissing(path)
    progress.check()
    task = project_task(project)
    found = read_labels(path, kind or "auto", _sizes(project))
    if not fits(found.items, task):
        raise LabelsRefused(path, "wrong_task", task)
    _check_classes(project, path, found.items)
    matched = match(found.names, project.read(frames_table.sources))
    if not matched.frames:
        raise LabelsRefused(path, "no_match", found.names[0])
    picked = {pick.frame_id for pick in project.read(picks_table.all) if not pick.taken_out}
    detection = task == "detection"
    labels, unmatched = [], list(matched.unmatched)
    for item, name in zip(found.items, found.names, strict=True):
        frame_id = matched.frames.get(name)
        if frame_id is None:
            continue
        if frame_id not in picked:
            unmatched.append((name, "not_picked"))
        else:
            labels.append(_label(frame_id, item, detection, by, blind, now))
    if labels:
        project.edit("label.import", puts=[labels_table.row(label) for label in labels])
    n_boxes = sum(len(label.boxes) for label in labels)
    n_labels = len(labels) if not detection else n_boxes
    return TakenIn(len(labels), n_labels, n_boxes, found.classes, tuple(unmatched))


def _sizes(project: Project) -> Callable[[str], tuple[int, int] | None]:
    """Width and height of the frame that a name means, for label files that come without their pictures."""
    frames = {frame.frame_id: (frame.width, frame.height) for frame in project.read(frames_table.listed)}
    index = FrameIndex(project.read(frames_table.sources))

    def size_of(name: str) -> tuple[int, int] | None:
        meant = index.frames_of(name)
        return frames.get(meant[0]) if len(meant) == 1 else None

    return size_of


def show(project: Project) -> Shown:
    """The state of labelling. Raises nothing on an empty project: then all counts are 0."""
    picks = [pick for pick in project.read(picks_table.all) if not pick.taken_out]
    places = {pick.frame_id: pick.place for pick in picks}
    labels = sorted((one for one in project.read(labels_table.all) if one.frame_id in places), key=lambda one: places[one.frame_id])
    states = Counter(label.state for label in labels)
    undo_depth, redo_depth = project.depths()
    return Shown(
        len(picks), states["done"], states["unsure"], states["skipped"], len(picks) - len(labels), all_blind(labels), _per_class(labels),
        undo_depth, redo_depth, tuple(labels),
    )  # fmt: skip


def all_blind(labels: Sequence[Label]) -> bool | None:
    """True where all labels were blind, False where one was not, None where nobody knows or there is none."""
    said = {label.blind for label in labels}
    if False in said:
        return False
    return True if said == {True} else None


def _check_classes(project: Project, path: Path, items: Sequence[BenchmarkItem]) -> None:
    classes = project_classes(project)
    used = {item.class_name for item in items if item.class_name} | {box.class_name for item in items for box in item.boxes}
    for name in sorted(used):
        if name not in classes:
            raise LabelsRefused(path, "unknown_class", name)
        if classes.count(name) > 1:
            raise LabelsRefused(path, "ambiguous", name)


def _label(frame_id: str, item: BenchmarkItem, detection: bool, by: str, blind: bool | None, now: str) -> Label:
    if detection:
        return Label(frame_id, "done", boxes=item.boxes, by=by, at=now, blind=blind)
    return Label(frame_id, "done", item.class_name, by=by, at=now, blind=blind)


def _per_class(labels: Sequence[Label]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for label in labels:
        counts.update([label.class_name] if label.class_name else [box.class_name for box in label.boxes])
    return dict(sorted(counts.items()))
