"""The places that a report can go to, with the room in each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from fieldcheck.ui.screens.report.drives import Found
from fieldcheck.ui.words import size
from fieldcheck.words.language import text

PROJECT, FOLDER, DRIVE = "project", "folder", "drive"
REPORTS = "reports"
SHORTEST = 3
SHARP = 2
"""Small pictures have this many pixels for one of the window, so that they are sharp on a fine screen."""


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
    found = [Target(PROJECT, PROJECT, text("This project"), project / REPORTS, free, needed)]
    found += [Target(f"{DRIVE}:{one.root}", DRIVE, one.name, one.root, one.free, needed) for one in drives]
    if chosen is not None:
        folder, room = chosen
        found.append(Target(FOLDER, FOLDER, folder.name or str(folder), folder, room, needed))
    return tuple(found)


def shortened(name: str, most: int = 18) -> str:
    """A name that a button has room for."""
    return name if len(name) <= most else name[: max(SHORTEST, most - 1)].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page, and the same page `thumb_width` px wide for the list."""

    page: QImage = field(repr=False)
    thumb: QImage = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConfidentErrorSheet:
    """A frame that the model was surely wrong on, and what was said of it."""

    picture: QImage = field(repr=False)
    truth: str
    prediction: str


def worst(frames: Iterable[tuple[bytes, str, str]], height: int) -> tuple[ConfidentErrorSheet, ...]:
    """From (JPEG, what the person said, what the model said); each picture is `height` px high. Safe in any thread."""
    found = []
    for jpeg, truth, prediction in frames:
        picture = QImage.fromData(jpeg).scaledToHeight(height * SHARP, Qt.TransformationMode.SmoothTransformation)
        picture.setDevicePixelRatio(SHARP)
        found.append(ConfidentErrorSheet(picture, truth, prediction))
    return tuple(found)


def sheets(images: tuple[bytes, ...], thumb_width: int) -> tuple[Sheet, ...]:
    """Every PNG decoded. Safe in any thread."""
    found = []
    for data in images:
        page = QImage.fromData(data)
        thumb = page.scaledToWidth(thumb_width * SHARP, Qt.TransformationMode.SmoothTransformation)
        thumb.setDevicePixelRatio(SHARP)
        found.append(Sheet(page, thumb))
    return tuple(found)
