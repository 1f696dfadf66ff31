"""The picks as they may be seen before labelling: in time order, with what can be seen on the picture alone.

Nothing here comes from the model: no answer, no hardness, no stratum, and no reason of the draw, since "the model was unsure" would say
as much by its absence as by its words. What a picture looks like is measured for every pick alike, whichever way it was chosen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlite_utils import Database

from fieldcheck.domain.pick import Draw
from fieldcheck.domain.quality import Quality
from fieldcheck.picking.hardness import STRIKING, light_faults, picture_faults
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import draws as draws_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.listing import Line, lines

MOST_NOTES = 2


@dataclass(frozen=True, slots=True)
class Proposed:
    """One pick. `clip` counts the project's clips from 1; `t_s` seconds from the clip's start; `taken_at` ISO 8601 UTC or empty.

    `notes` are codes of what is striking on the picture beside all other listed frames: `dark`, `blur`, `noise`, `clipped`,
    `low_contrast`, `backlight`.
    """

    frame_id: str
    clip: int
    source: str
    t_s: float
    taken_at: str
    camera: str
    location: str
    conditions: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """All picks in time order, and the draws that they come from. `n_listed` frames can be drawn from, `n_labels` labels stand."""

    rows: tuple[Proposed, ...]
    draws: tuple[Draw, ...]
    n_listed: int
    n_labels: int

    @property
    def n_clips(self) -> int:
        """How many clips have a pick."""
        return len({row.clip for row in self.rows})

    @property
    def n_cameras(self) -> int:
        """How many cameras that somebody named have a pick."""
        return len({row.camera for row in self.rows if row.camera})


def proposal(project: Project) -> Proposal:
    """The picks that stand now."""
    listing, picked, draws, n_labels = project.read(_rows)
    numbers = {clip_id: number for number, clip_id in enumerate(dict.fromkeys(line.clip.clip_id for line in listing), 1)}
    notes = _notes(project, listing) if picked else {}
    rows = tuple(_proposed(line, numbers, notes) for line in listing if line.frame.frame_id in picked)
    return Proposal(rows, draws, len(listing), n_labels)


def _rows(db: Database) -> tuple[tuple[Line, ...], frozenset[str], tuple[Draw, ...], int]:
    picked = frozenset(one.frame_id for one in picks_table.all(db) if not one.taken_out)
    return lines(db), picked, draws_table.current(db), labels_table.count(db)


def _proposed(line: Line, numbers: dict[str, int], notes: dict[str, tuple[str, ...]]) -> Proposed:
    clip, frame = line.clip, line.frame
    return Proposed(
        frame.frame_id, numbers[clip.clip_id], frame.source, line.t_s, line.taken_at, clip.camera, clip.location, line.conditions,
        notes[frame.frame_id],
    )  # fmt: skip


def _notes(project: Project, listing: tuple[Line, ...]) -> dict[str, tuple[str, ...]]:
    """The most striking faults of each listed frame: those in the worst fifth of the list, the worst first."""
    stored = {fact.frame_id: fact.quality for fact in project.read(frames_table.facts)}
    quality = [stored[line.frame.frame_id] for line in listing]
    clipped = [one.clipped_low + one.clipped_high for one in quality]
    contrast = [one.contrast for one in quality]
    faults = {
        **picture_faults([one.sharpness for one in quality], [one.noise for one in quality], clipped, contrast),
        **light_faults([one.mean for one in quality], clipped, contrast, [one.backlight for one in quality]),
    }
    return {line.frame.frame_id: _striking(faults, at, quality[at]) for at, line in enumerate(listing)}


def _striking(faults: dict[str, np.ndarray], at: int, quality: Quality) -> tuple[str, ...]:
    order = sorted(faults, key=lambda code: -float(faults[code][at]))
    real = [code for code in order if float(faults[code][at]) >= STRIKING and not _absent(code, quality)]
    return tuple(real[:MOST_NOTES])


def _absent(code: str, quality: Quality) -> bool:
    """Whether a fault is not there at all, however the others rank: the least of nothing is nothing."""
    return (code == "clipped" and quality.clipped_low + quality.clipped_high < 0.01) or (code == "backlight" and quality.backlight <= 0)
