"""The words of the Pick screen. What is said of a frame can be seen on it; nothing tells the hard ones from the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from fieldcheck.ui.screens.pick.display import EnlargedFrame
from fieldcheck.ui.screens.pick.timeline import TimelineClip
from fieldcheck.ui.widgets.picture_grid import Tile
from fieldcheck.words.conditions import get_condition_name
from fieldcheck.words.figures import format_minutes
from fieldcheck.words.footage import describe_clip_plan, get_stratum_name
from fieldcheck.words.frame_reasons import get_exclusion_reason, get_pick_reason
from fieldcheck.words.language import tr, tr_plural

if TYPE_CHECKING:
    from fieldcheck.workflows.footage.clip_plan import ClipPlan
    from fieldcheck.workflows.footage.sampling_list import SamplingLine
    from fieldcheck.workflows.pick.proposal import DrawnPicks, ProposedPick


def build_tiles(rows: Sequence[ProposedPick], open_scenes: Collection[int] = (), shown: str = "all") -> list[Tile]:
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
        found.append(_make_tile(row, at, width, piles[row.scene] if piled else 1))
    return found


def _make_tile(row: ProposedPick, at: int, width: int, alike: int) -> Tile:
    said = describe_frame(row, at)
    if alike > 1:
        said += ", " + tr_plural("{n} similar", "{n} similar", alike).format(n=alike)
    return Tile(
        row.frame_id, f"{at:0{width}d}", f"{row.clip} · {format_minutes(row.t_s)}", said, badge=f"×{alike}" if alike > 1 else "",
        sign=tr("P") if row.person else "", mark="✕" if row.taken_out else "✓", excluded=bool(row.taken_out),
    )  # fmt: skip


def make_list_tile(line: SamplingLine, at: int, required: bool, picked: bool) -> Tile:
    """A frame of the whole list, picked or not."""
    moment = format_minutes(line.t_s)
    said = tr("Sampled frame {number}, {source}, {moment}").format(number=at, source=line.frame.source, moment=moment)
    states = [tr("required")] * required + [tr("picked")] * picked
    return Tile(line.frame.frame_id, str(at), moment, ", ".join([said, *states]), badge="!" if required else "", mark="✓" if picked else "")


def list_timeline_clips(found: DrawnPicks) -> list[TimelineClip]:
    """The clips with the picks in them."""
    return [
        TimelineClip(
            clip.clip_id,
            " ".join([str(clip.number), *(get_condition_name(code) for code in clip.conditions[:1])]),
            clip.seconds,
            tuple((row.frame_id, row.t_s, bool(row.taken_out)) for row in found.rows if row.clip_id == clip.clip_id),
            clip.joins,
        )
        for clip in found.clips
    ]


def describe_clips(found: DrawnPicks) -> str:
    """Clip planner in one sentence."""
    n, picks = len(found.clips), len(found.inside)
    return tr("{clips} with {frames}").format(
        clips=tr_plural("{n} clip", "{n} clips", n).format(n=n),
        frames=tr_plural("{n} picked frame", "{n} picked frames", picks).format(n=picks),
    )


def describe_frame(row: ProposedPick, place: int) -> str:
    """A frame in one line, for whoever does not see it."""
    said = tr("Frame {number}, clip {clip}, {moment}").format(number=place, clip=row.clip, moment=format_minutes(row.t_s))
    state = [tr("excluded: {reason}").format(reason=get_exclusion_reason(row.taken_out))] if row.taken_out else []
    return ", ".join([said, *state, *([tr("person visible")] if row.person else []), *_list_notes(row)])


def build_enlarged_frame(row: ProposedPick, place: int) -> EnlargedFrame:
    """Facts of the frame that is looked at."""
    return EnlargedFrame(
        f"#{place} · {format_minutes(row.t_s)}",
        (
            (tr("Clip"), tr("{number}, from {source}").format(number=row.clip, source=row.source)),
            (tr("Camera"), ", ".join(part for part in (row.camera, row.location) if part) or tr("not specified")),
            (tr("Conditions"), ", ".join(get_condition_name(code) for code in row.conditions) or tr("not specified")),
            (tr("Image"), ", ".join(_list_notes(row)) or tr("no anomalies detected")),
            (tr("Status"), _format_state(row)),
        ),
    )


def format_summary(found: DrawnPicks) -> str:
    """How many frames of how many clips and cameras."""
    parts = [
        tr_plural("{n} frame", "{n} frames", len(found.inside)).format(n=len(found.inside)),
        tr_plural("{n} clip", "{n} clips", found.n_clips).format(n=found.n_clips),
    ]
    if found.n_cameras:
        parts.append(tr_plural("{n} camera", "{n} cameras", found.n_cameras).format(n=found.n_cameras))
    return " · ".join(parts)


def format_draw_note(found: DrawnPicks, plan: ClipPlan | None = None) -> str:
    """How the frames were drawn, what the clips of the `plan` lead to, and what drawing again would do."""
    hard = tr("* “Hard only” frames never count in the main result.")
    planned = [f"{describe_clip_plan(plan.clips, plan.wanted, plan.half_width)}."] if plan is not None and plan.clips else []
    if not found.rows:
        return " ".join([*planned, hard])
    census = any(draw.census for draw in found.draws)
    drawn = [
        tr("{name}: {picked} of {listed}").format(name=get_stratum_name(stratum.name), picked=stratum.picked, listed=stratum.listed)
        for draw in found.draws
        for stratum in draw.strata
        if stratum.picked
    ]
    said = [tr("All sampled frames are picked.")] if census else [" · ".join(drawn) + "."]
    said += planned
    if len(drawn) > 1 and not census:
        said.append(tr("Which frames count as hard stays hidden until labelling is done."))
    if found.n_labels:
        said.append(tr("Labels exist: new picks come only from clips not sampled yet; existing picks stay."))
    else:
        said.append(tr("Before the first label, picking again replaces the current picks."))
    return " ".join([*said, hard])


def format_before_draw(found: DrawnPicks) -> str:
    """Text before anything is drawn."""
    said = tr_plural(
        "{n} frame sampled. A random subset with known probabilities is picked, so that it represents all frames.",
        "{n} frames sampled. A random subset with known probabilities is picked, so that it represents all frames.",
        found.n_listed,
    )
    return said.format(n=found.n_listed)


def format_draw_button(found: DrawnPicks) -> str:
    """Label of the button that draws."""
    if found.n_labels:
        return tr("Pick more")
    return tr("Pick again") if found.rows else tr("Pick frames")


def format_seed(found: DrawnPicks) -> str:
    """Which seed the draw has, or will have."""
    number = found.draws[-1].seed if found.draws else 0
    return tr("Random seed {seed}").format(seed=number)


def _format_state(row: ProposedPick) -> str:
    said = tr("excluded: {reason}").format(reason=get_exclusion_reason(row.taken_out)) if row.taken_out else tr("included")
    if row.labelled:
        said = tr("labelled")
    return f"{said}, {tr('person visible')}" if row.person else said


def _list_notes(row: ProposedPick) -> list[str]:
    return [get_pick_reason(code) for code in row.notes]
