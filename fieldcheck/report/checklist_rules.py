"""The readiness checklist judged by what the report itself has measured; what nobody measured stays so (methods 11.4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fieldcheck.corruption.catalog import get_family
from fieldcheck.domain.calibration import Calibration
from fieldcheck.domain.domain_shift import DomainShift
from fieldcheck.domain.latency import Latency
from fieldcheck.domain.shift import MonitoringResult
from fieldcheck.domain.sweep import SEVERITIES
from fieldcheck.domain.verdict import CheckState
from fieldcheck.report.checklist import RULES
from fieldcheck.report.report import CheckRow, Report
from fieldcheck.scoring.failure_modes import LEAST
from fieldcheck.scoring.imbalance import Imbalance, ImbalanceState
from fieldcheck.scoring.releases import Releases
from fieldcheck.scoring.verdict import decide_readiness

ENOUGH_FRAMES = 1000
MOST_CONFIDENT_ON_OOD = 0.05
MOST_DROP = 0.03
LEAST_AGREEMENT, LEAST_KAPPA = 0.9, 0.6
DOMAIN_ALARM = 0.90
SIX_WEEKS_DAYS = 42.0
TEN_MINUTES_S = 590.0  # the run is over with its last whole frame
MOST_OVERCONFIDENT, LEAST_MEDIAN, ENOUGH_OF_A_CLASS = 0.05, 0.6, 20
BY_ANSWERS = ("failure_stock", "overconfidence", "class_confidence", "blind_spots", "rare_classes", "nonsense", "tipping")
"""Rules that say nothing of a model that may be fed in another way than where its score was claimed."""
OF_IMBALANCE: dict[ImbalanceState, CheckState] = {"alarm": "fail", "suspect": "too_few", "too_few": "too_few", "quiet": "pass"}
OF_VERDICT: dict[str, CheckState] = {"pass": "pass", "fail": "fail", "not_enough": "too_few"}


def with_checklist(report: Report) -> Report:
    """Report with every line of its checklist judged, and the page's word that follows."""
    rows = tuple(_check_rule(report, rule) for rule in RULES)
    return replace(report, checklist=rows, readiness=decide_readiness(report.gap.verdict, [row.state for row in rows]))


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
    """The smallest stock among the open modes. While errors are unsorted, a mode may be missing; with no error there is none to collect."""
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
    """By the limits of confidence minus accuracy on other clips of the cameras; this footage alone, of one or two clips, leaves it open."""
    found = (report.facts or {}).get("calibration")
    side = found.get_side("field") if isinstance(found, Calibration) else None
    signed = side.signed_cameras if side else None
    if side is None or signed is None:
        return ("too_few", side.signed.hi) if side and side.signed.measured else UNKNOWN
    state: CheckState = "pass" if signed.hi <= MOST_OVERCONFIDENT else "fail" if signed.lo > MOST_OVERCONFIDENT else "too_few"
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
    """By the limits of the AUC, which fewer than three clips do not have; with borders and marks masked where only they told."""
    found = (report.facts or {}).get("domain")
    if not isinstance(found, DomainShift):
        return UNKNOWN
    auc = found.judged_auc
    if not auc.measured:
        return "too_few", auc.value
    return "pass" if auc.hi < DOMAIN_ALARM else "fail" if auc.lo >= DOMAIN_ALARM else "too_few", auc.value


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
    """The lowest severity at which a corruption tips the model that the field was found to look like."""
    if report.stress is None or report.field_match is None:
        return UNKNOWN
    on_site = {get_family(name) for name, _ in report.field_match.named_corruptions}
    swept = [row for row in report.stress.rows if row.severity == SEVERITIES["moderate"] and get_family(row.corruption) in on_site]
    if not on_site or {get_family(row.corruption) for row in swept} != on_site:
        return UNKNOWN
    tips = [row.tipping for row in swept if row.tipping is not None and row.tipping <= SEVERITIES["moderate"]]
    if tips:
        return "fail", min(tips)
    return UNKNOWN if any(row.on in report.stress.partial for row in swept) else ("pass", None)


def _check_label_agreement(report: Report) -> Judged:
    """Between people; one person who agrees with themselves may be wrong twice."""
    found = next((one for one in report.provenance.repeats if one.how == "other" and one.agreement.measured), None)
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
    state: CheckState = "pass" if -change.lo <= MOST_DROP else "fail" if -change.hi > MOST_DROP else "too_few"
    return state, -change.value


def _check_trained_blocks(report: Report) -> Judged:
    last = report.training.last_blocks if report.training else ()
    if not last:
        return UNKNOWN
    n = sum(not layer.same for layer in last)
    return "pass" if n == len(last) else "fail", float(n)


def _check_latency(report: Report) -> Judged:
    """Ten minutes under load on the target, held against what was declared; a shorter run, an idle or another machine leaves it open."""
    found = (report.facts or {}).get("latency")
    if not isinstance(found, Latency) or found.meets_target is None:
        return UNKNOWN
    if found.seconds < TEN_MINUTES_S or found.load == "none" or not found.on_target:
        return "too_few", found.total.p95_ms
    return "pass" if found.meets_target else "fail", found.total.p95_ms


def _check_prediction_log(report: Report) -> Judged:
    """By the days that the longest log reached over when it was taken in; a shorter one may have been kept for longer."""
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
