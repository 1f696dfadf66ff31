"""Class imbalance: error of the rarest classes relative to that of the commonest, with its interval
(methods 10), and the report section."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, log, sqrt
from typing import Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from fieldcheck.analyses import names_and_numbers
from fieldcheck.analyses.analysis import NOT_MEASURED, Analysis, ChecklistRule, CheckResult
from fieldcheck.analyses.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.analyses.report_data import Report
from fieldcheck.domain.estimate import FEW_FRAMES, CheckState, Estimate
from fieldcheck.errors.message_format import format_names
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number, format_percent
from fieldcheck.models.scored_sides import load_labelled_objects
from fieldcheck.project.project import Project
from fieldcheck.stats.camera_interval import FEWEST_CLIPS
from fieldcheck.stats.weighted_field_score import estimate_class_share
from fieldcheck.stats.wilson_interval import Z95

ALARM_RATIO = 3.0  # the article's
# below: every class alone; from the second on: tenths of the classes; between: thirds
FEW_CLASSES, MANY_CLASSES = 6, 20

ImbalanceState = Literal["alarm", "quiet", "too_few"]


@dataclass(frozen=True, slots=True)
class FrequencyGroup:
    """Classes of about the same frequency: `share` of the field that they make up, weighted;
    `wrong` of `n` labelled frames (detection: labelled objects that were missed) of `n_clips`
    clips; `error`, the weighted share that is wrong."""

    classes: tuple[str, ...]
    share: float
    n: int
    wrong: int
    n_clips: int
    error: Estimate


@dataclass(frozen=True, slots=True)
class Imbalance:
    """`groups`, the rarest first. `ratio`: error of the rarest over that of the commonest group, a
    ratio and no share (methods 10)."""

    groups: tuple[FrequencyGroup, ...]
    ratio: Estimate
    state: ImbalanceState


def measure_imbalance(
    truth: NDArray[np.int64],
    wrong: NDArray[np.bool_],
    weight: NDArray[np.float64],
    clip: NDArray[np.generic],
    names: tuple[str, ...],
    frame: NDArray[np.int64] | None = None,
) -> Imbalance:
    """Error by frequency group of (n,) labelled frames or objects: `truth` class indices, `weight`
    of the draw, `clip` ids; `names` by class index; `frame` which frame an object lies on. The
    interval of the ratio is widened where errors hang together by clip."""
    counted = np.bincount(truth, weights=weight, minlength=len(names))
    present = np.flatnonzero(counted > 0)
    rarest_first = present[np.argsort(counted[present], kind="stable")]
    members = group_by_frequency(rarest_first)
    groups = tuple(
        _score_group(group, truth, wrong, weight, clip, names, frame) for group in members
    )
    if len(groups) < 2:
        return Imbalance(groups, Estimate.not_measured("one_class", truth.size), "too_few")
    rare, common = groups[0], groups[-1]
    wider = compute_clip_widening(
        wrong, np.isin(truth, members[0]), np.isin(truth, members[-1]), clip
    )
    ratio = estimate_error_ratio(rare.wrong, rare.n, common.wrong, common.n, wider)
    return Imbalance(groups, ratio, decide_state(ratio, rare, common))


def group_by_frequency(classes: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """(k,) classes by rising frequency → groups of as many classes each: ten, three, or one a class
    where there are few."""
    n = classes.size
    return np.array_split(
        classes, 10 if n >= MANY_CLASSES else 3 if n >= FEW_CLASSES else max(1, n)
    )


def estimate_error_ratio(
    wrong_a: int, n_a: int, wrong_b: int, n_b: int, wider: float = 1.0
) -> Estimate:
    """Error of a over that of b, each (wrong + ½)/(n + 1), with limits on the logarithm, whose arms
    are `wider` times those of independent frames.

    Value and limits are ratios ≥ 0. Source: Katz et al. 1978 with half an error more; methods 10.
    """
    if not (n_a and n_b):
        return Estimate.not_measured("no_labels", n_a + n_b)
    a, b = wrong_a + 0.5, wrong_b + 0.5
    ln = log(a / (n_a + 1)) - log(b / (n_b + 1))
    half = wider * Z95 * sqrt(1 / a - 1 / (n_a + 1) + 1 / b - 1 / (n_b + 1))
    return Estimate.from_limits(
        exp(ln),
        exp(ln - half),
        exp(ln + half),
        n=n_a + n_b,
        n_eff=float(n_a + n_b),
        method="log_ratio",
    )


def compute_clip_widening(
    wrong: NDArray[np.bool_],
    rare: NDArray[np.bool_],
    common: NDArray[np.bool_],
    clip: NDArray[np.generic],
) -> float:
    """How many times wider the logarithm of the ratio is because of clips: root of its variance by
    clip over that of independent frames, never below 1, times Student's quantile over the normal
    one. All (n,); 1 below three clips, of which `decide_state` says nothing more.

    Source: Korn & Graubard 1998, linearised: each clip adds (its errors − its expected ones) over
    the expected errors of a group.
    """
    names, member = np.unique(clip, return_inverse=True)
    if names.size < FEWEST_CLIPS:
        return 1.0
    pulls, plain = np.zeros(names.size), 0.0
    for sign, group in ((1.0, rare), (-1.0, common)):
        n, k = int(group.sum()), float((wrong & group).sum()) + 0.5
        rate = k / (n + 1)
        pulls += sign * np.bincount(member[group], (wrong[group] - rate) / k, names.size)
        plain += 1 / k - 1 / (n + 1)
    by_clip = names.size / (names.size - 1) * float(pulls @ pulls)
    return (
        max(1.0, sqrt(by_clip / plain)) * float(scipy.special.stdtrit(names.size - 1, 0.975)) / Z95
    )


def decide_state(ratio: Estimate, rare: FrequencyGroup, common: FrequencyGroup) -> ImbalanceState:
    """`alarm` from 3 on where the whole interval is above 1 and rests on ten labels of either group
    and three clips of the rare one; `quiet` where 3 is excluded; else more labels would tell."""
    enough = min(rare.n, common.n) >= FEW_FRAMES and rare.n_clips >= FEWEST_CLIPS
    if ratio.value >= ALARM_RATIO and rare.wrong and ratio.lo > 1 and enough:
        return "alarm"
    return "quiet" if ratio.hi < ALARM_RATIO and rare.n >= FEW_FRAMES else "too_few"


def _score_group(
    group: NDArray[np.int64],
    truth: NDArray[np.int64],
    wrong: NDArray[np.bool_],
    weight: NDArray[np.float64],
    clip: NDArray[np.generic],
    names: tuple[str, ...],
    frame: NDArray[np.int64] | None,
) -> FrequencyGroup:
    inside = np.isin(truth, group)
    return FrequencyGroup(
        classes=tuple(names[k] for k in group.tolist()),
        share=float(weight[inside].sum() / weight.sum()),
        n=int(inside.sum()),
        wrong=int(wrong[inside].sum()),
        n_clips=int(np.unique(clip[inside]).size),
        error=estimate_class_share(
            wrong[inside].astype(np.float64),
            weight[inside],
            None if frame is None else frame[inside],
        ),
    )


# Class imbalance on the page: error by frequency of the classes, and whether the rare ones are the
# silent failure.

MOST_NAMES = 4


def build_imbalance_section(result: Imbalance | None) -> Section:
    """One row a group, the rarest first, and the ratio with its range."""
    title = tr("Rare and common classes")
    if result is None:
        sentence = tr("Not measured: no labelled frame of the sample has a class prediction.")
        return Section("imbalance", title, title, (Paragraph(sentence, quiet=True),))
    heads = (
        Cell(tr("Classes, rarest first"), head=True),
        Cell(tr("share of the field"), figure=True),
        Cell("n", figure=True),
        Cell(tr("wrong"), figure=True),
        Cell(tr("error"), figure=True),
    )
    blocks: list[Block] = [Paragraph(describe_error_ratio(result))]
    if len(result.groups) > 1:  # the error of the only one is told by the scores of all
        rows = tuple(_build_group_row(group) for group in result.groups)
        blocks.append(Table(tr("Error rate by class frequency, weighted"), heads, rows))
    return Section("imbalance", title, title, tuple(blocks))


def describe_error_ratio(imbalance: Imbalance) -> str:
    """The ratio in words, no stronger than its range."""
    ratio = imbalance.ratio
    if not ratio.measured:
        return tr("Insufficient data: only one class has labels.")
    if ratio.n < FEW_FRAMES:
        few = tr_plural(
            "Insufficient data: {n} labelled frame is too few to compare rare and common classes.",
            (
                "Insufficient data: {n} labelled frames are too few to compare rare and common "
                "classes."
            ),
            ratio.n,
        )
        return few.format(n=ratio.n)
    figures = {
        "ratio": format_number(ratio.value, 1),
        "lo": format_number(ratio.lo, 1),
        "hi": format_number(ratio.hi, 1),
        "n": ratio.n,
    }
    first = tr(
        "The rarest classes have {ratio} times the error rate of the most common classes "
        "({lo}–{hi}, n = {n})."
    )
    then = {
        "alarm": tr(
            "Demonstrated: rare classes are wrong more often than common ones. The mean score "
            "hides this; the interval shows by how much."
        ),
        "quiet": tr("A factor of 3 is excluded."),
        "too_few": tr("Too few labels of rare classes to exclude a factor of 3."),
    }[imbalance.state]
    # a ratio of nothing to nothing is the prior's
    if not any(group.wrong for group in imbalance.groups):
        first = tr("No wrong predictions on labelled frames; nothing to compare.")
    return f"{first.format(**figures)} {then}"


def _build_group_row(group: FrequencyGroup) -> tuple[Cell, ...]:
    names = Cell(", ".join(group.classes), head=True, short=format_names(group.classes, MOST_NAMES))
    error = names_and_numbers.format_counted_rate(group.error)
    figures = (format_percent(group.share), str(group.n), str(group.wrong), error)
    return (names, *(Cell(figure, figure=True) for figure in figures))


# Error by class frequency of a project's labelled frames or objects.


def compute_imbalance(project: Project) -> Imbalance | None:
    """None where nothing of the draw was labelled and run, or answers name no class."""
    labelled_objects = load_labelled_objects(project)
    if labelled_objects is None:
        return None
    imbalance = measure_imbalance(
        labelled_objects.truth,
        labelled_objects.wrong,
        labelled_objects.weight,
        labelled_objects.clip,
        labelled_objects.names,
        labelled_objects.frame,
    )
    if not labelled_objects.census:
        return imbalance
    groups = tuple(replace(group, error=group.error.count_in_full()) for group in imbalance.groups)
    return replace(imbalance, groups=groups)


CHECK_STATES: dict[ImbalanceState, CheckState] = {
    "alarm": "fail",
    "too_few": "too_few",
    "quiet": "pass",
}


def check_rare_classes(report: Report) -> CheckResult:
    """Judges the error ratio of rare and common classes."""
    result = ANALYSIS.get_result(report)
    if result is None or not result.ratio.measured:
        return NOT_MEASURED
    return CHECK_STATES[result.state], result.ratio.value


ANALYSIS: Analysis[Imbalance] = Analysis(
    key="imbalance",
    result=Imbalance,
    compute=compute_imbalance,
    section=build_imbalance_section,
    checklist=(
        ChecklistRule(
            "rare_classes",
            8,
            lambda: tr("Rare classes are wrong less than 3 times as often as common classes"),
            lambda: tr("Record and label more frames of the rare classes."),
            check_rare_classes,
            by_labels=True,
            by_predictions=True,
        ),
    ),
)
