"""The model doctor: what is wrong between a model, its card and the frames it is meant for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fieldcheck.inference.decode import OF_CLASSES
from fieldcheck.inference.doctor.answers import find_output_faults
from fieldcheck.inference.doctor.drift import find_precision_drift
from fieldcheck.inference.doctor.feed import Feed, make_batch, resize_frames
from fieldcheck.inference.doctor.feed_variants import PreprocessingWay, get_way
from fieldcheck.inference.doctor.findings import Diagnosis, Finding, LabelledFrames, PreprocessingCandidate
from fieldcheck.inference.doctor.fit_card import FittedCard
from fieldcheck.inference.doctor.graph import Graph, find_graph_faults, find_input_range, find_output_operator
from fieldcheck.inference.doctor.pictures import render_probe_images
from fieldcheck.inference.doctor.search import search_preprocessing
from fieldcheck.inference.doctor.unlabelled_scale import UnlabelledScale, check_scale_by_behaviour, check_scale_by_range
from fieldcheck.inference.open_model import OpenModel
from fieldcheck.measure.chance import compute_chance_rate, is_at_chance
from fieldcheck.measure.interval import estimate_wilson

PROBES = 16  # rendered pictures; of the labelled frames as many join them
LEAST_LABELLED = 6  # with fewer frames any way of feeding may look best
MOVED = 1e-6  # of the largest figure
BROKEN = ("batch_norm_training", "dropout_active", "batch_dependent", "constant_output", "nan_output")
ENOUGH_FOR_CHANCE = 24  # frames or objects; on fewer an accuracy at chance may be bad luck
HARDLY_FOUND = 0.1  # of the objects, at the upper end of the interval
BY_ANSWERS = ("labels", "objects", "behaviour")  # ways of seeing that trust the answers
OF_CODE = {
    "channel_order": ("input.colour",), "scale": ("input.scale",), "mean_std": ("input.mean", "input.std"),
    "resize": ("input.resize", "input.crop", "input.pad_position"), "layout": ("input.layout",), "class_order": ("classes",),
    "softmax_twice": ("output.kind",), "softmax_missing": ("output.kind",),
}  # fmt: skip
"""Code of a finding → keys of the card that it is about."""
OF_THE_FILE = ("graph",)  # ways of seeing what no card can put right
FOLLOWS_FROM = {"batch_dependent": ("batch_norm_training",), "constant_output": ("ignored_input",)}


def check_fitted_model(
    model: OpenModel,
    graph: Graph,
    fitted: FittedCard,
    labelled: LabelledFrames | None = None,
    base: OpenModel | None = None,
    check: Callable[[], None] = lambda: None,
) -> Diagnosis:
    """Every check that this model allows. First how it wants to be fed, then, fed that way, how it answers: a wrong scale is told once and
    not again as an answer that hardly moves.

    `labelled`: frames with known answers, by index of the fitted card's classes. `base`: the model that this one was quantised from.
    `check` is called between the steps and may raise Cancelled. Raises ModelRejected `run_failed`.
    """
    feed = Feed(model, fitted.card)
    probes = render_probe_images(PROBES)
    static = find_graph_faults(graph)
    way, found, candidates, compared = _check_feeding(feed, graph, fitted, labelled, probes, check)
    check()
    fed = Feed(model, replace(fitted.card, input=way.apply_to(fitted.card.input)))
    shown = (*probes, *(labelled.frames[:PROBES] if labelled else ()))
    batch = make_batch(resize_frames(shown, fed.card.input).planes, fed.card.input)
    drops = any(finding.code == "dropout_active" for finding in static)
    answers = tuple(find_output_faults(fed, batch, find_output_operator(graph, _get_output_name(fed)), drops)) if fitted.readable else ()
    answers = _mark_as_proposed(answers, fitted)
    drifted = tuple(find_precision_drift(fed, base, batch)) if base is not None and fitted.readable else ()
    findings = _remove_repeated_findings((*static, *fitted.findings, *found, *answers, *drifted))
    return Diagnosis(fitted.card, findings, candidates, max(compared, len(shown) - len(probes)))


def _check_feeding(
    feed: Feed,
    graph: Graph,
    fitted: FittedCard,
    labelled: LabelledFrames | None,
    probes: tuple[NDArray[np.uint8], ...],
    check: Callable[[], None],
) -> tuple[PreprocessingWay, tuple[Finding, ...], tuple[PreprocessingCandidate, ...], int]:
    """The way that the model wants to be fed, what is wrong with the card's, what else was tried, and on how many labelled frames."""
    own = get_way(feed.card.input)
    held = find_input_range(graph)
    if not fitted.readable:
        blind = check_scale_by_range(feed.card.input, held)
        return blind.way, _mark_as_proposed(blind.findings, fitted), blind.candidates, 0
    if labelled is not None and _can_search(feed) and len(labelled.frames) >= LEAST_LABELLED and _is_responsive(feed, labelled.frames[:4]):
        searched = search_preprocessing(feed, labelled, fitted.layouts, held, check)
        chance = _find_chance_accuracy(searched.given, searched.truth, feed.of_boxes)
        if searched.findings:
            return searched.way, (*_mark_as_proposed(searched.findings, fitted), *chance), searched.candidates, searched.n
        blind = check_scale_by_range(feed.card.input, held)
        return blind.way, (*_mark_as_proposed(blind.findings, fitted), *chance), (*blind.candidates, *searched.candidates), searched.n
    found = _check_scale_unlabelled(feed, held_first=check_scale_by_range(feed.card.input, held), probes=probes)
    unchanged = PreprocessingCandidate({}, found.candidates[0].score) if found.candidates else None
    told = _mark_as_proposed(found.findings, fitted)
    return (found.way, told, (*found.candidates, unchanged) if unchanged else (), 0) if found.findings else (own, (), (), 0)


def _check_scale_unlabelled(feed: Feed, held_first: UnlabelledScale, probes: tuple[NDArray[np.uint8], ...]) -> UnlabelledScale:
    """By the range that a quantised file holds, else by how the model behaves."""
    return held_first if held_first.findings else check_scale_by_behaviour(feed, resize_frames(probes, feed.card.input).planes)


def _can_search(feed: Feed) -> bool:
    """Whether labels can say how well this kind of answer fits them."""
    return feed.card.output.kind in OF_CLASSES or feed.of_boxes


def _mark_as_proposed(findings: tuple[Finding, ...], fitted: FittedCard) -> tuple[Finding, ...]:
    """What nobody said is no error of the card: the way that fits is only proposed."""
    unsaid = set(fitted.proposed_keys)
    keys = [() if one.how in OF_THE_FILE else OF_CODE.get(one.code, ()) for one in findings]
    return tuple(
        replace(one, level="info", facts={**one.facts, "proposed": True}) if unsaid.intersection(about) else one
        for one, about in zip(findings, keys, strict=True)
    )


def _find_chance_accuracy(given: NDArray[np.int64], truth: NDArray[np.int64], of_boxes: bool) -> tuple[Finding, ...]:
    """Accuracy at chance, however the model is fed: (n,) answered and true classes, of a detector one an object, −1 where it missed."""
    n = truth.size
    if of_boxes and n >= ENOUGH_FOR_CHANCE:
        found = estimate_wilson(int((given >= 0).sum()), n)
        if found.hi < HARDLY_FOUND:
            return (Finding("at_chance", "error", "objects", {"n": n, "score": found}),)
        given, truth = given[given >= 0], truth[given >= 0]
    if not is_at_chance(given, truth) or (of_boxes and np.unique(truth).size < 2):
        return ()
    facts = {"n": truth.size, "said_score": estimate_wilson(int((given == truth).sum()), truth.size), "chance": compute_chance_rate(truth)}
    return (Finding("at_chance", "error" if truth.size >= ENOUGH_FOR_CHANCE else "warning", "labels", facts),)


def _is_responsive(feed: Feed, frames: Sequence[NDArray[np.uint8]]) -> bool:
    """Whether the model answers unlike frames differently at some scale; a search would tell nothing of one that does not."""
    spec = feed.card.input
    planes = resize_frames(frames, spec).planes
    for factor in (1.0, 255.0, 1 / 255):
        raw = feed.run_singly(make_batch(planes, replace(spec, scale=spec.scale * factor)))
        if np.isfinite(raw).all() and float(np.abs(raw - raw[:1]).max()) > MOVED * max(float(np.abs(raw).max()), 1e-12):
            return True
    return False


def _get_output_name(feed: Feed) -> str:
    return feed.card.output.names[0] if feed.card.output.names else feed.model.outputs[0].name


def _remove_repeated_findings(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Each code once, by the first way in which it was seen: the graph names the layer, a run only shows what comes of it. What follows
    from another finding is not told, and nothing is said of how to feed a model whose answers are not its own."""
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(finding.code, finding)
    broken = any(code in first for code in BROKEN)
    return tuple(
        one
        for one in first.values()
        if not (broken and one.how in BY_ANSWERS) and not any(cause in first for cause in FOLLOWS_FROM.get(one.code, ()))
    )
