"""Drawing of boxes and points on the shown frame: state of the boxes without Qt, and the actions of
keys and corners."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer

from fieldcheck.domain.label import Box, Point
from fieldcheck.i18n.language import tr
from fieldcheck.ui.screens.label.canvas import DrawnBox
from fieldcheck.ui.screens.label.state import LabelDisplay

# The boxes of one frame while they are drawn: corners, classes, moves. Pure: no widget, figures in
# pixels of the frame.

LEAST = 2.0
"""A box with a shorter side is no box: two clicks on one spot."""
EXTREMES = 4


class Boxes:
    """Boxes on a frame of `width` × `height` pixels. `selected` is the box that keys act on, −1 for
    none; `corner` is the first corner of a box that was begun. `changed` says whether anything is
    other than it was loaded."""

    def __init__(self, width: int, height: int, boxes: tuple[Box, ...] = ()) -> None:
        self.width, self.height = width, height
        self.all = list(boxes)
        self.selected = -1
        self.corner: tuple[float, float] | None = None
        self.extremes: list[tuple[float, float]] | None = None
        self.changed = False

    def begin_extreme_points(self) -> None:
        """The next four presses are the topmost, rightmost, lowest and leftmost point of the
        object, in any order."""
        self.corner, self.extremes = None, []

    def add_corner(self, x: float, y: float, class_name: str) -> bool:
        """A corner, or an extreme point, was set. The second corner or the fourth point makes a box
        of that class, which is selected then; returns whether it did."""
        x, y = self._clamp_to_frame(x, y)
        if self.extremes is not None:
            return self._add_extreme_point(x, y, class_name)
        if self.corner is None:
            self.corner = (x, y)
            return False
        first, self.corner = self.corner, None
        return self._add_enclosing_box([first, (x, y)], class_name)

    @property
    def is_begun(self) -> bool:
        """Whether a corner or an extreme point is set, or a box is selected."""
        return self.corner is not None or self.extremes is not None or self.selected >= 0

    def discard_corners(self) -> bool:
        """Discard pending corners or extreme points; returns whether there were any."""
        had = self.corner is not None or self.extremes is not None
        self.corner = self.extremes = None
        return had

    def insert_in_centre(self, class_name: str) -> None:
        """A box in the centre, a quarter as wide and high as the frame: the way to draw without a
        mouse."""
        width, height = self.width / 4, self.height / 4
        self._append_box(
            Box(class_name, (self.width - width) / 2, (self.height - height) / 2, width, height)
        )

    def select_neighbour(self, steps: int) -> None:
        """Selects the next box, or the one before."""
        if self.all:
            self.selected = (
                (self.selected + steps) % len(self.all)
                if self.selected >= 0
                else (0 if steps > 0 else len(self.all) - 1)
            )

    def set_class(self, class_name: str) -> bool:
        """Gives the selected box another class; whether one is selected."""
        return self.selected >= 0 and self._set_selected(
            replace(self.all[self.selected], class_name=class_name)
        )

    def move_selected(self, dx: float, dy: float) -> bool:
        """Moves the selected box, as far as the frame goes."""
        if self.selected < 0:
            return False
        box = self.all[self.selected]
        x = min(max(0.0, box.x + dx), self.width - box.w)
        y = min(max(0.0, box.y + dy), self.height - box.h)
        return self._set_selected(replace(box, x=x, y=y))

    def move_end_edges(self, dw: float, dh: float) -> bool:
        """Moves the right and lower edge of the selected box."""
        if self.selected < 0:
            return False
        box = self.all[self.selected]
        w = min(max(LEAST, box.w + dw), self.width - box.x)
        h = min(max(LEAST, box.h + dh), self.height - box.y)
        return self._set_selected(replace(box, w=w, h=h))

    def move_start_edges(self, dx: float, dy: float) -> bool:
        """Moves the left and upper edge of the selected box."""
        if self.selected < 0:
            return False
        box = self.all[self.selected]
        x = min(max(0.0, box.x + dx), box.x + box.w - LEAST)
        y = min(max(0.0, box.y + dy), box.y + box.h - LEAST)
        return self._set_selected(replace(box, x=x, y=y, w=box.x + box.w - x, h=box.y + box.h - y))

    def drag_handle(self, across: int, down: int, x: float, y: float) -> bool:
        """Pulls a handle of the selected box to a place: `across` −1 is its left edge, 0 none, 1
        its right one; `down` likewise."""
        if self.selected < 0:
            return False
        box, (x, y) = self.all[self.selected], self._clamp_to_frame(x, y)
        left, right, top, bottom = box.x, box.x + box.w, box.y, box.y + box.h
        if across:
            left, right = (
                (min(x, right - LEAST), right) if across < 0 else (left, max(x, left + LEAST))
            )
        if down:
            top, bottom = (
                (min(y, bottom - LEAST), bottom) if down < 0 else (top, max(y, top + LEAST))
            )
        return self._set_selected(replace(box, x=left, y=top, w=right - left, h=bottom - top))

    def toggle_flag(self, name: str) -> bool:
        """Turns `occluded` or `truncated` of the selected box on or off; whether one is
        selected."""
        if self.selected < 0:
            return False
        box = self.all[self.selected]
        turned = {
            "occluded": replace(box, occluded=not box.occluded),
            "truncated": replace(box, truncated=not box.truncated),
        }
        return self._set_selected(turned[name])

    def replace_selected(self, box: Box) -> bool:
        """Another box in place of the selected one; whether it differs."""
        if self.selected < 0 or self.all[self.selected] == box:
            return False
        self.all[self.selected] = box
        self.changed = True
        return True

    def delete_selected(self) -> bool:
        """Takes the selected box away."""
        if self.selected < 0:
            return False
        del self.all[self.selected]
        self.selected = min(self.selected, len(self.all) - 1)
        self.changed = True
        return True

    def duplicate_selected(self) -> bool:
        """A second box of the same class and size beside the selected one."""
        if self.selected < 0:
            return False
        box = self.all[self.selected]
        self._append_box(
            replace(
                box, x=min(box.x + 10, self.width - box.w), y=min(box.y + 10, self.height - box.h)
            )
        )
        return True

    def replace_boxes(self, boxes: tuple[Box, ...]) -> None:
        """Puts other boxes in place, as copied from another frame."""
        self.all = [_clip_box(box, self.width, self.height) for box in boxes]
        self.selected = 0 if self.all else -1
        self.changed = True

    def _add_extreme_point(self, x: float, y: float, class_name: str) -> bool:
        points = [*(self.extremes or []), (x, y)]
        self.extremes = points if len(points) < EXTREMES else None
        return len(points) == EXTREMES and self._add_enclosing_box(points, class_name)

    def _add_enclosing_box(self, points: list[tuple[float, float]], class_name: str) -> bool:
        """A box around points, unless it would be none."""
        left, right = min(x for x, _ in points), max(x for x, _ in points)
        top, bottom = min(y for _, y in points), max(y for _, y in points)
        if right - left < LEAST or bottom - top < LEAST:
            return False
        self._append_box(Box(class_name, left, top, right - left, bottom - top))
        return True

    def _append_box(self, box: Box) -> None:
        self.all.append(box)
        self.selected = len(self.all) - 1
        self.changed = True

    def _set_selected(self, box: Box) -> bool:
        self.all[self.selected] = box
        self.changed = True
        return True

    def _clamp_to_frame(self, x: float, y: float) -> tuple[float, float]:
        return min(max(0.0, x), float(self.width)), min(max(0.0, y), float(self.height))


def _clip_box(box: Box, width: int, height: int) -> Box:
    """The part of a box that lies on a frame of this size, never less than the least box."""
    x, y = min(max(0.0, box.x), width - LEAST), min(max(0.0, box.y), height - LEAST)
    return replace(
        box, x=x, y=y, w=max(LEAST, min(box.w, width - x)), h=max(LEAST, min(box.h, height - y))
    )


# Drawing boxes: what keys and corners do to the boxes of the frame that is shown, and how the view
# shows it.

STROKE_MS = 400
"""Nudges by key that follow each other faster are one stroke, as one drag is."""

REACH = 8
CLEAR = 2.0
"""An edge counts where it is this many times as strong as what lies around it; else the box's own
stays."""


class BoxTool:
    """`sticky` is the class that the next box gets; `stroke(name)` is called after each change that
    shall be kept."""

    def __init__(self, view: LabelDisplay, sticky: str, stroke: Callable[[str], None]) -> None:
        self._view = view
        self._sticky = sticky
        self._stroke = stroke
        self._classes: Sequence[str] = (sticky,)
        self._clipboard: tuple[Box, ...] = ()
        self._nudges = QTimer(interval=STROKE_MS, singleShot=True)
        self._nudges.timeout.connect(self.flush_nudges)
        self._nudged = False
        self.boxes = Boxes(1, 1)

    def load_boxes(
        self, width: int, height: int, boxes: tuple[Box, ...], classes: Sequence[str]
    ) -> None:
        """Another frame is shown."""
        self._classes = classes
        self.boxes = Boxes(width, height, boxes)
        self.draw_overlay()

    def flush_nudges(self) -> None:
        """Store pending nudges."""
        self._nudges.stop()
        if self._nudged:
            self._nudged = False
            self._stroke("move")

    def add_corner(self, x: float, y: float) -> None:
        """A corner was set."""
        extreme = self.boxes.extremes is not None
        self._commit_change(self.boxes.add_corner(x, y, self._sticky), "draw")
        if self.boxes.extremes is not None:
            self._view.show_note(
                tr("Extreme points: {n} of {all}", n=len(self.boxes.extremes), all=EXTREMES),
                lasts=True,
            )
        elif extreme:
            self._view.show_note("")
        self.draw_overlay()

    def begin_extreme_points(self) -> bool:
        """The next box is drawn by its four extreme points."""
        self.boxes.begin_extreme_points()
        self._view.show_note(
            tr("Click the topmost, rightmost, bottommost and leftmost point."), lasts=True
        )
        self.draw_overlay()
        return True

    def drag_handle(self, across: int, down: int, x: float, y: float, is_released: bool) -> None:
        """A handle of the selected box is dragged; the whole drag is one stroke."""
        self.boxes.drag_handle(across, down, x, y)
        if is_released:
            self._stroke("move")
        self.draw_overlay()

    def select_box(self, index: int) -> None:
        """A box was clicked."""
        self.boxes.selected = index
        self.draw_overlay()

    def set_class(self, class_name: str) -> None:
        """The class of the selected box, and of the next one."""
        self._sticky = class_name
        self._commit_change(self.boxes.set_class(class_name), "name")
        self.draw_overlay()

    def clear_selection(self) -> bool:
        """Discard a pending box, or else clear the selection; returns whether there was
        anything."""
        if self.boxes.extremes is not None:
            self._view.show_note("")
        had = self.boxes.discard_corners()
        if not had and self.boxes.selected >= 0:
            self.boxes.selected, had = -1, True
        self.draw_overlay()
        return had

    def insert_in_centre(self) -> bool:
        """A box in the centre."""
        self.boxes.insert_in_centre(self._sticky)
        return self._commit_change(True, "draw")

    def move_selected(self, dx: float, dy: float) -> bool:
        """Moves the selected box."""
        return self._record_nudge(self.boxes.move_selected(dx, dy))

    def move_end_edges(self, dw: float, dh: float) -> bool:
        """Moves the right or lower edge of the selected box."""
        return self._record_nudge(self.boxes.move_end_edges(dw, dh))

    def move_start_edges(self, dx: float, dy: float) -> bool:
        """Moves the left or upper edge of the selected box."""
        return self._record_nudge(self.boxes.move_start_edges(dx, dy))

    def delete_selected(self) -> bool:
        """Takes the selected box away."""
        return self._commit_change(self.boxes.delete_selected(), "delete")

    def duplicate_selected(self) -> bool:
        """A second box beside the selected one."""
        return self._commit_change(self.boxes.duplicate_selected(), "draw")

    def toggle_flag(self, name: str) -> bool:
        """The selected box is partly hidden, or cut off by the edge; or not."""
        return self._commit_change(self.boxes.toggle_flag(name), "flag")

    def snap_to_edges(self, luma: NDArray[np.uint8]) -> bool:
        """Pulls the selected box to the edges of the picture."""
        index = self.boxes.selected
        return index >= 0 and self._commit_change(
            self.boxes.replace_selected(snap_box(luma, self.boxes.all[index])), "snap"
        )

    def copy_boxes(self) -> bool:
        """Copy the selected box, or all without a selection."""
        index = self.boxes.selected
        self._clipboard = (self.boxes.all[index],) if index >= 0 else tuple(self.boxes.all)
        return bool(self._clipboard)

    def paste_boxes(self) -> bool:
        """Paste the copied boxes onto this frame."""
        if not self._clipboard:
            return False
        self.boxes.replace_boxes((*self.boxes.all, *self._clipboard))
        return self._commit_change(True, "copy")

    def select_neighbour(self, steps: int) -> bool:
        """Selects another box."""
        self.boxes.select_neighbour(steps)
        self.draw_overlay()
        return True

    def replace_boxes(self, boxes: tuple[Box, ...], stroke: str = "copy") -> None:
        """Boxes from another frame, or from a model."""
        self.boxes.replace_boxes(boxes)
        self._commit_change(True, stroke)

    def draw_overlay(self) -> None:
        """Shows the boxes as they stand."""
        drawn = [
            DrawnBox(
                box.x, box.y, box.w, box.h, self._get_colour_number(box), self._format_tag(box)
            )
            for box in self.boxes.all
        ]
        points = self.boxes.extremes or []
        self._view.canvas.show_boxes(drawn, self.boxes.selected, self.boxes.corner, points)
        self._view.show_boxes_list(self.boxes.all, self.boxes.selected)
        chosen = self.boxes.selected >= 0
        named = self.boxes.all[self.boxes.selected].class_name if chosen else self._sticky
        text = tr("Selected box: {name}") if chosen else tr("Next box: {name}")
        self._view.show_answer(
            self._classes.index(named) if named in self._classes else -1, text.format(name=named)
        )

    def _record_nudge(self, has_moved: bool) -> bool:
        if has_moved:
            self._nudged = True
            self._nudges.start()
            self.draw_overlay()
        return has_moved

    def _commit_change(self, has_changed: bool, stroke: str) -> bool:
        if has_changed:
            self._nudged = False
            self._nudges.stop()
            self._stroke(stroke)
            self.draw_overlay()
        return has_changed

    def _get_colour_number(self, box: Box) -> int:
        return self._classes.index(box.class_name) if box.class_name in self._classes else 7

    def _format_tag(self, box: Box) -> str:
        """The name, since a class is never shown by colour alone, with its flags."""
        flags = [tr("occluded")] * box.occluded + [tr("truncated")] * box.truncated
        return " · ".join([box.class_name, *flags])


def snap_box(luma: NDArray[np.uint8], box: Box) -> Box:
    """`luma`: (H, W) uint8. Each of the four edges moves by at most 8 px, to between two pixels;
    one that finds nothing stays."""
    height, width = luma.shape
    y1, y2 = max(0, round(box.y)), min(height, round(box.y + box.h))
    x1, x2 = max(0, round(box.x)), min(width, round(box.x + box.w))
    if y2 - y1 < 2 or x2 - x1 < 2:
        return box
    # [k]: between columns k and k + 1
    across = np.abs(np.diff(luma[y1:y2].astype(np.float64), axis=1)).mean(axis=0)
    down = np.abs(np.diff(luma[:, x1:x2].astype(np.float64), axis=0)).mean(axis=1)
    left, right = _find_nearest_edge(across, box.x), _find_nearest_edge(across, box.x + box.w)
    top, bottom = _find_nearest_edge(down, box.y), _find_nearest_edge(down, box.y + box.h)
    if right - left < 2 or bottom - top < 2:
        return box
    return replace(box, x=left, y=top, w=right - left, h=bottom - top)


def _find_nearest_edge(strength: NDArray[np.float64], edge: float) -> float:
    """The place of the strongest change within reach of an edge."""
    first = max(0, round(edge) - REACH - 1)
    near = strength[first : round(edge) + REACH]
    if not near.size or near.max() < CLEAR * max(1.0, float(np.median(near))):
        return edge
    return float(first + int(near.argmax()) + 1)


def get_first_object_class(classes: Sequence[str]) -> str:
    """Class of the first point: the first object class, since a class map begins with the
    background."""
    return classes[min(1, len(classes) - 1)]


class PointTool:
    """`sticky` is the class that the next point gets; `keep(stroke)` stores what stands after a key
    has set, moved or taken one."""

    def __init__(self, view: LabelDisplay, sticky: str, keep: Callable[[str], None]) -> None:
        self._view, self._keep = view, keep
        self.sticky = sticky
        self._classes: Sequence[str] = (sticky,)
        self._width, self._height, self._chosen = 1, 1, -1
        self.points: tuple[Point, ...] = ()

    def load_points(
        self, width: int, height: int, points: tuple[Point, ...], classes: Sequence[str]
    ) -> None:
        """Another frame is shown, of this size in pixels."""
        self._width, self._height, self._classes, self.points, self._chosen = (
            width,
            height,
            classes,
            points,
            -1,
        )
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
        point = self.points[self._chosen]
        moved = replace(
            point,
            x=min(max(0.0, point.x + dx), self._width),
            y=min(max(0.0, point.y + dy), self._height),
        )
        self.points = (*self.points[: self._chosen], moved, *self.points[self._chosen + 1 :])
        self.draw_overlay()
        self._keep("move")
        return True

    def select_neighbour(self, steps: int) -> bool:
        """Chooses another point."""
        if self.points:
            self._chosen = (self._chosen + steps) % len(self.points)
        self.draw_overlay()
        return True

    def clear_selection(self) -> bool:
        """Chooses none, so that arrows browse again; whether one was chosen."""
        had, self._chosen = self._chosen >= 0, -1
        self.draw_overlay()
        return had

    @property
    def has_selection(self) -> bool:
        """Whether a point is chosen."""
        return self._chosen >= 0

    def set_class(self, class_name: str) -> None:
        """The class of the next point."""
        self.sticky = class_name
        self.draw_overlay()

    def delete_selected(self) -> bool:
        """Takes the chosen point away, or the newest; whether there was one."""
        index = self._chosen if self._chosen >= 0 else len(self.points) - 1
        had, self._chosen = bool(self.points), -1
        self.points = tuple(
            point for position, point in enumerate(self.points) if position != index
        )
        self.draw_overlay()
        return had

    def draw_overlay(self) -> None:
        """Shows the points as they stand."""
        number = {name: index for index, name in enumerate(self._classes)}
        drawn = [
            DrawnBox(point.x, point.y, 0, 0, number.get(point.class_name, 7), point.class_name)
            for point in self.points
        ]
        self._view.canvas.show_boxes(drawn, self._chosen, None)
        self._view.show_answer(
            number.get(self.sticky, -1), tr("Next point: {name}", name=self.sticky)
        )


class Drawing:
    """`boxing` exists where boxes are drawn, `pointing` where points are set. `keep(stroke, boxes,
    points)` is called after each stroke to be stored."""

    def __init__(
        self, view: LabelDisplay, keep: Callable[[str, tuple[Box, ...], tuple[Point, ...]], None]
    ) -> None:
        self._view, self._keep = view, keep
        self.boxing: BoxTool | None = None
        self.pointing: PointTool | None = None

    def set_label_kind(self, kind: str, classes: Sequence[str]) -> None:
        """A frame gets a `class`, `boxes` or `points` from now on; empty: there is nothing to
        label."""
        self.boxing = (
            (self.boxing or BoxTool(self._view, classes[0], self.store_stroke))
            if kind == "boxes"
            else None
        )
        self.pointing = (
            (
                self.pointing
                or PointTool(self._view, get_first_object_class(classes), self.store_stroke)
            )
            if kind == "points"
            else None
        )

    def load_frame(
        self,
        width: int,
        height: int,
        boxes: tuple[Box, ...],
        points: tuple[Point, ...],
        classes: Sequence[str],
    ) -> bool:
        """Another frame is shown, of this size in pixels, with what stands on it; whether anything
        is drawn here."""
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
        """Store the drawing after a stroke."""
        self._keep(name, self.boxes, self.points)

    def set_class(self, class_name: str) -> bool:
        """Names the class: what is chosen, or comes next, is of this class; whether anything is
        drawn here."""
        if self.tool is not None:
            self.tool.set_class(class_name)
        return self.tool is not None

    def clear_selection(self) -> bool:
        """Discard what was begun, or else clear the selection; returns whether there was
        anything."""
        return self.tool is not None and self.tool.clear_selection()

    @property
    def has_begun(self) -> bool:
        """Whether a box is begun or chosen, or a point is."""
        tool = self.tool
        if isinstance(tool, PointTool):
            return tool.has_selection
        return tool is not None and tool.boxes.is_begun

    def flush_nudges(self) -> None:
        """Store pending nudges."""
        if self.boxing is not None:
            self.boxing.flush_nudges()

    def draw_overlay(self) -> None:
        """Shows it as it stands."""
        if self.tool is not None:
            self.tool.draw_overlay()
