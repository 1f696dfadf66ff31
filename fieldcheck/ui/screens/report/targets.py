"""The places that a report can go to, with the room in each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fieldcheck.ui.screens.report.drives import Found
from fieldcheck.ui.words import size
from fieldcheck.words.language import text

PROJECT, FOLDER, DRIVE = "project", "folder", "drive"
REPORTS = "reports"
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Target:
    """`key` is the same as long as it is the same place. `free` is None where nobody knows; `needed` None before the report is there."""

    key: str
    kind: str
    name: str
    place: Path
    free: int | None
    needed: int | None

    @property
    def enough(self) -> bool:
        """Whether the report fits, as far as that is known."""
        return self.free is None or self.needed is None or self.needed <= self.free

    @property
    def room(self) -> str:
        """Free and needed space in words."""
        if self.free is None:
            return ""
        if self.needed is None:
            return text("{free} free").format(free=size(self.free))
        if not self.enough:
            return text("{free} free, too little for {needed}").format(free=size(self.free), needed=size(self.needed))
        return text("{free} free, needs {needed}").format(free=size(self.free), needed=size(self.needed))


def targets(
    project: Path, free: int | None, chosen: tuple[Path, int | None] | None, drives: Found, needed: int | None
) -> tuple[Target, ...]:
    """The project's own folder first, then what was plugged in, then the folder that somebody chose."""
    found = [Target(PROJECT, PROJECT, text("Project folder"), project / REPORTS, free, needed)]
    found += [Target(f"{DRIVE}:{one.root}", DRIVE, one.name, one.root, one.free, needed) for one in drives]
    if chosen is not None:
        folder, room = chosen
        found.append(Target(FOLDER, FOLDER, folder.name or str(folder), folder, room, needed))
    return tuple(found)


def shortened(name: str, most: int = 18) -> str:
    """A name that a button has room for."""
    return name if len(name) <= most else name[: max(SHORTEST, most - 1)].rstrip() + "…"
