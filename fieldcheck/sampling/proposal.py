"""Picks before labelling, in time order: shown without anything from the model, excluded with
replacement (methods 3.3), or required. No prediction, hardness, stratum or reason of the draw is
loaded: a reason such as "the model was unsure" would tell the annotator as much by its absence as
by its presence. Image faults are measured for every pick alike, whichever way it was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import nan

import numpy as np
from sqlite_utils import Database

from fieldcheck.domain.frame import Quality
from fieldcheck.domain.label import WHYS_OUT, Draw, Pick, ReviewRequest
from fieldcheck.domain.project_state import Changes
from fieldcheck.errors.labels import FrameNotPicked, FrameUnknown, NothingPicked, PickLabelled
from fieldcheck.footage.clips_and_scene_cuts import SamplingLine, list_sampling_lines
from fieldcheck.progress import Progress
from fieldcheck.project import undo
from fieldcheck.project.memoise import memoisable
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import values as settings_table
from fieldcheck.sampling.hardness import STRIKING, rank_image_faults, rank_light_faults
from fieldcheck.sampling.pick_frames import ADDED, EXTRA, number_scenes, save_frames
from fieldcheck.stats.bootstrap_draw import draw_extra

MOST_NOTES = 2
NO_MARK = ReviewRequest("")


@dataclass(frozen=True, slots=True)
class ProposedPick:
    """One pick. `clip` counts the project's clips from 1; `t_s` seconds from the clip's start;
    `taken_at` ISO 8601 UTC or empty.

    `notes` are codes of what is striking on the picture beside all other listed frames: `dark`,
    `blur`, `noise`, `clipped`, `low_contrast`, `backlight`. `scene` numbers the near-alike picks it
    belongs to; `taken_out` is why it was taken out, `person` that somebody can be recognised on it,
    `labelled` that somebody has said something of it.
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
    """One clip of the footage: `number` from 1, `seconds` from its first listed frame to its last;
    `joins`: another clip of the same recording stands before it, so that the border between them
    can be taken away."""

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
    """All picks in time order, excluded ones too, and the draws that they come from. `n_listed`:
    number of frames that can be drawn; `n_labels`: number of labels; `clips`: the whole footage."""

    rows: tuple[ProposedPick, ...]
    draws: tuple[Draw, ...]
    n_listed: int
    n_labels: int
    clips: tuple[ClipSpan, ...] = ()

    @property
    def inside(self) -> tuple[ProposedPick, ...]:
        """Picks that will be labelled."""
        return tuple(row for row in self.rows if not row.taken_out)

    @property
    def n_clips(self) -> int:
        """How many clips have a pick."""
        return len({row.clip for row in self.inside})

    @property
    def n_cameras(self) -> int:
        """Number of named cameras with a pick."""
        return len({row.camera for row in self.inside if row.camera})


def load_proposal(project: Project) -> DrawnPicks:
    """The current picks as they may be shown before labelling."""
    listing, picked, draws, labels, marks = project.read(_load_rows)
    numbers = {
        clip_id: number
        for number, clip_id in enumerate(dict.fromkeys(line.clip.clip_id for line in listing), 1)
    }
    notes = _find_notable_faults(project, listing) if picked else {}
    chosen = [line for line in listing if line.frame.frame_id in picked]
    scene = number_scenes(project, chosen).tolist()
    rows = tuple(
        replace(
            _make_proposed_pick(line, numbers, notes),
            scene=number,
            taken_out=picked[line.frame.frame_id],
            person=marks.get(line.frame.frame_id, NO_MARK).person,
            labelled=line.frame.frame_id in labels,
        )
        for line, number in zip(chosen, scene, strict=True)
    )
    return DrawnPicks(rows, draws, len(listing), len(labels), _list_clip_spans(listing))


def list_drawable_frames(project: Project) -> tuple[tuple[str, ...], tuple[SamplingLine, ...]]:
    """Every frame that can be drawn, by name and with its clip, for selecting required frames
    before a draw."""
    sampling_lines = project.read(list_sampling_lines)
    return tuple(line.frame.frame_id for line in sampling_lines), sampling_lines


def _list_clip_spans(listing: tuple[SamplingLine, ...]) -> tuple[ClipSpan, ...]:
    spans: dict[str, ClipSpan] = {}
    for line in listing:
        before = spans.get(line.clip.clip_id)
        clip = line.clip
        joins = any(span.recording_id == clip.recording_id for span in spans.values())
        spans[clip.clip_id] = ClipSpan(
            clip.clip_id,
            clip.recording_id,
            len(spans) + 1 if before is None else before.number,
            max(line.t_s, 0.001),
            line.recording.source,
            clip.camera,
            clip.conditions,
            joins if before is None else before.joins,
        )
    return tuple(spans.values())


@memoisable
def _load_rows(
    db: Database,
) -> tuple[
    tuple[SamplingLine, ...],
    dict[str, str],
    tuple[Draw, ...],
    frozenset[str],
    dict[str, ReviewRequest],
]:
    picked = {pick.frame_id: pick.taken_out for pick in labels_table.list_picks(db)}
    labels = frozenset(label.frame_id for label in labels_table.list_labels(db))
    return (
        list_sampling_lines(db),
        picked,
        labels_table.list_current_draws(db),
        labels,
        labels_table.list_marks(db),
    )


def _make_proposed_pick(
    line: SamplingLine, numbers: dict[str, int], notes: dict[str, tuple[str, ...]]
) -> ProposedPick:
    clip, frame = line.clip, line.frame
    return ProposedPick(
        frame.frame_id,
        numbers[clip.clip_id],
        frame.source,
        line.t_s,
        line.taken_at,
        clip.camera,
        clip.location,
        line.conditions,
        notes[frame.frame_id],
        clip.clip_id,
    )


def _find_notable_faults(
    project: Project, listing: tuple[SamplingLine, ...]
) -> dict[str, tuple[str, ...]]:
    """The most striking faults of each listed frame: those in the worst fifth of the list, the
    worst first."""
    stored = {fact.frame_id: fact.quality for fact in project.read(frames_table.list_frame_facts)}
    quality = [stored[line.frame.frame_id] for line in listing]
    clipped = [quality.clipped_low + quality.clipped_high for quality in quality]
    contrast = [quality.contrast for quality in quality]
    faults = {
        **rank_image_faults(
            [quality.sharpness for quality in quality],
            [quality.noise for quality in quality],
            clipped,
            contrast,
        ),
        **rank_light_faults(
            [quality.mean for quality in quality],
            clipped,
            contrast,
            [quality.backlight for quality in quality],
        ),
    }
    return {
        line.frame.frame_id: _list_striking_faults(faults, index, quality[index])
        for index, line in enumerate(listing)
    }


def _list_striking_faults(
    faults: dict[str, np.ndarray], index: int, quality: Quality
) -> tuple[str, ...]:
    order = sorted(faults, key=lambda code: -float(faults[code][index]))
    real = [
        code
        for code in order
        if float(faults[code][index]) >= STRIKING and not _is_fault_absent(code, quality)
    ]
    return tuple(real[:MOST_NOTES])


def _is_fault_absent(code: str, quality: Quality) -> bool:
    """Whether a fault is absent: the highest rank of no fault is still no fault."""
    return (code == "clipped" and quality.clipped_low + quality.clipped_high < 0.01) or (
        code == "backlight" and quality.backlight <= 0
    )


# Excluding picks before they are labelled: each is replaced by the next frame of its block, in an
# order drawn beforehand (methods 3.3).

RESERVE = "reserve"


@dataclass(frozen=True, slots=True)
class ExcludedPicks:
    """`n_out` frames were excluded, `n_replaced` of them replaced by another of their block; for
    the rest no frame was left there."""

    changes: Changes
    n_out: int
    n_replaced: int


def exclude_picks(
    project: Project, frame_ids: Sequence[str], why: str, progress: Progress
) -> ExcludedPicks:
    """Excludes picks with a reason, as one act; each is replaced where its block has a frame left.
    Raises FrameNotPicked, PickLabelled, FrameChanged, DiskFull."""
    if why not in WHYS_OUT:
        raise ValueError(f"no reason to take a frame out: {why}")
    standing, labelled = project.read(_load_picks)
    going = [
        _get_open_pick(standing, name, labelled)
        for name in dict.fromkeys(frame_ids)
        if not _get_open_pick(standing, name, labelled).taken_out
    ]
    picks = {**standing, **{pick.frame_id: replace(pick, taken_out=why) for pick in going}}
    coming: list[Pick] = []
    for pick in going:
        following = _find_next_reserve(project, pick, picks)
        if following is not None:
            coming.append(replace(pick, frame_id=following, reason=RESERVE, file="", taken_out=""))
            picks[following] = coming[-1]
    saved = _save_replacements(project, coming, progress)
    rows = [labels_table.make_pick_row(picks[pick.frame_id]) for pick in going] + [
        labels_table.make_pick_row(pick) for pick in saved
    ]
    return ExcludedPicks(project.edit("pick.take_out", puts=rows), len(going), len(saved))


def restore_picks(project: Project, frame_ids: Sequence[str]) -> Changes:
    """Includes excluded picks again and removes their replacements, as one act. Raises
    FrameNotPicked; PickLabelled where the replacement is labelled by now."""

    def restore_in_database(db: Database) -> Changes:
        picks, labelled = _load_picks(db)
        puts, deletes = [], []
        for name in dict.fromkeys(frame_ids):
            if name not in picks:
                raise FrameNotPicked(name)
            if not picks[name].taken_out:
                continue
            block = labels_table.get_block_reserves(db, picks[name].draw_id, name)
            for other in block:
                restored_pick = picks.get(other)
                if (
                    other != name
                    and restored_pick is not None
                    and not restored_pick.taken_out
                    and restored_pick.place == picks[name].place
                ):
                    if other in labelled:
                        raise PickLabelled(other)
                    deletes.append(labels_table.make_pick_key(other))
            puts.append(labels_table.make_pick_row(replace(picks[name], taken_out="")))
        return undo.apply_edit(db, "pick.put_back", puts, deletes)

    return project.write(restore_in_database).result()


@memoisable
def _load_picks(db: Database) -> tuple[dict[str, Pick], frozenset[str]]:
    return {pick.frame_id: pick for pick in labels_table.list_picks(db)}, frozenset(
        label.frame_id for label in labels_table.list_labels(db)
    )


def _get_open_pick(picks: dict[str, Pick], name: str, labelled: frozenset[str]) -> Pick:
    if name not in picks:
        raise FrameNotPicked(name)
    if name in labelled:
        raise PickLabelled(name)
    return picks[name]


def _find_next_reserve(project: Project, pick: Pick, picks: dict[str, Pick]) -> str | None:
    """Return the first reserve of the pick's block that was not used yet."""
    block = project.read(
        partial(labels_table.get_block_reserves, draw_id=pick.draw_id, frame_id=pick.frame_id)
    )
    return next((name for name in block if name not in picks or picks[name].stratum == EXTRA), None)


def _save_replacements(project: Project, coming: Sequence[Pick], progress: Progress) -> list[Pick]:
    """Return the replacements with their saved images."""
    if not coming:
        return []
    where = {line.frame.frame_id: line for line in project.read(list_sampling_lines)}
    files = save_frames(project, [where[pick.frame_id] for pick in coming], progress)
    return [replace(pick, file=file) for pick, file in zip(coming, files, strict=True)]


# Required frames: before a draw they form a stratum of their own, after it their weight is 0.

KEY = "must"


def get_required_frames(project: Project) -> tuple[str, ...]:
    """The frames that the next draw includes in any case."""
    setting = project.read(lambda db: settings_table.get_setting(db, KEY))
    return tuple(str(name) for name in setting) if isinstance(setting, list) else ()


def set_required(project: Project, frame_ids: Sequence[str], required: bool) -> Changes:
    """Marks frames as required in the next draw, or no longer. Set before a draw, they form a
    stratum that represents only itself (methods
    3.3 rule 4). Raises FrameUnknown."""
    listed = {line.frame.frame_id for line in project.read(list_sampling_lines)}
    for name in frame_ids:
        if name not in listed:
            raise FrameUnknown(name)
    before = get_required_frames(project)
    after = (
        [*before, *(name for name in frame_ids if name not in before)]
        if required
        else [frame_id for frame_id in before if frame_id not in set(frame_ids)]
    )
    return project.edit("pick.must", puts=[settings_table.make_setting_row(KEY, after)])


def add_extra(
    project: Project, frame_ids: Sequence[str], progress: Progress, *, count: int | None = None
) -> Changes:
    """Adds frames to a draw that exists. They are labelled and shown but enter no score: their
    weight is 0. Frames already picked stay as they are.

    Args:
        project: the project.
        frame_ids: frames of the list.
        progress: of the pictures that are saved.
        count: draw at most so many of them at random and record their probability; None: all.

    Returns:
        The picks that were added.

    Raises:
        NothingPicked: before any draw.
        FrameUnknown: a frame that is not listed.
        FrameChanged, DiskFull: a picture cannot be saved.
    """
    draws, picks = project.read(
        lambda db: (labels_table.list_current_draws(db), labels_table.list_picks(db))
    )
    if not draws:
        raise NothingPicked(project.path)
    where = {line.frame.frame_id: line for line in project.read(list_sampling_lines)}
    picked = {pick.frame_id for pick in picks}
    new = [name for name in dict.fromkeys(frame_ids) if name not in picked]
    probability = nan
    if count is not None and new:
        wanted = frozenset(new)
        listed = [name for name in where if name in wanted]
        number = sum(pick.stratum == EXTRA for pick in picks)
        drawn = draw_extra(len(listed), min(count, len(listed)), draws[-1].seed, number)
        new = [listed[position] for position in sorted(drawn.tolist())]
        probability = len(new) / len(listed)
    for name in new:
        if name not in where:
            raise FrameUnknown(name)
    files = save_frames(project, [where[name] for name in new], progress)
    last = max((pick.place for pick in picks), default=-1) + 1
    rows = [
        labels_table.make_pick_row(
            Pick(name, draws[-1].draw_id, EXTRA, probability, 0.0, ADDED, last + index, file)
        )
        for index, (name, file) in enumerate(zip(new, files, strict=True))
    ]
    return project.edit("pick.add", puts=rows)
