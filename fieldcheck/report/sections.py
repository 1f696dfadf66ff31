"""The sections of the report, one entry each: the page, `summary.json` and the sheets follow from this list, in its order.

A new one is its facts, what computes them, its blocks, an entry here and its test: `docs/extending.md`.
"""

from __future__ import annotations

from fieldcheck.report import (
    background,
    calibration,
    change,
    confidence,
    domain_shift,
    evaluation_sets,
    independence,
    latency,
    quantised,
    releases,
    retrain,
    robustness,
    shared_classes,
    sheets,
    shifts,
    summary_parts,
    training_info,
)
from fieldcheck.report.field_sections import FIELD_SECTIONS
from fieldcheck.report.report_section import ReportSection

SECTIONS = (
    *FIELD_SECTIONS,
    ReportSection("evaluation_sets", evaluation_sets.build_evaluation_section, summary_parts.export_evaluation_sets),
    ReportSection("robustness", robustness.build_robustness_section, summary_parts.export_stress, {"stress.csv": sheets.format_stress_csv}),
    ReportSection(
        "calibration",
        calibration.build_calibration_section,
        facts=calibration.FACTS,
        computed_by="fieldcheck.workflows.report.calibration:compute_calibration",
    ),
    ReportSection("confidence", confidence.build_ood_section, summary_parts.export_label_noise),
    ReportSection(
        "domain",
        domain_shift.build_domain_section,
        facts=domain_shift.FACTS,
        computed_by="fieldcheck.workflows.report.domain_shift:load_domain_shift",
    ),
    ReportSection("benchmark", background.build_benchmark_section, summary_parts.export_benchmark),
    ReportSection(
        "shared_classes",
        shared_classes.build_shared_class_section,
        facts=shared_classes.SharedClasses,
        computed_by="fieldcheck.workflows.report.shared_classes:compute_shared_classes",
    ),
    ReportSection(
        "independence",
        independence.build_independence_section,
        facts=independence.Independence,
        computed_by="fieldcheck.workflows.report.independence:compute_independence",
    ),
    ReportSection("training", training_info.build_training_section, summary_parts.export_training),
    ReportSection("quantised", quantised.build_quantised_section, summary_parts.export_quantised),
    ReportSection(
        "latency", latency.build_latency_section, facts=latency.FACTS, computed_by="fieldcheck.workflows.report.latency:load_latency_result"
    ),
    ReportSection(
        "monitor", shifts.build_monitor_section, facts=shifts.FACTS, computed_by="fieldcheck.workflows.report.shifts:load_monitored_shifts"
    ),
    ReportSection("change", change.build_change_section, facts=change.FACTS),
    ReportSection(
        "releases",
        releases.build_release_section,
        facts=releases.FACTS,
        computed_by="fieldcheck.workflows.report.releases:compute_releases",
    ),
    ReportSection(
        "retrain",
        retrain.build_retrain_section,
        facts=retrain.FACTS,
        computed_by="fieldcheck.workflows.report.retrain:compute_retrain_advice",
    ),
    ReportSection("ready", background.build_readiness_section, summary_parts.export_checklist),
    ReportSection("made", background.build_methods_section),
    ReportSection("appendix", background.build_appendix_section),
)
"""In reading order."""

OPTIONAL = tuple(one.key for one in SECTIONS if one.blocks is not None and one.key != "form")
"""Keys of the sections that a report may be without: all of the appendix. The first two pages always stand."""
