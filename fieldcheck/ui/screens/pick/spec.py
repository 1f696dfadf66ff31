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
        text("A random sample of 100 frames is picked for labelling, so that it represents all footage."),
        (
            text(
                "Choose a sampling design. Balanced takes 40% from the hardest 20% of frames and weights them so that"
                " the score still represents all footage."
            ),
            text("Review the picks. Before the first label they can be picked again; afterwards only new clips are used."),
            text(
                "Press X to exclude a frame with a reason; the next frame of its time block replaces it. Press F to "
                "mark a person: scored, never shown."
            ),
            text(
                "Similar frames are stacked; press G to open a stack. Press L for all sampled frames, where M marks a"
                " frame as required before picking."
            ),
        ),
        (
            text(
                "Frames picked only because they are hard are not representative: they never count in the main result"
                " and are reported separately."
            ),
        ),
    )


def _actions() -> list[Entry]:
    screen = "pick"
    return [
        Entry("pick.draw", text("Pick frames"), ("D",), screen),
        Entry("pick.design", text("Next sampling design"), ("T",), screen),
        Entry("pick.in_out", text("Exclude or include frame"), ("Space",), screen),
        Entry("pick.in", text("Include frame"), ("P",), screen),
        Entry("pick.out", text("Exclude frame with reason"), ("X",), screen),
        Entry("pick.unset", text("Reset to picked state"), ("U",), screen),
        Entry("pick.person", text("Mark person visible (never shown in the report)"), ("F",), screen),
        Entry("pick.open", text("Enlarge frame, or back to grid"), ("Return",), screen),
        Entry("pick.pixels", text("Zoom 100% or fit"), ("Z",), screen),
        Entry("pick.all", text("Select all visible frames"), ("Ctrl+A",), screen),
        Entry("pick.burst", text("Open or close the burst"), ("G",), screen),
        Entry("pick.shown", text("Show all, included or excluded picks"), ("V",), screen),
        Entry("pick.list", text("Show all sampled frames or picks"), ("L",), screen),
        Entry("pick.must", text("Mark frame as required"), ("M",), screen),
        Entry("pick.cut", text("Split clip at this frame"), ("K",), screen),
        Entry("pick.join", text("Merge clip with the previous one"), ("J",), screen),
        Entry("pick.larger", text("Larger thumbnails"), ("+",), screen),
        Entry("pick.smaller", text("Smaller thumbnails"), ("-",), screen),
        Entry("pick.label_file", text("Import labels from file"), ("I",), screen),
        Entry("pick.label_folder", text("Import labels from folder"), ("Shift+I",), screen),
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
    visit=lambda: (2, text("random sample of 100 frames")),
)
