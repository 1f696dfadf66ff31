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
        text("Audit trail: every run can be reproduced, and an evidence pack can be verified on another computer."),
        (
            text("Press R to reproduce a run: all predictions are computed again and compared, and every difference is listed."),
            text("Seal limits, classes and sampled frames before the first label. Press G to choose your own signing key."),
            text("Press K to create an evidence pack and V to verify one from any project. To open a pack, press P on the start page."),
            text("Press D to split the frames between two annotators and M to merge their labels. Resolve conflicts with the arrow keys."),
        ),
        (text("Scores use the current labels and are shown with their 95% CI. A run replaced by a newer one has no score."),),
    )


def _actions() -> list[Entry]:
    screen = "evidence"
    return [
        Entry("evidence.packs", text("Overview: seal, packs and admin PIN"), ("1",), screen),
        Entry("evidence.runs", text("Saved runs"), ("2",), screen),
        Entry("evidence.people", text("Labels of two annotators"), ("3",), screen),
        Entry("evidence.exports", text("Exports for other tools"), ("4",), screen),
        Entry("evidence.repeat", text("Reproduce the selected run"), ("R",), screen),
        Entry("evidence.newer", text("Newer runs"), ("PgUp",), screen),
        Entry("evidence.older", text("Older runs"), ("PgDown",), screen),
        Entry("evidence.seal", text("Seal limits, classes and sampled frames"), ("S",), screen),
        Entry("evidence.key", text("Choose signing key"), ("G",), screen),
        Entry("evidence.pack", text("Create evidence pack"), ("K",), screen),
        Entry("evidence.verify", text("Verify evidence pack"), ("V",), screen),
        Entry("evidence.pin", text("Enter admin PIN"), ("P",), screen),
        Entry("evidence.share", text("Split frames between two annotators"), ("D",), screen),
        Entry("evidence.merge", text("Merge labels from another computer"), ("M",), screen),
        Entry("evidence.first", text("Accept left label"), ("Left",), screen),
        Entry("evidence.second", text("Accept right label"), ("Right",), screen),
        Entry("evidence.previous", text("Previous conflict"), ("Up",), screen),
        Entry("evidence.next", text("Next conflict"), ("Down",), screen),
        Entry("evidence.export", text("Export selection"), ("E",), screen),
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
