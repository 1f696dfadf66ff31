"""Drawing boxes: what keys and corners do to the boxes of the frame that is shown, and how the view shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer

from fieldcheck.domain.box import Box
from fieldcheck.ui.screens.label.boxes import EXTREMES, Boxes
from fieldcheck.ui.screens.label.display import LabelDisplay
from fieldcheck.ui.screens.label.overlay import DrawnBox
from fieldcheck.words.language import tr

STROKE_MS = 400
"""Nudges by key that follow each other faster are one stroke, as one drag is."""

REACH = 8
CLEAR = 2.0
"""An edge counts where it is this many times as strong as what lies around it; else the box's own stays."""


class BoxTool:
    """`sticky` is the class that the next box gets; `stroke(name)` is called after each change that shall be kept."""

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

    def load_boxes(self, width: int, height: int, boxes: tuple[Box, ...], classes: Sequence[str]) -> None:
        """Another frame is shown."""
        self._classes = classes
        self.boxes = Boxes(width, height, boxes)
        self.draw_overlay()

    def flush_nudges(self) -> None:
        """Nudges that were not kept yet are."""
        self._nudges.stop()
        if self._nudged:
            self._nudged = False
            self._stroke("move")

    def add_corner(self, x: float, y: float) -> None:
        """A corner was set."""
        extreme = self.boxes.extremes is not None
        self._commit_change(self.boxes.add_corner(x, y, self._sticky), "draw")
        if self.boxes.extremes is not None:
            self._view.show_note(tr("Extreme points: {n} of {all}").format(n=len(self.boxes.extremes), all=EXTREMES), lasts=True)
        elif extreme:
            self._view.show_note("")
        self.draw_overlay()

    def begin_extreme_points(self) -> bool:
        """The next box is drawn by its four extreme points."""
        self.boxes.begin_extreme_points()
        self._view.show_note(tr("Click the topmost, rightmost, bottommost and leftmost point."), lasts=True)
        self.draw_overlay()
        return True

    def drag_handle(self, across: int, down: int, x: float, y: float, done: bool) -> None:
        """A handle of the selected box is dragged; the whole drag is one stroke."""
        self.boxes.drag_handle(across, down, x, y)
        if done:
            self._stroke("move")
        self.draw_overlay()

    def select_box(self, at: int) -> None:
        """A box was clicked."""
        self.boxes.selected = at
        self.draw_overlay()

    def set_class(self, class_name: str) -> None:
        """The class of the selected box, and of the next one."""
        self._sticky = class_name
        self._commit_change(self.boxes.set_class(class_name), "name")
        self.draw_overlay()

    def clear_selection(self) -> bool:
        """Forgets a box that was begun, else selects none; whether there was anything."""
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
        at = self.boxes.selected
        return at >= 0 and self._commit_change(self.boxes.replace_selected(snap_box(luma, self.boxes.all[at])), "snap")

    def copy_boxes(self) -> bool:
        """Remembers the selected box, or all of them where none is selected."""
        at = self.boxes.selected
        self._clipboard = (self.boxes.all[at],) if at >= 0 else tuple(self.boxes.all)
        return bool(self._clipboard)

    def paste_boxes(self) -> bool:
        """The boxes that were remembered, on this frame too."""
        if not self._clipboard:
            return False
        self.boxes.replace_boxes((*self.boxes.all, *self._clipboard))
        return self._commit_change(True, "copy")

    def select_neighbour(self, by: int) -> bool:
        """Selects another box."""
        self.boxes.select_neighbour(by)
        self.draw_overlay()
        return True

    def replace_boxes(self, boxes: tuple[Box, ...], stroke: str = "copy") -> None:
        """Boxes from another frame, or from a model."""
        self.boxes.replace_boxes(boxes)
        self._commit_change(True, stroke)

    def draw_overlay(self) -> None:
        """Shows the boxes as they stand."""
        drawn = [DrawnBox(box.x, box.y, box.w, box.h, self._get_colour_number(box), self._format_tag(box)) for box in self.boxes.all]
        points = self.boxes.extremes or []
        self._view.canvas.show_boxes(drawn, self.boxes.selected, self.boxes.corner, points)
        self._view.show_boxes_list(self.boxes.all, self.boxes.selected)
        chosen = self.boxes.selected >= 0
        named = self.boxes.all[self.boxes.selected].class_name if chosen else self._sticky
        said = tr("Selected box: {name}") if chosen else tr("Next box: {name}")
        self._view.show_answer(self._classes.index(named) if named in self._classes else -1, said.format(name=named))

    def _record_nudge(self, done: bool) -> bool:
        if done:
            self._nudged = True
            self._nudges.start()
            self.draw_overlay()
        return done

    def _commit_change(self, done: bool, stroke: str) -> bool:
        if done:
            self._nudged = False
            self._nudges.stop()
            self._stroke(stroke)
            self.draw_overlay()
        return done

    def _get_colour_number(self, box: Box) -> int:
        return self._classes.index(box.class_name) if box.class_name in self._classes else 7

    def _format_tag(self, box: Box) -> str:
        """Number and name: a class is never its colour alone. What is hidden or cut off says so."""
        named = f"{self._get_colour_number(box) + 1} {box.class_name}" if box.class_name in self._classes else box.class_name
        flags = [tr("occluded")] * box.occluded + [tr("truncated")] * box.truncated
        return " · ".join([named, *flags])


def snap_box(luma: NDArray[np.uint8], box: Box) -> Box:
    """`luma`: (H, W) uint8. Each of the four edges moves by at most 8 px, to between two pixels; one that finds nothing stays."""
    height, width = luma.shape
    y1, y2 = max(0, round(box.y)), min(height, round(box.y + box.h))
    x1, x2 = max(0, round(box.x)), min(width, round(box.x + box.w))
    if y2 - y1 < 2 or x2 - x1 < 2:
        return box
    across = np.abs(np.diff(luma[y1:y2].astype(np.float64), axis=1)).mean(axis=0)  # [k]: between columns k and k + 1
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
