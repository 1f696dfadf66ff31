"""The words of the Pick screen. What is said of a frame can be seen on it; nothing tells the hard ones from the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fieldcheck.ui.screens.pick.view import Looked
from fieldcheck.ui.widgets.picture_grid import Tile
from fieldcheck.words.conditions import condition
from fieldcheck.words.footage import stratum_name
from fieldcheck.words.language import plural, text
from fieldcheck.words.reasons import reason

if TYPE_CHECKING:
    from fieldcheck.workflows.proposal import Proposal, Proposed


def tiles(rows: Sequence[Proposed]) -> list[Tile]:
    """The picks, numbered in time order."""
    width = len(str(len(rows)))
    return [Tile(row.frame_id, f"{at:0{width}d}", f"{row.clip} · {_moment(row)}", description(row, at)) for at, row in enumerate(rows, 1)]


def description(row: Proposed, place: int) -> str:
    """A frame in one line, for whoever does not see it."""
    said = text("Frame {number}, clip {clip}, {moment}").format(number=place, clip=row.clip, moment=_moment(row))
    return ", ".join([said, *_seen(row)])


def looked(row: Proposed, place: int) -> Looked:
    """What is known of the frame that is looked at."""
    return Looked(
        f"#{place} · {_moment(row)}",
        (
            (text("Clip"), text("{number}, from {source}").format(number=row.clip, source=row.source)),
            (text("Camera"), ", ".join(part for part in (row.camera, row.location) if part) or text("not said")),
            (text("Light"), ", ".join(condition(code) for code in row.conditions) or text("not said")),
            (text("Picture"), ", ".join(_seen(row)) or text("nothing out of the ordinary")),
        ),
    )


def summary(found: Proposal) -> str:
    """How many frames of how many clips and cameras."""
    parts = [
        plural("{n} frame", "{n} frames", len(found.rows)).format(n=len(found.rows)),
        plural("{n} clip", "{n} clips", found.n_clips).format(n=found.n_clips),
    ]
    if found.n_cameras:
        parts.append(plural("{n} camera", "{n} cameras", found.n_cameras).format(n=found.n_cameras))
    return " · ".join(parts)


def note(found: Proposal) -> str:
    """How the frames were drawn, and what drawing again would do."""
    hard = text("* “Hard only” frames never enter the headline figure.")
    if not found.rows:
        return hard
    census = any(draw.census for draw in found.draws)
    drawn = [
        text("{name}: {picked} of {listed}").format(name=stratum_name(stratum.name), picked=stratum.picked, listed=stratum.listed)
        for draw in found.draws
        for stratum in draw.strata
        if stratum.picked
    ]
    said = [text("Every listed frame is taken.")] if census else ["; ".join(drawn) + "."]
    if len(drawn) > 1 and not census:
        said.append(text("Which is which stays hidden until they are labelled."))
    if found.n_labels:
        said.append(text("Labels exist: a new proposal adds frames of clips that no draw covers yet; these stay."))
    else:
        said.append(text("Until the first label, a new proposal takes the place of this one."))
    return " ".join([*said, hard])


def before(found: Proposal) -> str:
    """What is said before anything is drawn."""
    said = plural(
        "{n} frame is listed. Some are drawn at random with known chances, so that they speak for all of them.",
        "{n} frames are listed. Some are drawn at random with known chances, so that they speak for all of them.",
        found.n_listed,
    )
    return said.format(n=found.n_listed)


def propose(found: Proposal) -> str:
    """What the button of a draw says."""
    if found.n_labels:
        return text("Propose more")
    return text("Propose again") if found.rows else text("Propose")


def seed(found: Proposal) -> str:
    """Which seed the draw has, or will have."""
    number = found.draws[-1].seed if found.draws else 0
    return text("Seed {seed}").format(seed=number)


def _seen(row: Proposed) -> list[str]:
    return [reason(code) for code in row.notes]


def _moment(row: Proposed) -> str:
    minutes, seconds = divmod(row.t_s, 60)
    return f"{int(minutes)}:{int(seconds):02d}"
