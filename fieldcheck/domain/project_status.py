"""How far a project is: its counts, and what one line of the list of recent projects says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """Counts; `seconds` of footage, gaps left out. `n_open` recordings whose import was broken off; `n_benchmark` pictures of the newest
    benchmark. `n_answers` of them and of the picks the newest model has answered, undisturbed; under `n_swept` corruptions it was tested,
    and timed in `n_timed` runs, of which the newest got slower where `n_slower` is 1. `n_shifts` of it were watched,
    and `n_alarms` wait for somebody to look."""

    n_recordings: int = 0
    n_open: int = 0
    seconds: float = 0.0
    n_frames: int = 0
    n_picked: int = 0
    n_labelled: int = 0
    n_unsure: int = 0
    n_skipped: int = 0
    n_models: int = 0
    n_benchmark: int = 0
    n_answers: int = 0
    n_reports: int = 0
    n_swept: int = 0
    n_timed: int = 0
    n_slower: int = 0
    n_shifts: int = 0
    n_alarms: int = 0

    @property
    def n_left(self) -> int:
        """Picks nobody has said anything about."""
        return self.n_picked - self.n_labelled - self.n_unsure - self.n_skipped


@dataclass(frozen=True, slots=True)
class RecentProject:
    """`changed`: local time of the last change; `thumbnail`: JPEG of a picked frame, empty where there is none; `gap`: a fraction of
    the newest report, None without one or without a gap in it; `readiness`: that report's code, empty without one."""

    path: Path
    changed: datetime
    standing: ProjectStatus
    thumbnail: bytes
    gap: float | None
    readiness: str
