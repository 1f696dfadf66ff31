"""Labelling by keys and clicks: what they say about the frame that is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from fieldcheck.domain.changes import Changes
from fieldcheck.errors import NothingToUndo
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.label.display import LabelDisplay
from fieldcheck.ui.screens.label.drawing import Drawing
from fieldcheck.ui.screens.label.frame_viewing import FrameViewTracker
from fieldcheck.ui.screens.label.session import LabelState
from fieldcheck.ui.screens.label.store_label import LabelWriter
from fieldcheck.words.frame_reasons import SKIPS, get_skip_reason
from fieldcheck.words.language import tr, tr_plural

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.label import early_verdict, label_frames, mark_frames, repeat_labels
    from fieldcheck.workflows.label.early_verdict import InterimVerdict
    from fieldcheck.workflows.label.label_frames import LabelDecision
else:
    label_frames = LazyModule("fieldcheck.workflows.label.label_frames")
    mark_frames = LazyModule("fieldcheck.workflows.label.mark_frames")
    repeat_labels = LazyModule("fieldcheck.workflows.label.repeat_labels")
    early_verdict = LazyModule("fieldcheck.workflows.label.early_verdict")


class LabelActions:
    """Turns them into answers and has them stored. `load(frame)` reads everything anew and shows that frame; None: where work goes on."""

    def __init__(
        self,
        session: LabelState,
        view: LabelDisplay,
        drawing: Drawing,
        storing: LabelWriter,
        looking: FrameViewTracker,
        context: Context,
        load: Callable[[str | None], None],
    ) -> None:
        self._state, self._view, self._drawing, self._writer = session, view, drawing, storing
        self._view_tracker, self._context, self._load = looking, context, load

    # --- one answer a frame ----------------------------------------------------------------------------------------------

    def store_decision(self, said: LabelDecision, flash: str, action: str) -> None:
        """Stores an answer to the frame that is shown, unless it came before anybody could have seen it."""
        if self._writer.is_ready():
            self._drawing.flush_nudges()
            self._writer.store_decision(said, flash, action)

    def on_class_clicked(self, at: int) -> None:
        """The button of the class at place `at` was clicked."""
        self._view_tracker.count_click()
        self.apply_class_at(at)

    def apply_class_at(self, at: int) -> None:
        """The class at place `at` was pressed."""
        if not self._state.frames:
            return
        name = self._state.get_class_at(at)
        if self._state.is_empty_key(at):
            self.label_empty()
        elif name is not None:
            self.apply_class(name)

    def apply_class(self, name: str, action: str = "class") -> None:
        """The frame, or the box, or the next point, is of this class."""
        if not self._drawing.set_class(name):
            self.store_decision(label_frames.LabelDecision(name), name, action)

    def apply_typed_class(self, typed: str) -> None:
        """A class was chosen by typing: the first that fits."""
        if self._state.work is None or not typed.strip():
            return
        fitting = self._view.finder.find_matching_classes(typed)
        if not fitting:
            self._view.show_note(tr("No class named {typed}.").format(typed=typed))
            return
        self._view.clear_class_search()
        self.apply_class(typed if typed in fitting else fitting[0])

    def repeat_last_label(self) -> None:
        """Repeats the last label."""
        if self._state.last_class:
            self.apply_class(self._state.last_class, "same")

    def label_empty(self) -> None:
        """There is nothing to find on it."""
        self.store_decision(label_frames.LabelDecision(nothing=True), tr("Empty frame"), "nothing")

    def label_unsure(self) -> None:
        """A person cannot tell either."""
        self.store_decision(label_frames.LabelDecision(unsure=True), tr("Unsure"), "unsure")

    def skip_frame(self) -> None:
        """The frame cannot be used; why may be said afterwards."""
        self.store_decision(label_frames.LabelDecision(skip=SKIPS[0]), tr("Skipped"), "skip")

    def set_skip_reason(self, at: int) -> None:
        """Why the frame that was skipped last cannot be used."""
        name, by, now = self._state.last_skipped, self._writer.labeller, get_timestamp()
        if not name:
            self._view.show_note(tr("No frame was skipped recently."))
            return
        self._state.mark_own_edit(name)
        reason = SKIPS[at]
        self._writer.run_edit(lambda project: label_frames.set_label(project, name, label_frames.LabelDecision(skip=reason), by, now))
        self._view.show_note(tr("Skipped: {reason}").format(reason=get_skip_reason(reason)))

    def label_burst(self) -> None:
        """The label that was just set, for the rest of its burst."""
        session, others = self._state, self._state.list_rest_of_burst()
        if others is None:
            self._view.show_note(tr("Label one frame of the burst first."))
            return
        if not others:
            self._view.show_note(tr("No unlabelled frame left in this burst."))
            return
        like, by, now, blind = session.last_labelled, self._writer.labeller, get_timestamp(), session.blind
        self._context.current.run_edit(
            lambda project: label_frames.label_same_burst(project, others, like, by, now, blind=blind),
            self._on_burst_labelled,
            self._writer.on_store_failed,
        )

    def toggle_expert_flag(self) -> None:
        """The frame is flagged for somebody who knows the parts better, or no longer."""
        name, by = self._state.get_current_frame_id(), self._writer.labeller
        if name is not None:
            on = not self._state.for_expert
            self._writer.run_edit(lambda project: mark_frames.mark_expert(project, name, on, by))

    def undo_last_label(self) -> None:
        """Takes the last label back and shows its frame."""
        event = self._view_tracker.build_event("", "back", get_timestamp(), self._state.blind, self._writer.labeller)
        self._context.current.run_edit(lambda project: label_frames.undo_label(project, event), failed=self._on_undo_failed)

    # --- boxes and points ------------------------------------------------------------------------------------------------

    def accept_drawing(self) -> None:
        """The boxes or points are right; without one nothing is said, because nothing here has a key of its own."""
        boxes, points = self._drawing.boxes, self._drawing.points
        if self._drawing.boxing is not None and not boxes:
            self._view.show_note(tr("No box yet. Press 0 if the frame is empty."))
        elif boxes:
            said = tr_plural("{n} box", "{n} boxes", len(boxes)).format(n=len(boxes))
            self.store_decision(label_frames.LabelDecision(boxes=boxes), said, "boxes")
        elif points:
            said = tr_plural("{n} point", "{n} points", len(points)).format(n=len(points))
            self.store_decision(label_frames.LabelDecision(points=points), said, "points")

    def add_corner(self, x: float, y: float, more: bool) -> None:
        """A corner of a box was set on the frame; or a point, which is the whole answer unless `more` of them are to come."""
        if self._drawing.boxing is not None:
            self._drawing.boxing.add_corner(x, y)
        elif self._drawing.pointing is not None:
            self._drawing.pointing.add_point(x, y)
            if more:
                self._drawing.store_stroke("point")
            else:
                self.accept_drawing()

    def drag_handle(self, across: int, down: int, x: float, y: float, done: bool) -> None:
        """A handle of the selected box is dragged."""
        if self._drawing.boxing is not None:
            self._drawing.boxing.drag_handle(across, down, x, y, done)

    def select_box(self, at: int) -> None:
        """The tag of a box was clicked."""
        if self._drawing.boxing is not None:
            self._drawing.boxing.select_box(at)

    def snap_selected(self) -> None:
        """The selected box goes to the edges of the picture."""
        if self._drawing.boxing is not None and not self._drawing.boxing.snap_to_edges(self._view.canvas.get_luma()):
            self._view.show_note(tr("No clear edge within 8 pixels."))

    def delete_selected(self) -> None:
        """The selected box, or the newest point, goes."""
        if self._drawing.boxing is not None:
            self._drawing.boxing.delete_selected()
        elif self._drawing.pointing is not None and self._drawing.pointing.delete_selected():
            self._drawing.store_stroke("delete")

    def copy_previous_boxes(self) -> None:
        """The boxes of the labelled frame nearest in time in the same clip."""
        if self._drawing.boxing is None:
            return
        boxes = self._state.find_nearest_boxes()
        if boxes:
            self._drawing.boxing.replace_boxes(boxes)
        else:
            self._view.show_note(tr("No labelled frame of this clip has boxes yet."))

    # --- blind repeats ---------------------------------------------------------------------------------------------------

    def toggle_repeats(self) -> None:
        """Some labelled frames once more, without their labels."""
        by = self._writer.labeller
        if self._state.repeating:
            self.leave_repeats()
            return
        self._drawing.flush_nudges()
        self._context.current.run_edit(
            lambda project: repeat_labels.plan_repeats(project, by), self._on_repeats_planned, self._writer.on_store_failed
        )

    def leave_repeats(self) -> None:
        """Back to the labels; what was answered is kept."""
        self._state.repeating = False
        self._load(None)

    def _on_repeats_planned(self, _changes: Changes) -> None:
        self._state.begin_repeats()
        self._load(None)

    def _on_burst_labelled(self, changes: Changes) -> None:
        n, messages, current = len(changes.keys), self._context.messages, self._context.current
        for name in changes.keys:
            self._state.mark_own_edit(name)
        self._load(None)
        said = tr_plural("{n} frame → {name}", "{n} frames → {name}", n).format(n=n, name=self._state.last_class)
        messages.show_toast(said, tr("Undo"), lambda: current.undo(_ignore_changes, messages.show_error))

    def _on_undo_failed(self, error: BaseException) -> None:
        if isinstance(error, NothingToUndo):
            self._view.show_note(tr("No label to undo."))
        else:
            self._context.messages.show_error(error, "label")


def _ignore_changes(_changes: Changes) -> None:
    """The screen hears of the undone labels by itself."""


class EarlyVerdictPresenter:
    """Asks when the session says so. It is no act, so that no answer waits for it on its way to the disk."""

    def __init__(self, session: LabelState, view: LabelDisplay, context: Context) -> None:
        self._state, self._view, self._context = session, view, context

    def request_verdict(self) -> None:
        """Whether the labels so far decide the gap, where labels came since the last reading and none is under way."""
        project = self._context.current.project
        if project is None or not self._state.start_early_verdict():
            return

        told, not_told = partial(self._on_verdict_computed, project), partial(self._on_verdict_failed, project)
        self._context.runner.start_job(
            "early verdict", lambda _progress: early_verdict.get_interim_verdict(project), told, not_told, listed=False
        )

    def show_verdict(self) -> None:
        """The line of the panel."""
        self._view.show_early_verdict(self._state.format_early_verdict())

    def _on_verdict_computed(self, project: Project, found: InterimVerdict) -> None:
        if self._state.apply_early_verdict(found if project is self._context.current.project else None):
            self.show_verdict()
        self.request_verdict()

    def _on_verdict_failed(self, project: Project, error: BaseException) -> None:
        self._state.apply_early_verdict(None)
        if project is self._context.current.project:
            self._context.messages.show_error(error, "label")
