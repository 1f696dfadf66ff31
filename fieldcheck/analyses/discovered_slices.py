"""Discovered slices: decision trees of wrong predictions, grown on half of the clips and tested on
the rest (methods 6.3), with the report section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy
from numpy.typing import NDArray

from fieldcheck.analyses import names_and_numbers as named
from fieldcheck.analyses.adversarial_validation import KINDS, make_cause_statistics
from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.blocks import Block, Paragraph, Section
from fieldcheck.analyses.domain_shift import format_cause_value, get_cause_name
from fieldcheck.footage.clips_and_scene_cuts import SamplingLine
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.models.scored_sides import BOOTSTRAP_SEED, load_field_side
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.significance import compute_q_values

# Discovered slices: kinds of frames that a small tree found to be wrong more often, tested on clips
# it did not see.


@dataclass(frozen=True, slots=True)
class TreeSplit:
    """One step of a path: frames with `name` above the threshold (`above`) or at or below it.
    `name`: an image statistic, or `key=value` of a condition, camera, place or hour, whose
    threshold is a half: above is yes."""

    name: str
    above: bool
    threshold: float


@dataclass(frozen=True, slots=True)
class DiscoveredSlice:
    """A leaf by its `path`; counts and tests are of the half of the clips that it was not grown on.
    `wrong` of `n` frames inside, in `clips` clips, `rest_wrong` of `rest` elsewhere; `p` one-sided
    Fisher, `q` over all leaves. `shown`: q ≤ 0.10, 20 points or more behind, ten frames and three
    clips inside; else an idea that these frames do not show."""

    path: tuple[TreeSplit, ...]
    wrong: int
    n: int
    clips: int
    rest_wrong: int
    rest: int
    p: float
    q: float
    shown: bool


@dataclass(frozen=True, slots=True)
class Discovery:
    """`off`: why nothing was looked for – fewer than 60 labelled frames, 8 errors or 4 clips –,
    empty where it was."""

    off: str
    n: int
    errors: int
    slices: tuple[DiscoveredSlice, ...]


# Discovered slices on the page: what a small tree found, and whether clips it did not see show it.

MOST_IDEAS = 3


def build_discovered_section(result: Discovery | None) -> Section:
    """Each slice in a sentence with its counts; ideas are called so."""
    title, short = tr("Discovered slices"), tr("Discovered")
    if result is None:
        sentence = tr("Not searched: no labelled frame of the sample has a prediction yet.")
        return Section("discovered", short, title, (Paragraph(sentence, quiet=True),))
    if result.off:
        return Section(
            "discovered", short, title, (Paragraph(_describe_missing_slices(result), quiet=True),)
        )
    shown = [slice_row for slice_row in result.slices if slice_row.shown]
    ideas = [slice_row for slice_row in result.slices if not slice_row.shown][:MOST_IDEAS]
    blocks: list[Block] = [
        Paragraph(tr("▲ {slice}, on held-out clips.", slice=_describe_slice(slice_row)))
        for slice_row in shown
    ]
    if not shown:
        blocks.append(
            Paragraph(
                tr(
                    "No slice found by a decision tree on half the clips was demonstrated on the "
                    "other half."
                )
            )
        )
    blocks += [
        Paragraph(
            tr("Candidate slice, not demonstrated: {slice}.", slice=_describe_slice(idea)),
            quiet=True,
        )
        for idea in ideas
    ]
    return Section("discovered", short, title, tuple(blocks))


def _describe_missing_slices(discovery: Discovery) -> str:
    why = {
        "frames": tr("requires 60 labelled frames; available: {n}"),
        "errors": tr("requires 8 errors; available: {errors}"),
        "clips": tr("requires 4 clips"),
    }[discovery.off]
    return tr("Not searched: {why}.").format(why=why.format(n=discovery.n, errors=discovery.errors))


def _describe_slice(discovered_slice: DiscoveredSlice) -> str:
    """“wrong in 9 of 14 frames with luma below 41 and noise above 3 (elsewhere 6 of 86)”."""
    sentence = tr_plural(
        "wrong in {wrong} of {n} frame with {path} (elsewhere {rest_wrong} of {rest}; {clips})",
        "wrong in {wrong} of {n} frames with {path} (elsewhere {rest_wrong} of {rest}; {clips})",
        discovered_slice.n,
    )
    clips = tr_plural("{n} clip", "{n} clips", discovered_slice.clips, n=discovered_slice.clips)
    path = tr(" and ").join(_describe_split(step) for step in discovered_slice.path)
    return sentence.format(
        wrong=discovered_slice.wrong,
        n=discovered_slice.n,
        path=path,
        rest_wrong=discovered_slice.rest_wrong,
        rest=discovered_slice.rest,
        clips=clips,
    )


def _describe_split(step: TreeSplit) -> str:
    if step.name in KINDS:
        sentence = tr("{what} above {figure}") if step.above else tr("{what} at most {figure}")
        return sentence.format(
            what=get_cause_name(step.name), figure=format_cause_value(step.name, step.threshold)
        )
    key, _, value = step.name.partition("=")
    sentence = tr("{key}: {value}") if step.above else tr("{key}: not {value}")
    return sentence.format(
        key=named.get_slice_kind_name(key), value=named.get_slice_value_name(key, value, {})
    )


Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FEWEST_FRAMES, FEWEST_ERRORS, FEWEST_CLIPS_OF_ALL = 60, 8, 4
DEPTH, LEAST_LEAF, LEAF_SHARE = 2, 10, 0.1
RATE, BEHIND, ENOUGH, ENOUGH_CLIPS = 0.10, 0.20, 10, 3


def discover_slices(
    rows: Floats,
    names: Sequence[str],
    right: Bools,
    weight: Floats,
    clip: NDArray[np.generic],
    seed: int,
) -> Discovery:
    """Leaves with more errors than elsewhere, the most certain first.

    `rows`: (n, d) figures and 0/1 of metadata, named by `names`; `right`: (n,) bool; `weight`: (n,)
    > 0; `clip`: (n,) ids. Each half of the clips grows a tree that the other half tests: Fisher's
    exact test, one-sided, Benjamini–Hochberg over all leaves of both.
    """
    n, errors = right.size, int((~right).sum())
    clips, member = np.unique(clip, return_inverse=True)
    off = (
        "frames"
        if n < FEWEST_FRAMES
        else "errors"
        if errors < FEWEST_ERRORS
        else "clips"
        if clips.size < FEWEST_CLIPS_OF_ALL
        else ""
    )
    if off:
        return Discovery(off, n, errors, ())
    first = np.isin(member, np.random.default_rng(seed).permutation(clips.size)[: clips.size // 2])
    slices: list[DiscoveredSlice] = []
    for grown in (first, ~first):
        for path in _fit_leaves(rows[grown], names, right[grown], weight[grown], n, seed):
            inside = _find_rows_in_leaf(rows, names, path) & ~grown
            if 0 < inside.sum() < (~grown).sum():
                slices.append(_test_leaf(path, inside, ~grown & ~inside, right, member))
    worse = [leaf for leaf in slices if leaf.wrong * leaf.rest > leaf.rest_wrong * leaf.n]
    q = compute_q_values([leaf.p for leaf in slices]) if slices else np.empty(0)
    judged = [
        replace(leaf, q=float(level), shown=_is_shown(leaf, float(level)))
        for leaf, level in zip(slices, q, strict=True)
        if leaf in worse
    ]
    return Discovery(
        "", n, errors, tuple(sorted(judged, key=lambda leaf: (not leaf.shown, leaf.p)))
    )


def _fit_leaves(
    rows: Floats, names: Sequence[str], right: Bools, weight: Floats, n: int, seed: int
) -> list[tuple[TreeSplit, ...]]:
    """Paths to the leaves of a tree of depth two, none where one half has no error or no right
    answer."""
    from sklearn.tree import DecisionTreeClassifier

    if right.all() or not right.any():
        return []
    least = max(LEAST_LEAF, int(LEAF_SHARE * n))
    tree = (
        DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=least, random_state=seed)
        .fit(rows, ~right, sample_weight=weight)
        .tree_
    )
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
    result = np.ones(len(rows), np.bool_)
    for step in path:
        result &= (
            rows[:, names.index(step.name)].astype(np.float32) > step.threshold
        ) == step.above
    return result


def _test_leaf(
    path: tuple[TreeSplit, ...], inside: Bools, rest: Bools, right: Bools, member: NDArray[np.intp]
) -> DiscoveredSlice:
    wrong, rest_wrong = int((inside & ~right).sum()), int((rest & ~right).sum())
    n, n_rest = int(inside.sum()), int(rest.sum())
    p = float(
        scipy.stats.fisher_exact(
            [[wrong, n - wrong], [rest_wrong, n_rest - rest_wrong]], alternative="greater"
        ).pvalue
    )
    return DiscoveredSlice(
        path, wrong, n, np.unique(member[inside]).size, rest_wrong, n_rest, p, 1.0, False
    )


def _is_shown(discovered_slice: DiscoveredSlice, q: float) -> bool:
    behind = (
        discovered_slice.wrong / discovered_slice.n
        - discovered_slice.rest_wrong / discovered_slice.rest
    )
    return (
        q <= RATE
        and behind >= BEHIND - 1e-9
        and discovered_slice.n >= ENOUGH
        and discovered_slice.clips >= ENOUGH_CLIPS
    )


# Discovered slices of a project: image statistics and metadata of the labelled frames, handed to
# the tree (methods 6.3).


def compute_discovered_slices(project: Project) -> Discovery | None:
    """None before a labelled frame of the draw was answered."""
    side = load_field_side(project, project.read(models_table.get_newest_model))
    weight = side.scores.weight[side.labelled]
    drawn = weight > 0
    if side.judgement is None or not drawn.any():
        return None
    lines = [side.lines[k] for k in side.labelled[drawn].tolist()]
    facts = {fact.frame_id: fact.statistics for fact in project.read(frames_table.list_frame_facts)}
    pixels = np.array([line.frame.width * line.frame.height for line in lines], np.float64)
    figures = make_cause_statistics(
        np.stack([facts[line.frame.frame_id] for line in lines]), pixels
    )
    values, names = _build_metadata_columns(lines)
    clip = np.array([line.clip.clip_id for line in lines], np.str_)
    right = np.asarray(side.judgement.right[drawn], np.bool_)
    return discover_slices(
        np.concatenate([figures, values], axis=1),
        [*KINDS, *names],
        right,
        weight[drawn],
        clip,
        BOOTSTRAP_SEED,
    )


def _build_metadata_columns(lines: Sequence[SamplingLine]) -> tuple[NDArray[np.float64], list[str]]:
    """(n, k) 0/1 of each condition, camera and place that some frames have and others do not, and
    their names, `key=value`."""
    tags = [
        {
            *(f"condition={name}" for name in line.clip.conditions),
            *((f"camera={line.clip.camera}",) if line.clip.camera else ()),
            *((f"location={line.clip.location}",) if line.clip.location else ()),
        }
        for line in lines
    ]
    names = [
        name
        for name in sorted(set().union(*tags))
        if not all(name in names_of_frame for names_of_frame in tags)
    ]
    return np.array(
        [[name in names_of_frame for name in names] for names_of_frame in tags], np.float64
    ).reshape(len(lines), len(names)), names


ANALYSIS: Analysis[Discovery] = Analysis(
    key="discovered",
    result=Discovery,
    compute=compute_discovered_slices,
    section=build_discovered_section,
)
