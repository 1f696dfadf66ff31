"""The readiness checklist (methods 11.4): its rules by code, in order, and what each asks for."""

from __future__ import annotations

from fieldcheck.report import number_format
from fieldcheck.report.report import CheckRow
from fieldcheck.words.figures import percent, points
from fieldcheck.words.language import text

RULES = (
    "gap",
    "failure_stock",
    "thousand_frames",
    "overconfidence",
    "class_confidence",
    "domain",
    "blind_spots",
    "rare_classes",
    "nonsense",
    "three_slices",
    "tipping",
    "label_agreement",
    "latency",
    "prediction_log",
    "held_out_drop",
    "frozen_layers",
)
OF_LABELS = ("gap", "overconfidence", "rare_classes", "label_agreement", "held_out_drop")
"""Rules whose figure is a score of labelled frames: below ten of these there is none to print."""


def demand(rule: str) -> str:
    """Demand of a rule, in a sentence; a code that is not known stands for itself."""
    return {
        "gap": text("The gap is within the project's limit"),
        "failure_stock": text("At least 200 images of every open failure mode are available"),
        "thousand_frames": text("At least 1,000 unselected frames were run"),
        "overconfidence": text("Calibration was measured; the model is overconfident by at most 5 pp"),
        "class_confidence": text("The median confidence of every class is 0.60 or more"),
        "domain": text("A classifier cannot distinguish benchmark and field (AUC below 0.90)"),
        "blind_spots": text("No blind spot of 20 pp or more demonstrated in any slice"),
        "rare_classes": text("Rare classes are wrong less than 3 times as often as common classes"),
        "nonsense": text("At most 5% confident predictions on out-of-distribution images"),
        "three_slices": text("Three evaluation sets exist: clean, corrupted, collected failures"),
        "tipping": text("No moderate corruption that also occurs on site costs 20 pp"),
        "label_agreement": text("Two annotators agree on the labels"),
        "latency": text("Ten-minute load test passed on the target computer"),
        "prediction_log": text("Predictions are logged and retained for six weeks"),
        "held_out_drop": text("The held-out score dropped by at most 3 pp since the previous release"),
        "frozen_layers": text("The last four blocks of the model were fine-tuned"),
    }.get(rule, rule)


def measured_by(rule: str) -> str:
    """Measurement that a rule waits for, in a sentence; empty for a code that is not known."""
    return {
        "gap": text("Label the remaining frames and some from new clips, then run the model on field and benchmark."),
        "failure_stock": text("Tag wrong frames with their failure mode and collect images of each."),
        "thousand_frames": text("Record until that many frames are sampled, then run the model on all footage."),
        "overconfidence": text("Run a model that outputs a confidence, and label frames from more clips."),
        "class_confidence": text("Run the model on all footage and record more; requires 20 predictions per class."),
        "domain": text("Compare the embeddings of footage and benchmark (at least three clips); more clips narrow the interval."),
        "blind_spots": text("Label ten frames from three clips per slice, more where a blind spot is suspected."),
        "rare_classes": text("Record and label more frames of the rare classes."),
        "nonsense": text("Run the OOD test."),
        "three_slices": text("Run the benchmark and the corruption sweep, and add a folder of collected failures."),
        "tipping": text("Run the corruption sweep and match the field to a corruption."),
        "label_agreement": text("Have a second annotator relabel frames blind."),
        "latency": text(
            "Run the latency test for ten minutes under load on the target computer, with the required frame rate or memory limit."
        ),
        "prediction_log": text("Import the log of the deployed model; a log covering 42 days shows that logs are retained."),
        "held_out_drop": text("Add the previous release as a model and run both on the same labelled frames."),
        "frozen_layers": text("Add the model together with the ONNX file of its base model."),
    }.get(rule, "")


def figure(row: CheckRow) -> str:
    """The number that a line was judged by, empty where there is none."""
    if row.figure is None:
        return ""
    if row.rule in ("gap", "overconfidence", "held_out_drop"):
        return text("{points} pp").format(points=points(row.figure))
    if row.rule in ("nonsense", "label_agreement"):
        return percent(row.figure)
    if row.rule == "tipping":
        return number_format.decimal(row.figure, 1)
    return number_format.decimal(row.figure, 0 if row.figure == round(row.figure) else 2)
