"""A walk over all screens beside four busy processes: twenty times a second everything that can be
read is held to what is so."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer

from benchmarks.screen import let_work
from fieldcheck.project.folder import open_project
from fieldcheck.ui.screens import SCREENS, get_screen_name
from fieldcheck.ui.shell.window import Window
from tests import makers
from tests.monitoring.test_log_monitor import log, taken
from tests.ui.truths import Truth, false_among, truth_of
from tests.ui.visible import is_loading, texts

EVERY_MS, BUSY, HURRIED_MS, HANG_S = 50, 4, 130, 600
FOREVER = "while True: pass"
COUNTS = re.compile(r"[1-9]")
PAGES = {
    "explore": ("gap", "frames", "map", "look", "doubt", "charts"),
    "evidence": ("packs", "runs", "people", "exports"),
    "stress": ("live", "sweep", "probes"),
}  # fmt: skip
"""Parts of the screens that have several."""
START_TITLE = "Projects"
MAIN = ("", "gap", "charts", "packs", "runs", "live", "sweep", "footage")
Stop = tuple[str, str]


def stops() -> list[Stop]:
    """Every screen, and every part of it."""
    return [
        (screen, part)
        for screen in SCREENS
        for part in PAGES.get(screen, ("live", "footage") if screen == "capture" else ("",))
    ]


def go(window: Window, stop: Stop) -> None:
    """Shows the screen, then its part."""
    screen, part = stop
    window.show_screen(screen)
    presenter = window.get_shown_screen().presenter
    if screen == "capture":
        presenter.show_page(part == "live")
    elif part:
        (presenter.open_page if screen == "stress" else presenter.switch_part)(part)


class Sampler(QObject):
    """Reads the window from its own event loop. `faults`: what was wrong, with how often it was
    seen."""

    def __init__(self, window: Window, truths: dict[str, Truth]) -> None:
        super().__init__(window)
        self._window, self._truths = window, truths
        self.bodies: dict[tuple[str, Stop], frozenset[str]] = {}
        self.references: dict[tuple[str, Stop], frozenset[str]] = {}
        self.stop: Stop = ("", "")
        self.faults: Counter[str] = Counter()
        self.n = self.n_loading = 0
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def rest(self) -> None:
        self._timer.stop()

    @property
    def truth(self) -> Truth:
        current, runner = self._window.current, self._window.runner
        if current.project is None:
            return Truth(None, opening=current.opening)
        jobs = {
            "reads_log": runner.find_running("monitor.take_in") is not None,
            "imports": runner.find_running("capture.import") is not None,
        }
        return replace(self._truths[current.name], standing=current.status, **jobs)

    def look(self) -> None:
        """One sample."""
        window, said = self._window, texts(self._window)
        here, loading = window.current_screen, is_loading(self._window)
        self.n += 1
        self.n_loading += loading
        for sentence in false_among(said, self.truth):
            self._note(f"false: {sentence}")
        if window.header.title.text() != self._get_title():
            self._note(f"title: {window.header.title.text()}")
        if (
            window.stack.currentWidget() is not None
            and not window.stack.currentWidget().isAncestorOf(window.get_shown_screen().view)
        ):
            self._note("another screen's body")
        if body_waits(window) and window.context.actions.get_action("primary").isEnabled():
            self._note("primary enabled while its body is loading")
        for other, (of, stop) in ((one, key) for key, one in self.references.items()):
            if (
                stop[0] == here
                and of != window.current.name != "coming"
                and other & texts(window.stack)
            ):
                self._note(f"of {of or 'no project'}: {sorted(other & texts(window.stack))[:2]}")

    def _get_title(self) -> str:
        """The name of the screen; the start page, which stands there without a project, has its
        own."""
        current, here = self._window.current, self._window.current_screen
        if here == "project" and current.project is None and not current.opening:
            return START_TITLE
        return get_screen_name(here)

    def _note(self, fault: str) -> None:
        self.faults[
            (
                f"{self._window.current_screen} {self.stop[1]} with "
                f"{self._window.current.name or 'no project'}: {fault}"
            )
        ] += 1

    def keep(self, of: str, stop: Stop) -> None:
        """The body as it is when nothing is under way: none of it may stand while another project
        is open."""
        self.bodies[of, stop] = frozenset(texts(self._window.stack))


def body_waits(window: Window) -> bool:
    """Whether the whole body of the screen is still to come."""
    place = getattr(window.get_shown_screen().view, "placeholder", None)
    return place is not None and place.isVisible() and place.state == "loading"


def only_their_own(
    references: dict[tuple[str, Stop], frozenset[str]],
) -> dict[tuple[str, Stop], frozenset[str]]:
    """Of each body what no other project shows on the same screen."""
    found = {}
    for (of, stop), said in references.items():
        others: set[str] = set()
        for (other, where), shown in references.items():
            others |= shown if other != of and where[0] == stop[0] else set()
        found[of, stop] = frozenset(
            one for one in said - others if COUNTS.search(one) and not one.endswith("…")
        )
    return found


@contextmanager
def busy_processes(n: int) -> Iterator[None]:
    """So many processes that never rest."""
    made = [subprocess.Popen([sys.executable, "-c", FOREVER]) for _ in range(n)]
    try:
        yield
    finally:
        for one in made:
            one.kill()
            one.wait()


def wait_for(ready: Callable[[], bool]) -> None:
    """Lets the window work until it is so."""
    began = time.monotonic()
    while not ready():
        assert time.monotonic() - began < HANG_S
        let_work(EVERY_MS)


def at_rest(window: Window) -> None:
    """Nothing is under way, and what that made the screens read was read."""
    for _ in range(3):
        wait_for(lambda: not window.runner.busy)
        let_work(EVERY_MS)


def open_it(window: Window, path: Path) -> None:
    window.open_project(path)
    wait_for(lambda: window.current.project is not None and window.current.project.path == path)


@pytest.fixture
def projects(request, counts, made, material, tmp_path):
    """A full project, where everything is done, and one in which nothing is."""
    full, bare = tmp_path / "full.fieldcheck", tmp_path / "bare.fieldcheck"
    if counts.full:
        shutil.copytree(request.getfixturevalue("walked_demo").folder / "sample.fieldcheck", full)
    else:
        shutil.copytree(made["labelled"], full)
    with open_project(full) as project:
        taken(project, log(tmp_path / "a.csv"))
    makers.empty_project(bare, site="Yard 9").close()
    return full, bare


@pytest.fixture
def sampled(window, projects):
    """The sampler of a window that walks over these projects."""
    window.preferences.update(background=False)
    truths = {path.name.removesuffix(".fieldcheck"): truth_of(path) for path in projects}
    made = Sampler(window, truths)
    yield made
    made.rest()


@pytest.mark.full("loading_states")
def test_nothing_false_and_nothing_stale_is_read_beside_four_busy_processes(
    window, sampled, projects, counts, evidence, made, material, tmp_path
):
    rounds = counts(ci=0, full=5)
    walked = stops() if counts.full else [one for one in stops() if one[1] in MAIN]
    for path in projects:
        open_it(window, path)
        for stop in walked:
            sampled.stop = stop
            go(window, stop)
            at_rest(window)
            sampled.keep(path.name.removesuffix(".fieldcheck"), stop)
    sampled.references = only_their_own(sampled.bodies)
    quiet = sampled.n
    with busy_processes(BUSY):
        for at in range(rounds):
            for path in projects:
                open_it(window, path)
                for stop in walked if at % 2 else walked[::-1]:
                    sampled.stop = stop
                    go(window, stop)
                    let_work(HURRIED_MS)
                window.close_project()
                let_work(HURRIED_MS)
        for path in projects:
            open_it(window, path)
            for stop in walked:
                sampled.stop = stop
                go(window, stop)
                at_rest(window)
        work_comes_in(
            window,
            sampled,
            shutil.copytree(made["empty"], tmp_path / "coming.fieldcheck"),
            material / "belt.avi",
            tmp_path,
        )
    evidence(
        busy_processes=BUSY, screens=len(SCREENS), stops=len(walked), projects=len(projects) + 1,
        rounds=rounds, samples=sampled.n,
        samples_beside_the_load=sampled.n - quiet, samples_while_loading=sampled.n_loading,
        faults=sum(sampled.faults.values()),
    )  # fmt: skip
    assert dict(sampled.faults) == {}
    assert sampled.n_loading > 0


def work_comes_in(
    window: Window, sampled: Sampler, path: Path, footage: Path, folder: Path
) -> None:
    """A log is read and footage is imported while their screens are looked at."""
    sampled._truths["coming"] = truth_of(path)
    open_it(window, path)
    for screen, paths in (("monitor", [log(folder / "b.csv", shifts=60)]), ("capture", [footage])):
        sampled.stop = (screen, "importing")
        window.show_screen(screen)
        at_rest(window)
        view = window.get_shown_screen().view
        view.dropped.emit(paths)
        at_rest(window)
