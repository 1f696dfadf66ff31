"""Stress: what breaks the model before the site does; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen_spec import About, Badge, ScreenSpec
from fieldcheck.ui.shell.action_entry import Entry
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.domain.project_status import ProjectStatus
    from fieldcheck.ui.screens.stress import presenter
else:
    presenter = LazyModule("fieldcheck.ui.screens.stress.presenter")


def _badge(standing: ProjectStatus | None, _name: str) -> Badge:
    if standing is not None and standing.n_swept:
        return Badge("done", text("sweep done"))
    return Badge("optional", text("optional"))


def _about() -> About:
    return About(
        text("Apply real-world corruptions (dark, blurred, noisy) to an image or video and watch the prediction."),
        (
            text(
                "Choose a clip, camera or file, then a corruption, and move the severity slider. Press / for all "
                "corruptions and M to combine two."
            ),
            text(
                "Pause a frame to find the severity at which its prediction first changes. Press D for the difference"
                " and S to add the image pair to the report."
            ),
            text(
                "Press R to sweep twelve corruptions at three severities over benchmark and field; a stopped sweep "
                "continues where it left off."
            ),
            text("Press P for out-of-distribution behaviour: images without a correct class, and frames with parts removed."),
        ),
        (
            text("Stress results are hints, not a measurement of your site: only labelled field frames give the gap."),
            text(
                "The tipping point is the severity at which a corruption costs 20 pp. Press Enter on a cell to show "
                "the frames with a changed prediction."
            ),
            text("Errors at confidence 0.90 or more are the most critical: they are not double-checked."),
        ),
    )


def _actions() -> list[Entry]:
    screen = "stress"
    digits = [Entry(f"stress.corruption_{at}", text("Corruption {number}").format(number=at), (str(at),), screen) for at in range(1, 10)]
    return [
        *digits,
        Entry("stress.up", text("Previous corruption"), ("Up",), screen),
        Entry("stress.down", text("Next corruption"), ("Down",), screen),
        Entry("stress.milder", text("Decrease severity"), ("Left",), screen),
        Entry("stress.harder", text("Increase severity"), ("Right",), screen),
        Entry("stress.freeze", text("Pause on this frame"), ("Space",), screen),
        Entry("stress.back", text("Pause on the last frame with a changed prediction, then the one before"), ("B",), screen),
        Entry("stress.third", text("Show or hide model input"), ("T",), screen),
        Entry("stress.table", text("Show charts as tables or charts"), ("V",), screen),
        Entry("stress.class", text("Next class of the histogram"), ("C",), screen),
        Entry("stress.open", text("Open video or image"), ("O",), screen),
        Entry("stress.live", text("Live view images"), ("L",), screen),
        Entry("stress.sweep", text("Severity sweep"), ("W",), screen),
        Entry("stress.probes", text("Out-of-distribution behaviour"), ("P",), screen),
        Entry("stress.run", text("Start or stop the sweep or OOD test"), ("R",), screen),
        Entry("stress.collect", text("Choose a folder of collected failures"), ("G",), screen),
        Entry("stress.all", text("Show all corruptions"), ("/",), screen),
        Entry("stress.combine", text("Add a second corruption"), ("M",), screen),
        Entry("stress.uncombine", text("Remove the last corruption added"), ("Backspace",), screen),
        Entry("stress.difference", text("Show difference from original"), ("D",), screen),
        Entry("stress.thresholds", text("Use field thresholds or model card thresholds"), ("H",), screen),
        Entry("stress.keep", text("Add image pair to report"), ("S", "A"), screen),
    ]


SPEC = ScreenSpec(
    id="stress",
    icon="tune-vertical",
    place=6,
    name=lambda: text("Stress"),
    make=lambda context, header: presenter.build(context, header),
    badge=_badge,
    help=_about,
    actions=_actions,
)
