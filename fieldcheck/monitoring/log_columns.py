"""Columns of a prediction log read in bulk with numpy: texts, timestamps, and UTC offsets."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

# Column of texts that lie in one buffer, as in a CSV without quotes: read by numpy, thousands at
# once, without an object for each.

NEWLINE, ZERO, POINT = b"\n0."
MOST_DIGITS = 15  # of a figure that a double holds exactly before its point is set
MOST_DISTINCT = 64  # texts of one length that are told apart by comparing
SPECIAL = ('"', "\r", "\0")  # what makes a CSV more than lines and commas

Letters = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class TextColumn(Sequence[str]):
    """`data`: bytes in UTF-8; text `i` goes from `starts[i]` to before `ends[i]`."""

    data: Letters
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def __len__(self) -> int:
        return self.starts.size

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> TextColumn: ...
    def __getitem__(self, index: int | slice) -> str | TextColumn:
        if isinstance(index, slice):
            return TextColumn(self.data, self.starts[index], self.ends[index])
        return self.data[self.starts[index] : self.ends[index]].tobytes().decode()

    def group_by_length(self) -> Iterator[tuple[NDArray[np.intp], Letters]]:
        """For each length in bytes the places of the texts that have it, (n,), and their bytes, (n,
        length)."""
        lengths = self.ends - self.starts
        for length in np.unique(lengths).tolist():
            positions = np.flatnonzero(lengths == length)
            yield (
                positions,
                sliding_window_view(self.data, length)[self.starts[positions]]
                if length
                else np.empty((positions.size, 0), np.uint8),
            )


def make_text_column(texts: Sequence[str]) -> TextColumn:
    """The column of these texts."""
    coded = [text.encode("utf-8", "surrogatepass") for text in texts]
    ends = np.cumsum(np.fromiter(map(len, coded), np.int64, len(coded)))
    return TextColumn(
        np.frombuffer(b"".join(coded), np.uint8), np.concatenate(([0], ends[:-1])), ends
    )


def split_csv_columns(text: str, width: int, separator: str = ",") -> list[TextColumn] | None:
    """Columns of CSV lines, each of `width` fields and none of them quoted; None for other lines.
    `separator`: one ASCII character."""
    plain = text.replace("\r\n", "\n")
    if any(sign in plain for sign in SPECIAL):
        return None
    data = np.frombuffer((plain if plain.endswith("\n") else plain + "\n").encode(), np.uint8)
    marks = np.flatnonzero((data == ord(separator)) | (data == NEWLINE))
    are_ends = data[marks] == NEWLINE
    if (
        marks.size % width
        or not are_ends[width - 1 :: width].all()
        or are_ends.sum() * width != marks.size
    ):
        return None
    starts = np.concatenate(([0], marks[:-1] + 1))
    return [TextColumn(data, starts[index::width], marks[index::width]) for index in range(width)]


def parse_decimals(column: TextColumn) -> NDArray[np.float64] | None:
    """Parse plain decimals such as 0.25 to (n,) float64, exactly as `float` does; None where a text
    has another form."""
    decimals = np.empty(len(column), np.float64)
    for positions, letters in column.group_by_length():
        digits = letters - np.uint8(ZERO)
        odd = np.flatnonzero((digits > 9).any(axis=0)).tolist()  # A text without a digit.
        n_digits = letters.shape[1] - len(odd)
        if not 0 < n_digits <= MOST_DIGITS or len(odd) > 1 or (letters[:, odd] != POINT).any():
            return None
        behind = letters.shape[1] - 1 - odd[0] if odd else 0
        whole = np.delete(digits, odd, axis=1) @ 10 ** np.arange(n_digits - 1, -1, -1)
        decimals[positions] = whole / 10**behind
    return decimals


def find_distinct_texts(column: TextColumn) -> tuple[list[str], NDArray[np.intp]] | None:
    """The texts that occur, and (n,) for each of the column its place among them; None where there
    are very many."""
    names, codes = list[str](), np.empty(len(column), np.intp)
    for positions, letters in column.group_by_length():
        unread = np.arange(positions.size)
        for _ in range(MOST_DISTINCT):
            if not unread.size:
                break
            same = (letters[unread] == letters[unread[0]]).all(axis=1)
            codes[positions[unread[same]]] = len(names)
            names.append(letters[unread[0]].tobytes().decode())
            unread = unread[~same]
        if unread.size:
            return None
    return names, codes


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND, MINUTE = 1_000_000, 60_000_000  # in microseconds
FORM = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?)(Z|[+-]\d\d:\d\d)?", re.ASCII)
OFFSET = len("+01:00")
FIRST_YEAR = 1900  # what is older leaves the calendar where a zone or a shift goes back from it
# others one by one
FIRST_AT, LAST_AT = (
    int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * SECOND for year in (1971, 2999)
)

Whole = NDArray[np.int64]


class LoggedTimes(NamedTuple):
    """`timestamps_us`: (n,) int64 microseconds since 1970 UTC; `utc_offsets_s`: (n,) int64 seconds
    by which this computer's local time was ahead of UTC then."""

    timestamps_us: Whole
    utc_offsets_s: Whole


class InvalidTimestamp(ValueError):
    """A text that is no time, the first of its column; `row` counts from 0."""

    def __init__(self, row: int) -> None:
        super().__init__(row)
        self.place = row


def make_local_time(index: int, ahead: int) -> datetime:
    """Local time of this computer, which is `ahead` seconds before UTC. `index`: microseconds since
    1970 UTC."""
    return (EPOCH + timedelta(microseconds=index)).astimezone(timezone(timedelta(seconds=ahead)))


def parse_times(texts: Sequence[Any]) -> LoggedTimes:
    """Instants of a column: ISO 8601 with an offset or without one (then this computer's local
    time), or seconds since 1970.

    Raises InvalidTimestamp.
    """
    if not isinstance(texts, TextColumn) and set(map(type, texts)) != {str}:
        return _parse_each_time(texts)
    times, ahead = np.empty(len(texts), np.int64), np.empty(len(texts), np.int64)
    for positions, letters in (
        texts if isinstance(texts, TextColumn) else make_text_column(texts)
    ).group_by_length():
        # by length, since a whole second is often written without its fraction
        uniform_times = _parse_uniform_times(letters)
        if uniform_times is None:
            return _parse_each_time(texts)
        times[positions], ahead[positions] = uniform_times
    return LoggedTimes(times, ahead)


def _parse_uniform_times(letters: NDArray[np.uint8]) -> LoggedTimes | None:
    """Instants of times that are written alike, (n, length) bytes; None where one differs in its
    form or there is no such time."""
    form = FORM.fullmatch(letters[0].tobytes().decode("latin-1"))
    if form is None:
        return None
    digits = letters - np.uint8(ord("0"))
    are_digits, are_same = (
        np.all(digits <= 9, axis=0).tolist(),
        np.all(letters == letters[0], axis=0).tolist(),
    )
    if not all(
        (are_digits if letter.isdigit() else are_same)[index]
        for index, letter in enumerate(form[0])
    ):
        return None
    try:
        wall = (
            np.ascontiguousarray(letters[:, : form.end(1)])
            .view(f"S{form.end(1)}")
            .ravel()
            .astype("M8[us]")
            .astype(np.int64)
        )
    except ValueError:  # the thirtieth of February
        return None
    if wall.min() < FIRST_AT or wall.max() > LAST_AT:
        return None
    if form[2] is None:
        times = wall - _map_by_minute(wall, _get_utc_offset)
    elif form[2] == "Z":
        times = wall
    else:
        hours, minutes = (
            digits[:, position].astype(np.int64) * 10 + digits[:, position + 1]
            for position in (-OFFSET + 1, -2)
        )
        if hours.max() > 23 or minutes.max() > 59:
            return None
        times = wall - (hours * 60 + minutes) * (-MINUTE if form[2][0] == "-" else MINUTE)
    return LoggedTimes(
        times, _map_by_minute(times, lambda minute: time.localtime(minute * 60).tm_gmtoff)
    )


def _map_by_minute(times: Whole, compute: Callable[[int], int]) -> Whole:
    """Map each time by a function of its minute, called once for neighbouring times: no UTC offset
    changes within a minute."""
    minutes = times // MINUTE
    starts = np.flatnonzero(np.diff(minutes, prepend=minutes[0] - 1))
    return np.repeat(
        [compute(minute) for minute in minutes[starts].tolist()],
        np.diff(starts, append=minutes.size),
    )


def _get_utc_offset(minute: int) -> int:
    """Microseconds by which a local time is ahead of UTC; `minute` counts from 1970, local time."""
    return (
        minute * MINUTE
        - round((EPOCH.replace(tzinfo=None) + timedelta(minutes=minute)).timestamp()) * SECOND
    )


def _parse_each_time(texts: Sequence[object]) -> LoggedTimes:
    """Instants of times in any form."""
    times, ahead = np.empty(len(texts), np.int64), np.empty(len(texts), np.int64)
    for index, text in enumerate(texts):
        try:
            # Python counts True as 1, but it is not a time.
            is_number = isinstance(text, int | float) and not isinstance(text, bool)
            time = (
                datetime.fromtimestamp(float(str(text)))
                if is_number
                else datetime.fromisoformat(str(text))
            )
            if time.year < FIRST_YEAR:
                raise ValueError(time.year)
            local = time.astimezone()
            ahead[index] = round((local.utcoffset() or timedelta()).total_seconds())
            times[index] = (local - EPOCH) // timedelta(microseconds=1)
        except (ValueError, OverflowError, OSError) as error:
            raise InvalidTimestamp(index) from error
    return LoggedTimes(times, ahead)
