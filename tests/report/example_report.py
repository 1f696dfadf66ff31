"""A plausible report for the tests: an inspection line whose counts agree with each other. Every
figure in it is made up."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

from fieldcheck.analyses.failures import Failures
from fieldcheck.analyses.report_data import (
    BenchmarkResult,
    CheckRow,
    Confusion,
    FieldResult,
    FrameRow,
    GapResult,
    Model,
    PredictionRow,
    Provenance,
    RecordingSummary,
    Report,
    WorstFrame,
)
from fieldcheck.analyses.retraining import TrainingResult
from fieldcheck.analyses.robustness import Robustness
from fieldcheck.analyses.slices import Slice
from fieldcheck.domain import robustness
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import Box, Label
from fieldcheck.project.limits import GapLimits, SetLimits
from fieldcheck.report.verdict_and_checklist import with_verdict
from fieldcheck.stats.confusion_matrix import ClassScore
from fieldcheck.stats.weighted_field_score import StratumScore

CLASSES = ("OK", "crack", "porosity", "scratch", "missing hole", "burr", "wrong part")
COUNTS = (
    (28, 1, 2, 2, 0, 1, 0),
    (9, 6, 1, 3, 0, 0, 0),
    (4, 1, 6, 1, 0, 0, 0),
    (4, 2, 1, 4, 0, 0, 0),
    (2, 0, 0, 0, 5, 0, 1),
    (4, 0, 0, 1, 0, 4, 0),
    (2, 0, 0, 0, 1, 0, 4),
)


def estimate(value: float, lo: float, hi: float, n: int, method: str = "wilson") -> Estimate:
    return Estimate.from_limits(value, lo, hi, n=n, n_eff=float(n), method=method)


@cache
def picture(seed: int) -> bytes:
    """A dark part on a dark belt as a small JPEG."""
    rng = np.random.default_rng(seed)
    image = Image.fromarray(
        (30 + 12 * rng.standard_normal((180, 320, 3))).clip(0, 255).astype(np.uint8)
    )
    draw = ImageDraw.Draw(image)
    x = int(rng.integers(90, 230))
    draw.ellipse((x - 50, 40, x + 50, 140), fill=(118, 112, 104))
    draw.ellipse((x - 16, 74, x + 16, 106), fill=(30, 30, 30))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def per_class() -> tuple[ClassScore, ...]:
    ranges = (
        (0.79, 0.63, 0.9),
        (0.31, 0.16, 0.54),
        (0.5, 0.25, 0.75),
        (0.36, 0.15, 0.65),
        (0.62, 0.3, 0.87),
        (0.44, 0.19, 0.73),
        (0.57, 0.25, 0.84),
    )
    rows = []
    for k, (name, (value, lo, hi)) in enumerate(zip(CLASSES, ranges, strict=True)):
        said = sum(row[k] for row in COUNTS)
        precision = estimate(COUNTS[k][k] / said, 0.2, 0.97, said)
        rows.append(
            ClassScore(
                name,
                sum(COUNTS[k]),
                estimate(value, lo, hi, sum(COUNTS[k])),
                precision,
                2 * COUNTS[k][k] / (said + sum(COUNTS[k])),
            )
        )
    return tuple(rows)


@cache
def frames() -> tuple[FrameRow, ...]:
    rows = []
    for i in range(1200):
        picked = i % 12 == 5
        hard = i % 5 == 0
        rows.append(
            FrameRow(
                frame_id=f"r1-{i * 15:06d}",
                clip_id=f"r1.{i // 200 * 3000}",
                camera=f"camera {1 + i // 800}",
                location="hall C",
                taken_at="2026-11-24T22:38:00Z",
                source="night.mp4",
                source_index=i * 15,
                t_s=(i % 200) * 0.5,
                width=1280,
                height=720,
                conditions=("dark", "glare") if i < 400 else ("normal",),
                stratum="hard" if hard else "rest",
                hardness=(i * 7 % 1200) / 1200,
                picked=picked,
                probability=1 / 12 if picked else None,
                weight=12.0 if picked else None,
                reason="doubt+blur" if picked else "",
                label="crack" if picked else "",
                label_state="done" if picked else "",
                prediction="OK" if i % 2 else "crack",
                confidence=0.99 - i / 2400,
                right=i % 2 == 0 if picked else None,
                sha256=f"{i:064x}",
                file=f"frames/r1-{i * 15:06d}.png" if picked else "",
                draw=1 if picked else None,
            )
        )
    return tuple(rows)


def worst_frames(n: int = 12) -> tuple[WorstFrame, ...]:
    pairs = (("crack", "OK"), ("burr", "OK"), ("porosity", "scratch"))
    return tuple(
        WorstFrame(
            f"r1-{k * 60:06d}",
            picture(k),
            (pairs[k % 3][0],),
            (pairs[k % 3][1],),
            0.99 - k / 100,
            f"camera {1 + k % 2}",
            ("dark",),
            30.0 * k,
        )
        for k in range(n)
    )


def example_report(**changes: object) -> Report:
    """The report of a night on the line; `changes` replace whole parts of it."""
    report = Report(
        created="2026-11-25T00:31:00Z",
        project="line4",
        site="Line 4 night",
        language="en",
        visits=(
            RecordingSummary(
                first_at="2026-11-24T22:38:00Z",
                last_at="2026-11-24T23:13:00Z",
                cameras=("camera 1", "camera 2"),
                locations=("hall C",),
                conditions=(("dark", 48), ("normal", 31), ("glare", 21)),
                seconds=602.0,
                n_clips=6,
                n_frames_listed=1200,
                n_labelled=100,
            ),
        ),
        model=Model(
            name="line4_v3",
            sha256="3f9a07c1" * 8,
            task="classification",
            classes=CLASSES,
            card={
                "task": "classification",
                "input": {"size": [224, 224], "layout": "NCHW", "colour": "RGB"},
            },
            preprocessing_record={
                "size": [224, 224],
                "colour": "RGB",
                "resize": "centre_crop",
                "interpolation": "linear",
                "scale": 0.00392,
                "layout": "NCHW",
            },
        ),
        benchmark=BenchmarkResult(
            n=2000,
            score=estimate(0.971, 0.962733, 0.977477, 2000),
            metric="accuracy",
            claimed=0.971,
            reproduced=True,
            path="benchmark",
            format="imagefolder",
            metrics={"balanced_accuracy": estimate(0.968, 0.951, 0.978, 2000, "bootstrap")},
        ),
        field=FieldResult(
            footage=estimate(0.61, 0.512, 0.7, 100, "stratified_wilson"),
            camera=Estimate(
                0.61, 0.39, 0.79, 100, 32.0, "beta_binomial_clips", "weak", "few_clips"
            ),
            hard=estimate(0.45, 0.31, 0.6, 40),
            chosen=None,
            design="balanced",
            seed=20261124,
            n_frames_listed=1200,
            n_picked=104,
            n_labelled=100,
            n_unsure=4,
            n_skipped=0,
            blind=True,
            census=False,
            n_clips=6,
            n_cameras=2,
            strata=(
                StratumScore("hard", 240, 240, 40, 40, 18, 0, estimate(0.45, 0.31, 0.6, 40)),
                StratumScore("rest", 960, 960, 64, 60, 39, 0, estimate(0.65, 0.52, 0.76, 60)),
            ),
            n_draws=1,
            seed_typed=True,
            n_frozen=7,
            if_unsure_wrong=estimate(0.59, 0.5, 0.68, 104),
            metrics={"balanced_accuracy": estimate(0.51, 0.41, 0.62, 100, "bootstrap")},
        ),
        gap=GapResult(
            estimate=Estimate(0.361, 0.18, 0.58, 100, 32.0, "square_and_add", "weak", "few_clips"),
            basis="camera",
            field=Estimate(0.61, 0.39, 0.79, 100, 32.0, "beta_binomial_clips", "weak", "few_clips"),
            tolerance=0.03,
            verdict="fail",
            sentence="Benchmark 97.1% → Field 61% (39–79%). Gap 36 pp (18–58).",
            counts=(
                "Correct on 18 of the 40 hardest frames and 39 of 60; weighted by frequency: "
                "61%. other frames"
            ),
            other=estimate(0.361, 0.27, 0.46, 100, "square_and_add"),
            tolerance_by="M. Berger",
        ),
        readiness="not_ready",
        provenance=Provenance(
            versions={"fieldcheck": "0.1.0", "onnxruntime": "1.28.0", "numpy": "2.4.6"},
            seeds={"draw": 20261124},
            hashes={"night.mp4": "ab12" * 16, "code": "cd34" * 16},
            machine={"system": "Linux 6.12", "processor": "x86_64", "cores": "2"},
            seconds_per_label=2.4,
            labelled_by=("MB",),
        ),
        checklist=(
            CheckRow("latency", "fail", 31.0),
            CheckRow("thousand_frames", "pass", 1200.0),
            CheckRow("failure_stock", "too_few", 19.0),
            CheckRow("domain", "not_measured"),
        ),
        results={
            "where": Failures(
                per_class(),
                Confusion(CLASSES, COUNTS, tuple(tuple(12.0 * n for n in row) for row in COUNTS)),
            ),
            "worst": worst_frames(),
        },
        frame_rows=frames(),
        prediction_rows=(
            PredictionRow(
                "field",
                "line4_v3",
                "run1",
                "r1-000075",
                1,
                "OK",
                0,
                0.75,
                truth="crack",
                right=False,
            ),
            PredictionRow("field", "line4_v3", "run1", "r1-000075", 2, "crack", 1, 0.25),
            PredictionRow("benchmark", "line4_v3", "run2", "OK/0001.png", 0, truth="OK"),
        ),
        labels=(
            Label(
                "r1-000075",
                "done",
                "crack",
                by="MB",
                at="2026-11-24T23:20:00Z",
                seconds=2.5,
                blind=True,
            ),
            Label("r1-000255", "unsure"),
        ),
        notes=("rendered_sample",),
    )
    return judged(change_report(report, **changes))


PARTS = {
    "per_class": ("where", Failures), "confusion": ("where", Failures),
    "slices": ("where", Failures), "sweep": ("robustness", Robustness),
    "field_match": ("robustness", Robustness), "pairs": ("robustness", Robustness),
    "training": ("training", TrainingResult), "ranges": ("training", TrainingResult),
}  # fmt: skip
"""Fields of a result of several parts: its key and class."""
WHOLE = {
    "probes": "confidence", "sets": "evaluation_sets", "label_noise": "label_reviews",
    "worst": "worst", "quantised": "quantised",
}  # fmt: skip
"""Results by the words that the tests know them by."""


def change_report(report: Report, **changes: object) -> Report:
    """The report with other parts: fields of its own, results by their words, and `results` in
    place of all that have none."""
    results = {**report.results}
    if "results" in changes:
        worded = {*WHOLE.values(), *(key for key, _ in PARTS.values())}
        results = {key: results[key] for key in results if key in worded}
        results |= changes.pop("results")
    for name in [name for name in changes if name in PARTS or name in WHOLE]:
        value = changes.pop(name)
        if name in WHOLE:
            results[WHOLE[name]] = value
        else:
            key, kind = PARTS[name]
            result = results.get(key)
            part = {name: value}
            results[key] = kind(**part) if result is None else replace(result, **part)
    return replace(report, results=results, **changes)


def judged(report: Report, **set_now: object) -> Report:
    """The report with its limits judged: the gap's own, rates of its decision, and `set_now`."""
    gap = GapLimits(report.gap.tolerance, report.gap.tolerance_by, "2026-11-20", True)
    decision = report.results.get("decision")
    rates = decision.limits if decision is not None else ()
    return with_verdict(report, SetLimits(**{"gap": gap, "rates": rates, **set_now}))


def slices() -> tuple[Slice, ...]:
    return (
        Slice(
            "light", "dark", 48, estimate(0.41, 0.28, 0.56, 48), "blind_spot", 0.0004, 0.002, 0.3
        ),
        Slice("light", "glare", 21, estimate(0.59, 0.37, 0.78, 21), "ok", 0.6, 0.6),
        Slice("light", "normal", 31, estimate(0.84, 0.67, 0.93, 31), "ok", 0.99, 0.99),
        Slice("camera", "camera 3", 6, estimate(0.5, 0.19, 0.81, 6), "too_few"),
    )


def stressed() -> Report:
    """The same line after a sweep of two corruptions over the benchmark: one tips the model, one
    does not."""
    scores = {"dark": (0.92, 0.71, 0.40), "jpeg": (0.97, 0.96, 0.93)}
    nothing = Estimate.not_measured("clean", 200)
    rows = [
        robustness.SweepRow(
            "none", "", 0.0, "benchmark", estimate(0.97, 0.94, 0.99, 200), nothing, nothing,
            estimate(0.01, 0.0, 0.03, 200), 0.98,
        ),
    ]  # fmt: skip
    for name, values in scores.items():
        tipping = 2.625 if name == "dark" else None
        for severity, value in zip((1.0, 3.0, 5.0), values, strict=True):
            drop = estimate(0.97 - value, 0.92 - value, 0.99 - value, 200, "bonett_price")
            flips = estimate(0.98 - value, 0.95 - value, 1.0 - value, 200)
            score = estimate(value, value - 0.06, value + 0.02, 200)
            rows.append(
                robustness.SweepRow(
                    name, "light", severity, "benchmark", score, drop, flips,
                    estimate(0.02, 0.0, 0.05, 200), 0.9, tipping, psnr=30 - severity * 3, ssim=0.9,
                ),
            )  # fmt: skip
    best = (
        robustness.CandidateCorruption("shot_noise", "gauss_noise", 2.3, 0.71, 0.27),
        robustness.CandidateCorruption("dark", "dark", 3.1, 0.62, 0.2),
        robustness.CandidateCorruption("haze", "haze", 1.5, 0.2, 0.0),
    )
    return example_report(
        sweep=robustness.Sweep("castings", 0, tuple(rows), (("benchmark", 0.18),)),
        field_match=robustness.FieldMatch(best[0], "", best, 0.75, None, 80, 120, 6),
    )


def probed() -> Report:
    """The same line with a model that is sure of blank pictures, and of which nobody drew boxes."""
    families = tuple(
        robustness.FamilyRow(
            name,
            200,
            n,
            (),
            estimate(n / 200, max(0.0, n / 200 - 0.06), n / 200 + 0.06, 200),
            0.72,
            0.5,
        )
        for name, n in (("blank", 110), ("noise", 2))
    )
    shortcuts = (
        robustness.ShortcutRow("object_hidden", Estimate.not_measured("no_boxes")),
        robustness.ShortcutRow("patches_shuffled", estimate(0.7, 0.62, 0.77, 150)),
        robustness.ShortcutRow("strong_blur", estimate(0.2, 0.14, 0.28, 150)),
    )
    return example_report(
        probes=robustness.OodResults("castings", 0, 0.9, families, shortcuts, ("texture",))
    )


def boxes_report() -> Report:
    """The same line with boxes for labels, one frame of a video and one of a folder."""
    report = example_report()
    rows = (
        report.frame_rows[5],
        replace(report.frame_rows[17], source="night/0007.png", source_index=7),
    )
    boxes = (Box("crack", 10.0, 20.5, 30.0, 40.0), Box("burr", 1.0, 2.0, 3.0, 4.0, crowd=True))
    labels = (Label(rows[0].frame_id, "done", boxes=boxes), Label(rows[1].frame_id, "done"))
    assert report.model is not None
    model = replace(report.model, task="detection")
    return replace(report, frame_rows=rows, labels=labels, model=model)


def empty_report() -> Report:
    """What a project gives in which nothing but footage exists."""
    report = Report(
        created="2026-11-25T00:31:00Z", project="line4", site="", language="en", visits=(),
        model=None, benchmark=None,
        field=FieldResult(
            footage=Estimate.not_measured("no_labels"), camera=None, hard=None, chosen=None,
            design=None, seed=None, n_frames_listed=0, n_picked=0, n_labelled=0, n_unsure=0,
            n_skipped=0, blind=None, census=False, n_clips=0, n_cameras=0,
        ),
        gap=GapResult(
            Estimate.not_measured("no_draw"), "footage", Estimate.not_measured("no_draw"), None,
            0.03, None, "No frames have been picked yet: run `fieldcheck pick`.",
        ),
        readiness="no_verdict", provenance=Provenance(versions={}, seeds={}, hashes={}, machine={}),
    )  # fmt: skip
    return with_verdict(report, SetLimits())
