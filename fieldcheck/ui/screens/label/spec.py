"""Label: what is on each frame; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.i18n.language import tr
from fieldcheck.sampling.messages import SKIPS, get_skip_reason
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Badge, ScreenHelp, ScreenSpec, make_pending_badge, make_ready_badge
from fieldcheck.ui.shell.shortcuts import ActionSpec

if TYPE_CHECKING:
    from fieldcheck.domain.project_state import ProjectStatus
    from fieldcheck.ui.screens.label import presenter
else:
    presenter = LazyModule("fieldcheck.ui.screens.label.presenter")


def _make_badge(standing: ProjectStatus | None, _name: str) -> Badge:
    if standing is None or standing.n_picked == 0:
        return make_pending_badge()
    n_done = standing.n_picked - standing.n_left
    if n_done == 0:
        return make_ready_badge()
    text = tr("{done} of {all}").format(done=n_done, all=standing.n_picked)
    return (
        Badge("done", text)
        if standing.n_left == 0
        else Badge("going", text, n_done / standing.n_picked)
    )


def _make_help() -> ScreenHelp:
    return ScreenHelp(
        tr("Label each frame with one key. The label is saved and the next frame opens."),
        (
            tr(
                "Press the number of the class. Labels are saved automatically; undo also "
                "works after a restart."
            ),
            tr(
                "Press U for unsure if the frame cannot be judged, X to skip if it is "
                "unusable. The report counts both."
            ),
            tr(
                "Boxes: two clicks, a drag, or G and the four extreme points. Every stroke is "
                "saved; Enter accepts, 0 marks an empty frame."
            ),
            tr(
                "When all frames are labelled, press R to relabel some blind. The agreement "
                "shows the label ceiling."
            ),
        ),
        (
            tr(
                "The prediction stays hidden until you have labelled the frame: a visible "
                "suggestion biases labels and inflates the score."
            ),
        ),
    )


def _list_actions() -> list[ActionSpec]:
    screen = "label"
    digits = [
        ActionSpec(
            f"label.class_{index + 1}",
            tr("Label as class {number} and go to next frame").format(number=index + 1),
            (key,),
            screen,
        )
        for index, key in enumerate("1234567890")
    ]
    shifted = [
        ActionSpec(
            f"label.class_{10 + index}",
            tr("Label as class {number} and go to next frame").format(number=10 + index),
            (f"Shift+{index}",),
            screen,
        )
        for index in range(1, 5)
    ]
    reasons = [
        ActionSpec(
            f"label.reason_{index}",
            tr("Skip reason: {reason}").format(reason=get_skip_reason(SKIPS[index])),
            (f"Alt+{index}",),
            screen,
        )
        for index in range(1, len(SKIPS))
    ]
    return [
        *digits,
        *shifted,
        ActionSpec("label.same", tr("Repeat last label and go to next frame"), ("Space",), screen),
        ActionSpec("label.burst", tr("Apply last label to the rest of the burst"), ("B",), screen),
        ActionSpec("label.unsure", tr("Label as unsure and go to next frame"), ("U",), screen),
        ActionSpec("label.skip", tr("Skip unusable frame"), ("X",), screen),
        *reasons,
        ActionSpec("label.expert", tr("Flag for expert (on/off)"), ("E",), screen),
        ActionSpec("label.back", tr("Undo last label and show its frame"), ("Backspace",), screen),
        ActionSpec(
            "label.left", tr("Previous frame, or move box left"), ("Left",), screen, repeats=True
        ),
        ActionSpec(
            "label.right", tr("Next frame, or move box right"), ("Right",), screen, repeats=True
        ),
        ActionSpec("label.next", tr("Next unlabelled frame"), ("N",), screen),
        ActionSpec("label.first", tr("First frame"), ("Home",), screen),
        ActionSpec("label.last", tr("Last frame"), ("End",), screen),
        ActionSpec("label.loupe", tr("Magnify while held"), ("Z",), screen, hold=True),
        ActionSpec("label.lift", tr("Brighten shadows (display only)"), ("L",), screen),
        ActionSpec("label.find", tr("Search classes"), ("/",), screen),
        ActionSpec("label.result", tr("Show the result of the labels"), ("V",), screen),
        ActionSpec("label.blind", tr("Show or hide the prediction"), ("Ctrl+B",), screen),
        ActionSpec("label.suggested", tr("Accept the prediction as label"), ("M",), screen),
        ActionSpec("label.next_model", tr("Suggestions of the next model"), ("Alt+M",), screen),
        ActionSpec("label.repeats", tr("Relabel some frames blind"), ("R",), screen),
    ]


def _list_box_actions() -> list[ActionSpec]:
    screen = "label"
    return [
        ActionSpec("label.accept", tr("Accept and go to next frame"), ("Return",), screen),
        ActionSpec("label.extremes", tr("Draw box by four extreme points"), ("G",), screen),
        ActionSpec("label.snap", tr("Snap box to image edges"), ("S",), screen),
        ActionSpec("label.hidden", tr("Mark box as occluded (on/off)"), ("H",), screen),
        ActionSpec("label.cut_off", tr("Mark box as truncated (on/off)"), ("C",), screen),
        ActionSpec("label.copy_boxes", tr("Copy box"), ("Ctrl+C",), screen),
        ActionSpec("label.paste_boxes", tr("Paste box"), ("Ctrl+V",), screen),
        ActionSpec("label.insert", tr("Add box or point at the centre"), ("Ins",), screen),
        ActionSpec("label.delete", tr("Delete box or point"), ("Del",), screen),
        ActionSpec("label.duplicate", tr("Duplicate box"), ("Ctrl+D",), screen),
        ActionSpec("label.next_box", tr("Next box or point"), ("Tab",), screen),
        ActionSpec("label.previous_box", tr("Previous box or point"), ("Shift+Tab",), screen),
        ActionSpec(
            "label.copy_previous", tr("Copy boxes from the nearest labelled frame"), ("P",), screen
        ),
        ActionSpec("label.up", tr("Move the box up"), ("Up",), screen, repeats=True),
        ActionSpec("label.down", tr("Move the box down"), ("Down",), screen, repeats=True),
        ActionSpec(
            "label.left_far", tr("Move the box left by 10"), ("Shift+Left",), screen, repeats=True
        ),
        ActionSpec(
            "label.right_far",
            tr("Move the box right by 10"),
            ("Shift+Right",),
            screen,
            repeats=True,
        ),
        ActionSpec(
            "label.up_far", tr("Move the box up by 10"), ("Shift+Up",), screen, repeats=True
        ),
        ActionSpec(
            "label.down_far", tr("Move the box down by 10"), ("Shift+Down",), screen, repeats=True
        ),
        ActionSpec(
            "label.wider", tr("Move right edge right"), ("Alt+Right",), screen, repeats=True
        ),
        ActionSpec(
            "label.narrower", tr("Move right edge left"), ("Alt+Left",), screen, repeats=True
        ),
        ActionSpec(
            "label.taller", tr("Move bottom edge down"), ("Alt+Down",), screen, repeats=True
        ),
        ActionSpec("label.shorter", tr("Move bottom edge up"), ("Alt+Up",), screen, repeats=True),
        ActionSpec(
            "label.left_out", tr("Move left edge left"), ("Alt+Shift+Left",), screen, repeats=True
        ),
        ActionSpec(
            "label.left_in", tr("Move left edge right"), ("Alt+Shift+Right",), screen, repeats=True
        ),
        ActionSpec(
            "label.top_out", tr("Move top edge up"), ("Alt+Shift+Up",), screen, repeats=True
        ),
        ActionSpec(
            "label.top_in", tr("Move top edge down"), ("Alt+Shift+Down",), screen, repeats=True
        ),
    ]


SPEC = ScreenSpec(
    id="label",
    icon="label-outline",
    order=4,
    name=lambda: tr("Label"),
    make=lambda context, header: presenter.build_screen(context, header),
    badge=_make_badge,
    requires=("pick",),
    help=_make_help,
    actions=lambda: (*_list_actions(), *_list_box_actions()),
    bind_actions=("label", "draft", "repeat"),
    undo_scope=(
        "label.set",
        "label.burst",
        "label.clear",
        "draft.",
        "repeat.",
        "mark.expert",
    ),  # never the draw, nor a whole file of labels
    visit=lambda: (5, tr("one key per frame, blind")),
)
