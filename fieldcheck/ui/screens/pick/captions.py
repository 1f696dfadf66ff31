"""The words of the Pick screen. What is said of a frame can be seen on it; nothing tells the hard ones from the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from fieldcheck.ui.screens.pick.display import EnlargedFrame
from fieldcheck.ui.screens.pick.timeline import ClipStretch
from fieldcheck.ui.widgets.picture_grid import Tile
from fieldcheck.words.conditions import condition
from fieldcheck.words.figures import minutes
from fieldcheck.words.footage import clip_plan, stratum_name
from fieldcheck.words.frame_reasons import out_reason, reason
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.workflows.footage.clip_plan import ClipPlan
    from fieldcheck.workflows.footage.sampling_list import SamplingLine
    from fieldcheck.workflows.pick.proposal import DrawnPicks, Proposed


def tiles(rows: Sequence[Proposed], open_scenes: Collection[int] = (), shown: str = "all") -> list[Tile]:
    """The picks, numbered in time order. Those of a burst lie on one pile, the first of them on top, unless it is opened. `shown`: all
    of them, those that are `in`, or those that are `out`."""
    width = len(str(len(rows)))
    wanted = [(at, row) for at, row in enumerate(rows, 1) if shown == "all" or bool(row.taken_out) == (shown == "out")]
    piles = Counter(row.scene for _, row in wanted if not row.taken_out)
    seen: set[int] = set()
    found = []
    for at, row in wanted:
        piled = not row.taken_out and piles[row.scene] > 1 and row.scene not in open_scenes
        if piled and row.scene in seen:
            continue
        if not row.taken_out:
            seen.add(row.scene)
        found.append(_tile(row, at, width, piles[row.scene] if piled else 1))
    return found


def _tile(row: Proposed, at: int, width: int, alike: int) -> Tile:
    said = description(row, at)
    if alike > 1:
        said += ", " + plural("{n} similar", "{n} similar", alike).format(n=alike)
    return Tile(
        row.frame_id, f"{at:0{width}d}", f"{row.clip} · {minutes(row.t_s)}", said, badge=f"×{alike}" if alike > 1 else "",
        sign=text("P") if row.person else "", mark="✕" if row.taken_out else "✓", out=bool(row.taken_out),
    )  # fmt: skip


def listed_tile(line: SamplingLine, at: int, required: bool, picked: bool) -> Tile:
    """A frame of the whole list, picked or not."""
    moment = minutes(line.t_s)
    said = text("Sampled frame {number}, {source}, {moment}").format(number=at, source=line.frame.source, moment=moment)
    states = [text("required")] * required + [text("picked")] * picked
    return Tile(line.frame.frame_id, str(at), moment, ", ".join([said, *states]), badge="!" if required else "", mark="✓" if picked else "")


def stretches(found: DrawnPicks) -> list[ClipStretch]:
    """The clips with the picks in them."""
    return [
        ClipStretch(
            clip.clip_id,
            " ".join([str(clip.number), *(condition(code) for code in clip.conditions[:1])]),
            clip.seconds,
            tuple((row.frame_id, row.t_s, bool(row.taken_out)) for row in found.rows if row.clip_id == clip.clip_id),
            clip.joins,
        )
        for clip in found.clips
    ]


def clips(found: DrawnPicks) -> str:
    """Clip planner in one sentence."""
    n, picks = len(found.clips), len(found.inside)
    return text("{clips} with {frames}").format(
        clips=plural("{n} clip", "{n} clips", n).format(n=n), frames=plural("{n} picked frame", "{n} picked frames", picks).format(n=picks)
    )


def description(row: Proposed, place: int) -> str:
    """A frame in one line, for whoever does not see it."""
    said = text("Frame {number}, clip {clip}, {moment}").format(number=place, clip=row.clip, moment=minutes(row.t_s))
    state = [text("excluded: {reason}").format(reason=out_reason(row.taken_out))] if row.taken_out else []
    return ", ".join([said, *state, *([text("person visible")] if row.person else []), *_seen(row)])


def looked(row: Proposed, place: int) -> EnlargedFrame:
    """Facts of the frame that is looked at."""
    return EnlargedFrame(
        f"#{place} · {minutes(row.t_s)}",
        (
            (text("Clip"), text("{number}, from {source}").format(number=row.clip, source=row.source)),
            (text("Camera"), ", ".join(part for part in (row.camera, row.location) if part) or text("not specified")),
            (text("Conditions"), ", ".join(condition(code) for code in row.conditions) or text("not specified")),
            (text("Image"), ", ".join(_seen(row)) or text("no anomalies detected")),
            (text("Status"), _state(row)),
        ),
    )


def summary(found: DrawnPicks) -> str:
    """How many frames of how many clips and cameras."""
    parts = [
        plural("{n} frame", "{n} frames", len(found.inside)).format(n=len(found.inside)),
        plural("{n} clip", "{n} clips", found.n_clips).format(n=found.n_clips),
    ]
    if found.n_cameras:
        parts.append(plural("{n} camera", "{n} cameras", found.n_cameras).format(n=found.n_cameras))
    return " · ".join(parts)


def note(found: DrawnPicks, plan: ClipPlan | None = None) -> str:
    """How the frames were drawn, what the clips of the `plan` lead to, and what drawing again would do."""
    hard = text("* “Hard only” frames never count in the main result.")
    planned = [f"{clip_plan(plan.clips, plan.wanted, plan.half_width)}."] if plan is not None and plan.clips else []
    if not found.rows:
        return " ".join([*planned, hard])
    census = any(draw.census for draw in found.draws)
    drawn = [
        text("{name}: {picked} of {listed}").format(name=stratum_name(stratum.name), picked=stratum.picked, listed=stratum.listed)
        for draw in found.draws
        for stratum in draw.strata
        if stratum.picked
    ]
    said = [text("All sampled frames are picked.")] if census else [" · ".join(drawn) + "."]
    said += planned
    if len(drawn) > 1 and not census:
        said.append(text("Which frames count as hard stays hidden until labelling is done."))
    if found.n_labels:
        said.append(text("Labels exist: new picks come only from clips not sampled yet; existing picks stay."))
    else:
        said.append(text("Before the first label, picking again replaces the current picks."))
    return " ".join([*said, hard])


def before(found: DrawnPicks) -> str:
    """Text before anything is drawn."""
    said = plural(
        "{n} frame sampled. A random subset with known probabilities is picked, so that it represents all frames.",
        "{n} frames sampled. A random subset with known probabilities is picked, so that it represents all frames.",
        found.n_listed,
    )
    return said.format(n=found.n_listed)


def propose(found: DrawnPicks) -> str:
    """Label of the button that draws."""
    if found.n_labels:
        return text("Pick more")
    return text("Pick again") if found.rows else text("Pick frames")


def seed(found: DrawnPicks) -> str:
    """Which seed the draw has, or will have."""
    number = found.draws[-1].seed if found.draws else 0
    return text("Random seed {seed}").format(seed=number)


def _state(row: Proposed) -> str:
    said = text("excluded: {reason}").format(reason=out_reason(row.taken_out)) if row.taken_out else text("included")
    if row.labelled:
        said = text("labelled")
    return f"{said}, {text('person visible')}" if row.person else said


def _seen(row: Proposed) -> list[str]:
    return [reason(code) for code in row.notes]
