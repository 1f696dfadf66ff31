"""Labelling by keys and clicks: what they say about the frame that is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from fieldcheck.domain.changes import Changes
from fieldcheck.errors import NothingToUndo
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.label.display import LabelDisplay
from fieldcheck.ui.screens.label.drawing import Drawing
from fieldcheck.ui.screens.label.frame_viewing import FrameViewing
from fieldcheck.ui.screens.label.session import LabelSession
from fieldcheck.ui.screens.label.store_label import LabelStoring
from fieldcheck.words.frame_reasons import SKIPS, skip_reason
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.label import early_verdict, label_frames, mark_frames, repeat_labels
    from fieldcheck.workflows.label.early_verdict import EarlyLook
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
        session: LabelSession,
        view: LabelDisplay,
        drawing: Drawing,
        storing: LabelStoring,
        looking: FrameViewing,
        context: Context,
        load: Callable[[str | None], None],
    ) -> None:
        self._session, self._view, self._drawing, self._storing = session, view, drawing, storing
        self._looking, self._context, self._load = looking, context, load

    # --- one answer a frame ----------------------------------------------------------------------------------------------

    def say(self, said: LabelDecision, flash: str, action: str) -> None:
        """Stores an answer to the frame that is shown, unless it came before anybody could have seen it."""
        if self._storing.ready():
            self._drawing.flush()
            self._storing.say(said, flash, action)

    def class_clicked(self, at: int) -> None:
        """The button of the class at place `at` was clicked."""
        self._looking.click()
        self.give_class(at)

    def give_class(self, at: int) -> None:
        """The class at place `at` was pressed."""
        if not self._session.frames:
            return
        name = self._session.class_at(at)
        if self._session.means_nothing(at):
            self.nothing()
        elif name is not None:
            self.give_name(name)

    def give_name(self, name: str, action: str = "class") -> None:
        """The frame, or the box, or the next point, is of this class."""
        if not self._drawing.name(name):
            self.say(label_frames.LabelDecision(name), name, action)

    def find(self, typed: str) -> None:
        """A class was chosen by typing: the first that fits."""
        if self._session.work is None or not typed.strip():
            return
        fitting = self._view.finder.fitting(typed)
        if not fitting:
            self._view.show_note(text("No class named {typed}.").format(typed=typed))
            return
        self._view.clear_find()
        self.give_name(typed if typed in fitting else fitting[0])

    def same(self) -> None:
        """Repeats the last label."""
        if self._session.last_class:
            self.give_name(self._session.last_class, "same")

    def nothing(self) -> None:
        """There is nothing to find on it."""
        self.say(label_frames.LabelDecision(nothing=True), text("Empty frame"), "nothing")

    def unsure(self) -> None:
        """A person cannot tell either."""
        self.say(label_frames.LabelDecision(unsure=True), text("Unsure"), "unsure")

    def skip(self) -> None:
        """The frame cannot be used; why may be said afterwards."""
        self.say(label_frames.LabelDecision(skip=SKIPS[0]), text("Skipped"), "skip")

    def why_skipped(self, at: int) -> None:
        """Why the frame that was skipped last cannot be used."""
        name, by, now = self._session.last_skipped, self._storing.by, timestamp()
        if not name:
            self._view.show_note(text("No frame was skipped recently."))
            return
        self._session.own(name)
        reason = SKIPS[at]
        self._storing.act(lambda project: label_frames.set_label(project, name, label_frames.LabelDecision(skip=reason), by, now))
        self._view.show_note(text("Skipped: {reason}").format(reason=skip_reason(reason)))

    def burst(self) -> None:
        """The label that was just set, for the rest of its burst."""
        session, others = self._session, self._session.rest_of_burst()
        if others is None:
            self._view.show_note(text("Label one frame of the burst first."))
            return
        if not others:
            self._view.show_note(text("No unlabelled frame left in this burst."))
            return
        like, by, now, blind = session.last_labelled, self._storing.by, timestamp(), session.blind
        self._context.current.act(
            lambda project: label_frames.label_burst(project, others, like, by, now, blind=blind),
            self._burst_done,
            self._storing.not_stored,
        )

    def expert(self) -> None:
        """The frame is flagged for somebody who knows the parts better, or no longer."""
        name, by = self._session.here(), self._storing.by
        if name is not None:
            on = not self._session.for_expert
            self._storing.act(lambda project: mark_frames.mark_expert(project, name, on, by))

    def back(self) -> None:
        """Takes the last label back and shows its frame."""
        event = self._looking.event_of("", "back", timestamp(), self._session.blind, self._storing.by)
        self._context.current.act(lambda project: label_frames.take_back_label(project, event), failed=self._not_back)

    # --- boxes and points ------------------------------------------------------------------------------------------------

    def accept(self) -> None:
        """The boxes or points are right; without one nothing is said, because nothing here has a key of its own."""
        boxes, points = self._drawing.boxes, self._drawing.points
        if self._drawing.boxing is not None and not boxes:
            self._view.show_note(text("No box yet. Press 0 if the frame is empty."))
        elif boxes:
            said = plural("{n} box", "{n} boxes", len(boxes)).format(n=len(boxes))
            self.say(label_frames.LabelDecision(boxes=boxes), said, "boxes")
        elif points:
            said = plural("{n} point", "{n} points", len(points)).format(n=len(points))
            self.say(label_frames.LabelDecision(points=points), said, "points")

    def corner(self, x: float, y: float, more: bool) -> None:
        """A corner of a box was set on the frame; or a point, which is the whole answer unless `more` of them are to come."""
        if self._drawing.boxing is not None:
            self._drawing.boxing.press(x, y)
        elif self._drawing.pointing is not None:
            self._drawing.pointing.add(x, y)
            if more:
                self._drawing.stroke("point")
            else:
                self.accept()

    def pull(self, across: int, down: int, x: float, y: float, done: bool) -> None:
        """A handle of the selected box is dragged."""
        if self._drawing.boxing is not None:
            self._drawing.boxing.pull(across, down, x, y, done)

    def choose_box(self, at: int) -> None:
        """The tag of a box was clicked."""
        if self._drawing.boxing is not None:
            self._drawing.boxing.select(at)

    def snap(self) -> None:
        """The selected box goes to the edges of the picture."""
        if self._drawing.boxing is not None and not self._drawing.boxing.snap(self._view.canvas.luma()):
            self._view.show_note(text("No clear edge within 8 pixels."))

    def delete(self) -> None:
        """The selected box, or the newest point, goes."""
        if self._drawing.boxing is not None:
            self._drawing.boxing.delete()
        elif self._drawing.pointing is not None and self._drawing.pointing.delete():
            self._drawing.stroke("delete")

    def copy_previous(self) -> None:
        """The boxes of the labelled frame nearest in time in the same clip."""
        if self._drawing.boxing is None:
            return
        boxes = self._session.nearest_boxes()
        if boxes:
            self._drawing.boxing.take(boxes)
        else:
            self._view.show_note(text("No labelled frame of this clip has boxes yet."))

    # --- blind repeats ---------------------------------------------------------------------------------------------------

    def repeats(self) -> None:
        """Some labelled frames once more, without their labels."""
        by = self._storing.by
        if self._session.repeating:
            self.leave_repeats()
            return
        self._drawing.flush()
        self._context.current.act(lambda project: repeat_labels.plan_repeats(project, by), self._repeats_planned, self._storing.not_stored)

    def leave_repeats(self) -> None:
        """Back to the labels; what was answered is kept."""
        self._session.repeating = False
        self._load(None)

    def _repeats_planned(self, _changes: Changes) -> None:
        self._session.begin_repeats()
        self._load(None)

    def _burst_done(self, changes: Changes) -> None:
        n, messages, current = len(changes.keys), self._context.messages, self._context.current
        for name in changes.keys:
            self._session.own(name)
        self._load(None)
        said = plural("{n} frame → {name}", "{n} frames → {name}", n).format(n=n, name=self._session.last_class)
        messages.toast(said, text("Undo"), lambda: current.undo(_nothing, messages.error))

    def _not_back(self, error: BaseException) -> None:
        if isinstance(error, NothingToUndo):
            self._view.show_note(text("No label to undo."))
        else:
            self._context.messages.error(error, "label")


def _nothing(_changes: Changes) -> None:
    """The screen hears of the undone labels by itself."""


class Deciding:
    """Asks when the session says so. It is no act, so that no answer waits for it on its way to the disk."""

    def __init__(self, session: LabelSession, view: LabelDisplay, context: Context) -> None:
        self._session, self._view, self._context = session, view, context

    def ask(self) -> None:
        """Whether the labels so far decide the gap, where labels came since the last reading and none is under way."""
        project = self._context.current.project
        if project is None or not self._session.asks_early():
            return

        told, not_told = partial(self._told, project), partial(self._not_told, project)
        self._context.runner.start("early verdict", lambda _progress: early_verdict.early_look(project), told, not_told, listed=False)

    def show(self) -> None:
        """The line of the panel."""
        self._view.show_early(self._session.told_early())

    def _told(self, project: Project, found: EarlyLook) -> None:
        if self._session.take_early(found if project is self._context.current.project else None):
            self.show()
        self.ask()

    def _not_told(self, project: Project, error: BaseException) -> None:
        self._session.take_early(None)
        if project is self._context.current.project:
            self._context.messages.error(error, "label")
