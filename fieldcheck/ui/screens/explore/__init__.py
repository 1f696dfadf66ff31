"""Explore: where and why the model fails; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.i18n.language import tr
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
    if standing.n_labelled == 0 or standing.n_models == 0:
        return Badge(
            "not_yet", tr("needs labels") if standing.n_labelled == 0 else tr("needs a model")
        )
    if standing.n_answers < standing.n_benchmark + standing.n_picked:
        return make_ready_badge()
    return (
        Badge("done", tr("gap measured"))
        if standing.n_left == 0
        else Badge("ready", tr("in progress"))
    )


def _make_help() -> ScreenHelp:
    return ScreenHelp(
        tr(
            "The model is run on the benchmark and on the labelled frames with the same code. "
            "Both scores are shown side by side."
        ),
        (
            tr(
                "Run the model; a stopped run continues where it left off. Press W to show "
                "wrong frames, most "
                "confident first; then filter, sort and tag them."
            ),
            tr(
                "Press Enter on a slice, class or cell to show its frames. Press N for "
                "similar frames and Space for "
                "the most similar benchmark image."
            ),
            tr(
                "In label review press M if the model is wrong, L if the label is wrong, C if "
                "you can't tell. The "
                "next frame opens automatically."
            ),
            tr(
                "Suspected label errors are grouped by similar images, worst group first. "
                "Press E to export the current selection."
            ),
        ),
        (
            tr(
                "Confident errors are the most costly on the line, because they are not "
                "double-checked."
            ),
            tr("A slice is called a blind spot only if it is demonstrably 20 pp below the rest."),
            tr(
                "Label review can only raise the score, because only disagreements are "
                "reviewed. The main result uses the original labels."
            ),
        ),
        problems=(
            (
                tr("If predictions flicker"),
                tr(
                    "Press J: each clip is run frame by frame, and the chart shows how often the "
                    "prediction changes."
                ),
            ),
            (tr("If there is no result yet"), tr("Run the model, and label picked frames.")),
            (
                tr("If the verdict is inconclusive"),
                tr("See “Narrower interval”: it lists what is expected to lead to a verdict."),
            ),
        ),
    )


def _list_actions() -> list[ActionSpec]:
    return [
        ActionSpec("explore.run", tr("Run model"), ("R",), lambda do: do.run_model()),
        ActionSpec(
            "explore.gap",
            tr("Result: verdict, gap and reasons"),
            ("1",),
            lambda do: do.switch_part("gap"),
        ),
        ActionSpec(
            "explore.frames",
            tr("Field frames and benchmark images, filtered and sorted"),
            ("2",),
            lambda do: do.switch_part("frames"),
        ),
        ActionSpec(
            "explore.map",
            tr("Similarity map of field and benchmark"),
            ("3",),
            lambda do: do.switch_part("map"),
        ),
        ActionSpec("explore.look", tr("Review errors"), ("4",), lambda do: do.switch_part("look")),
        ActionSpec(
            "explore.doubt",
            tr("Suspected label errors"),
            ("5",),
            lambda do: do.switch_part("doubt"),
        ),
        ActionSpec(
            "explore.charts",
            tr("Charts: confidence, entropy, severity, precision and recall, over time"),
            ("6",),
            lambda do: do.switch_part("charts"),
        ),
        ActionSpec(
            "explore.flicker",
            tr("Measure flicker: changes between neighbouring frames"),
            ("J",),
            lambda do: do.measure_flicker(),
        ),
        ActionSpec("explore.fix", tr("Fix search"), ("7",), lambda do: do.switch_part("fix")),
        *_list_fix_actions(),
        ActionSpec(
            "explore.worst",
            tr("Show wrong frames, most confident first"),
            ("W",),
            lambda do: do.show_worst_frames(),
        ),
        *_list_frame_actions(),
    ]


def _list_fix_actions() -> list[ActionSpec]:
    return [
        ActionSpec(
            "explore.find_fix",
            tr("Search for changes that help"),
            ("X",),
            lambda do: do.fix.job.toggle_job(),
        ),
        ActionSpec(
            "explore.try_fix", tr("Try this change live"), ("V",), lambda do: do.fix.try_live()
        ),
        ActionSpec(
            "explore.write_fix",
            tr("Export the repaired model"),
            ("O",),
            lambda do: do.fix.prompt_for_folder(),
        ),
        ActionSpec(
            "explore.use_fix",
            tr("Use the repaired model in this project"),
            ("U",),
            lambda do: do.fix.confirm_use(),
        ),
    ]


def _list_view_actions() -> list[ActionSpec]:
    return [
        ActionSpec(
            "explore.grid", tr("Show frames as a grid"), ("G",), lambda do: do.switch_view("grid")
        ),
        ActionSpec(
            "explore.confusion",
            tr("Show confusion matrix"),
            ("K",),
            lambda do: do.switch_view("confusion"),
        ),
        ActionSpec(
            "explore.classes",
            tr("Show recall by class"),
            ("B",),
            lambda do: do.switch_view("classes"),
        ),
        ActionSpec(
            "explore.slices",
            tr("Show scores by slice"),
            ("I",),
            lambda do: do.switch_view("slices"),
        ),
        ActionSpec(
            "explore.label_more",
            tr("Label 10 more from here"),
            ("D",),
            lambda do: do.frames.label_more(),
        ),
    ]


def _list_frame_actions() -> list[ActionSpec]:
    return [
        *_list_view_actions(),
        ActionSpec("explore.filter", tr("Filter frames"), ("F",), lambda do: do.focus_filter()),
        ActionSpec(
            "explore.compare",
            tr("Compare with the most similar benchmark image"),
            ("Space",),
            lambda do: do.frames.toggle_comparison(),
        ),
        ActionSpec(
            "explore.alike", tr("Show similar frames"), ("N",), lambda do: do.frames.find_similar()
        ),
        ActionSpec(
            "explore.tag", tr("Tag selected frames"), ("T",), lambda do: do.frames.focus_tags()
        ),
        ActionSpec("explore.save", tr("Save filter as slice"), ("S",), lambda do: do.save_slice()),
        ActionSpec(
            "explore.delete_slice",
            tr("Delete selected slice"),
            ("Shift+S",),
            lambda do: do.frames.delete_slice(),
        ),
        ActionSpec(
            "explore.export", tr("Export these frames"), ("E",), lambda do: do.frames.export_shown()
        ),
        ActionSpec(
            "explore.export_people",
            tr("Export these frames, including frames with a person"),
            ("Shift+E",),
            lambda do: do.frames.export_shown(with_people=True),
        ),
        ActionSpec(
            "explore.model_wrong",
            tr("Model wrong"),
            ("M",),
            lambda do: do.store_answer("model_wrong"),
        ),
        ActionSpec(
            "explore.label_wrong",
            tr("Label wrong"),
            ("L",),
            lambda do: do.store_answer("label_wrong"),
        ),
        ActionSpec(
            "explore.cannot_tell",
            tr("Can't tell"),
            ("C",),
            lambda do: do.store_answer("cannot_tell"),
        ),
        ActionSpec(
            "explore.overlays",
            tr("Show or hide overlays (boxes, points, masks)"),
            ("H",),
            lambda do: do.toggle_overlays(),
        ),
    ]


SPEC = ScreenSpec(
    id="explore",
    package=__name__,
    icon="grid",
    order=5,
    name=lambda: tr("Explore"),
    badge=_make_badge,
    requires=("label",),
    help=_make_help,
    actions=_list_actions,
    acts=("tag", "slice", "second_look"),
    visit=lambda: (3, tr("which errors, and where")),
)
