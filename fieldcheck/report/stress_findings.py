"""Stress findings of sweeps and probes of the newest model, for a screen: the report's own tables
and sentences, nothing computed anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from fieldcheck.analyses import names_and_numbers, robustness
from fieldcheck.analyses.blocks import Table
from fieldcheck.corruptions import messages
from fieldcheck.corruptions.match_field import get_match
from fieldcheck.corruptions.messages import describe_likeness, get_severity_name
from fieldcheck.corruptions.ood import load_ood_results
from fieldcheck.corruptions.sweep_scores import (
    compute_sweep_scores,
    get_newest_seed,
    list_evaluation_sets,
)
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.robustness import CLEAN, Sweep, SweepRow
from fieldcheck.domain.run import On, StoredModel
from fieldcheck.i18n import language
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_number
from fieldcheck.models.scored_sides import get_scored_metric, load_benchmark_side
from fieldcheck.models.store import get_card
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.robustness import CONFIDENT

Point: TypeAlias = tuple[float, float]  # severity, share


@dataclass(frozen=True, slots=True)
class SweepCurve:
    """How the share correct (for footage, the share of unchanged predictions) and the confidence
    change with severity, for one corruption on one set. `short`: a short line for each severity;
    `caption`: how the confidence changes with severity; `metric`: name of the share."""

    on: On
    corruption: str
    right: tuple[Point, ...]
    sure: tuple[Point, ...]
    short: tuple[tuple[float, str], ...]
    caption: str
    metric: str


@dataclass(frozen=True, slots=True)
class StressFindings:
    """`sets`: the three sets to test on, each with its score in words. `heats` and `curves` are
    empty and `seed` is None before the first sweep; `families`, `shortcuts`, `leaning` and
    `sure_from` say nothing before the first probes, `matched` nothing before somebody asked what
    the field looks like, and `match_sample` nothing of what that rests on."""

    sets: tuple[tuple[str, str], ...] = ()
    seed: int | None = None
    heats: tuple[robustness.SweepHeatmap, ...] = ()
    curves: tuple[SweepCurve, ...] = ()
    lines: tuple[tuple[On, str, float, str], ...] = ()
    tips: Table | None = None
    families: Table | None = None
    shortcuts: Table | None = None
    leaning: str = ""
    sure_from: str = ""
    matched: str = ""
    match_sample: str = ""

    def get_line(self, set_name: On, corruption: str, severity: float) -> str:
        """Line on one cell of the sweep; nothing where it has not been there."""
        return next(
            (
                text
                for where, name, index, text in self.lines
                if (where, name, index) == (set_name, corruption, severity)
            ),
            "",
        )

    def get_short_lines(self, corruption: str, severity: float) -> str:
        """Short lines, one for every set, in few words."""
        result = (curve for curve in self.curves if curve.corruption == corruption)
        return "\n".join(
            text for curve in result for index, text in curve.short if index == severity
        )


def make_stress_findings(project: Project, lang: str) -> StressFindings:
    """Stress findings as they stand now, in the language `lang`. Nothing is written; without a
    model there is nothing."""
    model = project.read(models_table.get_newest_model)
    if model is None:
        return StressFindings()
    with language.use_language(lang):
        return _collect_findings(project, model)


def _collect_findings(project: Project, model: StoredModel) -> StressFindings:
    sets = tuple(
        (
            robustness.get_evaluation_set_name(evaluation_set),
            robustness.format_set_score(evaluation_set),
        )
        for evaluation_set in list_evaluation_sets(
            project, model, load_benchmark_side(project, model)
        )
    )
    probes, seed = load_ood_results(project, model), get_newest_seed(project, model)
    sweep = compute_sweep_scores(project, model, seed) if seed is not None else None
    matched = get_match(project)
    stress_findings = StressFindings(
        sets,
        matched=messages.describe_matched_corruption(matched) if matched else "",
        match_sample=messages.describe_match_sample(matched) if matched else "",
        families=robustness.build_ood_family_table(probes) if probes else None,
        shortcuts=robustness.build_shortcut_table(probes) if probes else None,
        leaning=messages.describe_shortcut(probes.named) if probes else "",
        sure_from=robustness.describe_confidence_threshold(probes) if probes else "",
    )
    return (
        stress_findings
        if sweep is None or not sweep.rows
        else _add_sweep(stress_findings, sweep, get_scored_metric(get_card(model)))
    )


def _add_sweep(stress_findings: StressFindings, sweep: Sweep, metric: str) -> StressFindings:
    sets: tuple[On, ...] = tuple(dict.fromkeys(row.on for row in sweep.rows))
    heats: tuple[robustness.SweepHeatmap, ...] = ()
    for set_name in sets:  # the lines of all stand in the order of the first, which is worst first
        order = heats[0].names if heats else ()
        heat = robustness.build_sweep_heatmap(sweep, set_name, metric, order)
        heats += (heat,) if heat is not None else ()
    curves = tuple(
        _make_curve(sweep, heat.on, name, metric) for heat in heats for name in heat.names
    )
    lines = tuple(
        (row.on, row.corruption, row.severity, _format_line(row))
        for row in sweep.rows
        if row.corruption != CLEAN
    )
    return replace(
        stress_findings,
        seed=sweep.seed,
        heats=heats,
        curves=curves,
        lines=lines,
        tips=robustness.build_tipping_table(heats),
    )


def _make_curve(sweep: Sweep, set_name: On, corruption: str, metric: str) -> SweepCurve:
    rows = [
        row for row in sweep.rows if row.on == set_name and row.corruption in (CLEAN, corruption)
    ]
    name = (
        names_and_numbers.get_metric_name(metric)
        if any(row.value.measured for row in rows)
        else tr("Unchanged predictions")
    )
    right = tuple((row.severity, _get_kept_share(row)) for row in rows)
    sure = tuple(
        (row.severity, row.median_confidence)
        for row in rows
        if row.median_confidence == row.median_confidence
    )
    short = tuple(
        (
            row.severity,
            f"{messages.get_sweep_set_name(set_name)}: {_format_short_line(row, rows[0])}",
        )
        for row in rows[1:]
    )
    return SweepCurve(set_name, corruption, right, sure, short, _describe_confidence(rows), name)


def _get_kept_share(row: SweepRow) -> float:
    if row.value.measured:
        return row.value.value
    return 1.0 if row.corruption == CLEAN else 1 - row.flips.value


def _describe_confidence(rows: list[SweepRow]) -> str:
    """Whether the model knows how bad it is: it may be wrong if it is unsure then."""
    clean, *cells = rows
    if not cells or clean.median_confidence != clean.median_confidence:
        return ""
    return tr(
        "Median confidence {clean} clean, {worst} at {severity}.",
        clean=format_number(clean.median_confidence, 2),
        worst=format_number(cells[-1].median_confidence, 2),
        severity=get_severity_name(cells[-1].severity),
    )


def _format_line(row: SweepRow) -> str:
    """Right answers, changed ones, and those that nobody would have looked at twice."""
    sentence = (
        [tr("{value} correct", value=_format_interval(row.value))] if row.value.measured else []
    )
    sentence.append(
        tr(
            "predictions changed: {share}",
            share=names_and_numbers.format_rate_with_range(row.flips),
        )
    )
    if row.confident_wrong.measured:
        sentence.append(
            tr(
                "wrong at confidence {limit} or more: {share}",
                share=names_and_numbers.format_rate_with_range(row.confident_wrong),
                limit=format_number(CONFIDENT, 2),
            )
        )
    if row.median_confidence == row.median_confidence:
        sentence.append(
            tr("median confidence {share}", share=format_number(row.median_confidence, 2))
        )
    if row.psnr is not None and row.ssim is not None:
        sentence.append(describe_likeness(row.psnr, row.ssim))
    return "; ".join(sentence)


def _format_short_line(row: SweepRow, clean: SweepRow) -> str:
    if row.value.measured:
        return tr(
            "{value} correct, clean {clean}",
            value=_format_interval(row.value),
            clean=_format_interval(clean.value),
        )
    return tr(
        "predictions changed: {share}", share=names_and_numbers.format_rate_with_range(row.flips)
    )


def _format_interval(estimate: Estimate) -> str:
    return names_and_numbers.format_value_with_range(estimate)
