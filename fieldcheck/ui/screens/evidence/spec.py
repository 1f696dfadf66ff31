"""Evidence: runs that are repeated, seal and packs; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen_spec import About, ScreenSpec
from fieldcheck.ui.shell.action_entry import Entry
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.ui.screens.evidence import presenter
else:
    presenter = LazyModule("fieldcheck.ui.screens.evidence.presenter")


def _about() -> About:
    return About(
        text("What stands behind the figures: every run can be repeated, and a pack proves itself on another computer."),
        (
            text("R computes every answer of a run again: all digits are the same, or what changed is named."),
            text("Seal limits, classes and list before the first label; G chooses a key of your own that signs."),
            text("K makes one file of the project; V verifies such a file, of any project. Open it on the first page with P."),
            text("D deals the frames out to two people; M takes their labels in. Where they differ, arrows choose one answer."),
        ),
        (text("A score is that of the labels as they are now, with its 95% range; a run that a newer one replaced has none."),),
    )


def _actions() -> list[Entry]:
    screen = "evidence"
    return [
        Entry("evidence.packs", text("Overview: seal, packs and admin PIN"), ("1",), screen),
        Entry("evidence.runs", text("Stored runs"), ("2",), screen),
        Entry("evidence.people", text("Labels of two people"), ("3",), screen),
        Entry("evidence.exports", text("Exports for other tools"), ("4",), screen),
        Entry("evidence.repeat", text("Repeat the run that is looked at"), ("R",), screen),
        Entry("evidence.newer", text("Newer runs"), ("PgUp",), screen),
        Entry("evidence.older", text("Older runs"), ("PgDown",), screen),
        Entry("evidence.seal", text("Seal limits, classes and list"), ("S",), screen),
        Entry("evidence.key", text("Choose a key that signs"), ("G",), screen),
        Entry("evidence.pack", text("Make an evidence pack"), ("K",), screen),
        Entry("evidence.verify", text("Verify an evidence pack"), ("V",), screen),
        Entry("evidence.pin", text("Type the admin PIN"), ("P",), screen),
        Entry("evidence.share", text("Deal the frames out to two people"), ("D",), screen),
        Entry("evidence.merge", text("Take labels of another laptop in"), ("M",), screen),
        Entry("evidence.first", text("The answer on the left is right"), ("Left",), screen),
        Entry("evidence.second", text("The answer on the right is right"), ("Right",), screen),
        Entry("evidence.previous", text("Difference before"), ("Up",), screen),
        Entry("evidence.next", text("Next difference"), ("Down",), screen),
        Entry("evidence.export", text("Export what is chosen"), ("E",), screen),
    ]


SPEC = ScreenSpec(
    id="evidence",
    icon="shield-check-outline",
    place=10,
    name=lambda: text("Evidence"),
    make=lambda context, header: presenter.build(context, header),
    help=_about,
    actions=_actions,
    acts=("label.adjudicate", "label.merge"),
    go=lambda: (text("Go to {screen}").format(screen=text("Evidence")), "Ctrl+R"),
)
