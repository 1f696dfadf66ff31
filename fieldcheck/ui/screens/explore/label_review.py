"""Label review of disagreements and of suspected label errors: one key a frame, the next one opens by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any, Literal, Protocol

from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.items import benchmark_path
from fieldcheck.progress import Silent
from fieldcheck.project.memoise import asking_once
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.explore.pictures import small
from fieldcheck.ui.screens.explore.read_ahead import ReadAhead
from fieldcheck.ui.screens.explore.review_marks import any_mark, with_marks
from fieldcheck.ui.widgets.picture_grid import Tile
from fieldcheck.words.facets import facet_value
from fieldcheck.words.figures import number
from fieldcheck.words.label_review import after_line, before_line, share_line
from fieldcheck.words.labels import counted
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.project.tables import models as models_table
    from fieldcheck.report import labelling
    from fieldcheck.workflows.label import label_review, repeat_labels, suspected_labels
    from fieldcheck.workflows.label.label_review import LabelReviewRows, ReviewBasis
    from fieldcheck.workflows.label.suspected_labels import Suspects
else:
    models_table = LazyModule("fieldcheck.project.tables.models")
    labelling = LazyModule("fieldcheck.report.labelling")
    label_review = LazyModule("fieldcheck.workflows.label.label_review")
    repeat_labels = LazyModule("fieldcheck.workflows.label.repeat_labels")
    suspected_labels = LazyModule("fieldcheck.workflows.label.suspected_labels")

Kind = Literal["look", "doubt"]
PAUSE_MS = 800  # without an answer before scores are computed again


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A frame to look at again. `truth`, `said` in words, `small` how sure and of which group; `instead`: the class that an answer "label
    wrong" puts in its place unless another one is chosen; `answer` as it was given, empty while it is open."""

    subject: str
    truth: str
    said: str
    small: str
    instead: str
    answer: str


@dataclass(frozen=True, slots=True)
class ReviewFindings:
    """All rows of one side, the label reviews at it, how many picks hide everything, what blind repeats say of the labels, and what the
    answers are stored by."""

    rows: tuple[ReviewRow, ...]
    looked: LabelReviewRows
    n_left: int
    note: str
    repeats: str = ""
    basis: ReviewBasis | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of which one can be the right one, none where boxes or points are labelled."""
        return self.basis.card.classes if self.basis is not None and self.basis.card.answers.labels == "class" else ()

    @property
    def keeps_points(self) -> bool:
        """Whether points are labelled, which no answer of a model can stand for."""
        return self.basis is not None and self.basis.card.answers.labels == "points"


class LabelReviewDisplay(Protocol):
    """All that the presenter knows of its view."""

    def choose_side(self, on: str) -> None: ...
    def allow_answers(self, can: bool) -> None: ...
    def go_to(self, subject: str) -> None: ...
    def show_rows(self, tiles: Sequence[Tile]) -> None: ...
    def show_pictures(self, pictures: Mapping[str, QImage]) -> None: ...
    def show_nothing(self, said: str) -> None: ...
    def show_words(self, title: str, truth: str, said: str, small: str) -> None: ...
    def show_picture(self, image: QImage, said: str) -> None: ...
    def show_scores(self, before: str, after: str, share: str, warning: str, repeats: str) -> None: ...
    def show_boxes_key(self, shown: bool) -> None: ...
    def show_instead(self, said: str, classes: Sequence[str], chosen: str) -> None: ...
    def right_class(self) -> str: ...
    def show_note(self, said: str) -> None: ...


class LabelReviewPresenter:
    """`kind` says which rows: every disagreement, or the labels in doubt group by group. The next frames are read ahead, picture and words
    change together, and nothing is computed between answers: `paused(changes)` tells of them once nobody has answered for a moment."""

    def __init__(self, context: Context, view: LabelReviewDisplay, kind: Kind, paused: Callable[[Changes], None]) -> None:
        self._context, self._view, self._kind, self._paused = context, view, kind, paused
        self._on = "field" if kind == "look" else "benchmark"
        self._found: ReviewFindings | None = None
        self._marked, self._saving = True, False
        self._wanted = self._looked_at = ""  # the frame that is gone to, and the one that is shown
        self._painted_at: float | None = None
        self._own: list[str] = []  # answers that nobody else was told of yet
        self._told = 0
        self._ahead = ReadAhead(context.current, self._arrived)
        self._pause = QTimer(interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self.pause)
        view.choose_side(self._on)

    @property
    def n_open(self) -> int:
        """How many are still to be looked at."""
        return sum(not row.answer for row in self._found.rows) if self._found is not None else 0

    def forget(self) -> None:
        """Another project is open."""
        self._pause.stop()
        self._found, self._wanted, self._looked_at, self._own, self._told, self._saving = None, "", "", [], 0, False

    def drop(self) -> None:
        """Something changed while nobody looked: the rows are read anew before they are shown."""
        if self._found is not None:
            self._found, self._looked_at = None, ""
            self._view.show_rows(())
            self._view.show_scores("", "", "", "", "")
            self._say()

    def turn(self, on: str) -> None:
        """The field's labels, or the benchmark's."""
        self.pause()
        self._on, self._wanted, self._looked_at = on, "", ""
        self.show()

    def show(self) -> None:
        """Reads the rows anew."""
        if self._found is None:
            self._view.show_rows(())
            self._view.show_nothing(text("Loading labels and predictions …"))
            self._view.show_boxes_key(False)
        kind, on = self._kind, self._on
        self._context.current.ask(lambda project: (on, _found(project, kind, on)), self._came)

    def takes(self, changes: Changes) -> bool:
        """Whether an act is an answer given here, which is shown already and told of when the answers pause."""
        if changes.act != "second_look.set" or not self._told:
            return False
        self._told -= 1
        return True

    def pause(self) -> None:
        """Nobody answers for a moment, or goes elsewhere: now the answers given here are told of, and the scores are computed."""
        self._pause.stop()
        own, self._own = self._own, []
        if own:
            self._paused(Changes("second_look.set", frozenset(own)))

    def painted(self) -> None:
        """The frame that is shown is on the screen: from now on it can be answered."""
        if self._painted_at is None and self._looked_at:
            self._painted_at = time.monotonic()

    def answer(self, code: str) -> None:
        """Records the person's answer to the frame that is looked at; the next open one follows."""
        row, found, now = self._row(self._looked_at), self._found, self._context.preferences.now
        if row is None or found is None or self._saving:
            return
        if not self._context.current.writable:
            self._context.messages.only_read()
            return
        seconds = time.monotonic() - self._painted_at if self._painted_at is not None else None
        if self._wanted != self._looked_at or seconds is None or seconds * 1000 < now.least_look_ms:
            self._view.show_note(text("Too fast. Press the key again."))
            return
        given = self._view.right_class() if code == "label_wrong" else ""
        if given and given == row.truth:
            self._view.show_note(text("This is already the current label. Choose the correct class, or press M."))
            return
        self._saving, self._told = True, self._told + 1
        work = partial(_store, row.subject, code, now.name, timestamp(), given, found.basis)
        self._context.current.act(work, lambda _changes: self._stored(row, code), self._failed)

    def toggle_marks(self) -> None:
        """Boxes, points and masks are drawn, or no longer."""
        self._marked = not self._marked
        self._show_picture()

    def want(self, subjects: Sequence[str]) -> None:
        """Small pictures have come into view."""
        self._context.current.ask(lambda project: small(project, subjects), self._view.show_pictures)

    def choose(self, subject: str) -> None:
        """Another frame is gone to: it is shown, with its words, as soon as it is read, and the next ones are read after it."""
        self._wanted = subject
        self._ahead.want([subject, *self._following(subject)])
        if subject != self._looked_at and self._ahead.ready(subject) is not None:
            self._show()

    def _arrived(self, subject: str) -> None:
        if subject == self._wanted and subject != self._looked_at:
            self._show()

    def _show(self) -> None:
        """Picture and words of the frame that was gone to, both at once."""
        self._looked_at, self._painted_at = self._wanted, None
        self._view.show_note("")
        row, found = self._row(self._looked_at), self._found
        if row is not None and found is not None:  # here and not with the words: a choice that was begun is not taken back
            self._view.show_instead(_instead(row, found), found.classes, row.instead)
        self._say()
        self._show_picture()

    def _stored(self, row: ReviewRow, code: str) -> None:
        """An answer is on disk: the next open frame comes, and nothing is computed before a pause."""
        self._saving = False
        if self._found is None:
            return
        self._own.append(row.subject)
        rows = tuple(replace(one, answer=code) if one.subject == row.subject else one for one in self._found.rows)
        self._found = replace(self._found, rows=rows)
        following = next(iter(self._following(row.subject)), row.subject)
        self._view.show_rows([_tile(one) for one in rows])
        self._view.go_to(following)
        self._say()
        self._pause.start()

    def _came(self, answer: tuple[str, ReviewFindings]) -> None:
        on, found = answer
        if on != self._on or self._own:  # answers came meanwhile: it is read anew when they pause
            return
        self._found = found
        self._ahead.begin(found.basis)
        first = next((row.subject for row in found.rows if not row.answer), found.rows[0].subject if found.rows else "")
        wanted = self._wanted if self._row(self._wanted) is not None else first
        self._view.show_rows([_tile(row) for row in found.rows])
        self._view.go_to(wanted)
        if wanted:
            self.choose(wanted)
        self._say()
        looked = found.looked
        self._view.show_scores(
            before_line(looked.on, looked.before),
            after_line(looked.on, looked.after, looked.n_looked),
            share_line(looked.counts["label_wrong"], looked.n_looked, looked.share),
            found.note,
            found.repeats,
        )

    def _say(self) -> None:
        """The words beside the frame."""
        row, found, view = self._row(self._looked_at), self._found, self._view
        view.allow_answers(row is not None and self._context.current.writable)
        if row is None or found is None:
            if found is None or not found.rows:
                view.show_nothing(_why_nothing(found))
                view.show_boxes_key(False)
            return
        done = sum(bool(one.answer) for one in found.rows)
        by_file = text("Benchmark label: {label}") if benchmark_path(row.subject) else text("Label: {label}")
        said = [row.small, text("Reviewed: {answer}").format(answer=facet_value("second_look", row.answer)) if row.answer else ""]
        view.show_words(
            text("{done} of {n} reviewed").format(done=done, n=len(found.rows)),
            by_file.format(label=row.truth),
            text("Prediction: {answer}").format(answer=row.said),
            " · ".join(part for part in said if part),
        )

    def _show_picture(self) -> None:
        row, read = self._row(self._looked_at), self._ahead.ready(self._looked_at)
        if row is None or read is None:
            return
        image, marks = read
        self._view.show_boxes_key(any_mark(marks))
        shown = with_marks(image, marks) if self._marked and not image.isNull() and any_mark(marks) else image
        self._view.show_picture(shown, text("Label {label}; prediction {answer}").format(label=row.truth, answer=row.said))

    def _row(self, subject: str) -> ReviewRow | None:
        return next((row for row in self._found.rows if row.subject == subject), None) if self._found is not None else None

    def _following(self, subject: str) -> list[str]:
        """The open frames after that one, going round."""
        rows = self._found.rows if self._found is not None else ()
        at = next((k for k, row in enumerate(rows) if row.subject == subject), -1)
        return [row.subject for row in (*rows[at + 1 :], *rows[: max(0, at)]) if not row.answer]

    def _failed(self, error: BaseException) -> None:
        self._saving, self._told = False, max(0, self._told - 1)
        self._context.messages.error(error, "explore.again")


def _store(subject: str, code: str, by: str, now: str, given: str, basis: ReviewBasis | None, project: Project) -> Changes:
    return label_review.review_label(project, subject, label_review.require_answer(code), by, now, given, basis)


def _instead(row: ReviewRow, found: ReviewFindings) -> str:
    """Replacement that "label wrong" puts in the label's place, said before anybody presses it."""
    if found.classes:
        return text("If the label was wrong, choose the correct class:")
    if found.keeps_points:
        return text("If the label was wrong, the frame is set to “unsure”.")
    return text("If the label was wrong, it is replaced by the predicted boxes: {answer}").format(answer=row.said)


def _found(project: Project, kind: Kind, on: Any) -> ReviewFindings:
    with asking_once():
        basis = label_review.review_basis(project, on) if project.read(models_table.newest) is not None else None
        looked = label_review.label_reviews(project, on)
        if kind == "look":
            repeats = _repeats(project) if on == "field" else ""
            rows = tuple(_disagreement(one) for one in looked.rows)
            return ReviewFindings(rows, looked, looked.n_left, _upward(looked.n_looked), repeats, basis)

        found = suspected_labels.suspects(project, on, Silent())
        rows = tuple(_suspect(one, found.boxes) for one in found.rows)
        return ReviewFindings(rows, looked, found.n_left, _ranked(found), "", basis)


def _disagreement(one: Any) -> ReviewRow:
    sure = "" if isnan(one.sure) else text("confidence {share}").format(share=number(one.sure, 2))
    return ReviewRow(one.subject, counted(one.truth), counted(one.said), sure, "".join(one.said[:1]), one.answer or "")


def _suspect(one: Any, boxes: bool) -> ReviewRow:
    believed = "" if isnan(one.confidence) else text("label confidence {share}").format(share=number(one.confidence, 2))
    group = text("group {n}").format(n=one.group)
    said = " · ".join(part for part in (believed, group) if part)
    if boxes:  # what stands in the label's place are the model's own boxes
        return ReviewRow(one.subject, counted(_several(one.label)), counted(_several(one.instead)), said, "", one.answer or "")
    return ReviewRow(one.subject, one.label, one.instead, said, one.instead, one.answer or "")


def _several(names: str) -> list[str]:
    return names.split("|") if names else []


def _tile(row: ReviewRow) -> Tile:
    mark = "✓" if row.answer else ""
    said = f"{row.truth}. {text('Prediction: {answer}').format(answer=row.said)}. {row.small}"
    return Tile(row.subject, row.truth, f"→ {row.said}", said, mark=mark)


def _upward(n_looked: int) -> str:
    if not n_looked:
        return ""
    return text(
        "Only disagreements were reviewed, so the score after review tends to be too high. The main result uses the original labels."
    )


def _repeats(project: Project) -> str:
    """How far the same frames got the same label twice; where nobody tried, how to."""
    rows = labelling.repeat_rows(repeat_labels.repeated(project))
    if not rows:
        return text("No frame labelled twice yet. Press R on the Label screen to relabel some frames blind.")
    return "\n".join(f"{name}: {said}" for name, said in rows)


def _ranked(found: Suspects) -> str:
    said = plural("{flagged} of {n} label is a suspected error.", "{flagged} of {n} labels are suspected errors.", found.n)
    return said.format(flagged=found.n_flagged, n=found.n) if found.n else ""


def _why_nothing(found: ReviewFindings | None) -> str:
    if found is None:
        return text("Loading labels and predictions …")
    if found.n_left:
        said = plural("{n} picked frame has no label yet.", "{n} picked frames have no label yet.", found.n_left)
        return said.format(n=found.n_left)
    return text("No disagreements to review.")
