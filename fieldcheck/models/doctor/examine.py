"""Faults that running a model shows, and a quantised model compared with the model it was made
from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.errors.models import ModelRejected
from fieldcheck.models.decoders.decoder import OF_CLASSES, is_distribution, is_in_unit_range
from fieldcheck.models.doctor.feed import Feed, make_batch, render_probe_images, resize_frames
from fieldcheck.models.doctor.findings import (
    Diagnosis,
    Finding,
    LabelledFrames,
    PreprocessingCandidate,
)
from fieldcheck.models.doctor.fit_card import FittedCard, remove_unknown_tensors
from fieldcheck.models.doctor.graph_faults import (
    Graph,
    find_graph_faults,
    find_input_range,
    find_output_operator,
)
from fieldcheck.models.doctor.preprocessing_variants import (
    PreprocessingWay,
    UnlabelledScale,
    check_scale_by_behaviour,
    check_scale_by_range,
    get_way,
)
from fieldcheck.models.doctor.scores import compute_log_probabilities
from fieldcheck.models.doctor.search import search_preprocessing
from fieldcheck.models.session import OpenModel
from fieldcheck.stats.significance import compute_chance_rate, is_at_chance
from fieldcheck.stats.wilson_interval import estimate_wilson

# Faults that only running a model shows: outputs that are not finite, that depend on the batch, on
# chance or on nothing.

COMPANY = 4  # pictures of the batch that is compared with single runs
SAME = 1e-6  # of the largest figure: differences below it are rounding
BY_COMPANY = 1e-3  # of the spread of the figures: beyond it an answer depends on the batch
# range of log p over all pictures; answers of a working model spread over several units
HARDLY = 0.2
HARDLY_GRID = 1e-3  # the same for a detector's figures, as a share of their spread
ONCE_MORE = 1e-4  # how negative an undone softmax may come out
NEAR_NOTHING = 0.02  # of an even share: a probability that is as good as none


def find_output_faults(
    feed: Feed, batch: NDArray[np.float32], tail: str, drops: bool
) -> Iterator[Finding]:
    """Findings from the answers to a batch of tensors of unlike pictures, (n, …) in the card's
    layout. `tail`: the operator that makes the output; `drops`: the graph is known to hold chance,
    so that nothing can be compared. Raises ModelRejected `run_failed`."""
    raw = feed.run_singly(batch)
    bad = ~np.isfinite(raw.reshape(len(raw), -1)).all(axis=1)
    if bad.any():
        yield Finding("nan_output", "error", "probes", {"n": int(bad.sum()), "of": len(raw)})
        return
    if not drops:
        again = feed.run_singly(batch[:2])
        if _is_far(again, raw[:2], SAME):
            yield Finding(
                "dropout_active",
                "error",
                "repeat",
                {"difference": float(np.abs(again - raw[:2]).max())},
            )
            return
        yield from _find_batch_dependence(feed, batch, raw)
        yield from _find_constant_output(feed, raw)
    if feed.card.output.kind in OF_CLASSES:
        yield from _find_activation_mismatch(feed, raw.reshape(len(raw), -1), tail)


def _is_far(a: NDArray[np.float32], b: NDArray[np.float32], share: float) -> bool:
    scale = max(float(np.abs(b).max()), 1e-12)
    return float(np.abs(a - b).max()) > share * scale


def _find_batch_dependence(
    feed: Feed, batch: NDArray[np.float32], raw: NDArray[np.float32]
) -> Iterator[Finding]:
    """Compare one image alone with the same image in a batch."""
    size = feed.model.batch or COMPANY
    if size == 1 or len(batch) < size:
        return
    try:
        together = feed.run_batch(batch[:size])
    except ModelRejected:
        # The batch axis is dynamic but fixed inside the graph: the model runs one image at a time.
        return
    if together.shape != raw[:size].shape:
        return
    spread = max(float(raw.std(dtype=np.float64)), 1e-9)
    difference = float(np.abs(together - raw[:size]).max())
    if difference > BY_COMPANY * spread and _is_far(together, raw[:size], 1e-4):
        yield Finding(
            "batch_dependent",
            "error",
            "company",
            {"n": size, "difference": difference, "spread": spread},
        )


def _find_constant_output(feed: Feed, raw: NDArray[np.float32]) -> Iterator[Finding]:
    """Find outputs that are the same, or nearly so, for every image."""
    if not _is_far(raw, raw[:1], SAME):
        yield Finding("constant_output", "error", "probes", {"n": len(raw)})
        return
    if feed.card.output.kind in OF_CLASSES:
        moves, least = compute_log_spread(feed, raw), HARDLY
    else:
        moves, least = (
            float(
                raw.std(axis=0, dtype=np.float64).mean()
                / max(float(raw.std(dtype=np.float64)), 1e-12)
            ),
            HARDLY_GRID,
        )
    if moves < least:
        yield Finding(
            "insensitive", "error", "probes", {"n": len(raw), "moves": moves, "usual": least}
        )


def compute_log_spread(feed: Feed, raw: NDArray[np.float32]) -> float:
    """Over how many units of log p the answers to unlike pictures, `raw`: (n, …), spread, in the
    class that moves most."""
    logs = compute_log_probabilities(raw, feed.card.output.kind, feed.card.answers.independent)
    return float(np.ptp(logs, axis=0).max())


def _find_activation_mismatch(
    feed: Feed, rows: NDArray[np.float32], tail: str
) -> Iterator[Finding]:
    """Check that card and file agree on the final activation, and that it is not applied twice."""
    card = feed.card
    shares, alternatives = bool(is_in_unit_range(rows).all()), bool(is_distribution(rows).all())
    several = card.answers.independent
    if (
        card.output.kind == "logits"
        and (tail == "Softmax" or tail == "Sigmoid" or (alternatives and not several))
        and shares
    ):
        yield Finding("softmax_twice", "error", "card", {"operator": tail or "Softmax"})
        return
    if (card.output.kind == "softmax" and not alternatives) or (
        card.output.kind == "sigmoid" and not shares
    ):
        facts = {"kind": card.output.kind, "low": float(rows.min()), "high": float(rows.max())}
        yield Finding("softmax_missing", "warning", "values", facts)
        return
    if card.output.kind == "softmax" and is_double_softmax(rows):
        yield Finding(
            "softmax_twice",
            "error",
            "values",
            {"high": float(rows.max()), "classes": rows.shape[1]},
        )


def is_double_softmax(rows: NDArray[np.float32]) -> bool:
    """Whether (n, K) probabilities are the softmax of probabilities, some of which are next to
    nothing.

    With q = softmax(p) and Σ p = 1, p is log q + (1 − Σ log q) / K: it has to come out without a
    negative figure in every row.
    """
    k = rows.shape[1]
    logs = np.log(np.clip(rows.astype(np.float64), 1e-30, 1.0))
    inner = logs + (1 - logs.sum(axis=1, keepdims=True)) / k
    least = inner.min(axis=1)
    return bool((least >= -ONCE_MORE).all() and (np.median(least) < NEAR_NOTHING / k) and k > 1)


# Quantised model compared with the model it was made from, on the same images.

QUANTISED_NAME = re.compile(
    r"[-_.]?(fp16|float16|half|int8|uint8|quantised|quantized|quant|qdq|dynamic|static)(?=$|[-_.])",
    re.IGNORECASE,
)
HEAVIER = ("", "_fp32", "-fp32", ".fp32", "_float32", "_float")
LARGEST_DRIFT = 0.1  # mean total variation between the two answers: half the sum of all differences
FLIPPED = 0.05  # share of pictures on which a sure answer became another one
CONFIDENT = 0.6


def find_base_model(path: Path) -> Path | None:
    """The full-precision file that lies beside a quantised one, by its name: `m.onnx` or
    `m_fp32.onnx` for `m_int8.onnx`."""
    stem = QUANTISED_NAME.sub("", path.stem)
    if stem == path.stem or not stem:
        return None
    beside = (path.with_name(f"{stem}{ending}{path.suffix}") for ending in HEAVIER)
    return next((item for item in beside if item.is_file() and item != path), None)


def find_precision_drift(
    feed: Feed, base: OpenModel, batch: NDArray[np.float32]
) -> Iterator[Finding]:
    """Precision drift: where the quantised model answers differently from its base, of the same
    tensors, `batch`: (n, …) float32 in the card's layout. Raises ModelRejected `run_failed`."""
    heavier = Feed(base, remove_unknown_tensors(base, feed.card))
    light, full = feed.run_singly(batch), heavier.run_singly(batch)
    if light.shape != full.shape or not (np.isfinite(light).all() and np.isfinite(full).all()):
        yield Finding("precision_drift", "warning", "shape", {"base": base.path.name})
        return
    if feed.card.output.kind in OF_CLASSES:
        moved, flipped = _measure_class_drift(feed, light, full)
    elif feed.of_boxes:
        moved, flipped = _measure_box_drift(
            feed.find_top_scores(batch), heavier.find_top_scores(batch), feed.card.output.threshold
        )
    else:
        moved, flipped = (
            float(np.abs(light - full).mean() / max(float(full.std(dtype=np.float64)), 1e-12)),
            0.0,
        )
    if moved > LARGEST_DRIFT or flipped > FLIPPED:
        yield Finding(
            "precision_drift",
            "warning",
            "base",
            {"base": base.path.name, "n": len(batch), "moved": moved, "flipped": flipped},
        )


def _measure_class_drift(
    feed: Feed, light: NDArray[np.float32], full: NDArray[np.float32]
) -> tuple[float, float]:
    kind, several = feed.card.output.kind, feed.card.answers.independent
    new, old = (np.exp(compute_log_probabilities(raw, kind, several)) for raw in (light, full))
    sure = old.max(axis=1) >= CONFIDENT
    flips = (new.argmax(axis=1) != old.argmax(axis=1)) & sure
    return float(np.abs(new - old).sum(axis=1).mean() / 2), float(flips.mean())


def _measure_box_drift(
    new: NDArray[np.float32], old: NDArray[np.float32], threshold: float
) -> tuple[float, float]:
    flips = ((new >= threshold) != (old >= threshold)) & (np.abs(new - old) > LARGEST_DRIFT)
    return float(np.abs(new - old).mean()), float(flips.mean())


PROBES = 16  # rendered pictures; of the labelled frames as many join them
LEAST_LABELLED = 6  # with fewer frames any way of feeding may look best
MOVED = 1e-6  # of the largest figure
BROKEN = (
    "batch_norm_training",
    "dropout_active",
    "batch_dependent",
    "constant_output",
    "nan_output",
)
ENOUGH_FOR_CHANCE = 24  # frames or objects; on fewer an accuracy at chance may be bad luck
HARDLY_FOUND = 0.1  # of the objects, at the upper end of the interval
BY_ANSWERS = ("labels", "objects", "behaviour")  # ways of seeing that trust the answers
OF_CODE = {
    "channel_order": ("input.colour",),
    "scale": ("input.scale",),
    "mean_std": ("input.mean", "input.std"),
    "resize": ("input.resize", "input.crop", "input.pad_position"),
    "layout": ("input.layout",),
    "class_order": ("classes",),
    "softmax_twice": ("output.kind",),
    "softmax_missing": ("output.kind",),
}
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
    """Run every check that applies to this model: first its preprocessing, then, with the best
    preprocessing, its outputs, so that a wrong scale is reported once and not again as a constant
    output. `labelled`: frames with known labels, by index of the fitted card's classes. `base`: the
    model that this one was quantised from. `check` is called between the steps and may raise
    Cancelled. Raises ModelRejected `run_failed`."""
    feed = Feed(model, fitted.card)
    probes = render_probe_images(PROBES)
    static = find_graph_faults(graph)
    way, feeding, candidates, compared = _check_feeding(
        feed, graph, fitted, labelled, probes, check
    )
    check()
    fed = Feed(model, replace(fitted.card, input=way.apply_to(fitted.card.input)))
    shown = (*probes, *(labelled.frames[:PROBES] if labelled else ()))
    batch = make_batch(resize_frames(shown, fed.card.input).planes, fed.card.input)
    drops = any(finding.code == "dropout_active" for finding in static)
    answers = (
        tuple(
            find_output_faults(
                fed, batch, find_output_operator(graph, _get_output_name(fed)), drops
            )
        )
        if fitted.readable
        else ()
    )
    answers = _mark_as_proposed(answers, fitted)
    drifted = (
        tuple(find_precision_drift(fed, base, batch))
        if base is not None and fitted.readable
        else ()
    )
    findings = _remove_repeated_findings((*static, *fitted.findings, *feeding, *answers, *drifted))
    return Diagnosis(fitted.card, findings, candidates, max(compared, len(shown) - len(probes)))


def _check_feeding(
    feed: Feed,
    graph: Graph,
    fitted: FittedCard,
    labelled: LabelledFrames | None,
    probes: tuple[NDArray[np.uint8], ...],
    check: Callable[[], None],
) -> tuple[PreprocessingWay, tuple[Finding, ...], tuple[PreprocessingCandidate, ...], int]:
    """Return the best preprocessing, the findings about the card's, the other candidates, and the
    number of labelled frames used."""
    own = get_way(feed.card.input)
    input_range = find_input_range(graph)
    if not fitted.readable:
        blind = check_scale_by_range(feed.card.input, input_range)
        return blind.way, _mark_as_proposed(blind.findings, fitted), blind.candidates, 0
    if (
        labelled is not None
        and _can_search(feed)
        and len(labelled.frames) >= LEAST_LABELLED
        and _is_responsive(feed, labelled.frames[:4])
    ):
        searched = search_preprocessing(feed, labelled, fitted.layouts, input_range, check)
        chance = _find_chance_accuracy(searched.given, searched.truth, feed.of_boxes)
        if searched.findings:
            return (
                searched.way,
                (*_mark_as_proposed(searched.findings, fitted), *chance),
                searched.candidates,
                searched.n,
            )
        blind = check_scale_by_range(feed.card.input, input_range)
        return (
            blind.way,
            (*_mark_as_proposed(blind.findings, fitted), *chance),
            (*blind.candidates, *searched.candidates),
            searched.n,
        )
    unlabelled_scale = _check_scale_unlabelled(
        feed, held_first=check_scale_by_range(feed.card.input, input_range), probes=probes
    )
    unchanged = (
        PreprocessingCandidate({}, unlabelled_scale.candidates[0].score)
        if unlabelled_scale.candidates
        else None
    )
    findings = _mark_as_proposed(unlabelled_scale.findings, fitted)
    return (
        (
            unlabelled_scale.way,
            findings,
            (*unlabelled_scale.candidates, unchanged) if unchanged else (),
            0,
        )
        if unlabelled_scale.findings
        else (own, (), (), 0)
    )


def _check_scale_unlabelled(
    feed: Feed, held_first: UnlabelledScale, probes: tuple[NDArray[np.uint8], ...]
) -> UnlabelledScale:
    """Check the scale without labels: by the range that a quantised file stores, else by the
    model's behaviour."""
    return (
        held_first
        if held_first.findings
        else check_scale_by_behaviour(feed, resize_frames(probes, feed.card.input).planes)
    )


def _can_search(feed: Feed) -> bool:
    """Whether labels can measure how well this kind of output fits."""
    return feed.card.output.kind in OF_CLASSES or feed.of_boxes


def _mark_as_proposed(findings: tuple[Finding, ...], fitted: FittedCard) -> tuple[Finding, ...]:
    """Mark as proposed instead of wrong what no card states."""
    unsaid = set(fitted.proposed_keys)
    keys = [
        () if finding.how in OF_THE_FILE else OF_CODE.get(finding.code, ()) for finding in findings
    ]
    return tuple(
        replace(finding, level="info", facts={**finding.facts, "proposed": True})
        if unsaid.intersection(about)
        else finding
        for finding, about in zip(findings, keys, strict=True)
    )


def _find_chance_accuracy(
    predicted: NDArray[np.int64], truth: NDArray[np.int64], of_boxes: bool
) -> tuple[Finding, ...]:
    """Find accuracy at chance level with every preprocessing: (n,) predicted and true classes, one
    per object for a detector, −1 where it missed."""
    n = truth.size
    if of_boxes and n >= ENOUGH_FOR_CHANCE:
        estimate = estimate_wilson(int((predicted >= 0).sum()), n)
        if estimate.hi < HARDLY_FOUND:
            return (Finding("at_chance", "error", "objects", {"n": n, "score": estimate}),)
        predicted, truth = predicted[predicted >= 0], truth[predicted >= 0]
    if not is_at_chance(predicted, truth) or (of_boxes and np.unique(truth).size < 2):
        return ()
    facts = {
        "n": truth.size,
        "said_score": estimate_wilson(int((predicted == truth).sum()), truth.size),
        "chance": compute_chance_rate(truth),
    }
    return (
        Finding(
            "at_chance", "error" if truth.size >= ENOUGH_FOR_CHANCE else "warning", "labels", facts
        ),
    )


def _is_responsive(feed: Feed, frames: Sequence[NDArray[np.uint8]]) -> bool:
    """Whether the model's output differs between different frames at some scale; otherwise a search
    is pointless."""
    spec = feed.card.input
    planes = resize_frames(frames, spec).planes
    for factor in (1.0, 255.0, 1 / 255):
        raw = feed.run_singly(make_batch(planes, replace(spec, scale=spec.scale * factor)))
        if np.isfinite(raw).all() and float(np.abs(raw - raw[:1]).max()) > MOVED * max(
            float(np.abs(raw).max()), 1e-12
        ):
            return True
    return False


def _get_output_name(feed: Feed) -> str:
    return feed.card.output.names[0] if feed.card.output.names else feed.model.outputs[0].name


def _remove_repeated_findings(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Keep each code once, by the first way in which it was found: the graph names the layer, a run
    shows only the effect. Consequences of other findings are dropped, and nothing is said about
    preprocessing where the outputs do not depend on the input."""
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(finding.code, finding)
    broken = any(code in first for code in BROKEN)
    return tuple(
        finding
        for finding in first.values()
        if not (broken and finding.how in BY_ANSWERS)
        and not any(cause in first for cause in FOLLOWS_FROM.get(finding.code, ()))
    )
