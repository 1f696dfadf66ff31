"""Capture: where footage comes in; how the screen registers itself."""

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
    from fieldcheck.domain import recording
    from fieldcheck.domain.project_state import ProjectStatus
    from fieldcheck.footage import messages
    from fieldcheck.i18n import numbers
else:
    recording = LazyModule("fieldcheck.domain.recording")
    messages = LazyModule("fieldcheck.footage.messages")
    numbers = LazyModule("fieldcheck.i18n.numbers")


def _make_badge(standing: ProjectStatus | None, _name: str) -> Badge:
    if standing is None:
        return make_pending_badge()
    if standing.n_recordings == 0:
        return make_ready_badge()
    if standing.n_open:
        return Badge("look", tr("import interrupted"))
    return Badge(
        "done",
        tr("{time} of footage", time=numbers.format_minutes(round(standing.seconds))),
        count=str(standing.n_recordings),
    )


def _make_help() -> ScreenHelp:
    return ScreenHelp(
        tr("Add footage: record from a camera, or import video files or image folders."),
        (
            tr(
                "Choose a camera or enter its address. Press R to record and R again to stop. "
                "Several short clips "
                "give a narrower interval than one long clip."
            ),
            tr(
                "Press 1 to 9 to set the current conditions and M to mark a moment; both are "
                "saved with the time."
            ),
            tr(
                "Or import video files. Ten minutes in the worst conditions tell more than a day "
                "in good ones."
            ),
            tr("Enter camera, location and conditions; they appear in the report."),
        ),
        (
            tr(
                "The line below the buttons shows the saved format. “Decoded” means that the "
                "camera's original data was not available."
            ),
            tr(
                "Dropped frames were lost by the camera; skipped frames were not processed by "
                "this computer. Stripes mark clipped areas."
            ),
            tr(
                "A disconnected camera is reopened automatically. Recorded footage is safe; "
                "the gap is logged with its cause."
            ),
            tr(
                "Every recording is sampled at equal time steps. Each sampled frame is rated "
                "for light, blur and "
                "uncertainty. Segments with a frozen image feed are excluded and counted."
            ),
        ),
        problems=(
            (
                tr("If the camera does not open"),
                tr(
                    "Close other programs that show it, then check address, user name and password."
                ),
            ),
            (
                tr("If frames are dropped"),
                tr("Reduce resolution or frame rate, or record to another drive."),
            ),
            (
                tr("If the light meter warns"),
                tr("Change exposure or light, and record the usual state of the line as well."),
            ),
        ),
    )


def _make_condition_action(number: int, code: str) -> ActionSpec:
    name = tr("Condition: {condition}", condition=messages.get_condition_name(code))
    return ActionSpec(f"capture.{code}", name, (str(number),), lambda do: do.toggle_condition(code))


def _list_actions() -> list[ActionSpec]:
    return [
        ActionSpec("capture.files", tr("Import video files"), ("O",), lambda do: do.choose_files()),
        ActionSpec(
            "capture.folder", tr("Import image folder"), ("F",), lambda do: do.choose_folder()
        ),
        ActionSpec(
            "capture.resume", tr("Continue import"), ("G",), lambda do: do.restart_imports()
        ),
        *(_make_condition_action(number, code) for number, code in enumerate(recording.LIGHTS, 1)),
        ActionSpec(
            "capture.record",
            tr("Start or stop recording"),
            ("R",),
            lambda do: do.live.toggle_recording(),
        ),
        ActionSpec(
            "capture.single",
            tr("Save single frame"),
            ("Space",),
            lambda do: do.live.store_single_frame(),
        ),
        ActionSpec(
            "capture.series",
            tr("Try ten camera settings on one part"),
            ("T",),
            lambda do: do.live.try_settings(),
        ),
        *_list_camera_actions(),
    ]


def _list_camera_actions() -> list[ActionSpec]:
    return [
        ActionSpec(
            "capture.mark", tr("Mark this moment"), ("M",), lambda do: do.live.mark_moment()
        ),
        ActionSpec("capture.next", tr("Next camera"), ("C",), lambda do: do.live.next_camera()),
        ActionSpec(
            "capture.darker",
            tr("Shorter exposure"),
            ("[",),
            lambda do: do.live.step_exposure(-1),
            repeats=True,
        ),
        ActionSpec(
            "capture.brighter",
            tr("Longer exposure"),
            ("]",),
            lambda do: do.live.step_exposure(1),
            repeats=True,
        ),
        ActionSpec("capture.auto", tr("Auto exposure"), ("A",), lambda do: do.live.toggle_auto()),
        ActionSpec(
            "capture.lock",
            tr("Lock exposure, gain and white balance"),
            ("L",),
            lambda do: do.live.toggle_lock(),
        ),
        ActionSpec(
            "capture.hatch",
            tr("Show clipped areas as stripes"),
            ("H",),
            lambda do: do.live.toggle_hatch(),
        ),
        ActionSpec(
            "capture.info",
            tr("Show image statistics overlay"),
            ("I",),
            lambda do: do.live.toggle_info(),
        ),
        ActionSpec(
            "capture.page", tr("Live view or footage list"), ("V",), lambda do: do.switch_page()
        ),
        ActionSpec(
            "capture.sample",
            tr("Play the demo video as a camera"),
            ("S",),
            lambda do: do.live.play_sample(),
        ),
        ActionSpec(
            "capture.search",
            tr("Search network for industrial cameras"),
            ("N",),
            lambda do: do.live.search_network(),
        ),
    ]


SPEC = ScreenSpec(
    id="capture",
    package=__name__,
    icon="camera",
    order=2,
    name=lambda: tr("Capture"),
    badge=_make_badge,
    requires=("project",),
    help=_make_help,
    actions=_list_actions,
    visit=lambda: (10, tr("record or import ten minutes in the worst conditions")),
)
