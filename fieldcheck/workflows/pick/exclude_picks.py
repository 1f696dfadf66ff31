"""Taking picks out before they are labelled, each replaced by the next frame of its block in an order drawn beforehand (methods 3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlite_utils import Database

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.pick import WHYS_OUT, Pick
from fieldcheck.errors import FrameNotPicked, PickLabelled
from fieldcheck.progress import Progress
from fieldcheck.project import edits
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.project.tables import reserves as reserves_table
from fieldcheck.workflows.footage.sampling_list import list_sampling_lines
from fieldcheck.workflows.pick.pick import save_frames

RESERVE = "reserve"


@dataclass(frozen=True, slots=True)
class ExcludedPicks:
    """`n_replaced` of `n_out` frames have another of their block in their place; of the rest no frame was left there."""

    changes: Changes
    n_out: int
    n_replaced: int


def exclude_picks(project: Project, frame_ids: Sequence[str], why: str, progress: Progress) -> ExcludedPicks:
    """Takes picks out with a reason, as one act. Raises FrameNotPicked, PickLabelled, FrameChanged, DiskFull."""
    if why not in WHYS_OUT:
        raise ValueError(f"no reason to take a frame out: {why}")
    standing, labelled = project.read(_load_picks)
    going = [
        _get_open_pick(standing, name, labelled)
        for name in dict.fromkeys(frame_ids)
        if not _get_open_pick(standing, name, labelled).taken_out
    ]
    picks = {**standing, **{one.frame_id: replace(one, taken_out=why) for one in going}}
    coming: list[Pick] = []
    for one in going:
        following = _find_next_reserve(project, one, picks)
        if following is not None:
            coming.append(replace(one, frame_id=following, reason=RESERVE, file="", taken_out=""))
            picks[following] = coming[-1]
    saved = _save_replacements(project, coming, progress)
    rows = [picks_table.make_pick_row(picks[one.frame_id]) for one in going] + [picks_table.make_pick_row(one) for one in saved]
    return ExcludedPicks(project.edit("pick.take_out", puts=rows), len(going), len(saved))


def restore_picks(project: Project, frame_ids: Sequence[str]) -> Changes:
    """Picks that were taken out come back, and the frames that came in their place go, as one act. Raises FrameNotPicked; PickLabelled
    where the frame that came in its place is labelled by now."""

    def restore_in_database(db: Database) -> Changes:
        picks, labelled = _load_picks(db)
        puts, deletes = [], []
        for name in dict.fromkeys(frame_ids):
            if name not in picks:
                raise FrameNotPicked(name)
            if not picks[name].taken_out:
                continue
            block = reserves_table.get_block_reserves(db, picks[name].draw_id, name)
            for other in block:
                came = picks.get(other)
                if other != name and came is not None and not came.taken_out and came.place == picks[name].place:
                    if other in labelled:
                        raise PickLabelled(other)
                    deletes.append(picks_table.make_pick_key(other))
            puts.append(picks_table.make_pick_row(replace(picks[name], taken_out="")))
        return edits.apply_edit(db, "pick.put_back", puts, deletes)

    return project.write(restore_in_database).result()


def _load_picks(db: Database) -> tuple[dict[str, Pick], frozenset[str]]:
    return {one.frame_id: one for one in picks_table.list_picks(db)}, frozenset(label.frame_id for label in labels_table.list_labels(db))


def _get_open_pick(picks: dict[str, Pick], name: str, labelled: frozenset[str]) -> Pick:
    if name not in picks:
        raise FrameNotPicked(name)
    if name in labelled:
        raise PickLabelled(name)
    return picks[name]


def _find_next_reserve(project: Project, pick: Pick, picks: dict[str, Pick]) -> str | None:
    """The first reserve of the pick's block that was not looked at yet."""
    block = project.read(partial(reserves_table.get_block_reserves, draw_id=pick.draw_id, frame_id=pick.frame_id))
    return next((name for name in block if name not in picks), None)


def _save_replacements(project: Project, coming: Sequence[Pick], progress: Progress) -> list[Pick]:
    """The same with their lossless pictures."""
    if not coming:
        return []
    where = {line.frame.frame_id: line for line in project.read(list_sampling_lines)}
    files = save_frames(project, [where[one.frame_id] for one in coming], progress)
    return [replace(one, file=file) for one, file in zip(coming, files, strict=True)]
