"""Change since another report on the page: each score then and now with the range of the
difference, findings that came or went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import isclose
from typing import Any

from fieldcheck.analyses import names_and_numbers
from fieldcheck.analyses.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.analyses.report_data import Report
from fieldcheck.domain.estimate import FEW_FRAMES, ChangeVerdict, Estimate
from fieldcheck.domain.report import FindingChange, ReportChange, RuleChange, ScoreChange, Setup
from fieldcheck.i18n.language import capitalise, tr, tr_points
from fieldcheck.i18n.numbers import (
    format_interval,
    format_percent,
    format_points,
    format_points_interval,
    format_points_range,
)
from fieldcheck.report import verdict_and_checklist
from fieldcheck.stats.wilson_interval import estimate_difference

MOST_CLASSES = 20
CHANGE = "change"  # its key among the results of the report


def get_report_change(report: Report) -> ReportChange | None:
    """The change that the report holds, None where there is no earlier report."""
    change = report.results.get(CHANGE)
    return change if isinstance(change, ReportChange) else None


def build_change_section(report: Report) -> Section:
    """Since when, what was measured otherwise, the scores, the classes, the findings and the
    checklist."""
    report_change = get_report_change(report)
    title = tr("Change since an earlier report")
    if report_change is None:
        return Section(
            "change",
            title,
            tr("Change"),
            (Paragraph(tr("No earlier report to compare with."), quiet=True),),
        )
    blocks: list[Block] = [
        Paragraph(_describe_earlier_report(report_change)),
        *(Paragraph(describe_setup_difference(difference)) for difference in report_change.differs),
    ]
    sentence = describe_field_change(report_change)
    blocks += [Paragraph(f"{capitalise(sentence)}.")] if sentence else []
    if is_unchanged(report_change):  # the same figures twice have no change and no interval of one
        return Section("change", title, tr("Change"), tuple(blocks))
    blocks += (
        [
            _build_score_table(
                tr("Scores, previous and current"),
                [score for score in report_change.scores if not score.of_class],
            )
        ]
        if report_change.scores
        else []
    )
    classes = sorted(
        (score for score in report_change.scores if score.of_class),
        key=lambda score: score.change.value,
    )[:MOST_CLASSES]
    blocks += (
        [_build_score_table(tr("Recall by class, largest drop first"), classes)] if classes else []
    )
    blocks += [
        Paragraph(_describe_finding_change(report, finding)) for finding in report_change.findings
    ]
    blocks += [_build_rule_table(report_change)] if report_change.rules else []
    return Section("change", title, tr("Change"), tuple(blocks))


def get_field_change(report_change: ReportChange) -> ScoreChange | None:
    """The field score's change, None where it was not measured both times or is not comparable."""
    return next(
        (score for score in report_change.scores if score.name == "field" and not score.of_class),
        None,
    )


def has_same_field_score(report_change: ReportChange) -> bool:
    """Whether the same model gave the same field score on the same frames."""
    field = get_field_change(report_change)
    same_setup = not {"model", "card", "draw"} & set(report_change.differs)
    return same_setup and field is not None and field.before == field.now


def get_previous_field_score(report: Report) -> float | None:
    """The field score of the earlier report that this one is compared with; None where it is the
    same figure of the same frames, or there is no other report."""
    if CHANGE not in report.results:  # of the window, which compares no reports
        last, now = report.provenance.last, report.gap.field.value
        return last.field if last is not None and not isclose(last.field, now) else None
    change = get_report_change(report)
    field = None if change is None else get_field_change(change)
    if change is None or field is None or has_same_field_score(change):
        return None
    return field.before.value


def is_unchanged(report_change: ReportChange) -> bool:
    """Whether both reports say the same of the same frames, set-up and checklist."""
    return not (report_change.differs or report_change.rules) and all(
        score.before == score.now for score in report_change.scores
    )


def list_change_sentences(report: Report) -> list[str]:
    """The change of the field score since the earlier report, for the first page; empty where
    nothing changed."""
    change = get_report_change(report)
    if change is None or has_same_field_score(change):
        return []
    sentence = describe_field_change(change)
    return [f"{capitalise(sentence)}."] if sentence else []


def describe_better_earlier_model(report: Report) -> str:
    """What to do where the earlier model was demonstrated to be better, empty otherwise."""
    change = get_report_change(report)
    field = None if change is None else get_field_change(change)
    if change is None or field is None or field.direction != "worse":
        return ""
    if "model" not in change.differs or not change.model:
        return ""
    points = format_points(field.change.value)
    return tr_points(
        "Keep the earlier model “{name}”: with the current model the field score changes "
        "by {points} pp ({range}).",
        points,
    ).format(
        name=change.model,
        points=points,
        range=format_points_range(field.change.lo, field.change.hi),
    )


def describe_field_change(report_change: ReportChange) -> str:
    """One sentence on the field score, no stronger than the range of its change; empty where there
    is none."""
    field = get_field_change(report_change)
    if field is None:
        return ""
    change = field.change
    if has_same_field_score(report_change):
        sentence = tr("field score unchanged since the report of {when}: {now}, same frames")
        return sentence.format(
            when=names_and_numbers.format_timestamp(report_change.since),
            now=format_percent(field.now.value),
        )
    points = format_points(change.value)
    return tr_points(
        "since the report of {when} the field score changed by {points} pp ({range}), from "
        "{before} to {now}: {judged}",
        points,
    ).format(
        when=names_and_numbers.format_timestamp(report_change.since),
        points=points,
        range=format_points_range(change.lo, change.hi),
        before=format_percent(field.before.value),
        now=format_percent(field.now.value),
        judged=tr("demonstrated") if field.direction else tr("not demonstrated"),
    )


def describe_setup_difference(setup: Setup) -> str:
    """Difference in set-up, in words: what was measured in another way."""
    return {
        "metric": tr("The two reports use different metrics and are not compared."),
        "model": tr("A different model was run."),
        "card": tr("The same model was run with a changed model card (different preprocessing)."),
        "benchmark": tr("A different benchmark was used."),
        "draw": tr(
            "Different frames were labelled (other footage or another sample); the change "
            "includes the intervals of both reports."
        ),
        "limit": tr("The gap limit was changed between the two reports."),
    }[setup]


def _describe_earlier_report(report_change: ReportChange) -> str:
    sentence = (
        tr("Compared with the report of {when} on {project} (model “{model}”), as specified.")
        if report_change.named
        else tr("Compared with the last report of this project, of {when} (model “{model}”).")
    )
    first = sentence.format(
        when=names_and_numbers.format_timestamp(report_change.since),
        project=report_change.project,
        model=report_change.model or "–",
    )
    if not report_change.same_frames or is_unchanged(report_change):
        return first
    field = get_field_change(report_change)
    if field is not None and field.verdict is not None:
        paired = tr(
            "Both reports use the same frames: the change of the field score is computed frame by "
            "frame, the other changes from the two intervals, which is usually wider."
        )
    else:
        paired = tr(
            "Both reports use the same frames, so their errors are correlated; an interval for "
            "paired frames would usually be narrower."
        )
    return f"{first} {paired}"


def _build_score_table(caption: str, rows: list[ScoreChange]) -> Table:
    heads = (
        Cell(tr("Score"), head=True),
        Cell(tr("previous"), figure=True),
        Cell(tr("now"), figure=True),
        Cell(tr("change, pp"), figure=True),
    )
    return Table(caption, heads, tuple(_build_score_row(row) for row in rows))


def _build_score_row(score_change: ScoreChange) -> tuple[Cell, ...]:
    name = (
        score_change.name
        if score_change.of_class
        else {"benchmark": tr("Benchmark"), "field": tr("Field"), "gap": tr("Gap")}[
            score_change.name
        ]
    )
    both = [
        tr_points("{points} pp ({range})", format_points(side.value)).format(
            points=format_points(side.value), range=format_points_interval(side)
        )
        if score_change.name == "gap" and not score_change.of_class
        else tr(
            "{value} ({range}, n = {n})",
            value=format_percent(side.value) if side.n >= FEW_FRAMES else tr("too few"),
            range=format_interval(side),
            n=side.n,
        )
        for side in (score_change.before, score_change.now)
    ]
    estimate = score_change.change
    change = f"{format_points(estimate.value)} ({format_points_interval(estimate)})"
    return (
        Cell(name, head=True),
        *(Cell(text, figure=True) for text in both),
        Cell(change, figure=True),
    )


def _describe_finding_change(report: Report, finding_change: FindingChange) -> str:
    if finding_change.before and finding_change.now:
        sentence = tr("{name}: demonstrated in both reports.")
    elif finding_change.now:
        sentence = tr("{name}: demonstrated in this report, not in the previous one.")
    else:
        sentence = tr(
            "{name}: demonstrated in the previous report, not in this one; this does not show "
            "that the blind spot is fixed."
        )
    return sentence.format(
        name=names_and_numbers.get_slice_value_name(
            finding_change.key, finding_change.value, report.clip_names
        )
    )


def _build_rule_table(report_change: ReportChange) -> Table:
    heads = (Cell(tr("Checklist"), head=True), Cell(tr("previous")), Cell(tr("now")))
    rows = tuple(
        (
            Cell(verdict_and_checklist.get_rule_demand(rule.rule), head=True),
            *(Cell(_get_state_name(state)) for state in (rule.before, rule.now)),
        )
        for rule in report_change.rules
    )
    return Table(tr("Checklist items whose status changed"), heads, rows)


def _get_state_name(state: str) -> str:
    return {"pass": tr("met"), "fail": tr("not met"), "too_few": tr("too few")}.get(
        state, tr("not measured")
    )


# What changed from one `summary.json` to another.

Summary = Mapping[str, Any]

MOST_SHARE = 2.0  # a score is at most 1, a limit of its range may lie a little beyond


def compare_summaries(before: Summary, now: Summary, *, named: bool) -> ReportChange | None:
    """The change from one summary to the other; None where the earlier one cannot be understood."""
    try:
        differs = _list_differences(before, now)
        return ReportChange(
            since=str(before["created"]),
            project=str(before["project"]),
            model=str((before["model"] or {}).get("name", "")),
            named=named,
            same_frames="draw" not in differs,
            differs=differs,
            scores=() if "metric" in differs else tuple(_compare_scores(before, now)),
            findings=tuple(_compare_findings(before, now)),
            rules=tuple(_compare_rules(before, now)),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _list_differences(before: Summary, now: Summary) -> tuple[Setup, ...]:
    """Set-up that is not the same in both; a card says nothing of its own where the model is
    another one."""
    names = [name for name, get_setting in SETUP.items() if get_setting(before) != get_setting(now)]
    return tuple(name for name in names if name != "card" or "model" not in names)


def _get_draw_identity(summary: Summary) -> tuple[dict[str, Any], dict[str, Any]]:
    """Seeds of the draws and hashes of the recordings: the same ones draw the same frames."""
    provenance = summary.get("provenance") or {}
    seeds = {
        name: seed for name, seed in (provenance.get("seeds") or {}).items() if name != "bootstrap"
    }
    return seeds, {
        name: digest
        for name, digest in (provenance.get("hashes") or {}).items()
        if name not in ("model", "card")
    }


SETUP: Mapping[Setup, Callable[[Summary], object]] = {
    "metric": lambda summary: summary["gap"].get("metric"),
    "model": lambda summary: (summary["model"] or {}).get("sha256"),
    "card": lambda summary: (summary["model"] or {}).get("card"),
    "benchmark": lambda summary: [
        (benchmark["path"].rpartition("/")[2], benchmark["n"])
        for benchmark in (summary.get("benchmark"),)
        if benchmark
    ],
    "draw": _get_draw_identity,
    "limit": lambda summary: summary["gap"].get("tolerance"),
}


def _compare_scores(before: Summary, now: Summary) -> Iterator[ScoreChange]:
    bases = [summary["gap"].get("basis") for summary in (before, now)]
    for name in ("benchmark", "field", "gap"):
        old, new = (_get_estimate(summary, name) for summary in (before, now))
        if old is not None and new is not None:
            verdict = _find_paired_change(before, now, (old, new)) if name == "field" else None
            change = estimate_difference(new, old) if verdict is None else verdict.change
            if verdict is None and name != "benchmark" and "footage" in bases:
                verdict = ChangeVerdict(
                    change
                )  # limits of one footage demonstrate nothing of others
            yield ScoreChange(name, False, old, new, change, verdict)
    classes = [
        {row["class"]: row for row in summary.get("per_class") or ()} for summary in (before, now)
    ]
    for name in (name for name in classes[1] if name in classes[0]):
        old, new = (
            _parse_estimate(classes_by_name[name].get("recall")) for classes_by_name in classes
        )
        if old is not None and new is not None:
            yield ScoreChange(
                name, of_class=True, before=old, now=new, change=estimate_difference(new, old)
            )


def _find_paired_change(
    before: Summary, now: Summary, scores: tuple[Estimate, Estimate]
) -> ChangeVerdict | None:
    """The change between the models of the two reports frame by frame, as the newest step of the
    releases has it, where that step is of these very scores: one change has one interval."""
    releases = now.get("releases")
    if not releases or "draw" in _list_differences(before, now):
        return None
    step, names = releases["steps"][-1], [summary["model"]["name"] for summary in (before, now)]
    pair = [Estimate.from_json(release["accuracy"]) for release in releases["releases"][-2:]]
    is_same = all(
        release.n == score.n and isclose(release.value, score.value, abs_tol=1e-9)
        for release, score in zip(pair, scores, strict=True)
    )
    if [step["before"], step["after"]] != names or not is_same:
        return None
    verdict = step["verdict"]
    change = _parse_estimate(step["change"])
    return None if change is None else ChangeVerdict(change, verdict["p"], verdict["direction"])


def _get_estimate(summary: Summary, name: str) -> Estimate | None:
    """A score with the interval that the headline goes by: the cameras', where the gap is of
    them."""
    if name == "gap":
        return _parse_estimate(summary["gap"])
    if name == "benchmark":
        return _parse_estimate((summary.get("benchmark") or {}).get("score"))
    field = summary["field"]
    cameras = (
        _parse_estimate(field.get("camera")) if summary["gap"].get("basis") == "camera" else None
    )
    return cameras or _parse_estimate(field["footage"])


def _parse_estimate(document: Mapping[str, Any] | None) -> Estimate | None:
    if document is None:
        return None
    estimate = Estimate.from_json(document)
    if not estimate.measured:
        return None
    if not all(abs(value) <= MOST_SHARE for value in (estimate.value, estimate.lo, estimate.hi)):
        raise ValueError(f"{estimate.value:g} is no share")
    return estimate


def _compare_findings(before: Summary, now: Summary) -> Iterator[FindingChange]:
    old, new = (
        {
            (str(finding["key"]), str(finding["value"])): None
            for finding in (side.get("decision") or {}).get("findings") or ()
            if finding["demonstrated"]
        }
        for side in (before, now)
    )
    for key, value in {**old, **new}:
        yield FindingChange(key, value, before=(key, value) in old, now=(key, value) in new)


def _compare_rules(before: Summary, now: Summary) -> Iterator[RuleChange]:
    old = {row["rule"]: str(row["state"]) for row in before.get("checklist") or ()}
    for row in now.get("checklist") or ():
        if row["rule"] in old and old[row["rule"]] != row["state"]:
            yield RuleChange(row["rule"], old[row["rule"]], row["state"])
