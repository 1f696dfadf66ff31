"""Shifts of the deployed model: states, alarms, estimated accuracy of each shift, import of new
logs, and the report section."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from fieldcheck.analyses.analysis import NOT_MEASURED, Analysis, ChecklistRule, CheckResult
from fieldcheck.analyses.blocks import Block, Cell, Lines, ListLine, Paragraph, Section, Table
from fieldcheck.analyses.report_data import Report
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.shift import (
    ConfidenceAccuracy,
    DroppedShifts,
    MonitoredShift,
    MonitoringResult,
    find_waiting_risk,
    list_waiting_alarms,
)
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_percent, format_percent_range
from fieldcheck.models.scored_sides import FieldSide, load_scored_sides
from fieldcheck.monitoring import messages as words
from fieldcheck.monitoring.alarm_retention import drop_old_shifts
from fieldcheck.monitoring.live_source import MonitorRequest, import_path_shifts
from fieldcheck.monitoring.log_monitor import (
    RISK,
    ImportedShifts,
    compute_followed_shifts,
    count_risk,
    load_model_shifts,
    load_notes,
    load_seen_cameras,
    take_new_alarms,
)
from fieldcheck.monitoring.shifts import get_log_days, list_other_epochs
from fieldcheck.progress import Progress
from fieldcheck.project.limits import get_gap_limits
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.safe_text import isolate_rtl_names
from fieldcheck.stats.boxes import SCORE
from fieldcheck.stats.camera_interval import (
    ClipRegression,
    estimate_accuracy_of_all,
    estimate_shift_accuracy,
    fit_clip_regression,
    is_at_risk,
)

# Accuracy of each shift without a label of its own: from the labelled clips of the project and the
# confidence of the shift.

FEWEST_RESULTS = 20  # of a shift


def estimate_accuracy_by_shift(project: Project) -> tuple[dict[str, ConfidenceAccuracy], str]:
    """Accuracy of each shift of the newest model by its start, and why there is none, as a code:
    `few_clips` (less than twelve labelled), `unrelated` (confidence says nothing of accuracy),
    `not_random` (the labelled clips are no random subset of the footage), `few_others`, `not_run`
    (the model was not run on all footage), `no_labels`. A shift with a fault of the camera has
    none."""
    sides = load_scored_sides(project)
    if sides is None or sides.field.judgement is None or not sides.field.at.size:
        return {}, "no_labels"
    confidence = _compute_clip_confidence(sides.field, sides.card)
    found = _fit_regression(sides.field, confidence)
    if found is None:
        return {}, "not_run"
    labelled = {sides.field.lines[at].clip.clip_id for at in sides.field.at.tolist()}
    inside = [one for name, one in confidence.items() if name in labelled]
    others = [one for name, one in confidence.items() if name not in labelled]
    reason = found.reason or (estimate_accuracy_of_all(found, inside, others)[1] if others else "")
    if reason in ("few_clips", "unrelated", "not_random"):
        return {}, reason
    figures = load_model_shifts(project)
    sound = [
        one.began
        for one in compute_followed_shifts(project)
        if not one.health and one.n >= FEWEST_RESULTS
    ]
    line = found.value - get_gap_limits(project).tolerance
    told = {
        began: estimate_shift_accuracy(found, figures[began].mean_confidence) for began in sound
    }
    return {
        began: replace(one, line=line, at_risk=is_at_risk(one, line)) for began, one in told.items()
    }, ""


def _fit_regression(field: FieldSide, confidence: Mapping[str, float]) -> ClipRegression | None:
    """None where no labelled frame was drawn at random, or a labelled clip was not answered
    throughout."""
    at = field.at
    weight, right = field.scores.weight[at], field.sample.right[at]
    clips = np.array([field.lines[one].clip.clip_id for one in at.tolist()], np.str_)
    drawn = weight > 0
    if not drawn.any() or not set(clips[drawn].tolist()) <= set(confidence):
        return None
    return fit_clip_regression(right[drawn], weight[drawn], clips[drawn], confidence)


def _compute_clip_confidence(field: FieldSide, card: Card) -> dict[str, float]:
    """Mean confidence over all answered frames of each clip of the footage."""
    found = defaultdict[str, list[float]](list)
    for line in field.listing:
        answer = field.footage_answers.get(line.frame.frame_id)
        if answer is not None and (sure := _get_confidence(answer, card)) is not None:
            found[line.clip.clip_id].append(sure)
    return {name: float(np.mean(sures)) for name, sures in found.items()}


def _get_confidence(given: Prediction, card: Card) -> float | None:
    """Confidence of the class, or of the surest box; None where it is not finite."""
    if given.nan:
        return None
    if card.answers.labels == "boxes":
        return float(given.answer[:, SCORE].max(initial=0.0))
    return float(given.answer.max(initial=0.0))


ALARMS, SHIFTS = 5, 12  # the newest ones


def build_monitor_section(result: MonitoringResult | None) -> Section:
    """States of all shifts, alarms with faults of a camera first, then the newest shifts one by
    one."""
    title = tr("Shifts of the deployed model")
    if result is None:
        said = tr("No log of the deployed model imported; its shifts are unknown.")
        return Section("monitor", title, title, (Paragraph(said, quiet=True),))
    apart = tuple(Paragraph(words.describe_other_epoch(one)) for one in result.others)
    if not result.shifts:
        said = tr("No log imported for model {model}.").format(
            model=isolate_rtl_names(result.model)
        )
        return Section("monitor", title, title, (Paragraph(said), *apart))
    blocks: list[Block] = [
        Paragraph(_describe_shift_states(result)),
        *apart,
        *_build_alarm_blocks(result),
        _build_shift_table(result),
    ]
    if result.no_accuracy:
        blocks.append(Paragraph(words.describe_missing_accuracy(result.no_accuracy)))
    return Section("monitor", title, title, tuple(blocks))


def list_newest_alarms(found: MonitoringResult) -> tuple[MonitoredShift, ...]:
    """The newest alarms, those by a fault of a camera first: what comes after may follow from
    it."""
    newest = [one for one in reversed(found.shifts) if one.state == "alarm"][:ALARMS]
    return tuple(sorted(newest, key=lambda one: not one.health))


def _describe_shift_states(found: MonitoringResult) -> str:
    said = tr_plural(
        "{n} shift of model {model} monitored ({first}), n = {results} results. {states}.",
        (
            "{n} shifts of model {model} monitored ({first} to {last}), n = {results} results. "
            "{states}."
        ),
        len(found.shifts),
    )
    return said.format(
        n=len(found.shifts), model=isolate_rtl_names(found.model),
        results=sum(one.n for one in found.shifts),
        first=words.format_shift_date(found.shifts[0].began),
        last=words.format_shift_date(found.shifts[-1].began),
        states=words.describe_states([one.state for one in found.shifts]),
    )  # fmt: skip


def _build_alarm_blocks(found: MonitoringResult) -> tuple[Block, ...]:
    alarms = list_newest_alarms(found)
    if not alarms:
        return (Paragraph(tr("No shift raised an alarm.")),)
    n = sum(one.state == "alarm" for one in found.shifts)
    said = tr(
        "Latest alarms ({shown} of {n}), camera faults first. Alarms never start a retraining."
    )
    lines = tuple(
        ListLine(str(at), words.format_shift_date(one.began), _describe_alarm(found, one))
        for at, one in enumerate(alarms, 1)
    )
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
        "Latest shifts; accuracy estimated from confidence with 95% CI, calibrated on the "
        "labelled clips. No "
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
        state += ": " + ", ".join(
            f"{isolate_rtl_names(one.camera)}, {words.get_check_name(one.check)}"
            for one in shift.health
        )
    return (
        Cell(words.format_shift_date(shift.began), head=True),
        Cell(str(shift.n), figure=True),
        Cell(state),
        Cell(told, figure=True),
    )


# Shifts of the deployed model for the report: how each stood, its accuracy, who looked, and shifts
# of other models.


def load_monitored_shifts(project: Project) -> MonitoringResult | None:
    """None where no shift of any model was taken in."""
    models = project.read(models_table.list_models)
    if not models:
        return None
    shifts, others = compute_followed_shifts(project), list_other_epochs(project)
    if not shifts and not others:
        return None
    accuracy, reason = estimate_accuracy_by_shift(project) if shifts else ({}, "")
    said = load_notes(project)
    waiting = tuple(
        one.began for one in list_waiting_alarms(shifts, said, load_seen_cameras(project))
    )
    return MonitoringResult(
        models[-1].name, shifts, accuracy, reason, said, others, waiting, get_log_days(project)
    )


# Logs and footage taken in one after the other, then everything that follows from them: retention,
# risk, alarms that are new.

WINDOW = "window"  # hears of an alarm apart from programs


@dataclass(frozen=True, slots=True)
class ShiftImportResult:
    """Result of importing logs and clips: the shifts, those `dropped` by retention, new `alarms`,
    and the start of a shift whose accuracy is newly `at_risk` with that accuracy (empty and None
    without one)."""

    brought: tuple[ImportedShifts, ...]
    dropped: DroppedShifts
    alarms: tuple[MonitoredShift, ...]
    at_risk: str = ""
    accuracy: ConfidenceAccuracy | None = None


def import_all_shifts(
    project: Project, paths: Sequence[Path], progress: Progress, now: str
) -> ShiftImportResult:
    """Takes each path in, newest model, shifts of eight hours. An alarm is told once. Raises as
    `import_path_shifts`."""
    asked = MonitorRequest()
    brought = tuple(import_path_shifts(project, path, asked, progress, now) for path in paths)
    dropped, risk = drop_old_shifts(project, None, now), ""
    accuracy = estimate_accuracy_by_shift(project)[0]
    shifts = compute_followed_shifts(project)
    risk = find_waiting_risk(shifts, accuracy, load_notes(project))
    count_risk(project, bool(risk), None, now)
    new = take_new_alarms(project, None, now, risk, WINDOW)
    begun = {one.began for one in new if one.check != RISK}
    newly = risk if any(one.check == RISK for one in new) else ""
    alarms = tuple(one for one in shifts if one.began in begun)
    return ShiftImportResult(brought, dropped, alarms, newly, accuracy.get(newly))


SIX_WEEKS_DAYS = 42.0


def check_prediction_log(report: Report) -> CheckResult:
    """Judges the days that the longest imported log covers; a shorter one may have been kept."""
    result = ANALYSIS.get_result(report)
    if result is None or result.log_days is None:
        return NOT_MEASURED
    return "pass" if result.log_days >= SIX_WEEKS_DAYS else "too_few", result.log_days


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
