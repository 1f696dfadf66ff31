"""A picture with its labels on its way out, and the files and folders that writers of label formats make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fieldcheck.domain.box import Box, Point
from fieldcheck.files import map_os_errors, write_bytes


@dataclass(frozen=True, slots=True)
class LabelledImage:
    """`name`: what the label file calls it; `file`: a name without folders for its picture; `size`: width and height in pixels. `picture`
    gives the bytes of the file, asked for only where the format holds pictures."""

    name: str
    file: str
    size: tuple[int, int]
    class_name: str
    boxes: tuple[Box, ...]
    picture: Callable[[], bytes]
    points: tuple[Point, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The classes of its boxes and points."""
        return (*(box.class_name for box in self.boxes), *(point.class_name for point in self.points))

    def save_image(self, path: Path) -> Path:
        """The picture's own bytes at `path`, which is returned. Raises DiskFull, ReadOnlyPlace."""
        make_parent_folder(path)
        write_bytes(path, self.picture())
        return path


def make_parent_folder(path: Path) -> Path:
    """`path`, once its folder is there. Raises ReadOnlyPlace, DiskFull."""
    with map_os_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    return path
