"""The monitor under attack, counted: strangers' logs, folders, commands and images, none of which
is a bug, a hang, an escape or a loss."""

import json
import shutil
from collections import Counter

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest

from fieldcheck.imaging.codec import read_image
from fieldcheck.monitoring.log_monitor import import_log, load_model_shifts
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from tests import makers
from tests.hostile.logs import PICTURES, SECRET, attacks, naming
from tests.hostile.told import Unhindered
from tests.monitoring.test_log_monitor import log
from tests.ui.conftest import open_in_window, screen_of, settle, window  # noqa: F401 - fixtures

pytestmark = pytest.mark.loopback
SLOW_S = 30.0
CODES = (0, 1, 2, 3, 4)
PASSWORD = "PasswordOfTheCamera"


@pytest.fixture(scope="module")
def watched(made, tmp_path_factory):
    """A project with six shifts of October."""
    path = shutil.copytree(made["empty"], tmp_path_factory.mktemp("watched") / "p.fieldcheck")
    text = log(path.parent / "before.csv", shifts=6, per_shift=30).read_text()
    rows = text.replace("2026-11-0", "2026-10-0")
    (path.parent / "before.csv").write_text(rows)
    with open_project(path) as project:
        before = path.parent / "before.csv"
        import_log(project, before, 8, None, 0, NullProgress(), makers.SHIFTS_OVER)
    return path


def begun(project):
    """Starts and counts of the shifts of a closed project."""
    with open_project(project) as opened:
        return {began: one.n for began, one in load_model_shifts(opened).items()}


def strange_files(project):
    """Files of a project that hold something of another folder: its text or its pixels."""
    found = []
    for path in project.rglob("*"):
        if not path.is_file() or path.is_symlink():
            continue
        data = path.read_bytes()
        is_image = data[:4] == b"\x89PNG" and path.parent.parent.name == "alarms"
        if (
            SECRET.encode() in data
            or PASSWORD.encode() in data
            or (is_image and is_secret(read_image(path)))
        ):
            found.append(path.name)
    return found


def is_secret(rgb):
    """Whether an image is the blue one that lies outside."""
    return bool(np.argmax(rgb.reshape(-1, 3).mean(axis=0)) == 2)


def lost(before, after, outcome, attack):
    """What is missing that nobody told of: shifts from before, or rows of a log that was
    imported."""
    document = json.loads(outcome.out) if outcome.code in (0, 3, 4) and outcome.out.strip() else {}
    dropped = document.get("dropped") or {"n": 0}
    gone = [began for began in before if began not in after]
    if len(gone) > dropped["n"] or (dropped["n"] and not dropped["copies"]):
        return f"{len(gone)} shifts"
    if outcome.code not in (0, 3, 4):
        return (
            ""
            if {one: after[one] for one in before if one in after} == before
            else "figures of shifts"
        )
    brought = document.get("log")
    if attack.n_rows is not None and (
        brought is None or brought["n"] + brought["future"] != attack.n_rows
    ):
        return f"{brought and brought['n']} of {attack.n_rows} rows"
    return ""


class Tally:
    """Findings by kind."""

    def __init__(self):
        self.found = {"bugs": [], "hangs": [], "escapes": [], "silent_losses": []}
        self.groups, self.refused, self.longest = Counter(), 0, 0.0

    def run(self, terminal, project, name, *arguments):
        """A command, which is no bug and no hang."""
        with Unhindered() as took:
            outcome = terminal("monitor", project, *arguments, "--json")
        self.longest = max(self.longest, took.seconds)
        if (
            outcome.code not in CODES
            or "Traceback" in outcome.err
            or (outcome.code == 1 and not outcome.err.strip())
        ):
            self.found["bugs"].append(f"{name}: {outcome.code} {outcome.err[-300:]}")
        if took.seconds > SLOW_S:
            self.found["hangs"].append(f"{name}: {took.seconds:.1f} s")
        return outcome

    def attack(self, terminal, project, attack, folder):
        """One attack, and what stands in the project afterwards."""
        before = begun(project)
        outcome = self.run(terminal, project, attack.name, *attack.build(folder))
        self.groups[attack.group] += 1
        self.refused += outcome.code in (1, 2)
        after = begun(project)
        if told := lost(before, after, outcome, attack):
            self.found["silent_losses"].append(f"{attack.name}: {told}")
        new = max((one for one in after if one not in before), default="")
        if attack.group in ("paths", "folders") and new:
            self.run(terminal, project, attack.name, "--keep-frames", new)
        if files := strange_files(project):
            self.found["escapes"].append(f"{attack.name}: {files}")


def try_images(tally, screen, settle, tmp_path, opened, pictures):  # noqa: F811
    """The image key and the keep key of the window, over logs that name what is not theirs."""
    for number, picture in enumerate(pictures):
        folder = tmp_path / f"window{number}" / "log"
        folder.mkdir(parents=True)
        screen.presenter.import_files(naming(picture)(folder))
        settle()
        for key in (Qt.Key.Key_O, Qt.Key.Key_K):
            QTest.keyClick(screen.view, key)
            settle()
        viewer = screen.view.viewer
        if opened or (viewer is not None and viewer.isVisible()):
            tally.found["escapes"].append(f"window {number}")
        tally.groups["window"] += 1


@pytest.mark.full("attacks_monitor")
def test_no_attack_on_the_monitor_is_a_bug_a_hang_an_escape_or_a_silent_loss(
    terminal, watched, tmp_path, counts, evidence, monkeypatch, request
):
    monkeypatch.setenv("FIELDCHECK_CAMERA_PASSWORD", PASSWORD)
    every = attacks()
    n = counts(ci=25, full=len(every))
    tally = Tally()
    for number, attack in enumerate(every[:: len(every) // n]):
        place = tmp_path / f"{number}"
        (place / "log").mkdir(parents=True)
        project = shutil.copytree(watched, place / "p.fieldcheck")
        tally.attack(terminal, project, attack, place / "log")
        shutil.rmtree(place)
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)
    screen = request.getfixturevalue("screen_of")("empty", "monitor")
    try_images(
        tally, screen, request.getfixturevalue("settle"), tmp_path, opened,
        PICTURES[: counts(ci=3, full=len(PICTURES))],
    )  # fmt: skip
    path = tmp_path / "empty.fieldcheck"
    tally.found["escapes"] += strange_files(path)
    evidence(
        attacks=sum(tally.groups.values()),
        by_group=dict(tally.groups),
        refused=tally.refused,
        longest_s=round(tally.longest, 1),
        **{kind: len(found) for kind, found in tally.found.items()},
    )
    assert sum(tally.groups.values()) >= (130 if counts.full else 25)
    assert sorted(name for found in tally.found.values() for name in found) == []
