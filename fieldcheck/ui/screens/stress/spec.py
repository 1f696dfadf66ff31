"""Stress: what breaks the model before the site does; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.i18n.language import tr
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Badge, ScreenHelp, ScreenSpec
from fieldcheck.ui.shell.shortcuts import ActionSpec

if TYPE_CHECKING:
    from fieldcheck.domain.project_state import ProjectStatus
    from fieldcheck.ui.screens.stress import presenter
else:
    presenter = LazyModule("fieldcheck.ui.screens.stress.presenter")


def _make_badge(standing: ProjectStatus | None, _name: str) -> Badge:
    if standing is not None and standing.n_swept:
        return Badge("done", tr("sweep done"))
    return Badge("optional", tr("optional"))


def _make_help() -> ScreenHelp:
    return ScreenHelp(
        tr(
            "Apply real-world corruptions (dark, blurred, noisy) to an image or video and "
            "watch the prediction."
        ),
        (
            tr(
                "Choose a clip, camera or file, then a corruption, and move the severity "
                "slider. Press / for all "
                "corruptions and M to combine two."
            ),
            tr(
                "Pause a frame to find the severity at which its prediction first changes. "
                "Press D for the difference"
                " and S to add the image pair to the report."
            ),
            tr(
                "Press R to sweep twelve corruptions at three severities over benchmark and "
                "field; a stopped sweep "
                "continues where it left off."
            ),
            tr(
                "Press P for out-of-distribution behaviour: images without a correct class, "
                "and frames with parts removed."
            ),
        ),
        (
            tr(
                "Stress results are hints, not a measurement of your site: only labelled "
                "field frames give the gap."
            ),
            tr(
                "The tipping point is the severity at which a corruption costs 20 pp. Press "
                "Enter on a cell to show "
                "the frames with a changed prediction."
            ),
            tr(
                "Errors at confidence 0.90 or more are the most critical: they are not "
                "double-checked."
            ),
        ),
    )


def _list_actions() -> list[ActionSpec]:
    screen = "stress"
    digits = [
        ActionSpec(
            f"stress.corruption_{index}",
            tr("Corruption {number}").format(number=index),
            (str(index),),
            screen,
        )
        for index in range(1, 10)
    ]
    return [
        *digits,
        ActionSpec("stress.up", tr("Previous corruption"), ("Up",), screen),
        ActionSpec("stress.down", tr("Next corruption"), ("Down",), screen),
        ActionSpec("stress.milder", tr("Decrease severity"), ("Left",), screen),
        ActionSpec("stress.harder", tr("Increase severity"), ("Right",), screen),
        ActionSpec("stress.freeze", tr("Pause on this frame"), ("Space",), screen),
        ActionSpec(
            "stress.back",
            tr("Pause on the last frame with a changed prediction, then the one before"),
            ("B",),
            screen,
        ),
        ActionSpec("stress.third", tr("Show or hide model input"), ("T",), screen),
        ActionSpec("stress.table", tr("Show charts as tables or charts"), ("V",), screen),
        ActionSpec("stress.class", tr("Next class of the histogram"), ("C",), screen),
        ActionSpec("stress.open", tr("Open video or image"), ("O",), screen),
        ActionSpec("stress.live", tr("Live view images"), ("L",), screen),
        ActionSpec("stress.sweep", tr("Severity sweep"), ("W",), screen),
        ActionSpec("stress.probes", tr("Out-of-distribution behaviour"), ("P",), screen),
        ActionSpec("stress.run", tr("Start or stop the sweep or OOD test"), ("R",), screen),
        ActionSpec("stress.collect", tr("Choose a folder of collected failures"), ("G",), screen),
        ActionSpec("stress.all", tr("Show all corruptions"), ("/",), screen),
        ActionSpec("stress.combine", tr("Add a second corruption"), ("M",), screen),
        ActionSpec(
            "stress.uncombine", tr("Remove the last corruption added"), ("Backspace",), screen
        ),
        ActionSpec("stress.difference", tr("Show difference from original"), ("D",), screen),
        ActionSpec(
            "stress.thresholds", tr("Use field thresholds or model card thresholds"), ("H",), screen
        ),
        ActionSpec("stress.keep", tr("Add image pair to report"), ("S", "A"), screen),
    ]


SPEC = ScreenSpec(
    id="stress",
    icon="tune-vertical",
    order=6,
    name=lambda: tr("Stress"),
    make=lambda context, header: presenter.build_screen(context, header),
    badge=_make_badge,
    help=_make_help,
    actions=_list_actions,
)
