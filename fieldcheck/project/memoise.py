"""Memoisation within one piece of work: what several sections of a report query is read and
computed once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
QuestionT = TypeVar("QuestionT", bound=Callable[..., Any])

_memoisable: set[Callable[..., Any]] = set()


def memoisable(question: QuestionT) -> QuestionT:
    """Decorator of a function that reads the database: inside a `memo_scope`, `Project.read` calls
    it once. Its result must not be changed."""
    _memoisable.add(question)
    return question


def is_memoisable(question: Callable[..., Any]) -> bool:
    """Whether the function is marked with `memoisable`; lambdas and functions inside others never
    are."""
    return question in _memoisable


_answers: ContextVar[dict[Hashable, object] | None] = ContextVar("answers", default=None)


@contextmanager
def memo_scope() -> Iterator[None]:
    """Inside this context `get_memoised` caches results per thread. Writes of other threads are not
    seen; a write of this thread clears the cache."""
    if _answers.get() is not None:
        yield
        return
    before = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(before)


def get_memoised(question: Hashable, compute: Callable[[], T]) -> T:
    """The result of `compute()`; inside `memo_scope` the one cached for an equal `question`. It
    must not be changed."""
    answers = _answers.get()
    if answers is None:
        return compute()
    if question not in answers:
        answers[question] = compute()
    return answers[question]  # type: ignore[return-value]  # what was kept under this question is what its `compute` gave


def clear_memo() -> None:
    """Clear the cache, because something was written."""
    if (answers := _answers.get()) is not None:
        answers.clear()
