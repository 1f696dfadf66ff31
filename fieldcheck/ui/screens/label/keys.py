"""Which key does what on the Label screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from fieldcheck.ui.screens.label.blind_mode import BlindMode
from fieldcheck.ui.screens.label.display import LabelDisplay
from fieldcheck.ui.screens.label.drawing import Drawing
from fieldcheck.ui.screens.label.frame_viewing import FrameViewTracker
from fieldcheck.ui.screens.label.label_actions import LabelActions
from fieldcheck.ui.screens.label.session import KEYS, NOTHING_KEY
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.words.frame_reasons import SKIPS


class FrameNavigation(Protocol):
    """Goes from frame to frame, and to the result."""

    def step_frame(self, by: int) -> None: ...
    def open_frame(self, at: int) -> None: ...
    def show_next_unlabelled(self) -> None: ...
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
        looking: FrameViewTracker,
        walk: FrameNavigation,
    ) -> None:
        self._view, self._drawing, self._view_tracker, self._navigation = view, drawing, looking, walk
        for at in range(len(KEYS)):
            actions.bind_action(f"label.class_{at + 1}", partial(answers.apply_class_at, at))
        for at in range(1, len(SKIPS)):
            actions.bind_action(f"label.reason_{at}", partial(answers.set_skip_reason, at))
        plain: dict[str, Callable[[], object]] = {
            "same": answers.repeat_last_label, "burst": answers.label_burst, "unsure": answers.label_unsure, "skip": answers.skip_frame,
            "back": answers.undo_last_label, "expert": answers.toggle_expert_flag, "repeats": answers.toggle_repeats,
            "accept": answers.accept_drawing, "copy_previous": answers.copy_previous_boxes, "snap": answers.snap_selected,
            "delete": answers.delete_selected, "next": walk.show_next_unlabelled, "first": partial(walk.open_frame, 0),
            "last": partial(walk.open_frame, -1), "find": view.focus_class_search, "blind": seeing.toggle_blind,
            "suggested": seeing.accept_suggestion, "next_model": seeing.select_next_model, "lift": self._toggle_shadow_lift,
            "result": walk.show_result,
        }  # fmt: skip
        for name, run in plain.items():
            actions.bind_action(f"label.{name}", run)
        actions.bind_hold("label.loupe", self._show_loupe)
        self._bind_drawing(actions)

    def _bind_drawing(self, actions: Actions) -> None:
        """The keys that move, stretch and make boxes; while none is selected left and right browse, and all four move an open loupe."""
        for name, (dx, dy) in {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}.items():
            actions.bind_action(f"label.{name}", partial(self._move_or_browse, dx, dy))
            actions.bind_action(f"label.{name}_far", partial(self._call_tool, "move_selected", 10 * dx, 10 * dy))
        edges = {"wider": (2, 0), "narrower": (-2, 0), "taller": (0, 2), "shorter": (0, -2)}
        for name, by in edges.items():
            actions.bind_action(f"label.{name}", partial(self._call_tool, "move_end_edges", *by))
        first_edges = {"left_out": (-2, 0), "left_in": (2, 0), "top_out": (0, -2), "top_in": (0, 2)}
        for name, by in first_edges.items():
            actions.bind_action(f"label.{name}", partial(self._call_tool, "move_start_edges", *by))
        plain = {
            "insert": "insert_in_centre",
            "duplicate": "duplicate_selected",
            "extremes": "begin_extreme_points",
            "copy_boxes": "copy_boxes",
            "paste_boxes": "paste_boxes",
        }
        for name, method in plain.items():
            actions.bind_action(f"label.{name}", partial(self._call_tool, method))
        for name, flag in {"hidden": "occluded", "cut_off": "truncated"}.items():
            actions.bind_action(f"label.{name}", partial(self._call_tool, "toggle_flag", flag))
        actions.bind_action("label.next_box", partial(self._call_tool, "select_neighbour", 1))
        actions.bind_action("label.previous_box", partial(self._call_tool, "select_neighbour", -1))

    def _call_tool(self, method: str, *arguments: float | str) -> bool:
        """Boxes can do all of it, points some; whether anything was done."""
        tool = self._drawing.tool
        return hasattr(tool, method) and bool(getattr(tool, method)(*arguments))

    def _move_or_browse(self, dx: int, dy: int) -> None:
        if self._view.canvas.loupe_open:
            self._view.canvas.pan_loupe(dx, dy)
        elif not self._call_tool("move_selected", dx, dy) and dx:
            self._navigation.step_frame(dx)

    def _show_loupe(self, on: bool) -> None:
        self._view_tracker.record_loupe(on)
        self._view.canvas.show_loupe(on)

    def _toggle_shadow_lift(self) -> None:
        self._view.canvas.set_shadows_lifted(not self._view.canvas.shadows_lifted)
        if self._view.canvas.shadows_lifted:
            self._view_tracker.record_shadow_lift()


def enable_classes(actions: Actions, n: int, nothing: bool) -> None:
    """The keys of the first `n` classes do something, and that for `nothing` where there is such an answer; the others stand grey in
    the key sheet."""
    for at in range(len(KEYS)):
        actions.set_enabled(f"label.class_{at + 1}", at < n or (nothing and at == NOTHING_KEY))
