"""Releases compared on the same labelled frames: accuracy and recall over time, frames that flip,
more than two models ranked; also the report section on the INT8 model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck.analyses import names_and_numbers
from fieldcheck.analyses.analysis import (
    NOT_MEASURED,
    Analysis,
    ChecklistRule,
    CheckResult,
    format_points_figure,
)
from fieldcheck.analyses.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.analyses.report_data import Report
from fieldcheck.domain.estimate import FEW_FRAMES, P_REASON, ChangeVerdict, Estimate
from fieldcheck.domain.run import PairedChange, QuantisedModel, StoredModel
from fieldcheck.errors.labels import NothingLabelled
from fieldcheck.errors.message_format import format_report_remedy
from fieldcheck.i18n.language import tr, tr_plural, tr_points
from fieldcheck.i18n.numbers import (
    format_interval,
    format_percent,
    format_percent_range,
    format_points,
    format_points_interval,
    format_points_range,
)
from fieldcheck.models import messages as words
from fieldcheck.models.compare import load_common_frames
from fieldcheck.models.evaluate import ClassJudgement
from fieldcheck.models.quantise import get_quantised_model
from fieldcheck.models.run import run_on_set
from fieldcheck.models.scored_sides import FieldSide, get_scored_metric, load_field_side
from fieldcheck.models.store import find_model, get_card
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.camera_interval import FEWEST_CLIPS, METHOD
from fieldcheck.stats.cluster import (
    LEAST_FOUND,
    estimate_change_or_frames,
    judge_candidates,
    judge_change,
)
from fieldcheck.stats.gap import LARGEST_GATE_DROP
from fieldcheck.stats.weighted_field_score import estimate_by_clips_or_frames

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
# span of a class's recall over the releases from which a good mean is a brittle win
RESTLESS = 0.05


@dataclass(frozen=True, slots=True)
class Release:
    """A model as it came into the project: `added` ISO 8601; `accuracy` on the frames that all
    answered."""

    model: str
    added: str
    accuracy: Estimate


@dataclass(frozen=True, slots=True)
class ReleaseStep:
    """From one release to the next on the same frames: `gained` became right, `lost` became wrong;
    `change` of accuracy, weighted, with limits by clip (below three clips by frame); `verdict` for
    other clips of these cameras. `p`, which counted frames as independent, is null for one
    release."""

    before: str
    after: str
    gained: int
    lost: int
    change: Estimate
    verdict: ChangeVerdict
    p: float | None = None
    p_reason: str = P_REASON

    @property
    def is_judged(self) -> bool:
        """Whether there are clips enough for an interval that holds for other clips."""
        return self.verdict.change.measured


@dataclass(frozen=True, slots=True)
class ClassHistory:
    """One class: `recall` in each release, weighted, in their order, and as `estimates` with its
    limits; `flipped` of its `n` frames were once right and once wrong; `worst`: largest fall
    between two releases in a row, looked at together with those of all classes; na where it never
    fell."""

    class_name: str
    n: int
    recall: tuple[float, ...]
    flipped: int
    worst: Estimate
    worst_verdict: ChangeVerdict
    estimates: tuple[Estimate, ...]

    @property
    def is_restless(self) -> bool:
        """Whether its recall spans more than five points over the releases, on ten frames or
        more."""
        return self.n >= FEW_FRAMES and max(self.recall) - min(self.recall) > RESTLESS + 1e-12


@dataclass(frozen=True, slots=True)
class Releases:
    """`n` frames that every one of the releases answered, oldest release first, scored by
    `metric`."""

    n: int
    releases: tuple[Release, ...]
    steps: tuple[ReleaseStep, ...]
    classes: tuple[ClassHistory, ...]
    metric: str = "accuracy"
    ranking: Ranking | None = None


# More than two models in order: all pairs are looked at together, by the flipped signs of methods
# 6.4 over the largest t of all pairs.

RANKED = 3  # models from which they are ranked


@dataclass(frozen=True, slots=True)
class RankedModel:
    """`score` as of a release; `first` and `last`: the ranks that the demonstrated differences
    leave it. `verdict`: its change from the best one, for other clips of these cameras; "na" of the
    best one itself."""

    model: str
    score: Estimate
    first: int
    last: int
    verdict: ChangeVerdict


@dataclass(frozen=True, slots=True)
class RankedPair:
    """`verdict`: the change from `a` to `b`, looked at together with those of all pairs."""

    a: str
    b: str
    verdict: ChangeVerdict


@dataclass(frozen=True, slots=True)
class Ranking:
    """Models on the same `n` labelled frames of `clips` clips, best score first, with every pair of
    them; `left`: picked frames without a label on which any two of them differ; `exported`: frames
    that were given to training."""

    n: int
    clips: int
    metric: str
    models: tuple[RankedModel, ...]
    pairs: tuple[RankedPair, ...]
    left: tuple[str, ...] = ()
    exported: int = 0

    @property
    def is_best_decided(self) -> bool:
        """Whether the best one is demonstrated to be better than every other."""
        return self.models[0].last == 1


def rank_models(
    names: Sequence[str], right: Bools, weight: Floats, clip: NDArray[np.generic]
) -> Ranking:
    """Rank models by their scores and say which order is demonstrated.

    Args:
        names: of M models.
        right: (M, n), whether each is right on a frame.
        weight: (n,) design weights.
        clip: (n,) clip ids.

    Returns:
        Of equal scores the earlier name stands first.
    """
    order = np.argsort(-(right @ weight), kind="stable").tolist()
    places = list(combinations(range(len(order)), 2))  # the better score stands first
    rows = [right[order[worse]].astype(np.int64) - right[order[better]] for better, worse in places]
    verdicts = judge_candidates(rows, weight, clip, LEAST_FOUND, two_sided=True)
    above, below = np.zeros((2, len(order)), np.int64)  # models that are demonstrated to be so
    for (better, worse), verdict in zip(places, verdicts, strict=True):
        above[worse] += verdict.direction == "worse"
        below[better] += verdict.direction == "worse"
    of_best = dict(zip(places, verdicts, strict=True))
    itself = ChangeVerdict(Estimate.not_measured("best", right.shape[1]))
    models = tuple(
        RankedModel(
            names[k],
            estimate_by_clips_or_frames(right[k], weight, clip),
            int(above[rank]) + 1,
            len(order) - int(below[rank]),
            of_best.get((0, rank), itself),
        )
        for rank, k in enumerate(order)
    )
    pairs = tuple(
        RankedPair(names[order[better]], names[order[worse]], verdict)
        for (better, worse), verdict in zip(places, verdicts, strict=True)
    )
    n_clips = len(np.unique(clip[weight > 0]))
    return Ranking(right.shape[1], n_clips, "accuracy", models, pairs)


def compare_releases(
    named: Sequence[tuple[str, str]],
    right: Bools,
    weight: Floats,
    clip: NDArray[np.str_],
    truth: NDArray[np.int64],
    classes: Sequence[str],
) -> Releases:
    """`named`: model and time of R releases; `right`: (R, n); `weight`, `clip`: (n,) of the frames;
    `truth`: (n,) class indices, -1 where a frame has no one class."""
    result = tuple(
        Release(*model, estimate_by_clips_or_frames(row, weight, clip))
        for model, row in zip(named, right, strict=True)
    )
    steps = tuple(
        _make_step(named[k][0], named[k + 1][0], right[k], right[k + 1], weight, clip)
        for k in range(len(named) - 1)
    )
    histories = _make_histories(right, weight, clip, truth, classes)
    return Releases(weight.size, result, steps, histories)


def _make_step(
    a: str, b: str, before: Bools, after: Bools, weight: Floats, clip: NDArray[np.str_]
) -> ReleaseStep:
    gained, lost = int((after & ~before).sum()), int((before & ~after).sum())
    moved = after.astype(np.int64) - before.astype(np.int64)
    change = estimate_change_or_frames(moved, weight, clip)
    return ReleaseStep(a, b, gained, lost, change, judge_change(moved, weight, clip))


def _judge_falls(
    recalls: Sequence[Floats],
    members: Sequence[Bools],
    right: Bools,
    weight: Floats,
    clip: NDArray[np.str_],
) -> list[ChangeVerdict]:
    """The largest fall of each class between two releases in a row: of (R,) recalls, and (n,)
    frames of each class. All of these are looked at together."""
    falls = [np.diff(recall) for recall in recalls]
    worst = [int(fall.argmin()) if fall.size and fall.min() < 0 else -1 for fall in falls]
    fallen = [position for position, k in enumerate(worst) if k >= 0]
    change_verdicts = [
        ChangeVerdict(Estimate.not_measured("never_fell", int(member.sum()), nan))
        for member in members
    ]
    if not fallen:
        return change_verdicts
    losses = right[:-1].astype(np.int64) - right[1:]
    rows = np.array([losses[worst[position]] * members[position] for position in fallen])
    weights = np.array([weight * members[position] for position in fallen])
    judged = judge_candidates(rows, weights, clip)
    for index, row, verdict in zip(fallen, rows, judged, strict=True):
        inside = members[index]
        if verdict.change.measured:
            change_verdicts[index] = verdict.turn_round()
        else:
            change = estimate_change_or_frames(-row[inside], weight[inside], clip[inside])
            change_verdicts[index] = ChangeVerdict(change)
    return change_verdicts


def _make_histories(
    right: Bools,
    weight: Floats,
    clip: NDArray[np.str_],
    truth: NDArray[np.int64],
    classes: Sequence[str],
) -> tuple[ClassHistory, ...]:
    kinds = np.unique(truth[truth >= 0]).tolist()
    members = [truth == k for k in kinds]
    recalls = [
        right[:, member].astype(np.float64) @ weight[member] / weight[member].sum()
        for member in members
    ]
    worst = _judge_falls(recalls, members, right, weight, clip)
    histories = []
    for k, member, recall, fall in zip(kinds, members, recalls, worst, strict=True):
        rows = right[:, member]
        flipped = int((rows.any(axis=0) & ~rows.all(axis=0)).sum())
        limits = (estimate_by_clips_or_frames(row, weight[member], clip[member]) for row in rows)
        n = int(member.sum())
        shares = tuple(recall.tolist())
        histories.append(
            ClassHistory(classes[k], n, shares, flipped, fall.change, fall, tuple(limits))
        )
    return tuple(histories)


def can_rank_by(project: Project, names: Sequence[str], metric: str) -> bool:
    """Whether `metric` is the share of correct frames of each of these models, or empty. The test
    of all pairs together flips what single frames add; a mean over classes or objects is no sum of
    frames. Raises ModelUnknown."""
    ranked = {get_scored_metric(get_card(find_model(project, name))) for name in names}
    return not metric or ranked == {metric}


def rank_named_models(
    project: Project, names: Sequence[str], progress: Progress, now: str
) -> Ranking:
    """Every model answers the picked frames that it has not answered yet; then all are ranked.

    Raises ModelUnknown, NothingPicked, NothingLabelled, PictureUnreadable, Cancelled.
    """
    models = [find_model(project, name) for name in names]
    for model in models:
        run_on_set(project, model, "field", progress, now)
    ranking = _rank_stored_models(project, models)
    if ranking is None:
        raise NothingLabelled(project.path)
    return ranking


def _rank_stored_models(project: Project, models: Sequence[StoredModel]) -> Ranking | None:
    """None where no labelled frame of the draw was answered by all of them."""
    frames = load_common_frames(project, models)
    if frames is None:
        return None
    names = [model.name for model in models]
    return replace(
        rank_models(names, frames.right, frames.weight, frames.clip),
        metric=get_scored_metric(get_card(models[0])),
        left=frames.left,
        exported=frames.exported,
    )


def describe_ranking(ranking: Ranking) -> str:
    """Which order is demonstrated, no stronger than the ranges of all pairs together."""
    best, *others = ranking.models
    open_still = [model.model for model in others if model.first == 1]
    if not open_still:
        text = tr(
            "{best} is better in {metric} than every other model for these cameras (sign-flip "
            "test over whole clips, {n} pairs jointly). Selected as the best of {models}: "
            "expect a smaller gain."
        )
        return text.format(
            best=best.model,
            metric=words.get_metric_name(ranking.metric),
            n=len(ranking.pairs),
            models=len(ranking.models),
        )
    if ranking.clips < FEWEST_CLIPS:
        return tr("Inconclusive: no interval from fewer than three clips.")
    if not any(pair.verdict.direction for pair in ranking.pairs):
        return tr("Inconclusive: no difference between these models is demonstrated.")
    text = tr("Best model inconclusive: no difference between {best} and {others} is demonstrated.")
    return text.format(best=best.model, others=", ".join(open_still))


def list_ranking_lines(ranking: Ranking) -> tuple[str, ...]:
    """What was ranked, each model, every demonstrated difference from another than the best, and
    what it comes to."""
    head = tr_plural(
        "{models} models on the same {n} labelled frame:",
        "{models} models on the same {n} labelled frames:",
        ranking.n,
        models=len(ranking.models),
        n=ranking.n,
    )
    best = ranking.models[0].model
    lines = [head, *(_describe_ranked(model, ranking) for model in ranking.models)]
    for pair in ranking.pairs:
        if pair.verdict.direction and pair.a != best:
            text = tr("{better} is better than {worse}: {change}, demonstrated.")
            change = _format_paired(pair.verdict.turn_round().change)
            lines.append(text.format(better=pair.a, worse=pair.b, change=change))
    return (*lines, describe_ranking(ranking))


def _describe_ranked(ranked: RankedModel, ranking: Ranking) -> str:
    figures = {
        "rank": _format_rank(ranked),
        "model": ranked.model,
        "metric": words.get_metric_name(ranking.metric),
        "score": names_and_numbers.format_estimate(ranked.score),
    }
    first = tr("Rank {rank}: {model}, {metric} {score}", **figures)
    if ranked is ranking.models[0]:
        return f"{first}."
    change, verdict = _format_paired(ranked.verdict.change), _get_ranked_word(ranked)
    return tr(
        "{first}; vs {best} {change}, {verdict}.",
        first=first,
        best=ranking.models[0].model,
        change=change,
        verdict=verdict,
    )


def _get_ranked_word(ranked: RankedModel) -> str:
    return tr("demonstrated") if ranked.verdict.direction else tr("inconclusive")


def _format_rank(ranked: RankedModel) -> str:
    return str(ranked.first) if ranked.first == ranked.last else f"{ranked.first}–{ranked.last}"


def _format_paired(change: Estimate) -> str:
    if not change.measured:
        return tr("no interval: fewer than three clips")
    points = format_points(change.value, 1)
    text = tr_points("{points} pp ({range})", points)
    return text.format(points=points, range=format_points_interval(change, 1))


# Releases on the page: accuracy over time, the frames that flipped, and classes that rise and fall
# behind a steady mean.

MOST_CLASSES = 20


def build_release_section(result: Releases | None) -> Section:
    """The releases, each step between two, and every class over all of them."""
    title = tr("Releases over time")
    if result is None:
        sentence = tr("Not measured. Requires two models run on the same labelled frames.")
        return Section("releases", title, title, (Paragraph(sentence, quiet=True),))
    same = tr_plural(
        "All values on the same {n} labelled frame.",
        "All values on the same {n} labelled frames.",
        result.n,
        n=result.n,
    )
    blocks: list[Block] = [
        Paragraph(same, quiet=True),
        _build_score_table(result),
        *(Paragraph(describe_release_step(step)) for step in result.steps),
    ]
    blocks += [
        Paragraph(describe_restless_class(class_row, len(result.releases)))
        for class_row in result.classes
        if class_row.is_restless
    ]
    if result.ranking is not None:
        blocks += [
            _build_ranking_table(result.ranking),
            Paragraph(describe_ranking(result.ranking)),
        ]
    if result.classes:
        blocks.append(_build_class_table(result))
    return Section("releases", title, title, tuple(blocks))


def describe_release_step(step: ReleaseStep) -> str:
    """Flips from one release to the next, and whether the change is more than chance."""
    change = step.change
    figures = {
        "gained": step.gained,
        "lost": step.lost,
        "change": format_points(change.value),
        "range": format_points_interval(change),
    }
    first = tr_plural(
        "{a} → {b}: {gained} frame newly correct, {lost} newly wrong, {change} pp ({range}).",
        "{a} → {b}: {gained} frames newly correct, {lost} newly wrong, {change} pp ({range}).",
        step.gained,
    )
    if step.verdict.direction:
        verdict = tr("Demonstrated for these cameras.")
    elif not step.verdict.change.measured and ChangeVerdict.from_limits(change).direction:
        verdict = tr("Demonstrated on this footage only.")
    else:
        verdict = tr("No change demonstrated.")
    return f"{first.format(a=step.before, b=step.after, **figures)} {verdict}"


def describe_restless_class(class_history: ClassHistory, n_releases: int) -> str:
    """A class whose recall moves behind the mean, no stronger than its range."""
    sentence = tr(
        "Unstable: {name} ranged over {range} in {releases} releases; {flipped} of {n} frames "
        "changed."
    )
    first = sentence.format(
        name=class_history.class_name,
        range=format_percent_range(min(class_history.recall), max(class_history.recall)),
        releases=n_releases,
        flipped=class_history.flipped,
        n=class_history.n,
    )
    worst = class_history.worst
    if not worst.measured:
        return f"{first} {tr('No drop observed in any release.')}"
    points = format_points(-worst.value)
    if class_history.worst_verdict.direction == "worse":
        fell = tr_points("One drop of {points} pp ({range}), demonstrated.", points)
    else:
        fell = tr_points("One drop of {points} pp ({range}), not demonstrated.", points)
    interval = format_points_range(-worst.hi, -worst.lo)
    return f"{first} {fell.format(points=points, range=interval)}"


def _build_score_table(releases: Releases) -> Table:
    score = names_and_numbers.get_metric_name(releases.metric)
    heads = (Cell(tr("Release"), head=True), Cell(tr("added")), Cell(score, figure=True))
    rows = tuple(
        (
            Cell(release.model, head=True),
            Cell(names_and_numbers.format_timestamp(release.added)),
            Cell(names_and_numbers.format_estimate(release.accuracy), figure=True),
        )
        for release in releases.releases
    )
    return Table(tr("{metric} of each release", metric=score), heads, rows)


def _build_ranking_table(ranking: Ranking) -> Table:
    score = names_and_numbers.get_metric_name(ranking.metric)
    best = ranking.models[0].model
    heads = (
        Cell(tr("Model"), head=True),
        Cell(tr("rank"), figure=True),
        Cell(score, figure=True),
        Cell(tr("vs {best}", best=best), figure=True),
        Cell(""),
    )
    rows = tuple(
        (
            Cell(ranked.model, head=True),
            Cell(_format_rank(ranked), figure=True),
            Cell(names_and_numbers.format_estimate(ranked.score), figure=True),
            Cell(
                "–" if ranked.model == best else _format_paired(ranked.verdict.change), figure=True
            ),
            Cell("" if ranked.model == best else _get_ranked_word(ranked)),
        )
        for ranked in ranking.models
    )
    caption = tr_plural(
        "Rank of {models} models on the same {n} labelled frame, all pairs together",
        "Rank of {models} models on the same {n} labelled frames, all pairs together",
        ranking.n,
    )
    return Table(caption.format(models=len(ranking.models), n=ranking.n), heads, rows)


def _build_class_table(releases: Releases) -> Table:
    names = tuple(Cell(release.model, figure=True) for release in releases.releases)
    heads = (
        Cell(tr("Class"), head=True),
        Cell("n", figure=True),
        *names,
        Cell(tr("changed"), figure=True),
    )
    by_span = sorted(
        releases.classes, key=lambda class_row: min(class_row.recall) - max(class_row.recall)
    )
    rows = tuple(
        (
            Cell(class_row.class_name, head=True),
            Cell(str(class_row.n), figure=True),
            *(
                Cell(names_and_numbers.format_value_with_range(recall), figure=True)
                for recall in class_row.estimates
            ),
            Cell(str(class_row.flipped), figure=True),
        )
        for class_row in by_span[:MOST_CLASSES]
    )
    caption = tr(
        "Recall by class across releases, most variable first; other clips of these cameras"
    )
    if not any(row.method == METHOD for group in by_span for row in group.estimates):
        caption = tr("Recall by class across releases, most variable first; this footage")
    return Table(caption, heads, rows)


# Releases of a project: its models that answered the labelled frames, compared on those that all of
# them answered.

MOST = 8  # releases; the newest ones


def compute_releases(project: Project) -> Releases | None:
    """None with fewer than two models that answered the same labelled frames of the draw."""
    models = project.read(models_table.list_models)[-MOST:]
    judged = [
        (model, side)
        for model in models
        if (side := load_field_side(project, model)).judgement is not None
    ]
    if len(judged) < 2:
        return None
    newest = judged[-1][1]
    rows = [_get_correct_by_frame(side) for _, side in judged]
    weight = newest.scores.weight[newest.labelled]
    names = [newest.picks[k].frame_id for k in newest.labelled.tolist()]
    common = np.array(
        [
            w > 0 and all(name in row for row in rows)
            for name, w in zip(names, weight.tolist(), strict=True)
        ],
        np.bool_,
    )
    if not common.any():
        return None
    kept = [name for name, here in zip(names, common.tolist(), strict=True) if here]
    judgement = newest.judgement
    truth = (
        judgement.truth[common]
        if isinstance(judgement, ClassJudgement)
        else np.full(len(kept), -1, np.int64)
    )
    card = get_card(judged[-1][0])
    releases = compare_releases(
        [(model.name, model.added) for model, _ in judged],
        np.array([[row[name] for name in kept] for row in rows], np.bool_),
        weight[common],
        np.asarray(newest.sample.clip[newest.labelled][common], np.str_),
        truth,
        card.classes,
    )
    answered = [model for model, _ in judged]
    ranking = _rank_stored_models(project, answered) if len(answered) >= RANKED else None
    return replace(releases, metric=get_scored_metric(card), ranking=ranking)


def _get_correct_by_frame(side: FieldSide) -> dict[str, bool]:
    return {side.picks[k].frame_id: bool(side.sample.right[k]) for k in side.labelled.tolist()}


# Quantised model (INT8) on the page: what it costs and what it buys.


def build_quantised_section(report: Report) -> Section:
    """Quantised model: what was measured, or that nothing was."""
    title = tr("INT8 quantised model")
    result = QUANTISED.get_result(report)
    if result is None:
        sentence = tr(
            "No INT8 quantised model measured{remedy}.", remedy=format_report_remedy("quantise")
        )
        return Section("lighter", title, title, (Paragraph(sentence, quiet=True),))
    heads = (
        Cell(tr("Images"), head=True),
        Cell("n", figure=True),
        Cell(tr("before"), figure=True),
        Cell("int8", figure=True),
    )
    sides = [(tr("Field"), result.field), (tr("Benchmark"), result.benchmark)]
    rows = tuple(build_change_row(name, change) for name, change in sides if change is not None)
    blocks = [
        Paragraph(line)
        for line in (
            words.describe_quantisation(result),
            words.format_size_change(result),
            words.describe_speed_change(result),
        )
    ]
    lines = [
        Paragraph(
            " ".join(
                (
                    f"{name}:",
                    *words.list_paired_change(result.model, tr("INT8"), "accuracy", change),
                )
            )
        )
        for name, change in sides
        if change is not None
    ]
    score = names_and_numbers.get_metric_name(report.own_metric)
    caption = tr("{metric} on the same images", metric=score)
    table = (Table(caption, heads, rows),) if rows else ()
    return Section("lighter", title, title, (*blocks, *table, *lines))


def build_change_row(name: str, paired_change: PairedChange) -> tuple[Cell, ...]:
    """Name of the images, their number, and the score before and after with its interval."""
    before, after = (
        f"{format_percent(side.value, 1)} ({format_interval(side, 1)})"
        for side in (paired_change.before, paired_change.after)
    )
    return (
        Cell(name, head=True),
        Cell(str(paired_change.n), figure=True),
        Cell(before, figure=True),
        Cell(after, figure=True),
    )


def check_held_out_drop(report: Report) -> CheckResult:
    """Judges the interval of the change since the previous release, on the frames both answered;
    below three clips it is of this footage and decides nothing."""
    result = RELEASES.get_result(report)
    if result is None:
        return NOT_MEASURED
    change = result.steps[-1].change
    if not result.steps[-1].is_judged:
        return "too_few", -change.value
    if -change.lo <= LARGEST_GATE_DROP:
        return "pass", -change.value
    return "fail" if -change.hi > LARGEST_GATE_DROP else "too_few", -change.value


RELEASES: Analysis[Releases] = Analysis(
    key="releases",
    result=Releases,
    compute=compute_releases,
    section=build_release_section,
    checklist=(
        ChecklistRule(
            "held_out_drop",
            15,
            lambda: tr("The held-out score dropped by at most 3 pp since the previous release"),
            lambda: tr(
                "Add the previous release as a model and run both on the same labelled frames."
            ),
            check_held_out_drop,
            phase="operation",
            format_figure=format_points_figure,
            by_labels=True,
        ),
    ),
)


def compute_quantised(project: Project) -> QuantisedModel | None:
    """Loads the measured INT8 copy of the newest model."""
    return get_quantised_model(project, project.read(models_table.get_newest_model))


def export_quantised(report: Report) -> dict[str, Any]:
    """Returns what the INT8 copy costs and buys."""
    result = QUANTISED.get_result(report)
    return {"quantised": None if result is None else result.to_json()}


QUANTISED: Analysis[QuantisedModel] = Analysis(
    key="quantised",
    compute=compute_quantised,
    measured=lambda report: QUANTISED.get_result(report) is not None,
    report_section=build_quantised_section,
    summary=export_quantised,
)
