"""The screens that there are: every folder of `ui/screens` names its own in its module `spec`, so adding one needs no list elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from itertools import pairwise
from pkgutil import iter_modules

from fieldcheck.ui import screens
from fieldcheck.ui.screen_spec import ScreenSpec


@cache
def list_specs() -> tuple[ScreenSpec, ...]:
    """All of them, in the order of the rail."""
    rooms = [room.name for room in iter_modules(screens.__path__) if room.ispkg]
    return sort_specs(import_module(f"{screens.__name__}.{room}.spec").SPEC for room in rooms)


def sort_specs(found: Iterable[ScreenSpec]) -> tuple[ScreenSpec, ...]:
    """By their places. Raises ValueError where two want the same place or have the same name, or one requires what is not there."""
    ordered = tuple(sorted(found, key=lambda one: one.order))
    names = {one.id for one in ordered}
    for before, one in pairwise(ordered):
        if before.order == one.order:
            raise ValueError(f"{before.id} and {one.id} want the same place: {one.order}")
    if len(names) < len(ordered):
        raise ValueError(f"two screens have the same name among {', '.join(one.id for one in ordered)}")
    for one in ordered:
        if lacking := set(one.requires) - names:
            raise ValueError(f"{one.id} requires a screen that is not there: {lacking.pop()}")
    return ordered


def get_spec(screen: str) -> ScreenSpec:
    """The one with that name. Raises KeyError for a screen that is not there."""
    return {one.id: one for one in list_specs()}[screen]
