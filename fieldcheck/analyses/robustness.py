"""Robustness sections of the report: severity sweep with tipping points, out-of-distribution test,
and the evaluation sets side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import inf, nan
from typing import Any

from fieldcheck.analyses import names_and_numbers, report_data, score_charts
from fieldcheck.analyses.analysis import NOT_MEASURED, Analysis, ChecklistRule, CheckResult
from fieldcheck.analyses.blocks import Block, Cell, Heading, Paragraph, Section, Table
from fieldcheck.analyses.confident_errors import SAME_BURST_BITS
from fieldcheck.analyses.report_data import Report, ReportedPair
from fieldcheck.corruptions import messages
from fieldcheck.corruptions.catalogue import get_family
from fieldcheck.corruptions.live_frame import list_kept_pairs
from fieldcheck.corruptions.match_field import get_match
from fieldcheck.corruptions.messages import get_corruption_name, get_severity_name
from fieldcheck.corruptions.ood import load_ood_results
from fieldcheck.corruptions.sweep_scores import list_evaluation_sets, load_newest_sweep
from fieldcheck.csv_json_xml import format_csv, to_json_number, to_json_value
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import EvaluationSet
from fieldcheck.domain.report import ScoreRow
from fieldcheck.domain.robustness import (
    CLEAN,
    SEVERITIES,
    FamilyRow,
    FieldMatch,
    OodResults,
    Sweep,
    SweepRow,
)
from fieldcheck.domain.run import On
from fieldcheck.errors.message_format import format_names, format_report_remedy
from fieldcheck.files import join_inside
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_number, format_percent
from fieldcheck.imaging.codec import decode_image
from fieldcheck.imaging.quality import compute_dhash, compute_hamming_distance
from fieldcheck.imaging.thumbnail import make_look
from fieldcheck.models.scored_sides import load_benchmark_side
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.robustness import TIPPING_DROP, find_tipping_range

# What was swept, matched, tested and kept.


@dataclass(frozen=True, slots=True)
class Robustness:
    """The newest sweep, the corruption that the field was matched to, and pairs of frames that
    somebody kept; None and empty for what was not done."""

    sweep: Sweep | None = None
    field_match: FieldMatch | None = None
    pairs: tuple[ReportedPair, ...] = ()


def compute_robustness(project: Project) -> Robustness:
    """Loads sweep, match and kept pairs of the newest model."""
    model = project.read(models_table.get_newest_model)
    sweep = load_newest_sweep(project, model) if model else None
    return Robustness(sweep, get_match(project), load_reported_pairs(project))


def get_robustness(report: Report) -> Robustness:
    """Returns the sweep, match and pairs that the report holds."""
    return ROBUSTNESS.get_result(report) or Robustness()


def compute_evaluation_sets(project: Project) -> tuple[EvaluationSet, ...]:
    """Scores the evaluation sets of the newest model; none without a model."""
    model = project.read(models_table.get_newest_model)
    if model is None:
        return ()
    return list_evaluation_sets(project, model, load_benchmark_side(project, model))


def get_evaluation_sets(report: Report) -> tuple[EvaluationSet, ...]:
    """Returns the evaluation sets that the report holds."""
    return EVALUATION_SETS.get_result(report) or ()


def compute_ood_behaviour(project: Project) -> OodResults | None:
    """Loads the newest OOD test of the newest model."""
    model = project.read(models_table.get_newest_model)
    return load_ood_results(project, model) if model else None


def load_reported_pairs(project: Project) -> tuple[ReportedPair, ...]:
    """The pairs whose pictures are still there; none that looks like a frame on which a person is
    marked, whatever it was kept from."""
    people = project.read(labels_table.list_with_person)
    marked = [
        fact.dhash
        for fact in project.read(partial(frames_table.list_frame_facts, with_frozen=True))
        if fact.frame_id in people
    ]
    shown = []
    for pair in list_kept_pairs(project):
        files = [join_inside(project.path, file) for file in (pair.before, pair.after)]
        if all(file.is_file() for file in files):
            before, after = (file.read_bytes() for file in files)
            own = compute_dhash(make_look(decode_image(before))) if marked else 0
            if all(compute_hamming_distance(own, other) > SAME_BURST_BITS for other in marked):
                shown.append(ReportedPair(pair, before, after))
    return tuple(shown)


# Does the model know when it does not know, and what does it look at?


def build_ood_section(report: Report) -> Section:
    """Sure answers to pictures that have none, and answers that stay when something is taken
    away."""
    title, short = tr("Out-of-distribution (OOD) behaviour"), tr("OOD behaviour")
    probes = OOD_BEHAVIOUR.get_result(report)
    if probes is None:
        sentence = tr("OOD test not run yet{remedy}.", remedy=format_report_remedy("probe"))
        return Section("knows", short, title, (Paragraph(sentence),))
    blocks: list[Block] = [
        Paragraph(describe_confidence_threshold(probes), quiet=True),
        build_ood_family_table(probes),
        Heading(tr("Shortcut test")),
    ]
    blocks += [build_shortcut_table(probes), Paragraph(messages.describe_shortcut(probes.named))]
    return Section("knows", short, title, tuple(blocks))


def describe_confidence_threshold(probes: OodResults) -> str:
    """Confidence threshold: what these pictures are, and what counts as a sure answer to them."""
    sentence = tr(
        "These images have no correct class. A prediction counts as confident at {threshold} "
        "or above."
    )
    return sentence.format(threshold=format_number(probes.threshold, 2))


def build_ood_family_table(probes: OodResults) -> Table:
    """Sure answers to pictures that have none."""
    heads = (
        Cell(tr("Images"), head=True),
        Cell("n", figure=True),
        Cell(tr("confident predictions"), figure=True),
        Cell(tr("AUROC"), figure=True),
        Cell(tr("FPR at 95% TPR"), figure=True),
    )
    rows = tuple(
        (
            Cell(messages.get_ood_family_name(row.family), head=True),
            Cell(str(row.n), figure=True),
            Cell(names_and_numbers.format_counted_rate(row.rate), figure=True),
            Cell(format_number(row.auroc, 2) if row.auroc == row.auroc else "–", figure=True),
            Cell(format_percent(row.fpr95) if row.fpr95 == row.fpr95 else "–", figure=True),
        )
        for row in probes.families
    )
    return Table(tr("Confident predictions on out-of-distribution images"), heads, rows)


def build_shortcut_table(probes: OodResults) -> Table:
    """Shortcut probes: what became of a model's answers when something was taken away."""
    heads = (Cell(tr("Change to field frames"), head=True), Cell(tr("Effect on predictions")))
    rows = tuple(
        (
            Cell(messages.get_shortcut_name(row.probe), head=True),
            Cell(messages.format_kept_answers(row.kept)),
        )
        for row in probes.shortcuts
    )
    return Table(tr("Predictions that survive removal of information"), heads, rows)


# Evaluation sets of a model, side by side: clean, corrupted, and failures that somebody collected.


def build_evaluation_section(report: Report) -> Section:
    """One row a set, also for a set that is missing: that it is missing is what a reader must
    know."""
    title = tr("Evaluation sets")
    sets = get_evaluation_sets(report)
    if not sets:
        return Section("sets", title, title, (Paragraph(tr("No model in this project yet.")),))
    rows = [
        ScoreRow(
            get_evaluation_set_name(evaluation_set),
            evaluation_set.n,
            format_set_score(evaluation_set),
            evaluation_set.score,
        )
        for evaluation_set in sets
    ]
    note = tr("Clean images alone are the easiest of the three evaluation sets.")
    score = names_and_numbers.get_metric_name(report.own_metric)
    return Section(
        "sets",
        title,
        title,
        (Paragraph(note, quiet=True), score_charts.build_score_table(score, rows)),
    )


def get_evaluation_set_name(evaluation_set: EvaluationSet) -> str:
    """A set in words."""
    return {
        "clean": tr("Clean: the benchmark"),
        "damaged": tr("Corrupted: the benchmark under every moderate corruption"),
        "collected": tr("Collected failures: {name}", name=evaluation_set.name)
        if evaluation_set.name
        else tr("Collected failures"),
    }[evaluation_set.kind]


def describe_missing_score(evaluation_set: EvaluationSet) -> str:
    """Why a set has no score."""
    return {
        "no_set": tr("none yet"),
        "gone": tr("missing or modified"),
        "not_run": tr("not run yet"),
    }.get(evaluation_set.score.note, tr("not measured"))


def format_set_score(evaluation_set: EvaluationSet) -> str:
    """Its score with the range, or why there is none."""
    if not evaluation_set.score.measured:
        return describe_missing_score(evaluation_set)
    return names_and_numbers.format_counted_value(evaluation_set.score)


def build_robustness_section(report: Report) -> Section:
    """A heat table for each set that was swept."""
    title = tr("Robustness to corruptions")
    result = get_robustness(report)
    sweep = result.sweep
    if sweep is None:
        sentence = tr(
            "Corruption sweep not run yet{remedy}.", remedy=format_report_remedy("stress")
        )
        return Section(
            "breaks",
            title,
            title,
            (
                Paragraph(sentence),
                *_build_match_blocks(result.field_match),
                *report_data.build_pair_blocks(result.pairs),
            ),
        )
    note = tr(
        "Every image is degraded by computer and predicted again. The tipping point is the "
        "severity at which "
        "a corruption costs 20 pp (1 mild, 3 moderate, 5 severe). The 95% CI of every value "
        "is in stress.csv."
    )
    blocks: list[Block] = [Paragraph(note, quiet=True)]
    for set_name in dict.fromkeys(row.on for row in sweep.rows):
        blocks += _build_set_blocks(sweep, set_name, report.own_metric)
    blocks += [*_build_likeness_blocks(sweep), *_build_match_blocks(result.field_match)]
    blocks += report_data.build_pair_blocks(result.pairs)
    return Section("breaks", title, title, tuple(blocks))


def _build_likeness_blocks(sweep: Sweep) -> list[Block]:
    """How like the original each corruption leaves a picture: measured, never what a severity is
    set by."""
    measured_rows = [row for row in sweep.rows if row.ssim is not None]
    if not measured_rows:
        return []
    severities = sorted({row.severity for row in measured_rows})
    heads = (
        Cell(tr("Corruption"), head=True),
        *(Cell(get_severity_name(severity), figure=True) for severity in severities),
    )
    by_name = {
        name: {row.severity: row for row in measured_rows if row.corruption == name}
        for name in dict.fromkeys(row.corruption for row in measured_rows)
    }
    rows = tuple(
        (
            Cell(get_corruption_name(name), head=True),
            *(
                Cell(messages.describe_row_likeness(own.get(severity)), figure=True)
                for severity in severities
            ),
        )
        for name, own in by_name.items()
    )
    caption = tr(
        "Similarity of corrupted to original benchmark images (luma only): median PSNR and SSIM"
    )
    return [Table(caption, heads, rows, "counts")]


def _build_match_blocks(field_match: FieldMatch | None) -> list[Block]:
    """Corruption that the field looks like, and the best three."""
    if field_match is None:
        return []
    blocks: list[Block] = [
        Heading(tr("Corruption closest to the field")),
        Paragraph(messages.describe_match(field_match)),
    ]
    if field_match.top:
        best = ", ".join(messages.format_candidate(candidate) for candidate in field_match.top)
        blocks.append(
            Paragraph(
                tr("Share of the difference explained at best fit: {best}", best=best), quiet=True
            )
        )
    return blocks


@dataclass(frozen=True, slots=True)
class SweepHeatmap:
    """The heat table of one set. `names` are the corruptions of its lines, `severities` those of
    its columns, of which the first is `first`; `partial`: not every frame is answered yet. `losses`
    are the shares lost against the clean frames, one for each line and severity, NaN where it was
    not run; `tips`: the severity at which each line has tipped, as a word, and `tip_ranges` its 95%
    interval."""

    on: On
    heading: str
    table: Table
    names: tuple[str, ...]
    severities: tuple[float, ...]
    first: int
    partial: bool
    losses: tuple[tuple[float, ...], ...] = ()
    tips: tuple[str, ...] = ()
    tip_ranges: tuple[str, ...] = ()


def build_sweep_heatmap(
    sweep: Sweep, set_name: On, metric: str, order: Sequence[str] = ()
) -> SweepHeatmap | None:
    """The table as every reader sees it; None where nothing was swept. `metric`: what the frames
    are scored with; `order`: the corruptions of a table that it stands beside, first in its
    order."""
    clean, *cells = [row for row in sweep.rows if row.on == set_name]
    if not cells:
        return None
    labelled = clean.value.measured
    severities = sorted({row.severity for row in cells})
    heads = [Cell(tr("Corruption"), head=True)]
    heads += [Cell(tr("clean"), figure=True)] if labelled else []
    heads += [Cell(get_severity_name(severity), figure=True) for severity in severities]
    heads += [Cell(tr("Tipping point"), figure=True)] if labelled else []
    lines = _sort_worst_first(cells)
    positions = {name: index for index, name in enumerate(order)}
    lines.sort(key=lambda line: positions.get(line[0], len(positions)))
    rows = tuple(_build_corruption_row(name, clean, own, severities) for name, own in lines)
    score = names_and_numbers.get_metric_name(metric)
    caption = score if labelled else tr("Changed predictions")
    heading, table = (
        f"{messages.get_sweep_set_name(set_name)}, n = {clean.value.n}",
        Table(caption, tuple(heads), rows, "counts"),
    )
    return SweepHeatmap(
        set_name,
        heading,
        table,
        tuple(name for name, _ in lines),
        tuple(severities),
        1 + labelled,
        set_name in sweep.partial,
        tuple(_compute_losses(clean, own, severities) for _, own in lines),
        tuple(_get_tip_name(own[0].tipping, severities) for _, own in lines) if labelled else (),
        tuple(_format_tip_range(own, severities) for _, own in lines) if labelled else (),
    )


def _compute_losses(
    clean: SweepRow, own: Sequence[SweepRow], severities: Sequence[float]
) -> tuple[float, ...]:
    """The share lost at each severity; of unlabelled frames that of changed predictions."""
    by_severity = {row.severity: row for row in own}
    if not clean.value.measured:
        return tuple(
            by_severity[severity].flips.value if severity in by_severity else nan
            for severity in severities
        )
    return tuple(
        clean.value.value - by_severity[severity].value.value if severity in by_severity else nan
        for severity in severities
    )


def _get_tip_name(tipping: float | None, severities: Sequence[float]) -> str:
    """The first severity that was run at which the corruption has tipped."""
    if tipping is None:
        return tr("not reached")
    return get_severity_name(min(severity for severity in severities if severity >= tipping))


def _format_tip_range(own: Sequence[SweepRow], severities: Sequence[float]) -> str:
    """From the first severity at which a tipping point is not excluded to the first at which it is
    demonstrated."""
    rows = [row for row in own if row.drop.measured]
    ends = find_tipping_range(
        [0.0, *(row.severity for row in rows)],
        [0.0, *(row.drop.lo for row in rows)],
        [0.0, *(row.drop.hi for row in rows)],
    )
    return "–".join(dict.fromkeys(_get_tip_name(end, severities) for end in ends))


def build_tipping_table(heats: Sequence[SweepHeatmap]) -> Table | None:
    """The tipping points of all corruptions on all labelled sets, a line for each line of the heat
    tables, each with its 95% interval; None where nothing labelled was swept."""
    shown = [heat for heat in heats if heat.tips]
    if not shown:
        return None
    heads = [Cell(tr("Corruption"), head=True)]
    for heat in shown:
        heads += [Cell(heat.heading), Cell(tr("95% CI"))]
    tips = [dict(zip(heat.names, heat.tips, strict=True)) for heat in shown]
    ranges = [dict(zip(heat.names, heat.tip_ranges, strict=True)) for heat in shown]
    rows = []
    for name in shown[0].names:
        cells = [Cell(get_corruption_name(name), head=True)]
        for own, interval in zip(tips, ranges, strict=True):
            cells += [Cell(own.get(name, "–")), Cell(interval.get(name, "–"))]
        rows.append(tuple(cells))
    return Table(tr("Tipping point, −20 pp"), tuple(heads), tuple(rows))


def _build_set_blocks(sweep: Sweep, set_name: On, metric: str) -> list[Block]:
    sweep_heatmap = build_sweep_heatmap(sweep, set_name, metric)
    if sweep_heatmap is None:
        return []
    blocks: list[Block] = [Heading(sweep_heatmap.heading), sweep_heatmap.table]
    if left_out := _list_missing_severities(sweep_heatmap.severities):
        names = format_names([get_severity_name(severity) for severity in left_out])
        blocks.append(
            Paragraph(
                tr(
                    "Not run at {severities}: the tipping point is reported only up to the "
                    "severities that were run.",
                    severities=names,
                ),
                quiet=True,
            )
        )
    if sweep_heatmap.partial:
        blocks.append(
            Paragraph(
                tr("The sweep was stopped early: values cover the frames run so far."), quiet=True
            )
        )
    return blocks


def _sort_worst_first(cells: Sequence[SweepRow]) -> list[tuple[str, list[SweepRow]]]:
    """What tips earliest comes first, then what costs or changes most."""
    by_name: dict[str, list[SweepRow]] = {}
    for row in cells:
        by_name.setdefault(row.corruption, []).append(row)
    return sorted(by_name.items(), key=lambda item: _sort_key(item[1]))


def _sort_key(own: Sequence[SweepRow]) -> tuple[float, float]:
    tipping = own[0].tipping
    kept = [row.value.value if row.value.measured else -row.flips.value for row in own]
    return (inf if tipping is None else tipping, min(kept))


def _build_corruption_row(
    name: str, clean: SweepRow, own: Sequence[SweepRow], severities: Sequence[float]
) -> tuple[Cell, ...]:
    by_severity = {row.severity: row for row in own}
    cells = [Cell(get_corruption_name(name), head=True)]
    if clean.value.measured:
        cells.append(_build_heat_cell(clean))
    cells += [
        _build_heat_cell(by_severity[severity])
        if severity in by_severity
        else Cell("", figure=True)
        for severity in severities
    ]
    if clean.value.measured:
        cells.append(Cell(_format_tipping_point(own[0].tipping, severities), figure=True))
    return tuple(cells)


def _format_tipping_point(tipping: float | None, severities: Sequence[float]) -> str:
    """Tipping point between the severities that were run; where one of the three was left out only
    the first run one behind it."""
    if tipping is None:
        return "–"
    if not _list_missing_severities(severities):
        return format_number(tipping, 1)
    return f"≤ {format_number(min(severity for severity in severities if severity >= tipping), 0)}"


def _list_missing_severities(severities: Sequence[float]) -> list[float]:
    return [severity for severity in SEVERITIES.values() if severity not in severities]


def _build_heat_cell(row: SweepRow) -> Cell:
    """The share right, darker the less of it; where nothing is labelled the share of changed
    answers, darker the more."""
    shown = row.value if row.value.measured or row.corruption == CLEAN else row.flips
    good = row.value.value if row.value.measured else 1 - row.flips.value
    sentence = (
        names_and_numbers.format_value_with_count(shown)
        if shown is row.value
        else names_and_numbers.format_rate(shown)
    )
    return Cell(sentence, figure=True, colours=score_charts.compute_shade(good))


# The sweep as `stress.csv`, and the published parts of `summary.json`.

STRESS_COLUMNS = (
    *(
        "corruption",
        "family",
        "severity",
        "on",
        "n",
        "value",
        "lo",
        "hi",
        "n_eff",
        "method",
        "status",
        "drop",
        "drop_lo",
        "drop_hi",
    ),
    *(
        "flip_rate",
        "flip_lo",
        "flip_hi",
        "median_confidence",
        "tipping",
        "auc",
        "sure_wrong",
        "sure_wrong_lo",
        "sure_wrong_hi",
    ),
    *("psnr", "ssim"),
)


def format_stress_csv(report: Report) -> str:
    """One row for every corruption, severity and set that was swept, clean first; only the header
    where nothing was."""
    sweep = get_robustness(report).sweep
    return format_csv(
        STRESS_COLUMNS, (build_stress_cells(row) for row in (sweep.rows if sweep else ()))
    )


def build_stress_cells(row: SweepRow) -> tuple[str | int | float | bool | None, ...]:
    """A row of stress.csv; None for what was not measured."""
    value, confident_wrong = row.value, row.confident_wrong
    return (
        *(
            row.corruption,
            row.family,
            row.severity,
            row.on,
            value.n,
            *_get_limits(value),
            to_json_number(value.n_eff),
            value.method,
            value.status,
        ),
        *(
            *_get_limits(row.drop),
            *_get_limits(row.flips),
            to_json_number(row.median_confidence),
            row.tipping,
            row.auc,
            *_get_limits(confident_wrong),
            row.psnr,
            row.ssim,
        ),
    )


def _get_limits(estimate: Estimate) -> tuple[float | None, float | None, float | None]:
    return to_json_number(estimate.value), to_json_number(estimate.lo), to_json_number(estimate.hi)


def export_evaluation_sets(report: Report) -> dict[str, Any]:
    """Returns the three evaluation sets."""
    return {"evaluation_sets": to_json_value(get_evaluation_sets(report))}


def export_stress(report: Report) -> dict[str, Any]:
    """Returns sweep, tipping points, matched corruption, OOD test and shortcut test."""
    result, probes = get_robustness(report), OOD_BEHAVIOUR.get_result(report)
    sweep, match = result.sweep, result.field_match
    return {
        "stress": None if sweep is None else to_json_value(sweep.rows),
        "tipping": None if sweep is None else _export_tipping_points(sweep),
        "matched_corruption": None if match is None else _export_match(match),
        "probes": None if probes is None else [_export_ood_family(row) for row in probes.families],
        "shortcuts": None
        if probes is None
        else {"probes": to_json_value(probes.shortcuts), "named": list(probes.named)},
    }


def _export_tipping_points(sweep: Sweep) -> list[dict[str, Any]]:
    return [
        {"corruption": corruption, "on": set_name, "severity": to_json_number(severity)}
        for corruption, set_name, severity in sweep.get_tipping_severities()
    ]


def _export_match(match: FieldMatch) -> dict[str, Any]:
    """The named corruption stands among the other keys, null where no single one explains the
    field."""
    document = match.to_json()
    keys = ("family", "corruption", "severity", "explained", "untouched")
    named = document.pop("named") or dict.fromkeys(keys)
    reason, wins, top = (document.pop(key) for key in ("reason", "wins", "top"))
    return {**named, "reason": reason or None, "wins": wins, "top": top, **document}


def _export_ood_family(row: FamilyRow) -> dict[str, Any]:
    return {**to_json_value(row), "most": row.most or None}


# What the checklist asks of them.

MOST_CONFIDENT_ON_OOD = 0.05


def check_ood_confidence(report: Report) -> CheckResult:
    """Judges the limits of the share of confident predictions of every family of images."""
    probes = OOD_BEHAVIOUR.get_result(report)
    rates = [row.rate for row in probes.families] if probes else []
    if not rates or not all(rate.measured for rate in rates):
        return NOT_MEASURED
    worst = max(rate.value for rate in rates)
    if all(rate.hi <= MOST_CONFIDENT_ON_OOD for rate in rates):
        return "pass", worst
    return "fail" if any(rate.lo > MOST_CONFIDENT_ON_OOD for rate in rates) else "too_few", worst


def check_evaluation_sets(report: Report) -> CheckResult:
    """Judges how many of the three evaluation sets have a score."""
    sets = get_evaluation_sets(report)
    kinds = {evaluation_set.kind for evaluation_set in sets if evaluation_set.score.measured}
    if not sets:
        return NOT_MEASURED
    return "pass" if len(kinds) == 3 else "too_few", float(len(kinds))


def check_tipping_point(report: Report) -> CheckResult:
    """Judges the limits of what a moderate corruption that the field was matched to costs, and
    shows the lowest severity at which one tips the model."""
    result = get_robustness(report)
    sweep, match = result.sweep, result.field_match
    if sweep is None or match is None:
        return NOT_MEASURED
    on_site = {get_family(name) for name, _ in match.named_corruptions}
    moderate = SEVERITIES["moderate"]
    swept = [
        row
        for row in sweep.rows
        if row.severity == moderate and row.drop.measured
        if get_family(row.corruption) in on_site
    ]
    if not on_site or {get_family(row.corruption) for row in swept} != on_site:
        return NOT_MEASURED
    tips = [row.tipping for row in swept if row.tipping is not None and row.tipping <= moderate]
    lowest = min(tips, default=None)
    if any(row.drop.lo > TIPPING_DROP for row in swept):
        return "fail", lowest
    if not all(row.drop.hi <= TIPPING_DROP for row in swept):
        return "too_few", lowest
    return NOT_MEASURED if any(row.on in sweep.partial for row in swept) else ("pass", None)


EVALUATION_SETS: Analysis[tuple[EvaluationSet, ...]] = Analysis(
    key="evaluation_sets",
    compute=compute_evaluation_sets,
    report_section=build_evaluation_section,
    summary=export_evaluation_sets,
    checklist=(
        ChecklistRule(
            "three_slices",
            10,
            lambda: tr("Three evaluation sets exist: clean, corrupted, collected failures"),
            lambda: tr(
                "Run the benchmark and the corruption sweep, and add a folder of collected "
                "failures."
            ),
            check_evaluation_sets,
        ),
    ),
)


ROBUSTNESS: Analysis[Robustness] = Analysis(
    key="robustness",
    compute=compute_robustness,
    report_section=build_robustness_section,
    summary=export_stress,
    sheets={"stress.csv": format_stress_csv},
    measured=lambda report: get_robustness(report).sweep is not None,
    checklist=(
        ChecklistRule(
            "tipping",
            11,
            lambda: tr("No moderate corruption that also occurs on site costs 20 pp"),
            lambda: tr("Run the corruption sweep and match the field to a corruption."),
            check_tipping_point,
            format_figure=lambda severity: names_and_numbers.format_decimal(severity, 1),
            by_predictions=True,
        ),
    ),
)


OOD_BEHAVIOUR: Analysis[OodResults] = Analysis(
    key="confidence",
    compute=compute_ood_behaviour,
    report_section=build_ood_section,
    measured=lambda report: OOD_BEHAVIOUR.get_result(report) is not None,
    checklist=(
        ChecklistRule(
            "nonsense",
            9,
            lambda: tr("At most 5% confident predictions on out-of-distribution images"),
            lambda: tr("Run the OOD test."),
            check_ood_confidence,
            format_figure=format_percent,
            by_predictions=True,
        ),
    ),
)
