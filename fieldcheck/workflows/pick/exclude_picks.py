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
from fieldcheck.workflows.footage.sampling_list import lines
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
    standing, labelled = project.read(_standing)
    going = [_of(standing, name, labelled) for name in dict.fromkeys(frame_ids) if not _of(standing, name, labelled).taken_out]
    picks = {**standing, **{one.frame_id: replace(one, taken_out=why) for one in going}}
    coming: list[Pick] = []
    for one in going:
        following = _next(project, one, picks)
        if following is not None:
            coming.append(replace(one, frame_id=following, reason=RESERVE, file="", taken_out=""))
            picks[following] = coming[-1]
    saved = _saved(project, coming, progress)
    rows = [picks_table.row(picks[one.frame_id]) for one in going] + [picks_table.row(one) for one in saved]
    return ExcludedPicks(project.edit("pick.take_out", puts=rows), len(going), len(saved))


def put_back(project: Project, frame_ids: Sequence[str]) -> Changes:
    """Picks that were taken out come back, and the frames that came in their place go, as one act. Raises FrameNotPicked; PickLabelled
    where the frame that came in its place is labelled by now."""

    def work(db: Database) -> Changes:
        picks, labelled = _standing(db)
        puts, deletes = [], []
        for name in dict.fromkeys(frame_ids):
            if name not in picks:
                raise FrameNotPicked(name)
            if not picks[name].taken_out:
                continue
            block = reserves_table.of_block(db, picks[name].draw_id, name)
            for other in block:
                came = picks.get(other)
                if other != name and came is not None and not came.taken_out and came.place == picks[name].place:
                    if other in labelled:
                        raise PickLabelled(other)
                    deletes.append(picks_table.key(other))
            puts.append(picks_table.row(replace(picks[name], taken_out="")))
        return edits.apply(db, "pick.put_back", puts, deletes)

    return project.write(work).result()


def _standing(db: Database) -> tuple[dict[str, Pick], frozenset[str]]:
    return {one.frame_id: one for one in picks_table.all(db)}, frozenset(label.frame_id for label in labels_table.all(db))


def _of(picks: dict[str, Pick], name: str, labelled: frozenset[str]) -> Pick:
    if name not in picks:
        raise FrameNotPicked(name)
    if name in labelled:
        raise PickLabelled(name)
    return picks[name]


def _next(project: Project, pick: Pick, picks: dict[str, Pick]) -> str | None:
    """The first reserve of the pick's block that was not looked at yet."""
    block = project.read(partial(reserves_table.of_block, draw_id=pick.draw_id, frame_id=pick.frame_id))
    return next((name for name in block if name not in picks), None)


def _saved(project: Project, coming: Sequence[Pick], progress: Progress) -> list[Pick]:
    """The same with their lossless pictures."""
    if not coming:
        return []
    where = {line.frame.frame_id: line for line in project.read(lines)}
    files = save_frames(project, [where[one.frame_id] for one in coming], progress)
    return [replace(one, file=file) for one, file in zip(coming, files, strict=True)]
