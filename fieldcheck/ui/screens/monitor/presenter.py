"""Presenter of the Monitor screen: imports logs and footage, shows one shift at a time, and stores
acknowledgements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from fieldcheck.domain.project_state import Changes
from fieldcheck.domain.shift import (
    DroppedShifts,
    ModelEpoch,
    MonitoredShift,
    OpenAlarm,
    SampledResult,
    SavedAlarmFrames,
    ShiftLabels,
    ShiftRetention,
    ShiftStatistics,
)
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number
from fieldcheck.monitoring import messages as words
from fieldcheck.progress import Progress
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import BodyLoader, get_opening_message
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import is_alive
from fieldcheck.ui.screen import Header, Screen, ScreenHeading
from fieldcheck.ui.screens import get_screen_name
from fieldcheck.ui.screens.monitor.charts import (
    FEW,
    VIEWS,
    ClassBars,
    MonitorState,
    Place,
    build_drift_plot,
)
from fieldcheck.ui.screens.monitor.view import MonitorView

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.analyses import monitor
    from fieldcheck.analyses.monitor import ShiftImportResult
    from fieldcheck.domain.report import Plot
    from fieldcheck.monitoring import alarm_retention, log_monitor
    from fieldcheck.monitoring import shifts as shift_store
    from fieldcheck.project.project import Project
else:
    alarm_retention = LazyModule("fieldcheck.monitoring.alarm_retention")
    monitor = LazyModule("fieldcheck.analyses.monitor")
    shift_store = LazyModule("fieldcheck.monitoring.shifts")
    log_monitor = LazyModule("fieldcheck.monitoring.log_monitor")

WORK = "monitor.take_in"
ALARM = "monitor.alarm"  # names the banner of new alarms
WEEKS = (0, 2, 6, 13, 26, 52)  # that shifts may be kept; six is what the article asks of a log
LOW = 0.6

Read = tuple[
    Sequence[MonitoredShift], dict[str, ShiftStatistics], dict[str, str], Sequence[ModelEpoch],
    dict[str, SavedAlarmFrames], ShiftRetention, Sequence[OpenAlarm]
]  # fmt: skip


class MonitorPresenter(QObject):
    """Shows one shift at a time."""

    def __init__(self, view: MonitorView, context: Context, header: Header) -> None:
        super().__init__()
        self._view, self._context, self._header, self.state = view, context, header, MonitorState()
        self._failed = partial(context.messages.show_error, key=WORK)
        self._body = BodyLoader(context.current, view)
        self._is_shown = False
        self._new_alarms: ShiftImportResult | None = None
        self._plot_cache: (
            tuple[Sequence[MonitoredShift], str, tuple[Plot, tuple[Place, ...]]] | None
        ) = None

    def enter(self) -> None:
        """Called when the screen is shown, with the banner of alarms that nobody acknowledged."""
        self._is_shown = True
        self._body.enter()
        self._load_shifts()
        if self._new_alarms is not None:
            self._show_alarms(self._new_alarms)

    def leave(self) -> None:
        """Leave a running import alone. Elsewhere the rail says that there are alarms."""
        self._is_shown = False
        self._context.messages.clear_banner(ALARM)

    def refresh(self, changes: Changes) -> None:
        """Reload for another project or model, or an imported log."""
        standing = self._context.current.status
        if changes.act.startswith("project."):
            self._new_alarms = None
        if changes.act.startswith("project.") or (
            standing is not None and standing.n_shifts and not self.state.shifts
        ):
            self._body.reset()
        self._load_shifts()

    def on_primary_action(self) -> None:
        """Asks for a log or for footage."""
        if self._has_model and self._body.is_read:
            self._view.request_paths()

    def import_files(self, paths: Sequence[Path]) -> None:
        """Import logs and footage, one after another."""
        current, messages = self._context.current, self._context.messages
        if current.project is not None and not current.writable:
            messages.warn_read_only()
        if not current.writable or not self._has_model:
            return
        messages.clear_banner(WORK)
        now = get_timestamp()

        def import_logs(project: Project, progress: Progress) -> Any:
            return monitor.import_all_shifts(project, paths, progress, now)

        job = current.run_job(self._context.messages, lambda: tr("Log"), import_logs, key=WORK)
        job.on_success(self._on_files_imported).on_failure(self._failed).on_end(
            self._on_import_ended
        )
        job.on_retry(self._view, partial(self.import_files, paths))
        self._view.show_running(job)
        self._update_view()

    def step_shift(self, steps: int) -> None:
        """Select the next or previous shift."""
        self.select_shift(self.state.index + steps)

    def select_shift(self, index: int) -> None:
        """Select a shift."""
        self.state.select_shift(index)
        self._update_view()

    def select_next_alarm(self) -> None:
        """The next shift with an alarm."""
        self.state.select_next_alarm()
        self._update_view()

    def choose_view(self, code: str) -> None:
        """Another chart."""
        self.state.view = next(view for view in VIEWS if view == code)
        self._update_view()

    def choose_class(self, name: str) -> None:
        """Lists the results of a class, or all again."""
        self.state.choose_class(name)
        self._update_view()

    def open_mark(self, row: int) -> None:
        """Goes to the shift of a mark; a sampled result is listed first there, and its picture can
        be opened then."""
        row_index, position = self._get_plot()[1][row]
        if position is None:
            self.state.select_shift(row_index)
        else:
            self.state.select_sample(row_index, position)
        self._update_view()

    def _get_plot(self) -> tuple[Plot, tuple[Place, ...]]:
        """The chart, described once for the same shifts: each of them may have a hundred marks."""
        state = self.state
        if (
            self._plot_cache is None
            or self._plot_cache[0] is not state.shifts
            or self._plot_cache[1] != state.view
        ):
            self._plot_cache = state.shifts, state.view, build_drift_plot(state)
        return self._plot_cache[2]

    def set_retention(self, code: str) -> None:
        """Set the retention in weeks, and report what was dropped."""
        retention = replace(self.state.retention, weeks=int(code))
        if self._context.current.writable and self._has_model:
            work = partial(_store_retention, retention=retention)
            storing = self._context.current.run_edit(self._view, work)
            storing.on_success(partial(self._show_toast, ())).on_failure(self._failed)

    def save_frames(self) -> None:
        """Copies the least confident pictures of this shift into the project."""
        shift, now = self.state.shift, get_timestamp()
        if shift is None or not self._context.current.writable:
            return
        began = shift.began

        def save_least_confident(project: Project, progress: Progress) -> Any:
            return alarm_retention.store_alarm_frames(project, began, None, progress, now)

        job = self._context.current.run_job(
            self._context.messages, lambda: tr("Save frames"), save_least_confident
        )
        job.on_success(
            lambda value: self._show_toast(words.list_retention_lines(value, DroppedShifts()))
        ).on_failure(self._failed)

    def save_label_frames(self) -> None:
        """Writes twenty random frames of this shift into the project, to be labelled."""
        shift = self.state.shift
        if shift is None or not self._context.current.writable:
            return
        began = shift.began

        def save_random_frames(project: Project, progress: Progress) -> Any:
            return alarm_retention.store_label_frames(project, began, None, progress)

        job = self._context.current.run_job(
            self._context.messages, lambda: tr("Label frames"), save_random_frames
        )
        job.on_success(
            lambda frames: self._context.messages.show_toast(words.describe_label_frames(frames))
        ).on_failure(self._failed)

    def _show_toast(self, lines: Sequence[str], dropped: DroppedShifts | None = None) -> None:
        """Says what was done; shifts that were dropped meanwhile can be restored from there."""
        text = [*lines, *words.list_retention_lines(None, dropped or DroppedShifts())]
        if dropped is not None and dropped.copies:
            self._context.messages.show_toast(
                " ".join(text), tr("Restore"), partial(self._restore_shifts, dropped.copies)
            )
        elif text:
            self._context.messages.show_toast(" ".join(text))

    def _restore_shifts(self, copies: Sequence[str]) -> None:
        """Restores shifts that retention dropped; from then on all are kept."""
        if self._context.current.writable:
            storing = self._context.current.run_edit(
                self._view, partial(_restore_copies, copies=copies)
            )
            storing.on_success(
                lambda n: self._show_toast([words.describe_restored_shifts(n)])
            ).on_failure(self._failed)

    def acknowledge_shift(self) -> None:
        """Acknowledge this shift: its alarm and earlier ones are closed."""
        began, note = self.state.acknowledgeable, self._view.get_note_text()
        if began and self._context.current.writable:
            self._new_alarms = None
            self._context.messages.clear_banner(ALARM)
            storing = self._context.current.run_edit(
                self._view,
                lambda project: log_monitor.close_alarms(
                    project, began, note, None, get_timestamp()
                ),
            )
            storing.on_failure(self._failed)

    def focus_note(self) -> None:
        """The note is written in its field."""
        self._view.focus_note()

    def open_image(self) -> None:
        """Shows the image of the least confident sampled result that can be read."""
        shift, results = (
            self.state.shift,
            [result for result in self.state.list_results() if result.picture],
        )
        if shift is None:
            return
        began = shift.began

        def find_first_image(project: Project, progress: Progress) -> Any:
            return alarm_retention.find_first_frame(project, began, results, None, progress)

        job = self._context.current.run_job(self._view, lambda: tr("Open image"), find_first_image)
        job.on_success(self._show_frame).on_failure(self._failed)

    def _show_frame(self, loaded: tuple[SampledResult | None, NDArray[np.uint8]] | None) -> None:
        if loaded is None:
            self._context.messages.show_toast(
                tr(
                    "No image found below the folder of the log. Copy the images there, and "
                    "import the log again."
                )
            )
            return
        result, rgb = loaded
        self._view.show_frame(
            words.format_sampled_result(result)
            if result is not None
            else tr("Saved frame of this shift"),
            rgb,
        )

    @property
    def _has_model(self) -> bool:
        standing = self._context.current.status
        return standing is not None and standing.n_models > 0

    def _load_shifts(self) -> None:
        """Reads the shifts, where there can be any."""
        self._view.show_running(self._context.runner.find_running(WORK))
        if self._context.current.project is None or not self._has_model:
            self.state.load_shifts((), {}, {})
            self.state.others = self.state.elsewhere = ()
        else:
            reading = self._body.query(_read_shifts)
            reading.on_success(self._on_shifts_loaded).on_failure(self._on_load_failed)
        self._update_view()

    def _on_load_failed(self, error: BaseException) -> None:
        self._failed(error)
        if not self._body.is_read:
            self._view.show_failed(tr("The shifts could not be read."))

    def _on_import_ended(self) -> None:
        """A log was taken in, or not: whether there are shifts now is read after this."""
        if is_alive(self._view):
            self._view.show_running(None)
            if not self.state.shifts:
                self._body.reset()
            self._update_view()

    def _on_shifts_loaded(self, read: Read) -> None:
        shifts, figures, notes, self.state.others, self.state.kept = read[:5]
        self.state.retention, self.state.elsewhere = read[5:]
        self.state.load_shifts(shifts, figures, notes)
        self._update_view()
        # It reads every prediction of the labelled frames, so it runs in the background.
        if self.state.shifts:
            reading = self._context.current.query(
                self._view, lambda project: monitor.plan_shift_labels(project)
            )
            reading.on_success(self._on_labels_planned).on_failure(self._failed)

    def _on_labels_planned(self, labels: ShiftLabels) -> None:
        self.state.labels = labels
        self._update_view()

    def _on_files_imported(self, shift_import_result: ShiftImportResult) -> None:
        lines = [
            line
            for imported_shifts in shift_import_result.brought
            for line in words.list_import_lines(
                imported_shifts.n,
                len(imported_shifts.shifts),
                imported_shifts.empty,
                imported_shifts.backwards,
                imported_shifts.unknown,
                imported_shifts.future,
            )
        ]
        self._show_toast(lines, shift_import_result.dropped)
        self._show_alarms(shift_import_result)

    def _show_alarms(self, shift_import_result: ShiftImportResult) -> None:
        text = words.describe_alarms(shift_import_result.alarms)
        if text and not self._view.show_notice(get_screen_name("monitor"), text):
            self._new_alarms = shift_import_result
            if self._is_shown:  # elsewhere the rail says so
                self._context.messages.show_banner(
                    ALARM, text, again=partial(self._show_alarms, shift_import_result)
                )

    def _update_view(self) -> None:
        read = self._body.is_read
        waits = not self.state.shifts and self._context.runner.find_running(WORK) is not None
        can = self._context.current.writable and self._has_model and read and not waits
        actions, shift = self._context.actions, self.state.shift if read else None
        actions.set_enabled("monitor.take_in", can)
        actions.set_enabled(
            "monitor.keep", can and shift is not None and shift.began not in self.state.kept
        )
        actions.set_enabled("monitor.label", can and shift is not None)
        actions.set_enabled("monitor.seen", can and bool(self.state.acknowledgeable))
        head = ScreenHeading(
            get_screen_name("monitor"),
            tr("Monitor the deployed model by shift."),
            tr("Import log"),
            can,
        )
        self._header.show_head(head)
        self._show_body(shift)

    def _show_body(self, shift: MonitoredShift | None) -> None:
        """The shifts, or what stands in their place."""
        current = self._context.current
        if message := get_opening_message(current) if current.project is None else "":
            self._view.show_loading(message)
        elif current.status is None:
            self._view.show_empty(tr("To monitor a model, open or create a project."), "go.project")
        elif not self._has_model:
            self._view.show_empty(tr("No model in this project yet."), "go.project")
        elif not self._body.is_read:
            self._view.show_loading(tr("Reading the shifts …"))
        elif shift is None and self._context.runner.find_running(WORK) is not None:
            self._view.show_loading(tr("Reading the log …"))
        elif shift is None:
            message = tr(
                "No shifts yet. Import the log of the deployed model (time, prediction, "
                "confidence), or drop it here."
            )
            # Its button is in the header.
            alarms = [*map(words.describe_open_alarm, self.state.elsewhere)]
            self._view.show_empty(
                " ".join([message, *map(words.describe_other_epoch, self.state.others), *alarms]),
                "monitor.seen" if alarms else "",
            )
        else:
            self._view.show_content()
            self._view.show_retention(str(self.state.retention.weeks))
            self._show_charts()
            self._show_shift(shift)

    def _show_charts(self) -> None:
        state = self.state
        states = [
            "camera" if monitored_shift.health else monitored_shift.state
            for monitored_shift in state.shifts
        ]
        dates = [words.format_shift_date(monitored_shift.began) for monitored_shift in state.shifts]
        span = f"{dates[0]} – {dates[-1]} · " + tr_plural(
            "{n} shift", "{n} shifts", len(states), n=len(states)
        )
        if state.others:
            span += " · " + tr("charts restarted: model or model card changed")
        self._view.show_timeline(
            states,
            state.index,
            words.describe_states([monitored_shift.state for monitored_shift in state.shifts]),
            span,
        )
        self._view.show_chart(state.view, self._get_plot()[0], state.index)

    def _show_shift(self, shift: MonitoredShift) -> None:
        state, figures = self.state, self.state.statistics
        waits = shift.state in ("alarm", "diagnose") and state.index > state.acknowledged
        note = state.notes.get(shift.began) if shift.began in state.notes or waits else ""
        listed = [words.format_sampled_result(result) for result in state.list_results()]
        lines = [
            *(words.list_shift_lines(shift) or (tr("No anomalies detected."),)),
            *self._list_line_notes(shift),
        ]
        if state.index == 0:
            lines += map(words.describe_other_epoch, state.others)
        heading = f"{words.format_shift_date(shift.began)} · n = {shift.n}"
        if shift.began in state.kept:
            lines += words.list_retention_lines(state.kept[shift.began], DroppedShifts())
        tone = "alarm" if shift.health else "warn" if shift.state in ("alarm", "diagnose") else ""
        self._view.show_shift(
            heading, words.get_shift_state_name(shift.state), tone, lines, listed, note
        )
        self._view.show_classes(_build_class_bars(state, figures) if figures is not None else ())

    def _list_line_notes(self, shift: MonitoredShift) -> list[str]:
        """What the charts can see, which labels tell the accuracy of the shift, and open alarms of
        earlier models."""
        lines = [*map(words.describe_open_alarm, self.state.elsewhere)]
        lines += [words.describe_correlation(shift.correlation)] if shift.charts else []
        return lines + ([words.describe_label_plan(self.state.labels)] if self.state.labels else [])

    def toggle_tables(self) -> None:
        """Charts as tables, or as charts again."""
        self._view.toggle_tables()


def _read_shifts(project: Project) -> Read:
    shifts, figures, notes = (
        log_monitor.compute_followed_shifts(project),
        log_monitor.load_model_shifts(project),
        log_monitor.load_notes(project),
    )
    return (
        shifts,
        figures,
        notes,
        shift_store.list_other_epochs(project),
        alarm_retention.load_kept_frames(project),
        alarm_retention.get_retention(project),
        log_monitor.list_alarms_elsewhere(project),
    )


def _store_retention(project: Project, retention: ShiftRetention) -> DroppedShifts:
    return alarm_retention.set_retention(project, retention, None, get_timestamp())


def _restore_copies(project: Project, copies: Sequence[str]) -> int:
    return sum(
        alarm_retention.restore_from_copy(project, project.path / copy, None, get_timestamp())
        for copy in copies
    )


def _build_class_bars(state: MonitorState, figures: ShiftStatistics) -> list[ClassBars]:
    """Classes of the shift that is looked at, the most frequent first."""
    bars = []
    for name, n in sorted(figures.counts.items(), key=lambda pair: -pair[1]):
        few = n < FEW
        text = f"{format_number(figures.confidence[name], 2)} · n = {n}" + (
            " · " + tr("too few") if few else ""
        )
        low = figures.median_upper.get(name, 1.0) < LOW
        bars.append(
            ClassBars(
                name,
                figures.histogram.get(name, (0,) * 10),
                state.get_reference_histogram(name),
                text,
                few,
                low,
            )
        )
    return bars


def build_screen(context: Context, header: Header) -> Screen:
    """View and presenter, connected, with their actions bound."""
    weeks = [(str(n), words.get_retention_name(n)) for n in WEEKS]
    view = MonitorView(
        context.theme,
        context.actions,
        [(code, words.get_chart_view_name(code)) for code in VIEWS],
        weeks,
    )
    presenter = MonitorPresenter(view, context, header)
    presenter.setParent(view)
    view.placeholder.retry_requested.connect(presenter.enter)
    view.dropped.connect(presenter.import_files)
    view.view_chosen.connect(presenter.choose_view)
    view.timeline.chosen.connect(presenter.select_shift)
    view.chart.chosen.connect(presenter.select_shift)
    view.chart.mark_clicked.connect(presenter.open_mark)
    view.classes.chosen.connect(presenter.choose_class)
    view.retention_chosen.connect(presenter.set_retention)
    return Screen(view, presenter, view)
