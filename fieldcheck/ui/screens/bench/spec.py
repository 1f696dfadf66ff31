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
    return Badge("look", text("gets slower")) if standing.n_slower else Badge("done", text("timed"))


def _about() -> About:
    return About(
        text("How long a frame takes on this machine, from decoding to the answer, long enough for heat to show."),
        (
            text("Choose how long, how fast frames come and what else the machine does meanwhile; R begins and stops."),
            text(
                "“Side by side” times each provider and number of threads on the same frames; “until it is flat” ends when two "
                "blocks of five minutes differ by less than 2%."
            ),
            text("E writes a folder that runs on the device with onnxruntime and numpy alone; I takes its bench.json in."),
            text("The plot is live. A run that is stopped before its end is not kept: it says nothing of heat."),
        ),
        (
            text("p50 is the median of all frames. 5 of 100 frames take longer than p95, 1 of 100 longer than p99."),
            text("The range beside a percentile is that of its rank, 95%; p99 needs 500 frames."),
            text("It gets slower where the last minute takes 1.15 times as long as the first; the line in the plot shows since when."),
            text("These figures are of this machine. They say nothing of another device."),
        ),
    )


def _actions() -> list[Entry]:
    screen = "bench"
    return [
        Entry("bench.run", text("Begin or stop the run"), ("R",), screen),
        Entry("bench.short", text("Run for 1 minute"), ("1",), screen),
        Entry("bench.usual", text("Run for 10 minutes"), ("2",), screen),
        Entry("bench.long", text("Run for 30 minutes"), ("3",), screen),
        Entry("bench.flat", text("Run until it is flat"), ("4",), screen),
        Entry("bench.export", text("Export a folder for a device"), ("E",), screen),
        Entry("bench.export_people", text("Export a folder for a device, frames with a marked person too"), ("Shift+E",), screen),
        Entry("bench.take", text("Take in a device's result"), ("I",), screen),
        Entry("bench.load", text("Next load"), ("L",), screen),
        Entry("bench.table", text("The chart as a table, or as a chart again"), ("V",), screen),
    ]


SPEC = ScreenSpec(
    id="bench",
    icon="speedometer",
    place=7,
    name=lambda: text("Bench"),
    make=lambda context, header: presenter.build(context, header),
    badge=_badge,
    help=_about,
    actions=_actions,
)
