"""The boxes of one frame while they are drawn: corners, classes, moves. Pure: no widget, figures in pixels of the frame."""

from __future__ import annotations

from dataclasses import replace

from fieldcheck.domain.box import Box

LEAST = 2.0
"""A box with a shorter side is no box: two clicks on one spot."""
EXTREMES = 4


class Boxes:
    """Boxes on a frame of `width` × `height` pixels. `selected` is the box that keys act on, −1 for none; `corner` is the first corner
    of a box that was begun. `changed` says whether anything is other than it was loaded."""

    def __init__(self, width: int, height: int, boxes: tuple[Box, ...] = ()) -> None:
        self.width, self.height = width, height
        self.all = list(boxes)
        self.selected = -1
        self.corner: tuple[float, float] | None = None
        self.extremes: list[tuple[float, float]] | None = None
        self.changed = False

    def begin_extreme_points(self) -> None:
        """The next four presses are the topmost, rightmost, lowest and leftmost point of the object, in any order."""
        self.corner, self.extremes = None, []

    def add_corner(self, x: float, y: float, class_name: str) -> bool:
        """A corner, or an extreme point, was set. The second corner or the fourth point makes a box of that class, which is selected
        then; returns whether it did."""
        x, y = self._clamp_to_frame(x, y)
        if self.extremes is not None:
            return self._add_extreme_point(x, y, class_name)
        if self.corner is None:
            self.corner = (x, y)
            return False
        first, self.corner = self.corner, None
        return self._add_enclosing_box([first, (x, y)], class_name)

    def discard_corners(self) -> bool:
        """Forgets a corner or extreme points that were set; whether there were any."""
        had = self.corner is not None or self.extremes is not None
        self.corner = self.extremes = None
        return had

    def insert_in_centre(self, class_name: str) -> None:
        """A box in the centre, a quarter as wide and high as the frame: the way to draw without a mouse."""
        width, height = self.width / 4, self.height / 4
        self._append_box(Box(class_name, (self.width - width) / 2, (self.height - height) / 2, width, height))

    def select_neighbour(self, by: int) -> None:
        """Selects the next box, or the one before."""
        if self.all:
            self.selected = (self.selected + by) % len(self.all) if self.selected >= 0 else (0 if by > 0 else len(self.all) - 1)

    def set_class(self, class_name: str) -> bool:
        """Gives the selected box another class; whether one is selected."""
        return self.selected >= 0 and self._set_selected(replace(self.all[self.selected], class_name=class_name))

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
        """Pulls a handle of the selected box to a place: `across` −1 is its left edge, 0 none, 1 its right one; `down` likewise."""
        if self.selected < 0:
            return False
        box, (x, y) = self.all[self.selected], self._clamp_to_frame(x, y)
        left, right, top, bottom = box.x, box.x + box.w, box.y, box.y + box.h
        if across:
            left, right = (min(x, right - LEAST), right) if across < 0 else (left, max(x, left + LEAST))
        if down:
            top, bottom = (min(y, bottom - LEAST), bottom) if down < 0 else (top, max(y, top + LEAST))
        return self._set_selected(replace(box, x=left, y=top, w=right - left, h=bottom - top))

    def toggle_flag(self, name: str) -> bool:
        """Turns `occluded` or `truncated` of the selected box on or off; whether one is selected."""
        if self.selected < 0:
            return False
        box = self.all[self.selected]
        turned = {"occluded": replace(box, occluded=not box.occluded), "truncated": replace(box, truncated=not box.truncated)}
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
        self._append_box(replace(box, x=min(box.x + 10, self.width - box.w), y=min(box.y + 10, self.height - box.h)))
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
    return replace(box, x=x, y=y, w=max(LEAST, min(box.w, width - x)), h=max(LEAST, min(box.h, height - y)))
