"""The picks as they may be seen before labelling: in time order, with what can be seen on the picture alone.

Nothing here comes from the model: no answer, no hardness, no stratum, and no reason of the draw, since "the model was unsure" would say
as much by its absence as by its words. What a picture looks like is measured for every pick alike, whichever way it was chosen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from sqlite_utils import Database

from fieldcheck.domain.pick import Draw, ReviewRequest
from fieldcheck.domain.quality import Quality
from fieldcheck.picking.hardness import STRIKING, rank_image_faults, rank_light_faults
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import draws as draws_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import marks as marks_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.footage.sampling_list import SamplingLine, list_sampling_lines
from fieldcheck.workflows.pick.pick import number_scenes

MOST_NOTES = 2
NO_MARK = ReviewRequest("")


@dataclass(frozen=True, slots=True)
class ProposedPick:
    """One pick. `clip` counts the project's clips from 1; `t_s` seconds from the clip's start; `taken_at` ISO 8601 UTC or empty.

    `notes` are codes of what is striking on the picture beside all other listed frames: `dark`, `blur`, `noise`, `clipped`,
    `low_contrast`, `backlight`. `scene` numbers the near-alike picks it belongs to; `taken_out` is why it was taken out, `person` that
    somebody can be recognised on it, `labelled` that somebody has said something of it.
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
    clip_id: str = ""
    scene: int = 0
    taken_out: str = ""
    person: bool = False
    labelled: bool = False


@dataclass(frozen=True, slots=True)
class ClipSpan:
    """One clip of the footage: `number` from 1, `seconds` from its first listed frame to its last; `joins`: another clip of the same
    recording stands before it, so that the border between them can be taken away."""

    clip_id: str
    recording_id: str
    number: int
    seconds: float
    source: str
    camera: str
    conditions: tuple[str, ...]
    joins: bool


@dataclass(frozen=True, slots=True)
class DrawnPicks:
    """All picks in time order, those taken out too, and the draws that they come from. `n_listed` frames can be drawn from, `n_labels`
    labels stand, `clips` is the whole footage."""

    rows: tuple[ProposedPick, ...]
    draws: tuple[Draw, ...]
    n_listed: int
    n_labels: int
    clips: tuple[ClipSpan, ...] = ()

    @property
    def inside(self) -> tuple[ProposedPick, ...]:
        """Those that will be labelled."""
        return tuple(row for row in self.rows if not row.taken_out)

    @property
    def n_clips(self) -> int:
        """How many clips have a pick."""
        return len({row.clip for row in self.inside})

    @property
    def n_cameras(self) -> int:
        """How many cameras that somebody named have a pick."""
        return len({row.camera for row in self.inside if row.camera})


def load_proposal(project: Project) -> DrawnPicks:
    """The picks that stand now."""
    listing, picked, draws, labels, marks = project.read(_load_rows)
    numbers = {clip_id: number for number, clip_id in enumerate(dict.fromkeys(line.clip.clip_id for line in listing), 1)}
    notes = _find_notable_faults(project, listing) if picked else {}
    chosen = [line for line in listing if line.frame.frame_id in picked]
    scene = number_scenes(project, chosen).tolist()
    rows = tuple(
        replace(
            _make_proposed_pick(line, numbers, notes), scene=number, taken_out=picked[line.frame.frame_id],
            person=marks.get(line.frame.frame_id, NO_MARK).person, labelled=line.frame.frame_id in labels,
        )
        for line, number in zip(chosen, scene, strict=True)
    )  # fmt: skip
    return DrawnPicks(rows, draws, len(listing), len(labels), _list_clip_spans(listing))


def list_drawable_frames(project: Project) -> tuple[tuple[str, ...], tuple[SamplingLine, ...]]:
    """Every frame that can be drawn from, by name and with where it belongs: for whoever asks for one before the draw."""
    found = project.read(list_sampling_lines)
    return tuple(line.frame.frame_id for line in found), found


def _list_clip_spans(listing: tuple[SamplingLine, ...]) -> tuple[ClipSpan, ...]:
    spans: dict[str, ClipSpan] = {}
    for line in listing:
        before = spans.get(line.clip.clip_id)
        clip = line.clip
        joins = any(one.recording_id == clip.recording_id for one in spans.values())
        spans[clip.clip_id] = ClipSpan(
            clip.clip_id, clip.recording_id, len(spans) + 1 if before is None else before.number, max(line.t_s, 0.001),
            line.recording.source, clip.camera, clip.conditions, joins if before is None else before.joins,
        )  # fmt: skip
    return tuple(spans.values())


def _load_rows(db: Database) -> tuple[tuple[SamplingLine, ...], dict[str, str], tuple[Draw, ...], frozenset[str], dict[str, ReviewRequest]]:
    picked = {one.frame_id: one.taken_out for one in picks_table.list_picks(db)}
    labels = frozenset(label.frame_id for label in labels_table.list_labels(db))
    return list_sampling_lines(db), picked, draws_table.list_current_draws(db), labels, marks_table.list_marks(db)


def _make_proposed_pick(line: SamplingLine, numbers: dict[str, int], notes: dict[str, tuple[str, ...]]) -> ProposedPick:
    clip, frame = line.clip, line.frame
    return ProposedPick(
        frame.frame_id, numbers[clip.clip_id], frame.source, line.t_s, line.taken_at, clip.camera, clip.location, line.conditions,
        notes[frame.frame_id], clip.clip_id,
    )  # fmt: skip


def _find_notable_faults(project: Project, listing: tuple[SamplingLine, ...]) -> dict[str, tuple[str, ...]]:
    """The most striking faults of each listed frame: those in the worst fifth of the list, the worst first."""
    stored = {fact.frame_id: fact.quality for fact in project.read(frames_table.list_frame_facts)}
    quality = [stored[line.frame.frame_id] for line in listing]
    clipped = [one.clipped_low + one.clipped_high for one in quality]
    contrast = [one.contrast for one in quality]
    faults = {
        **rank_image_faults([one.sharpness for one in quality], [one.noise for one in quality], clipped, contrast),
        **rank_light_faults([one.mean for one in quality], clipped, contrast, [one.backlight for one in quality]),
    }
    return {line.frame.frame_id: _list_striking_faults(faults, at, quality[at]) for at, line in enumerate(listing)}


def _list_striking_faults(faults: dict[str, np.ndarray], at: int, quality: Quality) -> tuple[str, ...]:
    order = sorted(faults, key=lambda code: -float(faults[code][at]))
    real = [code for code in order if float(faults[code][at]) >= STRIKING and not _is_fault_absent(code, quality)]
    return tuple(real[:MOST_NOTES])


def _is_fault_absent(code: str, quality: Quality) -> bool:
    """Whether a fault is not there at all, however the others rank: the least of nothing is nothing."""
    return (code == "clipped" and quality.clipped_low + quality.clipped_high < 0.01) or (code == "backlight" and quality.backlight <= 0)
