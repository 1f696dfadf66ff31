"""How an answer reaches the project: label, repeat or draft, each as one act that can be undone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.label import Label
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.label.display import LabelDisplay
from fieldcheck.ui.screens.label.frame_viewing import FrameViewing
from fieldcheck.ui.screens.label.session import LabelSession
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.domain.box import Box, Point
    from fieldcheck.domain.label import LabelEvent
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.label import label_frames, repeat_labels
    from fieldcheck.workflows.label.label_frames import LabelDecision
else:
    label_frames = LazyModule("fieldcheck.workflows.label.label_frames")
    repeat_labels = LazyModule("fieldcheck.workflows.label.repeat_labels")


class LabelStoring:
    """`stored(label, flash)` is called when an answer is on disk; `flash` is what is then said of it over the next frame."""

    def __init__(
        self, session: LabelSession, context: Context, view: LabelDisplay, looking: FrameViewing, stored: Callable[[Label, str], None]
    ) -> None:
        self._session, self._context, self._view, self._looking, self._tell = session, context, view, looking, stored

    @property
    def by(self) -> str:
        """Who labels."""
        return self._context.preferences.now.name

    def ready(self) -> bool:
        """Whether the frame that is shown can be answered now; an answer that comes before anybody could have seen it is not taken."""
        if not self._session.frames or self._session.saving:
            return False
        if self._session.too_fast(self._looking.seconds, self._context.preferences.now):
            self._view.show_note(text("Too fast. Press the key again."))
            return False
        return True

    def say(self, said: LabelDecision, flash: str, action: str) -> None:
        """Stores an answer to the frame that is shown."""
        session = self._session
        frame_id, by, now, blind, seconds = session.frame.frame_id, self.by, timestamp(), session.blind, self._looking.seconds
        event = self._looking.event_of(frame_id, action, now, blind, by)
        label = label_frames.label_of(frame_id, said, by, now, seconds, blind)
        session.saving = True
        session.own(frame_id)
        store = _repeat if session.repeating else _label
        self._context.current.act(lambda project: store(project, label, said, event), partial(self._stored, label, flash), self.not_stored)

    def act(self, work: Callable[[Project], Changes]) -> None:
        """Any other act of this screen."""
        self._context.current.act(work, failed=self.not_stored)

    def keep(self, stroke: str, boxes: tuple[Box, ...], points: tuple[Point, ...]) -> None:
        """Stores a draft: what stands on the frame after a stroke, though nobody has accepted it yet."""
        draft = self._session.draft(boxes, points)
        if draft is not None:
            self.act(lambda project: label_frames.keep_draft(project, draft, stroke))

    def not_stored(self, error: BaseException) -> None:
        """An act failed: the sentence says what is safe."""
        self._session.not_stored()
        self._context.messages.error(error, "label")

    def _stored(self, label: Label, flash: str, _changes: Changes) -> None:
        self._context.messages.clear("label")
        self._tell(label, flash)


def _label(project: Project, label: Label, said: LabelDecision, event: LabelEvent) -> Changes:
    return label_frames.set_label(project, label.frame_id, said, label.by, label.at, label.seconds, blind=bool(label.blind), event=event)


def _repeat(project: Project, label: Label, said: LabelDecision, _event: LabelEvent) -> Changes:
    return repeat_labels.set_repeat(project, label.frame_id, said, label.by, label.at)
