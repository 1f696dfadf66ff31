"""The places that a report can go to, with the room in each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fieldcheck.ui.screens.report.drives import RemovableDrives
from fieldcheck.ui.words import format_size
from fieldcheck.words.language import tr

PROJECT, FOLDER, DRIVE = "project", "folder", "drive"
REPORTS = "reports"
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class ExportTarget:
    """`key` is the same as long as it is the same place. `free` is None where nobody knows; `needed` None before the report is there."""

    key: str
    kind: str
    name: str
    folder: Path
    free: int | None
    needed: int | None

    @property
    def has_space(self) -> bool:
        """Whether the report fits, as far as that is known."""
        return self.free is None or self.needed is None or self.needed <= self.free

    @property
    def space_text(self) -> str:
        """Free and needed space in words."""
        if self.free is None:
            return ""
        if self.needed is None:
            return tr("{free} free").format(free=format_size(self.free))
        if not self.has_space:
            return tr("{free} free, too little for {needed}").format(free=format_size(self.free), needed=format_size(self.needed))
        return tr("{free} free, needs {needed}").format(free=format_size(self.free), needed=format_size(self.needed))


def list_targets(
    project: Path, free: int | None, chosen: tuple[Path, int | None] | None, drives: RemovableDrives, needed: int | None
) -> tuple[ExportTarget, ...]:
    """The project's own folder first, then what was plugged in, then the folder that somebody chose."""
    found = [ExportTarget(PROJECT, PROJECT, tr("Project folder"), project / REPORTS, free, needed)]
    found += [ExportTarget(f"{DRIVE}:{one.root}", DRIVE, one.name, one.root, one.free, needed) for one in drives]
    if chosen is not None:
        folder, room = chosen
        found.append(ExportTarget(FOLDER, FOLDER, folder.name or str(folder), folder, room, needed))
    return tuple(found)


def shorten_name(name: str, most: int = 18) -> str:
    """A name that a button has room for."""
    return name if len(name) <= most else name[: max(SHORTEST, most - 1)].rstrip() + "…"
