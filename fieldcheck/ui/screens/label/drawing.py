"""Drawing on the frame that is shown: boxes, points, or nothing where a frame gets a class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from fieldcheck.domain.box import Box, Point
from fieldcheck.ui.screens.label.box_tool import BoxTool
from fieldcheck.ui.screens.label.display import LabelDisplay
from fieldcheck.ui.screens.label.overlay import DrawnBox
from fieldcheck.words.language import tr


def get_first_object_class(classes: Sequence[str]) -> str:
    """The class that a first point gets: the first that is a thing, since the one at the head of a map of classes is the ground."""
    return classes[min(1, len(classes) - 1)]


class PointTool:
    """`sticky` is the class that the next point gets; `keep(stroke)` stores what stands after a key has set, moved or taken one."""

    def __init__(self, view: LabelDisplay, sticky: str, keep: Callable[[str], None]) -> None:
        self._view, self._keep = view, keep
        self.sticky = sticky
        self._classes: Sequence[str] = (sticky,)
        self._width, self._height, self._chosen = 1, 1, -1
        self.points: tuple[Point, ...] = ()

    def load_points(self, width: int, height: int, points: tuple[Point, ...], classes: Sequence[str]) -> None:
        """Another frame is shown, of this size in pixels."""
        self._width, self._height, self._classes, self.points, self._chosen = width, height, classes, points, -1
        self.draw_overlay()

    def add_point(self, x: float, y: float) -> tuple[Point, ...]:
        """A point at a place of the frame; all points that stand now."""
        self.points = (*self.points, Point(self.sticky, x, y))
        self._chosen = len(self.points) - 1
        self.draw_overlay()
        return self.points

    def insert_in_centre(self) -> bool:
        """A point in the centre, for arrows to move."""
        self.add_point(self._width / 2, self._height / 2)
        self._keep("point")
        return True

    def move_selected(self, dx: float, dy: float) -> bool:
        """Moves the chosen point, within the frame; whether one is chosen."""
        if self._chosen < 0:
            return False
        one = self.points[self._chosen]
        moved = replace(one, x=min(max(0.0, one.x + dx), self._width), y=min(max(0.0, one.y + dy), self._height))
        self.points = (*self.points[: self._chosen], moved, *self.points[self._chosen + 1 :])
        self.draw_overlay()
        self._keep("move")
        return True

    def select_neighbour(self, by: int) -> bool:
        """Chooses another point."""
        if self.points:
            self._chosen = (self._chosen + by) % len(self.points)
        self.draw_overlay()
        return True

    def clear_selection(self) -> bool:
        """Chooses none, so that arrows browse again; whether one was chosen."""
        had, self._chosen = self._chosen >= 0, -1
        self.draw_overlay()
        return had

    def set_class(self, class_name: str) -> None:
        """The class of the next point."""
        self.sticky = class_name
        self.draw_overlay()

    def delete_selected(self) -> bool:
        """Takes the chosen point away, or the newest; whether there was one."""
        at = self._chosen if self._chosen >= 0 else len(self.points) - 1
        had, self._chosen = bool(self.points), -1
        self.points = tuple(one for place, one in enumerate(self.points) if place != at)
        self.draw_overlay()
        return had

    def draw_overlay(self) -> None:
        """Shows the points as they stand."""
        number = {name: at for at, name in enumerate(self._classes)}
        drawn = [
            DrawnBox(one.x, one.y, 0, 0, number.get(one.class_name, 7), f"{number.get(one.class_name, 7) + 1} {one.class_name}")
            for one in self.points
        ]
        self._view.canvas.show_boxes(drawn, self._chosen, None)
        self._view.show_answer(number.get(self.sticky, -1), tr("Next point: {name}").format(name=self.sticky))


class Drawing:
    """`boxing` is there where boxes are drawn, `pointing` where points are set. `keep(stroke, boxes, points)` is called after each stroke
    that shall be stored."""

    def __init__(self, view: LabelDisplay, keep: Callable[[str, tuple[Box, ...], tuple[Point, ...]], None]) -> None:
        self._view, self._keep = view, keep
        self.boxing: BoxTool | None = None
        self.pointing: PointTool | None = None

    def set_label_kind(self, kind: str, classes: Sequence[str]) -> None:
        """A frame gets a `class`, `boxes` or `points` from now on; empty: there is nothing to label."""
        self.boxing = (self.boxing or BoxTool(self._view, classes[0], self.store_stroke)) if kind == "boxes" else None
        self.pointing = (
            (self.pointing or PointTool(self._view, get_first_object_class(classes), self.store_stroke)) if kind == "points" else None
        )

    def load_frame(self, width: int, height: int, boxes: tuple[Box, ...], points: tuple[Point, ...], classes: Sequence[str]) -> bool:
        """Another frame is shown, of this size in pixels, with what stands on it; whether anything is drawn here."""
        if self.boxing is not None:
            self.boxing.load_boxes(width, height, boxes, classes)
        elif self.pointing is not None:
            self.pointing.load_points(width, height, points, classes)
        return self.tool is not None

    @property
    def tool(self) -> BoxTool | PointTool | None:
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

    def store_stroke(self, name: str) -> None:
        """Keeps a stroke: what stands after it is stored."""
        self._keep(name, self.boxes, self.points)

    def set_class(self, class_name: str) -> bool:
        """Names the class: what is chosen, or comes next, is of this class; whether anything is drawn here."""
        if self.tool is not None:
            self.tool.set_class(class_name)
        return self.tool is not None

    def clear_selection(self) -> bool:
        """Drops what was begun, or what is chosen no longer is; whether there was anything."""
        return self.tool is not None and self.tool.clear_selection()

    def flush_nudges(self) -> None:
        """Nudges that were not kept yet are."""
        if self.boxing is not None:
            self.boxing.flush_nudges()

    def draw_overlay(self) -> None:
        """Shows it as it stands."""
        if self.tool is not None:
            self.tool.draw_overlay()
