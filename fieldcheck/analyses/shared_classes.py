"""Classes on both sides of the gap: what each side lacks, the gap over shared classes only, recall
and precision of each class, and the report sections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isclose

import numpy as np
from numpy.typing import NDArray

from fieldcheck.analyses import names_and_numbers
from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.blocks import Block, Cell, Heading, Pairs, Paragraph, Section, Table
from fieldcheck.analyses.report_data import Report
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import get_answer_kind
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.message_format import format_names
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_points, format_points_interval
from fieldcheck.models import messages
from fieldcheck.models.evaluate import (
    BoxJudgement,
    ClassJudgement,
    Judgement,
    PointJudgement,
    evaluate_boxes,
)
from fieldcheck.models.scored_sides import (
    BOOTSTRAP_SEED,
    BenchmarkSide,
    FieldSide,
    compute_benchmark_score,
    compute_field_score,
    get_scored_metric,
    load_benchmark_side,
    load_field_side,
    load_scored_sides,
    select_scored_picks,
)
from fieldcheck.models.store import get_card
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.camera_interval import estimate_camera_interval
from fieldcheck.stats.confusion_matrix import score_classes
from fieldcheck.stats.gap import compute_gap
from fieldcheck.stats.mean_average_precision import (
    ThresholdOutcomes,
    estimate_precision_recall,
    list_judged_boxes,
    list_labelled_objects,
)
from fieldcheck.stats.weighted_field_score import (
    UNSHARED,
    compute_field_scores,
    estimate_class_share,
)
from fieldcheck.stats.wilson_interval import estimate_difference, estimate_wilson


@dataclass(frozen=True, slots=True)
class NamedCount:
    """A class and how many pictures, frames or objects are labelled so."""

    name: str
    n: int


@dataclass(frozen=True, slots=True)
class SharedClasses:
    """Classes with a label on both sides (methods 2.0b); those that one side lacks, with their
    labels, and those that the model lacks.

    `benchmark`, `field` and `gap` are over `shared` alone, `benchmark_all`, `field_all` and
    `gap_all` over every class, all in `metric`, which is that of the headline. The
    recalls are those of a detector at the deployed threshold, over all labelled objects: those of a
    class that the model lacks are missed.
    """

    shared: tuple[str, ...]
    benchmark_only: tuple[NamedCount, ...]
    field_only: tuple[NamedCount, ...]
    unknown_to_model: tuple[NamedCount, ...]
    benchmark: Estimate
    benchmark_all: Estimate
    field: Estimate
    field_all: Estimate
    gap: Estimate
    gap_all: Estimate
    benchmark_recall_all: Estimate | None = None
    field_recall_all: Estimate | None = None
    metric: str = "accuracy"

    @property
    def has_differences(self) -> bool:
        """Whether a class is labelled on one side only."""
        return bool(self.benchmark_only or self.field_only)


# Shared classes on the page: what only one side labels, and the scores without and with it.

MOST_NAMES = 12


def list_shared_class_warnings(report: Report) -> list[str]:
    """A line of the first page where a class is labelled on one side only."""
    result = SHARED_CLASSES.get_result(report)
    if result is None or not result.has_differences:
        return []
    lines = []
    if result.benchmark_only:
        lines.append(
            tr(
                "Labelled in the benchmark only: {classes}.",
                classes=_format_class_counts(result.benchmark_only),
            )
        )
    if result.field_only:
        lines.append(
            tr(
                "Labelled in the field only: {classes}.",
                classes=_format_class_counts(result.field_only),
            )
        )
    if result.shared:
        sentence = tr("The gap covers the classes labelled on both sides. Over all classes: {gap}.")
        if result.metric != "accuracy":
            sentence = tr(
                "The gap covers the classes labelled on both sides. Over all classes, by {metric}: "
                "{gap}."
            )
        name = messages.get_metric_name(result.metric)
        lines.append(sentence.format(gap=_format_gap(result.gap_all), metric=name))
    return [" ".join(lines)]


def build_shared_class_section(result: SharedClasses | None) -> Section:
    """Both scores and the gap over shared classes and over all, and which classes a side or the
    model lacks."""
    title = tr("Shared classes")
    if result is None:
        text = tr("Not measured. Requires a benchmark run and labelled frames of a sample.")
        return Section("shared_classes", title, title, (Paragraph(text, quiet=True),))
    sentence, few = (
        _describe_shared_classes(result, most) for most in (len(result.shared), MOST_NAMES)
    )
    blocks: list[Block] = [Paragraph(sentence, short=few)]
    blocks += [Pairs(rows)] if (rows := _list_missing_classes(result)) else []
    name = names_and_numbers.get_metric_name(result.metric)
    heads = (
        Cell(tr("Score"), head=True),
        Cell(tr("Shared classes"), figure=True),
        Cell(tr("All classes"), figure=True),
    )
    rows_of = (
        (
            tr("Benchmark"),
            names_and_numbers.format_benchmark_estimate(result.benchmark),
            names_and_numbers.format_benchmark_estimate(result.benchmark_all),
        ),
        (
            tr("Field, this footage"),
            names_and_numbers.format_estimate(result.field),
            names_and_numbers.format_estimate(result.field_all),
        ),
        (tr("Gap"), _format_gap(result.gap), _format_gap(result.gap_all)),
    )
    body = [
        (Cell(label, head=True), Cell(shared, figure=True), Cell(every, figure=True))
        for label, shared, every in rows_of
    ]
    for label, recall in (
        (tr("Recall, benchmark, all objects"), result.benchmark_recall_all),
        (tr("Recall, field, all objects"), result.field_recall_all),
    ):
        if recall is not None:
            body.append(
                (
                    Cell(label, head=True),
                    Cell("–", figure=True),
                    Cell(names_and_numbers.format_estimate(recall), figure=True),
                )
            )
    return Section("shared_classes", title, title, (*blocks, Table(name, heads, tuple(body))))


def _describe_shared_classes(shared_classes: SharedClasses, most: int) -> str:
    """The classes that the headline is over, the first `most` of them."""
    if not shared_classes.shared:
        return tr("No gap: benchmark and field have no labelled class in common.")
    if not shared_classes.has_differences:
        return tr("All labelled classes occur on both sides.")
    return tr(
        "The main result covers the classes labelled on both sides: {classes}. Predictions of "
        "other classes "
        "count as wrong; over all classes, classes unknown to the model count as missed.",
        classes=format_names(shared_classes.shared, most),
    )


def _list_missing_classes(shared_classes: SharedClasses) -> tuple[tuple[str, str], ...]:
    rows = (
        (tr("In the benchmark only"), shared_classes.benchmark_only),
        (tr("In the field only"), shared_classes.field_only),
        (tr("Unknown to the model"), shared_classes.unknown_to_model),
    )
    return tuple((name, _format_class_counts(classes)) for name, classes in rows if classes)


def _format_class_counts(classes: Sequence[NamedCount]) -> str:
    """`burr (12), wood (3)`: with the number of labels."""
    return ", ".join(f"{class_row.name} ({class_row.n})" for class_row in classes)


def _format_gap(estimate: Estimate) -> str:
    return (
        names_and_numbers.format_gap_with_range(estimate)
        if estimate.measured
        else tr("not measured")
    )


# Shared classes: the two sides of the gap judged over the classes that both have labels of (methods
# 2.0b).

NOTHING_SHARED = "no_shared_class"


@dataclass(frozen=True, slots=True)
class ComparedSides:
    """Both sides over all classes (`benchmark_all`, `field_all`) and over the shared ones
    (`benchmark`, `field`). `benchmark_counts` and `field_counts`: number of labels of each class,
    None where nothing can be compared."""

    benchmark_all: BenchmarkSide | None
    field_all: FieldSide
    benchmark: BenchmarkSide | None
    field: FieldSide
    benchmark_counts: Counter[str] | None = None
    field_counts: Counter[str] | None = None


def load_compared_sides(project: Project, model: StoredModel | None) -> ComparedSides:
    """The sides as the gap compares them. Labelled frames of a class that the benchmark lacks leave
    the sample and shrink their stratum; benchmark pictures of a class that no drawn frame is
    labelled with leave the benchmark. Where no class is shared there is no benchmark score, and the
    field stands for itself."""
    field, benchmark = (
        load_field_side(project, model),
        load_benchmark_side(project, model) if model else None,
    )
    drawn = [
        field.picks[index].frame_id
        for index in field.labelled.tolist()
        if field.scores.weight[index] > 0
    ]
    if (
        benchmark is None
        or model is None
        or not drawn
        or not isinstance(field.judgement, ClassJudgement | BoxJudgement)
    ):
        return ComparedSides(benchmark, field, benchmark, field)
    there = Counter(name for item in benchmark.benchmark.items for name in item.names)
    here = Counter(name for frame_id in drawn for name in field.labels[frame_id].names)
    if not (there and here):  # nothing but empty pictures on a side
        return ComparedSides(benchmark, field, benchmark, field)
    shared = frozenset(there) & frozenset(here)
    if not shared:
        none = Estimate.not_measured(NOTHING_SHARED)
        nothing = replace(benchmark, score=none, compared=none, of_every_class=benchmark.compared)
        return ComparedSides(benchmark, field, nothing, field, there, here)
    card = get_card(model)
    return ComparedSides(
        benchmark,
        field,
        _restrict_benchmark(benchmark, card, shared),
        _restrict_field(field, card, shared),
        there,
        here,
    )


def compute_shared_classes(project: Project) -> SharedClasses | None:
    """Classes that each side lacks, and the scores without and with them; None before a benchmark
    run and a labelled frame of a draw."""
    model = project.read(models_table.get_newest_model)
    sides = load_compared_sides(project, model)
    benchmark, field, there, here = (
        sides.benchmark_all,
        sides.field_all,
        sides.benchmark_counts,
        sides.field_counts,
    )
    if (
        model is None
        or benchmark is None
        or sides.benchmark is None
        or there is None
        or here is None
    ):
        return None
    card = get_card(model)
    shared = there.keys() & here.keys()
    over_shared, over_all = (
        _score_sides(sides.benchmark, sides.field, card),
        _score_sides(benchmark, field, card),
    )
    if benchmark.metric == get_scored_metric(card):
        over_all = replace(over_all, benchmark=_score_all_images(benchmark))
    return SharedClasses(
        tuple(name for name in dict.fromkeys((*card.classes, *sorted(there))) if name in shared),
        _count_by_name(there, there.keys() - shared),
        _count_by_name(here, here.keys() - shared),
        _count_by_name(there, there.keys() - set(card.classes)),
        over_shared.benchmark,
        over_all.benchmark,
        over_shared.footage,
        over_all.footage,
        over_shared.gap,
        over_all.gap,
        *_compute_recalls(benchmark, field, card),
        benchmark.metric,
    )


@dataclass(frozen=True, slots=True)
class _SideScores:
    """Both sides' scores in the metric of the gap; `camera` is the field's for other clips."""

    benchmark: Estimate
    footage: Estimate
    camera: Estimate

    @property
    def gap(self) -> Estimate:
        return compute_gap(self.benchmark, self.footage, self.camera).estimate


def _score_sides(benchmark: BenchmarkSide, field: FieldSide, card: Card) -> _SideScores:
    if benchmark.metric == get_scored_metric(card):
        return _SideScores(benchmark.score, field.scores.footage, field.scores.camera)
    return _SideScores(benchmark.compared, *compute_field_score(field, card, benchmark.metric))


def _count_by_name(labels: Counter[str], names: Iterable[str]) -> tuple[NamedCount, ...]:
    return tuple(NamedCount(name, labels[name]) for name in sorted(names))


def _score_all_images(side: BenchmarkSide) -> Estimate:
    """Of every picture; those of a class that the model lacks cannot be right. A spot check draws
    among the others only."""
    scored_paths = {item.path for item in side.items}
    n_unscored = (
        0 if side.spot else sum(item.path not in scored_paths for item in side.benchmark.items)
    )
    return estimate_wilson(int(side.judgement.right.sum()), len(side.items) + n_unscored)


def _restrict_benchmark(side: BenchmarkSide, card: Card, shared: frozenset[str]) -> BenchmarkSide:
    result = side.judgement
    if isinstance(result, ClassJudgement):
        kept = np.array([item.class_name in shared for item in side.items], dtype=np.bool_)
        judgement: Judgement = ClassJudgement(
            result.truth[kept], result.predicted[kept], result.confidence[kept], result.right[kept]
        )
        side = replace(side, items=tuple(item for item in side.items if item.class_name in shared))
    else:
        judgement = evaluate_boxes(
            card,
            shared,
            [item.boxes for item in side.items],
            [side.answers[item.path] for item in side.items],
        )
    score = estimate_wilson(int(judgement.right.sum()), len(side.items))
    over = replace(
        side, judgement=judgement, score=score, compared=score, of_every_class=side.compared
    )
    return (
        over
        if side.metric == get_scored_metric(card)
        else replace(over, compared=compute_benchmark_score(over, card))
    )


def _restrict_field(side: FieldSide, card: Card, shared: frozenset[str]) -> FieldSide:
    names = [side.picks[index].frame_id for index in side.labelled.tolist()]
    if isinstance(side.judgement, ClassJudgement):
        state = side.sample.state.astype(object)
        dropped = [
            index
            for index, name in zip(side.labelled.tolist(), names, strict=True)
            if side.labels[name].class_name not in shared
        ]
        state[[index for index in dropped if side.scores.weight[index] > 0]] = UNSHARED
        sample = replace(side.sample, state=state.astype(np.str_))
        return replace(side, sample=sample, scores=compute_field_scores(sample))
    judgement = evaluate_boxes(
        card,
        shared,
        [side.labels[name].boxes for name in names],
        [side.answers[name] for name in names],
    )
    right = side.sample.right.copy()
    right[side.labelled] = judgement.right
    sample = replace(side.sample, right=right)
    return replace(side, judgement=judgement, sample=sample, scores=compute_field_scores(sample))


def _compute_recalls(
    benchmark: BenchmarkSide, field: FieldSide, card: Card
) -> tuple[Estimate | None, Estimate | None]:
    """Of a detector on each side, over all labelled objects."""
    if not isinstance(field.judgement, BoxJudgement):
        return None, None
    every = frozenset(card.classes)
    items = benchmark.items
    there = evaluate_boxes(
        card,
        every,
        [item.boxes for item in items],
        [benchmark.answers[item.path] for item in items],
    ).outcomes
    lost = np.array(
        [
            _count_unknown([box.class_name for box in item.boxes if not box.crowd], every)
            for item in items
        ],
        np.int64,
    )
    names = [field.picks[index].frame_id for index in field.labelled.tolist()]
    here = evaluate_boxes(
        card,
        every,
        [field.labels[name].boxes for name in names],
        [field.answers[name] for name in names],
    ).outcomes
    whole = replace(there, truths=there.truths + lost)
    weight, strata = field.scores.weight[field.labelled], field.sample.stratum[field.labelled]
    return _compute_recall(whole, np.ones(len(items)), np.zeros(len(items))), _compute_recall(
        here, weight, strata
    )


def _count_unknown(names: Collection[str], known_names: frozenset[str]) -> int:
    return sum(name not in known_names for name in names)


def _compute_recall(
    threshold_outcomes: ThresholdOutcomes, weight: NDArray[np.float64], strata: NDArray[np.generic]
) -> Estimate:
    return estimate_precision_recall(threshold_outcomes, weight, strata, BOOTSTRAP_SEED)["recall"]


# Each class on both sides of the gap: its recall and precision on the benchmark and in the field,
# and how much they changed.


@dataclass(frozen=True, slots=True)
class ClassSides:
    """`name`: the class; `n_benchmark`, `n_field`: its labelled frames, objects of a detector at
    the deployed threshold, or points set in a segmenter's frames, whose recall is the share that is
    covered and whose precision is not measured. Changes are field less benchmark, fractions; a side
    on which the class has no label, or nothing is called so, is not measured."""

    name: str
    n_benchmark: int
    n_field: int
    recall_benchmark: Estimate
    recall_field: Estimate
    recall_change: Estimate
    precision_benchmark: Estimate
    precision_field: Estimate
    precision_change: Estimate


# Classes on both sides on the page: recall and precision on benchmark and field, and the change in
# points with its interval.


def build_class_side_blocks(report: Report) -> Iterator[Block]:
    """Two tables, recall and precision; nothing where one side was not measured. Where one class
    alone is labelled and its score is that of all objects, which the scores above have with an
    interval, it is not printed again with another."""
    rows = CLASS_SIDES.get_result(report) or ()
    labels = get_answer_kind(report.model.task).labels if report.model is not None else ""
    recalls: list[_ClassRow] = [
        (r.name, (r.n_benchmark, r.n_field), r.recall_benchmark, r.recall_field, r.recall_change)
        for r in rows
    ]
    precisions: list[_ClassRow] = [
        (
            r.name,
            (r.precision_benchmark.n, r.precision_field.n),
            r.precision_benchmark,
            r.precision_field,
            r.precision_change,
        )
        for r in rows
        if labels != "points"
    ]
    tables = [
        _build_class_table(name, table_rows)
        for metric, name, table_rows in (
            ("recall", tr("Recall"), recalls),
            ("precision", tr("Precision"), precisions),
        )
        if table_rows and not _is_score_of_all(report.field.metrics.get(metric), table_rows)
    ]
    if not tables:
        return
    yield Heading(tr("Per-class results, benchmark and field"))
    yield from tables
    sentence = {
        "boxes": tr(
            "n: labelled objects; for precision, boxes of that class above the deployed "
            "threshold. 95% CI by whole frames."
        ),
        "points": tr(
            "n: labelled points; recall is the share of points covered, precision is not "
            "defined for points. 95% CI by whole frames."
        ),
    }.get(
        labels,
        tr("n: labelled frames of the class; for precision, frames predicted as that class."),
    )
    change = tr("Field weighted as in the main result; change: field minus benchmark.")
    yield Paragraph(f"{sentence} {change}", quiet=True)


_ClassRow = tuple[str, tuple[int, int], Estimate, Estimate, Estimate]


def _is_score_of_all(whole: Estimate | None, rows: Sequence[_ClassRow]) -> bool:
    """Whether the only class has the field score that all objects together have."""
    if whole is None or not whole.measured or len(rows) != 1:
        return False
    return isclose(whole.value, rows[0][3].value, abs_tol=1e-9)


def _build_class_table(name: str, rows: Sequence[_ClassRow]) -> Table:
    heads = (name, tr("n, benchmark / field"), tr("Benchmark"), tr("Field"), tr("change, pp"))
    body = tuple(
        (
            Cell(class_name, head=True),
            *(
                Cell(text, figure=True)
                for text in (
                    f"{n[0]} / {n[1]}",
                    names_and_numbers.format_counted_value(there),
                    names_and_numbers.format_counted_value(here),
                    _format_change(change),
                )
            ),
        )
        for class_name, n, there, here, change in rows
    )
    return Table(
        name,
        tuple(Cell(head, head=index == 0, figure=index > 0) for index, head in enumerate(heads)),
        body,
    )


def _format_change(change: Estimate) -> str:
    if not change.measured or change.status == "weak":
        return "–"
    return f"{format_points(change.value)} ({format_points_interval(change)})"


# Classes on both sides of the gap: recall and precision of each on benchmark and field, with the
# change and its interval.

Scores = dict[str, tuple[int, Estimate, Estimate]]  # class → labels, recall, precision


def compute_class_sides(project: Project) -> tuple[ClassSides, ...] | None:
    """None without a benchmark that was run and labelled frames of the draw, or where answers name
    no class."""
    sides = load_scored_sides(project)
    if sides is None or sides.benchmark is None or sides.field.judgement is None:
        return None
    field, kept = sides.field, select_scored_picks(sides.field)
    here = _compute_class_scores(
        sides.card, field.judgement, field.scores.weight[field.labelled] * kept
    )
    if field.scores.footage.census:
        here = {
            name: (n, recall.count_in_full(), precision.count_in_full())
            for name, (n, recall, precision) in here.items()
        }
    there = _compute_class_scores(
        sides.card, sides.benchmark.judgement, np.ones(len(sides.benchmark.items))
    )
    rows = [
        _build_class_sides(name, there[name], here[name])
        for name in here
        if here[name][0] or there[name][0]
    ]
    return tuple(rows) or None


def _build_class_sides(
    name: str, there: tuple[int, Estimate, Estimate], here: tuple[int, Estimate, Estimate]
) -> ClassSides:
    (n_there, recall_there, precision_there), (n_here, recall_here, precision_here) = there, here
    return ClassSides(
        name,
        n_there,
        n_here,
        recall_there,
        recall_here,
        estimate_difference(recall_here, recall_there),
        precision_there,
        precision_here,
        estimate_difference(precision_here, precision_there),
    )


def _compute_class_scores(
    card: Card, judgement: Judgement | None, weight: NDArray[np.float64]
) -> Scores:
    """By class, over the frames with a weight; `weight`: (n,)."""
    if isinstance(judgement, ClassJudgement):
        kept = weight > 0
        rows = score_classes(
            judgement.truth[kept], judgement.predicted[kept], card.classes, weight[kept]
        )
        return {row.name: (row.n, row.recall, row.precision) for row in rows}
    if isinstance(judgement, BoxJudgement):
        return {
            name: _score_boxes(judgement, weight, k, card) for k, name in enumerate(card.classes)
        }
    if isinstance(judgement, PointJudgement):
        return {name: _score_points(judgement, weight, k) for k, name in enumerate(card.classes)}
    return {}


def _score_points(
    point_judgement: PointJudgement, weight: NDArray[np.float64], category: int
) -> tuple[int, Estimate, Estimate]:
    """One class of a segmenter: the points of a frame stand or fall together. Points say nothing of
    precision, which is not measured."""
    outcomes = point_judgement.outcomes
    mine = (outcomes.category == category) & (weight[outcomes.image] > 0)
    image = outcomes.image[mine]
    return (
        image.size,
        estimate_camera_interval(outcomes.covered[mine], weight[image], image),
        estimate_camera_interval([], [], []),
    )


def _score_boxes(
    box_judgement: BoxJudgement, weight: NDArray[np.float64], category: int, card: Card
) -> tuple[int, Estimate, Estimate]:
    """One class of a detector: objects of a frame stand or fall together, so the interval is that
    of whole frames (methods 2.4)."""
    mine = box_judgement.answers.category == category
    answers = replace(
        box_judgement.answers,
        image=box_judgement.answers.image[mine],
        category=box_judgement.answers.category[mine],
        box=box_judgement.answers.box[mine],
        score=box_judgement.answers.score[mine],
    )  # fmt: skip
    size, threshold = weight.size, card.output.threshold
    image, classes, missed = list_labelled_objects(
        box_judgement.truths, box_judgement.answers, size, len(card.classes), threshold
    )
    counted = (classes == category) & (weight[image] > 0)
    boxes = list_judged_boxes(box_judgement.truths, answers, size, len(card.classes), threshold)
    called = weight[boxes.image] > 0
    return (
        int(counted.sum()),
        estimate_class_share(~missed[counted], weight[image[counted]], image[counted]),
        estimate_camera_interval(
            boxes.right[called], weight[boxes.image[called]], boxes.image[called]
        ),
    )


SHARED_CLASSES: Analysis[SharedClasses] = Analysis(
    key="shared_classes",
    result=SharedClasses,
    compute=compute_shared_classes,
    section=build_shared_class_section,
)


CLASS_SIDES: Analysis[tuple[ClassSides, ...]] = Analysis(
    key="class_sides", result=tuple[ClassSides, ...], compute=compute_class_sides
)
