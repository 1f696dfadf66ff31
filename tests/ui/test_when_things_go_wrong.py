"""What the window promises when something goes wrong (ux.md 2.7), in the real window, with real
processes, kills and full disks."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldcheck.files import RESERVE
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.ui.widgets.buttons import KeyButton
from tests.disks import leave, plug_in, put_away
from tests.ui.screens.label.conftest import seen

OTHER = """
import sys
from pathlib import Path
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels
from fieldcheck.labels.store import LabelDecision, set_label
from tests import makers
with open_project(Path(sys.argv[1])) as project:
    first = project.read(labels.list_picks)[0].frame_id
    set_label(project, first, LabelDecision("red"), annotator="other", now=makers.NOW)
    print(first, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other():
    """`other(path)`: another program that has the project open, once it has stored a label."""
    begun = []

    def begin(path):
        words = [sys.executable, "-c", OTHER, str(path)]
        popen = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        begun.append(popen)
        return begun[-1], begun[-1].stdout.readline().strip()

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


def texts(window):
    return [banner.text for banner in window.messages.banners]


def press_in_banner(window, press, name, n=24):
    """By keys alone: F6 to the banners, Tab to the button, Space."""
    for _ in range(8):
        if window.banners.isAncestorOf(QApplication.focusWidget()):
            break
        press(Qt.Key.Key_F6)
    for _ in range(n):
        at = QApplication.focusWidget()
        assert window.banners.isAncestorOf(at), "the keys have left the banners"
        if isinstance(at, KeyButton) and name in (at.text(), at.accessibleName()):
            QTest.keyClick(at, Qt.Key.Key_Space)
            return
        press(Qt.Key.Key_Tab)
    raise AssertionError(f"no button {name!r} is reached by keys")


@pytest.mark.long
def test_after_a_kill_the_next_visit_says_that_nothing_was_lost_and_nothing_is(
    window, open_in_window, made, tmp_path, press, other
):
    path = shutil.copytree(made["drawn"], tmp_path / "p.fieldcheck")
    process, first = other(path)
    process.send_signal(signal.SIGKILL)
    process.wait()
    open_in_window(path)
    assert texts(window) == [
        "Session restored after an unexpected exit. Everything saved before is safe; check your last action."
    ]
    actual = window.current.project.read(lambda db: labels_table.get_label(db, first)).class_name
    assert actual == "red"
    press_in_banner(window, press, "Close message")
    assert texts(window) == []


def test_a_project_closed_in_order_opens_silently(window, open_in_window, settle, made, tmp_path):
    path = shutil.copytree(made["drawn"], tmp_path / "p.fieldcheck")
    open_in_window(path)
    assert texts(window) == []
    assert (path / RESERVE).exists()
    window.current.close()
    settle()
    assert not (path / RESERVE).exists()


@pytest.mark.long
def test_a_project_that_another_program_has_is_taken_over_once_it_lets_go(
    window, open_in_window, settle, made, tmp_path, press, other
):
    path = shutil.copytree(made["drawn"], tmp_path / "p.fieldcheck")
    process, first = other(path)
    open_in_window(path)
    assert f"process {process.pid}" in texts(window)[0]
    assert not window.current.writable
    press_in_banner(window, press, "Take over")
    settle()
    assert not window.current.writable, "taken from a program that lives"
    assert process.poll() is None
    process.communicate("")
    press_in_banner(window, press, "Take over")
    settle()
    assert window.current.writable
    assert texts(window) == []
    actual = window.current.project.read(lambda db: labels_table.get_label(db, first)).class_name
    assert actual == "red"


def fill_up(disk):
    """To the last block."""
    leave(disk, 1 << 20)
    with suppress(OSError), (disk / "last").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


@pytest.fixture
def stick(tmp_path):
    place = plug_in(tmp_path, 64)
    yield place
    put_away(place)


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="a disk cannot be mounted in a test there")
def test_a_full_disk_still_takes_labels(window, open_in_window, settle, made, stick, press, qtbot):
    path = shutil.copytree(made["drawn"], stick / "p.fieldcheck")
    open_in_window(path)
    qtbot.waitUntil(
        lambda: (path / RESERVE).exists() and (path / RESERVE).stat().st_size == 16_000_000
    )
    fill_up(stick)
    window.preferences.update(too_fast_ms=0)
    window.show_screen("label")
    settle()
    for _ in range(20):
        seen(qtbot, window)
        press(Qt.Key.Key_1)
        settle()
    assert any(
        text.startswith("The project disk is full. Your changes are still saved in reserved space.")
        for text in texts(window)
    )
    assert not (path / RESERVE).exists()
    assert window.current.status.n_labelled == 20
    assert not window.current.disk_full
    window.current.close()
    settle()
    with open_project(path, write=False) as reader:
        assert len(reader.read(labels_table.list_labels)) == 20
