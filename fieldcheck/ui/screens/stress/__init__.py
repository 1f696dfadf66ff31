"""Stress: what breaks the model before the site does; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.i18n.language import tr
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import ActionSpec, Badge, ScreenHelp, ScreenSpec

if TYPE_CHECKING:
    from fieldcheck.corruptions import messages
    from fieldcheck.domain.project_state import ProjectStatus
else:
    messages = LazyModule("fieldcheck.corruptions.messages")


def _make_badge(standing: ProjectStatus | None, _name: str) -> Badge:
    if standing is not None and standing.n_swept:
        return Badge("done", tr("sweep done"))
    return Badge("optional", tr("optional"))


def _list_risks() -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            fault,
            tr(
                "{appearance} → {corruption}",
                appearance=appearance,
                corruption=messages.get_corruption_name(name),
            ),
        )
        for fault, appearance, name in messages.list_line_faults()
    )


def _make_help() -> ScreenHelp:
    return ScreenHelp(
        tr(
            "Apply real-world corruptions (dark, blurred, noisy) to an image or video and "
            "watch the prediction."
        ),
        (
            tr(
                "Choose a clip, camera or file, then a corruption, and move the severity "
                "slider. Press / for all "
                "corruptions and M to combine two."
            ),
            tr(
                "Pause a frame to find the severity at which its prediction first changes. "
                "Press D for the difference "
                "and S to add the image pair to the report."
            ),
            tr(
                "Press R to sweep twelve corruptions at three severities over benchmark and "
                "field; a stopped sweep "
                "continues where it left off."
            ),
            tr(
                "Press P for out-of-distribution behaviour: images without a correct class, "
                "and frames with parts removed."
            ),
        ),
        (
            tr(
                "Stress results are hints, not a measurement of your site: only labelled "
                "field frames give the gap."
            ),
            tr(
                "The tipping point is the severity at which a corruption costs 20 pp. Press "
                "Enter on a cell to show "
                "the frames with a changed prediction."
            ),
            tr(
                "Errors at confidence 0.90 or more are the most critical: they are not "
                "double-checked."
            ),
        ),
        problems=(
            (
                tr("If a sweep takes too long"),
                tr(
                    "Stop it: it continues where it left off. Fewer corruptions or severities "
                    "make it shorter."
                ),
            ),
            (
                tr("If no cell shows a loss"),
                tr(
                    "No loss was observed in this sample; the interval says how much may be missed."
                ),
            ),
        ),
        risks=_list_risks(),
    )


def _make_favourite_action(number: int) -> ActionSpec:
    return ActionSpec(
        f"stress.corruption_{number}",
        tr("Corruption {number}", number=number),
        (str(number),),
        lambda do: do.corruption_choice.choose_favourite(number - 1),
    )


def _list_actions() -> list[ActionSpec]:
    return [
        *(_make_favourite_action(number) for number in range(1, 10)),
        ActionSpec(
            "stress.up",
            tr("Previous corruption"),
            ("Up",),
            lambda do: do.corruption_choice.step_corruption(-1),
        ),
        ActionSpec(
            "stress.down",
            tr("Next corruption"),
            ("Down",),
            lambda do: do.corruption_choice.step_corruption(1),
        ),
        ActionSpec(
            "stress.milder",
            tr("Decrease severity"),
            ("Left",),
            lambda do: do.corruption_choice.step_severity(-1),
        ),
        ActionSpec(
            "stress.harder",
            tr("Increase severity"),
            ("Right",),
            lambda do: do.corruption_choice.step_severity(1),
        ),
        ActionSpec(
            "stress.freeze", tr("Pause on this frame"), ("Space",), lambda do: do.live.toggle_hold()
        ),
        ActionSpec(
            "stress.back",
            tr("Pause on the last frame with a changed prediction, then the one before"),
            ("B",),
            lambda do: do.live.hold_changed_frame(),
        ),
        *_list_view_actions(),
    ]


def _list_view_actions() -> list[ActionSpec]:
    return [
        ActionSpec(
            "stress.third",
            tr("Show or hide model input"),
            ("T",),
            lambda do: do.live.toggle_model_input(),
        ),
        ActionSpec(
            "stress.table", tr("Show charts or tables"), ("V",), lambda do: do.toggle_tables()
        ),
        ActionSpec(
            "stress.class",
            tr("Next class of the histogram"),
            ("C",),
            lambda do: do.live.next_class(),
        ),
        ActionSpec("stress.open", tr("Open video or image"), ("O",), lambda do: do.request_file()),
        ActionSpec("stress.live", tr("Live view images"), ("L",), lambda do: do.open_page("live")),
        ActionSpec("stress.sweep", tr("Severity sweep"), ("W",), lambda do: do.open_page("sweep")),
        ActionSpec(
            "stress.probes",
            tr("Out-of-distribution behaviour"),
            ("P",),
            lambda do: do.open_page("probes"),
        ),
        *_list_recipe_actions(),
    ]


def _list_recipe_actions() -> list[ActionSpec]:
    return [
        ActionSpec(
            "stress.run",
            tr("Start or stop the sweep or OOD test"),
            ("R",),
            lambda do: do.toggle_run(),
        ),
        ActionSpec(
            "stress.frames",
            tr("Show frames with a changed prediction"),
            ("F",),
            lambda do: do.open_cell_frames(),
        ),
        ActionSpec(
            "stress.collect",
            tr("Choose a folder of collected failures"),
            ("G",),
            lambda do: do.sweep.golden_set_import.choose_folder(),
        ),
        ActionSpec(
            "stress.all",
            tr("Show all corruptions"),
            ("/",),
            lambda do: do.corruption_choice.choose_from_all(),
        ),
        ActionSpec(
            "stress.combine",
            tr("Add a second corruption"),
            ("M",),
            lambda do: do.corruption_choice.add_corruption(),
        ),
        ActionSpec(
            "stress.uncombine",
            tr("Remove the last corruption added"),
            ("Backspace",),
            lambda do: do.corruption_choice.remove_step(),
        ),
        ActionSpec(
            "stress.difference",
            tr("Show difference from original"),
            ("D",),
            lambda do: do.live.toggle_difference(),
        ),
        ActionSpec(
            "stress.thresholds",
            tr("Use field thresholds or model card thresholds"),
            ("H",),
            lambda do: do.live.toggle_field_thresholds(),
        ),
        ActionSpec(
            "stress.keep",
            tr("Add image pair to report"),
            ("S", "A"),
            lambda do: do.live.save_pair(),
        ),
    ]


SPEC = ScreenSpec(
    id="stress",
    package=__name__,
    icon="sliders",
    order=6,
    name=lambda: tr("Stress"),
    badge=_make_badge,
    help=_make_help,
    actions=_list_actions,
)
