"""How an answer reaches the project: label, repeat or draft, each as one act that can be undone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.label import Label
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.label.display import LabelDisplay
from fieldcheck.ui.screens.label.frame_viewing import FrameViewTracker
from fieldcheck.ui.screens.label.session import LabelState
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.domain.box import Box, Point
    from fieldcheck.domain.label import LabelEvent
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.label import label_frames, repeat_labels
    from fieldcheck.workflows.label.label_frames import LabelDecision
else:
    label_frames = LazyModule("fieldcheck.workflows.label.label_frames")
    repeat_labels = LazyModule("fieldcheck.workflows.label.repeat_labels")


class LabelWriter:
    """`stored(label, flash)` is called when an answer is on disk; `flash` is what is then said of it over the next frame."""

    def __init__(
        self, session: LabelState, context: Context, view: LabelDisplay, looking: FrameViewTracker, stored: Callable[[Label, str], None]
    ) -> None:
        self._state, self._context, self._view, self._view_tracker, self._on_label_stored = session, context, view, looking, stored

    @property
    def labeller(self) -> str:
        """Who labels."""
        return self._context.preferences.settings.name

    def is_ready(self) -> bool:
        """Whether the frame that is shown can be answered now; an answer that comes before anybody could have seen it is not taken."""
        if not self._state.frames or self._state.saving:
            return False
        if self._state.is_too_fast(self._view_tracker.seconds, self._context.preferences.settings):
            self._view.show_note(tr("Too fast. Press the key again."))
            return False
        return True

    def store_decision(self, said: LabelDecision, flash: str, action: str) -> None:
        """Stores an answer to the frame that is shown."""
        session = self._state
        frame_id, by, now, blind, seconds = (
            session.frame.frame_id,
            self.labeller,
            get_timestamp(),
            session.blind,
            self._view_tracker.seconds,
        )
        event = self._view_tracker.build_event(frame_id, action, now, blind, by)
        label = label_frames.make_label(frame_id, said, by, now, seconds, blind)
        session.saving = True
        session.mark_own_edit(frame_id)
        store = _store_repeat if session.repeating else _store_label
        self._context.current.run_edit(
            lambda project: store(project, label, said, event), partial(self._on_stored, label, flash), self.on_store_failed
        )

    def run_edit(self, work: Callable[[Project], Changes]) -> None:
        """Any other act of this screen."""
        self._context.current.run_edit(work, failed=self.on_store_failed)

    def store_draft(self, stroke: str, boxes: tuple[Box, ...], points: tuple[Point, ...]) -> None:
        """Stores a draft: what stands on the frame after a stroke, though nobody has accepted it yet."""
        draft = self._state.make_draft(boxes, points)
        if draft is not None:
            self.run_edit(lambda project: label_frames.store_draft(project, draft, stroke))

    def on_store_failed(self, error: BaseException) -> None:
        """An act failed: the sentence says what is safe."""
        self._state.on_store_failed()
        self._context.messages.show_error(error, "label")

    def _on_stored(self, label: Label, flash: str, _changes: Changes) -> None:
        self._context.messages.clear_banner("label")
        self._on_label_stored(label, flash)


def _store_label(project: Project, label: Label, said: LabelDecision, event: LabelEvent) -> Changes:
    return label_frames.set_label(project, label.frame_id, said, label.by, label.at, label.seconds, blind=bool(label.blind), event=event)


def _store_repeat(project: Project, label: Label, said: LabelDecision, _event: LabelEvent) -> Changes:
    return repeat_labels.store_repeat(project, label.frame_id, said, label.by, label.at)
