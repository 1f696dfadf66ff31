"""A whole visit by a scripted operator, without a network: start → clips → 100 labels → report, and
what a person waits for on the way.

The operator looks two seconds at each frame, as a person does; that time is not counted, and the
background works in it.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.row import Row, row
from benchmarks.screen import environment
from benchmarks.start import made_home, start
from fieldcheck.api.demo import PROJECT_NAME, get_demo_files, prepare_demo
from fieldcheck.footage.import_footage import FootageInfo, import_footage
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.progress import NullProgress
from fieldcheck.sampling.pick_frames import pick_frames
from fieldcheck.settings import Settings, save_settings

WAITS_LIMIT_S, AFTER_LIMIT_S, VERDICT_LIMIT_S, PAINTED_LIMIT_S = 60.0, 20.0, 1.0, 2.0
FIRST_LABEL_LIMIT_S, FIRST_LABELS = 5.0, 3
LOOK_S = 2.0
PATIENCE_S = 900.0
# a loop that never slept took a core, and the interpreter, from the work that it waited for
LOOK_EVERY_MS = 5
NOW = "2026-01-01T00:00:00+00:00"


@dataclass(slots=True)
class Waits:
    """Seconds that the operator waited. `last_key`: from the last label's key to the result on the
    screen, the background being done; `background`: what of it was left to be waited for before
    that key; `labels`: one a label."""

    painted: float
    opened: float = 0.0
    first_frame: float = 0.0
    labels: list[float] = field(default_factory=list)
    background: float = 0.0
    last_key: float = 0.0
    report: float = 0.0

    @property
    def after(self) -> float:
        """After the last label."""
        return self.last_key + self.report

    @property
    def total(self) -> float:
        """Of the visit."""
        return (
            self.painted
            + self.opened
            + self.first_frame
            + sum(self.labels)
            + self.background
            + self.after
        )


def rows(smoke: bool) -> list[Row]:
    """The rows `visit_waits`, `visit_after`, `visit_verdict`, `visit_painted` and
    `visit_first_label`; small on six frames at which nobody looks."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        save_settings(
            root / "home" / "settings",
            Settings(language="en", theme="light", too_fast_ms=0, background=not smoke),
        )
        (root / "recent").mkdir()
        if smoke:
            made_small(root / "sample" / PROJECT_NAME)
        command = [
            sys.executable, "-m", "benchmarks.visit", str(root / "sample"),
            str(0.0 if smoke else LOOK_S),
        ]  # fmt: skip
        with environment(made_home(root / "recent")) as variables:
            painted, _ = start("ours", variables)
        with environment(root / "home") as variables:
            completed = subprocess.run(
                command, env=variables, check=True, stdout=subprocess.PIPE, text=True, timeout=1800
            )
        first = measure_first_label(root, smoke)
        waits = Waits(painted, **json.loads(completed.stdout.splitlines()[-1]))
    n = len(waits.labels) + 1
    return [
        row(
            "visit_waits", waits.total, WAITS_LIMIT_S,
            "limit, seconds of a visit in which the operator waits", 1.0, "<=", n,
        ),
        row(
            "visit_after", waits.after, AFTER_LIMIT_S, "limit, seconds after the last label", 1.0,
            "<=", n,
        ),
        row(
            "visit_verdict", waits.last_key, VERDICT_LIMIT_S,
            "limit, seconds from the last key to the result", 1.0, "<=", n,
        ),
        row(
            "visit_painted", waits.painted, PAINTED_LIMIT_S,
            "limit, seconds from the start of the program to its window", 1.0, "<=", 1,
        ),
        row(
            "visit_first_label", first, FIRST_LABEL_LIMIT_S,
            "limit, seconds from the start of the program, with one key, to the first frame that "
            "can be labelled", 1.0, "<=", 1 if smoke else FIRST_LABELS,
        ),
    ]  # fmt: skip


def measure_first_label(root: Path, smoke: bool) -> float:
    """Median of seconds from the start of the process to the first frame of the demo project, which
    is made before, with one key."""
    project = root / "first" / PROJECT_NAME
    if smoke:
        made_small(project)
    else:
        prepare_demo(project.parent, NullProgress(), NOW)
    save_settings(
        root / "first home" / "settings",
        Settings(language="en", theme="light", recent=(str(project),)),
    )
    with environment(root / "first home") as variables:
        runs = [start("label", variables)[1] for _ in range(1 if smoke else FIRST_LABELS)]
    return statistics.median(runs)


def made_small(path: Path) -> None:
    """A sample project with one clip and six picks, in place of the whole one."""
    sample = get_demo_files()
    benchmark = path.parent / "clean"
    for picture in sorted(sample.benchmark.rglob("*.jpg"))[::40]:
        copy = benchmark / picture.relative_to(sample.benchmark)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(picture.read_bytes())
    notes = {"rendered_sample": True}
    with set_up_project(
        path, NewProjectRequest(sample.model, benchmark=benchmark, claimed=0.9, notes=notes), NOW
    ).project as project:
        import_footage(
            project,
            [sample.get_footage_path(sample.key["footage"][0])],
            FootageInfo("left", "line 1", NOW),
            NullProgress(),
            NOW,
        )
        pick_frames(
            project, count=6, seed=0, design="balanced", required=(), progress=NullProgress(),
            now=NOW,
        )  # fmt: skip


class Visitor:
    """Does in the window what a person does, and notes each wait."""

    def __init__(self, sample: Path, look_s: float) -> None:
        from fieldcheck.ui.app import build_shell, create_application
        from fieldcheck.ui.background_jobs import BackgroundJobs
        from fieldcheck.ui.context import SAMPLE_PLACE

        self._app, self._sample, self._look_s, self.waits = (
            create_application(), sample, look_s, Waits(0.0),
        )  # fmt: skip
        self._window = build_shell()
        BackgroundJobs(
            self._window.runner,
            self._window.current,
            self._window.cameras,
            self._window.preferences,
            self._window,
        )
        painted: list[bool] = []
        self._window.painted.connect(lambda: painted.append(True))
        self._window.show()
        self._until(lambda: bool(painted))
        self._window.activateWindow()
        self._until(self._window.isActiveWindow)
        self._window.session_values[SAMPLE_PLACE] = str(sample)

    def visit(self) -> Waits:
        """The whole of it."""
        self._window.show_screen("project")
        self._window.context.actions.get_action("project.sample").trigger()
        self.waits.opened = self._until(lambda: self._window.current.project is not None)
        self._window.show_screen("label")
        screen: Any = self._window.get_shown_screen()
        self.waits.first_frame = self._until(
            lambda: screen.presenter.view_tracker.shown_at is not None
        )
        answers = self._answers()
        while screen.presenter.state.round.n_left > 1:
            self._look()
            self.waits.labels.append(self._press(screen, answers))
        self._look()
        self.waits.background = self._until(lambda: not self._window.runner.busy)
        self.waits.last_key = self._press(screen, answers)
        self.waits.report = self._report()
        return self.waits

    def leave(self) -> None:
        """Closes the window in order."""
        self._window.close()

    def _press(self, screen: Any, answers: dict[str, str]) -> float:
        """The key of the frame's own class; seconds until the next frame, or the result, is there
        to be looked at."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        presenter = screen.presenter
        index, name = presenter.state.index, answers[presenter.state.frame.frame_id]
        QTest.keyClick(
            screen.focus, Qt.Key.Key_1.value + presenter.state.loaded_work.classes.index(name)
        )
        return self._until(
            lambda: (
                (presenter.state.index != index and presenter.view_tracker.shown_at is not None)
                or (presenter.round_result.is_open and screen.view.result.isVisible())
            )
        )

    def _report(self) -> float:
        """Pages on the screen, and the report in the folder of the project."""
        began = time.monotonic()
        self._window.show_screen("report")
        presenter: Any = self._window.get_shown_screen().presenter
        self._until(lambda: bool(presenter._sheets) and not self._window.runner.busy)
        presenter.export_report()
        self._until(lambda: presenter._folder is not None)
        return time.monotonic() - began

    def _answers(self) -> dict[str, str]:
        """Class of each frame by the answer key of the sample."""
        from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines

        sample = get_demo_files()
        truth = {
            sample.get_footage_path(clip).name: clip["classes"] for clip in sample.key["footage"]
        }
        listing = (
            self._window.current.project.read(list_sampling_lines)
            if self._window.current.project
            else ()
        )
        return {
            line.frame.frame_id: truth[line.frame.source][line.frame.source_index]
            for line in listing
        }

    def _look(self) -> None:
        """In the window's own loop, as a person does: where the background goes on meanwhile."""
        ends = time.monotonic() + self._look_s
        self._until(lambda: time.monotonic() >= ends)

    def _until(self, is_there: Callable[[], bool]) -> float:
        """Lets the window work and sleep, as it does for a person; the seconds until something is
        there. Raises TimeoutError."""
        from PySide6.QtCore import QEventLoop, QTimer

        began, loop = time.monotonic(), QEventLoop()
        timer = QTimer(interval=LOOK_EVERY_MS)
        timer.timeout.connect(
            lambda: loop.quit() if is_there() or time.monotonic() - began > PATIENCE_S else None
        )
        if not is_there():
            timer.start()
            loop.exec()
            timer.stop()
        if not is_there():
            raise TimeoutError([banner.text for banner in self._window.messages.banners])
        return time.monotonic() - began


def main(sample: Path, look_s: float) -> None:
    """Prints the waits within the window as JSON."""
    visitor = Visitor(sample, look_s)
    try:
        waits = visitor.visit()
    finally:
        visitor.leave()
    print(json.dumps({name: waited for name, waited in asdict(waits).items() if name != "painted"}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
