"""Sections of the report that are about the field: the decision, where the model fails there, and what its labels and classes say."""

from __future__ import annotations

from fieldcheck.report import (
    abstention,
    class_sides,
    coverage,
    curve_plots,
    decomposition,
    discovered,
    failure_modes,
    failures,
    form,
    imbalance,
    inspection,
    label_effect,
    prior_shift,
    seal,
    summary_parts,
    suspected_labels,
    thresholds,
)
from fieldcheck.report.report_section import ReportSection

FIELD_SECTIONS = (
    ReportSection("decision", None, summary_parts.export_decision, facts=summary_parts.DECISION, computed_by="decision"),
    ReportSection("class_sides", None, facts=class_sides.FACTS, computed_by="class_sides"),
    ReportSection("precision_recall", None, facts=curve_plots.PRECISION, computed_by="precision_recall"),
    ReportSection("unlikeness", None, facts=curve_plots.UNLIKENESS, computed_by="benchmark_distance"),
    ReportSection("charts", None, form.export_charts),
    ReportSection("form", form.build_notes_section, facts=form.FACTS, computed_by="report_form"),
    ReportSection("where", failures.build_failure_section, summary_parts.export_failures),
    ReportSection("worst", failures.build_remaining_error_section, summary_parts.export_worst_frames),
    ReportSection("discovered", discovered.build_discovered_section, facts=discovered.FACTS, computed_by="discovered"),
    ReportSection("failure_modes", failure_modes.build_failure_mode_section, facts=failure_modes.FACTS, computed_by="failure_modes"),
    ReportSection("decomposition", decomposition.build_decomposition_section, facts=decomposition.FACTS, computed_by="decomposition"),
    ReportSection("label_effect", label_effect.build_label_noise_section, facts=label_effect.FACTS, computed_by="label_effect"),
    ReportSection(
        "suspected_labels", suspected_labels.build_suspect_section, facts=suspected_labels.SUSPECT_FACTS, computed_by="suspected_labels"
    ),
    ReportSection("inspection", inspection.build_escape_rate_section, facts=inspection.FACTS, computed_by="inspection"),
    ReportSection("imbalance", imbalance.build_imbalance_section, facts=imbalance.FACTS, computed_by="imbalance"),
    ReportSection("thresholds", thresholds.build_threshold_section, facts=thresholds.FACTS, computed_by="thresholds"),
    ReportSection("abstention", abstention.build_abstention_section, facts=abstention.FACTS, computed_by="abstention"),
    ReportSection("prior_shift", prior_shift.build_prior_shift_section, facts=prior_shift.FACTS, computed_by="prior_shift"),
    ReportSection("coverage", coverage.build_coverage_section, facts=coverage.FACTS, computed_by="coverage"),
    ReportSection("seal", seal.build_seal_section, facts=seal.FACTS, computed_by="seal"),
)
"""In reading order, before those of the model."""
