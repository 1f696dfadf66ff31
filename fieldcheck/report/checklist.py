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
        "failure_stock": text("At least 200 pictures of every open kind of failure are in stock"),
        "thousand_frames": text("At least 1,000 frames that nobody selected were run"),
        "overconfidence": text("Calibration was measured, and confidence is at most 5 pp too high"),
        "class_confidence": text("The median confidence of every class is 0.60 or more"),
        "domain": text("A classifier cannot tell benchmark and field apart (AUC below 0.90)"),
        "blind_spots": text("No blind spot: no kind of frame was seen 20 pp below the others"),
        "rare_classes": text("Rare classes are wrong less than 3 times as often as common ones"),
        "nonsense": text("At most 5% confident answers on out-of-distribution pictures"),
        "three_slices": text("Three evaluation sets exist: clean, corrupted, collected failures"),
        "tipping": text("No moderate corruption that also occurs on site costs 20 pp"),
        "label_agreement": text("Two people agree on the labels"),
        "latency": text("Ten minutes under load on the target computer were passed"),
        "prediction_log": text("Predictions are logged and kept for six weeks"),
        "held_out_drop": text("The held-out score fell by at most 3 pp since the last release"),
        "frozen_layers": text("The last four blocks of the model were fine-tuned"),
    }.get(rule, rule)


def measured_by(rule: str) -> str:
    """Measurement that a rule waits for, in a sentence; empty for a code that is not known."""
    return {
        "gap": text("Label the frames that wait, then some of new clips, and run the model on field and benchmark."),
        "failure_stock": text("Tag the wrong frames by their failure mode, and collect pictures of each."),
        "thousand_frames": text("Record until as many frames are listed, and run the model on all of the footage."),
        "overconfidence": text("Run a model that tells its confidence, and label frames of more clips."),
        "class_confidence": text("Run the model on all of the footage, and record more: it takes 20 answers of every class."),
        "domain": text("Compare the embeddings of footage and benchmark, from three clips on: more clips narrow the range."),
        "blind_spots": text("Label ten frames in three clips of every kind, and ask for more where one is suspected."),
        "rare_classes": text("Record and label more frames of the rare classes."),
        "nonsense": text("Run the out-of-distribution test."),
        "three_slices": text("Run the benchmark and the sweep, and name a folder of collected failures."),
        "tipping": text("Run the sweep, and have it found which corruption the field looks like."),
        "label_agreement": text("Have a second person label frames again, blind."),
        "latency": text("Measure ten minutes under load on the target computer, with the rate or the memory that it has to reach."),
        "prediction_log": text("Take in the log of the deployed model: one that reaches over 42 days shows that it is kept."),
        "held_out_drop": text("Add the last release as a model, and run both on the same labelled frames."),
        "frozen_layers": text("Add the model with the ONNX file of the base model that it was trained from."),
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
