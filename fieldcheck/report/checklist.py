"""The readiness checklist (methods 11.4): its rules in order, judged by what the report measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fieldcheck.analyses import names_and_numbers
from fieldcheck.analyses.domain_shift_result import DomainShift
from fieldcheck.analyses.failure_modes import LEAST
from fieldcheck.analyses.imbalance import Imbalance, ImbalanceState
from fieldcheck.analyses.releases import Releases
from fieldcheck.analyses.report_data import CheckRow, Report
from fieldcheck.analyses.temperature_scaling import Calibration
from fieldcheck.corruptions.catalogue import get_family
from fieldcheck.domain.estimate import CheckState
from fieldcheck.domain.latency import Latency
from fieldcheck.domain.robustness import SEVERITIES
from fieldcheck.domain.shift import MonitoringResult
from fieldcheck.i18n.language import tr, tr_points
from fieldcheck.i18n.numbers import format_percent, format_points
from fieldcheck.stats.gap import LARGEST_GATE_DROP, decide_readiness

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
"""Rules on a score of labelled frames, which is not printed below ten frames."""


def get_rule_demand(rule: str) -> str:
    """Demand of a rule, in a sentence; a code that is not known stands for itself."""
    return {
        "gap": tr("The gap is within the project's limit"),
        "failure_stock": tr("At least 200 images of every open failure mode are available"),
        "thousand_frames": tr("At least 1,000 unselected frames were run"),
        "overconfidence": tr(
            "Calibration was measured; the model is overconfident by at most 5 pp"
        ),
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
        "held_out_drop": tr(
            "The held-out score dropped by at most 3 pp since the previous release"
        ),
        "frozen_layers": tr("The last four blocks of the model were fine-tuned"),
    }.get(rule, rule)


def get_rule_measurement(rule: str) -> str:
    """Measurement that a rule waits for, in a sentence; empty for a code that is not known."""
    return {
        "gap": tr(
            "Label the remaining frames and some from new clips, then run the model on field "
            "and benchmark."
        ),
        "failure_stock": tr("Tag wrong frames with their failure mode and collect images of each."),
        "thousand_frames": tr(
            "Record until that many frames are sampled, then run the model on all footage."
        ),
        "overconfidence": tr(
            "Run a model that outputs a confidence, and label frames from more clips."
        ),
        "class_confidence": tr(
            "Run the model on all footage and record more; requires 20 predictions per class."
        ),
        "domain": tr(
            "Compare the embeddings of footage and benchmark (at least three clips); more "
            "clips narrow the interval."
        ),
        "blind_spots": tr(
            "Label ten frames from three clips per slice, more where a blind spot is suspected."
        ),
        "rare_classes": tr("Record and label more frames of the rare classes."),
        "nonsense": tr("Run the OOD test."),
        "three_slices": tr(
            "Run the benchmark and the corruption sweep, and add a folder of collected failures."
        ),
        "tipping": tr("Run the corruption sweep and match the field to a corruption."),
        "label_agreement": tr("Have a second annotator relabel frames blind."),
        "latency": tr(
            "Run the latency test for ten minutes under load on the target computer, with the "
            "required frame rate or memory limit."
        ),
        "prediction_log": tr(
            "Import the log of the deployed model; a log covering 42 days shows that logs are "
            "retained."
        ),
        "held_out_drop": tr(
            "Add the previous release as a model and run both on the same labelled frames."
        ),
        "frozen_layers": tr("Add the model together with the ONNX file of its base model."),
    }.get(rule, "")


def format_check_figure(row: CheckRow) -> str:
    """The number that a line was judged by, empty where there is none."""
    if row.figure is None:
        return ""
    if row.rule in ("gap", "overconfidence", "held_out_drop"):
        points = format_points(row.figure)
        return tr_points("{points} pp", points).format(points=points)
    if row.rule in ("nonsense", "label_agreement"):
        return format_percent(row.figure)
    if row.rule == "tipping":
        return names_and_numbers.format_decimal(row.figure, 1)
    return names_and_numbers.format_decimal(row.figure, 0 if row.figure == round(row.figure) else 2)


# The readiness checklist, judged by the report's own measurements; what was not measured stays open
# (methods 11.4).

ENOUGH_FRAMES = 1000
MOST_CONFIDENT_ON_OOD = 0.05
LEAST_AGREEMENT, LEAST_KAPPA = 0.9, 0.6
DOMAIN_ALARM = 0.90
SIX_WEEKS_DAYS = 42.0
TEN_MINUTES_S = 590.0  # the run is over with its last whole frame
MOST_OVERCONFIDENT, LEAST_MEDIAN, ENOUGH_OF_A_CLASS = 0.05, 0.6, 20
BY_ANSWERS = (
    "failure_stock",
    "overconfidence",
    "class_confidence",
    "blind_spots",
    "rare_classes",
    "nonsense",
    "tipping",
)
"""Rules that say nothing of a model that may be fed in another way than where its score was
claimed."""
OF_IMBALANCE: dict[ImbalanceState, CheckState] = {
    "alarm": "fail",
    "suspect": "too_few",
    "too_few": "too_few",
    "quiet": "pass",
}
OF_VERDICT: dict[str, CheckState] = {"pass": "pass", "fail": "fail", "not_enough": "too_few"}


def with_checklist(report: Report) -> Report:
    """Report with every line of its checklist judged, and the page's word that follows."""
    rows = tuple(_check_rule(report, rule) for rule in RULES)
    return replace(
        report,
        checklist=rows,
        readiness=decide_readiness(report.gap.verdict, [row.state for row in rows]),
    )


def _check_rule(report: Report, rule: str) -> CheckRow:
    judge = JUDGES.get(rule)
    if judge is None or (rule in BY_ANSWERS and report.gap.verdict == "not_comparable"):
        return CheckRow(rule, "not_measured")
    state, figure = judge(report)
    return CheckRow(rule, state, figure)


Judged = tuple[CheckState, float | None]
UNKNOWN: Judged = ("not_measured", None)


def _check_gap(report: Report) -> Judged:
    state = OF_VERDICT.get(report.gap.verdict or "")
    return (state, report.gap.estimate.value) if state and report.gap.estimate.measured else UNKNOWN


def _check_failure_stock(report: Report) -> Judged:
    """The smallest stock among the open modes. While errors are unsorted, a mode may be missing;
    with no error there is none to collect."""
    found = (report.facts or {}).get("failure_modes")
    if not isinstance(found, tuple):
        return UNKNOWN
    stock = [row.stock for row in found if row.mode]
    if not stock:
        return UNKNOWN if found else ("pass", None)
    enough = len(stock) == len(found) and min(stock) >= LEAST
    return "pass" if enough else "too_few", float(min(stock))


def _check_thousand_frames(report: Report) -> Judged:
    by_hand = {row.frame_id for row in report.frame_rows if row.stratum == "extra"}
    n = len({row.frame_id for row in report.prediction_rows if row.on != "benchmark"} - by_hand)
    return ("pass" if n >= ENOUGH_FRAMES else "too_few", float(n)) if n else UNKNOWN


def _check_overconfidence(report: Report) -> Judged:
    """By the limits of confidence minus accuracy on other clips of the cameras; this footage alone,
    of one or two clips, leaves it open."""
    found = (report.facts or {}).get("calibration")
    side = found.get_side("field") if isinstance(found, Calibration) else None
    signed = side.signed_cameras if side else None
    if side is None or signed is None:
        return ("too_few", side.signed.hi) if side and side.signed.measured else UNKNOWN
    state: CheckState = (
        "pass"
        if signed.hi <= MOST_OVERCONFIDENT
        else "fail"
        if signed.lo > MOST_OVERCONFIDENT
        else "too_few"
    )
    return state, signed.hi


def _check_class_confidence(report: Report) -> Judged:
    """The least median of a class that was named often enough."""
    found = (report.facts or {}).get("calibration")
    classes = found.classes if isinstance(found, Calibration) else ()
    medians = [one.median for one in classes if one.n >= ENOUGH_OF_A_CLASS]
    if not medians:
        return ("too_few", None) if classes else UNKNOWN
    return "pass" if min(medians) >= LEAST_MEDIAN else "fail", min(medians)


def _check_domain_shift(report: Report) -> Judged:
    """By the limits of the AUC, which fewer than three clips do not have; with borders and marks
    masked where only they told."""
    found = (report.facts or {}).get("domain")
    if not isinstance(found, DomainShift):
        return UNKNOWN
    auc = found.judged_auc
    if not auc.measured:
        return "too_few", auc.value
    return (
        "pass" if auc.hi < DOMAIN_ALARM else "fail" if auc.lo >= DOMAIN_ALARM else "too_few",
        auc.value,
    )


def _check_blind_spots(report: Report) -> Judged:
    """A slice that only may be behind leaves it open: more frames of it would tell."""
    flags = [row.flag for row in report.slices or () if row.flag != "too_few"]
    if not flags:
        return UNKNOWN
    n = flags.count("blind_spot")
    return "fail" if n else "too_few" if "suspect" in flags else "pass", float(n)


def _check_rare_classes(report: Report) -> Judged:
    found = (report.facts or {}).get("imbalance")
    if not isinstance(found, Imbalance) or not found.ratio.measured:
        return UNKNOWN
    return OF_IMBALANCE[found.state], found.ratio.value


def _check_ood_confidence(report: Report) -> Judged:
    rates = [row.rate for row in report.probes.families] if report.probes else []
    if not rates or not all(rate.measured for rate in rates):
        return UNKNOWN
    worst = max(rate.hi for rate in rates)
    return "fail" if worst > MOST_CONFIDENT_ON_OOD else "pass", worst


def _check_three_sets(report: Report) -> Judged:
    kinds = {one.kind for one in report.sets if one.score.measured}
    return ("pass" if len(kinds) == 3 else "too_few", float(len(kinds))) if report.sets else UNKNOWN


def _check_tipping_point(report: Report) -> Judged:
    """The lowest severity at which a corruption tips the model that the field was found to look
    like."""
    if report.stress is None or report.field_match is None:
        return UNKNOWN
    on_site = {get_family(name) for name, _ in report.field_match.named_corruptions}
    swept = [
        row
        for row in report.stress.rows
        if row.severity == SEVERITIES["moderate"] and get_family(row.corruption) in on_site
    ]
    if not on_site or {get_family(row.corruption) for row in swept} != on_site:
        return UNKNOWN
    tips = [
        row.tipping
        for row in swept
        if row.tipping is not None and row.tipping <= SEVERITIES["moderate"]
    ]
    if tips:
        return "fail", min(tips)
    return UNKNOWN if any(row.on in report.stress.partial for row in swept) else ("pass", None)


def _check_label_agreement(report: Report) -> Judged:
    """Between people; one person who agrees with themselves may be wrong twice."""
    found = next(
        (one for one in report.provenance.repeats if one.how == "other" and one.agreement.measured),
        None,
    )
    if found is None:
        return UNKNOWN
    pairs = ((found.agreement, LEAST_AGREEMENT), (found.kappa, LEAST_KAPPA))
    if any(one.measured and one.lo >= least for one, least in pairs):
        return "pass", found.agreement.value
    short = all(one.hi < least for one, least in pairs if one.measured)
    return "fail" if short else "too_few", found.agreement.value


def _check_held_out_drop(report: Report) -> Judged:
    """Since the last release, on the frames that both answered; by the range, never by the value."""
    found = (report.facts or {}).get("releases")
    if not isinstance(found, Releases):
        return UNKNOWN
    change = found.steps[-1].change
    state: CheckState = (
        "pass"
        if -change.lo <= LARGEST_GATE_DROP
        else "fail"
        if -change.hi > LARGEST_GATE_DROP
        else "too_few"
    )
    return state, -change.value


def _check_trained_blocks(report: Report) -> Judged:
    last = report.training.last_blocks if report.training else ()
    if not last:
        return UNKNOWN
    n = sum(not layer.same for layer in last)
    return "pass" if n == len(last) else "fail", float(n)


def _check_latency(report: Report) -> Judged:
    """Ten minutes under load on the target, held against what was declared; a shorter run, an idle
    or another machine leaves it open."""
    found = (report.facts or {}).get("latency")
    if not isinstance(found, Latency) or found.meets_target is None:
        return UNKNOWN
    if found.seconds < TEN_MINUTES_S or found.load == "none" or not found.on_target:
        return "too_few", found.total.p95_ms
    return "pass" if found.meets_target else "fail", found.total.p95_ms


def _check_prediction_log(report: Report) -> Judged:
    """By the days that the longest log reached over when it was taken in; a shorter one may have
    been kept for longer."""
    found = (report.facts or {}).get("monitor")
    if not isinstance(found, MonitoringResult) or found.log_days is None:
        return UNKNOWN
    return "pass" if found.log_days >= SIX_WEEKS_DAYS else "too_few", found.log_days


JUDGES: dict[str, Callable[[Report], Judged]] = {
    "gap": _check_gap,
    "failure_stock": _check_failure_stock,
    "thousand_frames": _check_thousand_frames,
    "overconfidence": _check_overconfidence,
    "class_confidence": _check_class_confidence,
    "domain": _check_domain_shift,
    "blind_spots": _check_blind_spots,
    "rare_classes": _check_rare_classes,
    "nonsense": _check_ood_confidence,
    "three_slices": _check_three_sets,
    "tipping": _check_tipping_point,
    "label_agreement": _check_label_agreement,
    "latency": _check_latency,
    "prediction_log": _check_prediction_log,
    "held_out_drop": _check_held_out_drop,
    "frozen_layers": _check_trained_blocks,
}
