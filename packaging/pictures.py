"""Makes `docs/pictures/`: every screen of the window in every state, from the demo project.

`.venv/bin/python packaging/pictures.py` writes the ones that are kept: all states in English and
the light theme, the main ones in the three other themes, and in German and English at both sizes.
`--all FOLDER` writes all states in four themes, two languages and two sizes into a folder of yours,
`--only WORD` those with the word in their name. The sample is made once, under `--work`.
The two animations are made of the pictures that are kept; `--animate` makes them alone.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))
NOW = "2026-03-02T09:30:00+00:00"
SIZES = ((1366, 690), (1092, 552))
THEMES, LANGUAGES = ("light", "dark", "hc_dark", "hc_light"), ("en", "de")
COLOURS = 128
STRONG, STRONG_FROM, MOST_STRONG = 60, 12, 48  # of 255 between the channels; pixels; colours
PROJECTS = ("none", "unlabelled", "half", "labelled")
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
LONGEST_S, BENCH_S = 600, 45
ASIDE = (799, 799)  # below the window: nothing in a picture is pointed at
ANIMATED_WIDTH, FRAME_MS = 960, 1800
ANIMATIONS = {
    "visit": ("none-start", "unlabelled-capture", "unlabelled-pick", "half-label",
              "labelled-explore", "labelled-report"),
    "stress": ("labelled-stress", "labelled-stress-all", "labelled-stress-combined",
               "labelled-stress-sweep", "labelled-stress-cell"),
}  # fmt: skip
# what stands in a picture where the window tells a place of the machine that makes it
SHOWN_HOME = "/home/anna"


@dataclass(frozen=True, slots=True)
class State:
    """A screen with what brings it into the state. A `main` one is kept in every theme, language
    and size."""

    name: str
    screen: str
    act: Callable[[object], None] | None = None
    main: bool = False


def states(project: str) -> Iterator[State]:
    """What is shown with this project open."""
    if project == "none":
        yield from _without_project()
    elif project == "unlabelled":
        yield State("cards", "project")
        yield State("capture", "capture", main=True)
        yield State("pick", "pick", main=True)
        yield State("explore", "explore")
        yield State("report", "report")
    elif project == "half":
        yield State("label", "label", _look, main=True)
        yield State("keys", "label", lambda window: window.overlays.show_shortcuts())
    else:
        yield State("cards", "project", main=True)
        yield State(
            "site",
            "project",
            lambda window: window.get_shown_screen().presenter.overview_presenter.edit_site(),
        )
        yield State(
            "limits",
            "project",
            lambda window: window.get_shown_screen().presenter.overview_presenter.edit_limits(),
        )
        yield State("card", "project", _card)
        yield State("label", "label", _look)
        yield State("explore", "explore", main=True)
        yield State("explore-charts", "explore", _do("explore.charts"))
        yield State("stress", "stress", _corrupt, main=True)
        yield State("stress-combined", "stress", _combine)
        yield State("stress-all", "stress", _all_corruptions)
        yield State("stress-sweep", "stress", _turn("sweep"), main=True)
        yield State("stress-cell", "stress", _cell)
        yield State("stress-probes", "stress", _turn("probes"))
        yield State("bench", "bench", main=True)
        yield State("monitor", "monitor")
        yield State("report", "report", main=True)
        yield State("evidence-runs", "evidence", _do("evidence.runs"), main=True)
        for part in ("packs", "people", "exports"):
            yield State(f"evidence-{part}", "evidence", _do(f"evidence.{part}"))


def _without_project() -> Iterator[State]:
    yield State("start", "project", main=True)
    yield State(
        "wizard", "project", lambda window: window.get_shown_screen().presenter.start_new_project()
    )
    for screen in ("capture", "pick", "label", "explore", "report"):
        yield State(screen, screen)
    yield State("stress", "stress", _corrupt)
    yield State("tried", "project", _try)
    for section in SECTIONS:
        yield State(
            f"settings-{section}", "settings", _section(section), main=section == "appearance"
        )
    yield State("help", "help", main=True)
    yield State("finder", "help", lambda window: window.overlays.show_command_palette())


def _do(action: str) -> Callable[[object], None]:
    return lambda window: window.context.actions.get_action(action).trigger()


def _section(name: str) -> Callable[[object], None]:
    return lambda window: window.get_shown_screen().view.show_section(name)


def _try(window: object) -> None:
    """The sample's model on a picture of its benchmark, as if both had been dropped on the
    window."""
    from fieldcheck import paths

    demo = paths.get_resource_path("demo")
    picture = sorted((demo / "benchmark").rglob("*.jpg"))[0]
    window.get_shown_screen().view.dropped.emit([demo / "model.onnx", picture])


def _card(window: object) -> None:
    """The card of the sample's model, being changed: as if it wanted its colours the other way
    round."""
    window.get_shown_screen().presenter.edit_card()
    wait(window, 2.0)
    colour = window.get_shown_screen().view.card.fields["input.colour"]
    colour.setCurrentIndex(colour.findData("BGR"))
    wait(window, 2.0)


def _corrupt(window: object) -> None:
    """A strong corruption after half a minute of looking, as far as a picture needs it."""
    _alone(window)
    window.context.actions.get_action("stress.corruption_2").trigger()
    for _ in range(3):
        window.context.actions.get_action("stress.harder").trigger()
    wait(window, 3.0)
    window.context.actions.get_action("stress.freeze").trigger()


def _alone(window: object) -> None:
    """One corruption and no difference, whatever the picture before left behind; the live view has
    frames."""
    presenter = window.get_shown_screen().presenter
    while presenter.corruption_choice.selection.steps:
        presenter.corruption_choice.remove_step()
    if presenter.state.is_held:
        presenter.live.toggle_hold()
    if window.get_shown_screen().view.difference.isChecked():
        presenter.live.toggle_difference()
    began = time.monotonic()
    # on a busy machine a source takes its time to open
    while presenter.state.last is None and time.monotonic() - began < LONGEST_S:
        wait(window)
    wait(window, 2.0)


def _combine(window: object) -> None:
    """Three corruptions at once on a frame that is held, as the difference from the original."""
    _alone(window)
    choosing = window.get_shown_screen().presenter.corruption_choice
    for name in ("motion", "jpeg"):
        choosing.set_selection(choosing.selection.with_corruption_on_top(name))
    wait(window, 2.0)
    window.context.actions.get_action("stress.freeze").trigger()
    window.context.actions.get_action("stress.difference").trigger()
    wait(window, 1.5)


def _all_corruptions(window: object) -> None:
    """The whole catalogue on the present frame."""
    wait(window, 2.0)
    window.context.actions.get_action("stress.all").trigger()
    wait(window, 1.5)


def _turn(page: str) -> Callable[[object], None]:
    def act(window: object) -> None:
        window.get_shown_screen().presenter.open_page(page)
        wait(window, 1.0)

    return act


def _cell(window: object) -> None:
    """The frames of the corruption that tips the model first."""
    _turn("sweep")(window)
    heat = window.get_shown_screen().presenter.state.findings.heats[0]
    window.get_shown_screen().view.sweep.opened.emit(heat.on, 0, heat.first)
    wait(window, 2.0)


def _look(window: object) -> None:
    """The frame and those of the strip are read."""
    wait(window, 1.5)


def wait(window: object, seconds: float = 0.3) -> None:
    """Lets the window work until its page is shown, twice in turn, because what came last is laid
    out later; and for so long at least. Raises RuntimeError where that does not come."""
    from benchmarks.screen import let_work

    began, before = time.monotonic(), False
    while time.monotonic() - began < LONGEST_S:
        let_work(50)
        is_ready = is_shown(window)
        if is_ready and before and time.monotonic() - began >= seconds:
            return
        before = is_ready
    raise RuntimeError(
        f"{window.current_screen} is not shown after {LONGEST_S} s; under way: "
        f"{[job.name for job in window.runner.list_running()]}"
    )


def is_shown(window: object) -> bool:
    """Whether nothing is under way, no outline stands in the place of what is to come, nothing
    fades, and no frame is still to be read."""
    from fieldcheck.ui.widgets.pages import Fade, Placeholder

    frame = window.get_shown_screen().focus
    to_come = (
        window.current_screen == "label"
        and window.get_shown_screen().presenter.state.frames
        and not frame.has_image
    )
    outlined = any(
        placeholder.isVisible() and placeholder.state == "loading"
        for placeholder in window.findChildren(Placeholder)
    )
    return not (window.runner.busy or outlined or to_come or window.findChildren(Fade))


def make_projects(work: Path) -> None:
    """The sample three times: nothing labelled, half of it labelled, all of it labelled with a run
    and a report."""
    from fieldcheck.api import demo
    from fieldcheck.corruptions.match_field import match_field
    from fieldcheck.corruptions.ood import OodRequest as Probes
    from fieldcheck.corruptions.ood import run_ood
    from fieldcheck.models.embeddings import compute_missing_vectors
    from fieldcheck.progress import NullProgress
    from fieldcheck.project.folder import open_project

    if (work / "labelled").exists():
        return
    demo.prepare_demo(work / "unlabelled", NullProgress(), NOW)
    for name in ("half", "labelled.part"):
        shutil.rmtree(work / name, ignore_errors=True)
        shutil.copytree(work / "unlabelled", work / name)
    label_half(work / "half" / demo.PROJECT_NAME)
    demo.run_demo(work / "labelled.part", False, NullProgress(), NOW)
    with open_project(work / "labelled.part" / demo.PROJECT_NAME) as project:
        run_ood(project, Probes(), NullProgress(), NOW)
        match_field(project, 0, NullProgress(), NOW)
        compute_missing_vectors(project, NullProgress())
    run_and_watch(work / "labelled.part" / demo.PROJECT_NAME)
    (work / "labelled.part").rename(work / "labelled")


def run_and_watch(path: Path) -> None:
    """A latency run, and the sample's clips as so many shifts of a deployed model. Raises
    RuntimeError where a command fails."""
    from fieldcheck.api.demo import get_demo_files
    from fieldcheck.cli.main import main as command

    sample = get_demo_files()
    commands = [["latency", str(path), "--seconds", str(BENCH_S), "--target", "10"]]
    for index, clip in enumerate(sample.key["footage"]):
        began = f"2026-03-{2 + index // 3:02d}T{6 + 8 * (index % 3):02d}:00:00"
        commands.append([
            "monitor", str(path), str(sample.get_footage_path(clip)), "--began", began, "--camera",
            clip["camera"],
        ])  # fmt: skip
    for arguments in commands:
        if code := command(arguments):
            raise RuntimeError(f"{arguments} ended with {code}")


def label_half(path: Path) -> None:
    """The first half of the picks, labelled from the answer key."""
    from fieldcheck.api.demo import get_demo_files
    from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
    from fieldcheck.labels.store import LabelDecision, set_label
    from fieldcheck.project.folder import open_project
    from fieldcheck.project.tables import labels as picks

    sample = get_demo_files()
    truth = {sample.get_footage_path(clip).name: clip["classes"] for clip in sample.key["footage"]}
    with open_project(path) as project:
        by_id = {line.frame.frame_id: line.frame for line in project.read(list_sampling_lines)}
        frame_ids = [one.frame_id for one in project.read(picks.list_picks)]
        for frame_id in frame_ids[: len(frame_ids) // 2]:
            frame = by_id[frame_id]
            set_label(
                project,
                frame_id,
                LabelDecision(truth[frame.source][frame.source_index]),
                annotator="AB",
                now=NOW,
            )


def kept(state: State, theme: str, language: str, size: tuple[int, int]) -> bool:
    """Whether the picture belongs into `docs/pictures/`."""
    usual = size == SIZES[0]
    return (
        (theme == "light" and language == "en" and usual)
        or (state.main and language == "en" and usual)
        or (state.main and theme == "light" and not (language == "en" and usual))
    )


def named(project: str, state: State, theme: str, language: str, size: tuple[int, int]) -> str:
    """The picture's file."""
    return f"{project}-{state.name}-{theme}-{language}-{size[0]}.png"


def hide_places(window: object, work: Path) -> None:
    """Shows the folder of a person in place of the ones in which the pictures are made and the
    program lies. Raises RuntimeError where one of them stays in view."""
    from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

    shown_path_of = {
        str(work / "home"): SHOWN_HOME,
        str(work): SHOWN_HOME,
        str(CHECKOUT): f"{SHOWN_HOME}/fieldcheck",
    }
    for widget in window.findChildren(QWidget):
        if isinstance(widget, QAbstractButton | QLabel | QLineEdit):
            text = widget.text()
            for path_text, instead in shown_path_of.items():
                text = text.replace(path_text, instead)
            if text != widget.text():
                widget.blockSignals(True)
                widget.setText(text)
                widget.blockSignals(False)
        if callable(getattr(widget, "text", None)) and widget.isVisible():
            text = str(widget.text())
            if any(path_text in text for path_text in shown_path_of):
                raise RuntimeError(f"{type(widget).__name__} shows {text}")


def take(window: object, state: State, target: Path, work: Path) -> None:
    """One picture, of few colours, because it is kept."""
    from PIL import Image

    window.show_screen(state.screen)
    wait(window)
    if state.act is not None:
        state.act(window)
        wait(window)
    hide_places(window, work)
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.png"
        window.grab().save(str(raw))
        with Image.open(raw) as picture:
            few_colours(picture.convert("RGB")).save(target, optimize=True)
    window.overlays.close_open()
    if hasattr(window.get_shown_screen().presenter, "escape"):
        window.get_shown_screen().presenter.escape()


def few_colours(picture: Image.Image) -> Image.Image:
    """The same picture on a palette of its own, without dithering: flat surfaces stay flat and the
    file small. Strong colours of small parts, such as those of the classes, have their place in it
    before the many greys of a frame are shared out."""
    from PIL import Image

    colours_by_count = sorted(picture.getcolors(picture.width * picture.height), reverse=True)
    strong = [
        colour
        for n, colour in colours_by_count
        if n >= STRONG_FROM and max(colour) - min(colour) >= STRONG
    ][:MOST_STRONG]
    rest = picture.quantize(COLOURS - len(strong), dither=Image.Dither.NONE)
    palette = Image.new("P", (1, 1))
    palette.putpalette(
        [value for colour in strong for value in colour]
        + rest.getpalette()[: 3 * (COLOURS - len(strong))]
    )
    return picture.quantize(dither=Image.Dither.NONE, palette=palette)


def take_all(work: Path, target: Path, every: bool, only: str) -> int:
    """All pictures that are wanted. Returns how many."""
    from PySide6.QtGui import QCursor

    from fieldcheck.api.demo import PROJECT_NAME
    from fieldcheck.ui.app import build_window, create_application

    app = create_application()
    QCursor.setPos(*ASIDE)
    count = 0
    appearances = [
        (theme, language, size) for theme in THEMES for language in LANGUAGES for size in SIZES
    ]
    for project in PROJECTS:
        wanted = [
            (appearance, state)
            for appearance in appearances
            for state in states(project)
            if only in named(project, state, *appearance)
        ]
        wanted = [
            (appearance, state) for appearance, state in wanted if every or kept(state, *appearance)
        ]
        if not wanted:
            continue
        window = build_window()
        window.show()
        # a picture waits for what it shows alone
        window.preferences.update(
            theme="light", language="en", too_fast_ms=0, background=False, first_visit=False
        )
        if project != "none":
            window.open_project(work / project / PROJECT_NAME)
            wait(window, 1.0)
        for (theme, language, size), state in wanted:
            window.preferences.update(theme=theme, language=language)
            window.resize(*size)
            take(window, state, target / named(project, state, theme, language, size), work)
            count += 1
        window.close()
        window.deleteLater()
        app.processEvents()
    return count


def write_animations(folder: Path) -> None:
    """A visit, and a model under stress: kept pictures one after the other, once, in a WebP."""
    from PIL import Image

    for name, kept_ones in ANIMATIONS.items():
        frames = []
        for picture in kept_ones:
            with Image.open(folder / f"{picture}-light-en-1366.png") as image:
                height = round(image.height * ANIMATED_WIDTH / image.width)
                size = (ANIMATED_WIDTH, height)
                frames.append(image.convert("RGB").resize(size, Image.Resampling.LANCZOS))
        frames[0].save(
            folder / f"{name}.webp", save_all=True, append_images=frames[1:], duration=FRAME_MS,
            loop=1, quality=70, method=6,
        )  # fmt: skip


def main() -> int:
    """Takes the pictures and says how many and how large they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", dest="folder")
    parser.add_argument("--only", default="")
    parser.add_argument(
        "--work", type=Path, default=Path(tempfile.gettempdir()) / "fieldcheck-pictures"
    )
    parser.add_argument("--animate", action="store_true")
    options = parser.parse_args()
    if options.animate:
        write_animations(CHECKOUT / "docs" / "pictures")
        return 0
    options.work = options.work.absolute()
    home = options.work / "home"
    home.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "QT_QPA_PLATFORM": "offscreen",
        "FIELDCHECK_HOME": str(home / "fieldcheck"),
        "HOME": str(home),
        "LC_ALL": "en_GB.UTF-8",
    }
    make_projects(options.work)
    target = options.folder or CHECKOUT / "docs" / "pictures"
    target.mkdir(parents=True, exist_ok=True)
    if not options.folder and not options.only:
        for old in target.glob("*.png"):
            old.unlink()
    count = take_all(options.work, target, bool(options.folder), options.only)
    if not options.folder and not options.only:
        write_animations(target)
    size = sum(picture.stat().st_size for picture in target.glob("*.png"))
    print(f"{count} pictures, {size / 1e6:.1f} MB in {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
