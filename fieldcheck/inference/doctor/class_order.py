"""The order of a model's classes, from frames whose class is known: reversed, sorted, pushed on by one, or learned from the answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import scipy
from numpy.typing import NDArray

from fieldcheck.measure.significance import compute_mcnemar_p

ORDER_P = 0.01
ORDER_GAIN = 0.2

Order = tuple[int, ...] | None  # for each class of the card the index at which the model answers it; None: as the card says


def find_class_order(said: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]], classes: Sequence[str]) -> Order:
    """Another order of the classes, where it explains the answers of some way of feeding far better than the card's explains any way's.

    `said`: for each way (n,) classes answered, −1 for none, and (n,) true ones; these are the same for every way. The usual orders are
    tried as they are, since a mistake that everybody makes needs few frames to be seen and leaves no class out. Beside them one is learned
    on every other frame and judged on the rest, and the other way round: with many classes some assignment always looks good on the
    frames that it was made from. It is taken only where it is beyond chance better than the best usual one.
    """
    truth = said[0][1]
    plain = max((given == truth for given, _ in said), key=np.sum)
    usual, in_usual = _find_best_usual_order(said, classes)
    crossed = [_cross_validate_assignment(given, truth) for given, _ in said]
    at = max(range(len(said)), key=lambda place: int(crossed[place].sum()))
    if in_usual is not None and _is_better_order(in_usual, plain):
        return _find_learned_order(said[at][0], truth, len(classes)) if _is_better_order(crossed[at], in_usual) else usual
    return _find_learned_order(said[at][0], truth, len(classes)) if _is_better_order(crossed[at], plain) else None


def reorder_classes(classes: Sequence[str], order: Sequence[int]) -> list[str]:
    """The card's classes in the order in which the model answers them."""
    found = [""] * len(classes)
    for index, answered in enumerate(order):
        found[answered] = classes[index]
    return found


def iter_usual_orders(classes: Sequence[str]) -> Iterator[tuple[int, ...]]:
    """The orders in which lists of classes are most often mixed up, other than the card's own: reversed, sorted as a folder or as a
    dictionary sorts, with and without upper case, by number, each of these backwards, and one place on or back."""
    k = len(classes)
    own = tuple(range(k))
    orders = [own[::-1]]
    for key in (str, str.casefold, _number_sort_key):
        ranked = sorted(own, key=lambda index: key(classes[index]))
        sorted_places = tuple(ranked.index(index) for index in own)
        orders += [sorted_places, tuple(k - 1 - place for place in sorted_places)]
    orders += [tuple((index + step) % k for index in own) for step in (1, k - 1)]
    yield from (order for order in dict.fromkeys(orders) if order != own)


def _number_sort_key(name: str) -> tuple[tuple[int, str], ...]:
    """`sign 10` after `sign 9`."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name) if part)


def _find_best_usual_order(
    said: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]], classes: Sequence[str]
) -> tuple[Order, NDArray[np.bool_] | None]:
    """The usual order that explains most answers of any way, and which."""
    found: tuple[Order, NDArray[np.bool_] | None] = (None, None)
    for order in iter_usual_orders(classes):
        for given, truth in said:
            right = given == np.array(order)[truth]
            if found[1] is None or right.sum() > found[1].sum():
                found = order, right
    return found


def _is_better_order(other: NDArray[np.bool_], plain: NDArray[np.bool_]) -> bool:
    """Whether another order is right on far more frames, beyond chance (exact McNemar, methods 6.4)."""
    gained, lost = int((other & ~plain).sum()), int((plain & ~other).sum())
    return gained - lost >= ORDER_GAIN * plain.size and compute_mcnemar_p(lost, gained) < ORDER_P


def _find_learned_order(given: NDArray[np.int64], truth: NDArray[np.int64], k: int) -> Order:
    return _complete_order(_assign_classes(given, truth), k)


def _cross_validate_assignment(given: NDArray[np.int64], truth: NDArray[np.int64]) -> NDArray[np.bool_]:
    right = np.zeros(len(truth), bool)
    # Frames come class after class in turn, so halves are taken within each class.
    half = np.zeros(len(truth), bool)
    for index in np.unique(truth):
        half[np.flatnonzero(truth == index)[::2]] = True
    for learn, judge in ((half, ~half), (~half, half)):
        learned = _assign_classes(given[learn], truth[learn])
        right[judge] = [said >= 0 and learned.get(int(real)) == said for real, said in zip(truth[judge], given[judge], strict=True)]
    return right


def _assign_classes(given: NDArray[np.int64], truth: NDArray[np.int64]) -> dict[int, int]:
    """For each class among the labels the index at which it is answered, one for each."""
    truth, given = truth[given >= 0], given[given >= 0]
    if not truth.size:
        return {}
    classes, answers = np.unique(truth), np.unique(given)
    table = np.array([[int(((truth == one) & (given == other)).sum()) for other in answers] for one in classes])
    rows, columns = scipy.optimize.linear_sum_assignment(-table)
    return {int(classes[row]): int(answers[column]) for row, column in zip(rows, columns, strict=True) if table[row, column]}


def _complete_order(learned: dict[int, int], k: int) -> Order:
    """A whole order from what was learned: a list pushed on as a whole where two classes or more say so; else the rest keep their places
    where these are free, and take what is left where not."""
    steps = {(answer - index) % k for index, answer in learned.items()}
    if len(learned) > 1 and len(steps) == 1:
        step = steps.pop()
        return tuple((index + step) % k for index in range(k)) if step else None
    inside = {index: answer for index, answer in learned.items() if answer < k}
    free = [place for place in range(k) if place not in inside.values()]
    order = dict(inside)
    for index in range(k):
        if index not in order and index in free:
            order[index] = index
            free.remove(index)
    for index in range(k):
        if index not in order:
            order[index] = free.pop(0)
    found = tuple(order[index] for index in range(k))
    return None if found == tuple(range(k)) else found
