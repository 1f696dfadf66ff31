"""Monitor: how each shift of the deployed model stands; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen_spec import About, Badge, ScreenSpec
from fieldcheck.ui.shell.action_entry import Entry
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.domain.project_status import ProjectStatus
    from fieldcheck.ui.screens.monitor import presenter
else:
    presenter = LazyModule("fieldcheck.ui.screens.monitor.presenter")


def _badge(standing: ProjectStatus | None, _name: str) -> Badge:
    if standing is None or not standing.n_shifts:
        return Badge("optional", text("optional"))
    if standing.n_alarms:
        return Badge("look", plural("{n} alarm", "{n} alarms", standing.n_alarms).format(n=standing.n_alarms))
    return Badge("done", plural("{n} shift", "{n} shifts", standing.n_shifts).format(n=standing.n_shifts))


def _about() -> About:
    return About(
        text("How the deployed model does, shift by shift: faults of the camera first, then drift. An alarm never retrains anything."),
        (
            text("Take in the log of the device, a video or a folder of pictures; or drop them here."),
            text("Arrows go from shift to shift, N to the next alarm; 1, 2 and 3 change the chart; a click lists its results."),
            text("A says that somebody has looked: alarms up to that shift are over. M writes what was found."),
            text("K copies the least confident pictures of a shift into the project, so that they stay when old shifts are dropped."),
        ),
        (
            text("The first six shifts are learnt from. After that each is held against all healthy ones before it."),
            text("5% less confidence in all classes: light, lens or exposure changed. In one class: look at that camera's place and lens."),
            text("A line above 1 is an alarm. Thirty quiet shifts have any at most 6 times in 100."),
            text("Where a camera is frozen, covered or moved, nothing is read off what the model said."),
        ),
    )


def _actions() -> list[Entry]:
    screen = "monitor"
    return [
        Entry("monitor.take_in", text("Take in a log"), ("R",), screen),
        Entry("monitor.previous", text("Shift before"), ("Left",), screen),
        Entry("monitor.next", text("Shift after"), ("Right",), screen),
        Entry("monitor.alarm", text("Next alarm"), ("N",), screen),
        Entry("monitor.seen", text("Somebody has looked"), ("A",), screen),
        Entry("monitor.note", text("Write what was found"), ("M",), screen),
        Entry("monitor.open", text("Open the least confident image"), ("O",), screen),
        Entry("monitor.keep", text("Keep frames"), ("K",), screen),
        Entry("monitor.table", text("The charts as tables, or as charts again"), ("V",), screen),
        Entry("monitor.charts", text("EWMA charts"), ("1",), screen),
        Entry("monitor.entropy", text("Image-level entropy"), ("2",), screen),
        Entry("monitor.distance", text("Embedding distance"), ("3",), screen),
    ]


SPEC = ScreenSpec(
    id="monitor",
    icon="pulse",
    place=8,
    name=lambda: text("Monitor"),
    make=lambda context, header: presenter.build(context, header),
    badge=_badge,
    help=_about,
    actions=_actions,
)
