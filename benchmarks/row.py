"""One row of the table: what ours took, what the other took, and whether the bar holds."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal, NamedTuple

RUNS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """`ours` and `other` are medians in the unit that `other_is` names; `ratio` is the number that
    `bar` bounds. `floor`: noise floor, the other side against itself, which is 1 on a machine that
    does nothing else; None where it was run once, or is a limit."""

    name: str
    ours: float
    other: float
    other_is: str
    ratio: float
    bar: str
    holds: bool
    n: int
    machine: str
    floor: float | None = None

    def json(self) -> str:
        """One line, as performance rows are kept."""
        return json.dumps(asdict(self))

    def line(self) -> str:
        """One line for a person."""
        mark = "holds" if self.holds else "MISSED"
        figures = (
            f"{self.name:28} {self.ours:10.3f} {self.other:10.3f}  ratio {self.ratio:6.3f}  "
            f"bar {self.bar:10}"
        )
        floor = f"; noise floor {self.floor:.3f}" if self.floor is not None else ""
        return f"{figures} {mark}  ({self.other_is}; n = {self.n}{floor})"


class Taken(NamedTuple):
    """Medians of both sides, and the noise floor: what stands in the place of ours where the other
    side is put there too."""

    ours: float
    other: float
    floor: float


def row(
    name: str,
    ours: float,
    other: float,
    other_is: str,
    bar: float,
    kind: Literal["<=", ">="],
    n: int,
    ratio: float | None = None,
    floor: float | None = None,
) -> Row:
    """A row whose ratio is ours/other unless given."""
    measured = ours / other if ratio is None else ratio
    holds = measured <= bar if kind == "<=" else measured >= bar
    return Row(name, ours, other, other_is, measured, f"{kind} {bar:g}", holds, n, machine(), floor)


def machine() -> str:
    """What the row was measured on."""
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}"
    )


def in_turn(
    ours: Callable[[], object],
    other: Callable[[], object],
    runs: int = RUNS,
    clock: Callable[[], float] = time.perf_counter,
) -> Taken:
    """Seconds of both, run in turn after one warm-up each, so that a drifting machine meets both
    alike; the other side runs once more in each turn, for the noise floor. `clock`: `process_time`
    for machine time of all threads, where a limit in seconds must not depend on who else is at
    work."""
    return by_clocks(ours, other, runs, (clock,))[0]


def by_clocks(
    ours: Callable[[], object],
    other: Callable[[], object],
    runs: int,
    clocks: Sequence[Callable[[], float]] = (time.perf_counter, time.process_time),
) -> list[Taken]:
    """The same by several clocks at once, of themselves by the clock on the wall and in machine
    time of all threads."""

    def seconds(work: Callable[[], object]) -> list[float]:
        began = [clock() for clock in clocks]
        work()
        return [clock() - then for clock, then in zip(clocks, began, strict=True)]

    ours()
    other()
    rounds = [(seconds(ours), seconds(other), seconds(other)) for _ in range(runs)]
    return [
        of_rounds([(mine[k], theirs[k], again[k]) for mine, theirs, again in rounds])
        for k in range(len(clocks))
    ]


def of_rounds(rounds: Sequence[tuple[float, float, float]]) -> Taken:
    """Medians over rounds of ours, the other side, and the other side again."""
    mine, other, again = (statistics.median(side) for side in zip(*rounds, strict=True))
    return Taken(mine, other, again / other)
