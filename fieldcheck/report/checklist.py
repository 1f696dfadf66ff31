"""The readiness checklist (methods 11.4): its rules by code, in order, and what each asks for."""

from __future__ import annotations

from fieldcheck.report import number_format
from fieldcheck.report.report import CheckRow
from fieldcheck.words.figures import format_percent, format_points
from fieldcheck.words.language import tr

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


def get_rule_demand(rule: str) -> str:
    """Demand of a rule, in a sentence; a code that is not known stands for itself."""
    return {
        "gap": tr("The gap is within the project's limit"),
        "failure_stock": tr("At least 200 images of every open failure mode are available"),
        "thousand_frames": tr("At least 1,000 unselected frames were run"),
        "overconfidence": tr("Calibration was measured; the model is overconfident by at most 5 pp"),
        "class_confidence": tr("The median confidence of every class is 0.60 or more"),
        "domain": tr("A classifier cannot distinguish benchmark and field (AUC below 0.90)"),
        "blind_spots": tr("No blind spot of 20 pp or more demonstrated in any slice"),
        "rare_classes": tr("Rare classes are wrong less than 3 times as often as common classes"),
        "nonsense": tr("At most 5% confident predictions on out-of-distribution images"),
        "three_slices": tr("Three evaluation sets exist: clean, corrupted, collected failures"),
        "tipping": tr("No moderate corruption that also occurs on site costs 20 pp"),
        "label_agreement": tr("Two annotators agree on the labels"),
        "latency": tr("Ten-minute load test passed on the target computer"),
        "prediction_log": tr("Predictions are logged and retained for six weeks"),
        "held_out_drop": tr("The held-out score dropped by at most 3 pp since the previous release"),
        "frozen_layers": tr("The last four blocks of the model were fine-tuned"),
    }.get(rule, rule)


def get_rule_measurement(rule: str) -> str:
    """Measurement that a rule waits for, in a sentence; empty for a code that is not known."""
    return {
        "gap": tr("Label the remaining frames and some from new clips, then run the model on field and benchmark."),
        "failure_stock": tr("Tag wrong frames with their failure mode and collect images of each."),
        "thousand_frames": tr("Record until that many frames are sampled, then run the model on all footage."),
        "overconfidence": tr("Run a model that outputs a confidence, and label frames from more clips."),
        "class_confidence": tr("Run the model on all footage and record more; requires 20 predictions per class."),
        "domain": tr("Compare the embeddings of footage and benchmark (at least three clips); more clips narrow the interval."),
        "blind_spots": tr("Label ten frames from three clips per slice, more where a blind spot is suspected."),
        "rare_classes": tr("Record and label more frames of the rare classes."),
        "nonsense": tr("Run the OOD test."),
        "three_slices": tr("Run the benchmark and the corruption sweep, and add a folder of collected failures."),
        "tipping": tr("Run the corruption sweep and match the field to a corruption."),
        "label_agreement": tr("Have a second annotator relabel frames blind."),
        "latency": tr(
            "Run the latency test for ten minutes under load on the target computer, with the required frame rate or memory limit."
        ),
        "prediction_log": tr("Import the log of the deployed model; a log covering 42 days shows that logs are retained."),
        "held_out_drop": tr("Add the previous release as a model and run both on the same labelled frames."),
        "frozen_layers": tr("Add the model together with the ONNX file of its base model."),
    }.get(rule, "")


def format_check_figure(row: CheckRow) -> str:
    """The number that a line was judged by, empty where there is none."""
    if row.figure is None:
        return ""
    if row.rule in ("gap", "overconfidence", "held_out_drop"):
        return tr("{points} pp").format(points=format_points(row.figure))
    if row.rule in ("nonsense", "label_agreement"):
        return format_percent(row.figure)
    if row.rule == "tipping":
        return number_format.format_decimal(row.figure, 1)
    return number_format.format_decimal(row.figure, 0 if row.figure == round(row.figure) else 2)
