"""Actions of the first page: what to do, why, from what it can be done now, and whose it is. None that the project cannot follow.

Labels first, then recordings, then the camera or the light; training comes last, and never after a handful of labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any, Literal

from fieldcheck.domain.decision import Decision
from fieldcheck.report import code_names as named
from fieldcheck.report.blocks import Cell, Table
from fieldcheck.report.findings import find_missing_step, list_first_steps
from fieldcheck.report.glyphs import shorten_middle
from fieldcheck.report.report import Report
from fieldcheck.report.tiles import get_decision
from fieldcheck.words.language import tr, tr_plural

ENOUGH_CLIPS = 20  # methods 2.7: twenty clips or more, three to five labels each
ENOUGH_LABELS = 50  # before a cause may be sent to training
MOST_ACTIONS = 5
MOST_LETTERS = 30  # of a name in an action on a sheet

ActionCode = Literal["label", "label_slice", "record", "record_slice", "change_site", "collect", "step"]
_ORDER: tuple[ActionCode, ...] = ("step", "label", "label_slice", "record", "record_slice", "change_site", "collect")


@dataclass(frozen=True, slots=True)
class Action:
    """`n` labels or clips; `available`: labels that can be made now. `of`: key and value of the finding it serves, empty for all frames."""

    code: ActionCode
    n: int = 0
    available: int = 0
    for_slice: tuple[str, str] = ("", "")
    sentence: str = ""


def list_actions(report: Report) -> tuple[Action, ...]:
    """At most five, in the order in which they are to be done."""
    decision = get_decision(report)
    if find_missing_step(report) or decision is None or report.gap.verdict in ("not_comparable", "chosen_only"):
        return tuple(Action("step", sentence=said) for said in list_first_steps(report))
    found = [*_list_deciding_actions(report, decision), *_list_finding_actions(report, decision), *_list_error_actions(report, decision)]
    if not found:
        found = [Action("step", sentence=said) for said in list_first_steps(report)[:1]]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: _ORDER.index(one.code))[:MOST_ACTIONS])


def build_action_summary(report: Report) -> dict[str, Any]:
    """The actions with their counts."""
    rows = [(one.code, one.n, one.available, *one.for_slice) for one in list_actions(report)]
    return {"actions": [dict(zip(("code", "n", "available", "key", "value"), row, strict=True)) for row in rows]}


def build_action_table(report: Report) -> Table:
    """Number, action, why, what it is made from, owner, due."""
    names = ("", tr("Action"), tr("Reason"), tr("Feasible now"), tr("Owner"), tr("Due"))
    heads = tuple(Cell(name, head=at == 1) for at, name in enumerate(names))
    rows = tuple(
        (
            Cell(str(at)),
            _build_action_cell(report, one),
            Cell(_describe_reason(report, one)),
            Cell(_describe_source(report, one)),
            Cell(_get_owner(one)),
            Cell("____"),
        )
        for at, one in enumerate(list_actions(report), 1)
    )
    return Table(tr("Priority"), heads, rows, kind="actions")


def _list_deciding_actions(report: Report, decision: Decision) -> list[Action]:
    """Labels that are there, as many as it takes; clips for what labels cannot give."""
    open_labels = 0 if report.field.census else decision.waiting + decision.drawable
    gap = report.gap
    found = [Action("step", sentence=list_first_steps(report)[0])] if (gap.verdict, gap.why_not) == ("not_enough", "few_pictures") else []
    wanted = gap.frames_to_decide
    few = report.field.n_labelled < ENOUGH_LABELS
    if report.field.census and decision.waiting:
        found.append(Action("label", decision.waiting, decision.waiting))
    elif open_labels and (few or wanted):
        need = max(wanted or 0, ENOUGH_LABELS - report.field.n_labelled if few else 0)
        found.append(Action("label", min(need, open_labels), open_labels))
    undecided = gap.verdict == "not_enough" and gap.why_not not in ("undecidable", "few_pictures")
    short = (undecided and (wanted or inf) > open_labels) or (few and not open_labels and not decision.waiting)
    if short or report.field.n_clips < ENOUGH_CLIPS:
        found.append(Action("record", max(1, ENOUGH_CLIPS - report.field.n_clips)))
    return found


def _list_finding_actions(report: Report, decision: Decision) -> list[Action]:
    found: list[Action] = []
    for one in decision.findings:
        of = (one.key, one.value)
        if one.demonstrated:
            found += [] if one.key == "class" else [Action("change_site", for_slice=of)]
            found += [Action("collect", 200, for_slice=of)] if report.field.n_labelled >= ENOUGH_LABELS else []
        elif (one.waiting or 0) > 0 and not report.field.census:
            found.append(Action("label_slice", min(max(one.more, 1), one.waiting or 0), one.waiting or 0, of))
        else:
            found.append(Action("record_slice", max(1, 3 - one.clips), for_slice=of))
    return found


def _list_error_actions(report: Report, decision: Decision) -> list[Action]:
    """A failed gap without a demonstrated finding: the errors themselves are all there is to go by."""
    unexplained = report.gap.verdict == "fail" and not any(one.demonstrated for one in decision.findings)
    return [Action("collect", 200)] if unexplained and report.field.n_labelled >= ENOUGH_LABELS else []


def _get_slice_name(report: Report, one: Action) -> str:
    return named.get_slice_value_name(*one.for_slice, report.clip_names)


def _build_action_cell(report: Report, one: Action) -> Cell:
    name = _get_slice_name(report, one) if one.for_slice[0] else ""
    said = {
        "step": one.sentence,
        "label": tr_plural("Label {n} more frame.", "Label {n} more frames.", one.n),
        "label_slice": tr_plural("Label {n} more frame of “{name}”.", "Label {n} more frames of “{name}”.", one.n),
        "record": tr_plural(
            "Record {n} more clip on another day and label three to five of its frames.",
            "Record {n} more clips on other days and label three to five frames from each.",
            one.n,
        ),
        "record_slice": tr_plural(
            "Record {n} more clip with “{name}” and some without it.", "Record {n} more clips with “{name}” and some without it.", one.n
        ),
        "change_site": tr("Inspect “{name}” on site: what is different about camera, light or location?"),
        "collect": tr("Collect at least 200 distinct frames of “{name}” and retrain.")
        if name
        else tr("Find what the confident errors have in common, collect at least 200 such frames and retrain."),
    }[one.code]
    return Cell(said.format(n=one.n, name=name), short=said.format(n=one.n, name=shorten_middle(name, MOST_LETTERS)))


def _describe_reason(report: Report, one: Action) -> str:
    if one.code == "step":
        return ""
    if one.code in ("label_slice", "record_slice"):
        return tr("suspected, not demonstrated")
    if one.code in ("change_site", "collect"):
        return tr("demonstrated below the rest") if one.for_slice[0] else tr("the gap exceeds the limit")
    if one.code == "record":
        return tr("frames within a clip are similar")
    return tr("too few labels") if report.field.n_labelled < ENOUGH_LABELS else tr("the gap is inconclusive")


def _describe_source(report: Report, one: Action) -> str:
    """From what: frames without a label, clips to record, or training data."""
    if one.code in ("label", "label_slice"):
        return tr_plural("yes: {n} frame without a label", "yes: {n} frames without a label", one.available).format(n=one.available)
    if one.code in ("record", "record_slice"):
        return tr_plural("on site: {n} clip to record", "on site: {n} clips to record", one.n).format(n=one.n)
    if one.code == "change_site":
        return tr("on site")
    return tr("requires training data") if one.code == "collect" else ""


def _get_owner(one: Action) -> str:
    return {
        "change_site": tr("maintenance"),
        "collect": tr("training"),
    }.get(one.code, tr("inspector"))
