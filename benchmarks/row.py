"""One row of the table: what ours took, what the other took, and whether the bar holds."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal

RUNS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """`ours` and `other` are medians in the unit that `other_is` names; `ratio` is the number that `bar` bounds."""

    name: str
    ours: float
    other: float
    other_is: str
    ratio: float
    bar: str
    holds: bool
    n: int
    machine: str

    def json(self) -> str:
        """One line, as performance rows are kept."""
        return json.dumps(asdict(self))

    def line(self) -> str:
        """One line for a person."""
        mark = "holds" if self.holds else "MISSED"
        figures = f"{self.name:28} {self.ours:10.3f} {self.other:10.3f}  ratio {self.ratio:6.3f}  bar {self.bar:10}"
        return f"{figures} {mark}  ({self.other_is}; n = {self.n})"


def row(
    name: str, ours: float, other: float, other_is: str, bar: float, kind: Literal["<=", ">="], n: int, ratio: float | None = None
) -> Row:
    """A row whose ratio is ours/other unless given."""
    found = ours / other if ratio is None else ratio
    holds = found <= bar if kind == "<=" else found >= bar
    return Row(name, ours, other, other_is, found, f"{kind} {bar:g}", holds, n, machine())


def machine() -> str:
    """What the row was measured on."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def in_turn(
    ours: Callable[[], object], other: Callable[[], object], runs: int = RUNS, clock: Callable[[], float] = time.perf_counter
) -> tuple[float, float]:
    """Median seconds of both, run in turn after one warm-up each, so that a drifting machine meets both alike. `clock`: `process_time` for
    machine time of all threads, where a limit in seconds must not depend on who else is at work."""
    ours()
    other()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for side, work in enumerate((ours, other)):
            began = clock()
            work()
            taken[side].append(clock() - began)
    return statistics.median(taken[0]), statistics.median(taken[1])
