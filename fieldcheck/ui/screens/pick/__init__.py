"""Pick: the frames that are drawn to be labelled; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.ui.screen import (
    ActionSpec,
    Badge,
    ScreenHelp,
    ScreenSpec,
    make_pending_badge,
    make_ready_badge,
)

if TYPE_CHECKING:
    from fieldcheck.domain.project_state import ProjectStatus


def _make_badge(standing: ProjectStatus | None, _name: str) -> Badge:
    if standing is None:
        return make_pending_badge()
    if standing.n_frames == 0:
        return Badge("not_yet", tr("needs frames"))
    if standing.n_picked == 0:
        return make_ready_badge()
    return Badge(
        "done",
        tr_plural("{n} frame", "{n} frames", standing.n_picked, n=standing.n_picked),
        count=str(standing.n_picked),
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
                "and weights them so that "
                "the score still represents all footage."
            ),
            tr(
                "Review the picks. Before the first label they can be picked again; afterwards "
                "new picks come from clips without picks first."
            ),
            tr(
                "Press X to exclude a frame with a reason; the next frame of its time block "
                "replaces it. Press F to "
                "mark a person: scored, never shown."
            ),
            tr(
                "Similar frames are stacked; press G to open a stack. Press L for all sampled "
                "frames, where M marks a "
                "frame as required before picking."
            ),
        ),
        (
            tr(
                "Frames picked only because they are hard are not representative: they never "
                "count in the main result "
                "and are reported separately."
            ),
        ),
        problems=(
            (
                tr("If a frame must not be used"),
                tr("Press X and choose the reason; another frame of its time block is picked."),
            ),
            (
                tr("If you compare two models"),
                tr(
                    "Press A: more frames are picked on which both differ, and fewer labels show "
                    "which is better."
                ),
            ),
            (
                tr("If there are fewer than three clips"),
                tr("Record more clips: until then the result holds for this footage only."),
            ),
        ),
    )


def _list_actions() -> list[ActionSpec]:
    return [
        ActionSpec("pick.draw", tr("Pick frames"), ("D",), lambda do: do.draw_frames()),
        ActionSpec("pick.design", tr("Next sampling design"), ("T",), lambda do: do.next_design()),
        ActionSpec(
            "pick.against",
            tr("Next model to compare against"),
            ("A",),
            lambda do: do.select_next_model(),
        ),
        ActionSpec(
            "pick.in_out",
            tr("Exclude or include frame"),
            ("Space",),
            lambda do: do.toggle_excluded(),
        ),
        ActionSpec("pick.in", tr("Include frame"), ("P",), lambda do: do.include_selected()),
        ActionSpec(
            "pick.out", tr("Exclude frame with reason"), ("X",), lambda do: do.exclude_selected()
        ),
        ActionSpec(
            "pick.unset", tr("Reset to picked state"), ("U",), lambda do: do.reset_selected()
        ),
        ActionSpec(
            "pick.person",
            tr("Mark person visible (never shown in the report)"),
            ("F",),
            lambda do: do.toggle_person_mark(),
        ),
        *_list_view_actions(),
    ]


def _list_view_actions() -> list[ActionSpec]:
    return [
        ActionSpec(
            "pick.open",
            tr("Enlarge frame, or back to grid"),
            ("Return",),
            lambda do: do.enlarged.toggle_enlarged(),
        ),
        ActionSpec(
            "pick.pixels",
            tr("Zoom 100% or fit"),
            ("Z",),
            lambda do: do.enlarged.toggle_pixel_mode(),
        ),
        ActionSpec(
            "pick.all", tr("Select all visible frames"), ("Ctrl+A",), lambda do: do.select_all()
        ),
        ActionSpec(
            "pick.burst", tr("Open or close the burst"), ("G",), lambda do: do.toggle_burst()
        ),
        ActionSpec(
            "pick.shown",
            tr("Show all, included or excluded picks"),
            ("V",),
            lambda do: do.show_next_filter(),
        ),
        ActionSpec(
            "pick.list", tr("Show all sampled frames or picks"), ("L",), lambda do: do.toggle_list()
        ),
        ActionSpec(
            "pick.must", tr("Mark frame as required"), ("M",), lambda do: do.require_selected()
        ),
        ActionSpec("pick.cut", tr("Split clip at this frame"), ("K",), lambda do: do.cut_clip()),
        ActionSpec(
            "pick.join", tr("Merge clip with the previous one"), ("J",), lambda do: do.join_clip()
        ),
        ActionSpec("pick.larger", tr("Larger thumbnails"), ("+",), lambda do: do.resize_tiles(1)),
        ActionSpec(
            "pick.smaller", tr("Smaller thumbnails"), ("-",), lambda do: do.resize_tiles(-1)
        ),
        ActionSpec(
            "pick.label_file",
            tr("Import labels from file"),
            ("I",),
            lambda do: do.choose_label_file(),
        ),
        ActionSpec(
            "pick.label_folder",
            tr("Import labels from folder"),
            ("Shift+I",),
            lambda do: do.choose_label_folder(),
        ),
    ]


SPEC = ScreenSpec(
    id="pick",
    package=__name__,
    icon="pick",
    order=3,
    name=lambda: tr("Pick"),
    badge=_make_badge,
    requires=("capture",),
    help=_make_help,
    actions=_list_actions,
    acts=("pick", "clip"),
    visit=lambda: (2, tr("random sample of 100 frames")),
)
