"""Bench: how long a frame takes on this machine; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen_spec import About, Badge, ScreenSpec
from fieldcheck.ui.shell.action_entry import Entry
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.domain.project_status import ProjectStatus
    from fieldcheck.ui.screens.bench import presenter
else:
    presenter = LazyModule("fieldcheck.ui.screens.bench.presenter")


def _badge(standing: ProjectStatus | None, _name: str) -> Badge:
    if standing is None or not standing.n_timed:
        return Badge("optional", text("optional"))
    return Badge("look", text("slows down")) if standing.n_slower else Badge("done", text("measured"))


def _about() -> About:
    return About(
        text("Latency per frame on this machine, from decoding to prediction, measured long enough to reveal thermal throttling."),
        (
            text("Choose duration, frame source rate and background load, then press R to start. Press R again to stop."),
            text(
                "“Compare variants” measures each execution provider and thread count on the same frames. “Run until "
                "stable” ends when two five-minute blocks differ by less than 2%."
            ),
            text(
                "Press E to export a runner: a folder that needs only Python, onnxruntime and numpy on the device. "
                "Press I to import its bench.json."
            ),
            text("The chart updates live. A test stopped early is not saved, because it does not cover throttling."),
        ),
        (
            text("p50 is the median. 5% of frames take longer than p95, 1% longer than p99."),
            text("Each percentile is shown with its 95% CI (by rank); p99 requires 500 frames."),
            text("Slowdown: the last minute takes at least 1.15 times as long as the first. A line in the chart marks the start."),
            text("The values apply to this machine only."),
        ),
    )


def _actions() -> list[Entry]:
    screen = "bench"
    return [
        Entry("bench.run", text("Start or stop the latency test"), ("R",), screen),
        Entry("bench.short", text("Run 1 min"), ("1",), screen),
        Entry("bench.usual", text("Run 10 min"), ("2",), screen),
        Entry("bench.long", text("Run 30 min"), ("3",), screen),
        Entry("bench.flat", text("Run until stable"), ("4",), screen),
        Entry("bench.export", text("Export runner for a device"), ("E",), screen),
        Entry("bench.export_people", text("Export runner, including frames with a person"), ("Shift+E",), screen),
        Entry("bench.take", text("Import device result"), ("I",), screen),
        Entry("bench.load", text("Next background load"), ("L",), screen),
        Entry("bench.table", text("Show chart as table or chart"), ("V",), screen),
    ]


SPEC = ScreenSpec(
    id="bench",
    icon="speedometer",
    place=7,
    name=lambda: text("Latency"),
    make=lambda context, header: presenter.build(context, header),
    badge=_badge,
    help=_about,
    actions=_actions,
)
