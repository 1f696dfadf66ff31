"""Presenter of the Monitor screen: takes logs and footage in, shows shift after shift, and keeps that somebody has looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.shift import (
    ConfidenceAccuracy,
    DroppedShifts,
    FollowedShift,
    KeptFrames,
    ModelEpoch,
    SampledResult,
    ShiftRetention,
    ShiftStatistics,
)
from fieldcheck.progress import Progress
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.body import ScreenBody, opening_sentence
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.narrowing import stands
from fieldcheck.ui.screen import Header, Screen, ScreenHead
from fieldcheck.ui.screens.monitor.class_histograms import ClassBars
from fieldcheck.ui.screens.monitor.drift_plot import Place, drift_plot
from fieldcheck.ui.screens.monitor.session import FEW, VIEWS, MonitorSession
from fieldcheck.ui.screens.monitor.view import MonitorView
from fieldcheck.ui.shell.actions_table import screen_name
from fieldcheck.ui.widgets.job_strip import running
from fieldcheck.words import drift as words
from fieldcheck.words.figures import number
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.domain.plot import Plot
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.days import epochs, keep_frames, monitor, retention, shift_accuracy, take_in_all
    from fieldcheck.workflows.days.take_in_all import BroughtShifts
else:
    keep_frames = LazyModule("fieldcheck.workflows.days.keep_frames")
    retention = LazyModule("fieldcheck.workflows.days.retention")
    take_in_all = LazyModule("fieldcheck.workflows.days.take_in_all")
    epochs = LazyModule("fieldcheck.workflows.days.epochs")
    monitor = LazyModule("fieldcheck.workflows.days.monitor")
    shift_accuracy = LazyModule("fieldcheck.workflows.days.shift_accuracy")

WORK = "monitor.take_in"
ALARM = "monitor.alarm"  # names the banner of new alarms
WEEKS = (0, 2, 6, 13, 26, 52)  # that shifts may be kept; six is what the article asks of a log
LOW = 0.6

Read = tuple[
    Sequence[FollowedShift], dict[str, ShiftStatistics], dict[str, str], Sequence[ModelEpoch], dict[str, KeptFrames], ShiftRetention
]  # fmt: skip


class MonitorDisplay(Protocol):
    """All that the presenter knows of its view."""

    def ask_paths(self) -> None: ...
    def written_note(self) -> str: ...
    def write_note(self) -> None: ...
    def show_timeline(self, states: Sequence[str], at: int, said: str, span: str) -> None: ...
    def show_chart(self, code: str, plot: Plot, at: int) -> None: ...
    def show_classes(self, classes: Sequence[ClassBars]) -> None: ...
    def show_retention(self, code: str) -> None: ...
    def show_notice(self, title: str, said: str) -> bool: ...
    def show_loading(self, sentence: str) -> None: ...
    def show_empty(self, said: str, action: str = "") -> None: ...
    def show_failed(self, sentence: str) -> None: ...
    def show_content(self) -> None: ...
    def show_running(self, job: Job | None) -> None: ...
    def show_frame(self, title: str, rgb: NDArray[np.uint8]) -> None: ...
    def show_shift(
        self, heading: str, state: str, tone: str, lines: Sequence[str], listed: Sequence[str], note: str | None
    ) -> None: ...  # fmt: skip


class MonitorPresenter(QObject):
    """One shift at a time is looked at."""

    def __init__(self, view: MonitorDisplay, context: Context, header: Header) -> None:
        super().__init__()
        self._view, self._context, self._header, self.session = view, context, header, MonitorSession()
        self._failed = partial(context.messages.error, key=WORK)
        self._body = ScreenBody(context.current)
        self._drawn: tuple[Sequence[FollowedShift], str, tuple[Plot, tuple[Place, ...]]] | None = None

    def enter(self) -> None:
        """The screen is shown now."""
        self._body.enter()
        self._look()

    def leave(self) -> None:
        """A log that is being taken in goes on."""

    def refresh(self, changes: Changes) -> None:
        """Another project or model, or a log that was taken in."""
        standing = self._context.current.standing
        if changes.act.startswith("project.") or (standing is not None and standing.n_shifts and not self.session.shifts):
            self._body.forget()
        self._look()

    def primary(self) -> None:
        """Asks for a log or for footage."""
        if self._has_model and self._body.is_read:
            self._view.ask_paths()

    def take_in(self, paths: Sequence[Path]) -> None:
        """Takes logs and footage in, one after the other."""
        current, messages = self._context.current, self._context.messages
        if current.project is not None and not current.writable:
            messages.only_read()
        if not current.writable or not self._has_model:
            return
        messages.clear(WORK)
        now = timestamp()

        def work(project: Project, progress: Progress) -> Any:
            return take_in_all.take_in_all(project, paths, progress, now)

        job = current.job(lambda: text("Log"), work, self._was_taken_in, self._failed, self._ended)
        if job is not None:
            job.setObjectName(WORK)
            self._view.show_running(job)
        self._show()

    def step(self, by: int) -> None:
        """The shift after or before."""
        self.choose(self.session.at + by)

    def choose(self, at: int) -> None:
        """Another shift."""
        self.session.choose(at)
        self._show()

    def next_alarm(self) -> None:
        """The next shift with an alarm."""
        self.session.next_alarm()
        self._show()

    def choose_view(self, code: str) -> None:
        """Another chart."""
        self.session.view = next(one for one in VIEWS if one == code)
        self._show()

    def choose_class(self, name: str) -> None:
        """Lists the results of a class, or all again."""
        self.session.choose_class(name)
        self._show()

    def take(self, row: int) -> None:
        """Goes to the shift of a mark; a sampled result is listed first there, and its picture can be opened then."""
        at, place = self._plotted()[1][row]
        if place is None:
            self.session.choose(at)
        else:
            self.session.pick(at, place)
        self._show()

    def _plotted(self) -> tuple[Plot, tuple[Place, ...]]:
        """The chart, described once for the same shifts: each of them may have a hundred marks."""
        session = self.session
        if self._drawn is None or self._drawn[0] is not session.shifts or self._drawn[1] != session.view:
            self._drawn = session.shifts, session.view, drift_plot(session)
        return self._drawn[2]

    def retain(self, code: str) -> None:
        """Keeps shifts so many weeks from now on; what is dropped is told."""
        asked = replace(self.session.retention, weeks=int(code))
        if self._context.current.writable and self._has_model:
            work = partial(_retained, asked=asked)
            self._context.current.act(work, partial(self._tell, ()), self._failed)

    def keep(self) -> None:
        """Copies the least confident pictures of this shift into the project."""
        shift, now = self.session.shift, timestamp()
        if shift is None or not self._context.current.writable:
            return
        began = shift.began

        def work(project: Project, progress: Progress) -> Any:
            return keep_frames.keep_frames(project, began, None, progress, now)

        self._context.current.job(
            lambda: text("Save frames"), work, lambda found: self._tell(words.kept_lines(found, DroppedShifts())), self._failed
        )

    def _tell(self, lines: Sequence[str], dropped: DroppedShifts | None = None) -> None:
        """Says what was done; shifts that were dropped meanwhile can be restored from there."""
        said = [*lines, *words.kept_lines(None, dropped or DroppedShifts())]
        if dropped is not None and dropped.copies:
            self._context.messages.toast(" ".join(said), text("Restore"), partial(self._restore, dropped.copies))
        elif said:
            self._context.messages.toast(" ".join(said))

    def _restore(self, copies: Sequence[str]) -> None:
        """Restores shifts that retention dropped; from then on all are kept."""
        if self._context.current.writable:
            self._context.current.act(partial(_restored, copies=copies), lambda n: self._tell([words.restored_line(n)]), self._failed)

    def seen(self) -> None:
        """Somebody has looked at this shift: its alarm and those before are over."""
        shift, note = self.session.shift, self._view.written_note()
        if shift is not None and self._context.current.writable and shift.began not in self.session.notes:
            began = shift.began
            self._context.messages.clear(ALARM)
            self._context.current.act(lambda project: monitor.acknowledge(project, began, note, None, timestamp()), failed=self._failed)

    def write_note(self) -> None:
        """The note is written in its field."""
        self._view.write_note()

    def open(self) -> None:
        """Shows the image of the least confident sampled result that can be read."""
        shift, results = self.session.shift, [one for one in self.session.listed() if one.picture]
        if shift is None:
            return
        began = shift.began

        def work(project: Project, progress: Progress) -> Any:
            return keep_frames.first_frame(project, began, results, None, progress)

        self._context.current.job(lambda: text("Open image"), work, self._show_frame, self._failed)

    def _show_frame(self, found: tuple[SampledResult | None, NDArray[np.uint8]] | None) -> None:
        if found is None:
            self._context.messages.toast(
                text("No image found below the folder of the log. Copy the images there, and import the log again.")
            )
            return
        result, rgb = found
        self._view.show_frame(words.sampled_line(result) if result is not None else text("Saved frame of this shift"), rgb)

    @property
    def _has_model(self) -> bool:
        standing = self._context.current.standing
        return standing is not None and standing.n_models > 0

    def _look(self) -> None:
        """Reads the shifts, where there can be any."""
        self._view.show_running(running(self._context.runner, WORK))
        if self._context.current.project is None or not self._has_model:
            self.session.load((), {}, {})
            self.session.others = ()
        else:
            self._body.ask(_read, self._was_read, self._not_read)
        self._show()

    def _not_read(self, error: BaseException) -> None:
        self._failed(error)
        if not self._body.is_read:
            self._view.show_failed(text("The shifts could not be read."))

    def _ended(self) -> None:
        """A log was taken in, or not: whether there are shifts now is read after this."""
        if stands(self._view):
            self._view.show_running(None)
            if not self.session.shifts:
                self._body.forget()
            self._show()

    def _was_read(self, read: Read) -> None:
        shifts, figures, notes, self.session.others, self.session.kept, self.session.retention = read
        self.session.load(shifts, figures, notes)
        self.session.load_accuracy({}, "")
        self._show()
        if self.session.shifts:  # it asks for every answer of the footage, and nobody waits for that
            self._context.current.ask(lambda project: shift_accuracy.accuracy_by_shift(project), self._was_judged, self._failed)

    def _was_judged(self, found: tuple[dict[str, ConfidenceAccuracy], str]) -> None:
        self.session.load_accuracy(*found)
        self._show()

    def _was_taken_in(self, found: BroughtShifts) -> None:
        lines = [
            line
            for one in found.brought
            for line in words.taken_in(one.n, len(one.shifts), one.empty, one.backwards, one.unknown, one.future)
        ]
        self._tell(lines, found.dropped)
        self._say_alarms(found)

    def _say_alarms(self, found: BroughtShifts) -> None:
        risk = words.risk_line(found.at_risk, found.accuracy) if found.accuracy else ""
        said = " ".join(filter(None, (words.alarm_notice(found.alarms), risk)))
        if said and not self._view.show_notice(screen_name("monitor"), said):
            self._context.messages.banner(ALARM, said, again=partial(self._say_alarms, found))

    def _show(self) -> None:
        read = self._body.is_read
        waits = not self.session.shifts and running(self._context.runner, WORK) is not None
        can = self._context.current.writable and self._has_model and read and not waits
        actions, shift = self._context.actions, self.session.shift if read else None
        actions.enable("monitor.take_in", can)
        actions.enable("monitor.keep", can and shift is not None and shift.began not in self.session.kept)
        actions.enable("monitor.seen", can and shift is not None and shift.began not in self.session.notes)
        head = ScreenHead(screen_name("monitor"), text("Monitor the deployed model by shift."), text("Import log"), can)
        self._header.show_head(head)
        self._show_body(shift)

    def _show_body(self, shift: FollowedShift | None) -> None:
        """The shifts, or what stands in their place."""
        current = self._context.current
        if said := opening_sentence(current) if current.project is None else "":
            self._view.show_loading(said)
        elif current.standing is None:
            self._view.show_empty(text("To monitor a model, open or create a project."), "go.project")
        elif not self._has_model:
            self._view.show_empty(text("No model in this project yet."), "go.project")
        elif not self._body.is_read:
            self._view.show_loading(text("Reading the shifts …"))
        elif shift is None and running(self._context.runner, WORK) is not None:
            self._view.show_loading(text("Reading the log …"))
        elif shift is None:
            said = text("No shifts yet. Import the log of the deployed model (time, prediction, confidence), or drop it here.")
            self._view.show_empty(" ".join([said, *map(words.epoch_line, self.session.others)]))  # its button is the head's
        else:
            self._view.show_content()
            self._view.show_retention(str(self.session.retention.weeks))
            self._show_charts()
            self._show_shift(shift)

    def _show_charts(self) -> None:
        session = self.session
        states = ["camera" if one.health else one.state for one in session.shifts]
        dates = [words.shift_date(one.began) for one in session.shifts]
        span = f"{dates[0]} – {dates[-1]} · " + plural("{n} shift", "{n} shifts", len(states)).format(n=len(states))
        if session.others:
            span += " · " + text("charts restarted: model or model card changed")
        self._view.show_timeline(states, session.at, words.states_said([one.state for one in session.shifts]), span)
        self._view.show_chart(session.view, self._plotted()[0], session.at)

    def _show_shift(self, shift: FollowedShift) -> None:
        session, figures = self.session, self.session.statistics
        waits = shift.state in ("alarm", "diagnose") and session.at > session.acknowledged
        note = session.notes.get(shift.began) if shift.began in session.notes or waits else ""
        listed = [words.sampled_line(one) for one in session.listed()]
        lines = [*(words.drift_lines(shift) or (text("No anomalies detected."),)), *self._accuracy_lines(shift)]
        if session.at == 0:
            lines += map(words.epoch_line, session.others)
        heading = f"{words.shift_date(shift.began)} · n = {shift.n}"
        if shift.began in session.kept:
            lines += words.kept_lines(session.kept[shift.began], DroppedShifts())
        tone = "alarm" if shift.health else "warn" if shift.state in ("alarm", "diagnose") else ""
        self._view.show_shift(heading, words.state_name(shift.state), tone, lines, listed, note)
        self._view.show_classes(_classes(session, figures) if figures is not None else ())

    def _accuracy_lines(self, shift: FollowedShift) -> list[str]:
        session = self.session
        if shift.began in session.accuracy:
            found = session.accuracy[shift.began]
            return [words.risk_line(shift.began, found) if found.at_risk else words.accuracy_line(found)]
        return [words.no_accuracy_line(session.no_accuracy)] if session.no_accuracy else []


def _read(project: Project) -> Read:
    shifts, figures, notes = monitor.followed(project), monitor.shifts_of(project), monitor.notes(project)
    return shifts, figures, notes, epochs.other_epochs(project), keep_frames.frames_kept(project), retention.retention_of(project)


def _retained(project: Project, asked: ShiftRetention) -> DroppedShifts:
    return retention.set_retention(project, asked, None, timestamp())


def _restored(project: Project, copies: Sequence[str]) -> int:
    return sum(retention.restore(project, project.path / one, None, timestamp()) for one in copies)


def _classes(session: MonitorSession, figures: ShiftStatistics) -> list[ClassBars]:
    """Classes of the shift that is looked at, the most frequent first."""
    found = []
    for name, n in sorted(figures.counts.items(), key=lambda one: -one[1]):
        few = n < FEW
        said = f"{number(figures.confidence[name], 2)} · n = {n}" + (" · " + text("too few") if few else "")
        low = figures.median_upper.get(name, 1.0) < LOW
        found.append(ClassBars(name, figures.histogram.get(name, (0,) * 10), session.usual(name), said, few, low))
    return found


def build(context: Context, header: Header) -> Screen:
    """View and presenter, connected, with their actions bound."""
    weeks = [(str(n), words.retention_name(n)) for n in WEEKS]
    view = MonitorView(context.look, context.actions, [(code, words.chart_view_name(code)) for code in VIEWS], weeks)
    presenter = MonitorPresenter(view, context, header)
    presenter.setParent(view)
    view.placeholder.again.connect(presenter.enter)
    view.dropped.connect(presenter.take_in)
    view.view_chosen.connect(presenter.choose_view)
    view.timeline.chosen.connect(presenter.choose)
    view.chart.chosen.connect(presenter.choose)
    view.chart.taken.connect(presenter.take)
    view.classes.chosen.connect(presenter.choose_class)
    view.retention_chosen.connect(presenter.retain)
    bind = context.actions.bind
    bind("monitor.take_in", presenter.primary)
    bind("monitor.table", view.turn_chart)
    bind("monitor.seen", presenter.seen)
    bind("monitor.note", presenter.write_note)
    bind("monitor.open", presenter.open)
    bind("monitor.keep", presenter.keep)
    bind("monitor.alarm", presenter.next_alarm)
    bind("monitor.next", partial(presenter.step, 1))
    bind("monitor.previous", partial(presenter.step, -1))
    for code in VIEWS:
        bind(f"monitor.{code}", partial(presenter.choose_view, code))
    return Screen(view, presenter, view)
