"""What is drawn on the frame that is shown: boxes, points, or nothing where a frame gets a class."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fieldcheck.domain.box import Box, Point
from fieldcheck.ui.screens.label.boxing import Boxing
from fieldcheck.ui.screens.label.display import LabelDisplay
from fieldcheck.ui.screens.label.pointing import Pointing, first_thing


class Drawing:
    """`boxing` is there where boxes are drawn, `pointing` where points are set. `keep(stroke, boxes, points)` is called after each stroke
    that shall be stored."""

    def __init__(self, view: LabelDisplay, keep: Callable[[str, tuple[Box, ...], tuple[Point, ...]], None]) -> None:
        self._view, self._keep = view, keep
        self.boxing: Boxing | None = None
        self.pointing: Pointing | None = None

    def begin(self, kind: str, classes: Sequence[str]) -> None:
        """A frame gets a `class`, `boxes` or `points` from now on; empty: there is nothing to label."""
        self.boxing = (self.boxing or Boxing(self._view, classes[0], self.stroke)) if kind == "boxes" else None
        self.pointing = (self.pointing or Pointing(self._view, first_thing(classes), self.stroke)) if kind == "points" else None

    def load(self, width: int, height: int, boxes: tuple[Box, ...], points: tuple[Point, ...], classes: Sequence[str]) -> bool:
        """Another frame is shown, of this size in pixels, with what stands on it; whether anything is drawn here."""
        if self.boxing is not None:
            self.boxing.load(width, height, boxes, classes)
        elif self.pointing is not None:
            self.pointing.load(width, height, points, classes)
        return self.tool is not None

    @property
    def tool(self) -> Boxing | Pointing | None:
        """The one that takes keys and clicks."""
        return self.boxing or self.pointing

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Those that stand."""
        return tuple(self.boxing.boxes.all) if self.boxing is not None else ()

    @property
    def points(self) -> tuple[Point, ...]:
        """Those that stand."""
        return self.pointing.points if self.pointing is not None else ()

    def stroke(self, name: str) -> None:
        """What stands after a stroke is kept."""
        self._keep(name, self.boxes, self.points)

    def name(self, class_name: str) -> bool:
        """What is chosen, or comes next, is of this class; whether anything is drawn here."""
        if self.tool is not None:
            self.tool.name(class_name)
        return self.tool is not None

    def drop(self) -> bool:
        """What was begun is dropped, or what is chosen no longer is; whether there was anything."""
        return self.tool is not None and self.tool.drop()

    def flush(self) -> None:
        """Nudges that were not kept yet are."""
        if self.boxing is not None:
            self.boxing.flush()

    def draw(self) -> None:
        """Shows it as it stands."""
        if self.tool is not None:
            self.tool.draw()
