"""Command that watches a deployed model for drift, from its log, shift by shift."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import MAXYEAR, datetime
from math import inf
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from fieldcheck.child_process import make_child_environment
from fieldcheck.cli.command import EXIT_DONE, Answer, TerminalProgress, define_command, json_command
from fieldcheck.cli.footage import get_camera_password
from fieldcheck.cli.values import SEED, FigureRange, existing_project
from fieldcheck.domain.shift import DroppedShifts, MonitoredShift, SavedAlarmFrames, ShiftRetention
from fieldcheck.errors.files import CameraRefused, PathMissing
from fieldcheck.errors.message_format import to_one_line
from fieldcheck.i18n.language import tr
from fieldcheck.monitoring import messages as words
from fieldcheck.progress import Cancelled
from fieldcheck.timestamp import get_timestamp

if TYPE_CHECKING:
    from fieldcheck.monitoring.live_source import MonitorRequest
    from fieldcheck.monitoring.log_monitor import AlarmKey, ImportedShifts
    from fieldcheck.project.project import Project

EXIT_ALARM, EXIT_NO_SHIFT = 3, 4  # with --until-alert
SHOWN = 10  # shifts
ALERT_SECONDS = 60


@define_command("monitor")
@existing_project
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option(
    "--source",
    default=None,
    help="Camera as listed by `cameras`, or an address. Press Ctrl+C to stop.",
)
@click.option(
    "--seconds",
    type=FigureRange(1),
    default=None,
    help="Duration of --source; default: until Ctrl+C.",
)
@click.option(
    "--camera",
    default="",
    help=(
        "Camera name; default: the name of the source. With --acknowledge: only the alarms of "
        "this camera."
    ),
)
@click.option(
    "--began",
    type=click.DateTime(),
    default=None,
    help="Start time of the footage; default: the file date.",
)
@click.option(
    "--hours",
    type=click.IntRange(1, 24),
    default=8,
    show_default=True,
    help=("Length of a shift; the first shift starts at 06:00."),
)
@click.option(
    "--acknowledge",
    "seen",
    default=None,
    metavar="SHIFT",
    help="Acknowledge all alarms up to this shift.",
)
@click.option("--note", default="", help="Note saved with --acknowledge.")
@click.option(
    "--on-alert",
    default=None,
    metavar="PROGRAM",
    help="Program to run once per alarm, with the JSON document on stdin; no shell.",
)
@click.option(
    "--until-alert",
    is_flag=True,
    help=(
        f"Exit with {EXIT_ALARM} if the newest shift has an alarm, {EXIT_NO_SHIFT} if there "
        "is no shift; --source ends at the alarm."
    ),
)
@click.option(
    "--model", default=None, metavar="NAME", help="Model name; default: the newest model."
)
@click.option(
    "--keep-days",
    type=click.IntRange(7),
    default=None,
    help="Delete shifts older than this number of days, once.",
)
@click.option(
    "--keep-weeks",
    type=click.IntRange(0, 520),
    default=None,
    help="Retention in weeks; 0 = unlimited.",
)
@click.option(
    "--keep-mb",
    type=click.IntRange(1, 100_000),
    default=None,
    help=("Maximum size of saved shifts in MB; initially 200."),
)
@click.option(
    "--restore",
    "restored_from",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help=(
        "Restore deleted shifts from their copy in backups/ of the project. Retention is then "
        "unlimited."
    ),
)
@click.option(
    "--keep-frames",
    "kept",
    default=None,
    metavar="SHIFT",
    help=("Copy the least confident frames of a shift into the project."),
)
@click.option(
    "--label-frames",
    "label_of",
    default=None,
    metavar="SHIFT",
    help="Copy twenty random frames of a shift into the project, to be labelled.",
)
@click.option(
    "--seed",
    type=SEED,
    default=0,
    show_default=True,
    help=("Random seed for the hundred results of a shift that are sampled."),
)
@json_command("monitor")
def monitor_command(
    project: Path,
    path: Path | None,
    source: str | None,
    seconds: float | None,
    camera: str,
    began: datetime | None,
    hours: int,
    seen: str | None,
    note: str,
    on_alert: str | None,
    until_alert: bool,
    model: str | None,
    keep_days: int | None,
    keep_weeks: int | None,
    keep_mb: int | None,
    restored_from: Path | None,
    kept: str | None,
    label_of: str | None,
    seed: int,
    bar: TerminalProgress,
) -> Answer:
    """Monitor a deployed model by shift. PATH is its log (CSV, JSON Lines or Parquet with time,
    prediction, confidence), a video or an image folder; --source monitors a camera."""
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.monitoring.alarm_retention import store_label_frames
    from fieldcheck.monitoring.live_source import MonitorRequest, import_path_shifts
    from fieldcheck.monitoring.log_monitor import take_new_alarms

    request = MonitorRequest(hours, camera, _get_start(began), model, seed, seconds or inf)
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        brought, dropped = None, DroppedShifts()
        if path is not None:
            brought = import_path_shifts(opened, path, request, bar, get_timestamp())
        if source is not None:
            brought, dropped = _watch_camera(opened, source, request, (on_alert, until_alert), bar)
        of_camera = camera if path is None and source is None else ""
        _acknowledge_alarm(opened, seen, of_camera, note, model)
        frames, restored = _save_and_restore(opened, kept, restored_from, model, bar)
        drawn = store_label_frames(opened, label_of, model, bar) if label_of is not None else None
        dropped = dropped.merge_with(
            _apply_retention(opened, keep_days, keep_weeks, keep_mb, model)
        )
        document, shifts = _make_answer_document(opened, project, model, brought)
        line, notes = _make_line_answer(opened, shifts, model)
        new = take_new_alarms(opened, model, get_timestamp()) if on_alert is not None else ()
    document |= line | {"dropped": asdict(dropped)}
    document |= {"kept": asdict(frames) if frames else None}
    document |= {"label_frames": asdict(drawn) if drawn else None, "restored": restored}
    if new and on_alert is not None:
        _report_alarms(project, on_alert, document, new, model, bar)
    lines = [
        *_format_lines(shifts, brought),
        *notes,
        *_list_retention_lines(project, frames, dropped, restored),
        *([words.describe_label_frames(drawn)] if drawn else []),
    ]
    return Answer(document, tuple(lines), _get_exit_code(shifts) if until_alert else EXIT_DONE)


def _get_start(began: datetime | None) -> datetime | None:
    """When the shifts begin, with an offset. Raises BadParameter for a year that no log has."""
    from fieldcheck.monitoring.log_columns import FIRST_YEAR

    if began is not None and not FIRST_YEAR <= began.year < MAXYEAR:
        raise click.BadParameter(began.isoformat(sep=" "), param_hint="--began")
    return began.astimezone() if began else None


def _save_and_restore(
    project: Project,
    kept: str | None,
    restored_from: Path | None,
    model: str | None,
    bar: TerminalProgress,
) -> tuple[SavedAlarmFrames | None, int | None]:
    """Save the frames of an alarm and restore shifts from a copy, where either was requested."""
    from fieldcheck.monitoring.alarm_retention import restore_from_copy, store_alarm_frames

    frames, restored = None, None
    if kept is not None:
        frames = store_alarm_frames(project, kept, model, bar, get_timestamp())
    if restored_from is not None:
        restored = restore_from_copy(project, restored_from, model, get_timestamp())
    return frames, restored


def _get_exit_code(shifts: Sequence[MonitoredShift]) -> int:
    """Return the exit code of `--until-alert`: whether the newest shift alarms."""
    if not shifts:
        return EXIT_NO_SHIFT
    return EXIT_ALARM if shifts[-1].state == "alarm" else EXIT_DONE


def _make_line_answer(
    opened: Project, shifts: Sequence[MonitoredShift], model: str | None
) -> tuple[dict[str, Any], list[str]]:
    """What is known of the line beside its shifts, as a document and in words. The accuracy of an
    unlabelled shift is null for one release."""
    from fieldcheck.analyses.monitor import plan_shift_labels
    from fieldcheck.monitoring.log_monitor import list_alarms_elsewhere
    from fieldcheck.monitoring.shifts import count_future_shifts, list_other_epochs

    labels, others = plan_shift_labels(opened), list_other_epochs(opened, model)
    elsewhere = list_alarms_elsewhere(opened) if model is None else ()
    document = {
        "accuracy": None,
        "no_accuracy": "unlabelled",
        "at_risk": None,
        "labels": asdict(labels),
        "other_epochs": [asdict(epoch) for epoch in others],
        "open_alarms_elsewhere": [
            {"model": alarm.model, "shift": alarm.shift.began, "cause": alarm.shift.cause}
            for alarm in elsewhere
        ],
    }
    lines = [words.describe_correlation(shift.correlation) for shift in shifts if shift.charts]
    ahead = count_future_shifts(opened, model)
    return document, [
        *([words.describe_future_shifts(ahead)] if ahead else []),
        *lines[-1:],
        *([words.describe_label_plan(labels)] if shifts else []),
        *map(words.describe_other_epoch, others),
        *map(words.describe_open_alarm, elsewhere),
    ]


def _list_retention_lines(
    project: Path, frames: SavedAlarmFrames | None, dropped: DroppedShifts, restored: int | None
) -> list[str]:
    """Lines about saved frames, dropped shifts and restored ones."""
    lines = list(words.list_retention_lines(frames, dropped))
    if restored is not None:
        lines.append(words.describe_restored_shifts(restored))
    return lines + [_format_restore_hint(project, copy) for copy in dropped.copies]


def _acknowledge_alarm(
    opened: Project, began: str | None, camera: str, note: str, model: str | None
) -> None:
    from fieldcheck.monitoring.log_monitor import close_alarms, close_camera_alarm

    if began is None:
        return
    if camera:
        close_camera_alarm(opened, began, camera, note, model, get_timestamp())
    else:
        close_alarms(opened, began, note, model, get_timestamp())


def _report_alarms(
    project: Path,
    program: str,
    document: dict[str, Any],
    new: Sequence[AlarmKey],
    model: str | None,
    bar: TerminalProgress,
) -> None:
    """Runs the alert program; where it is missing, the alarms count as not reported."""
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.monitoring.log_monitor import reset_alarms

    try:
        _run_alert_program(program, document, new)
    except PathMissing:
        with opened_for_writing(project, bar, get_timestamp()) as opened:
            reset_alarms(opened, new, model)
        raise


def _watch_camera(
    opened: Project,
    source: str,
    request: MonitorRequest,
    alert: tuple[str | None, bool],
    bar: TerminalProgress,
) -> tuple[ImportedShifts, DroppedShifts]:
    """Watches a camera; an alarm is told on the way. Also what retention dropped meanwhile. Raises
    CameraRefused `no_frames` where none came, so that a dead address does not end as a quiet line
    does."""
    from fieldcheck.footage.camera.reconnect import WatchdogLimits
    from fieldcheck.footage.live_camera import LiveCamera
    from fieldcheck.monitoring.alarm_retention import drop_old_shifts
    from fieldcheck.monitoring.live_source import monitor_live_camera
    from fieldcheck.monitoring.log_monitor import reset_alarms, take_new_alarms

    program, ends = alert
    dropped = DroppedShifts()

    def on_alarm(began: str) -> None:
        nonlocal dropped
        dropped = dropped.merge_with(drop_old_shifts(opened, request.model, get_timestamp()))
        document, shifts = _make_answer_document(opened, opened.path, request.model, None)
        new = take_new_alarms(opened, request.model, get_timestamp()) if program is not None else ()
        if new and program is not None:
            try:
                _run_alert_program(program, document, new)
            except PathMissing:
                reset_alarms(opened, new, request.model)
                raise
        if ends and shifts and shifts[-1].state == "alarm":
            raise Cancelled

    # a frozen picture is what the monitor looks for
    watched = WatchdogLimits(frozen_s=None)
    live = LiveCamera(source, get_camera_password(source), watched)
    brought = monitor_live_camera(opened, live, request, bar, get_timestamp, on_alarm)
    if not live.get_status().camera_status.n_frames:
        raise CameraRefused(live.name, "no_frames")
    return brought, dropped


def _apply_retention(
    opened: Project, days: int | None, weeks: int | None, megabytes: int | None, model: str | None
) -> DroppedShifts:
    """Stores the retention rule where one was given, and drops the shifts that the rule, or `days`,
    no longer keeps."""
    from fieldcheck.monitoring.alarm_retention import drop_old_shifts, get_retention, set_retention

    if weeks is None and megabytes is None:
        return drop_old_shifts(opened, model, get_timestamp(), days)
    before = get_retention(opened, model)
    retention = ShiftRetention(
        before.weeks if weeks is None else weeks,
        before.megabytes if megabytes is None else megabytes,
    )
    return set_retention(opened, retention, model, get_timestamp(), days)


def _format_restore_hint(project: Path, copy: str) -> str:
    """How dropped shifts are had back."""
    return tr(
        "To restore: {command}",
        command=f"fieldcheck monitor {quote(to_one_line(project))} --restore "
        f"{quote(to_one_line(project / copy))}",
    )


def _make_answer_document(
    opened: Project, path: Path, model: str | None, brought: ImportedShifts | None
) -> tuple[dict[str, Any], Sequence[MonitoredShift]]:
    from fieldcheck.monitoring.log_monitor import compute_followed_shifts, list_outliers

    shifts = compute_followed_shifts(opened, model)
    looked_at = list_outliers(opened, shifts[-1].began, model) if shifts else ()
    document = {"project": str(path.resolve()), **make_monitor_document(shifts, brought)}
    return document | {
        "outliers": [
            [
                sampled_result.at,
                sampled_result.prediction,
                sampled_result.confidence,
                sampled_result.picture,
            ]
            for sampled_result in looked_at
        ]
    }, shifts


def _format_lines(
    shifts: Sequence[MonitoredShift], brought: ImportedShifts | None
) -> tuple[str, ...]:
    lines: tuple[str, ...] = ()
    if brought is not None:
        lines = words.list_import_lines(
            brought.n,
            len(brought.shifts),
            brought.empty,
            brought.backwards,
            brought.unknown,
            brought.future,
        )
    if not shifts:
        lines = (*lines, words.describe_no_shift())
    return (
        *lines,
        *map(words.format_shift, shifts[-SHOWN:]),
        *(words.list_shift_lines(shifts[-1]) if shifts else ()),
    )


def make_monitor_document(
    shifts: Sequence[MonitoredShift], brought: ImportedShifts | None
) -> dict[str, Any]:
    """JSON document of `monitor`: how the newest shift stands, and every shift."""
    newest = shifts[-1] if shifts else None
    return {
        "state": newest.state if newest else "learning",
        "shift": newest.began if newest else None,
        "n_shifts": len(shifts),
        "health": [asdict(health_finding) for health_finding in newest.health] if newest else [],
        "n_reference": newest.n_reference if newest else 0,
        "charts": [asdict(chart) for chart in newest.charts] if newest else [],
        "alarms": [
            {
                "shift": monitored_shift.began,
                "cause": monitored_shift.cause,
                "sentence": " ".join(words.list_shift_lines(monitored_shift)),
            }
            for monitored_shift in shifts
            if monitored_shift.state == "alarm"
        ],
        "advice": newest.advice if newest else "none",
        "shifts": [asdict(monitored_shift) for monitored_shift in shifts],
        "log": asdict(brought) if brought else None,
    }


def _run_alert_program(program: str, document: dict[str, Any], new: Sequence[AlarmKey]) -> None:
    """Starts a program of the user's with the document on its stdin, and the shifts whose alarm is
    `new`; it is ended after a minute, and what it prints goes to standard error, so that it stands
    in no document. Raises PathMissing where it is none."""
    document = document | {"new_alarms": list(dict.fromkeys(alarm_key.began for alarm_key in new))}
    try:
        with suppress(subprocess.TimeoutExpired):  # it was told, and the monitor goes on
            _run_program(program, json.dumps(document).encode())
    except OSError as error:  # not there, not to be run, or no program at all
        raise PathMissing(Path(program)) from error


def _run_program(program: str, message: bytes) -> None:
    out, err = _get_terminal_stderr(), subprocess.STDOUT
    subprocess.run(
        [program],
        input=message,
        timeout=ALERT_SECONDS,
        check=False,
        stdout=out,
        stderr=err,
        env=make_child_environment(),
    )


def _get_terminal_stderr() -> int:
    """Standard error as whoever started the program sees it; nowhere where there is none."""
    try:
        return sys.stderr.fileno()
    except (AttributeError, OSError, ValueError):
        return subprocess.DEVNULL


COMMANDS = (monitor_command,)
