"""Reading for a screen: whether what it shows of the open project is there, and still as the project is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.ui.current_project import CurrentProject

AnswerT = TypeVar("AnswerT")
NEVER = -1


class BodyLoader:
    """Reads for a screen. Until an answer has come the screen is loading: nothing is known, so nothing is called missing."""

    def __init__(self, current: CurrentProject) -> None:
        self._current = current
        self._revision = NEVER  # of the project, when what is shown was asked for
        self.failed = False

    @property
    def is_read(self) -> bool:
        """Whether there is something to show, or known to be nothing."""
        return self._revision != NEVER

    def enter(self) -> bool:
        """The screen is shown. What was read before something changed in the project is not shown again; whether anything still is."""
        if self._revision != self._current.revision:
            self.reset()
        return self.is_read

    def reset(self) -> None:
        """Forgets what was read: it is another project's, or of none."""
        self._revision, self.failed = NEVER, False

    def query(
        self, question: Callable[[Project], AnswerT], then: Callable[[AnswerT], None], failed: Callable[[BaseException], None]
    ) -> None:
        """`then(question(project))`, when what is asked for counts as read. Before `failed(error)` it counts as `failed`, unless something
        older is shown."""
        self._current.query(question, partial(self._on_answer, self._current.revision, then), partial(self._on_failure, failed))

    def mark_read(self, revision: int) -> None:
        """Takes it that what is shown was read in another way, of the project as it was at this revision."""
        self._revision, self.failed = revision, False

    def _on_answer(self, revision: int, then: Callable[[AnswerT], None], answer: AnswerT) -> None:
        self._revision, self.failed = revision, False
        then(answer)

    def _on_failure(self, failed: Callable[[BaseException], None], error: BaseException) -> None:
        self.failed = not self.is_read
        failed(error)


def get_opening_message(current: CurrentProject) -> str:
    """Sentence in place of “No project is open.” while one is being opened; empty where none is."""
    return tr("Opening the project …") if current.opening else ""
