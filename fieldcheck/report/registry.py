"""The sections of the report in order, from which page, `summary.json` and CSV files follow, and
the project's choice of sections and notes."""

from __future__ import annotations

from collections.abc import Iterable

from fieldcheck.analyses import (
    abstention_thresholds,
    calibration,
    coverage,
    decomposition,
    discovered_slices,
    domain_shift,
    escape_rate,
    failure_modes,
    failures,
    imbalance,
    independence,
    label_noise,
    latency,
    prior_shift,
    releases,
    retrain,
    robustness,
    shared_classes,
)
from fieldcheck.analyses import independence as seal
from fieldcheck.analyses import monitor as shifts
from fieldcheck.analyses import releases as quantised
from fieldcheck.analyses import robustness as confidence
from fieldcheck.analyses import robustness as evaluation_sets
from fieldcheck.analyses import shared_classes as class_sides
from fieldcheck.analyses import training as training_info
from fieldcheck.analyses.precision_recall import PrecisionRecall, Unlikeness
from fieldcheck.domain.project_state import Changes
from fieldcheck.domain.report import MOST_NOTES, ReportForm
from fieldcheck.project.project import Project
from fieldcheck.project.tables import values as settings_table
from fieldcheck.report import background, csv_files, report_change
from fieldcheck.report import section as form
from fieldcheck.report import section as summary_parts
from fieldcheck.report.section import ReportSection
from fieldcheck.safe_text import clean_note

FIELD_SECTIONS = (
    ReportSection(
        "decision",
        None,
        summary_parts.export_decision,
        facts=summary_parts.DECISION,
        computed_by="fieldcheck.analyses.decision:compute_decision",
    ),
    ReportSection(
        "class_sides",
        None,
        facts=class_sides.CLASS_SIDES_FACTS,
        computed_by="fieldcheck.analyses.shared_classes:compute_class_sides",
    ),
    ReportSection(
        "precision_recall",
        None,
        facts=tuple[PrecisionRecall, ...],
        computed_by="fieldcheck.analyses.precision_recall:compute_precision_recall",
    ),
    ReportSection(
        "unlikeness",
        None,
        facts=Unlikeness,
        computed_by="fieldcheck.analyses.precision_recall:compute_unlikeness",
    ),
    ReportSection("charts", None, form.export_charts),
    ReportSection(
        "form",
        form.build_notes_section,
        facts=form.FACTS,
        computed_by="fieldcheck.report.registry:load_report_form",
    ),
    ReportSection("where", failures.build_failure_section, summary_parts.export_failures),
    ReportSection(
        "worst", failures.build_remaining_error_section, summary_parts.export_worst_frames
    ),
    ReportSection(
        "discovered",
        discovered_slices.build_discovered_section,
        facts=discovered_slices.FACTS,
        computed_by="fieldcheck.analyses.discovered_slices:compute_discovered_slices",
    ),
    ReportSection(
        "failure_modes",
        failure_modes.build_failure_mode_section,
        facts=failure_modes.FACTS,
        computed_by="fieldcheck.analyses.failure_modes:compute_failure_modes",
    ),
    ReportSection(
        "decomposition",
        decomposition.build_decomposition_section,
        facts=decomposition.FACTS,
        computed_by="fieldcheck.analyses.decomposition:compute_decomposition",
    ),
    ReportSection(
        "label_effect",
        label_noise.build_label_noise_section,
        facts=label_noise.FACTS,
        computed_by="fieldcheck.analyses.label_noise:compute_label_effect",
    ),
    ReportSection(
        "suspected_labels",
        label_noise.build_suspect_section,
        facts=label_noise.SUSPECT_FACTS,
        computed_by="fieldcheck.analyses.label_noise:compute_suspected_labels",
    ),
    ReportSection(
        "inspection",
        escape_rate.build_escape_rate_section,
        facts=escape_rate.FACTS,
        computed_by="fieldcheck.analyses.escape_rate:load_escape_rates",
    ),
    ReportSection(
        "imbalance",
        imbalance.build_imbalance_section,
        facts=imbalance.FACTS,
        computed_by="fieldcheck.analyses.imbalance:compute_imbalance",
    ),
    ReportSection(
        "thresholds",
        abstention_thresholds.build_threshold_section,
        facts=abstention_thresholds.FACTS,
        computed_by="fieldcheck.analyses.abstention_thresholds:compute_thresholds",
    ),
    ReportSection(
        "abstention",
        abstention_thresholds.build_abstention_section,
        facts=abstention_thresholds.ABSTENTION_FACTS,
        computed_by="fieldcheck.analyses.abstention_thresholds:compute_abstention",
    ),
    ReportSection(
        "prior_shift",
        prior_shift.build_prior_shift_section,
        facts=prior_shift.FACTS,
        computed_by="fieldcheck.analyses.prior_shift:compute_prior_shift",
    ),
    ReportSection(
        "coverage",
        coverage.build_coverage_section,
        facts=coverage.FACTS,
        computed_by="fieldcheck.analyses.coverage:compute_coverage",
    ),
    ReportSection(
        "seal",
        seal.build_seal_section,
        facts=seal.SEAL_FACTS,
        computed_by="fieldcheck.analyses.independence:load_seal",
    ),
)
"""In reading order, before those of the model."""


# The sections of the report, one entry each: the page, `summary.json` and the sheets follow from
# this list, in its order.

SECTIONS = (
    *FIELD_SECTIONS,
    ReportSection(
        "evaluation_sets",
        evaluation_sets.build_evaluation_section,
        summary_parts.export_evaluation_sets,
    ),
    ReportSection(
        "robustness",
        robustness.build_robustness_section,
        summary_parts.export_stress,
        {"stress.csv": csv_files.format_stress_csv},
    ),
    ReportSection(
        "calibration",
        calibration.build_calibration_section,
        facts=calibration.FACTS,
        computed_by="fieldcheck.analyses.calibration:compute_calibration",
    ),
    ReportSection("confidence", confidence.build_ood_section, summary_parts.export_label_noise),
    ReportSection(
        "domain",
        domain_shift.build_domain_section,
        facts=domain_shift.FACTS,
        computed_by="fieldcheck.analyses.domain_shift:load_domain_shift",
    ),
    ReportSection("benchmark", background.build_benchmark_section, summary_parts.export_benchmark),
    ReportSection(
        "shared_classes",
        shared_classes.build_shared_class_section,
        facts=shared_classes.SharedClasses,
        computed_by="fieldcheck.analyses.shared_classes:compute_shared_classes",
    ),
    ReportSection(
        "independence",
        independence.build_independence_section,
        facts=independence.Independence,
        computed_by="fieldcheck.analyses.independence:compute_independence",
    ),
    ReportSection("training", training_info.build_training_section, summary_parts.export_training),
    ReportSection("quantised", quantised.build_quantised_section, summary_parts.export_quantised),
    ReportSection(
        "latency",
        latency.build_latency_section,
        facts=latency.FACTS,
        computed_by="fieldcheck.analyses.latency:load_latency_result",
    ),
    ReportSection(
        "monitor",
        shifts.build_monitor_section,
        facts=shifts.FACTS,
        computed_by="fieldcheck.analyses.monitor:load_monitored_shifts",
    ),
    ReportSection("change", report_change.build_change_section, facts=report_change.FACTS),
    ReportSection(
        "releases",
        releases.build_release_section,
        facts=releases.FACTS,
        computed_by="fieldcheck.analyses.releases:compute_releases",
    ),
    ReportSection(
        "retrain",
        retrain.build_retrain_section,
        facts=retrain.FACTS,
        computed_by="fieldcheck.analyses.retrain:compute_retrain_advice",
    ),
    ReportSection("ready", background.build_readiness_section, summary_parts.export_checklist),
    ReportSection("made", background.build_methods_section),
    ReportSection("appendix", background.build_appendix_section),
)
"""In reading order."""

OPTIONAL = tuple(one.key for one in SECTIONS if one.blocks is not None and one.key != "form")
"""Keys of the sections that a report may be without: all of the appendix. The first two pages
always stand."""


# Form of a project's reports: sections left out and notes, kept in the project as one undoable
# setting.

KEY = "report_form"


def load_report_form(project: Project) -> ReportForm:
    """The form that was chosen; at first every section, and no notes. Keys that this version does
    not know are dropped."""
    told = project.read(settings_table.list_settings).get(KEY)
    known = told if isinstance(told, dict) else {}
    left_out, notes = known.get("left_out"), known.get("notes")
    return ReportForm(
        _sort_keys(left_out if isinstance(left_out, list) else ()),
        notes[:MOST_NOTES] if isinstance(notes, str) else "",
    )


def set_report_form(project: Project, form: ReportForm) -> Changes:
    """This form from now on, as one undoable act. ValueError for a key of no section that can be
    left out, or notes beyond `MOST_NOTES`."""
    unknown = [key for key in form.left_out if key not in OPTIONAL]
    if unknown or len(form.notes) > MOST_NOTES:
        raise ValueError(
            f"no form of a report: {unknown} left out, {len(form.notes)} characters of notes"
        )
    value = {"left_out": list(_sort_keys(form.left_out)), "notes": clean_note(form.notes)}
    return project.edit("report.form", puts=[settings_table.make_setting_row(KEY, value)])


def _sort_keys(keys: Iterable[object]) -> tuple[str, ...]:
    given = list(keys)
    return tuple(key for key in OPTIONAL if key in given)
