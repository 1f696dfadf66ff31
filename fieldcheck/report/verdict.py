"""Verdict of the report: every limit judged, the word that follows from them, and the reason that
stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fieldcheck.analyses import limits
from fieldcheck.analyses.gap_headline import GapPlan, describe_plan, get_readiness_name
from fieldcheck.analyses.report_data import Report
from fieldcheck.domain.estimate import Readiness, Verdict
from fieldcheck.domain.report import JudgedLimit
from fieldcheck.i18n.language import tr, tr_plural, use_language
from fieldcheck.project.limits import SetLimits
from fieldcheck.stats.gap import decide_readiness


@dataclass(frozen=True, slots=True)
class ReportVerdict:
    """The word, the limits it follows from, and what precedes them: the gap's own `verdict` and
    the picked frames that are labelled and unsure. `plan`: what would decide the gap."""

    readiness: Readiness
    limits: tuple[JudgedLimit, ...]
    verdict: Verdict | None
    n_labelled: int
    n_unsure: int
    plan: GapPlan | None = None

    @property
    def name(self) -> str:
        """The word."""
        return get_readiness_name(self.readiness)


def with_verdict(report: Report, set_limits: SetLimits) -> Report:
    """The report with its limits judged and the readiness that follows from them alone."""
    judged = limits.judge_limits(limits.collect_figures(report), set_limits)
    return replace(
        report,
        results={**report.results, limits.ANALYSIS.key: judged},
        readiness=decide_readiness(report.gap.verdict, [limit.state for limit in judged]),
    )


def get_verdict(report: Report) -> ReportVerdict:
    """The verdict that the report holds."""
    return ReportVerdict(
        report.readiness,
        limits.get_judged_limits(report),
        report.gap.verdict,
        report.field.n_labelled,
        report.field.n_unsure,
        report.gap.plan,
    )


def describe_verdict(report: Report) -> str:
    """The word and its reason in one sentence, in the report's language like its other
    sentences."""
    with use_language(report.language):
        verdict = get_verdict(report)
        return tr("{word}, {reason}").format(word=verdict.name, reason=describe_reason(verdict))


def describe_reason(verdict: ReportVerdict) -> str:
    """Why a report has its word: the limits that decide it, or that are open."""
    if verdict.readiness == "not_ready":
        failed = [limit for limit in verdict.limits if limit.state == "not_met"]
        return tr("because of {facts}.").format(facts=_join_facts(failed))
    if verdict.readiness == "supervised_trial":
        return tr("because every limit is met: {facts}.").format(facts=_join_facts(verdict.limits))
    return describe_preceding(verdict) or _describe_open_limits(verdict)


def _join_facts(judged: Sequence[JudgedLimit]) -> str:
    return "; ".join(
        f"{limits.describe_measured(judged_limit)}, {limits.describe_limit(judged_limit)}"
        for judged_limit in judged
    )


def describe_preceding(verdict: ReportVerdict) -> str:
    """Why the limits are not asked; empty where they are."""
    if verdict.readiness == "not_comparable":
        return tr(
            "because the measured score disagrees with the reference score; the two may be "
            "measured differently."
        )
    if verdict.readiness == "not_judgeable":
        return tr_plural(
            "because the one frame shown could not be judged.",
            "because none of {n} frames could be judged.",
            verdict.n_unsure,
        ).format(n=verdict.n_unsure)
    if verdict.verdict == "chosen_only":
        return tr(
            "because only hard frames were selected; they are not representative of the footage."
        )
    if verdict.readiness == "no_verdict":
        return tr("because no frame is picked yet.")
    return "" if verdict.n_labelled else tr("because no frame is labelled yet.")


def _describe_open_limits(verdict: ReportVerdict) -> str:
    """The open limits, the first with why and with what would decide it."""
    first, *others = [limit for limit in verdict.limits if limit.state == "inconclusive"]
    sentence = tr("because {measured} is inconclusive ({cause}), {limit}").format(
        measured=limits.describe_measured(first),
        cause=limits.describe_open_cause(first),
        limit=limits.describe_limit(first),
    )
    step = describe_plan(verdict.plan) if first.code == "gap" and verdict.plan else ""
    step = step or limits.describe_deciding_step(first)
    if step:
        sentence = tr("{reason}: {step}").format(reason=sentence, step=step)
    if others:
        names = ", ".join(limits.get_limit_name(other.code) for other in others)
        sentence = tr("{reason}; also open: {names}").format(reason=sentence, names=names)
    return f"{sentence}."
