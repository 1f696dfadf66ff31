"""What a report section consists of: blocks on the page, keys of `summary.json`, CSV files, facts;
dataclasses as plain JSON values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from math import isfinite
from types import GenericAlias
from typing import Any

from fieldcheck.analyses.blocks import LinkLine, Panels, Paragraph, Section
from fieldcheck.analyses.report_data import (
    BenchmarkResult,
    ClassRow,
    Confusion,
    Metric,
    Report,
    SliceResult,
    WorstFrame,
)
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.plot import Plot
from fieldcheck.domain.report import Decision, ReportForm
from fieldcheck.domain.robustness import FamilyRow, FieldMatch, OodResults, Sweep, SweepRow
from fieldcheck.domain.training import FieldRange, Training, find_stall
from fieldcheck.i18n import language
from fieldcheck.i18n.language import tr
from fieldcheck.report import findings
from fieldcheck.report.plots import build_panel, list_confidence_plots, list_curve_plots

# Frozen data as plain JSON values: estimates with their limits, figures that are not finite as
# null, tuples as lists.


def to_json_number(value: float | None) -> float | None:
    """The number; None where it was not measured or is not finite."""
    return float(value) if value is not None and isfinite(value) else None


def to_json_estimate(found: Estimate | None) -> dict[str, Any] | None:
    """A value between its limits; None where there is none."""
    return None if found is None else found.to_json()


def to_json_value(value: Any) -> Any:
    """Converts dataclasses, mappings and sequences to plain JSON values, field by field."""
    if isinstance(value, Estimate):
        return value.to_json()
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: to_json_value(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json_value(found) for key, found in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_json_value(found) for found in value]
    return to_json_number(value) if isinstance(value, float) else value


# One section of the report: its blocks on the page, its keys of `summary.json`, its sheets and the
# facts it is made of.


def _make_empty_summary(report: Report) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class ReportSection:
    """One section. `blocks`: what the appendix shows, None for what stands on page 1 and 2.
    `summary`: its keys of `summary.json`. `sheets`: its CSV files by name.

    `facts`: a frozen dataclass, or a tuple of them, that the function `computed_by`
    (`module:function`, called with the project) computes, None where there are none; `computed_by`
    is empty for what is computed from the finished report itself. They stand in `Report.facts`
    under `key`, and in `summary.json` under it too, field by field; the schema of that part is made
    from the class.
    """

    key: str
    blocks: Callable[[Report], Section] | None
    summary: Callable[[Report], Mapping[str, Any]] = _make_empty_summary
    sheets: Mapping[str, Callable[[Report], str]] = field(default_factory=dict)
    facts: type | GenericAlias | None = None
    computed_by: str = ""

    def to_document(self, report: Report) -> dict[str, Any]:
        """Its part of `summary.json`."""
        own = (
            {self.key: to_json_value((report.facts or {}).get(self.key))}
            if self.facts is not None
            else {}
        )
        return {**self.summary(report), **own}


DECISION = Decision


def export_decision(report: Report) -> dict[str, Any]:
    """The actions of the first page with their counts."""
    return findings.build_action_summary(report)


def export_failures(report: Report) -> dict[str, Any]:
    """Classes, confusions and, where something cuts the footage into slices, those."""
    found: dict[str, Any] = {
        "per_class": [_export_class_row(row) for row in report.per_class],
        "confusion": None if report.confusion is None else _export_confusion(report.confusion),
    }
    return (
        found
        if report.slices is None
        else found | {"slices": [_export_slice(row) for row in report.slices]}
    )


def export_worst_frames(report: Report) -> dict[str, Any]:
    """The frames of the surest wrong answers, without their pictures."""
    return {"worst_frames": [_export_worst_frame(frame) for frame in report.worst]}


def export_evaluation_sets(report: Report) -> dict[str, Any]:
    """The three sets."""
    return {"evaluation_sets": to_json_value(report.sets)}


def export_stress(report: Report) -> dict[str, Any]:
    """Stress results: sweeps, probes and matched corruptions."""
    return {
        "stress": None
        if report.stress is None
        else [_export_sweep_row(row) for row in report.stress.rows],
        "tipping": None if report.stress is None else _export_tipping_points(report.stress),
        "matched_corruption": None
        if report.field_match is None
        else _export_match(report.field_match),
        "probes": None
        if report.probes is None
        else [_export_ood_family(row) for row in report.probes.families],
        "shortcuts": None if report.probes is None else _export_shortcuts(report.probes),
    }


def export_label_noise(report: Report) -> dict[str, Any]:
    """Label noise for `summary.json`."""
    return {"label_noise": to_json_value(report.label_noise)}


def export_benchmark(report: Report) -> dict[str, Any]:
    """The reference set."""
    return {
        "benchmark": None
        if report.benchmark is None
        else _export_benchmark_result(report.benchmark)
    }


def export_training(report: Report) -> dict[str, Any]:
    """How the model was trained."""
    return {
        "training": None
        if report.training is None
        else _export_training_info(report.training, report.ranges)
    }


def export_quantised(report: Report) -> dict[str, Any]:
    """Quantised copy: what it costs and buys."""
    return {"quantised": None if report.quantised is None else report.quantised.to_json()}


def export_checklist(report: Report) -> dict[str, Any]:
    """The checklist."""
    return {"checklist": to_json_value(report.checklist)}


def _export_sweep_row(row: SweepRow) -> dict[str, Any]:
    return {
        "corruption": row.corruption,
        "family": row.family,
        "severity": row.severity,
        "on": row.on,
        "estimate": row.value.to_json(),
        "drop": row.drop.to_json(),
        "flip_rate": row.flips.to_json(),
        "sure_wrong": row.confident_wrong.to_json(),
        "median_confidence": to_json_number(row.median_confidence),
        "auc": to_json_number(row.auc),
        "psnr": to_json_number(row.psnr),
        "ssim": to_json_number(row.ssim),
    }


def _export_tipping_points(sweep: Sweep) -> list[dict[str, Any]]:
    return [
        {"corruption": corruption, "on": on, "severity": to_json_number(severity)}
        for corruption, on, severity in sweep.get_tipping_severities()
    ]


def _export_match(found: FieldMatch) -> dict[str, Any]:
    """What the field looks like, null with the reason where no single corruption explains it; the
    best three in either case, and the second one that helps the best, if there is one."""
    keys = ("family", "corruption", "severity", "explained", "untouched")
    named = dict.fromkeys(keys) if found.named is None else asdict(found.named)
    second = None if found.second is None else asdict(found.second)
    counts = {"n_pictures": found.n_pictures, "n_frames": found.n_frames, "n_clips": found.n_clips}
    return {
        **named,
        "reason": found.reason or None,
        "wins": found.wins,
        "top": [asdict(one) for one in found.top],
        "second": second,
        **counts,
    }


def _export_ood_family(row: FamilyRow) -> dict[str, Any]:
    return {
        "family": row.family,
        "n": row.n,
        "n_confident": row.n_confident,
        "allowed": list(row.allowed),
        "rate": row.rate.to_json(),
        "auroc": to_json_number(row.auroc),
        "fpr95": to_json_number(row.fpr95),
        "most": row.most or None,
        "n_most": row.n_most,
    }


def _export_shortcuts(probes: OodResults) -> dict[str, Any]:
    return {
        "probes": [{"probe": row.probe, "kept": row.kept.to_json()} for row in probes.shortcuts],
        "named": list(probes.named),
    }


def _export_training_info(
    training: Training, ranges: Sequence[FieldRange] | None
) -> dict[str, Any]:
    still = None if training.curves is None else find_stall(training.curves)
    return {
        "base": training.base,
        "n_layers": len(training.layers),
        "n_same": training.n_same,
        "frozen_of_last": [layer.name for layer in training.last_blocks if layer.same],
        "n_epochs": 0 if training.curves is None else len(training.curves.epochs),
        "stall": None
        if still is None
        else {"epoch": still.epoch, "variance": still.variance, "gap": still.gap},
        "notes": training.notes,
        "checkpoint": training.checkpoint,
        "checkpoint_sha256": training.checkpoint_sha256,
        "seed": training.seed,
        "recipe": None if training.recipe is None else to_json_value(asdict(training.recipe)),
        "ranges": None if ranges is None else [to_json_value(asdict(one)) for one in ranges],
    }


def _export_benchmark_result(benchmark: BenchmarkResult) -> dict[str, Any]:
    return {
        "n": benchmark.n,
        "score": benchmark.score.to_json(),
        "metric": benchmark.metric,
        "claimed": to_json_number(benchmark.claimed),
        "claimed_metric": benchmark.claim_metric.name,
        "claimed_score": (benchmark.held or benchmark.claim_metric.estimate).to_json(),
        "reproduced": benchmark.reproduced,
        "spot_check_of": benchmark.spot_of or None,
        "guess": None
        if benchmark.guess is None
        else {"change": to_json_value(benchmark.guess[0]), "score": benchmark.guess[1].to_json()},
        "path": benchmark.path,
        "format": benchmark.format,
        "metrics": export_metrics(benchmark.metrics),
    }


def _export_class_row(row: ClassRow) -> dict[str, Any]:
    return {
        "class": row.name,
        "n": row.n,
        "recall": row.recall.to_json(),
        "precision": row.precision.to_json(),
        "f1": to_json_number(row.f1),
    }


def _export_confusion(confusion: Confusion) -> dict[str, Any]:
    return {
        "classes": list(confusion.classes),
        "counts": [list(row) for row in confusion.counts],
        "weighted": [[to_json_number(cell) for cell in row] for row in confusion.weighted],
    }


def _export_slice(row: SliceResult) -> dict[str, Any]:
    figures = {
        "n": row.n,
        "estimate": row.estimate.to_json(),
        "flag": row.flag,
        "p": to_json_number(row.p),
        "q": to_json_number(row.q),
    }
    within = None if row.within is None else {"key": row.within[0], "value": row.within[1]}
    told = {
        "behind": to_json_number(row.behind),
        "more": row.more,
        "clips": row.clips,
        "within": within,
        "left": row.left,
    }
    return {"key": row.key, "value": row.value, **figures, **told}


def _export_worst_frame(frame: WorstFrame) -> dict[str, Any]:
    return {
        "frame_id": frame.frame_id,
        "truth": list(frame.truth),
        "prediction": list(frame.prediction),
        "confidence": to_json_number(frame.confidence),
        "camera": frame.camera,
        "conditions": list(frame.conditions),
        "t_s": to_json_number(frame.t_s),
        "clip_id": frame.clip,
        "taken_at": frame.at,
    }


def export_metrics(found: Iterable[Metric]) -> dict[str, Any]:
    """Further scores by name."""
    return {metric.name: metric.estimate.to_json() for metric in found}


# Form on the page: the author's notes, and the names of sections that were left out.

FACTS = ReportForm
IN_A_ROW = 3  # of small charts, whose figures are then as large as small text


def get_report_form(report: Report) -> ReportForm:
    """The form that was chosen, every section and no notes where nobody chose."""
    found = (report.facts or {}).get("form")
    return found if isinstance(found, ReportForm) else ReportForm()


def build_notes_section(report: Report) -> Section:
    """The notes, a paragraph for each of theirs."""
    title = tr("Notes")
    paragraphs = [
        line.strip() for line in get_report_form(report).notes.splitlines() if line.strip()
    ]
    return Section("notes", title, title, tuple(Paragraph(line) for line in paragraphs))


def link_to_notes(report: Report) -> list[LinkLine]:
    """Line of the first page that leads to the notes, where there are any."""
    return (
        [LinkLine(tr("Notes by the author of this report are in the appendix."), "notes")]
        if get_report_form(report).notes.strip()
        else []
    )


def build_appendix_sections(
    report: Report, sections: Iterable[ReportSection]
) -> tuple[Section, ...]:
    """Sections of the appendix in their order. One that was left out keeps its heading and says so,
    so that nobody takes it for one that was never measured, and every link still leads somewhere.
    """
    left_out, found, plots = get_report_form(report).left_out, [], list_all_plots(report)
    for one in sections:
        made = None if one.blocks is None else one.blocks(report)
        if made is not None and (made.blocks or one.key != "form"):
            found.append(
                _build_left_out_section(made)
                if one.key in left_out
                else _append_charts(made, plots)
            )
    return tuple(found)


def list_all_plots(report: Report) -> tuple[Plot, ...]:
    """Every chart of the report, described once for page, paper and window."""
    return (*list_confidence_plots(report), *list_curve_plots(report))


def export_charts(report: Report) -> dict[str, Any]:
    """Charts as `summary.json` has them: in words in the report's language, and their marks in the
    units of their axes."""
    with language.use_language(report.language):
        plots = list_all_plots(report)
    return {
        "charts": [
            {
                "section": plot.section,
                "title": plot.title,
                "said": plot.alt_text,
                "figures": list(plot.figures),
                "marks": [
                    {"x": m.x, "y": m.y, "lo": to_json_number(m.lo), "hi": to_json_number(m.hi)}
                    for m in plot.marks
                ],
            }
            for plot in plots
        ]
    }


def _append_charts(made: Section, plots: Iterable[Plot]) -> Section:
    """The section with its charts at its end, three beside each other, with what each says in words
    below."""
    own = [plot for plot in plots if plot.section == made.anchor]
    rows = tuple(
        Panels(tuple(map(build_panel, row)), _describe_plots(row), IN_A_ROW)
        for row in (own[at : at + IN_A_ROW] for at in range(0, len(own), IN_A_ROW))
    )
    return replace(made, blocks=(*made.blocks, *rows))


def _describe_plots(row: Sequence[Plot]) -> str:
    """What each chart says; how charts of a kind are read is told before the first of them."""
    shared = dict.fromkeys(one.how for one in row if one.how)
    return " ".join(
        [*shared, *(f"{one.title}: {one.alt_text.removeprefix(one.how).strip()}" for one in row)]
    )


def get_section_names(report: Report, sections: Iterable[ReportSection]) -> dict[str, str]:
    """Short names by key of the sections that a report may be without."""
    return {
        one.key: one.blocks(report).short
        for one in sections
        if one.blocks is not None and one.key != "form"
    }


def describe_left_out_sections(report: Report, sections: Iterable[ReportSection]) -> list[str]:
    """Sentence of the first page that names every section left out."""
    left_out = get_report_form(report).left_out
    if not left_out:
        return []
    named = get_section_names(report, [one for one in sections if one.key in left_out])
    return [
        tr("Excluded by choice; values may exist: {names}.").format(names=", ".join(named.values()))
    ]


def _build_left_out_section(made: Section) -> Section:
    said = tr("Excluded from this report by choice; the measured values are in summary.json.")
    return Section(made.anchor, made.short, made.title, (Paragraph(said),))
