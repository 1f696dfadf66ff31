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
        return Badge("done", text("swept"))
    return Badge("optional", text("optional"))


def _about() -> About:
    return About(
        text("A picture or a video is corrupted the way a site does it – dark, blurred, noisy – while you watch the model's answer."),
        (
            text(
                "Choose a clip or a camera, or open a file; choose a corruption, and move the severity. "
                "/ lists all of them; M puts one on top."
            ),
            text(
                "Hold a frame: the severity at which its answer is first seen to change is looked for while you wait. "
                "D shows only what is different; S keeps the pair for the report."
            ),
            text("R sweeps twelve corruptions at three severities over benchmark and field; stopped, it goes on from there."),
            text("P shows out-of-distribution behaviour: pictures without a right answer, and frames with something taken away."),
        ),
        (
            text("What breaks the model here is a hint, not a measure of your site: only labelled field frames give the gap."),
            text(
                "A model tips at the severity where a corruption costs it 20 pp. Enter on a cell of the table "
                "shows the frames whose answer changed."
            ),
            text("Wrong at confidence 0.90 is the worst there is: nobody would have looked twice."),
        ),
    )


def _actions() -> list[Entry]:
    screen = "stress"
    digits = [Entry(f"stress.corruption_{at}", text("Corruption {number}").format(number=at), (str(at),), screen) for at in range(1, 10)]
    return [
        *digits,
        Entry("stress.up", text("Corruption before"), ("Up",), screen),
        Entry("stress.down", text("Corruption after"), ("Down",), screen),
        Entry("stress.milder", text("Milder"), ("Left",), screen),
        Entry("stress.harder", text("More severe"), ("Right",), screen),
        Entry("stress.freeze", text("Hold this frame"), ("Space",), screen),
        Entry("stress.back", text("Hold the last frame whose answer changed, then the one before"), ("B",), screen),
        Entry("stress.third", text("Show or hide what the model sees"), ("T",), screen),
        Entry("stress.table", text("The charts as tables, or as charts again"), ("V",), screen),
        Entry("stress.class", text("Next class of the histogram"), ("C",), screen),
        Entry("stress.open", text("Open a video or a picture"), ("O",), screen),
        Entry("stress.live", text("The live pictures"), ("L",), screen),
        Entry("stress.sweep", text("The severity sweep"), ("W",), screen),
        Entry("stress.probes", text("Out-of-distribution behaviour"), ("P",), screen),
        Entry("stress.run", text("Run the full sweep or the out-of-distribution test, or stop them"), ("R",), screen),
        Entry("stress.collect", text("Name a folder of collected failures"), ("G",), screen),
        Entry("stress.all", text("Choose among all corruptions"), ("/",), screen),
        Entry("stress.combine", text("Put another corruption on top"), ("M",), screen),
        Entry("stress.uncombine", text("Take out the corruption put under last"), ("Backspace",), screen),
        Entry("stress.difference", text("Show the difference from the original"), ("D",), screen),
        Entry("stress.thresholds", text("Decide by the thresholds of the field, or as the card says"), ("H",), screen),
        Entry("stress.keep", text("Keep this pair for the report"), ("S", "A"), screen),
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
