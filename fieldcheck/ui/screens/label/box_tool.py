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
from fieldcheck.words.language import text

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
        self._nudges.timeout.connect(self.flush)
        self._nudged = False
        self.boxes = Boxes(1, 1)

    def load(self, width: int, height: int, boxes: tuple[Box, ...], classes: Sequence[str]) -> None:
        """Another frame is shown."""
        self._classes = classes
        self.boxes = Boxes(width, height, boxes)
        self.draw()

    def flush(self) -> None:
        """Nudges that were not kept yet are."""
        self._nudges.stop()
        if self._nudged:
            self._nudged = False
            self._stroke("move")

    def press(self, x: float, y: float) -> None:
        """A corner was set."""
        extreme = self.boxes.extremes is not None
        self._kept(self.boxes.press(x, y, self._sticky), "draw")
        if self.boxes.extremes is not None:
            self._view.show_note(text("Extreme points: {n} of {all}").format(n=len(self.boxes.extremes), all=EXTREMES), lasts=True)
        elif extreme:
            self._view.show_note("")
        self.draw()

    def extremes(self) -> bool:
        """The next box is drawn by its four extreme points."""
        self.boxes.begin_extremes()
        self._view.show_note(text("Click the topmost, rightmost, bottommost and leftmost point."), lasts=True)
        self.draw()
        return True

    def pull(self, across: int, down: int, x: float, y: float, done: bool) -> None:
        """A handle of the selected box is dragged; the whole drag is one stroke."""
        self.boxes.pull(across, down, x, y)
        if done:
            self._stroke("move")
        self.draw()

    def select(self, at: int) -> None:
        """A box was clicked."""
        self.boxes.selected = at
        self.draw()

    def name(self, class_name: str) -> None:
        """The class of the selected box, and of the next one."""
        self._sticky = class_name
        self._kept(self.boxes.name(class_name), "name")
        self.draw()

    def drop(self) -> bool:
        """Forgets a box that was begun, else selects none; whether there was anything."""
        if self.boxes.extremes is not None:
            self._view.show_note("")
        had = self.boxes.drop()
        if not had and self.boxes.selected >= 0:
            self.boxes.selected, had = -1, True
        self.draw()
        return had

    def insert(self) -> bool:
        """A box in the centre."""
        self.boxes.insert(self._sticky)
        return self._kept(True, "draw")

    def move(self, dx: float, dy: float) -> bool:
        """Moves the selected box."""
        return self._nudge(self.boxes.move(dx, dy))

    def stretch(self, dw: float, dh: float) -> bool:
        """Moves the right or lower edge of the selected box."""
        return self._nudge(self.boxes.stretch(dw, dh))

    def stretch_first(self, dx: float, dy: float) -> bool:
        """Moves the left or upper edge of the selected box."""
        return self._nudge(self.boxes.stretch_first(dx, dy))

    def delete(self) -> bool:
        """Takes the selected box away."""
        return self._kept(self.boxes.delete(), "delete")

    def duplicate(self) -> bool:
        """A second box beside the selected one."""
        return self._kept(self.boxes.duplicate(), "draw")

    def flag(self, name: str) -> bool:
        """The selected box is partly hidden, or cut off by the edge; or not."""
        return self._kept(self.boxes.flag(name), "flag")

    def snap(self, luma: NDArray[np.uint8]) -> bool:
        """Pulls the selected box to the edges of the picture."""
        at = self.boxes.selected
        return at >= 0 and self._kept(self.boxes.put(snap(luma, self.boxes.all[at])), "snap")

    def copy(self) -> bool:
        """Remembers the selected box, or all of them where none is selected."""
        at = self.boxes.selected
        self._clipboard = (self.boxes.all[at],) if at >= 0 else tuple(self.boxes.all)
        return bool(self._clipboard)

    def paste(self) -> bool:
        """The boxes that were remembered, on this frame too."""
        if not self._clipboard:
            return False
        self.boxes.take((*self.boxes.all, *self._clipboard))
        return self._kept(True, "copy")

    def step(self, by: int) -> bool:
        """Selects another box."""
        self.boxes.step(by)
        self.draw()
        return True

    def take(self, boxes: tuple[Box, ...], stroke: str = "copy") -> None:
        """Boxes from another frame, or from a model."""
        self.boxes.take(boxes)
        self._kept(True, stroke)

    def draw(self) -> None:
        """Shows the boxes as they stand."""
        drawn = [DrawnBox(box.x, box.y, box.w, box.h, self._colour(box), self._tag(box)) for box in self.boxes.all]
        points = self.boxes.extremes or []
        self._view.canvas.show_boxes(drawn, self.boxes.selected, self.boxes.corner, points)
        self._view.show_boxes_list(self.boxes.all, self.boxes.selected)
        chosen = self.boxes.selected >= 0
        named = self.boxes.all[self.boxes.selected].class_name if chosen else self._sticky
        said = text("Selected box: {name}") if chosen else text("Next box: {name}")
        self._view.show_answer(self._classes.index(named) if named in self._classes else -1, said.format(name=named))

    def _nudge(self, done: bool) -> bool:
        if done:
            self._nudged = True
            self._nudges.start()
            self.draw()
        return done

    def _kept(self, done: bool, stroke: str) -> bool:
        if done:
            self._nudged = False
            self._nudges.stop()
            self._stroke(stroke)
            self.draw()
        return done

    def _colour(self, box: Box) -> int:
        return self._classes.index(box.class_name) if box.class_name in self._classes else 7

    def _tag(self, box: Box) -> str:
        """Number and name: a class is never its colour alone. What is hidden or cut off says so."""
        named = f"{self._colour(box) + 1} {box.class_name}" if box.class_name in self._classes else box.class_name
        flags = [text("occluded")] * box.occluded + [text("truncated")] * box.truncated
        return " · ".join([named, *flags])


def snap(luma: NDArray[np.uint8], box: Box) -> Box:
    """`luma`: (H, W) uint8. Each of the four edges moves by at most 8 px, to between two pixels; one that finds nothing stays."""
    height, width = luma.shape
    y1, y2 = max(0, round(box.y)), min(height, round(box.y + box.h))
    x1, x2 = max(0, round(box.x)), min(width, round(box.x + box.w))
    if y2 - y1 < 2 or x2 - x1 < 2:
        return box
    across = np.abs(np.diff(luma[y1:y2].astype(np.float64), axis=1)).mean(axis=0)  # [k]: between columns k and k + 1
    down = np.abs(np.diff(luma[:, x1:x2].astype(np.float64), axis=0)).mean(axis=1)
    left, right = _nearest(across, box.x), _nearest(across, box.x + box.w)
    top, bottom = _nearest(down, box.y), _nearest(down, box.y + box.h)
    if right - left < 2 or bottom - top < 2:
        return box
    return replace(box, x=left, y=top, w=right - left, h=bottom - top)


def _nearest(strength: NDArray[np.float64], edge: float) -> float:
    """The place of the strongest change within reach of an edge."""
    first = max(0, round(edge) - REACH - 1)
    near = strength[first : round(edge) + REACH]
    if not near.size or near.max() < CLEAR * max(1.0, float(np.median(near))):
        return edge
    return float(first + int(near.argmax()) + 1)
