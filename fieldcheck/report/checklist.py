"""The readiness checklist (methods 11.4): the rules of all analyses in order, judged by what the
report measured."""

from __future__ import annotations

from dataclasses import replace

from fieldcheck.analyses.analysis import (
    NOT_MEASURED,
    ChecklistRule,
    CheckResult,
    format_points_figure,
)
from fieldcheck.analyses.registry import ANALYSES
from fieldcheck.analyses.report_data import CheckRow, Report
from fieldcheck.domain.estimate import CheckState
from fieldcheck.i18n.language import tr

ENOUGH_FRAMES = 1000
OF_VERDICT: dict[str, CheckState] = {"pass": "pass", "fail": "fail", "not_enough": "too_few"}


def check_gap(report: Report) -> CheckResult:
    """Judges the gap by its verdict."""
    state = OF_VERDICT.get(report.gap.verdict or "")
    measured = report.gap.estimate.measured
    return (state, report.gap.estimate.value) if state and measured else NOT_MEASURED


def check_thousand_frames(report: Report) -> CheckResult:
    """Judges how many frames the model was run on that nobody chose by hand."""
    by_hand = {row.frame_id for row in report.frame_rows if row.stratum == "extra"}
    ran = {row.frame_id for row in report.prediction_rows if row.on != "benchmark"}
    n = len(ran - by_hand)
    return ("pass" if n >= ENOUGH_FRAMES else "too_few", float(n)) if n else NOT_MEASURED


OF_THE_REPORT = (
    ChecklistRule(
        "gap",
        1,
        lambda: tr("The gap is within the project's limit"),
        lambda: tr(
            "Label the remaining frames and some from new clips, then run the model on field and "
            "benchmark."
        ),
        check_gap,
        format_figure=format_points_figure,
        by_labels=True,
    ),
    ChecklistRule(
        "thousand_frames",
        3,
        lambda: tr("At least 1,000 unselected frames were run"),
        lambda: tr("Record until that many frames are sampled, then run the model on all footage."),
        check_thousand_frames,
    ),
)
"""Rules on the gap and the footage, which no section of the appendix prints."""

RULES = {
    rule.key: rule
    for rule in sorted(
        (*OF_THE_REPORT, *(rule for analysis in ANALYSES for rule in analysis.checklist)),
        key=lambda rule: rule.position,
    )
}
"""Every rule by its key, in the order of the checklist."""


def with_checklist(report: Report) -> Report:
    """Returns the report with every line of its checklist judged."""
    return replace(report, checklist=tuple(_check_rule(report, rule) for rule in RULES.values()))


def get_rule_demand(key: str) -> str:
    """Returns the requirement of a rule as a sentence; an unknown key stands for itself."""
    rule = RULES.get(key)
    return key if rule is None else rule.demand()


def format_check_figure(row: CheckRow) -> str:
    """Formats the number that a line was judged by; empty where there is none."""
    return "" if row.figure is None else RULES[row.rule].format_figure(row.figure)


def _check_rule(report: Report, rule: ChecklistRule) -> CheckRow:
    if rule.by_predictions and report.gap.verdict == "not_comparable":
        return CheckRow(rule.key, "not_measured")
    return CheckRow(rule.key, *rule.judge(report))
