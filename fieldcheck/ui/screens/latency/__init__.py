"""Latency: how long a frame takes on this machine; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.i18n.language import tr
from fieldcheck.ui.screen import ActionSpec, Badge, ScreenHelp, ScreenSpec

if TYPE_CHECKING:
    from fieldcheck.domain.project_state import ProjectStatus


def _make_badge(standing: ProjectStatus | None, _name: str) -> Badge:
    if standing is None or not standing.n_timed:
        return Badge("optional", tr("optional"))
    return Badge("look", tr("slows down")) if standing.n_slower else Badge("done", tr("measured"))


def _make_help() -> ScreenHelp:
    return ScreenHelp(
        tr(
            "Latency per frame on this machine, from decoding to prediction, measured long "
            "enough to reveal thermal throttling."
        ),
        (
            tr(
                "Choose duration, frame source rate and background load, then press R to "
                "start. Press R again to stop."
            ),
            tr(
                "“Compare variants” measures each execution provider and thread count on the "
                "same frames. “Run until "
                "stable” ends when two five-minute blocks differ by less than 2%."
            ),
            tr(
                "Press E to export a runner: a folder that needs only Python, numpy and a runtime "
                "on the device, and predicts the picked frames there. "
                "Press I to import its bench.json."
            ),
            tr(
                "The chart updates live. A test stopped early is not saved, because it does "
                "not cover throttling."
            ),
        ),
        (
            tr("p50 is the median. 5% of frames take longer than p95, 1% longer than p99."),
            tr(
                "Each percentile is shown with its 95% CI by blocks of time; p99 requires 500 "
                "frames."
            ),
            tr(
                "Slowdown: the time per frame in the last minute is at least 1.15 times that of "
                "the first. A line in the chart marks the start."
            ),
            tr("The values apply to this computer only."),
        ),
        problems=(
            (
                tr("If times rise during a run"),
                tr("Check cooling and background load; run until stable."),
            ),
            (
                tr("If a variant is missing"),
                tr(
                    "The execution provider of this variant is not installed on this computer. "
                    "Install it to show the variant."
                ),
            ),
        ),
    )


def _list_actions() -> list[ActionSpec]:
    return [
        ActionSpec(
            "bench.run",
            tr("Start or stop the latency test"),
            ("R",),
            lambda do: do.on_primary_action(),
        ),
        ActionSpec(
            "bench.short", tr("Run 1 min"), ("1",), lambda do: do.choose_option("duration", "short")
        ),
        ActionSpec(
            "bench.usual",
            tr("Run 10 min"),
            ("2",),
            lambda do: do.choose_option("duration", "usual"),
        ),
        ActionSpec(
            "bench.long", tr("Run 30 min"), ("3",), lambda do: do.choose_option("duration", "long")
        ),
        ActionSpec(
            "bench.flat",
            tr("Run until stable"),
            ("4",),
            lambda do: do.choose_option("duration", "flat"),
        ),
        ActionSpec(
            "bench.export",
            tr("Export runner for a device"),
            ("E",),
            lambda do: do.prompt_for_runner_folder(),
        ),
        ActionSpec(
            "bench.export_people",
            tr("Export runner, including frames with a person"),
            ("Shift+E",),
            lambda do: do.prompt_for_runner_folder(with_people=True),
        ),
        ActionSpec(
            "bench.take", tr("Import device result"), ("I",), lambda do: do.prompt_for_result()
        ),
        ActionSpec("bench.load", tr("Next background load"), ("L",), lambda do: do.next_load()),
        ActionSpec(
            "bench.options", tr("Edit options of the run"), ("O",), lambda do: do.toggle_options()
        ),
        ActionSpec(
            "bench.table", tr("Show chart or table"), ("V",), lambda do: do.toggle_chart_table()
        ),
    ]


SPEC = ScreenSpec(
    id="bench",
    package=__name__,
    icon="gauge",
    order=7,
    name=lambda: tr("Latency"),
    badge=_make_badge,
    help=_make_help,
    actions=_list_actions,
)
