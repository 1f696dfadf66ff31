"""Shifts of the deployed model: states, alarms, labels that would tell the accuracy of a shift,
import of new logs, and the report section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fieldcheck.analyses.analysis import NOT_MEASURED, Analysis, ChecklistRule, CheckResult
from fieldcheck.analyses.blocks import Block, Cell, Lines, ListLine, Paragraph, Section, Table
from fieldcheck.analyses.report_data import Report
from fieldcheck.domain.shift import (
    SHIFT_LABELS,
    DroppedShifts,
    MonitoredShift,
    MonitoringResult,
    ShiftLabels,
    list_waiting_alarms,
)
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.models.scored_sides import load_scored_sides
from fieldcheck.monitoring import messages as words
from fieldcheck.monitoring.alarm_retention import drop_old_shifts
from fieldcheck.monitoring.live_source import MonitorRequest, import_path_shifts
from fieldcheck.monitoring.log_monitor import (
    ImportedShifts,
    compute_followed_shifts,
    list_alarms_elsewhere,
    load_notes,
    load_seen_cameras,
    take_new_alarms,
)
from fieldcheck.monitoring.shifts import get_log_days, list_other_epochs
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.safe_text import isolate_rtl_names
from fieldcheck.stats.camera_interval import plan_half_width

# Labels that would tell the accuracy of a shift. Confidence alone does not: where it does not
# follow accuracy nothing in a log shows that.

USUAL_ACCURACY = 0.9  # where no frame is labelled yet


def plan_shift_labels(project: Project) -> ShiftLabels:
    """Labels of one shift, each at a time of its own, and the half-width that they would have at
    the accuracy of the frames labelled so far."""
    sides = load_scored_sides(project)
    accuracy = USUAL_ACCURACY
    if sides is not None and sides.field.judgement is not None and sides.field.labelled.size:
        right, weight = sides.field.sample.right, sides.field.scores.weight
        indices = sides.field.labelled[weight[sides.field.labelled] > 0]
        accuracy = (
            float(np.average(right[indices], weights=weight[indices])) if indices.size else accuracy
        )
    # no typical shift is right, or wrong, on all that it will ever show
    half = 0.5 / SHIFT_LABELS
    typical = min(max(round(accuracy, 2), half), 1 - half)
    return ShiftLabels(SHIFT_LABELS, plan_half_width(SHIFT_LABELS, 1, typical))


ALARMS, SHIFTS = 5, 12  # the newest ones


def build_monitor_section(result: MonitoringResult | None) -> Section:
    """States of all shifts, alarms with faults of a camera first, then the newest shifts one by
    one."""
    title = tr("Shifts of the deployed model")
    if result is None:
        sentence = tr("No log of the deployed model imported; its shifts are unknown.")
        return Section("monitor", title, title, (Paragraph(sentence, quiet=True),))
    apart = tuple(Paragraph(words.describe_other_epoch(other)) for other in result.others)
    apart += tuple(Paragraph(words.describe_open_alarm(alarm)) for alarm in result.elsewhere)
    if not result.shifts:
        sentence = tr("No log imported for model “{model}”.", model=isolate_rtl_names(result.model))
        return Section("monitor", title, title, (Paragraph(sentence), *apart))
    blocks: list[Block] = [
        Paragraph(_describe_shift_states(result)),
        *apart,
        *_build_alarm_blocks(result),
        _build_shift_table(result),
    ]
    charted = [shift for shift in result.shifts if shift.charts]
    if charted:
        blocks.append(Paragraph(words.describe_correlation(charted[-1].correlation)))
    blocks.append(Paragraph(words.describe_label_plan(result.labels)))
    return Section("monitor", title, title, tuple(blocks))


def list_newest_alarms(monitoring_result: MonitoringResult) -> tuple[MonitoredShift, ...]:
    """The newest alarms, those by a fault of a camera first: what comes after may follow from
    it."""
    newest = [shift for shift in reversed(monitoring_result.shifts) if shift.state == "alarm"][
        :ALARMS
    ]
    return tuple(sorted(newest, key=lambda shift: not shift.health))


def _describe_shift_states(monitoring_result: MonitoringResult) -> str:
    sentence = tr_plural(
        "{n} shift of model “{model}” monitored ({first}), n = {results} results. {states}.",
        (
            "{n} shifts of model “{model}” monitored ({first} to {last}), n = {results} results. "
            "{states}."
        ),
        len(monitoring_result.shifts),
    )
    return sentence.format(
        n=len(monitoring_result.shifts), model=isolate_rtl_names(monitoring_result.model),
        results=sum(shift.n for shift in monitoring_result.shifts),
        first=words.format_shift_date(monitoring_result.shifts[0].began),
        last=words.format_shift_date(monitoring_result.shifts[-1].began),
        states=words.describe_states([shift.state for shift in monitoring_result.shifts]),
    )  # fmt: skip


def _build_alarm_blocks(monitoring_result: MonitoringResult) -> tuple[Block, ...]:
    alarms = list_newest_alarms(monitoring_result)
    if not alarms:
        return (Paragraph(tr("No shift raised an alarm.")),)
    n = sum(shift.state == "alarm" for shift in monitoring_result.shifts)
    sentence = tr(
        "Latest alarms ({shown} of {n}), camera faults first. Alarms never start a retraining."
    )
    lines = tuple(
        ListLine(
            str(index),
            words.format_shift_date(alarm.began),
            _describe_alarm(monitoring_result, alarm),
        )
        for index, alarm in enumerate(alarms, 1)
    )
    return (Paragraph(sentence.format(shown=len(alarms), n=n)), Lines(lines))


def _describe_alarm(monitoring_result: MonitoringResult, shift: MonitoredShift) -> str:
    parts = [f"n = {shift.n}.", *words.list_shift_lines(shift)]
    note = monitoring_result.notes.get(shift.began)
    if note:
        parts.append(tr("Noted: {note}", note=isolate_rtl_names(note)))
    elif shift.began in monitoring_result.waiting:
        parts.append(tr("Not acknowledged yet."))
    return " ".join(parts)


def _build_shift_table(monitoring_result: MonitoringResult) -> Table:
    heads = (Cell(tr("Shift from"), head=True), Cell("n", figure=True), Cell(tr("state")))
    rows = tuple(_build_shift_row(shift) for shift in reversed(monitoring_result.shifts[-SHIFTS:]))
    return Table(tr("Latest shifts"), heads, rows)


def _build_shift_row(shift: MonitoredShift) -> tuple[Cell, ...]:
    state = words.get_shift_state_name(shift.state)
    if shift.health:
        state += ": " + ", ".join(
            f"{isolate_rtl_names(change.camera)}, {words.get_check_name(change.check)}"
            for change in shift.health
        )
    return (
        Cell(words.format_shift_date(shift.began), head=True),
        Cell(str(shift.n), figure=True),
        Cell(state),
    )


# Shifts of the deployed model for the report: how each stood, who looked, and shifts of other
# models.


def load_monitored_shifts(project: Project) -> MonitoringResult | None:
    """None where no shift of any model was taken in."""
    models = project.read(models_table.list_models)
    if not models:
        return None
    shifts, others = compute_followed_shifts(project), list_other_epochs(project)
    if not shifts and not others:
        return None
    notes = load_notes(project)
    waiting = tuple(
        waiting_alarm.began
        for waiting_alarm in list_waiting_alarms(shifts, notes, load_seen_cameras(project))
    )
    return MonitoringResult(
        models[-1].name,
        shifts,
        plan_shift_labels(project),
        notes,
        others,
        waiting,
        get_log_days(project),
        list_alarms_elsewhere(project),
    )


# Logs and footage taken in one after the other, then everything that follows from them: retention,
# alarms that are new.

WINDOW = "window"  # hears of an alarm apart from programs


@dataclass(frozen=True, slots=True)
class ShiftImportResult:
    """Result of importing logs and clips: the shifts, those `dropped` by retention, and new
    `alarms`."""

    brought: tuple[ImportedShifts, ...]
    dropped: DroppedShifts
    alarms: tuple[MonitoredShift, ...]


def import_all_shifts(
    project: Project, paths: Sequence[Path], progress: Progress, now: str
) -> ShiftImportResult:
    """Takes each path in, newest model, shifts of eight hours. An alarm is told once. Raises as
    `import_path_shifts`."""
    request = MonitorRequest()
    brought = tuple(import_path_shifts(project, path, request, progress, now) for path in paths)
    dropped = drop_old_shifts(project, None, now)
    shifts = compute_followed_shifts(project)
    begun = {new_alarm.began for new_alarm in take_new_alarms(project, None, now, WINDOW)}
    alarms = tuple(shift for shift in shifts if shift.began in begun)
    return ShiftImportResult(brought, dropped, alarms)


def list_open_alarm_lines(report: Report) -> tuple[str, ...]:
    """Alarms of the line that nobody has acknowledged, whatever model is set, oldest first."""
    result = ANALYSIS.get_result(report)
    alarms = result.open_alarms if result is not None else ()
    return tuple(map(words.describe_open_alarm, alarms))


SIX_WEEKS_DAYS = 42.0


def check_prediction_log(report: Report) -> CheckResult:
    """Judges the days that the longest imported log covers; a shorter one may have been kept."""
    result = ANALYSIS.get_result(report)
    if result is None or result.log_days is None:
        return NOT_MEASURED
    return "pass" if result.log_days >= SIX_WEEKS_DAYS else "too_few", result.log_days


def _format_days(days: float) -> str:
    """Whole days that have passed."""
    return tr_plural("{n} day", "{n} days", int(days), n=int(days))


TRIAL_SHIFTS = 20  # those that the drift charts learn from


def check_trial_log(report: Report) -> CheckResult:
    """Judges how many shifts of the newest model were logged."""
    result = ANALYSIS.get_result(report)
    n = len(result.shifts) if result is not None else 0
    if not n:
        return NOT_MEASURED
    return "pass" if n >= TRIAL_SHIFTS else "too_few", float(n)


ANALYSIS: Analysis[MonitoringResult] = Analysis(
    key="monitor",
    result=MonitoringResult,
    compute=load_monitored_shifts,
    section=build_monitor_section,
    checklist=(
        ChecklistRule(
            "prediction_log",
            14,
            lambda: tr("Predictions are logged and retained for six weeks"),
            lambda: tr(
                "Import the log of the deployed model; a log covering 42 days shows that logs are "
                "retained."
            ),
            check_prediction_log,
            format_figure=_format_days,
            phase="operation",
        ),
        ChecklistRule(
            "trial_log",
            20,
            lambda: tr("A supervised trial of at least 20 shifts was logged"),
            lambda: tr("Import the log of the supervised trial, with the time of each result."),
            check_trial_log,
        ),
    ),
)
