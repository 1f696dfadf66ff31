"""Two annotators: page and presenter for sharing the picks, merging labels, and resolving label
conflicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QSpinBox, QWidget

from fieldcheck.evidence import messages
from fieldcheck.files import find_unused_path
from fieldcheck.i18n.language import tr
from fieldcheck.paths import PACK_ENDING
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import BodyLoader
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job, JobName
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.evidence.runs import ConflictList
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.combo_box import apply_mark_style
from fieldcheck.ui.widgets.file_dialogs import choose_files, choose_folder
from fieldcheck.ui.widgets.images_and_zoom import BoxMark, FrameView
from fieldcheck.ui.widgets.layouts import FlowLayout, make_column, make_label, make_row
from fieldcheck.ui.widgets.pages import PageStack, Placeholder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.domain.label import Label, Repeat
    from fieldcheck.evidence import merge_labels
    from fieldcheck.evidence.merge_labels import LabelConflict, MergedLabels
    from fieldcheck.footage import frame_pixels
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
    from fieldcheck.report import evidence_pack
    from fieldcheck.report.evidence_pack import SharedLabelling
else:
    merge_labels = LazyModule("fieldcheck.evidence.merge_labels")
    evidence_pack = LazyModule("fieldcheck.report.evidence_pack")
    frame_pixels = LazyModule("fieldcheck.footage.frame_pixels")

# Page of the two people: frames dealt out and labels taken in above; below, one frame with the
# answer of each, to choose from.

USUAL, MOST = 20, 2000  # frames that both label


class AnnotatorsPage(QWidget):
    """`overlap` and `people` say how frames are dealt out."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self.overlap = QSpinBox()
        self.overlap.setRange(0, MOST)
        self.overlap.setValue(USUAL)
        self.overlap.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.overlap.setAccessibleName(tr("Frames labelled by both annotators"))
        self.people = apply_mark_style(theme, QCheckBox(tr("Include frames with a person")))
        self.strip = JobStrip(theme)
        self.conflict_text = make_label(bold=True, wrap=True)
        self.views = (
            FrameView(theme, tr("Accept left label")),
            FrameView(theme, tr("Accept right label")),
        )
        self._answers = ("", "")
        self.placeholder = Placeholder(theme)
        self.pages = PageStack(self.placeholder, self._build_conflict_part())
        above = QWidget()
        flow = FlowLayout(theme.metrics.scale_px(8), above)
        both = QWidget()
        make_row(theme, make_label(tr("Overlap (frames)")), self.overlap, parent=both)
        for part in (
            self._make_button(tr("Split between annotators…"), "evidence.share"),
            both,
            self.people,
        ):
            flow.addWidget(part)
        make_column(theme, above, self.strip, (self.pages, 1), parent=self)

    @property
    def front(self) -> QWidget | None:
        """Arrows choose an answer: they belong to the page."""
        return None

    def show_conflict(self, text: str, answers: tuple[str, str]) -> None:
        """Show the progress and both annotators' labels; the image follows."""
        self.conflict_text.setText(text)
        self._answers = answers
        self.pages.show_page(self._shown)

    def show_frame(
        self, rgb: NDArray[np.uint8] | None, marks: tuple[Sequence[BoxMark], Sequence[BoxMark]]
    ) -> None:
        """The frame twice, each time with the boxes of one answer; None where its picture is
        gone."""
        for view, answer, drawn in zip(self.views, self._answers, marks, strict=True):
            if rgb is None:
                view.show_nothing(answer, tr("The image of this frame is missing."))
            else:
                view.show_frame(rgb, answer, answer, marks=drawn)

    def show_nothing(self, text: str) -> None:
        """Show that there are no label conflicts."""
        self.placeholder.show_empty(
            text, [self._make_button(tr("Merge labels…"), "evidence.merge")]
        )
        self.pages.show_page(self.placeholder)

    def show_job(self, job: Job | None) -> None:
        """Frames that are dealt out, or labels that come in."""
        self.strip.show_job(job)

    def _build_conflict_part(self) -> QWidget:
        self._shown = QWidget()
        steps = (
            self._make_button(tr("Previous conflict"), "evidence.previous"),
            self._make_button(tr("Next conflict"), "evidence.next"),
        )
        head = make_row(self._theme, (self.conflict_text, 1), *steps)
        sides = make_row(self._theme, gap=12)
        for view, action in zip(self.views, ("evidence.first", "evidence.second"), strict=True):
            sides.addLayout(
                make_column(
                    self._theme, (view, 1), self._make_button(tr("Accept this label"), action)
                ),
                1,
            )
        make_column(self._theme, head, (sides, 1), parent=self._shown)
        return self._shown

    def _make_button(self, text: str, action: str) -> KeyButton:
        return KeyButton(self._theme, text, self._actions.get_key_text(action)).bind_action(
            self._actions.get_action(action)
        )

    def prompt_for_folder(self, then: Callable[[Path, int, bool], None]) -> None:
        """Lets the person choose a folder for the two packs, with the overlap and people or not."""
        choose_folder(
            self,
            tr("Folder for the two packs"),
            lambda folder: then(folder, self.overlap.value(), self.people.isChecked()),
            for_writing=True,
        )

    def prompt_for_packs(self, then: Callable[[Sequence[Path]], None]) -> None:
        """Lets the person choose packs to be merged."""
        packs = f"{tr('Evidence packs')} (*{PACK_ENDING})"
        choose_files(self, tr("Merge labels from another computer"), packs, then)


WORK = "evidence.share"
POINT = 6.0  # pixels to each side of a labelled point


class AnnotatorsDisplay(Protocol):
    """The part of the two people, as far as its presenter knows it."""

    def show_conflict(self, text: str, answers: tuple[str, str]) -> None: ...
    def show_frame(
        self, rgb: NDArray[np.uint8] | None, marks: tuple[Sequence[BoxMark], Sequence[BoxMark]]
    ) -> None: ...
    def show_nothing(self, text: str) -> None: ...
    def show_job(self, job: Job | None) -> None: ...
    def prompt_for_folder(self, then: Callable[[Path, int, bool], None]) -> None: ...
    def prompt_for_packs(self, then: Callable[[Sequence[Path]], None]) -> None: ...


class AnnotatorsPresenter:
    """`conflicts` is another object for another project; `changed()`: other things can be done."""

    def __init__(
        self, view: AnnotatorsDisplay, context: Context, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._view, self._context, self._changed = view, context, changed
        self.body = BodyLoader(context.current, view)
        self.conflicts = ConflictList()

    def load_data(self) -> None:
        """Reads the frames on which two people differ."""
        self._view.show_job(self._context.runner.find_running(WORK))
        reading = self.body.query(lambda project: merge_labels.list_label_conflicts(project))
        reading.on_success(partial(self._on_conflicts_loaded, self.conflicts)).on_failure(
            self._on_load_failed
        )

    def leave(self) -> None:
        """Jobs go on."""

    def on_project_changed(self) -> None:
        """Another project is open, or none."""
        self.conflicts = ConflictList()

    @property
    def enabled_actions(self) -> Mapping[str, bool]:
        """Actions of this part by the end of their names, each with whether it can be done now."""
        can, here = self._context.current.writable, self.conflicts.current_conflict is not None
        return {
            "share": can,
            "merge": can,
            "first": can and here,
            "second": can and here,
            "previous": here,
            "next": here,
        }

    @property
    def main_action(self) -> tuple[str, str]:
        """Words of the main action, and the end of its name."""
        return tr("Merge labels"), "merge"

    def split_frames(self, folder: Path, overlap: int, with_people: bool) -> None:
        """Distribute the unlabelled picks to two annotators, as one pack each in a folder."""
        name = self._context.current.name
        first, second = (
            find_unused_path(folder, f"{name}_{person}", PACK_ENDING) for person in "AB"
        )

        def run_split(project: Project, progress: Progress) -> SharedLabelling:
            return evidence_pack.create_shared_packs(
                project, (first, second), overlap, 0, progress, get_timestamp(), with_people
            )

        self._start_job(
            lambda: tr("Split frames between two annotators"), run_split, self._on_frames_split
        )

    def merge_labels(self, others: Sequence[Path]) -> None:
        """Merge the labels of packs or projects, each as one act; known labels add nothing."""

        def run_merge(project: Project, progress: Progress) -> MergedLabels:
            return merge_labels.merge_labels(project, others, progress)

        self._start_job(lambda: tr("Merge labels"), run_merge, self._on_labels_merged)

    def step_conflict(self, steps: int) -> None:
        """Show another conflict."""
        self.conflicts.step_conflict(steps)
        self._show_conflict()

    def decide_conflict(self, second: bool) -> None:
        """Choose the left or right label; the other one is kept as second label."""
        here = self.conflicts.current_conflict
        if here is not None and self._context.current.writable:
            annotator, repeat_id = self._context.preferences.settings.name, here.second.repeat_id
            self.conflicts.decided = repeat_id
            storing = self._context.current.run_edit(
                self._view,
                lambda project: merge_labels.resolve_conflict(
                    project, here.frame_id, second, annotator, get_timestamp(), repeat_id
                ),
            )
            storing.on_failure(self._on_failed)

    def _start_job(self, name: JobName, work: Any, then: Any) -> None:
        if (
            self._context.runner.find_running(WORK) is not None
            or not self._context.current.writable
        ):
            return
        self._context.messages.clear_banner(WORK)
        job = self._context.current.run_job(
            self._context.messages, name, work, key=WORK, resumes=False
        )
        job.on_success(then).on_failure(self._on_failed)
        job.on_retry(self._view, partial(self._start_job, name, work, then))
        self._view.show_job(job)

    def _on_frames_split(self, shares: SharedLabelling) -> None:
        self._context.messages.show_toast(
            " ".join(
                messages.list_share_lines(
                    [pack.name for pack in shares.packs], shares.n, shares.n_both, shares.n_people
                )
            )
        )

    def _on_labels_merged(self, merged_labels: MergedLabels) -> None:
        n_open = sum(not conflict.settled for conflict in merged_labels.conflicts)
        lines = messages.list_merge_lines(
            merged_labels.n_taken,
            merged_labels.n_second,
            merged_labels.n_known,
            len(merged_labels.unmatched),
            n_open,
        )
        self._context.messages.show_toast(
            " ".join((*lines, *messages.list_agreement_lines(merged_labels.trust.other)))
        )

    def _on_load_failed(self, error: BaseException) -> None:
        self._on_failed(error)
        self._changed()

    def _on_conflicts_loaded(
        self, conflicts: ConflictList, rows: tuple[LabelConflict, ...]
    ) -> None:
        if conflicts is self.conflicts:
            conflicts.set_conflicts(rows)
            self._show_conflict()

    def _show_conflict(self) -> None:
        here = self.conflicts.current_conflict
        self._changed()
        if here is None:
            text = tr(
                "No label conflicts. Conflicting labels appear here side by side for a decision."
            )
            self._view.show_nothing(text)
            return
        self._view.show_conflict(
            self.conflicts.progress_caption, messages.format_two_answers(here.first, here.second)
        )
        reading = self._context.current.query(
            self._view, lambda project: (here, _read_frame_image(project, here.frame_id))
        )
        reading.on_success(self._on_frame_loaded).on_failure(self._on_failed)

    def _on_frame_loaded(
        self, conflict_and_frame: tuple[LabelConflict, NDArray[np.uint8] | None]
    ) -> None:
        here, rgb = conflict_and_frame
        if here == self.conflicts.current_conflict:
            names = list(dict.fromkeys((*here.first.names, *here.second.names)))
            self._view.show_frame(
                rgb, (_build_box_marks(here.first, names), _build_box_marks(here.second, names))
            )

    def _on_failed(self, error: BaseException) -> None:
        self.conflicts.decided = ""
        self._context.messages.show_error(error, WORK)

    def prompt_for_folder(self) -> None:
        """Asks for a folder, and splits the frames into two packs there."""
        self._view.prompt_for_folder(self.split_frames)

    def prompt_for_packs(self) -> None:
        """Asks for packs, and merges their labels."""
        self._view.prompt_for_packs(self.merge_labels)


def _read_frame_image(project: Project, frame_id: str) -> NDArray[np.uint8] | None:
    try:
        return frame_pixels.load_pixels(project, frame_id)
    except frame_pixels.GONE:
        return None


def _build_box_marks(answer: Label | Repeat, names: Sequence[str]) -> tuple[BoxMark, ...]:
    """Boxes of an answer, and its points as small ones."""
    boxes = [(box.class_name, (box.x, box.y, box.x + box.w, box.y + box.h)) for box in answer.boxes]
    points = [
        (point.class_name, (point.x - POINT, point.y - POINT, point.x + POINT, point.y + POINT))
        for point in answer.points
    ]
    return tuple(BoxMark(mark, names.index(name), name) for name, mark in (*boxes, *points))
