"""Actions of labelling: keys and clicks, blind mode, and how a label, repeat or draft is stored as
one undoable act."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from fieldcheck.domain.label import Label
from fieldcheck.domain.project_state import Changes
from fieldcheck.errors.projects import NothingToUndo
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number
from fieldcheck.sampling.messages import SKIPS, get_skip_reason
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.label.canvas import FrameViewTracker
from fieldcheck.ui.screens.label.drawing import Drawing
from fieldcheck.ui.screens.label.state import LabelDisplay, LabelState

if TYPE_CHECKING:
    from fieldcheck.domain.label import Box, LabelEvent, Point
    from fieldcheck.labels import label_session
    from fieldcheck.labels import store as label_store
    from fieldcheck.labels.label_session import Suggestion
    from fieldcheck.labels.store import LabelDecision
    from fieldcheck.project.project import Project
else:
    label_store = LazyModule("fieldcheck.labels.store")
    label_session = LazyModule("fieldcheck.labels.label_session")

# Blind mode: the prediction is hidden unless requested, and every label made in sight of it records
# that.


class BlindMode:
    """Requests predictions where blind mode allows it. `say(decision, flash, action)` stores a
    label."""

    def __init__(
        self,
        state: LabelState,
        view: LabelDisplay,
        drawing: Drawing,
        context: Context,
        say: Callable[[LabelDecision, str, str], None],
    ) -> None:
        self._state, self._view, self._drawing, self._context, self._store_decision = (
            state,
            view,
            drawing,
            context,
            say,
        )

    def toggle_blind(self) -> None:
        """Switch blind mode off after a confirmation, or on again."""
        turned = self._state.toggle_blind()
        if turned == "repeats":
            self._view.show_note(tr("Relabelling is always blind."))
        elif turned == "ask":
            self._view.show_note(
                tr(
                    "Labels given with the prediction visible are marked “not blind”, also in "
                    "the report. Press Ctrl+B "
                    "again to show the prediction."
                ),
                lasts=True,
            )
        else:
            self._view.show_note("")
        self.show_blind_state()
        if turned == "turned":
            self.request_suggestion()

    def select_next_model(self) -> None:
        """The suggestions of another model."""
        if self._state.select_next_model():
            self.request_suggestion()

    def request_suggestion(self) -> None:
        """Request the prediction for the shown frame; does nothing in blind mode."""
        wanted = self._state.start_suggestion()
        self.show_blind_state()
        if wanted is not None:
            name, number = wanted
            reading = self._context.current.query(
                self._view, lambda project: _load_suggestion(project, name, number)
            )
            reading.on_success(self._on_suggestion_loaded).on_failure(self._on_suggestion_failed)

    def accept_suggestion(self) -> None:
        """Use the suggestion: a class is stored at once, boxes are loaded for correction."""
        suggestion = self._state.suggestion
        if self._state.blind or suggestion is None:
            self._view.show_note(tr("No suggestion: the prediction is hidden (blind labelling)."))
        elif self._drawing.boxing is not None:
            self._drawing.boxing.replace_boxes(suggestion.boxes, "suggest")
        elif suggestion.class_name in self._state.loaded_work.classes:
            self._store_decision(
                label_store.LabelDecision(suggestion.class_name), suggestion.class_name, "class"
            )

    def show_blind_state(self) -> None:
        """The line of the panel."""
        blind = self._state.blind
        self._view.show_blind(blind, "" if blind else self._format_suggestion())

    def _format_suggestion(self) -> str:
        suggestion = self._state.suggestion
        if suggestion is None:
            return tr("Not blind: running the model …")
        if self._drawing.boxing is not None:
            text = tr_plural("{n} box", "{n} boxes", len(suggestion.boxes), n=len(suggestion.boxes))
        else:
            text = (
                f"{suggestion.class_name} {format_number(suggestion.confidence, 2)}"
                if suggestion.class_name
                else tr("no prediction")
            )
        if suggestion.for_a_person:
            text = tr("{answer}, routed to manual review by the model card", answer=text)
        return tr("Not blind. Prediction of {model}: {answer}", model=suggestion.model, answer=text)

    def _on_suggestion_loaded(self, answer: tuple[tuple[str, ...], Suggestion | None]) -> None:
        if self._state.apply_suggestion(*answer):
            self.show_blind_state()

    def _on_suggestion_failed(self, error: BaseException) -> None:
        self._context.messages.show_error(error, "label")


def _load_suggestion(
    project: Project, frame_id: str, index: int
) -> tuple[tuple[str, ...], Suggestion | None]:
    models = label_session.list_suggesting_models(project)
    return models, label_session.suggest_label(
        project, frame_id, models[index % len(models)]
    ) if models else None


# Storing of labels, repeats and drafts, each as one act that can be undone.


class LabelWriter:
    """Stores labels. `stored(label, flash)` is called when a label is on disk; `flash` is shown
    over the next frame."""

    def __init__(
        self,
        state: LabelState,
        context: Context,
        view: LabelDisplay,
        frame_view_tracker: FrameViewTracker,
        stored: Callable[[Label, str], None],
    ) -> None:
        self._state, self._context, self._view, self._view_tracker, self._on_label_stored = (
            state,
            context,
            view,
            frame_view_tracker,
            stored,
        )

    @property
    def labeller(self) -> str:
        """Name of the annotator."""
        return self._context.preferences.settings.name

    def is_ready(self) -> bool:
        """Whether the shown frame can be labelled now; a label that comes before anyone can have
        seen the frame is refused."""
        if not self._state.frames or self._state.saving:
            return False
        if self._state.is_too_fast(self._view_tracker.seconds, self._context.preferences.settings):
            self._view.show_note(tr("Too fast. Press the key again."))
            return False
        return True

    def store_decision(self, label_decision: LabelDecision, flash: str, action: str) -> None:
        """Stores an answer to the frame that is shown."""
        state = self._state
        frame_id, annotator, now, blind, seconds = (
            state.frame.frame_id,
            self.labeller,
            get_timestamp(),
            state.blind,
            self._view_tracker.seconds,
        )
        event = self._view_tracker.build_event(frame_id, action, now, blind, annotator)
        label = label_store.make_label(frame_id, label_decision, annotator, now, seconds, blind)
        state.saving = True
        for name in state.list_frames_of_part(label):
            state.mark_own_edit(name)
        store = _store_repeat if state.repeating else _store_label
        storing = self._context.current.run_edit(
            self._view, lambda project: store(project, label, label_decision, event)
        )
        storing.on_success(partial(self._on_stored, label, flash)).on_failure(self.on_store_failed)

    def run_edit(self, work: Callable[[Project], Changes]) -> None:
        """Any other act of this screen."""
        self._context.current.run_edit(self._view, work).on_failure(self.on_store_failed)

    def store_draft(self, stroke: str, boxes: tuple[Box, ...], points: tuple[Point, ...]) -> None:
        """Stores a draft: what stands on the frame after a stroke, though nobody has accepted it
        yet."""
        draft = self._state.make_draft(boxes, points)
        if draft is not None:
            self.run_edit(lambda project: label_store.store_draft(project, draft, stroke))

    def on_store_failed(self, error: BaseException) -> None:
        """Show the error of a failed act."""
        self._state.on_store_failed()
        self._context.messages.show_error(error, "label")

    def _on_stored(self, label: Label, flash: str, _changes: Changes) -> None:
        self._context.messages.clear_banner("label")
        self._on_label_stored(label, flash)


def _store_label(
    project: Project, label: Label, label_decision: LabelDecision, event: LabelEvent
) -> Changes:
    return label_store.set_label(
        project,
        label.frame_id,
        label_decision,
        label.by,
        label.at,
        label.seconds,
        blind=bool(label.blind),
        event=event,
    )


def _store_repeat(
    project: Project, label: Label, label_decision: LabelDecision, _event: LabelEvent
) -> Changes:
    return label_store.store_repeat(project, label.frame_id, label_decision, label.by, label.at)


class LabelActions:
    """Turns keys and clicks into labels and stores them. `load(frame)` reloads the work and shows
    that frame; None: the next one to label."""

    def __init__(
        self,
        state: LabelState,
        view: LabelDisplay,
        drawing: Drawing,
        storing: LabelWriter,
        frame_view_tracker: FrameViewTracker,
        context: Context,
        load: Callable[[str | None], None],
    ) -> None:
        self._state, self._view, self._drawing, self._writer = state, view, drawing, storing
        self._view_tracker, self._context, self._load = frame_view_tracker, context, load

    # --- one answer a frame
    # ---------------------------------------------------------------------------------------------

    def store_decision(self, label_decision: LabelDecision, flash: str, action: str) -> None:
        """Stores an answer to the frame that is shown, unless it came before anybody could have
        seen it."""
        if self._writer.is_ready():
            self._drawing.flush_nudges()
            self._writer.store_decision(label_decision, flash, action)

    def on_class_clicked(self, index: int) -> None:
        """The button of the class at place `index` was clicked."""
        self._view_tracker.count_click()
        self.apply_class_at(index)

    def apply_class_at(self, index: int) -> None:
        """The class at place `index` was pressed."""
        if not self._state.frames:
            return
        name = self._state.get_class_at(index)
        if self._state.is_empty_key(index):
            self.label_empty()
        elif name is not None:
            self.apply_class(name)

    def apply_class(self, name: str, action: str = "class") -> None:
        """Label the frame, the box or the next point with this class."""
        self._state.shortcuts.use_class(name)
        if not self._drawing.set_class(name):
            self.store_decision(label_store.LabelDecision(name), name, action)

    def apply_typed_class(self, typed: str) -> None:
        """A class was chosen by typing: the first that fits."""
        if self._state.work is None or not typed.strip():
            return
        fitting = self._view.finder.find_matching_classes(typed)
        if not fitting:
            self._view.show_note(tr("No class named {typed}.", typed=typed))
            return
        self._view.clear_class_search()
        self.apply_class(typed if typed in fitting else fitting[0])

    def repeat_last_label(self) -> None:
        """Repeats the last label."""
        if self._state.last_class:
            self.apply_class(self._state.last_class, "same")

    def label_empty(self) -> None:
        """Label the frame as having nothing to find."""
        self.store_decision(label_store.LabelDecision(nothing=True), tr("Empty frame"), "nothing")

    def label_unsure(self) -> None:
        """Labels the frame as unsure."""
        self.store_decision(label_store.LabelDecision(unsure=True), tr("Unsure"), "unsure")

    def skip_frame(self) -> None:
        """Skips the frame as unusable; a reason may follow."""
        self.store_decision(label_store.LabelDecision(skip=SKIPS[0]), tr("Skipped"), "skip")

    def set_skip_reason(self, index: int) -> None:
        """Why the frame that was skipped last cannot be used."""
        name, annotator, now = self._state.last_skipped, self._writer.labeller, get_timestamp()
        if not name:
            self._view.show_note(tr("No frame was skipped recently."))
            return
        self._state.mark_own_edit(name)
        reason = SKIPS[index]
        self._writer.run_edit(
            lambda project: label_store.set_label(
                project, name, label_store.LabelDecision(skip=reason), annotator, now
            )
        )
        self._view.show_note(tr("Skipped: {reason}", reason=get_skip_reason(reason)))

    def label_burst(self) -> None:
        """The label that was just set, for the rest of its burst."""
        state, others = self._state, self._state.list_rest_of_burst()
        if others is None:
            self._view.show_note(tr("Label one frame of the burst first."))
            return
        if not others:
            self._view.show_note(tr("No unlabelled frame left in this burst."))
            return
        like, annotator, now, blind = (
            state.last_labelled,
            self._writer.labeller,
            get_timestamp(),
            state.blind,
        )
        storing = self._context.current.run_edit(
            self._view,
            lambda project: label_store.label_same_burst(
                project, others, like, annotator, now, blind=blind
            ),
        )
        storing.on_success(self._on_burst_labelled).on_failure(self._writer.on_store_failed)

    def toggle_expert_flag(self) -> None:
        """Marks the frame for an expert, or removes the mark."""
        name, annotator = self._state.get_current_frame_id(), self._writer.labeller
        if name is not None:
            flagged = not self._state.for_expert
            self._writer.run_edit(
                lambda project: label_store.mark_expert(project, name, flagged, annotator)
            )

    def undo_last_label(self) -> None:
        """Undoes the last label and shows its frame."""
        event = self._view_tracker.build_event(
            "", "back", get_timestamp(), self._state.blind, self._writer.labeller
        )
        storing = self._context.current.run_edit(
            self._view, lambda project: label_store.undo_label(project, event)
        )
        storing.on_failure(self._on_undo_failed)

    # --- boxes and points
    # ---------------------------------------------------------------------------------------------

    def accept_drawing(self) -> None:
        """Store the boxes or points as the label; does nothing without any."""
        boxes, points = self._drawing.boxes, self._drawing.points
        if self._drawing.boxing is not None and not boxes:
            self._view.show_note(tr("No box yet. Press 0 if the frame is empty."))
        elif boxes:
            text = tr_plural("{n} box", "{n} boxes", len(boxes), n=len(boxes))
            self.store_decision(label_store.LabelDecision(boxes=boxes), text, "boxes")
        elif points:
            text = tr_plural("{n} point", "{n} points", len(points), n=len(points))
            self.store_decision(label_store.LabelDecision(points=points), text, "points")

    def add_corner(self, x: float, y: float, more: bool) -> None:
        """A corner of a box was set on the frame; or a point, which is the whole answer unless
        `more` of them are to come."""
        if self._drawing.boxing is not None:
            self._drawing.boxing.add_corner(x, y)
        elif self._drawing.pointing is not None:
            self._drawing.pointing.add_point(x, y)
            if more:
                self._drawing.store_stroke("point")
            else:
                self.accept_drawing()

    def drag_handle(self, across: int, down: int, x: float, y: float, is_released: bool) -> None:
        """A handle of the selected box is dragged."""
        if self._drawing.boxing is not None:
            self._drawing.boxing.drag_handle(across, down, x, y, is_released)

    def select_box(self, index: int) -> None:
        """The tag of a box was clicked."""
        if self._drawing.boxing is not None:
            self._drawing.boxing.select_box(index)

    def snap_selected(self) -> None:
        """The selected box goes to the edges of the picture."""
        if self._drawing.boxing is not None and not self._drawing.boxing.snap_to_edges(
            self._view.canvas.get_luma()
        ):
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

    # --- blind repeats
    # ---------------------------------------------------------------------------------------------

    def toggle_repeats(self) -> None:
        """Some labelled frames once more, without their labels."""
        annotator = self._writer.labeller
        if self._state.repeating:
            self.leave_repeats()
            return
        self._drawing.flush_nudges()
        storing = self._context.current.run_edit(
            self._view, lambda project: label_store.plan_repeats(project, annotator)
        )
        storing.on_success(self._on_repeats_planned).on_failure(self._writer.on_store_failed)

    def leave_repeats(self) -> None:
        """Return to the labels; second labels are kept."""
        self._state.repeating = False
        self._load(None)

    def _on_repeats_planned(self, _changes: Changes) -> None:
        self._state.begin_repeats()
        self._load(None)

    def _on_burst_labelled(self, changes: Changes) -> None:
        n = len(changes.keys)
        for name in changes.keys:
            self._state.mark_own_edit(name)
        self._load(None)
        text = tr_plural(
            "{n} frame → {name}", "{n} frames → {name}", n, n=n, name=self._state.last_class
        )
        self._context.messages.show_toast(text, tr("Undo"), self._undo_burst)

    def _undo_burst(self) -> None:
        """The screen hears of the undone labels by itself."""
        messages = self._context.messages
        self._context.current.undo(messages).on_failure(messages.show_error)

    def _on_undo_failed(self, error: BaseException) -> None:
        if isinstance(error, NothingToUndo):
            self._view.show_note(tr("No label to undo."))
        else:
            self._context.messages.show_error(error, "label")
