"""Points on a frame, for models that answer with masks: each says that a thing of a class lies there."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.box import Point
from fieldcheck.ui.screens.label.canvas import Drawn
from fieldcheck.ui.screens.label.view import LabelView


def first_thing(classes: Sequence[str]) -> str:
    """The class that a first point gets: the first that is a thing, since the one at the head of a map of classes is the ground."""
    return classes[min(1, len(classes) - 1)]


class Pointing:
    """`sticky` is the class that the next point gets."""

    def __init__(self, view: LabelView, sticky: str) -> None:
        self._view = view
        self.sticky = sticky
        self._classes: Sequence[str] = (sticky,)
        self.points: tuple[Point, ...] = ()

    def load(self, points: tuple[Point, ...], classes: Sequence[str]) -> None:
        """Another frame is shown."""
        self._classes, self.points = classes, points
        self.draw()

    def add(self, x: float, y: float) -> tuple[Point, ...]:
        """A point at a place of the frame; all points that stand now."""
        self.points = (*self.points, Point(self.sticky, x, y))
        self.draw()
        return self.points

    def name(self, class_name: str) -> None:
        """The class of the next point."""
        self.sticky = class_name
        self.draw()

    def delete(self) -> bool:
        """Takes the newest point away; whether there was one."""
        had, self.points = bool(self.points), self.points[:-1]
        self.draw()
        return had

    def draw(self) -> None:
        """Shows the points as they stand."""
        number = {name: at for at, name in enumerate(self._classes)}
        drawn = [
            Drawn(one.x, one.y, 0, 0, number.get(one.class_name, 7), f"{number.get(one.class_name, 7) + 1} {one.class_name}")
            for one in self.points
        ]
        self._view.canvas.show_boxes(drawn, -1, None)
        self._view.show_answer(number.get(self.sticky, -1))
