"""Search for the model's preprocessing, by its accuracy on a few labelled frames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Layout
from fieldcheck.models.doctor.feed import Feed, ResizedFrames, make_batch, resize_frames
from fieldcheck.models.doctor.findings import Finding, LabelledFrames, PreprocessingCandidate
from fieldcheck.models.doctor.graph_faults import InputRange
from fieldcheck.models.doctor.preprocessing_variants import (
    Normalisation,
    PreprocessingWay,
    TensorPlacement,
    count_changes,
    get_changed_keys,
    get_way,
    iter_partial_changes,
    iter_placements,
    list_colour_orders,
    list_finding_codes,
    list_norms,
)
from fieldcheck.models.doctor.scores import (
    FrameScores,
    Order,
    can_be_better,
    compute_log_probabilities,
    find_class_order,
    is_better,
    match_classes,
    reorder_classes,
    score_boxes,
    score_classes,
)
from fieldcheck.stats.significance import is_at_chance

# of all tensors of a round: what is named must not depend on how busy the computer is
BUDGET_PIXELS = 60_000_000
FEWEST, MOST = 8, 96  # frames of a round
MORE_PIXELS = 200_000_000  # of all tensors that are added while two ways are not told apart
# frames that none of the ways was chosen by, and ways that are followed on them
FEWEST_MORE, RIVALS = 24, 2
# grey levels of 255 and pixels: frames that differ less are one picture nearly
ALIKE, THUMB = 2.0, 16
# frames that are made tensors together, and what of them is kept
AT_ONCE, MOST_KEPT_BYTES = 8, 256 << 20
FIRST_LOOK = 2  # frames after which the worse half is given up
KEPT = 4  # ways that go on to the next round
SHOWN = 12  # candidates in the answer
ORDER_FRAMES, ORDER_OF_EACH = 24, 3  # at least so many frames, and so many of each class
ORDER_FRAMES_OF_BOXES = 4  # each with several objects


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`way`: the one that fits, the card's own where none is beyond chance better; `n`: frames on
    which the ways were compared; `given`, `truth`: (m,) what is answered that way, in the order of
    classes that fits, and what is true, over all labelled frames."""

    way: PreprocessingWay
    order: Order
    findings: tuple[Finding, ...]
    candidates: tuple[PreprocessingCandidate, ...]
    n: int
    given: NDArray[np.int64]
    truth: NDArray[np.int64]


@dataclass(slots=True)
class Trials:
    """Outputs on the labelled frames for each variant, kept so that a later round only adds
    frames."""

    feed: Feed
    labelled: LabelledFrames
    check: Callable[[], None]
    _resized: dict[tuple[TensorPlacement, int, int], ResizedFrames] = field(default_factory=dict)
    _answers_by_way: dict[PreprocessingWay, list[NDArray[np.float32]]] = field(default_factory=dict)
    _thumbs: list[NDArray[np.float32]] = field(default_factory=list)

    def get_answers(self, way: PreprocessingWay, n: int) -> list[NDArray[np.float32]]:
        """Answers to each of the first `n` frames fed this way: figures of a class output, (…,), or
        boxes in the frame, (m, 6)."""
        answers = self._answers_by_way.setdefault(way, [])
        while len(answers) < n:
            self.check()
            fresh = self.get_resized(way.placement, min(n, len(answers) + AT_ONCE), len(answers))
            batch = make_batch(fresh.planes, way.apply_to(self.feed.card.input))
            answers += (
                self.feed.find_boxes(batch, fresh.placements)
                if self.feed.of_boxes
                else list(self.feed.run_singly(batch))
            )
        return answers[:n]

    def get_resized(
        self, tensor_placement: TensorPlacement, n: int, first: int = 0
    ) -> ResizedFrames:
        """The first `n` frames, or those from `first` on, resized this way; kept for the next way
        as long as they are few or small."""
        key = (tensor_placement, first, n)
        if key in self._resized:
            return self._resized[key]
        spec = replace(
            self.feed.card.input,
            resize=tensor_placement.resize,
            crop=tensor_placement.crop,
            pad_position=tensor_placement.pad_position,
        )
        resized = resize_frames(self.labelled.frames[first:n], spec)
        if (
            resized.planes.nbytes
            + sum(resized_frames.planes.nbytes for resized_frames in self._resized.values())
            <= MOST_KEPT_BYTES
        ):
            self._resized[key] = resized
        return resized

    def get_log_probabilities(self, way: PreprocessingWay, n: int) -> NDArray[np.float64]:
        """(n, M) logarithms of the class shares of the first `n` frames fed this way, as
        `compute_log_probabilities` gives them."""
        card = self.feed.card
        return compute_log_probabilities(
            np.stack(self.get_answers(way, n)), card.output.kind, card.answers.independent
        )

    def score_way(self, way: PreprocessingWay, n: int, order: Order) -> FrameScores:
        """How well the answers fit the labels of the first `n` frames, whose classes are answered
        in that order."""
        moved = np.arange(len(self.feed.card.classes)) if order is None else np.array(order)
        if not self.feed.of_boxes:
            return score_classes(
                self.get_log_probabilities(way, n), moved[self.labelled.classes[:n]]
            )
        truths = [
            np.column_stack([boxes[:, :4], moved[boxes[:, 4].astype(np.int64)]])
            for boxes in self.labelled.boxes[:n]
        ]
        return score_boxes(self.get_answers(way, n), truths, self.feed.card.output.threshold)

    def get_answered_classes(
        self, way: PreprocessingWay, n: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Of the first `n` frames, or of the objects on them, the class that was answered, −1 for
        none, and the true one, (m,) each."""
        if not self.feed.of_boxes:
            return self.get_log_probabilities(way, n).argmax(axis=1), self.labelled.classes[:n]
        truths = self.labelled.boxes[:n]
        classes = [
            match_classes(answer, truth)
            for answer, truth in zip(self.get_answers(way, n), truths, strict=True)
        ]
        return np.concatenate(classes), np.concatenate(truths)[:, 4].astype(np.int64)

    def count_affordable_frames(self, ways: int) -> int:
        """How many frames a round over so many ways may take: counted in runs, each as dear as its
        tensor is large, and not in seconds."""
        n = BUDGET_PIXELS // (prod(self.feed.card.input.size) * ways)
        return min(self.max_frames, max(FEWEST, n))

    @property
    def max_frames(self) -> int:
        """Most frames of a round, however small they are."""
        return min(len(self.labelled.frames), MOST)

    def list_frame_counts(self, n: int) -> list[int]:
        """Numbers of frames at which ways that `n` do not tell apart are looked at again: twice as
        many each time, up to all."""
        last = min(
            len(self.labelled.frames),
            n + MORE_PIXELS // (prod(self.feed.card.input.size) * (1 + RIVALS)),
        )
        steps = [n << doubled for doubled in range(1, 32) if n << doubled < last]
        return [*steps, last] if last - n >= FEWEST_MORE else []

    def group_similar_frames(
        self, tensor_placement: TensorPlacement, first: int, n: int
    ) -> NDArray[np.int64]:
        """Groups of nearly equal frames among those from `first` to `n`, (m,) int64: each frame's
        number of its group, from 0 on."""
        while len(self._thumbs) < n:
            index = len(self._thumbs)
            planes = self.get_resized(tensor_placement, min(n, index + AT_ONCE), index).planes.mean(
                axis=1
            )
            self._thumbs += [_make_thumbnail(plane) for plane in planes]
        thumbs = np.stack(self._thumbs[first:n]).reshape(n - first, -1)
        groups = np.arange(n - first)
        for k in range(1, n - first):
            near = np.flatnonzero(np.abs(thumbs[:k] - thumbs[k]).mean(axis=1) < ALIKE)
            groups[k] = groups[near[0]] if near.size else k
        return np.unique(groups, return_inverse=True)[1]


def _make_thumbnail(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """(THUMB, THUMB) means of a grey picture, (h, w), or as many as it has pixels."""
    for axis, side in enumerate(plane.shape):
        edges = np.unique(np.arange(THUMB) * side // THUMB)
        widths = np.diff([*edges, side]).reshape([-1 if axis == index else 1 for index in (0, 1)])
        plane = (np.add.reduceat(plane, edges, axis) / widths).astype(np.float32)
    return plane


def search_preprocessing(
    feed: Feed,
    labelled: LabelledFrames,
    layouts: tuple[Layout, ...],
    input_range: InputRange | None,
    check: Callable[[], None],
) -> SearchResult:
    """Order and norm together first, then the resize for the best of them, then the best few on
    more frames, and of what is then as good the way that changes least. `check` is called before
    every way and may raise Cancelled."""
    trials = Trials(feed, labelled, check)
    spec = feed.card.input
    own = get_way(spec)
    choices = list_norms(spec, input_range)
    first = [
        PreprocessingWay(colour, norm, own.placement, layout)
        for layout, norm, colour in product(layouts, choices, list_colour_orders(spec))
    ]
    n = trials.count_affordable_frames(len(first))
    order = _find_class_order(
        trials, first, min(n, _get_minimum_for_order(labelled, feed.of_boxes))
    )
    kept = _select_best_ways(trials, first, n, order)
    # A wrong resize can hide that the card's own normalisation is right, so it is tried with every
    # resize, however badly it did.
    second = [
        *kept,
        *(
            replace(way, placement=placement)
            for way in dict.fromkeys((*kept[:3], own))
            for placement in _iter_distinct_placements(trials, n)
        ),
    ]
    kept = _select_best_ways(
        trials, second, min(n, trials.count_affordable_frames(len(second))), order
    )
    chosen, tried, n = _find_simplest_way(trials, kept, choices, order)
    chosen, shown = _extend_comparison(trials, chosen, tried, n, order)
    predicted, truth = trials.get_answered_classes(chosen, trials.max_frames)
    if order is None and is_at_chance(predicted, truth):
        # What was too little on the frames that every way could be given may be enough on all of
        # them.
        order = _find_class_order(trials, tuple(dict.fromkeys((chosen, own))), trials.max_frames)
    return _make_search_result(trials, chosen, tried, (n, shown), order)


def _extend_comparison(
    trials: Trials,
    chosen: PreprocessingWay,
    tried: Sequence[PreprocessingWay],
    n: int,
    order: Order,
) -> tuple[PreprocessingWay, int]:
    """The way that fits, and the frames that showed it, where a few frames left the card's way and
    a better one untold: twice as many each time, up to all that are labelled, until one of the best
    is beyond chance the better, or none can be. Judged are frames that no way was chosen by; of
    nearly the same frames only one counts."""
    frame_counts, reached = trials.list_frame_counts(n), n
    own = trials.score_way(chosen, n, order)
    marks = {way: trials.score_way(way, n, order) for way in tried if way != chosen}
    ahead = [
        way
        for way, mark in marks.items()
        if mark.right.sum() > own.right.sum() or mark.loss.mean() < own.loss.mean()
    ]
    rivals = sorted(
        ahead, key=lambda way: (-int(marks[way].right.sum()), float(marks[way].loss.mean()))
    )[:RIVALS]
    for shown in frame_counts:
        if not rivals:
            break
        reached = shown
        groups, fresh = trials.group_similar_frames(chosen.placement, n, shown), np.arange(n, shown)
        old = trials.score_way(chosen, shown, order).select(fresh)
        new = {way: trials.score_way(way, shown, order).select(fresh) for way in rivals}
        clear = [way for way in rivals if is_better(new[way], old, groups, len(frame_counts))]
        if clear:
            return min(
                clear,
                key=lambda way: (
                    count_changes(trials.feed.card.input, way),
                    float(new[way].loss.mean()),
                ),
            ), shown
        rivals = [way for way in rivals if can_be_better(new[way], old, groups)]
    return chosen, reached


def _select_best_ways(
    trials: Trials, ways: Sequence[PreprocessingWay], n: int, order: Order
) -> list[PreprocessingWay]:
    """Select the few best variants on `n` frames, always with the card's own. The worse half is
    dropped at 2, 4, 8 … frames."""
    spec = trials.feed.card.input
    remaining, shown = list(ways), min(n, FIRST_LOOK)
    while True:
        remaining.sort(
            key=lambda way: (
                round(float(trials.score_way(way, shown, order).loss.mean()), 9),
                count_changes(spec, way),
            )
        )
        if shown == n:
            return list(dict.fromkeys([*remaining[:KEPT], get_way(spec)]))
        remaining, shown = remaining[: max(2 * KEPT, len(remaining) // 2)], min(n, 2 * shown)


def _iter_distinct_placements(trials: Trials, n: int) -> Iterable[TensorPlacement]:
    """Places other than the card's that show these frames otherwise: on frames of the tensor's
    proportions many are the same, of which the one that changes least on the card stays."""
    spec = trials.feed.card.input
    few, own = min(n, 4), get_way(spec)
    seen = [trials.get_resized(own.placement, few).planes]
    for placement in sorted(
        iter_placements(spec),
        key=lambda tensor_placement: count_changes(spec, replace(own, placement=tensor_placement)),
    ):
        planes = trials.get_resized(placement, few).planes
        if all(float(np.abs(planes - other).mean()) > 1.0 for other in seen):
            seen.append(planes)
            yield placement


def _find_simplest_way(
    trials: Trials,
    kept: Sequence[PreprocessingWay],
    choices: tuple[Normalisation, ...],
    order: Order,
) -> tuple[PreprocessingWay, list[PreprocessingWay], int]:
    """The way with the fewest changes that the best one does not beat beyond chance, the ways
    compared and the number of frames. Of many ways one always comes out a little ahead: every
    change that is named has to earn its place against the way without it."""
    spec = trials.feed.card.input
    own = get_way(spec)
    ways = list(dict.fromkeys([*kept, *iter_partial_changes(spec, kept[0], choices), own]))
    n = trials.count_affordable_frames(len(ways))
    marks = {way: trials.score_way(way, n, order) for way in ways}
    best = min(ways, key=lambda way: float(marks[way].loss.mean()))
    as_good = [way for way in ways if not is_better(marks[best], marks[way])]
    return (
        min(as_good, key=lambda way: (count_changes(spec, way), float(marks[way].loss.mean()))),
        ways,
        n,
    )


def _make_search_result(
    trials: Trials,
    chosen: PreprocessingWay,
    tried: Sequence[PreprocessingWay],
    looked_at: tuple[int, int],
    order: Order,
) -> SearchResult:
    """`looked_at`: frames on which all ways were compared, and those on which the chosen one and
    the card's were."""
    card = trials.feed.card
    own, (few, n) = get_way(card.input), looked_at
    marks = {way: trials.score_way(way, n if way in (chosen, own) else few, order) for way in tried}
    renamed = {} if order is None else {"classes": reorder_classes(card.classes, order)}
    frame_scores = trials.score_way(own, n, None)
    findings = []
    facts = {"n": n, "said_score": frame_scores.score, "fits_score": marks[chosen].score}
    for code in list_finding_codes(card.input, chosen):
        findings.append(
            Finding(
                code, "error", "labels", facts | {"change": get_changed_keys(card.input, chosen)}
            )
        )
    if order is not None:
        findings.append(Finding("class_order", "error", "labels", facts | {"change": renamed}))
    ranked = sorted(
        tried,
        key=lambda way: (way != chosen, -marks[way].score.value, float(marks[way].loss.mean())),
    )
    candidates = [
        PreprocessingCandidate(get_changed_keys(card.input, way) | renamed, marks[way].score)
        for way in ranked[:SHOWN]
    ]
    unchanged = PreprocessingCandidate({}, frame_scores.score)
    if unchanged not in candidates:
        candidates = [*candidates[: SHOWN - 1], unchanged]
    predicted, truth = trials.get_answered_classes(chosen, trials.max_frames)
    moved = truth if order is None else np.array(order)[truth]
    return SearchResult(chosen, order, tuple(findings), tuple(candidates), n, predicted, moved)


def _find_class_order(trials: Trials, ways: Sequence[PreprocessingWay], n: int) -> Order:
    """Another order of the classes, where it explains the answers of some way far better than the
    card's order explains any way's."""
    card = trials.feed.card
    return (
        None
        if card.answers.independent
        else find_class_order([trials.get_answered_classes(way, n) for way in ways], card.classes)
    )


def _get_minimum_for_order(labelled: LabelledFrames, of_boxes: bool) -> int:
    return (
        ORDER_FRAMES_OF_BOXES
        if of_boxes
        else max(ORDER_FRAMES, ORDER_OF_EACH * len(np.unique(labelled.classes)))
    )
