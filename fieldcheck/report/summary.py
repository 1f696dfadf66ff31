"""The report as plain JSON values: `summary.json`, schema `fieldcheck.summary/1` (interfaces.md §3).

Fractions, never percent; NaN is null; a part that was not measured is null, a part that this version does not have is absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.evaluation_set import EvaluationSet
from fieldcheck.domain.matched import Match
from fieldcheck.domain.ood import FamilyRow, OodResults
from fieldcheck.domain.sweep import Sweep, SweepRow
from fieldcheck.domain.training import FieldRange, Training
from fieldcheck.report import code_names as named
from fieldcheck.report.report import (
    BenchmarkResult,
    CheckRow,
    ClassRow,
    Confusion,
    FieldResult,
    LookRow,
    Metric,
    Model,
    Provenance,
    Repeated,
    Report,
    ReportedGap,
    SliceRow,
    StratumRow,
    Visit,
    WorstFrame,
)
from fieldcheck.scoring.training_log import stall
from fieldcheck.words import language

SCHEMA = "fieldcheck.summary/1"


def summary(report: Report, pdf_tagged: bool | None = None) -> dict[str, Any]:
    """Every figure of the report, with the sentences in its language. Two writings differ in `created` and `provenance` only.

    `pdf_tagged`: whether the PDF beside it carries its structure; None where there is no PDF.
    """
    with language.spoken(report.language):
        words = named.readiness(report.readiness)
    parts: dict[str, Any] = {
        "schema": SCHEMA,
        "created": report.created,
        "lang": report.language,
        "project": report.project,
        "site": report.site,
        "notes": list(report.notes),
        "changed_frames": list(report.changed),
        "visits": [_visit(visit) for visit in report.visits],
        "model": None if report.model is None else _model(report.model),
        "benchmark": None if report.benchmark is None else _benchmark(report.benchmark),
        "field": _field(report.field),
        "gap": _gap(report.gap),
        "readiness": report.readiness,
        "readiness_words": words,
        "per_class": [_class(row) for row in report.per_class],
        "confusion": None if report.confusion is None else _confusion(report.confusion),
        "evaluation_sets": [_set(row) for row in report.sets],
        "stress": None if report.stress is None else [_stress(row) for row in report.stress.rows],
        "tipping": None if report.stress is None else _tipping(report.stress),
        "matched_corruption": None if report.matched is None else _matched(report.matched),
        "probes": None if report.probes is None else [_ood(row) for row in report.probes.families],
        "shortcuts": None if report.probes is None else _shortcuts(report.probes),
        "training": None if report.training is None else _training(report.training, report.ranges),
        "quantised": None if report.lighter is None else report.lighter.to_json(),
        "label_noise": [_look(row) for row in report.label_noise],
        "checklist": [_check(row) for row in report.checklist],
        "worst_frames": [_worst(frame) for frame in report.worst],
        "provenance": {**_provenance(report.provenance), "pdf_tagged": pdf_tagged},
    }
    if report.slices is not None:
        parts["slices"] = [_slice(row) for row in report.slices]
    return parts


def _set(row: EvaluationSet) -> dict[str, Any]:
    return {"kind": row.kind, "name": row.name, "n": row.n, "score": row.score.to_json()}


def _stress(row: SweepRow) -> dict[str, Any]:
    return {
        "corruption": row.corruption,
        "family": row.family,
        "severity": row.severity,
        "on": row.on,
        "estimate": row.value.to_json(),
        "drop": row.drop.to_json(),
        "flip_rate": row.flips.to_json(),
        "sure_wrong": row.confident_wrong.to_json(),
        "median_confidence": _number(row.median_confidence),
        "auc": _number(row.auc),
        "psnr": _number(row.psnr),
        "ssim": _number(row.ssim),
    }


def _tipping(sweep: Sweep) -> list[dict[str, Any]]:
    return [{"corruption": corruption, "on": on, "severity": _number(severity)} for corruption, on, severity in sweep.tipping()]


def _matched(found: Match) -> dict[str, Any]:
    """What the field looks like, null with the reason where no single corruption explains it; the best three in either case, and the
    second one that helps the best, if there is one."""
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


def _ood(row: FamilyRow) -> dict[str, Any]:
    return {
        "family": row.family,
        "n": row.n,
        "n_confident": row.n_confident,
        "allowed": list(row.allowed),
        "rate": row.rate.to_json(),
        "auroc": _number(row.auroc),
        "fpr95": _number(row.fpr95),
    }


def _shortcuts(probes: OodResults) -> dict[str, Any]:
    return {"probes": [{"probe": row.probe, "kept": row.kept.to_json()} for row in probes.shortcuts], "named": list(probes.named)}


def _visit(visit: Visit) -> dict[str, Any]:
    return {
        "first_at": visit.first_at,
        "last_at": visit.last_at,
        "cameras": list(visit.cameras),
        "locations": list(visit.locations),
        "conditions": [{"condition": name, "n": n} for name, n in visit.conditions],
        "seconds": _number(visit.seconds),
        "n_clips": visit.n_clips,
        "n_frames_listed": visit.n_frames_listed,
        "n_labelled": visit.n_labelled,
    }


def _model(model: Model) -> dict[str, Any]:
    return {
        "name": model.name,
        "sha256": model.sha256,
        "task": model.task,
        "classes": list(model.classes),
        "card": _plain(model.card),
        "receipt": _plain(model.preprocessing_record),
    }


def _training(training: Training, ranges: Sequence[FieldRange] | None) -> dict[str, Any]:
    still = None if training.curves is None else stall(training.curves)
    return {
        "base": training.base,
        "n_layers": len(training.layers),
        "n_same": training.n_same,
        "frozen_of_last": [layer.name for layer in training.last_blocks if layer.same],
        "n_epochs": 0 if training.curves is None else len(training.curves.epochs),
        "stall": None if still is None else {"epoch": still.epoch, "variance": still.variance, "gap": still.gap},
        "notes": training.notes,
        "recipe": None if training.recipe is None else _plain(asdict(training.recipe)),
        "ranges": None if ranges is None else [_plain(asdict(one)) for one in ranges],
    }


def _benchmark(benchmark: BenchmarkResult) -> dict[str, Any]:
    return {
        "n": benchmark.n,
        "score": benchmark.score.to_json(),
        "metric": benchmark.metric,
        "claimed": _number(benchmark.claimed),
        "reproduced": benchmark.reproduced,
        "spot_check_of": benchmark.spot_of or None,
        "guess": None if benchmark.guess is None else {"change": _plain(benchmark.guess[0]), "score": benchmark.guess[1].to_json()},
        "path": benchmark.path,
        "format": benchmark.format,
        "metrics": _metrics(benchmark.metrics),
    }


def _field(field: FieldResult) -> dict[str, Any]:
    return {
        "footage": field.footage.to_json(),
        "camera": _estimate(field.camera if field.camera is not None and field.camera.measured else None),
        "hard": _estimate(field.hard),
        "chosen": _estimate(field.chosen),
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
        "if_unsure_wrong": _estimate(field.if_unsure_wrong),
        "if_unsure_right": _estimate(field.if_unsure_right),
        "n_clips": field.n_clips,
        "n_cameras": field.n_cameras,
        "n_draws": field.n_draws,
        "labels_existed": field.labels_existed,
        "strata": [_stratum(row) for row in field.strata],
        "metrics": _metrics(field.metrics),
    }


def _stratum(row: StratumRow) -> dict[str, Any]:
    counts = {"listed": row.listed, "picked": row.picked, "labelled": row.labelled, "right": row.right}
    return {"name": row.name, **counts, "score": row.score.to_json()}


def _gap(gap: ReportedGap) -> dict[str, Any]:
    return {
        **gap.estimate.to_json(),
        "basis": gap.basis,
        "tolerance": gap.tolerance,
        "tolerance_by": gap.tolerance_by,
        "verdict": gap.verdict,
        "sentence": gap.sentence,
        "counts": gap.counts,
        "frames_to_decide": gap.frames_to_decide,
        "why_not": gap.why_not,
        "other": _estimate(gap.other),
    }


def _class(row: ClassRow) -> dict[str, Any]:
    return {"class": row.name, "n": row.n, "recall": row.recall.to_json(), "precision": row.precision.to_json(), "f1": _number(row.f1)}


def _confusion(confusion: Confusion) -> dict[str, Any]:
    return {
        "classes": list(confusion.classes),
        "counts": [list(row) for row in confusion.counts],
        "weighted": [[_number(cell) for cell in row] for row in confusion.weighted],
    }


def _slice(row: SliceRow) -> dict[str, Any]:
    figures = {"n": row.n, "estimate": row.estimate.to_json(), "flag": row.flag, "p": _number(row.p), "q": _number(row.q)}
    within = None if row.within is None else {"key": row.within[0], "value": row.within[1]}
    told = {"behind": _number(row.behind), "more": row.more, "clips": row.clips, "within": within}
    return {"key": row.key, "value": row.value, **figures, **told}


def _look(row: LookRow) -> dict[str, Any]:
    counts = {"n": row.n, "n_looked": row.n_looked}
    counts |= {"model_wrong": row.model_wrong, "label_wrong": row.label_wrong, "cannot_tell": row.cannot_tell}
    scores = {"before": row.before.to_json(), "after": row.after.to_json(), "share": row.share.to_json()}
    return {"on": row.on, **counts, **scores}


def _check(row: CheckRow) -> dict[str, Any]:
    return {"rule": row.rule, "state": row.state, "figure": _number(row.figure)}


def _worst(frame: WorstFrame) -> dict[str, Any]:
    return {
        "frame_id": frame.frame_id,
        "truth": list(frame.truth),
        "prediction": list(frame.prediction),
        "confidence": _number(frame.confidence),
        "camera": frame.camera,
        "conditions": list(frame.conditions),
        "t_s": _number(frame.t_s),
    }


def _provenance(provenance: Provenance) -> dict[str, Any]:
    return {
        "versions": dict(provenance.versions),
        "seeds": dict(provenance.seeds),
        "hashes": dict(provenance.hashes),
        "machine": dict(provenance.machine),
        "providers": list(provenance.providers),
        "seconds_per_label": _number(provenance.seconds_per_label),
        "labelled_by": list(provenance.labelled_by),
        "pace": asdict(provenance.pace) if provenance.pace else None,
        "repeats": [_repeated(one) for one in provenance.repeats],
    }


def _repeated(one: Repeated) -> dict[str, Any]:
    figures = {"agreement": one.agreement, "kappa": one.kappa, "error": one.error, "ceiling": one.ceiling}
    return {"how": one.how, "n": one.n, **{name: estimate.to_json() for name, estimate in figures.items()}}


def _metrics(metrics: Iterable[Metric]) -> dict[str, Any]:
    return {metric.name: metric.estimate.to_json() for metric in metrics}


def _estimate(estimate: Estimate | None) -> dict[str, Any] | None:
    return None if estimate is None else estimate.to_json()


def _number(value: float | None) -> float | None:
    return float(value) if value is not None and isfinite(value) else None


def _plain(value: Any) -> Any:
    """A card or a receipt as JSON knows it: tuples become lists, figures that are not finite become null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(found) for key, found in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(found) for found in value]
    return _number(value) if isinstance(value, float) else value
