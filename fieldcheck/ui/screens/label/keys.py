"""Which key does what on the Label screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from fieldcheck.ui.screens.label.blind_mode import BlindMode
from fieldcheck.ui.screens.label.display import LabelDisplay
from fieldcheck.ui.screens.label.drawing import Drawing
from fieldcheck.ui.screens.label.frame_viewing import FrameViewing
from fieldcheck.ui.screens.label.label_actions import LabelActions
from fieldcheck.ui.screens.label.session import KEYS, NOTHING_KEY
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.words.frame_reasons import SKIPS


class FrameWalk(Protocol):
    """Goes from frame to frame, and to the result."""

    def browse(self, by: int) -> None: ...
    def go_to(self, at: int) -> None: ...
    def next_unlabelled(self) -> None: ...
    def show_result(self) -> None: ...


class LabelKeys:
    """Gives every action of the screen its work."""

    def __init__(
        self,
        actions: Actions,
        view: LabelDisplay,
        answers: LabelActions,
        seeing: BlindMode,
        drawing: Drawing,
        looking: FrameViewing,
        walk: FrameWalk,
    ) -> None:
        self._view, self._drawing, self._looking, self._walk = view, drawing, looking, walk
        for at in range(len(KEYS)):
            actions.bind(f"label.class_{at + 1}", partial(answers.give_class, at))
        for at in range(1, len(SKIPS)):
            actions.bind(f"label.reason_{at}", partial(answers.why_skipped, at))
        plain: dict[str, Callable[[], object]] = {
            "same": answers.same, "burst": answers.burst, "unsure": answers.unsure, "skip": answers.skip, "back": answers.back,
            "expert": answers.expert, "repeats": answers.repeats, "accept": answers.accept, "copy_previous": answers.copy_previous,
            "snap": answers.snap, "delete": answers.delete, "next": walk.next_unlabelled, "first": partial(walk.go_to, 0),
            "last": partial(walk.go_to, -1), "find": view.find_class, "blind": seeing.toggle, "suggested": seeing.take_over,
            "next_model": seeing.next_model, "lift": self._lift, "result": walk.show_result,
        }  # fmt: skip
        for name, run in plain.items():
            actions.bind(f"label.{name}", run)
        actions.bind_hold("label.loupe", self._loupe)
        self._bind_drawing(actions)

    def _bind_drawing(self, actions: Actions) -> None:
        """The keys that move, stretch and make boxes; while none is selected left and right browse, and all four move an open loupe."""
        for name, (dx, dy) in {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}.items():
            actions.bind(f"label.{name}", partial(self._step, dx, dy))
            actions.bind(f"label.{name}_far", partial(self._draw, "move", 10 * dx, 10 * dy))
        edges = {"wider": (2, 0), "narrower": (-2, 0), "taller": (0, 2), "shorter": (0, -2)}
        for name, by in edges.items():
            actions.bind(f"label.{name}", partial(self._draw, "stretch", *by))
        first_edges = {"left_out": (-2, 0), "left_in": (2, 0), "top_out": (0, -2), "top_in": (0, 2)}
        for name, by in first_edges.items():
            actions.bind(f"label.{name}", partial(self._draw, "stretch_first", *by))
        plain = {"insert": "insert", "duplicate": "duplicate", "extremes": "extremes", "copy_boxes": "copy", "paste_boxes": "paste"}
        for name, method in plain.items():
            actions.bind(f"label.{name}", partial(self._draw, method))
        for name, flag in {"hidden": "occluded", "cut_off": "truncated"}.items():
            actions.bind(f"label.{name}", partial(self._draw, "flag", flag))
        actions.bind("label.next_box", partial(self._draw, "step", 1))
        actions.bind("label.previous_box", partial(self._draw, "step", -1))

    def _draw(self, method: str, *arguments: float | str) -> bool:
        """Boxes can do all of it, points some; whether anything was done."""
        tool = self._drawing.tool
        return hasattr(tool, method) and bool(getattr(tool, method)(*arguments))

    def _step(self, dx: int, dy: int) -> None:
        if self._view.canvas.loupe_open:
            self._view.canvas.pan_loupe(dx, dy)
        elif not self._draw("move", dx, dy) and dx:
            self._walk.browse(dx)

    def _loupe(self, on: bool) -> None:
        self._looking.loupe(on)
        self._view.canvas.show_loupe(on)

    def _lift(self) -> None:
        self._view.canvas.lift_shadows(not self._view.canvas.lifted)
        if self._view.canvas.lifted:
            self._looking.lift()


def enable_classes(actions: Actions, n: int, nothing: bool) -> None:
    """The keys of the first `n` classes do something, and that for `nothing` where there is such an answer; the others stand grey in
    the key sheet."""
    for at in range(len(KEYS)):
        actions.enable(f"label.class_{at + 1}", at < n or (nothing and at == NOTHING_KEY))
