"""Verdict of the report: every limit judged, the word that follows from them, the reason beside it;
and the readiness checklist (methods 11.4): the rules of all analyses in order, judged by what the
report measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from fieldcheck.analyses import limits
from fieldcheck.analyses.analysis import NOT_MEASURED, ChecklistRule, CheckResult
from fieldcheck.analyses.gap_headline import GapPlan, describe_plan
from fieldcheck.analyses.names_and_numbers import get_check_state_label
from fieldcheck.analyses.registry import ANALYSES
from fieldcheck.analyses.report_data import CheckRow, Report
from fieldcheck.domain.estimate import Phase, Readiness, Verdict
from fieldcheck.domain.project_state import Changes
from fieldcheck.domain.report import JudgedLimit
from fieldcheck.i18n.language import tr, tr_plural, use_language
from fieldcheck.models.messages import get_readiness_name
from fieldcheck.project.limits import SetLimits, get_today
from fieldcheck.project.project import Project
from fieldcheck.project.tables import values as settings_table
from fieldcheck.safe_text import clean_name
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
        return tr("{word}, {reason}", word=verdict.name, reason=describe_reason(verdict))


def describe_reason(verdict: ReportVerdict) -> str:
    """Why a report has its word: the limits that decide it, or that are open."""
    if verdict.readiness == "not_ready":
        failed = [limit for limit in verdict.limits if limit.state == "not_met"]
        return tr("because of {facts}.", facts=_join_facts(failed))
    if verdict.readiness == "supervised_trial":
        return tr("because every limit is met: {facts}.", facts=_join_facts(verdict.limits))
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
            n=verdict.n_unsure,
        )
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
    sentence = tr(
        "because {measured} is inconclusive ({cause}), {limit}",
        measured=limits.describe_measured(first),
        cause=limits.describe_open_cause(first),
        limit=limits.describe_limit(first),
    )
    step = describe_plan(verdict.plan) if first.code == "gap" and verdict.plan else ""
    step = step or limits.describe_deciding_step(first)
    if step:
        sentence = tr("{reason}: {step}", reason=sentence, step=step)
    if others:
        names = ", ".join(limits.get_limit_name(other.code) for other in others)
        sentence = tr("{reason}; also open: {names}", reason=sentence, names=names)
    return f"{sentence}."


Exempted = Mapping[str, tuple[str, str]]  # who said that a rule does not apply, and when
NOTHING_EXEMPTED: Exempted = MappingProxyType({})
ENOUGH_FRAMES = 1000
ENOUGH_CLIPS = 12  # before a trial
PHASES: tuple[Phase, ...] = ("trial", "release", "operation")


def check_reproduced(report: Report) -> CheckResult:
    """Judges whether the reference score of the benchmark came out here."""
    reproduced = report.benchmark.reproduced if report.benchmark is not None else None
    return NOT_MEASURED if reproduced is None else ("pass" if reproduced else "fail", None)


def check_blind_labels(report: Report) -> CheckResult:
    """Judges whether no label was made in sight of the model's answer."""
    blind = report.field.blind
    return NOT_MEASURED if blind is None else ("pass" if blind else "fail", None)


def check_clips(report: Report) -> CheckResult:
    """Judges how many clips have labels."""
    n = report.field.n_clips if report.field.n_labelled else 0
    return ("pass" if n >= ENOUGH_CLIPS else "too_few", float(n)) if n else NOT_MEASURED


def check_thousand_frames(report: Report) -> CheckResult:
    """Judges how many frames the model was run on that nobody chose by hand."""
    by_hand = {row.frame_id for row in report.frame_rows if row.stratum == "extra"}
    ran = {row.frame_id for row in report.prediction_rows if row.on != "benchmark"}
    n = len(ran - by_hand)
    return ("pass" if n >= ENOUGH_FRAMES else "too_few", float(n)) if n else NOT_MEASURED


OF_THE_REPORT = (
    ChecklistRule(
        "reproduced",
        1,
        lambda: tr("The benchmark's reference score was reproduced"),
        lambda: tr("State the reference score of the benchmark and run the model on it."),
        check_reproduced,
        phase="trial",
    ),
    ChecklistRule(
        "blind_labels",
        17,
        lambda: tr("All labels were made without sight of the prediction"),
        lambda: tr("Label in the window; labels from files do not say how they were made."),
        check_blind_labels,
        phase="trial",
    ),
    ChecklistRule(
        "twelve_clips",
        18,
        lambda: tr("At least 12 clips have labels"),
        lambda: tr("Record clips on other days and label some frames of each."),
        check_clips,
        phase="trial",
    ),
    ChecklistRule(
        "thousand_frames",
        3,
        lambda: tr("At least 1,000 unselected frames were run"),
        lambda: tr("Record until that many frames are sampled, then run the model on all footage."),
        check_thousand_frames,
    ),
)
"""Rules on benchmark, labels and footage, which no section of the appendix prints."""

RULES = {
    rule.key: rule
    for rule in sorted(
        (*OF_THE_REPORT, *(rule for analysis in ANALYSES for rule in analysis.checklist)),
        key=lambda rule: (PHASES.index(rule.phase), rule.position),
    )
}
"""Every rule by its key, phase by phase."""


def with_checklist(report: Report, exempted: Exempted = NOTHING_EXEMPTED) -> Report:
    """Returns the report with every line of its checklist judged, but for the `exempted` ones."""
    rows = tuple(
        CheckRow(rule.key, "not_applicable", None, *exempted[rule.key])
        if rule.key in exempted
        else _check_rule(report, rule)
        for rule in RULES.values()
    )
    return replace(report, checklist=rows)


def get_phase_rows(report: Report, phase: Phase) -> tuple[CheckRow, ...]:
    """The lines of a phase that the report holds."""
    return tuple(row for row in report.checklist if RULES[row.rule].phase == phase)


def get_phase_name(phase: Phase) -> str:
    """Phase of the checklist as a heading."""
    return {
        "trial": tr("Before a supervised trial"),
        "release": tr("Before release"),
        "operation": tr("In operation"),
    }[phase]


# Lines that somebody said do not apply, with a name: one undoable setting of the project.

KEY = "checklist"


def load_exempted(project: Project) -> dict[str, tuple[str, str]]:
    """Rules that do not apply here: who said so, and on which date. Rules that this version does
    not know are dropped."""
    stored = project.read(settings_table.list_settings).get(KEY)
    stored = stored if isinstance(stored, dict) else {}
    return {rule: (str(by), str(date)) for rule, (by, date) in stored.items() if rule in RULES}


def exempt_rule(project: Project, rule: str, by: str) -> Changes:
    """The rule does not apply from now on, as one undoable act. ValueError for a rule that there is
    none, or without a name."""
    name = clean_name(by)
    if rule not in RULES or not name:
        raise ValueError(f"a rule and a name are needed: {rule!r}, {by!r}")
    return _store_exempted(project, load_exempted(project) | {rule: (name, get_today())})


def require_rule(project: Project, rule: str) -> Changes:
    """The rule applies again, as one undoable act."""
    exempted = load_exempted(project)
    return _store_exempted(project, {key: exempted[key] for key in exempted if key != rule})


def _store_exempted(project: Project, exempted: Exempted) -> Changes:
    if not exempted:
        return project.edit("checklist.set", deletes=[settings_table.make_setting_key(KEY)])
    value = {rule: list(text) for rule, text in exempted.items()}
    return project.edit("checklist.set", puts=[settings_table.make_setting_row(KEY, value)])


# Lines in words.


def get_rule_demand(key: str) -> str:
    """Returns the requirement of a rule as a sentence; an unknown key stands for itself."""
    rule = RULES.get(key)
    return key if rule is None else rule.demand()


def format_check_figure(row: CheckRow) -> str:
    """Formats the number that a line was judged by; empty where there is none."""
    return "" if row.figure is None else RULES[row.rule].format_figure(row.figure)


def format_row(row: CheckRow) -> str:
    """A line of the checklist as text: mark, requirement, figure, and what to do."""
    figure, more = format_check_figure(row), describe_open_row(row)
    mark, word = get_check_state_label(row.state)
    sentence = f"{mark} {RULES[row.rule].demand()} [{row.rule}]: {word}"
    return " ".join((f"{sentence} ({figure})." if figure else f"{sentence}.", more)).strip()


def describe_open_row(row: CheckRow) -> str:
    """What to do while a line is open, or who said that it does not apply; empty for others."""
    if row.state == "not_applicable":
        return tr("{who}, {date}", who=row.by, date=row.date)
    open_still = row.state in ("not_measured", "too_few")
    return RULES[row.rule].how_to_measure() if open_still else ""


def _check_rule(report: Report, rule: ChecklistRule) -> CheckRow:
    if rule.by_predictions and report.gap.verdict == "not_comparable":
        return CheckRow(rule.key, "not_measured")
    return CheckRow(rule.key, *rule.judge(report))
