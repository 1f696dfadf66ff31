"""The proposal: which of the listed frames are to be labelled, with what probability and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.label import DESIGNS, Design, Stratum
from fieldcheck.sampling.hardness import Hardness
from fieldcheck.stats.bootstrap_draw import (
    draw_strata,
    find_hardest,
    make_showing_order,
    split_label_count,
)

SPREAD, CENSUS, REQUIRED = "spread", "census", "must"


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
