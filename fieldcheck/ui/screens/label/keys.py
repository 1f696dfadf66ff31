"""Which key does what on the Label screen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fieldcheck.ui.screens.label.view import LabelView
from fieldcheck.ui.shell.actions import Actions

if TYPE_CHECKING:
    from fieldcheck.ui.screens.label.presenter import LabelPresenter

KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "⇧1", "⇧2", "⇧3", "⇧4")
"""What stands on the class buttons, in the order of the classes."""


def bind(actions: Actions, presenter: LabelPresenter, view: LabelView) -> None:
    """Gives every action of the screen its work."""
    for at in range(len(KEYS)):
        actions.bind(f"label.class_{at + 1}", partial(presenter.give_class, at))
    plain = {
        "same": presenter.same, "unsure": presenter.unsure, "skip": presenter.skip, "back": presenter.back,
        "next": presenter.next_unlabelled, "first": partial(presenter.go_to, 0), "last": partial(presenter.go_to, -1),
        "find": view.find_class, "accept": presenter.accept, "copy_previous": presenter.copy_previous,
    }  # fmt: skip
    for name, run in plain.items():
        actions.bind(f"label.{name}", run)
    actions.bind_hold("label.loupe", view.canvas.show_loupe)
    _bind_boxes(actions, presenter)


def _bind_boxes(actions: Actions, presenter: LabelPresenter) -> None:
    """The keys that move, stretch and make boxes; left and right browse while none is selected."""

    def on_boxes(method: str, *arguments: float) -> bool:
        return presenter.boxing is not None and bool(getattr(presenter.boxing, method)(*arguments))

    def sideways(by: int) -> None:
        if not on_boxes("move", by, 0):
            presenter.browse(by)

    actions.bind("label.left", partial(sideways, -1))
    actions.bind("label.right", partial(sideways, 1))
    moves = {"up": (0, -1), "down": (0, 1), "left_far": (-10, 0), "right_far": (10, 0), "up_far": (0, -10), "down_far": (0, 10)}
    for name, step in moves.items():
        actions.bind(f"label.{name}", partial(on_boxes, "move", *step))
    edges = {"wider": (2, 0), "narrower": (-2, 0), "taller": (0, 2), "shorter": (0, -2)}
    for name, step in edges.items():
        actions.bind(f"label.{name}", partial(on_boxes, "stretch", *step))
    for name in ("insert", "delete", "duplicate"):
        actions.bind(f"label.{name}", partial(on_boxes, name))
    actions.bind("label.next_box", partial(on_boxes, "step", 1))
    actions.bind("label.previous_box", partial(on_boxes, "step", -1))
