"""Drawing boxes: what keys and corners do to the boxes of the frame that is shown, and how the view shows it."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.box import Box
from fieldcheck.ui.screens.label.boxes import Boxes
from fieldcheck.ui.screens.label.canvas import Drawn
from fieldcheck.ui.screens.label.view import LabelView


class Boxing:
    """`sticky` is the class that the next box gets."""

    def __init__(self, view: LabelView, sticky: str) -> None:
        self._view = view
        self._sticky = sticky
        self._classes: Sequence[str] = (sticky,)
        self.boxes = Boxes(1, 1)

    def load(self, width: int, height: int, boxes: tuple[Box, ...], classes: Sequence[str]) -> None:
        """Another frame is shown."""
        self._classes = classes
        self.boxes = Boxes(width, height, boxes)
        self.draw()

    def press(self, x: float, y: float) -> None:
        """A corner was set."""
        self.boxes.press(x, y, self._sticky)
        self.draw()

    def name(self, class_name: str) -> None:
        """The class of the selected box, and of the next one."""
        self._sticky = class_name
        self.boxes.name(class_name)
        self.draw()

    def drop(self) -> bool:
        """Forgets a box that was begun, else selects none; whether there was anything."""
        had = self.boxes.drop()
        if not had and self.boxes.selected >= 0:
            self.boxes.selected, had = -1, True
        self.draw()
        return had

    def insert(self) -> bool:
        """A box in the centre."""
        self.boxes.insert(self._sticky)
        self.draw()
        return True

    def move(self, dx: float, dy: float) -> bool:
        """Moves the selected box."""
        return self._drawn(self.boxes.move(dx, dy))

    def stretch(self, dw: float, dh: float) -> bool:
        """Moves the right or lower edge of the selected box."""
        return self._drawn(self.boxes.stretch(dw, dh))

    def delete(self) -> bool:
        """Takes the selected box away."""
        return self._drawn(self.boxes.delete())

    def duplicate(self) -> bool:
        """A second box beside the selected one."""
        return self._drawn(self.boxes.duplicate())

    def step(self, by: int) -> bool:
        """Selects another box."""
        self.boxes.step(by)
        return self._drawn(True)

    def take(self, boxes: tuple[Box, ...]) -> None:
        """Boxes copied from another frame."""
        self.boxes.take(boxes)
        self.draw()

    def draw(self) -> None:
        """Shows the boxes as they stand."""
        drawn = [Drawn(box.x, box.y, box.w, box.h, self._colour(box), self._tag(box)) for box in self.boxes.all]
        self._view.canvas.show_boxes(drawn, self.boxes.selected, self.boxes.corner)
        self._view.show_boxes_list(self.boxes.all, self.boxes.selected)
        named = self.boxes.all[self.boxes.selected].class_name if self.boxes.selected >= 0 else self._sticky
        self._view.show_answer(self._classes.index(named) if named in self._classes else -1)

    def _drawn(self, done: bool) -> bool:
        if done:
            self.draw()
        return done

    def _colour(self, box: Box) -> int:
        return self._classes.index(box.class_name) if box.class_name in self._classes else 7

    def _tag(self, box: Box) -> str:
        """Number and name: a class is never its colour alone."""
        return f"{self._colour(box) + 1} {box.class_name}" if box.class_name in self._classes else box.class_name
