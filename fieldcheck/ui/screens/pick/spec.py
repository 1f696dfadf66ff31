"""Pick: the frames that are drawn to be labelled; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Badge, ScreenHelp, ScreenSpec, make_pending_badge, make_ready_badge
from fieldcheck.ui.shell.shortcuts import ActionSpec

if TYPE_CHECKING:
    from fieldcheck.domain.project_state import ProjectStatus
    from fieldcheck.ui.screens.pick import presenter
else:
    presenter = LazyModule("fieldcheck.ui.screens.pick.presenter")


def _make_badge(standing: ProjectStatus | None, _name: str) -> Badge:
    if standing is None:
        return make_pending_badge()
    if standing.n_frames == 0:
        return Badge("not_yet", tr("needs frames"))
    if standing.n_picked == 0:
        return make_ready_badge()
    return Badge(
        "done", tr_plural("{n} frame", "{n} frames", standing.n_picked).format(n=standing.n_picked)
    )


def _make_help() -> ScreenHelp:
    return ScreenHelp(
        tr(
            "A random sample of 100 frames is picked for labelling, so that it represents all "
            "footage."
        ),
        (
            tr(
                "Choose a sampling design. Balanced takes 40% from the hardest 20% of frames "
                "and weights them so that"
                " the score still represents all footage."
            ),
            tr(
                "Review the picks. Before the first label they can be picked again; "
                "afterwards only new clips are used."
            ),
            tr(
                "Press X to exclude a frame with a reason; the next frame of its time block "
                "replaces it. Press F to "
                "mark a person: scored, never shown."
            ),
            tr(
                "Similar frames are stacked; press G to open a stack. Press L for all sampled "
                "frames, where M marks a"
                " frame as required before picking."
            ),
        ),
        (
            tr(
                "Frames picked only because they are hard are not representative: they never "
                "count in the main result"
                " and are reported separately."
            ),
        ),
    )


def _list_actions() -> list[ActionSpec]:
    screen = "pick"
    return [
        ActionSpec("pick.draw", tr("Pick frames"), ("D",), screen),
        ActionSpec("pick.design", tr("Next sampling design"), ("T",), screen),
        ActionSpec("pick.in_out", tr("Exclude or include frame"), ("Space",), screen),
        ActionSpec("pick.in", tr("Include frame"), ("P",), screen),
        ActionSpec("pick.out", tr("Exclude frame with reason"), ("X",), screen),
        ActionSpec("pick.unset", tr("Reset to picked state"), ("U",), screen),
        ActionSpec(
            "pick.person", tr("Mark person visible (never shown in the report)"), ("F",), screen
        ),
        ActionSpec("pick.open", tr("Enlarge frame, or back to grid"), ("Return",), screen),
        ActionSpec("pick.pixels", tr("Zoom 100% or fit"), ("Z",), screen),
        ActionSpec("pick.all", tr("Select all visible frames"), ("Ctrl+A",), screen),
        ActionSpec("pick.burst", tr("Open or close the burst"), ("G",), screen),
        ActionSpec("pick.shown", tr("Show all, included or excluded picks"), ("V",), screen),
        ActionSpec("pick.list", tr("Show all sampled frames or picks"), ("L",), screen),
        ActionSpec("pick.must", tr("Mark frame as required"), ("M",), screen),
        ActionSpec("pick.cut", tr("Split clip at this frame"), ("K",), screen),
        ActionSpec("pick.join", tr("Merge clip with the previous one"), ("J",), screen),
        ActionSpec("pick.larger", tr("Larger thumbnails"), ("+",), screen),
        ActionSpec("pick.smaller", tr("Smaller thumbnails"), ("-",), screen),
        ActionSpec("pick.label_file", tr("Import labels from file"), ("I",), screen),
        ActionSpec("pick.label_folder", tr("Import labels from folder"), ("Shift+I",), screen),
    ]


SPEC = ScreenSpec(
    id="pick",
    icon="checkbox-multiple-marked-outline",
    order=3,
    name=lambda: tr("Pick"),
    make=lambda context, header: presenter.build_screen(context, header),
    badge=_make_badge,
    requires=("capture",),
    help=_make_help,
    actions=_list_actions,
    bind_actions=("pick", "clip"),
    visit=lambda: (2, tr("random sample of 100 frames")),
)
