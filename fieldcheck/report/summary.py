"""The report as plain JSON values: `summary.json`, schema `fieldcheck.summary/1` (interfaces.md §3).

Fractions, never percent; NaN is null; a part that was not measured is null, a part that this version does not have is absent.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fieldcheck.report.background import count_labels_for_five_points
from fieldcheck.report.plain import to_json_estimate, to_json_number, to_json_value
from fieldcheck.report.report import FieldResult, GapResult, Model, Provenance, RecordingSummary, RepeatAgreement, Report, StratumRow
from fieldcheck.report.sections import SECTIONS
from fieldcheck.report.summary_parts import export_metrics
from fieldcheck.words import language
from fieldcheck.words.gap import get_readiness_name

SCHEMA = "fieldcheck.summary/1"


def build_summary(report: Report, pdf_tagged: bool | None = None) -> dict[str, Any]:
    """Every figure of the report, with the sentences in its language. Two writings differ in `created` and `provenance` only.

    `pdf_tagged`: whether the PDF beside it carries its structure; None where there is no PDF.
    """
    with language.use_language(report.language):
        words = get_readiness_name(report.readiness)
    parts: dict[str, Any] = {
        "schema": SCHEMA,
        "created": report.created,
        "lang": report.language,
        "project": report.project,
        "site": report.site,
        "line": report.line,
        "by": report.author,
        "notes": list(report.notes),
        "changed_frames": list(report.changed),
        "changed_benchmark": list(report.changed_benchmark),
        "visits": [_export_visit(visit) for visit in report.visits],
        "model": None if report.model is None else _export_model(report.model),
        "field": _export_field(report.field),
        "gap": _export_gap(report.gap),
        "readiness": report.readiness,
        "readiness_words": words,
    }
    for section in SECTIONS:
        parts |= section.to_document(report)
    return parts | {"provenance": {**_export_provenance(report.provenance), "pdf_tagged": pdf_tagged}}


def _export_visit(visit: RecordingSummary) -> dict[str, Any]:
    return {
        "first_at": visit.first_at,
        "last_at": visit.last_at,
        "cameras": list(visit.cameras),
        "locations": list(visit.locations),
        "conditions": [{"condition": name, "n": n} for name, n in visit.conditions],
        "seconds": to_json_number(visit.seconds),
        "n_clips": visit.n_clips,
        "n_frames_listed": visit.n_frames_listed,
        "n_labelled": visit.n_labelled,
    }


def _export_model(model: Model) -> dict[str, Any]:
    return {
        "name": model.name,
        "sha256": model.sha256,
        "task": model.task,
        "classes": list(model.classes),
        "card": to_json_value(model.card),
        "receipt": to_json_value(model.preprocessing_record),
    }


def _export_field(field: FieldResult) -> dict[str, Any]:
    return {
        "footage": field.footage.to_json(),
        "camera": to_json_estimate(field.camera if field.camera is not None and field.camera.measured else None),
        "hard": to_json_estimate(field.hard),
        "chosen": to_json_estimate(field.chosen),
        "design": field.design,
        "seed": field.seed,
        "seed_typed": field.seed_typed,
        "census": field.census,
        "blind": field.blind,
        "n_frames_listed": field.n_frames_listed,
        "n_frozen": field.n_frozen,
        "n_picked": field.n_picked,
        "n_labelled": field.n_labelled,
        "n_unsure": field.n_unsure,
        "n_skipped": field.n_skipped,
        "n_nan": field.n_nan,
        "taken_out": field.taken_out,
        "if_unsure_wrong": to_json_estimate(field.if_unsure_wrong),
        "if_unsure_right": to_json_estimate(field.if_unsure_right),
        "n_clips": field.n_clips,
        "n_cameras": field.n_cameras,
        "n_draws": field.n_draws,
        "labels_for_five_points": count_labels_for_five_points(field),
        "labels_existed": field.labels_existed,
        "strata": [_export_stratum(row) for row in field.strata],
        "metrics": export_metrics(field.metrics),
    }


def _export_stratum(row: StratumRow) -> dict[str, Any]:
    counts = {"listed": row.listed, "picked": row.picked, "labelled": row.labelled, "right": row.right}
    return {"name": row.name, **counts, "score": row.score.to_json()}


def _export_gap(gap: GapResult) -> dict[str, Any]:
    return {
        **gap.estimate.to_json(),
        "metric": gap.metric or None,
        "basis": gap.basis,
        "tolerance": gap.tolerance,
        "tolerance_by": gap.tolerance_by,
        "verdict": gap.verdict,
        "sentence": gap.sentence,
        "counts": gap.counts,
        "frames_to_decide": gap.frames_to_decide,
        "why_not": gap.why_not,
        "other": to_json_estimate(gap.other),
    }


def _export_provenance(provenance: Provenance) -> dict[str, Any]:
    return {
        "revision": provenance.revision,
        "last_report": to_json_value(provenance.last),
        "versions": dict(provenance.versions),
        "seeds": dict(provenance.seeds),
        "hashes": dict(provenance.hashes),
        "machine": dict(provenance.machine),
        "providers": list(provenance.providers),
        "seconds_per_label": to_json_number(provenance.seconds_per_label),
        "labelled_by": list(provenance.labelled_by),
        "pace": asdict(provenance.pace) if provenance.pace else None,
        "repeats": [_export_repeat(one) for one in provenance.repeats],
    }


def _export_repeat(one: RepeatAgreement) -> dict[str, Any]:
    figures = {"agreement": one.agreement, "kappa": one.kappa, "error": one.error, "ceiling": one.ceiling}
    return {"how": one.how, "n": one.n, **{name: found.to_json() for name, found in figures.items()}}
