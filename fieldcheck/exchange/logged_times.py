"""Timestamps of a prediction log: a column of texts becomes instants and this computer's UTC offsets, thousands in one go."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fieldcheck.exchange.text_column import TextColumn, make_text_column

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND, MINUTE = 1_000_000, 60_000_000  # in microseconds
FORM = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?)(Z|[+-]\d\d:\d\d)?", re.ASCII)
OFFSET = len("+01:00")
FIRST_YEAR = 1900  # what is older leaves the calendar where a zone or a shift goes back from it
FIRST_AT, LAST_AT = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * SECOND for year in (1971, 2999))  # others one by one

Whole = NDArray[np.int64]


class LoggedTimes(NamedTuple):
    """`at`: (n,) int64 microseconds since 1970 UTC; `ahead`: (n,) int64 seconds by which this computer's clock is ahead of UTC then."""

    timestamps_us: Whole
    utc_offsets_s: Whole


class InvalidTimestamp(ValueError):
    """A text that is no time, the first of its column; `place` counts from 0."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


def make_local_time(at: int, ahead: int) -> datetime:
    """Local time of this computer, which is `ahead` seconds before UTC. `at`: microseconds since 1970 UTC."""
    return (EPOCH + timedelta(microseconds=at)).astimezone(timezone(timedelta(seconds=ahead)))


def parse_times(said: Sequence[Any]) -> LoggedTimes:
    """Instants of a column: ISO 8601 with an offset or without one (then this computer's local time), or seconds since 1970.

    Raises NoTime.
    """
    if not isinstance(said, TextColumn) and set(map(type, said)) != {str}:
        return _parse_each_time(said)
    at, ahead = np.empty(len(said), np.int64), np.empty(len(said), np.int64)
    for places, letters in (said if isinstance(said, TextColumn) else make_text_column(said)).group_by_length():
        found = _parse_uniform_times(letters)  # by length, since a whole second is often written without its fraction
        if found is None:
            return _parse_each_time(said)
        at[places], ahead[places] = found
    return LoggedTimes(at, ahead)


def _parse_uniform_times(letters: NDArray[np.uint8]) -> LoggedTimes | None:
    """Instants of times that are written alike, (n, length) bytes; None where one differs in its form or there is no such time."""
    form = FORM.fullmatch(letters[0].tobytes().decode("latin-1"))
    if form is None:
        return None
    digits = letters - np.uint8(ord("0"))
    are_digits, are_same = np.all(digits <= 9, axis=0).tolist(), np.all(letters == letters[0], axis=0).tolist()
    if not all((are_digits if one.isdigit() else are_same)[at] for at, one in enumerate(form[0])):
        return None
    try:
        wall = np.ascontiguousarray(letters[:, : form.end(1)]).view(f"S{form.end(1)}").ravel().astype("M8[us]").astype(np.int64)
    except ValueError:  # the thirtieth of February
        return None
    if wall.min() < FIRST_AT or wall.max() > LAST_AT:
        return None
    if form[2] is None:
        at = wall - _map_by_minute(wall, _get_utc_offset)
    elif form[2] == "Z":
        at = wall
    else:
        hours, minutes = (digits[:, one].astype(np.int64) * 10 + digits[:, one + 1] for one in (-OFFSET + 1, -2))
        if hours.max() > 23 or minutes.max() > 59:
            return None
        at = wall - (hours * 60 + minutes) * (-MINUTE if form[2][0] == "-" else MINUTE)
    return LoggedTimes(at, _map_by_minute(at, lambda minute: time.localtime(minute * 60).tm_gmtoff))


def _map_by_minute(times: Whole, found: Callable[[int], int]) -> Whole:
    """What is found for the minute of each time, asked once for neighbours: no zone changes within one."""
    minutes = times // MINUTE
    starts = np.flatnonzero(np.diff(minutes, prepend=minutes[0] - 1))
    return np.repeat([found(minute) for minute in minutes[starts].tolist()], np.diff(starts, append=minutes.size))


def _get_utc_offset(minute: int) -> int:
    """By how many microseconds a local time is ahead of UTC; `minute` counts from 1970, local time."""
    return minute * MINUTE - round((EPOCH.replace(tzinfo=None) + timedelta(minutes=minute)).timestamp()) * SECOND


def _parse_each_time(said: Sequence[object]) -> LoggedTimes:
    """Instants of times in any form."""
    at, ahead = np.empty(len(said), np.int64), np.empty(len(said), np.int64)
    for place, one in enumerate(said):
        try:
            is_number = isinstance(one, int | float) and not isinstance(one, bool)  # true is 1 to Python, and no time
            found = datetime.fromtimestamp(float(str(one))) if is_number else datetime.fromisoformat(str(one))
            if found.year < FIRST_YEAR:
                raise ValueError(found.year)
            local = found.astimezone()
            ahead[place] = round((local.utcoffset() or timedelta()).total_seconds())
            at[place] = (local - EPOCH) // timedelta(microseconds=1)
        except (ValueError, OverflowError, OSError) as error:
            raise InvalidTimestamp(place) from error
    return LoggedTimes(at, ahead)
