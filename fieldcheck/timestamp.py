"""Timestamps: the one clock by which a project, a report and a log say when something was done."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


def get_timestamp() -> str:
    """This moment, ISO 8601 to the millisecond, in this computer's own time with its offset:
    `2026-11-25T08:30:00.125+01:00`."""
    return datetime.now().astimezone().isoformat(timespec="milliseconds")


def parse_local_time(iso: str, ahead_s: int | None = None) -> datetime:
    """Local time of an ISO 8601 moment with its offset: on this computer's clock, which stands on
    the site, or on one that is that many seconds ahead of UTC, as a pack tells it. Footage is
    stored in UTC; a moment without an offset is one on that clock already. Raises ValueError for
    what is no time."""
    time = datetime.fromisoformat(iso)
    if ahead_s is None:
        return time.astimezone()
    site = timezone(timedelta(seconds=ahead_s))
    return time.astimezone(site) if time.tzinfo is not None else time.replace(tzinfo=site)
