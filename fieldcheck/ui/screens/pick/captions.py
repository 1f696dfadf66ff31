"""Texts of the Pick screen, and actions on single picks: exclude, mark, require, import labels. A
caption only says what is visible on the frame, so that nothing distinguishes hard frames from
others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from fieldcheck.domain.project_state import Changes
from fieldcheck.footage.messages import get_condition_name
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_minutes
from fieldcheck.labels.messages import describe_label_import, list_import_lines
from fieldcheck.progress import Progress
from fieldcheck.sampling.messages import (
    describe_clip_plan,
    get_exclusion_reason,
    get_pick_reason,
    get_stratum_name,
)
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.pick.state import EnlargedFrame, TimelineClip
from fieldcheck.ui.widgets.thumbnail_grid import Tile

if TYPE_CHECKING:
    from fieldcheck.footage import clips_and_scene_cuts as cut_clips
    from fieldcheck.footage.clips_and_scene_cuts import ClipPlan, SamplingLine
    from fieldcheck.labels import store
    from fieldcheck.labels.import_labels import ImportReceipt
    from fieldcheck.labels.store import ImportedLabels
    from fieldcheck.project.project import Project
    from fieldcheck.sampling import proposal
    from fieldcheck.sampling.proposal import DrawnPicks, ExcludedPicks, ProposedPick
    from fieldcheck.stats import camera_interval
else:
    camera_interval = LazyModule("fieldcheck.stats.camera_interval")
    cut_clips = LazyModule("fieldcheck.footage.clips_and_scene_cuts")
    store = LazyModule("fieldcheck.labels.store")
    proposal = LazyModule("fieldcheck.sampling.proposal")


def build_tiles(
    rows: Sequence[ProposedPick], open_scenes: Collection[int] = (), shown: str = "all"
) -> list[Tile]:
    """The picks, numbered in time order. Those of a burst lie on one pile, the first of them on
    top, unless it is opened. `shown`: all of them, those that are `in`, or those that are `out`."""
    width = len(str(len(rows)))
    wanted = [
        (index, row)
        for index, row in enumerate(rows, 1)
        if shown == "all" or bool(row.taken_out) == (shown == "out")
    ]
    piles = Counter(row.scene for _, row in wanted if not row.taken_out)
    seen: set[int] = set()
    tiles = []
    for index, row in wanted:
        piled = not row.taken_out and piles[row.scene] > 1 and row.scene not in open_scenes
        if piled and row.scene in seen:
            continue
        if not row.taken_out:
            seen.add(row.scene)
        tiles.append(_make_tile(row, index, width, piles[row.scene] if piled else 1))
    return tiles


def _make_tile(row: ProposedPick, index: int, width: int, alike: int) -> Tile:
    text = describe_frame(row, index)
    if alike > 1:
        text += ", " + tr_plural("{n} similar", "{n} similar", alike, n=alike)
    return Tile(
        row.frame_id,
        f"{index:0{width}d}",
        f"{row.clip} · {format_minutes(row.t_s)}",
        text,
        badge=f"×{alike}" if alike > 1 else "",
        sign=tr("P") if row.person else "",
        mark="✕" if row.taken_out else "",
        excluded=bool(row.taken_out),
    )


def make_list_tile(line: SamplingLine, index: int, required: bool, picked: bool) -> Tile:
    """A frame of the whole list, picked or not."""
    moment = format_minutes(line.t_s)
    text = tr(
        "Sampled frame {number}, {source}, {moment}",
        number=index,
        source=line.frame.source,
        moment=moment,
    )
    states = [tr("required")] * required + [tr("picked")] * picked
    return Tile(
        line.frame.frame_id,
        str(index),
        moment,
        ", ".join([text, *states]),
        badge="!" if required else "",
        mark="✓" if picked else "",
    )


def list_timeline_clips(drawn_picks: DrawnPicks) -> list[TimelineClip]:
    """The clips with the picks in them."""
    return [
        TimelineClip(
            clip.clip_id,
            " ".join(
                [str(clip.number), *(get_condition_name(code) for code in clip.conditions[:1])]
            ),
            clip.seconds,
            tuple(
                (row.frame_id, row.t_s, bool(row.taken_out))
                for row in drawn_picks.rows
                if row.clip_id == clip.clip_id
            ),
            clip.joins,
        )
        for clip in drawn_picks.clips
    ]


def describe_clips(drawn_picks: DrawnPicks) -> str:
    """Clip planner in one sentence."""
    n, picks = len(drawn_picks.clips), len(drawn_picks.inside)
    return tr(
        "{clips} with {frames}",
        clips=tr_plural("{n} clip", "{n} clips", n, n=n),
        frames=tr_plural("{n} picked frame", "{n} picked frames", picks, n=picks),
    )


def describe_frame(row: ProposedPick, index: int) -> str:
    """A frame in one line, for whoever does not see it."""
    text = tr(
        "Frame {number}, clip {clip}, {moment}",
        number=index,
        clip=row.clip,
        moment=format_minutes(row.t_s),
    )
    state = (
        [tr("excluded: {reason}", reason=get_exclusion_reason(row.taken_out))]
        if row.taken_out
        else []
    )
    return ", ".join(
        [text, *state, *([tr("person visible")] if row.person else []), *_list_notes(row)]
    )


def build_enlarged_frame(row: ProposedPick, index: int) -> EnlargedFrame:
    """Facts of the frame that is looked at."""
    return EnlargedFrame(
        f"#{index} · {format_minutes(row.t_s)}",
        (
            (tr("Clip"), tr("{number}, from {source}", number=row.clip, source=row.source)),
            (
                tr("Camera"),
                ", ".join(part for part in (row.camera, row.location) if part)
                or tr("not specified"),
            ),
            (
                tr("Conditions"),
                ", ".join(get_condition_name(code) for code in row.conditions)
                or tr("not specified"),
            ),
            (tr("Image"), ", ".join(_list_notes(row)) or tr("no anomalies detected")),
            (tr("Status"), _format_state(row)),
        ),
    )


def format_summary(drawn_picks: DrawnPicks) -> str:
    """How many frames of how many clips and cameras."""
    parts = [
        tr_plural("{n} frame", "{n} frames", len(drawn_picks.inside), n=len(drawn_picks.inside)),
        tr_plural("{n} clip", "{n} clips", drawn_picks.n_clips, n=drawn_picks.n_clips),
    ]
    if drawn_picks.n_cameras:
        parts.append(
            tr_plural("{n} camera", "{n} cameras", drawn_picks.n_cameras, n=drawn_picks.n_cameras)
        )
    return " · ".join(parts)


def format_clip_notice(drawn_picks: DrawnPicks) -> tuple[str, str]:
    """What too few clips mean, and the action against it; empty where there are enough, or none
    yet."""
    clips, fewest = len(drawn_picks.clips), camera_interval.FEWEST_CLIPS
    if not 0 < clips < fewest:
        return "", ""
    text = tr_plural(
        "{n} clip. With fewer than {fewest} the result holds for this footage only.",
        "{n} clips. With fewer than {fewest} the result holds for this footage only.",
        clips,
        n=clips,
        fewest=fewest,
    )
    more = fewest - clips
    act = tr_plural("Record {n} more clip", "Record {n} more clips", more, n=more)
    return text, act


def format_draw_note(
    drawn_picks: DrawnPicks, plan: ClipPlan | None = None, hard_only: bool = False
) -> str:
    """How the frames were drawn, what the clips of the `plan` lead to, and what drawing again would
    do; `hard_only`: that way of drawing is chosen."""
    hard = tr("* “Hard only” frames never count in the main result.") if hard_only else ""
    planned = (
        [f"{describe_clip_plan(plan.clips, plan.wanted, plan.half_width)}."]
        if plan is not None and plan.clips
        else []
    )
    if not drawn_picks.rows:
        return " ".join([*planned, hard]).strip()
    census = any(draw.census for draw in drawn_picks.draws)
    drawn = [
        tr(
            "{name}: {picked} of {listed}",
            name=get_stratum_name(stratum.name),
            picked=stratum.picked,
            listed=stratum.listed,
        )
        for draw in drawn_picks.draws
        for stratum in draw.strata
        if stratum.picked
    ]
    lines = [tr("All sampled frames are picked.")] if census else [" · ".join(drawn) + "."]
    lines += planned
    if len(drawn) > 1 and not census:
        lines.append(tr("Which frames count as hard stays hidden until labelling is done."))
    if drawn_picks.n_labels:
        lines.append(
            tr(
                "Labels exist: new picks come from clips without picks first, then from the "
                "remaining frames; existing picks stay."
            )
        )
    else:
        lines.append(tr("Before the first label, picking again replaces the current picks."))
    return " ".join([*lines, hard]).strip()


def format_before_draw(drawn_picks: DrawnPicks) -> str:
    """Text before anything is drawn."""
    text = tr_plural(
        (
            "{n} frame sampled. A random subset with known probabilities is picked, so that it "
            "represents all frames."
        ),
        (
            "{n} frames sampled. A random subset with known probabilities is picked, so that it "
            "represents all frames."
        ),
        drawn_picks.n_listed,
    )
    return text.format(n=drawn_picks.n_listed)


def format_draw_button(drawn_picks: DrawnPicks) -> str:
    """Label of the button that draws."""
    if drawn_picks.n_labels:
        return tr("Pick more")
    return tr("Pick again") if drawn_picks.rows else tr("Pick frames")


def format_seed(drawn_picks: DrawnPicks) -> str:
    """Which seed the draw has, or will have."""
    number = drawn_picks.draws[-1].seed if drawn_picks.draws else 0
    return tr("Random seed {seed}", seed=number)


def _format_state(row: ProposedPick) -> str:
    text = (
        tr("excluded: {reason}", reason=get_exclusion_reason(row.taken_out))
        if row.taken_out
        else tr("included")
    )
    if row.labelled:
        text = tr("labelled")
    return f"{text}, {tr('person visible')}" if row.person else text


def _list_notes(row: ProposedPick) -> list[str]:
    return [get_pick_reason(code) for code in row.notes]


# Exclusion and marking of single picks before they are labelled: out with a reason and back, marked
# for a person, asked for, clips
# cut.

# The large picture of the Pick screen, in place of the grid.


class EnlargedDisplay(Protocol):
    """The grid, and one frame as large as there is room in its place."""

    @property
    def is_large(self) -> bool: ...
    @property
    def is_pixels(self) -> bool: ...

    def show_large(self, large: bool, pixels: bool = False) -> None: ...
    def step_frame(self, steps: int) -> None: ...


class EnlargedView:
    """Which frame it is, the grid under it knows."""

    def __init__(self, view: EnlargedDisplay) -> None:
        self._view = view

    def toggle_enlarged(self) -> None:
        """The frame that is looked at as large as there is room, or the others again."""
        self._view.show_large(not self._view.is_large)

    def toggle_pixel_mode(self) -> None:
        """The frame pixel for pixel, or whole."""
        self._view.show_large(True, not (self._view.is_large and self._view.is_pixels))

    def step_frame(self, steps: int) -> None:
        """Another frame."""
        self._view.step_frame(steps)

    def close_enlarged(self) -> bool:
        """All of them again; whether there was one in their place."""
        was = self._view.is_large
        if was:
            self._view.show_large(False)
        return was


EXCLUSION_JOB = "pick.out"


class FrameExclusion:
    """Acts on the picks that are selected; `began(job)` is called with work that takes a while."""

    def __init__(self, context: Context, began: Callable[[Job], None]) -> None:
        self._context, self._on_job_started = context, began
        self._failed = partial(context.messages.show_error, key=EXCLUSION_JOB)

    def exclude_frames(self, frame_ids: Sequence[str], why: str) -> None:
        """Exclude picks; each is replaced by the next frame of its block."""

        def run_exclusion(project: Project, progress: Progress) -> ExcludedPicks:
            return proposal.exclude_picks(project, frame_ids, why, progress)

        self._context.messages.clear_banner(EXCLUSION_JOB)
        job = self._context.current.run_job(
            self._context.messages, lambda: tr("Exclude frames"), run_exclusion, key=EXCLUSION_JOB
        )
        job.on_success(self._on_frames_excluded).on_failure(self._failed)
        self._on_job_started(job)

    def include_frames(self, frame_ids: Sequence[str]) -> None:
        """Include excluded picks again."""
        self._run_edit(lambda project: proposal.restore_picks(project, frame_ids))

    def mark_person(self, rows: Sequence[ProposedPick]) -> None:
        """Mark picks as "person visible", or remove the mark where all have it."""
        is_marked, annotator = (
            not all(row.person for row in rows),
            self._context.preferences.settings.name,
        )
        self._run_edit(
            lambda project: store.mark_person(
                project, [row.frame_id for row in rows], is_marked, annotator
            )
        )

    def cut_clip(self, frame_id: str) -> None:
        """A clip begins at this frame."""
        self._run_edit(lambda project: cut_clips.split_clip(project, frame_id))

    def move_border(self, clip_id: str, inside: str, seconds: float) -> None:
        """The clip begins so long after the beginning of `inside`."""
        self._run_edit(lambda project: cut_clips.move_clip_start(project, clip_id, inside, seconds))

    def join_clip(self, clip_id: str) -> None:
        """Join the clip to the previous one."""
        self._run_edit(lambda project: cut_clips.join_previous_clip(project, clip_id))

    def require_frames(self, frame_ids: Sequence[str], labelled: bool) -> None:
        """Require frames in the next draw; once labels exist, add them to this one."""
        if not labelled:
            self._run_edit(lambda project: _toggle_required(project, frame_ids))
            return

        def add_frames(project: Project, progress: Progress) -> Changes:
            return proposal.add_extra(project, frame_ids, progress)

        job = self._context.current.run_job(
            self._context.messages, lambda: tr("Add required frames"), add_frames, key=EXCLUSION_JOB
        )
        job.on_success(self._on_frames_added).on_failure(self._failed)
        self._on_job_started(job)

    def _on_frames_excluded(self, taken: ExcludedPicks) -> None:
        text = tr_plural("{n} frame excluded", "{n} frames excluded", taken.n_out, n=taken.n_out)
        if taken.n_replaced < taken.n_out:
            missing = taken.n_out - taken.n_replaced
            text += "; " + tr_plural(
                "{n} without replacement (no frame left in the time block)",
                "{n} without replacement (no frame left in the time block)",
                missing,
                n=missing,
            )
        self._context.messages.show_toast(f"{text}.", tr("Undo"), self._undo_last)

    def _on_frames_added(self, changes: Changes) -> None:
        n = len(changes.keys)
        text = tr_plural(
            "{n} required frame added; not counted in the score.",
            "{n} required frames added; not counted in the score.",
            n,
            n=n,
        )
        self._context.messages.show_toast(text, tr("Undo"), self._undo_last)

    def _undo_last(self) -> None:
        self._context.current.undo(self._context.messages).on_failure(self._failed)

    def _run_edit(self, work: Callable[[Project], Any]) -> None:
        self._context.messages.clear_banner(EXCLUSION_JOB)
        self._context.current.run_edit(self._context.messages, work).on_failure(self._failed)


def _toggle_required(project: Project, frame_ids: Sequence[str]) -> Changes:
    before = set(proposal.get_required_frames(project))
    return proposal.set_required(project, frame_ids, required=not set(frame_ids) <= before)


# Labels that were made elsewhere come in for the picks, as one act that can be undone.

LABEL_IMPORT_JOB, DROPPED = "pick.labels", "pick.dropped"


class LabelImport:
    """Starts the job and tells what came of it; `began(job)` is called with the job to be
    watched."""

    def __init__(self, context: Context, began: Callable[[Job], None]) -> None:
        self._context, self._on_job_started = context, began
        self._failed = partial(context.messages.show_error, key=LABEL_IMPORT_JOB)

    def import_dropped(self) -> None:
        """Labels that were dropped on the window, if any were."""
        if path := self._context.session_values.pop(DROPPED, ""):
            self.import_labels(Path(path))

    def import_labels(self, path: Path) -> None:
        """Import labels of the picks from a file or folder. Whether they are blind is unknown."""

        def read_labels(project: Project, progress: Progress) -> ImportedLabels:
            return store.import_labels(project, path, None, "", None, get_timestamp(), progress)

        self._context.messages.clear_banner(LABEL_IMPORT_JOB)
        job = self._context.current.run_job(
            self._context.messages,
            lambda: tr("Labels from {file}", file=path.name),
            read_labels,
            key=LABEL_IMPORT_JOB,
        )
        job.on_success(self._on_labels_imported).on_failure(self._failed)
        self._on_job_started(job)

    def _on_labels_imported(self, taken: ImportedLabels) -> None:
        receipt = taken.receipt
        unmatched = [name for name, _ in taken.unmatched]
        lines = (
            describe_label_import(taken.n_labels, taken.n_boxes, unmatched),
            *list_import_lines(*receipt.as_tuple),
        )
        if receipt.faults:
            self._show_faults(receipt)
        self._context.messages.show_toast(
            " ".join(lines[:1] if receipt.faults else lines), tr("Undo"), self._undo_import
        )

    def _show_faults(self, receipt: ImportReceipt) -> None:
        self._context.messages.show_banner(
            LABEL_IMPORT_JOB,
            " ".join(list_import_lines(*receipt.as_tuple)),
            again=partial(self._show_faults, receipt),
        )

    def _undo_import(self) -> None:
        undoing = self._context.current.undo(self._context.messages)
        undoing.on_success(
            lambda _changes: self._context.messages.show_toast(tr("Labels undone."))
        ).on_failure(self._failed)
