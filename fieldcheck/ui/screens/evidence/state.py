"""State of the Evidence screen: a page of the stored runs with what repeating came to, and frames
that two people differ on. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fieldcheck.analyses.blocks import Cell, Table
from fieldcheck.evidence.messages import (
    build_run_row,
    describe_conflict_progress,
    describe_page,
    get_outcome_name,
)
from fieldcheck.i18n.language import tr

if TYPE_CHECKING:
    from fieldcheck.domain.estimate import Estimate
    from fieldcheck.domain.run import ReplayResult, RunLine
    from fieldcheck.evidence.merge_labels import LabelConflict

PAGE = 20


class RunListState:
    """`lines`: the page that is shown, of `n` runs behind the `skip` newest; `scores` by run id;
    `at`: the row that is looked at."""

    def __init__(self) -> None:
        self.n = self.skip = self.at = 0
        self.lines: tuple[RunLine, ...] = ()
        self.scores: Mapping[str, tuple[str, Estimate]] = {}
        self.replayed: dict[str, ReplayResult] = {}

    def set_page(self, n: int, lines: Sequence[RunLine]) -> None:
        """A page has been read."""
        self.n, self.lines = n, tuple(lines)
        self.at = min(self.at, max(0, len(lines) - 1))

    def step_page(self, pages: int) -> bool:
        """Older runs for 1, newer ones for −1. Whether there are any."""
        skip = self.skip + pages * PAGE
        if not 0 <= skip < max(1, self.n) or skip == self.skip:
            return False
        self.skip, self.at = skip, 0
        return True

    @property
    def has_newer(self) -> bool:
        """Whether there are newer runs than those of the page."""
        return self.skip > 0

    @property
    def has_older(self) -> bool:
        """Whether there are older ones."""
        return self.skip + len(self.lines) < self.n

    @property
    def run_id(self) -> str:
        """The run that is looked at, empty for none."""
        return self.lines[self.at].run.run_id if self.lines else ""

    @property
    def outcome(self) -> ReplayResult | None:
        """Outcome of repeating that run, while this screen is there."""
        return self.replayed.get(self.run_id)

    @property
    def page_caption(self) -> str:
        """How many there are, and which of them are shown."""
        return describe_page(self.n, self.skip + 1, self.skip + len(self.lines))

    def build_table(self) -> Table | None:
        """The page as a table; None without a run."""
        if not self.lines:
            return None
        heads = (
            tr("Date and time"),
            tr("Data"),
            tr("Model"),
            tr("Predictions"),
            tr("Score (95% CI)"),
            tr("Reproduced"),
        )
        rows = [
            (
                *build_run_row(line, self.scores.get(line.run.run_id)),
                self._format_outcome(line.run.run_id),
            )
            for line in self.lines
        ]
        return Table(
            tr("Saved runs"),
            tuple(Cell(head) for head in heads),
            tuple(tuple(map(Cell, row)) for row in rows),
        )

    def _format_outcome(self, run_id: str) -> str:
        replay_result = self.replayed.get(run_id)
        return get_outcome_name(replay_result) if replay_result is not None else ""


class ConflictList:
    """Frames on which two people differ; `at`: the one that is looked at; `decided`: the frame that
    somebody has just decided."""

    def __init__(self) -> None:
        self.rows: tuple[LabelConflict, ...] = ()
        self.at = 0
        self.decided = ""

    def set_conflicts(self, rows: Sequence[LabelConflict]) -> None:
        """Set the conflicts; the selected one stays selected, or after a decision the next open
        one."""
        looked_at = self.current_conflict.frame_id if self.current_conflict is not None else ""
        self.rows = tuple(rows)
        places = {row.frame_id: index for index, row in enumerate(rows)}
        self.at = places.get(looked_at, min(self.at, max(0, len(rows) - 1)))
        just = places.get(self.decided, -1)
        if not looked_at or (just >= 0 and rows[just].settled):
            following = [
                index % len(rows)
                for index in range(self.at, self.at + len(rows))
                if not rows[index % len(rows)].settled
            ]
            self.at, self.decided = next(iter(following), self.at), ""

    def step_conflict(self, steps: int) -> None:
        """The one after or before, as far as there are any."""
        self.at = min(max(0, self.at + steps), max(0, len(self.rows) - 1))

    @property
    def current_conflict(self) -> LabelConflict | None:
        """The one that is looked at."""
        return self.rows[self.at] if self.rows else None

    @property
    def progress_caption(self) -> str:
        """How many are decided, and whether this one is."""
        settled = self.current_conflict is not None and self.current_conflict.settled
        return describe_conflict_progress(
            self.at + 1, len(self.rows), sum(row.settled for row in self.rows), settled
        )
