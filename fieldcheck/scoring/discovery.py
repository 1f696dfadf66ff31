"""Discovered slices: decision trees of wrong answers, grown on half of the clips and tested on the other (methods 6.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import scipy
from numpy.typing import NDArray

from fieldcheck.domain.discovered import DiscoveredSlice, Discovery, TreeSplit
from fieldcheck.measure.significance import compute_q_values

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FEWEST_FRAMES, FEWEST_ERRORS, FEWEST_CLIPS_OF_ALL = 60, 8, 4
DEPTH, LEAST_LEAF, LEAF_SHARE = 2, 10, 0.1
RATE, BEHIND, ENOUGH, ENOUGH_CLIPS = 0.10, 0.20, 10, 3


def discover_slices(rows: Floats, names: Sequence[str], right: Bools, weight: Floats, clip: NDArray[np.generic], seed: int) -> Discovery:
    """Leaves with more errors than elsewhere, the most certain first.

    `rows`: (n, d) figures and 0/1 of metadata, named by `names`; `right`: (n,) bool; `weight`: (n,) > 0; `clip`: (n,) ids. Each half of the
    clips grows a tree that the other half tests: Fisher's exact test, one-sided, Benjamini–Hochberg over all leaves of both.
    """
    n, errors = right.size, int((~right).sum())
    clips, member = np.unique(clip, return_inverse=True)
    off = "frames" if n < FEWEST_FRAMES else "errors" if errors < FEWEST_ERRORS else "clips" if clips.size < FEWEST_CLIPS_OF_ALL else ""
    if off:
        return Discovery(off, n, errors, ())
    first = np.isin(member, np.random.default_rng(seed).permutation(clips.size)[: clips.size // 2])
    found: list[DiscoveredSlice] = []
    for grown in (first, ~first):
        for path in _fit_leaves(rows[grown], names, right[grown], weight[grown], n, seed):
            inside = _find_rows_in_leaf(rows, names, path) & ~grown
            if 0 < inside.sum() < (~grown).sum():
                found.append(_test_leaf(path, inside, ~grown & ~inside, right, member))
    worse = [one for one in found if one.wrong * one.rest > one.rest_wrong * one.n]
    q = compute_q_values([one.p for one in found]) if found else np.empty(0)
    told = [replace(one, q=float(level), shown=_is_shown(one, float(level))) for one, level in zip(found, q, strict=True) if one in worse]
    return Discovery("", n, errors, tuple(sorted(told, key=lambda one: (not one.shown, one.p))))


def _fit_leaves(rows: Floats, names: Sequence[str], right: Bools, weight: Floats, n: int, seed: int) -> list[tuple[TreeSplit, ...]]:
    """Paths to the leaves of a tree of depth two, none where one half has no error or no right answer."""
    from sklearn.tree import DecisionTreeClassifier

    if right.all() or not right.any():
        return []
    least = max(LEAST_LEAF, int(LEAF_SHARE * n))
    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=least, random_state=seed).fit(rows, ~right, sample_weight=weight).tree_
    paths: list[tuple[TreeSplit, ...]] = []

    def traverse_tree(node: int, path: tuple[TreeSplit, ...]) -> None:
        if tree.children_left[node] < 0:
            paths.append(path)
            return
        name, threshold = names[tree.feature[node]], float(tree.threshold[node])
        traverse_tree(tree.children_left[node], (*path, TreeSplit(name, False, threshold)))
        traverse_tree(tree.children_right[node], (*path, TreeSplit(name, True, threshold)))

    traverse_tree(0, ())
    return [path for path in paths if path]


def _find_rows_in_leaf(rows: Floats, names: Sequence[str], path: Sequence[TreeSplit]) -> Bools:
    """(n,) bool: compared in single precision, as the tree does."""
    found = np.ones(len(rows), np.bool_)
    for step in path:
        found &= (rows[:, names.index(step.name)].astype(np.float32) > step.threshold) == step.above
    return found


def _test_leaf(path: tuple[TreeSplit, ...], inside: Bools, rest: Bools, right: Bools, member: NDArray[np.intp]) -> DiscoveredSlice:
    wrong, rest_wrong = int((inside & ~right).sum()), int((rest & ~right).sum())
    n, n_rest = int(inside.sum()), int(rest.sum())
    p = float(scipy.stats.fisher_exact([[wrong, n - wrong], [rest_wrong, n_rest - rest_wrong]], alternative="greater").pvalue)
    return DiscoveredSlice(path, wrong, n, np.unique(member[inside]).size, rest_wrong, n_rest, p, 1.0, False)


def _is_shown(one: DiscoveredSlice, q: float) -> bool:
    behind = one.wrong / one.n - one.rest_wrong / one.rest
    return q <= RATE and behind >= BEHIND - 1e-9 and one.n >= ENOUGH and one.clips >= ENOUGH_CLIPS
