"""Every screen in every state that a person meets, so that tests of layout and access walk all of
them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize

from benchmarks.screen import let_work
from fieldcheck.analyses import robustness as knowing
from fieldcheck.corruptions.messages import describe_shortcut
from fieldcheck.corruptions.sweep import SweepRequest as Sweep
from fieldcheck.corruptions.sweep import run_sweep
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.project_state import Changes
from fieldcheck.domain.robustness import FAMILIES, SHORTCUTS, FamilyRow, OodResults, ShortcutRow
from fieldcheck.footage import messages
from fieldcheck.progress import NullProgress
from fieldcheck.report.stress_findings import StressFindings
from fieldcheck.ui.screens import SCREENS
from fieldcheck.ui.screens.capture.source_panel import ExposureControls, SourceRow
from fieldcheck.ui.shell.window import Window
from fieldcheck.ui.widgets.pages import Fade
from fieldcheck.ui.widgets.thumbnail_grid import Tile
from tests import makers
from tests.latency.made import MEMORY
from tests.ui.screens.latency.made import ten_minutes
from tests.ui.screens.monitor.made import eight_days

USUAL, SMALL = QSize(1366, 690), QSize(1092, 552)
PROJECTS = ("", "empty", "footed", "drawn", "labelled", "boxed", "pointed")
"""The projects of `made_projects`; the first one is none."""
SECTIONS = (
    "appearance",
    "language",
    "capture",
    "labelling",
    "computing",
    "keys",
    "privacy",
    "about",
)

Act = Callable[[Window], None]


def states(project: str) -> Iterator[tuple[str, str, Act]]:
    """(name, screen, what brings it into this state) of all that there is with this project
    open."""
    yield from _of_home(project)
    screens = SCREENS[1:-2] if project not in ("empty",) else ("capture", "pick")
    for screen in screens:
        yield screen, screen, _nothing
    if project in ("", "labelled"):
        yield "stress combined", "stress", _combined
        yield (
            "stress sweep",
            "stress",
            lambda window: window.get_shown_screen().presenter.open_page("sweep"),
        )
        yield (
            "stress probes",
            "stress",
            lambda window: window.get_shown_screen().presenter.open_page("probes"),
        )
        yield (
            "stress all",
            "stress",
            lambda window: window.get_shown_screen().presenter.corruption_choice.choose_from_all(),
        )
    if project in ("drawn", "labelled"):
        yield (
            "pick large",
            "pick",
            lambda window: window.get_shown_screen().presenter.enlarged.toggle_enlarged(),
        )
        yield (
            "label guide",
            "label",
            lambda window: window.get_shown_screen().presenter.guide.toggle(),
        )
    if project in ("footed", "drawn", "labelled", "boxed", "pointed"):
        for mode in ("frames", "map", "look", "doubt", "fix"):
            yield (
                f"explore {mode}",
                "explore",
                lambda window, mode=mode: window.get_shown_screen().presenter.switch_part(mode),
            )
        yield (
            "explore worst",
            "explore",
            lambda window: window.get_shown_screen().presenter.show_worst_frames(),
        )
    if project == "labelled":
        yield "bench found", "bench", _timed
        yield "monitor watched", "monitor", _watched
        yield "stress swept", "stress", _swept
        yield "stress cell", "stress", _cell
        yield "stress probed", "stress", _probed
    if project in ("empty", "footed"):
        yield (
            "capture live",
            "capture",
            lambda window: window.get_shown_screen().presenter.show_page(True),
        )
        yield "capture set", "capture", _live_and_set
    if not project:
        for section in SECTIONS:
            yield (
                f"settings {section}",
                "settings",
                lambda window, section=section: (
                    window.get_shown_screen().presenter._view.show_section(section)
                ),
            )
        yield "help", "help", _nothing


def _of_home(project: str) -> Iterator[tuple[str, str, Act]]:
    if project:
        yield "cards", "project", _nothing
        yield (
            "site edited",
            "project",
            lambda window: window.get_shown_screen().presenter.overview_presenter.edit_site(),
        )
        yield (
            "limits edited",
            "project",
            lambda window: window.get_shown_screen().presenter.overview_presenter.edit_limits(),
        )
        yield (
            "parts edited",
            "project",
            lambda window: window.get_shown_screen().presenter.overview_presenter.edit_parts(),
        )
        yield (
            "acceptance edited",
            "project",
            lambda window: window.get_shown_screen().presenter.overview_presenter.edit_acceptance(),
        )
        yield (
            "card edited",
            "project",
            lambda window: window.get_shown_screen().presenter.edit_card(),
        )
        return
    yield "start", "project", _nothing
    yield (
        "wizard",
        "project",
        lambda window: window.get_shown_screen().presenter.start_new_project(),
    )
    yield "wizard filled", "project", _fill_wizard


def copy_of(project: str, made: dict[str, Path], into: Path) -> Path:
    """A project of one's own to open."""
    return Path(shutil.copytree(made[project], into / f"{project}.fieldcheck"))


def arrive(settle: Callable[[], None]) -> None:
    """Waits until a screen has what it read when it was entered, and what that made it read; `rest`
    looks after the layout."""
    for _ in range(2):
        settle()
        let_work(20)
    settle()


def rest(window: Window, settle: Callable[[], None]) -> None:
    """Waits until nothing is under way, the layout, whose lines wrap, has come to rest, and the
    screen before has faded."""
    for _ in range(3):
        settle()
        let_work(40)
    for _ in range(100):
        if not window.findChildren(Fade):
            break
        let_work(20)


def _fill_wizard(window: Window) -> None:
    presenter = window.get_shown_screen().presenter
    presenter.start_new_project()
    view = window.get_shown_screen().view.wizard
    view.show_footage(["belt.avi"] * 20)
    sentence = "It is no model, and what to do about it takes a while to say in full."
    view.show_model("net.onnx", "", sentence)
    view.show_errors("This name is needed.", "There is a project of this name already.")


def _live_and_set(window: Window) -> None:
    """The live page of a camera that can be set in every way, and that stores pixels."""
    presenter = window.get_shown_screen().presenter
    presenter.show_page(True)
    view = window.get_shown_screen().view.live
    view.show_camera()
    sentence = "10:00 recorded · 18000 frames · 0 dropped · 0 skipped · 2 marks"
    view.show_facts(sentence)
    view.panel.show_sources([SourceRow("a", "HD Pro Webcam C920", "USB · 1920×1080 · 30 fps")], "a")
    caption = "Exposure 16.7 ms · gain 12.0 · automatic"
    view.panel.show_part_classes(("good", "scratched", "dented at the rim"))
    view.panel.show_exposure(ExposureControls(caption, True, True, True, True, can_series=True))
    sentence = "Saved: decoded from H.264, without loss, 2 frames a second · 135 MB per minute"
    view.panel.show_format(sentence)
    view.panel.show_every_frame(messages.describe_full_data_rate(1920 * 1080 * 3 * 30), False)


def _combined(window: Window) -> None:
    """Three at once, on a frame that is held."""
    presenter = window.get_shown_screen().presenter
    for name in ("motion", "spectral"):
        chosen = presenter.corruption_choice.selection.with_corruption_on_top(name)
        presenter.corruption_choice.set_selection(chosen)
    presenter.live.toggle_hold()


def _timed(window: Window) -> None:
    """A run of ten minutes that got slower, with the memory of its model."""
    window.get_shown_screen().presenter.session.latency = replace(ten_minutes(), graph=MEMORY)
    window.get_shown_screen().presenter.update_running_curve()


def _watched(window: Window) -> None:
    """Eight days with a camera that froze and a class that fell."""
    presenter = window.get_shown_screen().presenter
    presenter.state.load_shifts(*eight_days(), {})
    presenter.step_shift(0)


def _swept(window: Window) -> None:
    """A sweep that ran over two sets."""
    project = window.current.project
    sweep = Sweep(corruptions=("gauss_noise", "low_contrast"))
    run_sweep(project, sweep, NullProgress(), makers.NOW)
    makers.keep_match(project)
    window.get_shown_screen().presenter.open_page("sweep")
    window.get_shown_screen().presenter.refresh(Changes("job"))


def _cell(window: Window) -> None:
    """The frames of one cell; words of any length under them."""
    window.get_shown_screen().presenter.open_page("sweep")
    tiles = [
        Tile(
            f"f{index}",
            "missing_hole → wrong_part",
            "now wrong",
            "Was missing_hole, now wrong_part.",
        )
        for index in range(12)
    ]
    sentence = "Benchmark · Low contrast, moderate · 12 predictions changed"
    window.get_shown_screen().view.sweep.show_frames(sentence, tiles)


def _probed(window: Window) -> None:
    """Probes that came to something."""
    window.get_shown_screen().presenter.open_page("probes")
    rate, no_rate = (
        Estimate(0.41, 0.35, 0.48, 216, 216.0, "wilson"),
        Estimate.not_measured("no_boxes"),
    )
    families = tuple(FamilyRow(family, 216, 89, (), rate, 0.7, 0.8) for family in FAMILIES)
    ood_results = OodResults(
        "net", 0, 0.9, families, tuple(ShortcutRow(probe, no_rate) for probe in SHORTCUTS),
        ("background", "texture"),
    )  # fmt: skip
    tables = {
        "families": knowing.build_ood_family_table(ood_results),
        "shortcuts": knowing.build_shortcut_table(ood_results),
    }
    findings = StressFindings(
        **tables,
        leaning=describe_shortcut(ood_results.named),
        sure_from=knowing.describe_confidence_threshold(ood_results),
    )
    window.get_shown_screen().view.probes.show_findings(findings)


def _nothing(window: Window) -> None:
    """It is in this state when it is shown."""
