"""Shifts of the deployed model on the page: states, newest alarms with what they advise, accuracy of each with its limits."""

from __future__ import annotations

from fieldcheck.domain.shift import FollowedShift, Monitored
from fieldcheck.report.blocks import Block, Cell, Lines, ListLine, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words import drift as words
from fieldcheck.words.direction import isolated
from fieldcheck.words.figures import percent, percent_range
from fieldcheck.words.language import plural, text

FACTS = Monitored
ALARMS, SHIFTS = 5, 12  # the newest ones


def section(report: Report) -> Section:
    """States of all shifts, alarms with faults of a camera first, then the newest shifts one by one."""
    title = text("Shifts of the deployed model")
    found = (report.facts or {}).get("monitor")
    if not isinstance(found, Monitored):
        said = text("No log of the deployed model imported; its shifts are unknown.")
        return Section("monitor", title, title, (Paragraph(said, quiet=True),))
    apart = tuple(Paragraph(words.epoch_line(one)) for one in found.others)
    if not found.shifts:
        said = text("No log imported for model {model}.").format(model=isolated(found.model))
        return Section("monitor", title, title, (Paragraph(said), *apart))
    blocks: list[Block] = [Paragraph(_watched(found)), *apart, *_alarms(found), _newest(found)]
    if found.no_accuracy:
        blocks.append(Paragraph(words.no_accuracy_line(found.no_accuracy)))
    return Section("monitor", title, title, tuple(blocks))


def newest_alarms(found: Monitored) -> tuple[FollowedShift, ...]:
    """The newest alarms, those by a fault of a camera first: what comes after may follow from it."""
    newest = [one for one in reversed(found.shifts) if one.state == "alarm"][:ALARMS]
    return tuple(sorted(newest, key=lambda one: not one.health))


def _watched(found: Monitored) -> str:
    said = plural(
        "{n} shift of model {model} monitored ({first}), n = {results} results. {states}.",
        "{n} shifts of model {model} monitored ({first} to {last}), n = {results} results. {states}.",
        len(found.shifts),
    )
    return said.format(
        n=len(found.shifts), model=isolated(found.model), results=sum(one.n for one in found.shifts),
        first=words.shift_date(found.shifts[0].began), last=words.shift_date(found.shifts[-1].began),
        states=words.states_said([one.state for one in found.shifts]),
    )  # fmt: skip


def _alarms(found: Monitored) -> tuple[Block, ...]:
    alarms = newest_alarms(found)
    if not alarms:
        return (Paragraph(text("No shift raised an alarm.")),)
    n = sum(one.state == "alarm" for one in found.shifts)
    said = text("Latest alarms ({shown} of {n}), camera faults first. Alarms never start a retraining.")
    lines = tuple(ListLine(str(at), words.shift_date(one.began), _alarm(found, one)) for at, one in enumerate(alarms, 1))
    return (Paragraph(said.format(shown=len(alarms), n=n)), Lines(lines))


def _alarm(found: Monitored, shift: FollowedShift) -> str:
    parts = [f"n = {shift.n}.", *words.drift_lines(shift)]
    note = found.notes.get(shift.began)
    if note:
        parts.append(text("Noted: {note}").format(note=isolated(note)))
    elif shift.began in found.waiting:
        parts.append(text("Not acknowledged yet."))
    return " ".join(parts)


def _newest(found: Monitored) -> Table:
    heads = (
        Cell(text("Shift from"), head=True),
        Cell("n", figure=True),
        Cell(text("state")),
        Cell(text("accuracy estimated from confidence"), figure=True),
    )
    rows = tuple(_row(found, one) for one in reversed(found.shifts[-SHIFTS:]))
    caption = text(
        "Latest shifts; accuracy estimated from confidence with 95% CI, calibrated on the labelled clips. No "
        "frame of these shifts was labelled"
    )
    return Table(caption, heads, rows)


def _row(found: Monitored, shift: FollowedShift) -> tuple[Cell, ...]:
    accuracy = found.accuracy.get(shift.began)
    told = text("not available")
    if accuracy is not None:
        limits = percent_range(accuracy.lo, accuracy.hi)
        figures = {"value": percent(accuracy.value), "range": limits, "n": accuracy.n_clips}
        told = text("{value} ({range}, {n} clips)").format(**figures)
    state = words.state_name(shift.state)
    if shift.health:
        state += ": " + ", ".join(f"{isolated(one.camera)}, {words.check_name(one.check)}" for one in shift.health)
    return (Cell(words.shift_date(shift.began), head=True), Cell(str(shift.n), figure=True), Cell(state), Cell(told, figure=True))
