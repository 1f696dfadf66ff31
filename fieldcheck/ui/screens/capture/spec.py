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
        return Badge("look", text("import interrupted"))
    return Badge("done", text("{time} of footage").format(time=figures.minutes(round(standing.seconds))))


def _about() -> About:
    return About(
        text("Add footage: record from a camera, or import video files or image folders."),
        (
            text(
                "Choose a camera or enter its address. Press R to record and R again to stop. Several short clips "
                "give a narrower interval than one long clip."
            ),
            text("Press 1 to 9 to set the current conditions and M to mark a moment; both are saved with the time."),
            text("Or import video files. Ten minutes in the worst light tell more than a day in good light."),
            text("Enter camera, location and conditions; they appear in the report."),
        ),
        (
            text("The line below the buttons shows the saved format. “Decoded” means that the camera's original data was not available."),
            text("Dropped frames were lost by the camera; skipped frames were not processed by this computer. Stripes mark clipped areas."),
            text("A disconnected camera is reopened automatically. Recorded footage is safe; the gap is logged with its cause."),
            text(
                "Every recording is sampled at equal time steps. Each sampled frame is rated for light, blur and "
                "uncertainty. Segments with a frozen image feed are excluded and counted."
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
        Entry("capture.folder", text("Import image folder"), ("F",), screen),
        Entry("capture.resume", text("Continue import"), ("G",), screen),
        *lights,
        Entry("capture.record", text("Start or stop recording"), ("R",), screen),
        Entry("capture.single", text("Save single frame"), ("Space",), screen),
        Entry("capture.mark", text("Mark this moment"), ("M",), screen),
        Entry("capture.next", text("Next camera"), ("C",), screen),
        Entry("capture.darker", text("Shorter exposure"), ("[",), screen, repeats=True),
        Entry("capture.brighter", text("Longer exposure"), ("]",), screen, repeats=True),
        Entry("capture.auto", text("Auto exposure"), ("A",), screen),
        Entry("capture.lock", text("Lock exposure, gain and white balance"), ("L",), screen),
        Entry("capture.hatch", text("Show clipped areas as stripes"), ("H",), screen),
        Entry("capture.info", text("Show image statistics overlay"), ("I",), screen),
        Entry("capture.page", text("Live view or footage list"), ("V",), screen),
        Entry("capture.sample", text("Play the demo video as a camera"), ("S",), screen),
        Entry("capture.search", text("Search network for industrial cameras"), ("N",), screen),
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
    visit=lambda: (10, text("record or import ten minutes in the worst light")),
)
