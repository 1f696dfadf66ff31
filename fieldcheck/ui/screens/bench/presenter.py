"""Presenter of the Bench screen: runs the measurement as a job, shows its curve while it grows, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, QTimer

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.latency import STAGES, Latency
from fieldcheck.progress import Progress
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.body import ScreenBody, opening_sentence
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.job_button import JobButton, JobDisplay, Work
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Header, Screen, ScreenHead
from fieldcheck.ui.screens.bench.latency_plot import latency_plot
from fieldcheck.ui.screens.bench.session import (
    BLOCK_S,
    DURATIONS,
    LOADS,
    MEMORIES,
    RATES,
    SIDE_BY_SIDE,
    BenchSession,
    LatencyCurve,
    thread_counts,
)
from fieldcheck.ui.screens.bench.view import BenchView
from fieldcheck.ui.shell.actions_table import screen_name
from fieldcheck.ui.widgets.choose import choose_file, choose_folder
from fieldcheck.ui.widgets.job_strip import running
from fieldcheck.words import latency as words
from fieldcheck.words.figures import number
from fieldcheck.words.language import text
from fieldcheck.words.scores import without_people
from fieldcheck.words.side_by_side import quickest_of, quickest_said, variant_name

if TYPE_CHECKING:
    from fieldcheck.domain.plot import Plot
    from fieldcheck.domain.side_by_side import SideBySide
    from fieldcheck.project.project import Project
    from fieldcheck.speed import latency_trace
    from fieldcheck.speed.latency_trace import LatencyTrace
    from fieldcheck.workflows.bench import device_runner, latency, side_by_side
    from fieldcheck.workflows.bench.device_runner import ExportedRunner
    from fieldcheck.workflows.models import provider
else:
    side_by_side = LazyModule("fieldcheck.workflows.bench.side_by_side")
    provider = LazyModule("fieldcheck.workflows.models.provider")
    device_runner = LazyModule("fieldcheck.workflows.bench.device_runner")
    latency = LazyModule("fieldcheck.workflows.bench.latency")
    latency_trace = LazyModule("fieldcheck.speed.latency_trace")

WORK, TRACE = "bench.run", "latencyTrace"
LOOK_EVERY_MS = 500
SIGNS = {"look": "triangle", "done": "tick"}


class BenchDisplay(JobDisplay, Protocol):
    """All that the presenter knows of its view."""

    def show_loading(self, sentence: str) -> None: ...
    def show_empty(self, said: str, action: str = "") -> None: ...
    def show_failed(self, sentence: str) -> None: ...
    def show_content(self) -> None: ...
    def offer_memory(self, options: list[tuple[str, str]]) -> None: ...
    def show_choices(self, choices: dict[str, str], changeable: bool) -> None: ...
    def show_verdict(self, kind: str, heading: str, sentence: str) -> None: ...
    def show_stages(self, parts: Sequence[tuple[str, float]]) -> None: ...
    def show_curve(self, plot: Plot, said: str) -> None: ...
    def show_several(self, several: bool, found: SideBySide | None = None) -> None: ...
    def show_percentiles(self, shown: Sequence[tuple[str, str]]) -> None: ...
    def show_facts(self, lines: Sequence[str], memory: Sequence[str] = (), layers: Sequence[tuple[str, str]] = ()) -> None: ...


class BenchPresenter(QObject):
    """One run at a time. It goes on when the screen is left, and is found again."""

    def __init__(self, view: BenchDisplay, context: Context, header: Header) -> None:
        super().__init__()
        self._view, self._context, self._header = view, context, header
        self._failed = partial(context.messages.error, key=WORK)
        self.session = BenchSession()
        self._body = ScreenBody(context.current)
        self._trace: LatencyTrace | None = None
        self._ran = False  # at the last look
        self.job = JobButton(context, self, WORK, lambda: text("Latency"), self._work, resumes=False)
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def enter(self) -> None:
        """The screen is shown now."""
        self._body.enter()
        self._look()

    def leave(self) -> None:
        """A run goes on; nobody looks at it."""
        self._timer.stop()

    def refresh(self, changes: Changes) -> None:
        """Another project, another model, a run that ended."""
        if changes.act.startswith("project."):
            self._body.forget()
            self.session.forget_run()
            self.job.forget()
        self._look()

    def primary(self) -> None:
        """Begin or stop."""
        self.job.press()

    def choose(self, what: str, code: str) -> None:
        """Another duration, rate, load or number of threads; nothing changes while a run is under way."""
        if not self.job.runs:
            self.session.choose(what, code)
            if what in ("target", "memory"):
                self._declare(what, float(code))
        self._show()

    def _declare(self, what: str, figure: float) -> None:
        """Keeps the rate or the memory; of the two the other stays."""

        def act(project: Project) -> None:
            rates, mb = latency.target_of(project)
            rates, mb = (((figure,) if figure else ()), mb) if what == "target" else (rates, figure)
            latency.declare_target(project, None, rates, mb, timestamp())

        self._context.current.act(act, None, self._failed)

    def _look(self) -> None:
        """The run under way, and what was stored."""
        self.job.enter()
        self._read()

    def next_load(self) -> None:
        """The load after this one."""
        if not self.job.runs:
            self.session.next_load()
        self._show()

    def export(self, folder: Path, with_people: bool = False) -> None:
        """Writes what a device needs into a folder below the one that was chosen; frames on which a person is marked only `with_people`."""
        place = folder / words.runner_folder(self._context.current.name)

        def work(project: Project, progress: Progress) -> Any:
            return device_runner.export_runner(project, place, None, None, progress, timestamp(), with_people)

        self._context.messages.clear(WORK)
        job = self._context.current.job(lambda: text("Export runner for a device"), work, self._exported, self._failed)
        if job is not None:
            job.resumes = False

    def take(self, path: Path) -> None:
        """Takes a device's result in; the screen shows it then."""
        self._context.messages.clear(WORK)
        self._context.current.act(lambda project: device_runner.import_result(project, path, timestamp()), None, self._failed)

    def _exported(self, made: ExportedRunner) -> None:
        told = words.runner_exported(str(made.folder), made.n, made.megabytes)
        said = f"{told} {without_people(made.n_people, 'people_runner')}" if made.n_people else told
        self._context.messages.toast(said)

    def look(self) -> None:
        """Shows what was measured since."""
        if self._trace is not None:
            self.session.follow(self._trace.take())
        self._show()

    def _read(self) -> None:
        if self._context.current.project is None:
            self.session.found = None
            self._show()
            return
        self._body.ask(_asked, self._was_read, self._not_read)

    def _not_read(self, error: BaseException) -> None:
        self._failed(error)
        if not self._body.is_read:
            self._view.show_failed(text("The measurement could not be read."))

    def _was_read(self, read: tuple[Latency | None, tuple[float, ...], float]) -> None:
        self.session.found, rates, mb = read
        self._view.offer_memory(_memories(mb))
        self.session.choose("memory", f"{mb:g}")
        self.session.choose("target", str(next((rate for rate in reversed(RATES) if rate in rates), 0)))
        if not self.job.runs:
            self.session.forget_run()
        self._show()

    def _work(self) -> Work:
        session, trace = self.session, latency_trace.LatencyTrace()
        session.forget_run()
        self._trace = trace
        asked = latency.LatencyRequest(
            seconds=session.seconds,
            fps=session.fps,
            encode=session.encode,
            busy=session.busy,
            threads=session.threads,
            until_flat=session.until_flat,
        )

        several = side_by_side.SideBySideRequest(
            (), (1, *(n for n in thread_counts() if n > 1)), session.seconds, encode=session.encode, busy=session.busy
        )

        def work(project: Project, progress: Progress, now: str) -> Any:
            return latency.run_latency(project, asked, progress, now, trace)

        def beside(project: Project, progress: Progress, _now: str) -> Any:
            session.beside = side_by_side.run_side_by_side(project, replace(several, providers=provider.installed()), progress)

        return beside if session.side_by_side else work

    def show_running(self, job: Job | None) -> None:
        """The run under way."""
        self._view.show_running(job)

    def say_run(self, runs: bool) -> None:
        """A run began or ended. What it came to is read after this: until then nothing is known of it."""
        if self._ran and not runs:
            self._body.forget()
        self._ran = runs
        self._view.say_run(runs)
        job = running(self._context.runner, WORK)
        if runs and job is not None:
            self._trace = self._trace or job.property(TRACE)  # of a run that was begun before the window was built anew
            job.setProperty(TRACE, self._trace)
            self._timer.start()
        else:
            self._trace = None
            self._timer.stop()
            self.session.forget_run()
        self._show()

    def _show(self) -> None:
        standing, writable = self._context.current.standing, self._context.current.writable
        runs = self.job.runs
        ready = self._body.is_read or runs
        can = ready and writable and standing is not None and standing.n_models > 0 and standing.n_recordings > 0
        for code, on in (("run", can), ("export", can and not runs), ("export_people", can and not runs), ("take", writable and not runs)):
            self._context.actions.enable(f"bench.{code}", on)
        primary = text("Stop") if runs else words.run_for(self.session.choices["duration"])
        hint = text("Measure latency and throttling under load.")
        self._header.show_head(ScreenHead(screen_name("bench"), hint, primary if standing is not None else "", can, self._key()))
        self._show_body()

    def _show_body(self) -> None:
        """The measurement, or what stands in its place."""
        standing, runs, found = self._context.current.standing, self.job.runs, self.session.found
        if standing is None and (said := opening_sentence(self._context.current)):
            self._view.show_loading(said)
        elif standing is None:
            self._view.show_empty(text("To measure latency, open or create a project."), "go.project")
        elif not self._body.is_read and not runs:
            self._view.show_loading(text("Reading the last measurement …"))
        elif not standing.n_models and found is None:
            self._view.show_empty(text("No model in this project yet."), "go.project")
        elif not standing.n_recordings and found is None:
            self._view.show_empty(text("No footage imported."), "go.capture")
        else:
            self._view.show_content()
            self._view.show_choices(self.session.choices, not runs)
            self._view.show_several(False)
            if runs:
                self._show_running()
            elif self.session.side_by_side:
                self._show_beside(self.session.beside)
            else:
                self._show_found(found)

    def _key(self) -> str:
        return self._context.actions.key("bench.run")

    def _show_running(self) -> None:
        """The figures so far."""
        session, curve = self.session, self.session.curve if self.session.n else LatencyCurve()
        said = words.so_far(session.n, curve.p50_ms[-1] if curve.p50_ms else None)
        self._view.show_verdict("", text("Latency test running"), said)
        self._view.show_stages([(words.stage_name(name), ms) for name, ms in zip(STAGES, session.stage_means, strict=False)])
        said = words.load_name(session.choices["load"])
        self._view.show_curve(latency_plot(curve, session.n, session.seconds / 60, self._rates(), ()), said)
        self._view.show_percentiles([("", "")] * 3)
        self._view.show_facts([text("Percentiles appear at the end; the warm-up is not counted.")])

    def _show_beside(self, beside: SideBySide | None) -> None:
        """Providers and numbers of threads, the quickest named first."""
        self._view.show_percentiles([("–", "")] * 3)
        if beside is None or not beside.variants:
            said = text("Compares every installed execution provider and thread count on the same frames. Results are not saved.")
            self._view.show_verdict("ring", text("Variant comparison"), said)
            self._view.show_several(True, beside)
            self._view.show_facts([words.this_machine()])
            return
        quickest = quickest_of(beside)
        self._view.show_verdict("tick", text("Variant comparison"), quickest_said(beside))
        self._view.show_percentiles([(f"{number(ms, 1)} ms", "") for ms in (quickest.total.p50_ms, quickest.total.p95_ms)] + [("–", "")])
        self._view.show_several(True, beside)
        self._view.show_facts([variant_name(quickest), words.this_machine()])

    def _show_found(self, found: Latency | None) -> None:
        session = self.session
        if found is None:
            said = text("Run ten minutes to detect throttling and background load.")
            self._view.show_verdict("ring", text("Not measured yet"), said)
            self._view.show_stages(())
            self._view.show_curve(latency_plot(LatencyCurve(), 0, session.seconds / 60, self._rates(), ()), "")
            self._view.show_percentiles([("–", "")] * 3)
            self._view.show_facts([words.this_machine()])
            return
        kind, heading, sentence = words.latency_verdict(found, ())
        self._view.show_verdict(SIGNS[kind], heading, sentence)
        self._view.show_stages([(words.stage_name(name), one.mean_ms) for name, one in found.stages.items()])
        steps = [(step.at_s / 60, step.step) for step in found.throttling.steps]
        said = words.run_said(found)
        until = len(found.blocks_ms) * BLOCK_S / 60
        self._view.show_curve(latency_plot(session.curve, found.n, until, self._rates(), steps), said)
        self._view.show_percentiles(words.percentiles(found))
        facts = [*words.latency_facts(found), words.this_machine()]
        self._view.show_facts(facts, words.memory_facts(found), words.largest_layers(found))

    def _rates(self) -> tuple[float, ...]:
        rates = {self.session.fps, float(self.session.choices["target"])} - {0.0}
        return tuple(sorted(rates)) or words.COMMON_RATES


def _asked(project: Project) -> tuple[Latency | None, tuple[float, ...], float]:
    return latency.latency_of(project), *latency.target_of(project)


def _memories(declared: float) -> list[tuple[str, str]]:
    """Choices of memory, with one that was declared by a command among them."""
    offered = sorted({*map(float, MEMORIES), declared})
    return [(f"{mb:g}", text("{n} MB").format(n=number(mb)) if mb else text("no limit")) for mb in offered]


def build(context: Context, header: Header) -> Screen:
    """View and presenter, connected, with their actions bound."""
    options = {
        "duration": [(code, words.duration_name(code)) for code in DURATIONS],
        "rate": [(str(rate), words.rate_name(rate)) for rate in RATES],
        "load": [(code, words.load_name(code)) for code in LOADS],
        "threads": [
            *((str(n), number(n) if n else text("all cores but one")) for n in thread_counts()),
            (SIDE_BY_SIDE, text("compare variants")),
        ],
        "target": [(str(rate), words.rate_name(rate) if rate else text("no target")) for rate in RATES],
        "memory": _memories(0),
    }
    view = BenchView(context.look, context.actions, options)
    presenter = BenchPresenter(view, context, header)
    presenter.setParent(view)
    view.placeholder.again.connect(presenter.enter)
    view.chosen.connect(presenter.choose)
    bind = context.actions.bind
    bind("bench.run", presenter.primary)
    result = text("Device result") + " (*.json)"
    to_device, with_people = text("Runner folder"), partial(presenter.export, with_people=True)
    bind("bench.export", lambda: choose_folder(view, to_device, presenter.export))
    bind("bench.export_people", lambda: choose_folder(view, to_device, with_people))
    bind("bench.take", lambda: choose_file(view, text("Import device result"), result, presenter.take))
    bind("bench.load", presenter.next_load)
    bind("bench.table", view.turn_chart)
    for code in DURATIONS:
        bind(f"bench.{code}", partial(presenter.choose, "duration", code))
    return Screen(view, presenter, view)
