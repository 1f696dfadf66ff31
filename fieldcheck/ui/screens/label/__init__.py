"""Label: what is on each frame; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.i18n.language import tr
from fieldcheck.ui.lazy_import import LazyModule
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
    from fieldcheck.sampling import messages
else:
    messages = LazyModule("fieldcheck.sampling.messages")


def _make_badge(standing: ProjectStatus | None, _name: str) -> Badge:
    if standing is None or standing.n_picked == 0:
        return make_pending_badge()
    n_labelled = standing.n_picked - standing.n_left
    if n_labelled == 0:
        return make_ready_badge()
    progress_text = tr("{done} of {all}", done=n_labelled, all=standing.n_picked)
    return (
        Badge("done", progress_text, count=str(n_labelled))
        if standing.n_left == 0
        else Badge("going", progress_text, n_labelled / standing.n_picked, count=str(n_labelled))
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
                "Boxes: two clicks, a drag, or G and the four extreme points. Every change is "
                "saved; Enter saves the label, 0 marks an empty frame."
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
        problems=(
            (
                tr("If you pressed the wrong class"),
                tr("Press Ctrl+Z: the last label is undone and its frame opens again."),
            ),
            (tr("If a frame shows two classes"), tr("Press U for unsure; the report counts it.")),
            (
                tr("If a class is missing"),
                tr("Press U for unsure: the classes are those of the model card."),
            ),
        ),
    )


def _make_class_action(number: int, key: str) -> ActionSpec:
    return ActionSpec(
        f"label.class_{number}",
        tr("Label as class {number} and go to next frame", number=number),
        (key,),
        lambda do: do.label_actions.apply_class_at(number - 1),
    )


def _make_reason_action(number: int) -> ActionSpec:
    return ActionSpec(
        f"label.reason_{number}",
        tr("Skip reason: {reason}", reason=messages.get_skip_reason(messages.SKIPS[number])),
        (f"Alt+{number}",),
        lambda do: do.label_actions.set_skip_reason(number),
    )


def _list_actions() -> list[ActionSpec]:
    return [
        *(_make_class_action(number, key) for number, key in enumerate("1234567890", 1)),
        *(_make_class_action(10 + number, f"Shift+{number}") for number in range(1, 5)),
        ActionSpec(
            "label.same",
            tr("Repeat last label and go to next frame"),
            ("Space",),
            lambda do: do.label_actions.repeat_last_label(),
        ),
        ActionSpec(
            "label.burst",
            tr("Apply last label to the rest of the burst"),
            ("B",),
            lambda do: do.label_actions.label_burst(),
        ),
        ActionSpec(
            "label.unsure",
            tr("Label as unsure and go to next frame"),
            ("U",),
            lambda do: do.label_actions.label_unsure(),
        ),
        ActionSpec(
            "label.skip",
            tr("Skip unusable frame"),
            ("X",),
            lambda do: do.label_actions.skip_frame(),
        ),
        *(_make_reason_action(number) for number in range(1, len(messages.SKIPS))),
        *_list_browse_actions(),
    ]


def _list_browse_actions() -> list[ActionSpec]:
    return [
        ActionSpec(
            "label.expert",
            tr("Flag for expert (on/off)"),
            ("E",),
            lambda do: do.label_actions.toggle_expert_flag(),
        ),
        ActionSpec(
            "label.back",
            tr("Undo last label and show its frame"),
            ("Backspace",),
            lambda do: do.label_actions.undo_last_label(),
        ),
        ActionSpec(
            "label.left",
            tr("Previous frame, or move box left"),
            ("Left",),
            lambda do: do.keys.move_or_browse(-1, 0),
            repeats=True,
        ),
        ActionSpec(
            "label.right",
            tr("Next frame, or move box right"),
            ("Right",),
            lambda do: do.keys.move_or_browse(1, 0),
            repeats=True,
        ),
        ActionSpec(
            "label.next", tr("Next unlabelled frame"), ("N",), lambda do: do.show_next_unlabelled()
        ),
        ActionSpec("label.first", tr("First frame"), ("Home",), lambda do: do.open_frame(0)),
        ActionSpec("label.last", tr("Last frame"), ("End",), lambda do: do.open_frame(-1)),
        ActionSpec(
            "label.loupe",
            tr("Magnify while held"),
            ("Z",),
            hold=lambda do, down: do.keys.show_loupe(down),
        ),
        ActionSpec(
            "label.lift",
            tr("Brighten shadows (display only)"),
            ("L",),
            lambda do: do.keys.toggle_shadow_lift(),
        ),
        ActionSpec("label.find", tr("Search classes"), ("/",), lambda do: do.focus_class_search()),
        ActionSpec(
            "label.guide", tr("Show or hide the class guide"), ("K",), lambda do: do.guide.toggle()
        ),
        *_list_suggestion_actions(),
    ]


def _list_suggestion_actions() -> list[ActionSpec]:
    return [
        ActionSpec(
            "label.result", tr("Show the result of the labels"), ("V",), lambda do: do.show_result()
        ),
        ActionSpec(
            "label.blind",
            tr("Show or hide the prediction"),
            ("Ctrl+B",),
            lambda do: do.blind_mode.toggle_blind(),
        ),
        ActionSpec(
            "label.suggested",
            tr("Accept the prediction as label"),
            ("M",),
            lambda do: do.blind_mode.accept_suggestion(),
        ),
        ActionSpec(
            "label.next_model",
            tr("Show suggestions of another model"),
            ("Alt+M",),
            lambda do: do.blind_mode.select_next_model(),
        ),
        ActionSpec(
            "label.repeats",
            tr("Relabel some frames blind"),
            ("R",),
            lambda do: do.label_actions.toggle_repeats(),
        ),
    ]


def _list_box_actions() -> list[ActionSpec]:
    return [
        ActionSpec(
            "label.accept",
            tr("Save boxes or points and go to next frame"),
            ("Return",),
            lambda do: do.label_actions.accept_drawing(),
        ),
        ActionSpec(
            "label.extremes",
            tr("Draw box by four extreme points"),
            ("G",),
            lambda do: do.keys.call_tool("begin_extreme_points"),
        ),
        ActionSpec(
            "label.snap",
            tr("Snap box to object edges"),
            ("S",),
            lambda do: do.label_actions.snap_selected(),
        ),
        ActionSpec(
            "label.hidden",
            tr("Mark box as occluded (on/off)"),
            ("H",),
            lambda do: do.keys.call_tool("toggle_flag", "occluded"),
        ),
        ActionSpec(
            "label.cut_off",
            tr("Mark box as truncated (on/off)"),
            ("C",),
            lambda do: do.keys.call_tool("toggle_flag", "truncated"),
        ),
        ActionSpec(
            "label.copy_boxes",
            tr("Copy box"),
            ("Ctrl+C",),
            lambda do: do.keys.call_tool("copy_boxes"),
        ),
        ActionSpec(
            "label.paste_boxes",
            tr("Paste box"),
            ("Ctrl+V",),
            lambda do: do.keys.call_tool("paste_boxes"),
        ),
        ActionSpec(
            "label.insert",
            tr("Add box or point at the centre"),
            ("Ins",),
            lambda do: do.keys.call_tool("insert_in_centre"),
        ),
        ActionSpec(
            "label.delete",
            tr("Delete box or point"),
            ("Del",),
            lambda do: do.label_actions.delete_selected(),
        ),
        *_list_edge_actions(),
    ]


def _list_edge_actions() -> list[ActionSpec]:
    return [
        ActionSpec(
            "label.duplicate",
            tr("Duplicate box"),
            ("Ctrl+D",),
            lambda do: do.keys.call_tool("duplicate_selected"),
        ),
        ActionSpec(
            "label.next_box",
            tr("Next box or point"),
            ("Tab",),
            lambda do: do.keys.call_tool("select_neighbour", 1),
        ),
        ActionSpec(
            "label.previous_box",
            tr("Previous box or point"),
            ("Shift+Tab",),
            lambda do: do.keys.call_tool("select_neighbour", -1),
        ),
        ActionSpec(
            "label.copy_previous",
            tr("Copy boxes from the nearest labelled frame"),
            ("P",),
            lambda do: do.label_actions.copy_previous_boxes(),
        ),
        ActionSpec(
            "label.up",
            tr("Move the box up"),
            ("Up",),
            lambda do: do.keys.move_or_browse(0, -1),
            repeats=True,
        ),
        ActionSpec(
            "label.down",
            tr("Move the box down"),
            ("Down",),
            lambda do: do.keys.move_or_browse(0, 1),
            repeats=True,
        ),
        ActionSpec(
            "label.left_far",
            tr("Move the box left by 10"),
            ("Shift+Left",),
            lambda do: do.keys.call_tool("move_selected", -10, 0),
            repeats=True,
        ),
        ActionSpec(
            "label.right_far",
            tr("Move the box right by 10"),
            ("Shift+Right",),
            lambda do: do.keys.call_tool("move_selected", 10, 0),
            repeats=True,
        ),
        *_list_stretch_actions(),
    ]


def _list_stretch_actions() -> list[ActionSpec]:
    return [
        ActionSpec(
            "label.up_far",
            tr("Move the box up by 10"),
            ("Shift+Up",),
            lambda do: do.keys.call_tool("move_selected", 0, -10),
            repeats=True,
        ),
        ActionSpec(
            "label.down_far",
            tr("Move the box down by 10"),
            ("Shift+Down",),
            lambda do: do.keys.call_tool("move_selected", 0, 10),
            repeats=True,
        ),
        ActionSpec(
            "label.wider",
            tr("Move right edge right"),
            ("Alt+Right",),
            lambda do: do.keys.call_tool("move_end_edges", 2, 0),
            repeats=True,
        ),
        ActionSpec(
            "label.narrower",
            tr("Move right edge left"),
            ("Alt+Left",),
            lambda do: do.keys.call_tool("move_end_edges", -2, 0),
            repeats=True,
        ),
        ActionSpec(
            "label.taller",
            tr("Move bottom edge down"),
            ("Alt+Down",),
            lambda do: do.keys.call_tool("move_end_edges", 0, 2),
            repeats=True,
        ),
        ActionSpec(
            "label.shorter",
            tr("Move bottom edge up"),
            ("Alt+Up",),
            lambda do: do.keys.call_tool("move_end_edges", 0, -2),
            repeats=True,
        ),
        *_list_first_edge_actions(),
    ]


def _list_first_edge_actions() -> list[ActionSpec]:
    return [
        ActionSpec(
            "label.left_out",
            tr("Move left edge left"),
            ("Alt+Shift+Left",),
            lambda do: do.keys.call_tool("move_start_edges", -2, 0),
            repeats=True,
        ),
        ActionSpec(
            "label.left_in",
            tr("Move left edge right"),
            ("Alt+Shift+Right",),
            lambda do: do.keys.call_tool("move_start_edges", 2, 0),
            repeats=True,
        ),
        ActionSpec(
            "label.top_out",
            tr("Move top edge up"),
            ("Alt+Shift+Up",),
            lambda do: do.keys.call_tool("move_start_edges", 0, -2),
            repeats=True,
        ),
        ActionSpec(
            "label.top_in",
            tr("Move top edge down"),
            ("Alt+Shift+Down",),
            lambda do: do.keys.call_tool("move_start_edges", 0, 2),
            repeats=True,
        ),
    ]


SPEC = ScreenSpec(
    id="label",
    package=__name__,
    icon="label",
    order=4,
    name=lambda: tr("Label"),
    badge=_make_badge,
    requires=("pick",),
    help=_make_help,
    actions=lambda: (*_list_actions(), *_list_box_actions()),
    acts=("label", "draft", "repeat", "parts"),
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
