"""Memoisation for the length of one piece of work: what the sections of a report ask alike is read, and reckoned, once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")

_answers: ContextVar[dict[Hashable, object] | None] = ContextVar("answers", default=None)


@contextmanager
def memo_scope() -> Iterator[None]:
    """Within it, on this thread, `get_memoised` reckons the same question a single time. What is written meanwhile by others is not
    seen; a write of the thread's own forgets everything."""
    if _answers.get() is not None:
        yield
        return
    before = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(before)


def get_memoised(question: Hashable, reckon: Callable[[], T]) -> T:
    """The answer of `reckon()`: within `memo_scope` the one that was found for an equal `question` before. Nobody may change it."""
    answers = _answers.get()
    if answers is None:
        return reckon()
    if question not in answers:
        answers[question] = reckon()
    return answers[question]  # type: ignore[return-value]  # what was kept under this question is what its `reckon` gave


def clear_memo() -> None:
    """Forget what was found so far: something was written."""
    if (answers := _answers.get()) is not None:
        answers.clear()
