"""Shifts of the deployed model on the page: states, newest alarms with what they advise, accuracy of each with its limits."""

from __future__ import annotations

from fieldcheck.domain.shift import MonitoredShift, MonitoringResult
from fieldcheck.report.blocks import Block, Cell, Lines, ListLine, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words import drift as words
from fieldcheck.words.direction import isolate_rtl_names
from fieldcheck.words.figures import format_percent, format_percent_range
from fieldcheck.words.language import tr, tr_plural

FACTS = MonitoringResult
ALARMS, SHIFTS = 5, 12  # the newest ones


def build_monitor_section(report: Report) -> Section:
    """States of all shifts, alarms with faults of a camera first, then the newest shifts one by one."""
    title = tr("Shifts of the deployed model")
    found = (report.facts or {}).get("monitor")
    if not isinstance(found, MonitoringResult):
        said = tr("No log of the deployed model imported; its shifts are unknown.")
        return Section("monitor", title, title, (Paragraph(said, quiet=True),))
    apart = tuple(Paragraph(words.describe_other_epoch(one)) for one in found.others)
    if not found.shifts:
        said = tr("No log imported for model {model}.").format(model=isolate_rtl_names(found.model))
        return Section("monitor", title, title, (Paragraph(said), *apart))
    blocks: list[Block] = [Paragraph(_describe_shift_states(found)), *apart, *_build_alarm_blocks(found), _build_shift_table(found)]
    if found.no_accuracy:
        blocks.append(Paragraph(words.describe_missing_accuracy(found.no_accuracy)))
    return Section("monitor", title, title, tuple(blocks))


def list_newest_alarms(found: MonitoringResult) -> tuple[MonitoredShift, ...]:
    """The newest alarms, those by a fault of a camera first: what comes after may follow from it."""
    newest = [one for one in reversed(found.shifts) if one.state == "alarm"][:ALARMS]
    return tuple(sorted(newest, key=lambda one: not one.health))


def _describe_shift_states(found: MonitoringResult) -> str:
    said = tr_plural(
        "{n} shift of model {model} monitored ({first}), n = {results} results. {states}.",
        "{n} shifts of model {model} monitored ({first} to {last}), n = {results} results. {states}.",
        len(found.shifts),
    )
    return said.format(
        n=len(found.shifts), model=isolate_rtl_names(found.model), results=sum(one.n for one in found.shifts),
        first=words.format_shift_date(found.shifts[0].began), last=words.format_shift_date(found.shifts[-1].began),
        states=words.describe_states([one.state for one in found.shifts]),
    )  # fmt: skip


def _build_alarm_blocks(found: MonitoringResult) -> tuple[Block, ...]:
    alarms = list_newest_alarms(found)
    if not alarms:
        return (Paragraph(tr("No shift raised an alarm.")),)
    n = sum(one.state == "alarm" for one in found.shifts)
    said = tr("Latest alarms ({shown} of {n}), camera faults first. Alarms never start a retraining.")
    lines = tuple(ListLine(str(at), words.format_shift_date(one.began), _describe_alarm(found, one)) for at, one in enumerate(alarms, 1))
    return (Paragraph(said.format(shown=len(alarms), n=n)), Lines(lines))


def _describe_alarm(found: MonitoringResult, shift: MonitoredShift) -> str:
    parts = [f"n = {shift.n}.", *words.list_shift_lines(shift)]
    note = found.notes.get(shift.began)
    if note:
        parts.append(tr("Noted: {note}").format(note=isolate_rtl_names(note)))
    elif shift.began in found.waiting:
        parts.append(tr("Not acknowledged yet."))
    return " ".join(parts)


def _build_shift_table(found: MonitoringResult) -> Table:
    heads = (
        Cell(tr("Shift from"), head=True),
        Cell("n", figure=True),
        Cell(tr("state")),
        Cell(tr("accuracy estimated from confidence"), figure=True),
    )
    rows = tuple(_build_shift_row(found, one) for one in reversed(found.shifts[-SHIFTS:]))
    caption = tr(
        "Latest shifts; accuracy estimated from confidence with 95% CI, calibrated on the labelled clips. No "
        "frame of these shifts was labelled"
    )
    return Table(caption, heads, rows)


def _build_shift_row(found: MonitoringResult, shift: MonitoredShift) -> tuple[Cell, ...]:
    accuracy = found.accuracy.get(shift.began)
    told = tr("not available")
    if accuracy is not None:
        limits = format_percent_range(accuracy.lo, accuracy.hi)
        figures = {"value": format_percent(accuracy.value), "range": limits, "n": accuracy.n_clips}
        told = tr("{value} ({range}, {n} clips)").format(**figures)
    state = words.get_shift_state_name(shift.state)
    if shift.health:
        state += ": " + ", ".join(f"{isolate_rtl_names(one.camera)}, {words.get_check_name(one.check)}" for one in shift.health)
    return (Cell(words.format_shift_date(shift.began), head=True), Cell(str(shift.n), figure=True), Cell(state), Cell(told, figure=True))
