"""Pick: the frames that are drawn to be labelled; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen_spec import About, Badge, ScreenSpec, not_yet, ready
from fieldcheck.ui.shell.action_entry import Entry
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.domain.project_status import ProjectStatus
    from fieldcheck.ui.screens.pick import presenter
else:
    presenter = LazyModule("fieldcheck.ui.screens.pick.presenter")


def _badge(standing: ProjectStatus | None, _name: str) -> Badge:
    if standing is None:
        return not_yet()
    if standing.n_frames == 0:
        return Badge("not_yet", text("needs frames"))
    if standing.n_picked == 0:
        return ready()
    return Badge("done", plural("{n} frame", "{n} frames", standing.n_picked).format(n=standing.n_picked))


def _about() -> About:
    return About(
        text("A hundred frames are drawn at random to be labelled, so that they stand for all of the footage."),
        (
            text(
                "Choose how to draw. Balanced takes 40 of 100 from the hardest fifth, and weights them so that the score still stands "
                "for all of the footage."
            ),
            text("Look over the proposal. Until the first label is made it can be drawn anew; after that only new clips are drawn from."),
            text(
                "X takes a frame out, with a reason; the next one of its stretch comes in its place. F marks a person: scored, never shown."
            ),
            text("Frames that look alike lie on one pile; G opens it. L shows the whole list, where M asks for a frame before the draw."),
        ),
        (
            text(
                "Frames chosen only because they are hard say nothing about all of the footage: they never enter the headline, and "
                "stand in the report apart."
            ),
        ),
    )


def _actions() -> list[Entry]:
    screen = "pick"
    return [
        Entry("pick.draw", text("Propose the frames"), ("D",), screen),
        Entry("pick.design", text("Next way of choosing"), ("T",), screen),
        Entry("pick.in_out", text("Take out of the proposal, or put back"), ("Space",), screen),
        Entry("pick.in", text("Put back into the proposal"), ("P",), screen),
        Entry("pick.out", text("Take out, with a reason"), ("X",), screen),
        Entry("pick.unset", text("As it was proposed: in, and no person on it"), ("U",), screen),
        Entry("pick.person", text("A person can be seen: never shown in the report"), ("F",), screen),
        Entry("pick.open", text("The frame as large as there is room, or the others again"), ("Return",), screen),
        Entry("pick.pixels", text("The frame pixel for pixel, or whole"), ("Z",), screen),
        Entry("pick.all", text("Select all frames that are shown"), ("Ctrl+A",), screen),
        Entry("pick.burst", text("Open or close the burst"), ("G",), screen),
        Entry("pick.shown", text("Show all picks, those in, those out"), ("V",), screen),
        Entry("pick.list", text("The whole list, or the picks"), ("L",), screen),
        Entry("pick.must", text("This frame must be labelled"), ("M",), screen),
        Entry("pick.cut", text("A clip begins at this frame"), ("K",), screen),
        Entry("pick.join", text("Join this clip with the one before"), ("J",), screen),
        Entry("pick.larger", text("Larger pictures"), ("+",), screen),
        Entry("pick.smaller", text("Smaller pictures"), ("-",), screen),
        Entry("pick.label_file", text("Import labels from a file"), ("I",), screen),
        Entry("pick.label_folder", text("Import labels from a folder"), ("Shift+I",), screen),
    ]


SPEC = ScreenSpec(
    id="pick",
    icon="checkbox-multiple-marked-outline",
    place=3,
    name=lambda: text("Pick"),
    make=lambda context, header: presenter.build(context, header),
    badge=_badge,
    requires=("capture",),
    help=_about,
    actions=_actions,
    acts=("pick", "clip"),
    visit=lambda: (2, text("100 frames, drawn at random")),
)
