"""Picking the frames to label: the draw with known probabilities, lossless saving, and groups of
near-alike frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from math import nan

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.domain.frame import Frame, ListedFrame
from fieldcheck.domain.label import DESIGNS, Design, Draw, DrawnFrame, Pick, Stratum
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.files import FieldcheckError, PathMissing, PictureUnreadable, VideoUnreadable
from fieldcheck.errors.labels import FrameChanged, FrameUnknown, NoFootage, NothingLeftToPick
from fieldcheck.files import write_bytes
from fieldcheck.footage.clips_and_scene_cuts import SamplingLine, list_sampling_lines
from fieldcheck.footage.frame_analysis import TriageChunk, read_chunk
from fieldcheck.imaging.codec import compute_pixels_sha256, encode_png
from fieldcheck.parallel import map_chunks
from fieldcheck.progress import Progress
from fieldcheck.project import undo
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.sampling.hardness import USUAL, Hardness, HardnessPasses, measure_hardness
from fieldcheck.stats.bootstrap_draw import (
    draw_strata,
    find_hardest,
    make_showing_order,
    split_further_count,
    split_label_count,
)

# The proposal: which of the listed frames are to be labelled, with what probability and why.

SPREAD, CENSUS, REQUIRED = "spread", "census", "must"
EXTRA, ADDED = "extra", "added"  # stratum and reason of a frame that was added to a draw


@dataclass(frozen=True, slots=True)
class PickProposal:
    """A planned draw. `stratum` and `hardness` of each of the N sampled frames (NaN where not
    measured). For each of the k picks in list order: `picks` (k,) index in the list, `probability`
    (NaN where nothing was drawn), `weight`, `reason` codes, `place` in the random order of showing,
    and `reserves`: frames that replace it in turn if it is excluded before labelling."""

    design: Design
    seed: int
    count: int
    census: bool
    strata: tuple[Stratum, ...]
    components: tuple[tuple[str, float], ...]
    stratum: tuple[str, ...]
    hardness: NDArray[np.float64]
    picks: NDArray[np.int64]
    probability: NDArray[np.float64]
    weight: NDArray[np.float64]
    reason: tuple[str, ...]
    place: NDArray[np.int64]
    reserves: tuple[NDArray[np.int64], ...]

    def __post_init__(self) -> None:
        for array in (
            self.hardness,
            self.picks,
            self.probability,
            self.weight,
            self.place,
            *self.reserves,
        ):
            array.flags.writeable = False


@dataclass(frozen=True, slots=True)
class _StratumPart:
    """One stratum: its frames in list order, those picked of them with reserves, and the
    probability of each."""

    name: str
    frames: NDArray[np.int64]
    picks: NDArray[np.int64]
    reserves: tuple[NDArray[np.int64], ...]
    probability: float
    weight: float


def plan_picks(
    n_listed: int,
    count: int,
    *,
    design: Design,
    seed: int,
    hardness: Hardness | None = None,
    required: Sequence[int] = (),
    draw_number: int = 1,
) -> PickProposal:
    """Plans a draw of `count` of `n_listed` frames, plus the `required` ones (indices in the list),
    by methods 3.3.

    The list contains no frozen stretch, clips in order and frames in time order. `hardness` is
    ranked over this list (for the design
    *light*: that of light alone) and may be missing for *even*. Where no more than `count` frames
        are left besides `required`, all are
    taken: a census. From the second draw on, names of strata end in `@2` …. Raises ValueError for
        impossible arguments."""
    if n_listed < 1 or count < 1 or design not in DESIGNS:
        raise ValueError(f"no proposal of {count} of {n_listed} frames by {design!r}")
    wanted = np.unique(np.asarray(required, dtype=np.int64))
    if wanted.size and not (wanted[0] >= 0 and wanted[-1] < n_listed):
        raise ValueError(f"frames that are not listed: {wanted.tolist()}")
    free = np.setdiff1d(np.arange(n_listed, dtype=np.int64), wanted)
    census = free.size <= count
    if census:
        parts = [_make_whole_stratum("even", np.arange(n_listed, dtype=np.int64))]
    elif design == "hard":
        parts = [_select_hardest(_require_hardness(hardness, design).h, free, wanted, count)]
    else:
        parts = _draw_strata(
            None if design == "even" else _require_hardness(hardness, design).h, free, count, seed
        )
        parts += [_make_whole_stratum("must", wanted)] if wanted.size else []
    return _make_proposal(
        parts, n_listed, count, design, seed, hardness, set(wanted.tolist()), draw_number, census
    )


def _require_hardness(hardness: Hardness | None, design: Design) -> Hardness:
    if hardness is None:
        raise ValueError(f"the design {design!r} needs a hardness")
    return hardness


def _draw_strata(
    h: NDArray[np.float64] | None, free: NDArray[np.int64], count: int, seed: int
) -> list[_StratumPart]:
    """Strata hard and rest where there is a hardness, one stratum otherwise, with their random
    picks."""
    if h is None:
        named, counts = {"even": free}, [count]
    else:
        hard = find_hardest(h[free])
        named = {"hard": free[hard], "rest": free[~hard]}
        counts = list(split_label_count(count, int(hard.sum())))
    drawn = draw_strata(
        [(frames.size, k) for frames, k in zip(named.values(), counts, strict=True)], seed
    )
    return [
        _StratumPart(
            name,
            frames,
            frames[stratum_draw.picks],
            tuple(frames[reserve] for reserve in stratum_draw.reserves),
            k / frames.size if frames.size else nan,
            frames.size / k if k else 0.0,
        )
        for (name, frames), k, stratum_draw in zip(named.items(), counts, drawn, strict=True)
    ]


def _make_whole_stratum(name: str, frames: NDArray[np.int64]) -> _StratumPart:
    """Make a stratum of which every frame is labelled."""
    return _StratumPart(name, frames, frames, _make_empty_reserves(frames.size), 1.0, 1.0)


def _select_hardest(
    h: NDArray[np.float64], free: NDArray[np.int64], wanted: NDArray[np.int64], count: int
) -> _StratumPart:
    """Select the hardest frames without drawing; they represent only themselves."""
    chosen = np.concatenate([wanted, free[np.argsort(-h[free], kind="stable")[:count]]])
    return _StratumPart(
        "chosen", np.union1d(free, wanted), chosen, _make_empty_reserves(chosen.size), nan, 0.0
    )


def _make_empty_reserves(n: int) -> tuple[NDArray[np.int64], ...]:
    return tuple(np.empty(0, dtype=np.int64) for _ in range(n))


def _make_proposal(
    parts: Sequence[_StratumPart],
    n_listed: int,
    count: int,
    design: Design,
    seed: int,
    hardness: Hardness | None,
    required: set[int],
    draw_number: int,
    census: bool,
) -> PickProposal:
    suffix = f"@{draw_number}" if draw_number > 1 else ""
    stratum = [""] * n_listed
    for part in parts:
        for frame in part.frames.tolist():
            stratum[frame] = part.name + suffix
    picks = np.concatenate([part.picks for part in parts])
    order = np.argsort(picks, kind="stable")
    owner = [part for part in parts for _ in range(part.picks.size)]
    reserves = [reserve for part in parts for reserve in part.reserves]
    return PickProposal(
        design=design,
        seed=seed,
        count=count,
        census=census,
        strata=tuple(
            Stratum(part.name + suffix, int(part.frames.size), int(part.picks.size))
            for part in parts
        ),
        components=hardness.components if hardness else (),
        stratum=tuple(stratum),
        hardness=np.full(n_listed, nan) if hardness is None else hardness.h.copy(),
        picks=picks[order],
        probability=np.array([owner[i].probability for i in order]),
        weight=np.array([owner[i].weight for i in order]),
        reason=tuple(
            _get_pick_reason(int(picks[i]), owner[i].name, hardness, required, census)
            for i in order
        ),
        place=make_showing_order([owner[i].name for i in order], seed),
        reserves=tuple(reserves[i] for i in order),
    )


def _get_pick_reason(
    frame: int, stratum: str, hardness: Hardness | None, required: set[int], census: bool
) -> str:
    """Reason of a pick; codes of hardness appear only where hardness took part in the draw."""
    if frame in required:
        return REQUIRED
    if census:
        return CENSUS
    return hardness.get_reason(frame) if hardness and stratum in ("hard", "chosen") else SPREAD


# Scenes: near-duplicate frames in sequence, grouped so that nobody labels the same part fifty
# times.

DHASH_BITS, PHASH_BITS = 6, 8
LONGEST_S = 10.0


def cluster_scenes(
    clip: Sequence[str], t_s: Sequence[float], dhash: Sequence[int], phash: Sequence[int]
) -> NDArray[np.int64]:
    """Groups near-alike frames that follow each other.

    A frame belongs to the scene of the one before where it is near-alike to that scene's first
    frame (dHash within 6 bits or pHash within
    8) and less than 10 s after it; comparing with the first keeps a slow change from chaining a
      whole clip together. Source: methods 3.4.

    Args:
        clip: (n,) clip ids; frames stand clip by clip and in time order.
        t_s: (n,) seconds.
        dhash, phash: (n,) 64-bit hashes.

    Returns:
        (n,) number of the scene of each frame, from 0.
    """
    if not len(clip) == len(t_s) == len(dhash) == len(phash):
        raise ValueError(
            f"{len(clip)} clips, {len(t_s)} times, {len(dhash)} and {len(phash)} fingerprints"
        )
    number = np.zeros(len(clip), dtype=np.int64)
    first, scene = 0, 0
    for index in range(1, len(clip)):
        near = clip[index] == clip[first] and 0 <= t_s[index] - t_s[first] < LONGEST_S
        alike = (dhash[index] ^ dhash[first]).bit_count() <= DHASH_BITS or (
            phash[index] ^ phash[first]
        ).bit_count() <= PHASH_BITS
        if not (near and alike):
            first, scene = index, scene + 1
        number[index] = scene
    return number


DEFAULT_SEED = 0
MOST_TOGETHER = 8  # picks whose pictures wait in memory until they are written
# of one recording, and not of the others
LOST = (FrameChanged, PathMissing, PictureUnreadable, VideoUnreadable)


@dataclass(frozen=True, slots=True)
class PickedFrame:
    """One pick where it belongs; `t_s` seconds from the clip's start."""

    pick: Pick
    clip_id: str
    t_s: float
    hardness: float


@dataclass(frozen=True, slots=True)
class PickResult:
    """A draw and its picks, in list order; `left_out`: recordings whose frames cannot be read any
    more, each with the reason."""

    draw: Draw
    picks: tuple[PickedFrame, ...]
    left_out: tuple[tuple[str, FieldcheckError], ...] = ()


def pick_frames(
    project: Project,
    *,
    count: int,
    seed: int | None,
    design: Design,
    required: Sequence[str],
    passes: HardnessPasses = USUAL,
    progress: Progress,
    now: str,
) -> PickResult:
    """Draws the frames to label, as one undoable act.

    Before the first label it replaces the picks that stand; afterwards it draws from clips that no
    draw covers, and where there are none from the frames that the draws left, stratum by stratum,
    in which case design and hardness stay theirs. `seed` None is the default seed. A recording
    that does not give its frames any more is left out whole, and the draw made from the others: the
    design then speaks of these. Raises
    NoFootage, FrameUnknown (a `must` frame that is not in the list), NothingLeftToPick, DiskFull;
    NoBenchmark where novelty is asked for without one; FrameChanged, VideoUnreadable and the like
    where no recording gives its frames.
    """
    scope, number = _find_drawable_lines(project)
    if not scope:
        return _pick_further_frames(project, count, seed, required, progress, now)
    scope_ids = {line.frame.frame_id for line in scope}
    for name in required:
        if name not in scope_ids:
            raise FrameUnknown(name)
    left_out: dict[str, FieldcheckError] = {}
    while True:
        kept = [line for line in scope if line.recording.source not in left_out]
        if not kept:
            raise next(iter(left_out.values()))
        wanted = [name for name in required if any(line.frame.frame_id == name for line in kept)]
        proposal, model = _plan_draw(
            project, kept, number, count, seed, design, wanted, passes, progress, now
        )
        files, error_by_recording = _save_each_recording(
            project, [kept[index] for index in proposal.picks.tolist()], progress
        )
        left_out |= error_by_recording
        if not error_by_recording:
            break
    drawn = project.write(
        lambda db: _store_draw(
            db, proposal, kept, files, model, seed is not None, now, replace=number == 1
        )
    ).result()
    return replace(drawn, left_out=tuple(left_out.items()))


def _plan_draw(
    project: Project,
    scope: Sequence[SamplingLine],
    number: int,
    count: int,
    seed: int | None,
    design: Design,
    required: Sequence[str],
    passes: HardnessPasses,
    progress: Progress,
    now: str,
) -> tuple[PickProposal, StoredModel | None]:
    """Plan the draw over these lines; returns it with the model whose predictions it used."""
    positions = {line.frame.frame_id: index for index, line in enumerate(scope)}
    models = project.read(models_table.list_models)
    model = models[-1] if models else None
    hardness = measure_hardness(project, scope, model, design, passes, progress, now)
    proposal = plan_picks(
        len(scope),
        count,
        design=design,
        seed=DEFAULT_SEED if seed is None else seed,
        hardness=hardness,
        required=[positions[name] for name in required],
        draw_number=number,
    )
    return proposal, model


def number_scenes(project: Project, listing: Sequence[SamplingLine]) -> NDArray[np.int64]:
    """(n,) scene number of each of these frames, which are in list order."""
    prints = {
        fact.frame_id: (fact.dhash, fact.phash)
        for fact in project.read(partial(frames_table.list_frame_facts, with_frozen=True))
    }
    alike = [prints[line.frame.frame_id] for line in listing]
    clips, times = [line.clip.clip_id for line in listing], [line.t_s for line in listing]
    return cluster_scenes(
        clips, times, [dhash for dhash, _ in alike], [phash for _, phash in alike]
    )


def _find_drawable_lines(project: Project) -> tuple[list[SamplingLine], int]:
    """Return the lines that may be drawn from, and the number of the draw; 1 replaces the current
    picks. No line where every clip has picks."""
    listing = project.read(list_sampling_lines)
    if not listing:
        raise NoFootage(project.path)
    if project.read(labels_table.count_labels) == 0:
        return list(listing), 1
    standing = project.read(labels_table.list_current_draws)
    drawn = {
        member.frame_id
        for draw in standing
        for member in project.read(partial(labels_table.list_members, draw_id=draw.draw_id))
    }
    covered = {line.clip.clip_id for line in listing if line.frame.frame_id in drawn}
    scope = [line for line in listing if line.clip.clip_id not in covered]
    return scope, len(standing) + 1


# Further picks from clips that have some: without replacement from what the draws left in each
# stratum, so that all its picks together are a random sample of it (methods 3.3).

RANDOM_STRATA = ("hard", "rest", "even")


@dataclass(frozen=True, slots=True)
class OpenStratum:
    """A stratum with `listed` frames in all, of which `picked` were looked at; `lines`: those that
    are left, in list order."""

    name: str
    listed: int
    picked: int
    lines: tuple[SamplingLine, ...]


def is_random(stratum: str) -> bool:
    """Whether the frames of a stratum were drawn at random, in whichever draw."""
    return stratum.partition("@")[0] in RANDOM_STRATA


def count_left_frames(draws: Sequence[Draw], picks: Sequence[Pick]) -> int:
    """Number of frames that a further draw can take from the clips of these draws."""
    listed = {stratum.name: stratum.listed for draw in draws for stratum in draw.strata}
    picked = Counter(pick.stratum for pick in picks)
    return sum(max(0, n - picked[name]) for name, n in listed.items() if is_random(name))


def _list_open_strata(project: Project, draws: Sequence[Draw]) -> list[OpenStratum]:
    """Strata that were drawn at random and have frames left. Frames that were added to a draw are
    among them: left out, they would have no chance in the draws to come."""
    stratum = {
        member.frame_id: member.stratum
        for draw in draws
        for member in project.read(partial(labels_table.list_members, draw_id=draw.draw_id))
    }
    picks = {
        pick.frame_id: pick
        for pick in project.read(labels_table.list_picks)
        if pick.stratum != EXTRA
    }
    picked = Counter(pick.stratum for pick in picks.values())
    listed = {stratum.name: stratum.listed for draw in draws for stratum in draw.strata}
    open_lines: dict[str, list[SamplingLine]] = {}
    for line in project.read(list_sampling_lines):
        name = stratum.get(line.frame.frame_id, "")
        if is_random(name) and line.frame.frame_id not in picks:
            open_lines.setdefault(name, []).append(line)
    return [
        OpenStratum(name, n, picked[name], tuple(open_lines[name]))
        for name, n in listed.items()
        if name in open_lines and picked[name]
    ]


def _pick_further_frames(
    project: Project,
    count: int,
    seed: int | None,
    required: Sequence[str],
    progress: Progress,
    now: str,
) -> PickResult:
    """Draws `count` more frames of the clips that have picks. Raises NothingLeftToPick where no
    frame is left; FrameUnknown for a required frame that has no pick, since a frame that is added
    once labels were seen has no weight."""
    draws = project.read(labels_table.list_current_draws)
    strata = _list_open_strata(project, draws)
    if not strata:
        raise NothingLeftToPick(
            len({line.clip.clip_id for line in project.read(list_sampling_lines)})
        )
    picked = {pick.frame_id for pick in project.read(labels_table.list_picks)}
    for name in required:
        if name not in picked:
            raise FrameUnknown(name)
    shares = split_further_count(
        count, [stratum.picked for stratum in strata], [len(stratum.lines) for stratum in strata]
    )
    used = DEFAULT_SEED if seed is None else seed
    sizes = [(len(stratum.lines), share) for stratum, share in zip(strata, shares, strict=True)]
    drawn = draw_strata(sizes, used, further=len(draws))
    chosen = [
        _FurtherPick(
            stratum.name,
            stratum.lines[k],
            tuple(stratum.lines[index].frame.frame_id for index in others.tolist()),
        )
        for stratum, part in zip(strata, drawn, strict=True)
        for k, others in zip(part.picks.tolist(), part.reserves, strict=True)
    ]
    listed = project.read(list_sampling_lines)
    order = {line.frame.frame_id: index for index, line in enumerate(listed)}
    chosen.sort(key=lambda pick: order[pick.line.frame.frame_id])
    save_frames(project, [pick.line for pick in chosen], progress)
    draw = replace(
        draws[-1],
        seed=used,
        seed_typed=seed is not None,
        count=count,
        census=len(chosen) == sum(size for size, _ in sizes),
        strata=tuple(
            Stratum(stratum.name, stratum.listed, share)
            for stratum, share in zip(strata, shares, strict=True)
            if share
        ),
        created=now,
        labels_existed=True,
    )
    return project.write(lambda db: _store_further_draw(db, draw, chosen)).result()


@dataclass(frozen=True, slots=True)
class _FurtherPick:
    """A frame that was drawn from what was left of a stratum, and the frames that replace it."""

    stratum: str
    line: SamplingLine
    reserves: tuple[str, ...]


def _store_further_draw(db: Database, draw: Draw, chosen: Sequence[_FurtherPick]) -> PickResult:
    """Store the draw and its picks. All picks of a stratum, earlier ones too, now have the chance
    of both draws together: (picked before + picked now) / listed. Its frames have their place in
    the draw that listed them, so it lists none."""
    draw = replace(draw, draw_id=labels_table.get_next_draw_id(db))
    standing = labels_table.list_picks(db)
    hardness = {
        member.frame_id: member.hardness
        for earlier in labels_table.list_current_draws(db)
        for member in labels_table.list_members(db, earlier.draw_id)
    }
    before = Counter(pick.stratum for pick in standing)
    chance = {row.name: (before[row.name] + row.picked) / row.listed for row in draw.strata}
    shown = make_showing_order([further.stratum for further in chosen], draw.seed).tolist()
    added = {pick.frame_id: pick for pick in standing if pick.stratum == EXTRA}
    rows, picks = [], []
    for drawn, position in zip(chosen, shown, strict=True):
        name, stratum, share = drawn.line.frame.frame_id, drawn.stratum, chance[drawn.stratum]
        order = added[name].place if name in added else len(standing) + position
        file = f"frames/{name}.png"
        pick = Pick(name, draw.draw_id, stratum, share, 1 / share, SPREAD, order, file)
        rows.append(pick)
        picks.append(PickedFrame(pick, drawn.line.clip.clip_id, drawn.line.t_s, hardness[name]))
    rows += [
        replace(pick, probability=chance[pick.stratum], weight=1 / chance[pick.stratum])
        for pick in standing
        if pick.stratum in chance
    ]
    labels_table.put_draw(db, draw, ())
    reserves = {pick.line.frame.frame_id: list(pick.reserves) for pick in chosen}
    labels_table.put_reserves(db, draw.draw_id, reserves)
    undo.apply_edit(db, "pick.propose", puts=[labels_table.make_pick_row(pick) for pick in rows])
    return PickResult(draw, tuple(picks))


@dataclass(frozen=True, slots=True)
class _SaveChunk:
    """Picks to be read from one recording, by their places in it."""

    read: TriageChunk
    picks: dict[int, ListedFrame]


def encode_picks(chunk: _SaveChunk) -> dict[str, bytes | FieldcheckError]:
    """Lossless images of sampled frames by id, or why there is none: FrameChanged where the footage
    now gives other pixels than when it was listed. Pure."""
    source = chunk.read.source
    pngs: dict[str, bytes | FieldcheckError] = {
        pick.frame_id: FrameChanged(pick.frame_id, source) for pick in chunk.picks.values()
    }
    try:
        for frame in read_chunk(chunk.read):
            listed = chunk.picks.get(frame.index) if isinstance(frame, Frame) else None
            if (
                isinstance(frame, Frame)
                and listed
                and compute_pixels_sha256(frame.rgb) == listed.sha256
            ):
                pngs[listed.frame_id] = encode_png(frame.rgb)
    except LOST as error:
        return {
            name: content if isinstance(content, bytes) else error for name, content in pngs.items()
        }
    return pngs


def save_frames(project: Project, chosen: Sequence[SamplingLine], progress: Progress) -> list[str]:
    """Writes `frames/ID.png` of every pick that has none yet. Returns the relative files in the
    order of `chosen`.

    Raises FrameChanged, VideoUnreadable, PictureUnreadable, PathMissing where a frame cannot be
    read; the others are saved."""
    files, error_by_recording = _save_each_recording(project, chosen, progress)
    if error_by_recording:
        raise next(iter(error_by_recording.values()))
    return files


def _save_each_recording(
    project: Project, chosen: Sequence[SamplingLine], progress: Progress
) -> tuple[list[str], dict[str, FieldcheckError]]:
    """Save the frames; returns the files, and for each recording that failed the first reason."""
    files = [f"frames/{line.frame.frame_id}.png" for line in chosen]
    missing = [
        line for line, file in zip(chosen, files, strict=True) if not (project.path / file).exists()
    ]
    chunks = _make_save_chunks(project, missing)
    done = 0
    error_by_recording: dict[str, FieldcheckError] = {}

    def store_images(chunk: _SaveChunk, pictures: dict[str, bytes | FieldcheckError]) -> None:
        nonlocal done
        for name, picture in pictures.items():
            if isinstance(picture, FieldcheckError):
                error_by_recording.setdefault(chunk.read.source, picture)
            else:
                write_bytes(project.path / "frames" / f"{name}.png", picture)
            done += 1
            progress.report(done, len(missing), "frames")

    map_chunks(encode_picks, chunks, store_images, progress)
    return files, error_by_recording


def _make_save_chunks(project: Project, missing: Sequence[SamplingLine]) -> list[_SaveChunk]:
    """Neighbouring frames of one video are read in one go, those of folders and captures each by
    itself."""
    by_place = sorted(
        missing, key=lambda line: (line.recording.recording_id, line.frame.source_index)
    )

    def get_chunk_key(line: SamplingLine) -> str:
        return (
            line.recording.recording_id if line.recording.kind == "video" else line.frame.frame_id
        )

    chunks = []
    step = min(MOST_TOGETHER, max(1, len(by_place) // 4))
    for _, group in groupby(by_place, get_chunk_key):
        of_one = list(group)
        positions = tuple(line.frame.source_index for line in of_one)
        for index in range(0, len(of_one), step):
            part = of_one[index : index + step]
            chunks.append(
                _SaveChunk(
                    _make_read_chunk(project, part, positions),
                    {line.frame.source_index: line.frame for line in part},
                )
            )
    return chunks


def _make_read_chunk(
    project: Project, part: Sequence[SamplingLine], positions: tuple[int, ...]
) -> TriageChunk:
    """Make a chunk to read. `positions`: indices of all frames of the recording that are read,
    because the reader continues from one part to the next."""
    recording, first, stop = (
        part[0].recording,
        part[0].frame.source_index,
        part[-1].frame.source_index + 1,
    )
    names = (part[0].frame.source.split("/", 1)[1],) if recording.kind == "folder" else ()
    path, kind = str(project.path / recording.path), recording.kind
    named = (recording.recording_id, recording.source, recording.list_fps)
    return TriageChunk(0, path, kind, *named, first, stop, names, only=positions)


def _store_draw(
    db: Database,
    proposal: PickProposal,
    scope: Sequence[SamplingLine],
    files: Sequence[str],
    model: StoredModel | None,
    typed: bool,
    now: str,
    replace: bool,
) -> PickResult:
    draw = Draw(
        labels_table.get_next_draw_id(db),
        proposal.design,
        proposal.seed,
        typed,
        proposal.count,
        proposal.census,
        proposal.strata,
        proposal.components,
        model.sha256 if model else "",
        now,
        labels_existed=not replace,
    )
    members = [
        DrawnFrame(draw.draw_id, line.frame.frame_id, stratum, float(h))
        for line, stratum, h in zip(scope, proposal.stratum, proposal.hardness, strict=True)
    ]
    first_place = 0 if replace else len(labels_table.list_picks(db))
    picks = []
    for k, index in enumerate(proposal.picks.tolist()):
        pick = Pick(
            scope[index].frame.frame_id,
            draw.draw_id,
            proposal.stratum[index],
            float(proposal.probability[k]),
            float(proposal.weight[k]),
            proposal.reason[k],
            first_place + int(proposal.place[k]),
            files[k],
        )
        line, hardness = scope[index], float(proposal.hardness[index])
        picks.append(PickedFrame(pick, line.clip.clip_id, line.t_s, hardness))
    labels_table.put_draw(db, draw, members)
    names = [line.frame.frame_id for line in scope]
    order = zip(proposal.picks.tolist(), proposal.reserves, strict=True)
    labels_table.put_reserves(
        db,
        draw.draw_id,
        {names[index]: [names[other] for other in others.tolist()] for index, others in order},
    )
    replaced = labels_table.list_picks(db) if replace else ()
    undo.apply_edit(
        db,
        "pick.propose",
        puts=[labels_table.make_pick_row(pick.pick) for pick in picks],
        deletes=[labels_table.make_pick_key(pick.frame_id) for pick in replaced],
    )
    return PickResult(draw, tuple(picks))
