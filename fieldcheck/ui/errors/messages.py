"""Everything the window has said, with the banners that still stand: a banner for a state, a toast for an event, both in one list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fieldcheck.errors import PathMissing, PictureUnreadable, ProjectOnlyRead
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.words import scores, sentences
else:
    scores = LazyModule("fieldcheck.words.scores")
    sentences = LazyModule("fieldcheck.words.sentences")

INFO, WARN, ALARM = "info", "warn", "alarm"
MOST_KEPT = 500
NOT_OF_A_PROJECT = ("settings", "home.sample")
"""Keys of states that go on when the project is closed."""


MessageAction = tuple[str, Callable[[], None]]
"""What stands on a button, and what it does."""


@dataclass(frozen=True, slots=True)
class Message:
    """`key` names the state that a banner is about, empty for a toast. `button` is the text of the one action, `act` what it does; `more`
    are other ways out, of a banner alone."""

    text: str
    level: str = INFO
    key: str = ""
    button: str = ""
    action: Callable[[], None] | None = field(default=None, compare=False)
    timestamp: datetime = field(default_factory=datetime.now, compare=False)
    more_actions: tuple[MessageAction, ...] = field(default=(), compare=False)


class Messages(QObject):
    """`toasted` carries an event as it happens; `changed` says that banners or the list are others now."""

    toasted = Signal(object)
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history: list[Message] = []
        self._banners: dict[str, Message] = {}
        self._again: dict[str, Callable[[], None]] = {}

    def show_toast(self, text: str, button: str = "", act: Callable[[], None] | None = None) -> None:
        """Something was done; with `button` it can be answered for a few seconds."""
        message = Message(text, button=button, action=act)
        self._add_to_history(message)
        self.toasted.emit(message)

    def warn_read_only(self) -> None:
        """Something was asked of a project that this window may not change."""
        self.show_toast(
            tr("This project is open read-only. Nothing was changed. Correct the cause reported on opening, then open it again.")
        )

    def show_banner(
        self,
        key: str,
        text: str,
        level: str = WARN,
        button: str = "",
        act: Callable[[], None] | None = None,
        more: Sequence[MessageAction] = (),
        again: Callable[[], None] | None = None,
    ) -> None:
        """A state that lasts, until `clear(key)` or somebody closes it. The same key replaces what stood; what stands is kept once in the
        list, however often it is said. `again` says it anew, where the language is another."""
        self._again.pop(key, None)
        if again is not None:
            self._again[key] = again
        message = Message(text, level, key, button, act, more_actions=tuple(more))
        stood, self._banners[key] = self._banners.get(key), message
        if message == stood:
            self.changed.emit()
        else:
            self._add_to_history(message)

    def show_error(
        self,
        error: BaseException,
        key: str = "error",
        button: str = "",
        act: Callable[[], None] | None = None,
        again: Callable[[], None] | None = None,
    ) -> None:
        """A banner with the sentence for an error: what happened, what is safe, what to do, and the button that does it. That a project is
        open for reading has its banner: of an act on it a toast says so, for as long as it is news."""
        said = sentences.format_error(error)
        if isinstance(error, ProjectOnlyRead):
            self.show_toast(said)
            return
        self.show_banner(key, said, ALARM, button, act, again=again or partial(self.show_error, error, key, button, act))

    def warn_skipped(self, told: tuple[Exception, ...]) -> None:
        """A banner with the pictures that a job could not read and went on without."""
        if names := [error.path.name for error in told if isinstance(error, (PictureUnreadable, PathMissing))]:
            self.show_banner("left_out", scores.list_unreadable_images(list(dict.fromkeys(names))), again=partial(self.warn_skipped, told))

    def retranslate(self) -> None:
        """The language is another: what stands is said in it, also in the list."""
        for key, again in list(self._again.items()):
            stood = self._banners.get(key)
            if stood is not None:
                self.history = [one for one in self.history if one is not stood]
                again()

    def clear_banner(self, key: str) -> None:
        """The state has ended, or the person has read it."""
        if self._banners.pop(key, None) is not None:
            self.changed.emit()

    def clear_project_messages(self) -> None:
        """The project is closed: what was wrong with it, or with a camera that recorded into it, counts no longer."""
        for key in [key for key in self._banners if key not in NOT_OF_A_PROJECT]:
            self.clear_banner(key)

    @property
    def banners(self) -> tuple[Message, ...]:
        """Those that stand, the newest last."""
        return tuple(self._banners.values())

    def _add_to_history(self, message: Message) -> None:
        self.history.append(message)
        del self.history[:-MOST_KEPT]
        self.changed.emit()
