"""Timestamps: the one clock by which a project, a report and a log say when something was done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta, timezone

_AHEAD: ContextVar[Mapping[str, int] | None] = ContextVar("ahead", default=None)


def timestamp() -> str:
    """This moment, ISO 8601 to the millisecond, in this computer's own time with its offset: `2026-11-25T08:30:00.125+01:00`."""
    return datetime.now().astimezone().isoformat(timespec="milliseconds")


def local(iso: str) -> datetime:
    """Local time of an ISO 8601 moment: on this computer's clock, which stands on the site, or the one of `on_clock`, with its offset.
    Footage is stored in UTC. Raises ValueError for what is no time."""
    ahead = (_AHEAD.get() or {}).get(iso)
    return datetime.fromisoformat(iso).astimezone(None if ahead is None else timezone(timedelta(seconds=ahead)))


def clock_at(moments: Iterable[str]) -> dict[str, int]:
    """By how many seconds this computer's clock is ahead of UTC at each of these ISO 8601 moments."""
    return {iso: int(away.total_seconds()) for iso in moments if (away := local(iso).utcoffset()) is not None}


@contextmanager
def on_clock(ahead: Mapping[str, int]) -> Iterator[None]:
    """`local` of these moments on the clock of another computer, as `clock_at` told it there."""
    token = _AHEAD.set(ahead)
    try:
        yield
    finally:
        _AHEAD.reset(token)
