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
    ReportSection("evaluation_sets", evaluation_sets.section, summary_parts.tested_on),
    ReportSection("robustness", robustness.section, summary_parts.breaking, {"stress.csv": sheets.stress_csv}),
    ReportSection("calibration", calibration.section, facts=calibration.FACTS, computed_by="calibration"),
    ReportSection("confidence", confidence.section, summary_parts.knowing),
    ReportSection("domain", domain_shift.section, facts=domain_shift.FACTS, computed_by="domain_shift"),
    ReportSection("benchmark", background.benchmark, summary_parts.benchmark),
    ReportSection("shared_classes", shared_classes.section, facts=shared_classes.SharedClasses, computed_by="shared_classes"),
    ReportSection("independence", independence.section, facts=independence.Independence, computed_by="independence"),
    ReportSection("training", training_info.section, summary_parts.trained),
    ReportSection("quantised", quantised.section, summary_parts.lighter),
    ReportSection("latency", latency.section, facts=latency.FACTS, computed_by="latency"),
    ReportSection("monitor", shifts.section, facts=shifts.FACTS, computed_by="shifts"),
    ReportSection("change", change.section, facts=change.FACTS),
    ReportSection("releases", releases.section, facts=releases.FACTS, computed_by="releases"),
    ReportSection("retrain", retrain.section, facts=retrain.FACTS, computed_by="retrain"),
    ReportSection("ready", background.ready, summary_parts.ready),
    ReportSection("made", background.made),
    ReportSection("appendix", background.appendix),
)
"""In reading order."""

OPTIONAL = tuple(one.key for one in SECTIONS if one.blocks is not None and one.key != "form")
"""Keys of the sections that a report may be without: all of the appendix. The first two pages always stand."""
