"""Presenter of the Latency screen, which runs the measurement as a job; its state: what is asked of
a run, and its curve while it is measured; and the chart of latency over time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer

from fieldcheck.domain.latency import STAGES, Latency, SideBySide
from fieldcheck.domain.project_state import Changes
from fieldcheck.domain.report import Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_minutes, format_number
from fieldcheck.latency import messages
from fieldcheck.latency.messages import describe_quickest, find_quickest, get_variant_name
from fieldcheck.models.messages import describe_excluded_people
from fieldcheck.progress import Progress
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import BodyLoader, get_opening_message
from fieldcheck.ui.job_widgets import JobToggle, Work
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Header, Screen, ScreenHeading
from fieldcheck.ui.screens import get_screen_name
from fieldcheck.ui.screens.latency.view import LatencyView

if TYPE_CHECKING:
    from fieldcheck.analyses import latency as latency_analysis
    from fieldcheck.domain.latency import SideBySide
    from fieldcheck.domain.report import Plot
    from fieldcheck.latency import device_runner, frame_timing, latency_run
    from fieldcheck.latency.device_runner import ExportedRunner
    from fieldcheck.latency.frame_timing import LatencyTrace
    from fieldcheck.models import providers as provider
    from fieldcheck.project.project import Project
    from fieldcheck.project.tables import models as models_table
else:
    models_table = LazyModule("fieldcheck.project.tables.models")
    latency_run = LazyModule("fieldcheck.latency.latency_run")
    provider = LazyModule("fieldcheck.models.providers")
    device_runner = LazyModule("fieldcheck.latency.device_runner")
    frame_timing = LazyModule("fieldcheck.latency.frame_timing")
    latency_analysis = LazyModule("fieldcheck.analyses.latency")

DURATIONS = {
    "short": (60.0, False),
    "usual": (600.0, False),
    "long": (1800.0, False),
    "flat": (1800.0, True),
}
"""Code → seconds at most, and whether it ends where two blocks are flat."""
RATES = (0, 5, 10, 15, 25, 30, 60)
MEMORIES = (0, 64, 128, 250, 500, 1000, 2000, 4000)  # MB that it may take
SIDE_BY_SIDE = "all"  # in the place of a number of threads
LOADS = ("none", "encode", "busy=1", "encode+busy=1")
BLOCK_S, MINUTE_S = 10.0, 60.0
DeviceLines = tuple[tuple[str, ...], tuple[str, ...]]
FEW = 10  # frames below which a second has no 95th percentile of its own worth a line


@dataclass(frozen=True, slots=True)
class LatencyCurve:
    """`minutes` since the start, and median and 95th percentile of the frames there, in
    milliseconds."""

    minutes: tuple[float, ...] = ()
    p50_ms: tuple[float, ...] = ()
    p95_ms: tuple[float, ...] = ()


class LatencyState:
    """`choices`: duration, rate, load, threads, target (a rate) and memory (MB) by code; `threads`
    0 leaves one core free, "all" times every provider and number of threads side by side. `found`:
    the newest run that was kept; `beside`: the newest of that kind, of this project's newest model,
    which is not kept; `device`: sentences on the accuracy on the device and details of it, none
    where no device predicted."""

    def __init__(self) -> None:
        self.choices = {
            "duration": "usual",
            "rate": "0",
            "load": "none",
            "threads": "0",
            "target": "0",
            "memory": "0",
        }
        self.latency: Latency | None = None
        self.device: DeviceLines = ((), ())
        self.beside: SideBySide | None = None
        self.clear_run()

    @property
    def seconds(self) -> float:
        """How long a run is at most."""
        return DURATIONS[self.choices["duration"]][0]

    @property
    def stops_when_stable(self) -> bool:
        """Whether it may end earlier."""
        return DURATIONS[self.choices["duration"]][1]

    @property
    def fps(self) -> float:
        """Rate at which frames come, 0 for one after the other."""
        return float(self.choices["rate"])

    @property
    def threads(self) -> int | None:
        """Threads of the model, None for all cores but one."""
        return None if self.compares_variants else int(self.choices["threads"]) or None

    @property
    def compares_variants(self) -> bool:
        """Whether every provider and number of threads is timed."""
        return self.choices["threads"] == SIDE_BY_SIDE

    @property
    def n_busy_cores(self) -> int:
        """Cores that are kept busy."""
        return next(
            (
                int(part.partition("=")[2])
                for part in self.choices["load"].split("+")
                if part.startswith("busy=")
            ),
            0,
        )

    @property
    def encodes_recording(self) -> bool:
        """Whether a recording is compressed beside it."""
        return "encode" in self.choices["load"].split("+")

    def set_choice(self, option: str, code: str) -> None:
        """Set a choice."""
        self.choices[option] = code

    def next_load(self) -> None:
        """The load after this one, round and round."""
        self.choices["load"] = LOADS[(LOADS.index(self.choices["load"]) + 1) % len(LOADS)]

    def clear_run(self) -> None:
        """Reset for a new run."""
        self._frames = np.zeros((0, 0))
        self._seconds = dict[int, tuple[float, float]]()
        self._sums: NDArray[np.float64] = np.zeros(0)
        self.n = 0

    def add_frame_times(self, frames: NDArray[np.float64]) -> None:
        """(n, 1 + stages): seconds since the start, and milliseconds of each stage, of frames that
        came since."""
        if not len(frames):
            return
        self._sums = frames[:, 1:].sum(axis=0) + (self._sums if self.n else 0)
        self.n += len(frames)
        self._frames = np.concatenate([self._frames, frames]) if self._frames.size else frames
        seconds = self._frames[:, 0].astype(int)
        totals = self._frames[:, 1:].sum(axis=1)
        for second in np.unique(seconds):
            own = totals[seconds == second]
            p50 = float(np.median(own))
            self._seconds[int(second)] = (
                p50,
                float(np.percentile(own, 95)) if len(own) >= FEW else p50,
            )
        self._frames = self._frames[seconds == seconds[-1]]  # The current second is incomplete.

    @property
    def stage_means(self) -> tuple[float, ...]:
        """Mean milliseconds of each stage of the run under way."""
        return tuple((self._sums / self.n).tolist()) if self.n else ()

    @property
    def curve(self) -> LatencyCurve:
        """Curve of the run under way, a point a second; of the run that was kept, a point every ten
        seconds."""
        if self.n:
            points = [
                (second / MINUTE_S, *self._seconds[second]) for second in sorted(self._seconds)
            ]
            return LatencyCurve(*(tuple(column) for column in zip(*points, strict=True)))
        if self.latency is None:
            return LatencyCurve()
        middles = tuple(
            (index + 0.5) * BLOCK_S / MINUTE_S for index in range(len(self.latency.blocks_ms))
        )
        return LatencyCurve(
            middles, self.latency.blocks_ms, self.latency.blocks_p95_ms or self.latency.blocks_ms
        )


def thread_counts() -> tuple[int, ...]:
    """Numbers of threads to choose from: 0 for all cores but one, then powers of two up to the
    number of cores."""
    cores = os.cpu_count() or 1
    return (0, *(n for n in (1, 2, 4, 8, 16, 32) if n < cores), cores)


# Latency over time as a chart: a line for the median, a band up to the 95th percentile, rules where
# a camera's rate lies.

TICKS = 5
SPARE = 1.15
USUAL_MS = 100.0  # of the axis while nothing is measured


def build_latency_plot(
    curve: LatencyCurve,
    n: int,
    until: float,
    rates: Sequence[float],
    steps: Sequence[tuple[float, float]],
) -> Plot:
    """`n` frames behind the curve; `until`: minutes that the axis goes to at least; `rates` of
    cameras; `steps`: minute and factor of each change, marked where frames take longer from then
    on."""
    last = max(until, curve.minutes[-1] if curve.minutes else 0.0)
    highest = max(curve.p95_ms, default=0.0) * SPARE or USUAL_MS
    rows = zip(curve.minutes, curve.p50_ms, curve.p95_ms, strict=True)
    marks = tuple(
        PlotMark(
            minute,
            p50,
            (format_minutes(60 * minute), format_number(p50, 1), format_number(p95, 1)),
            p50,
            p95,
        )
        for minute, p50, p95 in rows
    )
    rules = [
        PlotRule(1000 / rate, mark=f"{format_number(rate)} fps")
        for rate in rates
        if 1000 / rate < highest
    ]
    rules += [
        PlotRule(
            minute,
            level=False,
            mark=f"▲ {format_minutes(60 * minute)}  {format_number(factor, 2)}×",
        )
        for minute, factor in steps
    ]
    ticks = (last * index / TICKS for index in range(TICKS + 1))
    labels = tuple((minute, format_minutes(60 * minute)) for minute in ticks)
    across = PlotAxis(0.0, last, labels, tr("time, min:s"))
    heights = [highest / SPARE * index / 2 for index in range(3)]
    up = PlotAxis(
        0.0,
        highest,
        tuple((height, format_number(height, int(highest < 20))) for height in heights),
        tr("ms per frame"),
    )
    series = (PlotSeries("line", marks, "none", band=True),)
    heads = (tr("time, min:s"), tr("p50, ms"), tr("p95, ms"))
    return Plot(
        "latency",
        tr("Latency over time"),
        _format_plot_caption(curve, n),
        across,
        up,
        series,
        heads,
        tuple(rules),
    )


def _format_plot_caption(curve: LatencyCurve, n: int) -> str:
    if not curve.p50_ms:
        return tr("Not measured yet.")
    text = tr_plural(
        "{n} frame: median {first} ms at the start, {last} ms at the end, {highest} ms at most.",
        "{n} frames: median {first} ms at the start, {last} ms at the end, {highest} ms at most.",
        n,
    )
    ends = {
        "first": format_number(curve.p50_ms[0], 1),
        "last": format_number(curve.p50_ms[-1], 1),
        "highest": format_number(max(curve.p50_ms), 1),
    }
    return text.format(n=n, **ends)


WORK, TRACE = "bench.run", "latencyTrace"
LOOK_EVERY_MS = 500
SIGNS = {"look": "triangle", "done": "tick"}


class LatencyPresenter(QObject):
    """One run at a time. It goes on when the screen is left, and is found again."""

    def __init__(self, view: LatencyView, context: Context, header: Header) -> None:
        super().__init__()
        self._view, self._context, self._header = view, context, header
        self._failed = partial(context.messages.show_error, key=WORK)
        self.session = LatencyState()
        self._body = BodyLoader(context.current, view)
        self._trace: LatencyTrace | None = None
        self._ran = False  # at the last look
        self.job = JobToggle(
            context,
            self,
            WORK,
            lambda: tr("Latency"),
            self._create_latency_work,
            resumes=False,
            done=self._on_run_done,
        )
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self.update_running_curve)

    def enter(self) -> None:
        """Called when the screen is shown."""
        self._body.enter()
        self._reload_results()

    def leave(self) -> None:
        """Leave a running measurement alone."""
        self._timer.stop()

    def refresh(self, changes: Changes) -> None:
        """Reload for another project, another model, or a finished run."""
        if changes.act.startswith("project."):
            self._body.reset()
            self.session.clear_run()
            self.session.beside = None
            self.job.reset()
        self._reload_results()

    def on_primary_action(self) -> None:
        """Start or stop the run."""
        self.job.toggle_job()

    def choose_option(self, option: str, code: str) -> None:
        """Another duration, rate, load or number of threads; nothing changes while a run is under
        way."""
        if not self.job.is_running:
            self.session.set_choice(option, code)
            if option in ("target", "memory"):
                self._store_latency_target(option, float(code))
        self._update_view()

    def _store_latency_target(self, target: str, figure: float) -> None:
        """Keeps the rate or the memory; of the two the other stays."""

        def store_target(project: Project) -> None:
            rates, mb = latency_run.load_target(project)
            rates, mb = (
                (((figure,) if figure else ()), mb) if target == "target" else (rates, figure)
            )
            latency_run.set_target(project, None, rates, mb, get_timestamp())

        self._context.current.run_edit(self._view, store_target).on_failure(self._failed)

    def _reload_results(self) -> None:
        """The run under way, and what was stored."""
        self.job.enter()
        self._load_latency()

    def next_load(self) -> None:
        """The load after this one."""
        if not self.job.is_running:
            self.session.next_load()
        self._update_view()

    def export_runner(self, folder: Path, with_people: bool = False) -> None:
        """Writes what a device needs into a folder below the one that was chosen; frames on which a
        person is marked only `with_people`."""
        path = folder / messages.get_runner_folder_name(self._context.current.name)

        def run_export(project: Project, progress: Progress) -> Any:
            return device_runner.export_runner(
                project, path, None, None, progress, get_timestamp(), with_people
            )

        self._context.messages.clear_banner(WORK)
        job = self._context.current.run_job(
            self._context.messages,
            lambda: tr("Export runner for a device"),
            run_export,
            resumes=False,
        )
        job.on_success(self._on_runner_exported).on_failure(self._failed)
        job.on_retry(self._view, partial(self.export_runner, folder, with_people))

    def import_device_result(self, path: Path) -> None:
        """Import a device's result and show it."""
        self._context.messages.clear_banner(WORK)
        storing = self._context.current.run_edit(
            self._view, lambda project: device_runner.import_result(project, path, get_timestamp())
        )
        storing.on_failure(self._failed)

    def _on_runner_exported(self, exported: ExportedRunner) -> None:
        text = messages.describe_runner_export(str(exported.folder), exported.n, exported.megabytes)
        questions = messages.describe_runner_questions(exported.n_field, exported.n_benchmark)
        people = (
            describe_excluded_people(exported.n_people, "people_runner")
            if exported.n_people
            else ""
        )
        message = " ".join(part for part in (text, questions, people) if part)
        self._context.messages.show_toast(message)

    def update_running_curve(self) -> None:
        """Show the frames measured since the last call."""
        if self._trace is not None:
            self.session.add_frame_times(self._trace.take_new_frames())
        self._update_view()

    def _load_latency(self) -> None:
        if self._context.current.project is None:
            self.session.latency, self.session.device = None, ((), ())
            self._update_view()
            return
        reading = self._body.query(_load_latency_and_target)
        reading.on_success(self._on_latency_loaded).on_failure(self._on_load_failed)

    def _on_load_failed(self, error: BaseException) -> None:
        self._failed(error)
        if not self._body.is_read:
            self._view.show_failed(tr("The measurement could not be read."))

    def _on_latency_loaded(
        self, read: tuple[Latency | None, DeviceLines, tuple[float, ...], float, str]
    ) -> None:
        self.session.latency, self.session.device, rates, mb, model = read
        if self.session.beside is not None and self.session.beside.model != model:
            self.session.beside = None
        self._view.set_memory_options(_list_memory_options(mb))
        self.session.set_choice("memory", f"{mb:g}")
        self.session.set_choice(
            "target", str(next((rate for rate in reversed(RATES) if rate in rates), 0))
        )
        if not self.job.is_running:
            self.session.clear_run()
        self._update_view()

    def _create_latency_work(self) -> Work:
        session, trace = self.session, frame_timing.LatencyTrace()
        session.clear_run()
        self._trace = trace
        request = latency_run.LatencyRequest(
            seconds=session.seconds,
            fps=session.fps,
            encode=session.encodes_recording,
            busy=session.n_busy_cores,
            threads=session.threads,
            until_flat=session.stops_when_stable,
        )

        several = latency_run.SideBySideRequest(
            (),
            (1, *(n for n in thread_counts() if n > 1)),
            session.seconds,
            encode=session.encodes_recording,
            busy=session.n_busy_cores,
        )

        def run_measurement(project: Project, progress: Progress, now: str) -> Any:
            return latency_run.run_latency(project, request, progress, now, trace)

        def run_variants(project: Project, progress: Progress, _now: str) -> Any:
            asked = replace(several, providers=provider.list_installed_providers())
            return latency_run.run_side_by_side(project, asked, progress)

        return run_variants if session.compares_variants else run_measurement

    def _on_run_done(self, result: Any) -> None:
        """What is stored of a run is read after this; variants beside each other are not stored."""
        if isinstance(result, SideBySide):
            self.session.beside = result

    def show_running(self, job: Job | None) -> None:
        """The run under way."""
        self._view.show_running(job)

    def set_run_label(self, runs: bool) -> None:
        """A run began or ended. What it came to is read after this: until then nothing is known of
        it."""
        if self._ran and not runs:
            self._body.reset()
        self._ran = runs
        self._view.set_run_label(runs)
        job = self._context.runner.find_running(WORK)
        if runs and job is not None:
            # of a run that was begun before the window was built anew
            self._trace = self._trace or job.property(TRACE)
            job.setProperty(TRACE, self._trace)
            self._timer.start()
        else:
            self._trace = None
            self._timer.stop()
            self.session.clear_run()
        self._update_view()

    def _update_view(self) -> None:
        standing, writable = self._context.current.status, self._context.current.writable
        runs = self.job.is_running
        ready = self._body.is_read or runs
        can = (
            ready
            and writable
            and standing is not None
            and standing.n_models > 0
            and standing.n_recordings > 0
        )
        for code, enabled in (
            ("run", can),
            ("export", can and not runs),
            ("export_people", can and not runs),
            ("take", writable and not runs),
        ):
            self._context.actions.set_enabled(f"bench.{code}", enabled)
        primary = (
            tr("Stop") if runs else messages.get_run_button_label(self.session.choices["duration"])
        )
        hint = tr("Measure latency and throttling under load.")
        self._header.show_head(
            ScreenHeading(
                get_screen_name("bench"),
                hint,
                primary if standing is not None else "",
                can,
                self._get_run_key(),
            )
        )
        self._show_body()

    def _show_body(self) -> None:
        """The measurement, or what stands in its place."""
        standing, runs, latency = (
            self._context.current.status,
            self.job.is_running,
            self.session.latency,
        )
        if standing is None and (message := get_opening_message(self._context.current)):
            self._view.show_loading(message)
        elif standing is None:
            self._view.show_empty(tr("To measure latency, open or create a project."), "go.project")
        elif not self._body.is_read and not runs:
            self._view.show_loading(tr("Reading the last measurement …"))
        elif not standing.n_models and latency is None:
            self._view.show_empty(tr("No model in this project yet."), "go.project")
        elif not standing.n_recordings and latency is None:
            self._view.show_empty(tr("No footage imported."), "go.capture")
        else:
            several = self.session.compares_variants
            self._view.show_content(runs or latency is not None or several)
            self._view.show_choices(self.session.choices, not runs)
            self._view.show_variants(False)
            if runs:
                self._show_running()
            elif several:
                self._show_variants(self.session.beside)
            else:
                self._show_latency(latency)

    def _get_run_key(self) -> str:
        return self._context.actions.get_key_text("bench.run")

    def _show_running(self) -> None:
        """The figures so far."""
        session, curve = self.session, self.session.curve if self.session.n else LatencyCurve()
        text = messages.describe_progress(session.n, curve.p50_ms[-1] if curve.p50_ms else None)
        self._view.show_verdict("", tr("Latency test running"), text)
        self._view.show_stages(
            [
                (messages.get_stage_name(name), ms)
                for name, ms in zip(STAGES, session.stage_means, strict=False)
            ]
        )
        text = messages.get_load_name(session.choices["load"])
        self._view.show_curve(
            build_latency_plot(curve, session.n, session.seconds / 60, self._get_shown_rates(), ()),
            text,
        )
        self._view.show_percentiles([("", "")] * 3)
        self._view.show_facts([tr("Percentiles appear at the end; the warm-up is not counted.")])

    def _show_variants(self, beside: SideBySide | None) -> None:
        """Providers and numbers of threads, the quickest named first."""
        self._view.show_percentiles([("–", "")] * 3)
        if beside is None or not beside.variants:
            text = tr(
                "Compares every installed execution provider and thread count on the same "
                "frames. Results are not saved."
            )
            self._view.show_verdict("ring", tr("Variant comparison"), text)
            self._view.show_variants(True, beside)
            self._view.show_facts([messages.describe_machine_scope()])
            return
        quickest = find_quickest(beside)
        self._view.show_verdict("tick", tr("Variant comparison"), describe_quickest(beside))
        self._view.show_percentiles(
            [
                (f"{format_number(ms, 1)} ms", "")
                for ms in (quickest.total.p50_ms, quickest.total.p95_ms)
            ]
            + [("–", "")]
        )
        self._view.show_variants(True, beside)
        self._view.show_facts([get_variant_name(quickest), messages.describe_machine_scope()])

    def _show_latency(self, latency: Latency | None) -> None:
        session = self.session
        if latency is None:
            text = tr("Run ten minutes to detect throttling and background load.")
            self._view.show_verdict("ring", tr("Not measured yet"), text)
            self._view.show_stages(())
            self._view.show_curve(
                build_latency_plot(
                    LatencyCurve(), 0, session.seconds / 60, self._get_shown_rates(), ()
                ),
                "",
            )
            self._view.show_percentiles([("–", "")] * 3)
            self._view.show_facts([messages.describe_machine_scope()])
            return
        kind, heading, sentence = messages.describe_latency_verdict(latency, ())
        self._view.show_verdict(SIGNS[kind], heading, sentence)
        self._view.show_stages(
            [
                (messages.get_stage_name(name), stage.mean_ms)
                for name, stage in latency.stages.items()
            ]
        )
        steps = [(step.at_s / 60, step.step) for step in latency.throttling.steps]
        text = messages.describe_run(latency)
        until = len(latency.blocks_ms) * BLOCK_S / 60
        self._view.show_curve(
            build_latency_plot(session.curve, latency.n, until, self._get_shown_rates(), steps),
            text,
        )
        self._view.show_percentiles(messages.list_percentiles(latency))
        facts = [*messages.list_latency_facts(latency), messages.describe_machine_scope()]
        if not latency.total.by_blocks and (units := messages.describe_percentile_units(latency)):
            facts.insert(0, units)
        device, details = session.device
        self._view.show_facts(
            (*details, *facts),
            messages.list_memory_facts(latency),
            messages.list_largest_layers(latency),
            device,
        )

    def _get_shown_rates(self) -> tuple[float, ...]:
        rates = {self.session.fps, float(self.session.choices["target"])} - {0.0}
        return tuple(sorted(rates)) or messages.COMMON_RATES

    def prompt_for_runner_folder(self, with_people: bool = False) -> None:
        """Asks for a folder, and exports a runner into it."""
        self._view.prompt_for_runner_folder(partial(self.export_runner, with_people=with_people))

    def prompt_for_result(self) -> None:
        """Asks for a device's result, and imports it."""
        self._view.prompt_for_result(self.import_device_result)

    def toggle_options(self) -> None:
        """The options of a run are shown, or one line of them."""
        self._view.toggle_options()

    def toggle_chart_table(self) -> None:
        """The chart as a table, or as a chart again."""
        self._view.toggle_chart_table()


def _load_latency_and_target(
    project: Project,
) -> tuple[Latency | None, DeviceLines, tuple[float, ...], float, str]:
    """The newest run and what a device predicted, the rates and the memory that it may take, and
    the name of the newest model."""
    model = project.read(models_table.get_newest_model)
    accuracy = latency_analysis.compute_device_accuracy(project)
    device: DeviceLines = ((), ())
    if accuracy is not None:
        device = (
            latency_analysis.list_device_headlines(accuracy),
            latency_analysis.list_device_details(accuracy),
        )
    latency, target = latency_run.load_latency(project), latency_run.load_target(project)
    return latency, device, *target, model.name if model is not None else ""


def _list_memory_options(declared: float) -> list[tuple[str, str]]:
    """Choices of memory, with one that was declared by a command among them."""
    offered = sorted({*map(float, MEMORIES), declared})
    return [
        (f"{mb:g}", tr("{n} MB", n=format_number(mb)) if mb else tr("no limit")) for mb in offered
    ]


def build_screen(context: Context, header: Header) -> Screen:
    """View and presenter, connected, with their actions bound."""
    options = {
        "duration": [(code, messages.get_duration_name(code)) for code in DURATIONS],
        "rate": [(str(rate), messages.get_rate_name(rate)) for rate in RATES],
        "load": [(code, messages.get_load_name(code)) for code in LOADS],
        "threads": [
            *(
                (str(n), format_number(n) if n else tr("all cores but one"))
                for n in thread_counts()
            ),
            (SIDE_BY_SIDE, tr("compare variants")),
        ],
        "target": [
            (str(rate), messages.get_rate_name(rate) if rate else tr("no target")) for rate in RATES
        ],
        "memory": _list_memory_options(0),
    }
    view = LatencyView(context.theme, context.actions, options)
    presenter = LatencyPresenter(view, context, header)
    presenter.setParent(view)
    view.placeholder.retry_requested.connect(presenter.enter)
    view.option_chosen.connect(presenter.choose_option)
    return Screen(view, presenter, view)
