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
    ReportSection(
        "decision",
        None,
        summary_parts.export_decision,
        facts=summary_parts.DECISION,
        computed_by="fieldcheck.workflows.report.decision:compute_decision",
    ),
    ReportSection("class_sides", None, facts=class_sides.FACTS, computed_by="fieldcheck.workflows.report.class_sides:compute_class_sides"),
    ReportSection(
        "precision_recall",
        None,
        facts=curve_plots.PRECISION,
        computed_by="fieldcheck.workflows.report.precision_recall:compute_precision_recall",
    ),
    ReportSection(
        "unlikeness", None, facts=curve_plots.UNLIKENESS, computed_by="fieldcheck.workflows.report.benchmark_distance:compute_unlikeness"
    ),
    ReportSection("charts", None, form.export_charts),
    ReportSection(
        "form", form.build_notes_section, facts=form.FACTS, computed_by="fieldcheck.workflows.report.report_form:load_report_form"
    ),
    ReportSection("where", failures.build_failure_section, summary_parts.export_failures),
    ReportSection("worst", failures.build_remaining_error_section, summary_parts.export_worst_frames),
    ReportSection(
        "discovered",
        discovered.build_discovered_section,
        facts=discovered.FACTS,
        computed_by="fieldcheck.workflows.report.discovered:compute_discovered_slices",
    ),
    ReportSection(
        "failure_modes",
        failure_modes.build_failure_mode_section,
        facts=failure_modes.FACTS,
        computed_by="fieldcheck.workflows.report.failure_modes:compute_failure_modes",
    ),
    ReportSection(
        "decomposition",
        decomposition.build_decomposition_section,
        facts=decomposition.FACTS,
        computed_by="fieldcheck.workflows.report.decomposition:compute_decomposition",
    ),
    ReportSection(
        "label_effect",
        label_effect.build_label_noise_section,
        facts=label_effect.FACTS,
        computed_by="fieldcheck.workflows.report.label_effect:compute_label_effect",
    ),
    ReportSection(
        "suspected_labels",
        suspected_labels.build_suspect_section,
        facts=suspected_labels.SUSPECT_FACTS,
        computed_by="fieldcheck.workflows.report.suspected_labels:compute_suspected_labels",
    ),
    ReportSection(
        "inspection",
        inspection.build_escape_rate_section,
        facts=inspection.FACTS,
        computed_by="fieldcheck.workflows.report.inspection:load_escape_rates",
    ),
    ReportSection(
        "imbalance",
        imbalance.build_imbalance_section,
        facts=imbalance.FACTS,
        computed_by="fieldcheck.workflows.report.imbalance:compute_imbalance",
    ),
    ReportSection(
        "thresholds",
        thresholds.build_threshold_section,
        facts=thresholds.FACTS,
        computed_by="fieldcheck.workflows.report.thresholds:compute_thresholds",
    ),
    ReportSection(
        "abstention",
        abstention.build_abstention_section,
        facts=abstention.FACTS,
        computed_by="fieldcheck.workflows.report.abstention:compute_abstention",
    ),
    ReportSection(
        "prior_shift",
        prior_shift.build_prior_shift_section,
        facts=prior_shift.FACTS,
        computed_by="fieldcheck.workflows.report.prior_shift:compute_prior_shift",
    ),
    ReportSection(
        "coverage",
        coverage.build_coverage_section,
        facts=coverage.FACTS,
        computed_by="fieldcheck.workflows.report.coverage:compute_coverage",
    ),
    ReportSection("seal", seal.build_seal_section, facts=seal.FACTS, computed_by="fieldcheck.workflows.report.seal:load_seal"),
)
"""In reading order, before those of the model."""
