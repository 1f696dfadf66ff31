"""Capture: where footage comes in; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.domain.condition import LIGHTS
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen_spec import About, Badge, ScreenSpec, not_yet, ready
from fieldcheck.ui.shell.action_entry import Entry
from fieldcheck.words.conditions import condition
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.domain.project_status import ProjectStatus
    from fieldcheck.ui.screens.capture import presenter
    from fieldcheck.words import figures
else:
    figures = LazyModule("fieldcheck.words.figures")
    presenter = LazyModule("fieldcheck.ui.screens.capture.presenter")


def _badge(standing: ProjectStatus | None, _name: str) -> Badge:
    if standing is None:
        return not_yet()
    if standing.n_recordings == 0:
        return ready()
    if standing.n_open:
        return Badge("look", text("import broken off"))
    return Badge("done", text("{time} of footage").format(time=figures.minutes(round(standing.seconds))))


def _about() -> About:
    return About(
        text("Footage comes in here: from a camera that is recorded now, from video files, or from folders of pictures."),
        (
            text("Choose a camera, or enter its address. Press R to record and R again to stop; eight short clips beat one long one."),
            text(
                "Say what the light does with the keys 1 to 9, and mark what is worth coming back to with M: both are kept with "
                "their times."
            ),
            text("Or bring in video files. Ten minutes of the worst light say more than a day of the best."),
            text("Name the camera, the place and the light: they stand in the report."),
        ),
        (
            text("The line under the buttons says exactly what is stored. “Decoded” means that the camera's own bytes could not be had."),
            text(
                "Dropped frames were lost by the camera, skipped ones by this computer. Stripes show where the light was too much "
                "or too little."
            ),
            text("A camera that is lost is opened again by itself. What was recorded is safe, and the gap is noted with its cause."),
            text(
                "Every recording is listed in even steps of time, and each listed frame is judged for light, "
                "blur and uncertainty. Stretches in which the image feed is frozen are left out and counted."
            ),
        ),
    )


def _actions() -> list[Entry]:
    screen = "capture"
    lights = [
        Entry(f"capture.{code}", text("Condition: {condition}").format(condition=condition(code)), (str(number),), screen)
        for number, code in enumerate(LIGHTS, 1)
    ]
    return [
        Entry("capture.files", text("Import video files"), ("O",), screen),
        Entry("capture.folder", text("Import a folder of pictures"), ("F",), screen),
        Entry("capture.resume", text("Go on with the import"), ("G",), screen),
        *lights,
        Entry("capture.record", text("Record, or stop"), ("R",), screen),
        Entry("capture.single", text("Store a single frame"), ("Space",), screen),
        Entry("capture.mark", text("Mark this moment"), ("M",), screen),
        Entry("capture.next", text("Next camera"), ("C",), screen),
        Entry("capture.darker", text("Shorter exposure"), ("[",), screen, repeats=True),
        Entry("capture.brighter", text("Longer exposure"), ("]",), screen, repeats=True),
        Entry("capture.auto", text("Exposure by the camera itself"), ("A",), screen),
        Entry("capture.lock", text("Hold exposure, gain and white balance"), ("L",), screen),
        Entry("capture.hatch", text("Stripes over clipped areas"), ("H",), screen),
        Entry("capture.info", text("Figures over the picture"), ("I",), screen),
        Entry("capture.page", text("Live picture, or footage"), ("V",), screen),
        Entry("capture.sample", text("Play the film of the sample like a camera"), ("S",), screen),
        Entry("capture.search", text("Look for industrial cameras on the network"), ("N",), screen),
    ]


SPEC = ScreenSpec(
    id="capture",
    icon="camera-outline",
    place=2,
    name=lambda: text("Capture"),
    make=lambda context, header: presenter.build(context, header),
    badge=_badge,
    requires=("project",),
    help=_about,
    actions=_actions,
    visit=lambda: (10, text("import the worst ten minutes")),
)
