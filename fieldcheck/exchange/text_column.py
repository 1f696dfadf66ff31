"""Column of texts that lie in one buffer, as in a CSV without quotes: read by numpy, thousands at once, without an object for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

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
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> TextColumn: ...
    def __getitem__(self, at: int | slice) -> str | TextColumn:
        if isinstance(at, slice):
            return TextColumn(self.data, self.starts[at], self.ends[at])
        return self.data[self.starts[at] : self.ends[at]].tobytes().decode()

    def group_by_length(self) -> Iterator[tuple[NDArray[np.intp], Letters]]:
        """For each length in bytes the places of the texts that have it, (n,), and their bytes, (n, length)."""
        lengths = self.ends - self.starts
        for length in np.unique(lengths).tolist():
            places = np.flatnonzero(lengths == length)
            yield places, sliding_window_view(self.data, length)[self.starts[places]] if length else np.empty((places.size, 0), np.uint8)


def make_text_column(texts: Sequence[str]) -> TextColumn:
    """The column of these texts."""
    coded = [one.encode("utf-8", "surrogatepass") for one in texts]
    ends = np.cumsum(np.fromiter(map(len, coded), np.int64, len(coded)))
    return TextColumn(np.frombuffer(b"".join(coded), np.uint8), np.concatenate(([0], ends[:-1])), ends)


def split_csv_columns(text: str, width: int, separator: str = ",") -> list[TextColumn] | None:
    """Columns of CSV lines, each of `width` fields and none of them quoted; None for other lines. `separator`: one ASCII character."""
    plain = text.replace("\r\n", "\n")
    if any(one in plain for one in SPECIAL):
        return None
    data = np.frombuffer((plain if plain.endswith("\n") else plain + "\n").encode(), np.uint8)
    marks = np.flatnonzero((data == ord(separator)) | (data == NEWLINE))
    are_ends = data[marks] == NEWLINE
    if marks.size % width or not are_ends[width - 1 :: width].all() or are_ends.sum() * width != marks.size:
        return None
    starts = np.concatenate(([0], marks[:-1] + 1))
    return [TextColumn(data, starts[at::width], marks[at::width]) for at in range(width)]


def parse_decimals(column: TextColumn) -> NDArray[np.float64] | None:
    """(n,) what plain decimals such as 0.25 say, to the last digit as `float` reads them; None where a text is written otherwise."""
    found = np.empty(len(column), np.float64)
    for places, letters in column.group_by_length():
        digits = letters - np.uint8(ZERO)
        odd = np.flatnonzero((digits > 9).any(axis=0)).tolist()  # where somebody has no digit
        n_digits = letters.shape[1] - len(odd)
        if not 0 < n_digits <= MOST_DIGITS or len(odd) > 1 or (letters[:, odd] != POINT).any():
            return None
        behind = letters.shape[1] - 1 - odd[0] if odd else 0
        whole = np.delete(digits, odd, axis=1) @ 10 ** np.arange(n_digits - 1, -1, -1)
        found[places] = whole / 10**behind
    return found


def find_distinct_texts(column: TextColumn) -> tuple[list[str], NDArray[np.intp]] | None:
    """The texts that occur, and (n,) for each of the column its place among them; None where there are very many."""
    names, found = list[str](), np.empty(len(column), np.intp)
    for places, letters in column.group_by_length():
        left = np.arange(places.size)
        for _ in range(MOST_DISTINCT):
            if not left.size:
                break
            same = (letters[left] == letters[left[0]]).all(axis=1)
            found[places[left[same]]] = len(names)
            names.append(letters[left[0]].tobytes().decode())
            left = left[~same]
        if left.size:
            return None
    return names, found
