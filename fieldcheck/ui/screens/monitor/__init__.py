"""Monitor: how each shift of the deployed model stands; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.ui.screen import ActionSpec, Badge, ScreenHelp, ScreenSpec

if TYPE_CHECKING:
    from fieldcheck.domain.project_state import ProjectStatus


def _make_badge(standing: ProjectStatus | None, _name: str) -> Badge:
    if standing is None or not standing.n_shifts:
        return Badge("optional", tr("optional"))
    if standing.n_alarms:
        return Badge(
            "look", tr_plural("{n} alarm", "{n} alarms", standing.n_alarms, n=standing.n_alarms)
        )
    return Badge(
        "done", tr_plural("{n} shift", "{n} shifts", standing.n_shifts, n=standing.n_shifts)
    )


def _make_help() -> ScreenHelp:
    return ScreenHelp(
        tr(
            "Condition of the deployed model by shift: camera faults first, then drift. "
            "Alarms never start a retraining."
        ),
        (
            tr("Import the device log, a video or an image folder, or drop them here."),
            tr(
                "Arrow keys change the shift, N jumps to the next alarm; 1, 2 and 3 change "
                "the chart; a click lists the results."
            ),
            tr("Press A to acknowledge all alarms up to the selected shift and M to add a note."),
            tr(
                "Press K to save the least confident frames of a shift, L to save 20 random ones. "
                "Labels of the random ones measure the accuracy of the shift."
            ),
        ),
        (
            tr(
                "The first 20 shifts are the baseline. Every later shift is compared with all "
                "normal shifts before it; a shift with an alarm is never learnt from."
            ),
            tr(
                "Confidence down by at least 5% in most classes: check light, lens and exposure. "
                "In one class: check position and lens of the camera that sees it."
            ),
            tr(
                "A value above 1 raises an alarm. Over thirty undisturbed shifts the "
                "probability of any false alarm is about 6%, more where a slow variation of the "
                "line is hidden in noise."
            ),
            tr("While a camera is frozen, covered or moved, predictions are not evaluated."),
        ),
        problems=(
            (
                tr("If most classes lose confidence"),
                tr("Check light, lens and exposure first, then the model."),
            ),
            (
                tr("If an alarm has a known cause"),
                tr("Press A to acknowledge it and M to write the cause down."),
            ),
        ),
    )


def _list_actions() -> list[ActionSpec]:
    return [
        ActionSpec("monitor.take_in", tr("Import log"), ("R",), lambda do: do.on_primary_action()),
        ActionSpec(
            "monitor.previous", tr("Previous shift"), ("Left",), lambda do: do.step_shift(-1)
        ),
        ActionSpec("monitor.next", tr("Next shift"), ("Right",), lambda do: do.step_shift(1)),
        ActionSpec("monitor.alarm", tr("Next alarm"), ("N",), lambda do: do.select_next_alarm()),
        ActionSpec(
            "monitor.seen", tr("Acknowledge alarms"), ("A",), lambda do: do.acknowledge_shift()
        ),
        ActionSpec("monitor.note", tr("Add note"), ("M",), lambda do: do.focus_note()),
        ActionSpec(
            "monitor.open", tr("Open the least confident image"), ("O",), lambda do: do.open_image()
        ),
        ActionSpec("monitor.keep", tr("Save frames"), ("K",), lambda do: do.save_frames()),
        ActionSpec(
            "monitor.label", tr("Label 20 frames"), ("L",), lambda do: do.save_label_frames()
        ),
        ActionSpec(
            "monitor.table", tr("Show charts or tables"), ("V",), lambda do: do.toggle_tables()
        ),
        ActionSpec(
            "monitor.charts", tr("EWMA charts"), ("1",), lambda do: do.choose_view("charts")
        ),
        ActionSpec(
            "monitor.entropy",
            tr("Image-level entropy"),
            ("2",),
            lambda do: do.choose_view("entropy"),
        ),
        ActionSpec(
            "monitor.distance",
            tr("Embedding distance"),
            ("3",),
            lambda do: do.choose_view("distance"),
        ),
    ]


SPEC = ScreenSpec(
    id="monitor",
    package=__name__,
    icon="pulse",
    order=8,
    name=lambda: tr("Monitor"),
    badge=_make_badge,
    help=_make_help,
    actions=_list_actions,
)
