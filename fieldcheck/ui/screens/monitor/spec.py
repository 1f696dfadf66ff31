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
        text("Condition of the deployed model by shift: camera faults first, then drift. Alarms never start a retraining."),
        (
            text("Import the device log, a video or an image folder, or drop them here."),
            text("Arrow keys change the shift, N jumps to the next alarm; 1, 2 and 3 change the chart; a click lists the results."),
            text("Press A to acknowledge all alarms up to the selected shift and M to add a note."),
            text("Press K to save the least confident frames of a shift. They stay in the project when old shifts are deleted."),
        ),
        (
            text("The first six shifts are the baseline. Every later shift is compared with all normal shifts before it."),
            text(
                "Confidence down by 5% in all classes: check light, lens and exposure. In one class: check that camera's position and lens."
            ),
            text("A value above 1 raises an alarm. Over thirty undisturbed shifts the probability of any false alarm is at most 6%."),
            text("While a camera is frozen, covered or moved, predictions are not evaluated."),
        ),
    )


def _actions() -> list[Entry]:
    screen = "monitor"
    return [
        Entry("monitor.take_in", text("Import log"), ("R",), screen),
        Entry("monitor.previous", text("Previous shift"), ("Left",), screen),
        Entry("monitor.next", text("Next shift"), ("Right",), screen),
        Entry("monitor.alarm", text("Next alarm"), ("N",), screen),
        Entry("monitor.seen", text("Acknowledge alarms"), ("A",), screen),
        Entry("monitor.note", text("Add note"), ("M",), screen),
        Entry("monitor.open", text("Open the least confident image"), ("O",), screen),
        Entry("monitor.keep", text("Save frames"), ("K",), screen),
        Entry("monitor.table", text("Show charts as tables or charts"), ("V",), screen),
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
