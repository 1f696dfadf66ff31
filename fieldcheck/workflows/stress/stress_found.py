"""Stress findings of sweeps and probes of the newest model, for a screen: the report's own tables and sentences, nothing computed anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.run import On, StoredModel
from fieldcheck.domain.sweep import CLEAN, Sweep, SweepRow
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.report import confidence as knowing
from fieldcheck.report import evaluation_sets as tested_on
from fieldcheck.report import number_format
from fieldcheck.report import robustness as breaking
from fieldcheck.report.blocks import Table
from fieldcheck.scoring.robustness import CONFIDENT
from fieldcheck.words import language, matching, sweeps
from fieldcheck.words import ood as probing
from fieldcheck.words.corruptions import likeness, severity_name
from fieldcheck.words.figures import number
from fieldcheck.words.language import text
from fieldcheck.workflows.report.two_sides import benchmark_side
from fieldcheck.workflows.stress.evaluation_sets import evaluation_sets
from fieldcheck.workflows.stress.match_field import matched_of
from fieldcheck.workflows.stress.ood import ood_results
from fieldcheck.workflows.stress.sweep_scores import newest_seed, sweep_scores

Point: TypeAlias = tuple[float, float]  # severity, share


@dataclass(frozen=True, slots=True)
class Curve:
    """How one corruption goes on one set from clean on: the share right (of footage the share that stays), and how sure the model is.
    `short` says a severity in few words, `said` whether the model fades or falls."""

    on: On
    corruption: str
    right: tuple[Point, ...]
    sure: tuple[Point, ...]
    short: tuple[tuple[float, str], ...]
    said: str


@dataclass(frozen=True, slots=True)
class StressFindings:
    """`sets`: the three sets to test on, each with its score in words. `heats` and `curves` are empty and `seed` is None before the first
    sweep; `families`, `shortcuts`, `leaning` and `sure_from` say
    nothing before the first probes, `matched` nothing before somebody asked what the field looks like."""

    sets: tuple[tuple[str, str], ...] = ()
    seed: int | None = None
    heats: tuple[breaking.Heat, ...] = ()
    curves: tuple[Curve, ...] = ()
    lines: tuple[tuple[On, str, float, str], ...] = ()
    families: Table | None = None
    shortcuts: Table | None = None
    leaning: str = ""
    sure_from: str = ""
    matched: str = ""

    def line(self, on: On, corruption: str, severity: float) -> str:
        """Line on one cell of the sweep; nothing where it has not been there."""
        return next((said for where, name, at, said in self.lines if (where, name, at) == (on, corruption, severity)), "")

    def short(self, corruption: str, severity: float) -> str:
        """Short lines, one for every set, in few words."""
        found = (curve for curve in self.curves if curve.corruption == corruption)
        return "\n".join(said for curve in found for at, said in curve.short if at == severity)


def stress_found(project: Project, lang: str) -> StressFindings:
    """Stress findings as they stand now, in the language `lang`. Nothing is written; without a model there is nothing."""
    model = project.read(models_table.newest)
    if model is None:
        return StressFindings()
    with language.spoken(lang):
        return _told(project, model)


def _told(project: Project, model: StoredModel) -> StressFindings:
    sets = tuple((tested_on.name(one), tested_on.figure(one)) for one in evaluation_sets(project, model, benchmark_side(project, model)))
    probes, seed = ood_results(project, model), newest_seed(project, model)
    sweep = sweep_scores(project, model, seed) if seed is not None else None
    matched = matched_of(project)
    found = StressFindings(
        sets,
        matched=matching.matched(matched) if matched else "",
        families=knowing.families(probes) if probes else None,
        shortcuts=knowing.shortcuts(probes) if probes else None,
        leaning=probing.leaning(probes.named) if probes else "",
        sure_from=knowing.confident_from(probes) if probes else "",
    )
    return found if sweep is None or not sweep.rows else _with_sweep(found, sweep)


def _with_sweep(found: StressFindings, sweep: Sweep) -> StressFindings:
    sets: tuple[On, ...] = tuple(dict.fromkeys(row.on for row in sweep.rows))
    heats = tuple(heat for heat in (breaking.heat(sweep, on) for on in sets) if heat is not None)
    curves = tuple(_curve(sweep, heat.on, name) for heat in heats for name in heat.names)
    lines = tuple((row.on, row.corruption, row.severity, _line(row)) for row in sweep.rows if row.corruption != CLEAN)
    return replace(found, seed=sweep.seed, heats=heats, curves=curves, lines=lines)


def _curve(sweep: Sweep, on: On, corruption: str) -> Curve:
    rows = [row for row in sweep.rows if row.on == on and row.corruption in (CLEAN, corruption)]
    right = tuple((row.severity, _kept(row)) for row in rows)
    sure = tuple((row.severity, row.median_confidence) for row in rows if row.median_confidence == row.median_confidence)
    short = tuple((row.severity, f"{sweeps.set_name(on)}: {_short(row, rows[0])}") for row in rows[1:])
    return Curve(on, corruption, right, sure, short, _fading(rows))


def _kept(row: SweepRow) -> float:
    if row.value.measured:
        return row.value.value
    return 1.0 if row.corruption == CLEAN else 1 - row.flips.value


def _fading(rows: list[SweepRow]) -> str:
    """Whether the model knows how bad it is: it may be wrong if it is unsure then."""
    clean, *cells = rows
    if not cells or clean.median_confidence != clean.median_confidence:
        return ""
    return text("Median confidence {clean} clean, {worst} at {severity}.").format(
        clean=number(clean.median_confidence, 2), worst=number(cells[-1].median_confidence, 2), severity=severity_name(cells[-1].severity)
    )


def _line(row: SweepRow) -> str:
    """Right answers, changed ones, and those that nobody would have looked at twice."""
    said = [text("{value} correct").format(value=_span(row.value))] if row.value.measured else []
    said.append(text("{share} of predictions changed").format(share=number_format.rate_figure(row.flips)))
    if row.confident_wrong.measured:
        said.append(
            text("{share} wrong at confidence {limit} or more").format(
                share=number_format.rate_figure(row.confident_wrong), limit=number(CONFIDENT, 2)
            )
        )
    if row.median_confidence == row.median_confidence:
        said.append(text("median confidence {share}").format(share=number(row.median_confidence, 2)))
    if row.psnr is not None and row.ssim is not None:
        said.append(likeness(row.psnr, row.ssim))
    return "; ".join(said)


def _short(row: SweepRow, clean: SweepRow) -> str:
    if row.value.measured:
        return text("{value} correct, clean {clean}").format(value=_span(row.value), clean=_span(clean.value))
    return text("{share} changed").format(share=number_format.rate_figure(row.flips))


def _span(estimate: Estimate) -> str:
    return number_format.figure(estimate)
