"""What keys and clicks say about the frame that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.draft import LabelDraft
from fieldcheck.errors import NothingToUndo
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.given import given
from fieldcheck.ui.late import Late
from fieldcheck.words.language import plural, text
from fieldcheck.words.skip_reasons import SKIPS, skip_reason

if TYPE_CHECKING:
    from fieldcheck.domain.label import Label
    from fieldcheck.ui.screens.label.presenter import LabelPresenter
    from fieldcheck.workflows.label import draft_boxes, label_frames, mark_frames, repeat_labels
else:
    draft_boxes = Late("fieldcheck.workflows.label.draft_boxes")
    label_frames = Late("fieldcheck.workflows.label.label_frames")
    mark_frames = Late("fieldcheck.workflows.label.mark_frames")
    repeat_labels = Late("fieldcheck.workflows.label.repeat_labels")

NOTHING_KEY = 9  # the place of the key 0


class Answering:
    """Turns them into answers and hands these to the presenter, which stores them."""

    def __init__(self, presenter: LabelPresenter) -> None:
        self._presenter = presenter
        self._last_class = ""
        self._last_skipped = ""
        self._last_labelled = ""

    # --- one answer a frame ----------------------------------------------------------------------------------------------

    def class_clicked(self, at: int) -> None:
        """The button of the class at place `at` was clicked."""
        self._presenter.looking.click()
        self.give_class(at)

    def give_class(self, at: int) -> None:
        """The class at place `at` was pressed."""
        work, keyed = self._presenter.work, self._presenter.recent.keyed
        if work is None or not work.frames:
            return
        if work.kind != "class" and at == NOTHING_KEY:
            self.nothing()
        elif at < len(keyed):
            self.give_name(keyed[at])

    def give_name(self, name: str, action: str = "class") -> None:
        """The frame, or the box, or the next point, is of this class."""
        if self._presenter.boxing is not None:
            self._presenter.boxing.name(name)
        elif self._presenter.pointing is not None:
            self._presenter.pointing.name(name)
        else:
            self._last_class = name
            self._presenter.say(label_frames.LabelDecision(name), name, action)

    def find(self, typed: str) -> None:
        """A class was chosen by typing: the first that fits."""
        if self._presenter.work is None or not typed.strip():
            return
        fitting = self._presenter.view.finder.fitting(typed)
        if not fitting:
            self._presenter.view.show_note(text("No class is called {typed}.").format(typed=typed))
            return
        self._presenter.view.clear_find()
        self.give_name(typed if typed in fitting else fitting[0])

    def same(self) -> None:
        """The same as the last label."""
        if self._last_class:
            self.give_name(self._last_class, "same")

    def nothing(self) -> None:
        """There is nothing to find on it."""
        self._presenter.say(label_frames.LabelDecision(nothing=True), text("Nothing here"), "nothing")

    def unsure(self) -> None:
        """A person cannot tell either."""
        self._presenter.say(label_frames.LabelDecision(unsure=True), text("Unsure"), "unsure")

    def skip(self) -> None:
        """The frame cannot be used; why may be said afterwards."""
        self._presenter.say(label_frames.LabelDecision(skip=SKIPS[0]), text("Skipped"), "skip")

    def why_skipped(self, at: int) -> None:
        """Why the frame that was skipped last cannot be used."""
        name, by, now = self._last_skipped, self._presenter.by, timestamp()
        if not name:
            self._presenter.view.show_note(text("No frame was skipped just now."))
            return
        self._presenter.own(name)
        reason = SKIPS[at]
        self._act(lambda project: label_frames.set_label(project, name, label_frames.LabelDecision(skip=reason), by, now))
        self._presenter.view.show_note(text("Skipped: {reason}").format(reason=skip_reason(reason)))

    def burst(self) -> None:
        """The label that was just set, for the rest of its burst."""
        presenter, like = self._presenter, self._last_labelled
        found = next((one for one in presenter.frames if one.frame_id == like), None)
        if found is None or presenter.repeating:
            presenter.view.show_note(text("Label one frame of the burst first."))
            return
        others = [one.frame_id for one in presenter.frames if one.scene == found.scene and one.frame_id not in presenter.round.labels]
        if not others:
            presenter.view.show_note(text("No other frame of this burst waits for a label."))
            return
        by, now, blind = presenter.by, timestamp(), presenter.seeing.blind
        presenter.context.current.act(
            lambda project: label_frames.label_burst(project, others, like, by, now, blind=blind), self._burst_done, presenter.not_stored
        )

    def expert(self) -> None:
        """The frame is flagged for somebody who knows the parts better, or no longer."""
        name, by = self._presenter.here(), self._presenter.by
        if name is not None:
            mark = given(self._presenter.work).marks.get(name)
            on = mark is None or not mark.expert
            self._act(lambda project: mark_frames.mark_expert(project, name, on, by))

    def back(self) -> None:
        """Takes the last label back and shows its frame."""
        presenter = self._presenter
        now = timestamp()
        event = presenter.looking.event_of("", "back", now, presenter.seeing.blind, presenter.by)
        presenter.context.current.act(lambda project: label_frames.take_back_label(project, event), failed=self._not_back)

    def after(self, label: Label) -> str:
        """What is said under the buttons once a label is stored."""
        self._last_labelled = label.frame_id if label.state == "done" else ""
        self._last_skipped = label.frame_id if label.state == "skipped" and not self._presenter.repeating else ""
        if self._last_skipped:
            whys = " · ".join(f"Alt+{at} {skip_reason(code)}" for at, code in enumerate(SKIPS[1:], 1))
            return text("Skipped. Why, if you like: {reasons}").format(reasons=whys)
        return ""

    # --- boxes and points ------------------------------------------------------------------------------------------------

    def accept(self) -> None:
        """The boxes or points are right; without one nothing is said, because nothing here has a key of its own."""
        presenter = self._presenter
        boxes = tuple(presenter.boxing.boxes.all) if presenter.boxing is not None else ()
        points = presenter.pointing.points if presenter.pointing is not None else ()
        if presenter.boxing is not None and not boxes:
            presenter.view.show_note(text("No box yet. Press 0 if there is nothing here."))
        elif boxes:
            presenter.say(label_frames.LabelDecision(boxes=boxes), plural("{n} box", "{n} boxes", len(boxes)).format(n=len(boxes)), "boxes")
        elif points:
            presenter.say(
                label_frames.LabelDecision(points=points), plural("{n} point", "{n} points", len(points)).format(n=len(points)), "points"
            )

    def corner(self, x: float, y: float, more: bool) -> None:
        """A corner of a box was set on the frame; or a point, which is the whole answer unless `more` of them are to come."""
        presenter = self._presenter
        if presenter.boxing is not None:
            presenter.boxing.press(x, y)
        elif presenter.pointing is not None:
            presenter.pointing.add(x, y)
            if more:
                self.keep_stroke("point")
            else:
                self.accept()

    def pull(self, across: int, down: int, x: float, y: float, done: bool) -> None:
        """A handle of the selected box is dragged."""
        if self._presenter.boxing is not None:
            self._presenter.boxing.pull(across, down, x, y, done)

    def choose_box(self, at: int) -> None:
        """The tag of a box was clicked."""
        if self._presenter.boxing is not None:
            self._presenter.boxing.select(at)

    def snap(self) -> None:
        """The selected box goes to the edges of the picture."""
        boxing = self._presenter.boxing
        if boxing is not None and not boxing.snap(self._presenter.view.canvas.luma()):
            self._presenter.view.show_note(text("No clear edge within 8 pixels."))

    def delete(self) -> None:
        """The selected box, or the newest point, goes."""
        if self._presenter.boxing is not None:
            self._presenter.boxing.delete()
        elif self._presenter.pointing is not None and self._presenter.pointing.delete():
            self.keep_stroke("delete")

    def copy_previous(self) -> None:
        """The boxes of the labelled frame nearest in time in the same clip."""
        presenter = self._presenter
        if presenter.boxing is None:
            return
        here, labels = presenter.frame, presenter.round.labels
        alike = [
            one
            for one in presenter.frames
            if one.clip_id == here.clip_id and one is not here and one.frame_id in labels and labels[one.frame_id].boxes
        ]
        if not alike:
            presenter.view.show_note(text("No labelled frame of this clip has boxes yet."))
            return
        nearest = min(alike, key=lambda one: abs(one.t_s - here.t_s))
        presenter.boxing.take(labels[nearest.frame_id].boxes)

    def keep_stroke(self, stroke: str) -> None:
        """What stands on the frame after a stroke is stored, though nobody has accepted it yet. Repeats keep no drafts."""
        presenter = self._presenter
        if presenter.repeating or presenter.here() is None:
            return
        boxes = tuple(presenter.boxing.boxes.all) if presenter.boxing is not None else ()
        points = presenter.pointing.points if presenter.pointing is not None else ()
        draft = LabelDraft(presenter.frame.frame_id, boxes, points)
        given(presenter.work).drafts[draft.frame_id] = draft
        presenter.own(draft.frame_id)
        self._act(lambda project: draft_boxes.keep_draft(project, draft, stroke))

    # --- blind repeats ---------------------------------------------------------------------------------------------------

    def repeats(self) -> None:
        """Some labelled frames once more, without their labels."""
        presenter, by = self._presenter, self._presenter.by
        if presenter.repeating:
            self.leave_repeats()
            return
        presenter.flush()
        presenter.context.current.act(lambda project: repeat_labels.plan_repeats(project, by), self._repeats_planned, presenter.not_stored)

    def leave_repeats(self) -> None:
        """Back to the labels; what was answered is kept."""
        self._presenter.repeating = False
        self._presenter.view.show_note("")
        self._presenter.load(None)

    def _repeats_planned(self, _changes: Changes) -> None:
        presenter = self._presenter
        presenter.repeating = True
        presenter.seeing.blind = True
        presenter.view.show_note(text("Labelled frames come once more, without their labels. Esc goes back."))
        presenter.load(None)

    def _burst_done(self, changes: Changes) -> None:
        n, presenter = len(changes.keys), self._presenter
        for name in changes.keys:
            presenter.own(name)
        presenter.load(None)
        said = plural("{n} frame → {name}", "{n} frames → {name}", n).format(n=n, name=self._last_class)
        messages = self._presenter.context.messages
        messages.toast(said, text("Undo"), lambda: self._presenter.context.current.undo(_nothing, messages.error))

    def _act(self, work: Any) -> None:
        self._presenter.context.current.act(work, failed=self._presenter.not_stored)

    def _not_back(self, error: BaseException) -> None:
        if isinstance(error, NothingToUndo):
            self._presenter.view.show_note(text("The last act was no label; Ctrl+Z takes it back."))
        else:
            self._presenter.context.messages.error(error, "label")


def _nothing(_changes: Changes) -> None:
    """The screen hears of the undone labels by itself."""
