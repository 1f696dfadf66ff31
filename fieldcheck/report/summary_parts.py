"""Parts that each section of the report puts into `summary.json`: its keys with their values (interfaces.md §3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from fieldcheck.domain.decision import Decision
from fieldcheck.domain.field_match import FieldMatch
from fieldcheck.domain.ood import FamilyRow, OodResults
from fieldcheck.domain.sweep import Sweep, SweepRow
from fieldcheck.domain.training import FieldRange, Training
from fieldcheck.report import actions
from fieldcheck.report.plain import to_json_number, to_json_value
from fieldcheck.report.report import BenchmarkResult, ClassRow, Confusion, Metric, Report, SliceResult, WorstFrame
from fieldcheck.scoring.training_log import find_stall

DECISION = Decision


def export_decision(report: Report) -> dict[str, Any]:
    """The actions of the first page with their counts."""
    return actions.build_action_summary(report)


def export_failures(report: Report) -> dict[str, Any]:
    """Classes, confusions and, where something cuts the footage into slices, those."""
    found: dict[str, Any] = {
        "per_class": [_export_class_row(row) for row in report.per_class],
        "confusion": None if report.confusion is None else _export_confusion(report.confusion),
    }
    return found if report.slices is None else found | {"slices": [_export_slice(row) for row in report.slices]}


def export_worst_frames(report: Report) -> dict[str, Any]:
    """The frames of the surest wrong answers, without their pictures."""
    return {"worst_frames": [_export_worst_frame(frame) for frame in report.worst]}


def export_evaluation_sets(report: Report) -> dict[str, Any]:
    """The three sets."""
    return {"evaluation_sets": to_json_value(report.sets)}


def export_stress(report: Report) -> dict[str, Any]:
    """Stress results: sweeps, probes and matched corruptions."""
    return {
        "stress": None if report.stress is None else [_export_sweep_row(row) for row in report.stress.rows],
        "tipping": None if report.stress is None else _export_tipping_points(report.stress),
        "matched_corruption": None if report.field_match is None else _export_match(report.field_match),
        "probes": None if report.probes is None else [_export_ood_family(row) for row in report.probes.families],
        "shortcuts": None if report.probes is None else _export_shortcuts(report.probes),
    }


def export_label_noise(report: Report) -> dict[str, Any]:
    """label reviews at labels."""
    return {"label_noise": to_json_value(report.label_noise)}


def export_benchmark(report: Report) -> dict[str, Any]:
    """The reference set."""
    return {"benchmark": None if report.benchmark is None else _export_benchmark_result(report.benchmark)}


def export_training(report: Report) -> dict[str, Any]:
    """How the model was trained."""
    return {"training": None if report.training is None else _export_training_info(report.training, report.ranges)}


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
    return {"probes": [{"probe": row.probe, "kept": row.kept.to_json()} for row in probes.shortcuts], "named": list(probes.named)}


def _export_training_info(training: Training, ranges: Sequence[FieldRange] | None) -> dict[str, Any]:
    still = None if training.curves is None else find_stall(training.curves)
    return {
        "base": training.base,
        "n_layers": len(training.layers),
        "n_same": training.n_same,
        "frozen_of_last": [layer.name for layer in training.last_blocks if layer.same],
        "n_epochs": 0 if training.curves is None else len(training.curves.epochs),
        "stall": None if still is None else {"epoch": still.epoch, "variance": still.variance, "gap": still.gap},
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
        "guess": None if benchmark.guess is None else {"change": to_json_value(benchmark.guess[0]), "score": benchmark.guess[1].to_json()},
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
    figures = {"n": row.n, "estimate": row.estimate.to_json(), "flag": row.flag, "p": to_json_number(row.p), "q": to_json_number(row.q)}
    within = None if row.within is None else {"key": row.within[0], "value": row.within[1]}
    told = {"behind": to_json_number(row.behind), "more": row.more, "clips": row.clips, "within": within, "left": row.left}
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
