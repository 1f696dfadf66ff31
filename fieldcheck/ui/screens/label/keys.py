"""Which key does what on the Label screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from fieldcheck.ui.screens.label.answering import NOTHING_KEY
from fieldcheck.ui.screens.label.view import LabelView
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.words.skip_reasons import SKIPS

if TYPE_CHECKING:
    from fieldcheck.ui.screens.label.presenter import LabelPresenter

KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "⇧1", "⇧2", "⇧3", "⇧4")
"""What stands on the class buttons, in the order of the classes."""


def bind(actions: Actions, presenter: LabelPresenter, view: LabelView) -> None:
    """Gives every action of the screen its work."""
    answers = presenter.answers
    for at in range(len(KEYS)):
        actions.bind(f"label.class_{at + 1}", partial(answers.give_class, at))
    for at in range(1, len(SKIPS)):
        actions.bind(f"label.reason_{at}", partial(answers.why_skipped, at))
    plain: dict[str, Callable[[], object]] = {
        "same": answers.same, "burst": answers.burst, "unsure": answers.unsure, "skip": answers.skip, "back": answers.back,
        "expert": answers.expert, "repeats": answers.repeats, "accept": answers.accept, "copy_previous": answers.copy_previous,
        "snap": answers.snap, "delete": answers.delete, "next": presenter.next_unlabelled, "first": partial(presenter.go_to, 0),
        "last": partial(presenter.go_to, -1), "find": view.find_class, "blind": presenter.seeing.toggle,
        "suggested": presenter.seeing.take_over, "next_model": presenter.seeing.next_model,
    }  # fmt: skip
    for name, run in plain.items():
        actions.bind(f"label.{name}", run)

    def loupe(on: bool) -> None:
        presenter.looking.loupe(on)
        view.canvas.show_loupe(on)

    def lift() -> None:
        view.canvas.lift_shadows(not view.canvas.lifted)
        if view.canvas.lifted:
            presenter.looking.lift()

    actions.bind_hold("label.loupe", loupe)
    actions.bind("label.lift", lift)
    _bind_boxes(actions, presenter, view)


def enable_classes(actions: Actions, n: int, nothing: bool) -> None:
    """The keys of the first `n` classes do something, and that for `nothing` where there is such an answer; the others stand grey in
    the key sheet."""
    for at in range(len(KEYS)):
        actions.enable(f"label.class_{at + 1}", at < n or (nothing and at == NOTHING_KEY))


def _bind_boxes(actions: Actions, presenter: LabelPresenter, view: LabelView) -> None:
    """The keys that move, stretch and make boxes; while none is selected left and right browse, and all four move an open loupe."""

    def on_boxes(method: str, *arguments: float | str) -> bool:
        drawing = presenter.boxing or presenter.pointing
        return hasattr(drawing, method) and bool(getattr(drawing, method)(*arguments))

    def step(dx: int, dy: int) -> None:
        if view.canvas.loupe_open:
            view.canvas.pan_loupe(dx, dy)
        elif not on_boxes("move", dx, dy) and dx:
            presenter.browse(dx)

    for name, (dx, dy) in {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}.items():
        actions.bind(f"label.{name}", partial(step, dx, dy))
        actions.bind(f"label.{name}_far", partial(on_boxes, "move", 10 * dx, 10 * dy))
    edges = {"wider": (2, 0), "narrower": (-2, 0), "taller": (0, 2), "shorter": (0, -2)}
    for name, by in edges.items():
        actions.bind(f"label.{name}", partial(on_boxes, "stretch", *by))
    first_edges = {"left_out": (-2, 0), "left_in": (2, 0), "top_out": (0, -2), "top_in": (0, 2)}
    for name, by in first_edges.items():
        actions.bind(f"label.{name}", partial(on_boxes, "stretch_first", *by))
    plain = {"insert": "insert", "duplicate": "duplicate", "extremes": "extremes", "copy_boxes": "copy", "paste_boxes": "paste"}
    for name, method in plain.items():
        actions.bind(f"label.{name}", partial(on_boxes, method))
    for name, flag in {"hidden": "occluded", "cut_off": "truncated"}.items():
        actions.bind(f"label.{name}", partial(on_boxes, "flag", flag))
    actions.bind("label.next_box", partial(on_boxes, "step", 1))
    actions.bind("label.previous_box", partial(on_boxes, "step", -1))
