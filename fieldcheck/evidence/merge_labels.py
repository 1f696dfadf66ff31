"""Merging of labels from two annotators who labelled separately. Nothing is lost; where they
differ, a person decides. A frame that both labelled keeps its label, and the other one is stored as
a repeat, so that inter-annotator agreement is measured as with any repeat (methods 9). A decision
swaps the two where the other label wins; neither is deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from fieldcheck.domain.label import Label, Repeat, RepeatKind, ReviewRequest
from fieldcheck.domain.project_state import Changes
from fieldcheck.errors.labels import FrameNotPicked
from fieldcheck.errors.projects import MergeRefused, PackRefused
from fieldcheck.evidence.open_pack import open_pack
from fieldcheck.labels.store import AgreementByPerson, check_class, is_same_answer, measure_trust
from fieldcheck.models.store import list_project_classes
from fieldcheck.progress import Progress
from fieldcheck.project import undo
from fieldcheck.project.folder import open_project
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import values as settings_table
from fieldcheck.safe_text import clean_name
from fieldcheck.verify_pack import PackFault

# The setting with the second labels whose conflict was resolved; in projects of earlier versions
# with the frames.
SETTLED = "adjudicated"
OF_LABEL = "label_at"


@dataclass(frozen=True, slots=True)
class LabelConflict:
    """A frame on which two annotators differ: the current label and the other one. `settled`: a
    person has decided between these two; an answer that is merged later is open again."""

    frame_id: str
    first: Label
    second: Repeat
    settled: bool


@dataclass(frozen=True, slots=True)
class MergedLabels:
    """Outcome of a merge: `n_taken` labels added to unlabelled frames, `n_second` second labels,
    `n_known` that were here already, `unmatched` frames that are not picked here or show another
    image; `conflicts` of the whole project; `trust`: agreement between annotators."""

    n_taken: int
    n_second: int
    n_known: int
    unmatched: tuple[str, ...]
    conflicts: tuple[LabelConflict, ...]
    trust: AgreementByPerson


def merge_labels(project: Project, others: Sequence[Path], progress: Progress) -> MergedLabels:
    """Merge the labels of other projects or packs, each as one act that can be undone. Merging the
    same again adds nothing. Raises MergeRefused (`none` of its labelled frames is picked here,
    `class`: it names a class that is not this project's), ClassAmbiguous, PackRefused, NotAProject,
    PathMissing, Cancelled. What was merged before the error is kept."""
    taken = second = n_known = 0
    unmatched: list[str] = []
    for path in others:
        progress.check()
        other_labels = _read_other_labels(project, path, progress)
        counts = project.write(partial(take_labels, other_labels=other_labels)).result()
        taken, second, n_known = taken + counts[0], second + counts[1], n_known + counts[2]
        unmatched += other_labels.unmatched
    return MergedLabels(
        taken,
        second,
        n_known,
        tuple(unmatched),
        list_label_conflicts(project),
        measure_trust(project),
    )


@dataclass(frozen=True, slots=True)
class OtherLabels:
    """Labels and second answers of the other project, of frames that are picked here; its marks, of
    all frames that are listed here."""

    labels: tuple[Label, ...]
    marks: tuple[ReviewRequest, ...]
    unmatched: tuple[str, ...]


def _read_other_labels(project: Project, path: Path, progress: Progress) -> OtherLabels:
    with ExitStack() as open_resources:
        try:
            other = (
                open_resources.enter_context(open_project(path, write=False))
                if path.is_dir()
                else open_resources.enter_context(open_pack(path, progress)).project
            )
        except PackFault as fault:
            raise PackRefused(path, fault.what, fault.record) from fault
        text = other.read(labels_table.list_labels)
        again = [
            _to_label(repeat) for repeat in other.read(labels_table.list_repeats) if repeat.state
        ]
        marks = other.read(labels_table.list_marks)
        theirs = {
            listed_frame.frame_id: listed_frame.sha256
            for listed_frame in other.read(frames_table.list_frames)
        }
    ours = {frame.frame_id: frame.sha256 for frame in project.read(frames_table.list_frames)}
    picked = {pick.frame_id for pick in project.read(labels_table.list_picks) if not pick.taken_out}
    alike = {name for name in theirs if ours.get(name) == theirs[name]}
    fits = picked & alike
    unmatched = tuple(sorted({label.frame_id for label in text if label.frame_id not in fits}))
    if text and len(unmatched) == len({label.frame_id for label in text}):
        raise MergeRefused(path, "none", unmatched[0])
    class_names = list_project_classes(project)
    for name in sorted({name for label in (*text, *again) for name in label.names}):
        if name not in class_names:
            raise MergeRefused(path, "class", name)
        check_class(name, class_names)
    labels = tuple(label for label in (*text, *again) if label.frame_id in fits)
    return OtherLabels(
        labels, tuple(mark for name, mark in marks.items() if name in alike), unmatched
    )


def _to_label(repeat: Repeat) -> Label:
    if not repeat.state:
        raise ValueError(f"nobody answered {repeat.repeat_id}")
    return Label(
        repeat.frame_id,
        repeat.state,
        repeat.class_name,
        repeat.boxes,
        repeat.points,
        repeat.why,
        repeat.by,
        repeat.at,
        repeat.seconds,
        repeat.blind,
    )


def take_labels(db: Database, other_labels: OtherLabels) -> tuple[int, int, int]:
    """One act, in the caller's transaction; how many labels, second answers and known ones there
    were."""
    stand = {label.frame_id: label for label in labels_table.list_labels(db)}
    beside: dict[str, list[Repeat]] = {}
    for repeat in labels_table.list_repeats(db):
        beside.setdefault(repeat.frame_id, []).append(repeat)
    new: list[Label] = []
    second: list[Repeat] = []
    n_known = 0
    for label in other_labels.labels:
        first = stand.get(label.frame_id)
        if first is None:
            stand[label.frame_id] = label
            new.append(label)
        elif _is_known(label, first, beside.get(label.frame_id, ())):
            n_known += 1
        else:
            answer = _make_second_answer(label, first, beside.get(label.frame_id, ()))
            beside.setdefault(label.frame_id, []).append(answer)
            second.append(answer)
    puts = [
        *map(labels_table.make_label_row, new),
        *map(labels_table.make_repeat_row, second),
        *map(labels_table.make_mark_row, _join_marks(db, other_labels.marks)),
    ]
    if second and (settled := _get_settled(db)):
        puts.append(settings_table.make_setting_row(SETTLED, settled))
    undo.apply_edit(db, "label.merge", puts)
    return len(new), len(second), n_known


def _join_marks(db: Database, marks: Sequence[ReviewRequest]) -> list[ReviewRequest]:
    """Our marks as they are from now on, those that change: what either person marked stays."""
    both = []
    for mark in marks:
        own = labels_table.get_mark(db, mark.frame_id)
        joined = replace(
            own,
            person=own.person or mark.person,
            expert=own.expert or mark.expert,
            by=own.by or mark.by,
        )
        if joined != own and (joined.person or joined.expert):
            both.append(joined)
    return both


def _list_merged(db: Database) -> list[Repeat]:
    """Second labels that were merged in, not asked for."""
    return [repeat for repeat in labels_table.list_repeats(db) if repeat.round < 1 and repeat.state]


def _get_settled(db: Database) -> dict[str, Mapping[str, str]]:
    """Second label whose conflict is resolved → who did so and when, and the time of the label that
    stood since; another label is a new answer, and not settled. Of a project that names the frame
    instead, all second labels that the frame has."""
    stored = settings_table.get_setting(db, SETTLED, {})
    settled: dict[str, Mapping[str, str]] = {}
    if not isinstance(stored, dict) or not stored:
        return settled
    times = {label.frame_id: label.at for label in labels_table.list_labels(db)}
    for repeat in _list_merged(db):
        decision = stored.get(repeat.repeat_id) or stored.get(repeat.frame_id)
        at = times.get(repeat.frame_id, "")
        if isinstance(decision, dict) and decision.get(OF_LABEL, at) == at:
            settled[repeat.repeat_id] = {**decision, OF_LABEL: at}
    return settled


def _is_known(label: Label, first: Label, beside: Sequence[Repeat]) -> bool:
    """Whether this annotator's same label is stored here already, as the label or as a second
    one."""
    answer = (label.by, label.at, label.state, label.names, label.boxes, label.points)
    here = [first, *(_to_label(repeat) for repeat in beside if repeat.state)]
    return any(
        (label.by, label.at, label.state, label.names, label.boxes, label.points) == answer
        for label in here
    )


def _make_second_answer(label: Label, first: Label, beside: Sequence[Repeat]) -> Repeat:
    """The answer as a repeat of a round of its own, before those that were planned: a planned one
    is never overwritten."""
    number = min([1, *(repeat.round for repeat in beside)]) - 1
    how: RepeatKind = "other" if label.by and first.by and label.by != first.by else "same"
    return Repeat(
        label.frame_id,
        number,
        0,
        how,
        label.state,
        label.class_name,
        label.boxes,
        label.points,
        label.by,
        label.at,
        label.why,
        label.seconds,
        label.blind,
    )


def list_label_conflicts(project: Project) -> tuple[LabelConflict, ...]:
    """Frames on which an answer that was merged in differs from the label, in the order of their
    names."""
    stand = {label.frame_id: label for label in project.read(labels_table.list_labels)}
    settled, merged = project.read(_get_settled), project.read(_list_merged)
    differ = [
        repeat
        for repeat in merged
        if repeat.frame_id in stand and not is_same_answer(stand[repeat.frame_id], repeat)
    ]
    return tuple(
        sorted(
            (
                LabelConflict(
                    repeat.frame_id, stand[repeat.frame_id], repeat, repeat.repeat_id in settled
                )
                for repeat in differ
            ),
            key=lambda label_conflict: label_conflict.frame_id,
        )
    )


def resolve_conflict(
    project: Project, frame_id: str, second: bool, annotator: str, now: str, repeat_id: str = ""
) -> Changes:
    """Resolve a conflict: the label stays, or the other one replaces it and it becomes the second
    label. `repeat_id`: which second label; without it the one that is open, the newest if there are
    several. One act, which can be undone. Raises FrameNotPicked where there is no such conflict."""

    def resolve_in_database(db: Database) -> Changes:
        settled, first = _get_settled(db), labels_table.get_label(db, frame_id)
        merged = [repeat for repeat in _list_merged(db) if repeat.frame_id == frame_id]
        differ = [
            repeat
            for repeat in merged
            if first is not None
            and repeat_id in ("", repeat.repeat_id)
            and not is_same_answer(first, repeat)
        ]
        if first is None or not differ:
            raise FrameNotPicked(frame_id)
        other = min(differ, key=lambda repeat: repeat.repeat_id in settled)
        label = _to_label(other) if second else first
        settled[other.repeat_id] = {"by": clean_name(annotator), "at": now}
        for repeat in merged:
            if repeat.repeat_id in settled:
                settled[repeat.repeat_id] = {**settled[repeat.repeat_id], OF_LABEL: label.at}
        puts = [settings_table.make_setting_row(SETTLED, settled)]
        if second:
            puts += [
                labels_table.make_label_row(label),
                labels_table.make_repeat_row(_replace_answer(other, first)),
            ]
        return undo.apply_edit(db, "label.adjudicate", puts)

    return project.write(resolve_in_database).result()


def _replace_answer(repeat: Repeat, label: Label) -> Repeat:
    """The second label with all that the label says."""
    answer = {field.name: getattr(label, field.name) for field in fields(Label)}
    return replace(repeat, **answer)
