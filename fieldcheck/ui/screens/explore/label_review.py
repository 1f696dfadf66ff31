"""Presenter of the label review: disagreements and suspected label errors, one key per frame, with
the next frames read ahead."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any, Literal, Protocol

from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage

from fieldcheck.analyses.names_and_numbers import get_facet_value_name
from fieldcheck.domain.items import get_benchmark_path
from fieldcheck.domain.project_state import Changes
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number
from fieldcheck.labels.messages import (
    describe_score_after,
    describe_score_before,
    describe_wrong_share,
    format_class_counts,
)
from fieldcheck.progress import NullProgress
from fieldcheck.project.memoise import memo_scope
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs import Operation
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.explore.items import read_image, read_thumbnails
from fieldcheck.ui.screens.explore.label_review_view import LabelReviewView, draw_marks, has_marks
from fieldcheck.ui.widgets.thumbnail_grid import Tile

if TYPE_CHECKING:
    from fieldcheck.analyses import label_noise
    from fieldcheck.labels import label_error_review, store
    from fieldcheck.labels.label_error_review import (
        LabelErrorRanking,
        LabelReviewRows,
        ReviewBasis,
        ReviewOverlay,
    )
    from fieldcheck.models import embeddings
    from fieldcheck.models.embeddings import SimilarityIndex
    from fieldcheck.project.project import Project
    from fieldcheck.project.tables import models as models_table
else:
    models_table = LazyModule("fieldcheck.project.tables.models")
    label_noise = LazyModule("fieldcheck.analyses.label_noise")
    embeddings = LazyModule("fieldcheck.models.embeddings")
    label_error_review = LazyModule("fieldcheck.labels.label_error_review")
    store = LazyModule("fieldcheck.labels.store")

# Frames of a label review with their overlays, read ahead of the current one.

KEPT = 8
AHEAD = 4
Read = tuple[QImage, "ReviewOverlay"]


class ProjectReader(Protocol):
    """The open project, as far as it is read."""

    def query(
        self, parent: object, question: Callable[[Project], tuple[str, Read]]
    ) -> Operation[tuple[str, Read]]: ...


class ReadAhead:
    """Reads frames ahead. `came(subject)` is called when a frame is loaded. A null image stands for
    a missing one."""

    def __init__(
        self, current: ProjectReader, view: object, on_arrived: Callable[[str], None]
    ) -> None:
        self._current, self._view, self._came = current, view, on_arrived
        self._basis: ReviewBasis | None = None
        self._read: OrderedDict[str, Read] = OrderedDict()
        self._asked: set[str] = set()

    def reset(self, basis: ReviewBasis | None) -> None:
        """Discard what was read with older labels and predictions."""
        self._basis = basis
        self._read.clear()
        self._asked.clear()

    def get_frame(self, subject: str) -> Read | None:
        """Picture and marks of a frame, None while they are still being read."""
        return self._read.get(subject)

    def forget_frame(self, subject: str) -> None:
        """It is read anew when it is asked for."""
        self._read.pop(subject, None)

    def request_frames(self, subjects: Sequence[str]) -> None:
        """Load these frames in order, each separately, so that an answer never waits for more than
        one."""
        for subject in subjects[: AHEAD + 1]:
            if subject in self._read:
                self._read.move_to_end(subject)
            elif subject not in self._asked:
                self._asked.add(subject)
                basis = self._basis
                reading = self._current.query(self._view, partial(_read_frame, subject, basis))
                reading.on_success(partial(self._on_frame_read, basis))

    def _on_frame_read(self, basis: ReviewBasis | None, loaded: tuple[str, Read]) -> None:
        subject, read = loaded
        if basis is not self._basis:
            return
        self._asked.discard(subject)
        self._read[subject] = read
        while len(self._read) > KEPT:
            self._read.popitem(last=False)
        self._came(subject)


def _read_frame(subject: str, basis: ReviewBasis | None, project: Project) -> tuple[str, Read]:
    return subject, (
        read_image(project, subject) or QImage(),
        label_error_review.get_review_overlay(project, subject, basis),
    )


Nearest = tuple["SimilarityIndex | None", QImage | None, str]


def _read_nearest(project: Project, subject: str, stored_index: SimilarityIndex | None) -> Nearest:
    """The vectors, and the benchmark image most like the frame with its file."""
    index = stored_index or embeddings.load_similarity_index(project)
    other = index.find_nearest_benchmark(subject) if index is not None else ""
    return index, read_image(project, other) if other else None, get_benchmark_path(other)


Kind = Literal["look", "doubt"]
PAUSE_MS = 800  # without an answer before scores are computed again


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A frame to review. `truth` and `model_prediction` in words; `small`: confidence and group;
    `instead`: the class that replaces the label on "label wrong" unless another is chosen;
    `answer`: decision of the review, empty while it is open."""

    subject: str
    truth: str
    model_prediction: str
    small: str
    instead: str
    answer: str


@dataclass(frozen=True, slots=True)
class ReviewFindings:
    """One side of the label review: its rows, the reviews so far, `n_left` picks without a first
    label (while there are any, nothing is shown), what blind repeats say about the labels, and the
    `basis` that answers are stored with."""

    rows: tuple[ReviewRow, ...]
    reviews: LabelReviewRows
    n_left: int
    note: str
    repeats: str = ""
    basis: ReviewBasis | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of which one can be the right one, none where boxes or points are
        labelled."""
        return (
            self.basis.card.classes
            if self.basis is not None and self.basis.card.answers.labels == "class"
            else ()
        )

    @property
    def keeps_points(self) -> bool:
        """Whether points are labelled, which no answer of a model can stand for."""
        return self.basis is not None and self.basis.card.answers.labels == "points"


class LabelReviewPresenter:
    """`kind` says which rows: every disagreement, or the labels in doubt group by group. The next
    frames are read ahead, picture and words change together, and nothing is computed between
    answers: `paused(changes)` tells of them once nobody has answered for a moment."""

    def __init__(
        self, context: Context, view: LabelReviewView, kind: Kind, paused: Callable[[Changes], None]
    ) -> None:
        self._context, self._view, self._kind, self._paused = context, view, kind, paused
        self._set_name = "field" if kind == "look" else "benchmark"
        self._findings: ReviewFindings | None = None
        self._marked, self._saving = True, False
        self._wanted = self._looked_at = ""  # The frame being loaded, and the one shown.
        self._painted_at: float | None = None
        self._own: list[str] = []  # answers that nobody else was told of yet
        self._pending_saves = 0
        self._likeness: SimilarityIndex | None = None
        self._ahead = ReadAhead(context.current, view, self._on_frame_ready)
        self._pause = QTimer(interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self.report_answers)
        view.choose_side(self._set_name)

    @property
    def n_open(self) -> int:
        """Number of labels still to be reviewed."""
        return (
            sum(not row.answer for row in self._findings.rows) if self._findings is not None else 0
        )

    def on_project_changed(self) -> None:
        """Another project is open."""
        self._pause.stop()
        self._likeness = None
        (
            self._findings,
            self._wanted,
            self._looked_at,
            self._own,
            self._pending_saves,
            self._saving,
        ) = (None, "", "", [], 0, False)

    def drop_rows(self) -> None:
        """Discard the rows after a change while hidden."""
        if self._findings is not None:
            self._findings, self._looked_at = None, ""
            self._view.show_rows(())
            self._view.show_scores("", "", "", "", "")
            self._update_description()

    def switch_side(self, set_name: str) -> None:
        """Switch between the field's and the benchmark's labels."""
        self.report_answers()
        self._set_name, self._wanted, self._looked_at = set_name, "", ""
        self.show()

    def show(self) -> None:
        """Reads the rows anew."""
        if self._findings is None:
            self._view.show_rows(())
            self._view.show_loading(tr("Loading labels and predictions …"))
            self._view.set_overlay_key_visible(False)
        kind, side = self._kind, self._set_name
        reading = self._context.current.query(
            self._view, lambda project: (side, _load_findings(project, kind, side))
        )
        reading.on_success(self._on_rows_loaded)

    def skip_own_change(self, changes: Changes) -> bool:
        """Whether an act is a decision made here, which is already shown and reported after a
        pause."""
        if changes.act != "second_look.set" or not self._pending_saves:
            return False
        self._pending_saves -= 1
        return True

    def report_answers(self) -> None:
        """Report the decisions made here and compute the scores, after a pause or when leaving."""
        self._pause.stop()
        own, self._own = self._own, []
        if own:
            self._paused(Changes("second_look.set", frozenset(own)))

    def on_painted(self) -> None:
        """Accept decisions from now on, because the frame is visible."""
        if self._painted_at is None and self._looked_at:
            self._painted_at = time.monotonic()

    def store_answer(self, code: str) -> None:
        """Records the person's answer to the frame that is looked at; the next open one follows."""
        row, review_findings, now = (
            self._find_row(self._looked_at),
            self._findings,
            self._context.preferences.settings,
        )
        if row is None or review_findings is None or self._saving:
            return
        if not self._context.current.writable:
            self._context.messages.warn_read_only()
            return
        seconds = time.monotonic() - self._painted_at if self._painted_at is not None else None
        if self._wanted != self._looked_at or seconds is None or seconds * 1000 < now.min_view_ms:
            self._view.show_note(tr("Too fast. Press the key again."))
            return
        class_name = self._view.get_correct_class() if code == "label_wrong" else ""
        if class_name and class_name == row.truth:
            self._view.show_note(
                tr("This is already the current label. Choose the correct class, or press M.")
            )
            return
        self._saving, self._pending_saves = True, self._pending_saves + 1
        work = partial(
            _store_answer,
            row.subject,
            code,
            now.name,
            get_timestamp(),
            class_name,
            review_findings.basis,
        )
        storing = self._context.current.run_edit(self._view, work)
        storing.on_success(lambda _changes: self._on_answer_stored(row, code)).on_failure(
            self._on_answer_failed
        )

    def store_class(self, index: int) -> None:
        """The label was wrong, and the class at that place is the right one."""
        classes = self._findings.classes if self._findings is not None else ()
        if index < len(classes):
            self._view.choose_correct_class(classes[index])
            self.store_answer("label_wrong")

    def toggle_overlays(self) -> None:
        """Boxes, points and masks are drawn, or no longer."""
        self._marked = not self._marked
        self._show_image()

    def load_thumbnails(self, subjects: Sequence[str]) -> None:
        """Small pictures have come into view."""
        reading = self._context.current.query(
            self._view, lambda project: read_thumbnails(project, subjects)
        )
        reading.on_success(self._view.show_images)

    def choose_frame(self, subject: str) -> None:
        """Select a frame; it is shown with its text as soon as it is loaded, and the next ones are
        read after it."""
        self._wanted = subject
        self._ahead.request_frames([subject, *self._list_following_open(subject)])
        if subject != self._looked_at and self._ahead.get_frame(subject) is not None:
            self._show_frame()

    def _on_frame_ready(self, subject: str) -> None:
        if subject == self._wanted and subject != self._looked_at:
            self._show_frame()

    def _show_frame(self) -> None:
        """Picture and words of the frame that was gone to, both at once."""
        self._looked_at, self._painted_at = self._wanted, None
        self._view.show_note("")
        row, review_findings = self._find_row(self._looked_at), self._findings
        # Set here and not with the text, so that a choice in progress is kept.
        if row is not None and review_findings is not None:
            self._view.show_replacement(
                _format_replacement(row, review_findings), review_findings.classes, row.instead
            )
        self._update_description()
        self._show_image()
        self._load_nearest(self._looked_at)

    def _load_nearest(self, subject: str) -> None:
        """The benchmark image most like the frame, where there are vectors already."""
        stored_index = self._likeness
        reading = self._context.current.query(
            self._view, lambda project: _read_nearest(project, subject, stored_index)
        )
        reading.on_success(partial(self._on_nearest_read, subject))

    def _on_nearest_read(self, subject: str, nearest: Nearest) -> None:
        self._likeness = nearest[0] or self._likeness
        if subject == self._looked_at:
            self._view.show_nearest(nearest[1], nearest[2])

    def _on_answer_stored(self, row: ReviewRow, code: str) -> None:
        """Show the next open frame after a stored decision; nothing is computed before a pause."""
        self._saving = False
        if self._findings is None:
            return
        self._own.append(row.subject)
        rows = tuple(
            replace(review_row, answer=code) if review_row.subject == row.subject else review_row
            for review_row in self._findings.rows
        )
        self._findings = replace(self._findings, rows=rows)
        following = next(iter(self._list_following_open(row.subject)), row.subject)
        self._view.show_rows([_build_review_tile(row) for row in rows])
        self._view.select_subject(following)
        self._update_description()
        self._pause.start()

    def _on_rows_loaded(self, answer: tuple[str, ReviewFindings]) -> None:
        side, review_findings = answer
        # Further decisions came meanwhile; rows are read again after a pause.
        if side != self._set_name or self._own:
            return
        self._findings = review_findings
        self._ahead.reset(review_findings.basis)
        first = next(
            (row.subject for row in review_findings.rows if not row.answer),
            review_findings.rows[0].subject if review_findings.rows else "",
        )
        wanted = self._wanted if self._find_row(self._wanted) is not None else first
        self._view.show_rows([_build_review_tile(row) for row in review_findings.rows])
        self._view.select_subject(wanted)
        if wanted:
            self.choose_frame(wanted)
        self._update_description()
        label_review_rows = review_findings.reviews
        self._view.show_scores(
            describe_score_before(label_review_rows.on, label_review_rows.before),
            describe_score_after(
                label_review_rows.on, label_review_rows.after, label_review_rows.n_looked
            ),
            describe_wrong_share(
                label_review_rows.counts["label_wrong"],
                label_review_rows.n_looked,
                label_review_rows.share,
            ),
            review_findings.note,
            review_findings.repeats,
        )

    def _update_description(self) -> None:
        """The words beside the frame."""
        row, review_findings, view = self._find_row(self._looked_at), self._findings, self._view
        view.enable_answers(row is not None and self._context.current.writable)
        if row is None or review_findings is None:
            if review_findings is None:
                view.show_loading(tr("Loading labels and predictions …"))
                view.set_overlay_key_visible(False)
            elif not review_findings.rows:
                self._show_nothing(review_findings)
            return
        done = sum(bool(row.answer) for row in review_findings.rows)
        by_file = (
            tr("Benchmark label: {label}")
            if get_benchmark_path(row.subject)
            else tr("Label: {label}")
        )
        lines = [
            row.small,
            tr("Reviewed: {answer}", answer=get_facet_value_name("second_look", row.answer))
            if row.answer
            else "",
        ]
        view.show_description(
            tr("{done} of {n} reviewed", done=done, n=len(review_findings.rows)),
            by_file.format(label=row.truth),
            tr("Prediction: {answer}", answer=row.model_prediction),
            " · ".join(part for part in lines if part),
        )

    def _show_nothing(self, review_findings: ReviewFindings) -> None:
        status = self._context.current.status
        if self._set_name == "benchmark" and status is not None and not status.n_benchmark:
            text = tr("No benchmark images yet. Add the benchmark on Project first.")
            self._view.show_nothing(text, "go.project")
        else:
            self._view.show_nothing(_format_empty_reason(review_findings))
        self._view.set_overlay_key_visible(False)

    def read_again(self) -> None:
        """The picture that could not be read, once more."""
        subject, self._looked_at = self._looked_at, ""
        self._ahead.forget_frame(subject)
        self.choose_frame(subject)

    def _show_image(self) -> None:
        row, read = self._find_row(self._looked_at), self._ahead.get_frame(self._looked_at)
        if row is None or read is None:
            return
        image, marks = read
        self._view.set_overlay_key_visible(has_marks(marks))
        if image.isNull():
            text = tr(
                "The image cannot be read. The label is unchanged. Put the file back and read it "
                "again, or choose “Can't tell”."
            )
            self._view.show_failed(text)
            self.on_painted()
            return
        shown = draw_marks(image, marks) if self._marked and has_marks(marks) else image
        self._view.show_image(
            shown,
            tr("Label {label}; prediction {answer}", label=row.truth, answer=row.model_prediction),
        )

    def _find_row(self, subject: str) -> ReviewRow | None:
        return (
            next((row for row in self._findings.rows if row.subject == subject), None)
            if self._findings is not None
            else None
        )

    def _list_following_open(self, subject: str) -> list[str]:
        """The open frames after that one, going round."""
        rows = self._findings.rows if self._findings is not None else ()
        index = next((k for k, row in enumerate(rows) if row.subject == subject), -1)
        return [
            row.subject for row in (*rows[index + 1 :], *rows[: max(0, index)]) if not row.answer
        ]

    def _on_answer_failed(self, error: BaseException) -> None:
        self._saving, self._pending_saves = False, max(0, self._pending_saves - 1)
        self._context.messages.show_error(error, "explore.again")


def _store_answer(
    subject: str,
    code: str,
    annotator: str,
    now: str,
    class_name: str,
    basis: ReviewBasis | None,
    project: Project,
) -> Changes:
    return label_error_review.review_label(
        project, subject, label_error_review.require_answer(code), annotator, now, class_name, basis
    )


def _format_replacement(row: ReviewRow, review_findings: ReviewFindings) -> str:
    """Describe the label that "label wrong" would set."""
    if review_findings.classes:
        return tr("Label wrong: press the digit of the correct class.")
    if review_findings.keeps_points:
        return tr("If the label was wrong, the frame is set to “unsure”.")
    return tr(
        "If the label was wrong, it is replaced by the predicted boxes: {answer}",
        answer=row.model_prediction,
    )


def _load_findings(project: Project, kind: Kind, set_name: Any) -> ReviewFindings:
    with memo_scope():
        basis = (
            label_error_review.load_review_basis(project, set_name)
            if project.read(models_table.get_newest_model) is not None
            else None
        )
        label_review_rows = label_error_review.list_label_reviews(project, set_name)
        if kind == "look":
            repeats = _format_repeat_agreement(project) if set_name == "field" else ""
            rows = tuple(_build_disagreement_row(row) for row in label_review_rows.rows)
            return ReviewFindings(
                rows,
                label_review_rows,
                label_review_rows.n_left,
                _format_bias_note(label_review_rows.n_looked),
                repeats,
                basis,
            )

        label_error_ranking = label_error_review.find_label_errors(
            project, set_name, NullProgress()
        )
        rows = tuple(
            _build_suspect_row(row, label_error_ranking.boxes) for row in label_error_ranking.rows
        )
        return ReviewFindings(
            rows,
            label_review_rows,
            label_error_ranking.n_left,
            _format_suspect_count(label_error_ranking),
            "",
            basis,
        )


def _build_disagreement_row(row: Any) -> ReviewRow:
    sure = (
        ""
        if isnan(row.confidence)
        else tr("confidence {share}", share=format_number(row.confidence, 2))
    )
    return ReviewRow(
        row.subject,
        format_class_counts(row.truth),
        format_class_counts(row.predicted),
        sure,
        "".join(row.predicted[:1]),
        row.answer or "",
    )


def _build_suspect_row(row: Any, boxes: bool) -> ReviewRow:
    believed = (
        ""
        if isnan(row.confidence)
        else tr("label confidence {share}", share=format_number(row.confidence, 2))
    )
    group = tr("group {n}", n=row.group)
    text = " · ".join(part for part in (believed, group) if part)
    if boxes:  # what stands in the label's place are the model's own boxes
        return ReviewRow(
            row.subject,
            format_class_counts(_split_names(row.label)),
            format_class_counts(_split_names(row.instead)),
            text,
            "",
            row.answer or "",
        )
    return ReviewRow(row.subject, row.label, row.instead, text, row.instead, row.answer or "")


def _split_names(names: str) -> list[str]:
    return names.split("|") if names else []


def _build_review_tile(row: ReviewRow) -> Tile:
    mark = "✓" if row.answer else ""
    text = f"{row.truth}. {tr('Prediction: {answer}', answer=row.model_prediction)}. {row.small}"
    return Tile(row.subject, row.truth, f"→ {row.model_prediction}", text, mark=mark)


def _format_bias_note(n_looked: int) -> str:
    if not n_looked:
        return ""
    return tr(
        "Only disagreements were reviewed, so the score after review tends to be too high. "
        "The main result uses the original labels."
    )


def _format_repeat_agreement(project: Project) -> str:
    """Describe the agreement of repeated labels; without any, how to repeat."""
    rows = label_noise.list_repeat_rows(store.list_repeat_agreements(project))
    if not rows:
        return tr(
            "No frame labelled twice yet. Press R on the Label screen to relabel some frames blind."
        )
    return "\n".join(f"{name}: {text}" for name, text in rows)


def _format_suspect_count(label_error_ranking: LabelErrorRanking) -> str:
    text = tr_plural(
        "{flagged} of {n} label is a suspected error.",
        "{flagged} of {n} labels are suspected errors.",
        label_error_ranking.n,
    )
    return (
        text.format(flagged=label_error_ranking.n_flagged, n=label_error_ranking.n)
        if label_error_ranking.n
        else ""
    )


def _format_empty_reason(review_findings: ReviewFindings) -> str:
    if review_findings.n_left:
        text = tr_plural(
            "{n} picked frame has no label yet.",
            "{n} picked frames have no label yet.",
            review_findings.n_left,
        )
        return text.format(n=review_findings.n_left)
    return tr("No disagreements to review.")
