import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from fieldcheck.errors.files import FolderGone
from fieldcheck.ui import app
from fieldcheck.ui.errors import CrashDialog
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.screens import SCREENS

OPEN = """
import sys
from PySide6.QtCore import QTimer
from fieldcheck.ui import app
application = app.create_application()
QTimer.singleShot(300, lambda: (sys.stdout.write("open\\n"), sys.stdout.flush()))
sys.exit(app.open_window())
"""

START = """
import sys
from fieldcheck.ui import app
application = app.create_application()
window = app.build_shell()
window.painted.connect(application.quit)
window.show()
application.exec()
print(*sys.modules)
costly = {"QStyle", "QFileDialog", "QComboBox"} & set(vars(sys.modules["PySide6.QtWidgets"]))  # classes that are made Python's
window.show_screen("project")
print(*sys.modules)
try:
    window.resize("wide")
except TypeError as error:
    print(*costly, *str(error).split())
window.force_close()
"""
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}
SLOW = {
    "numpy", "cv2", "scipy", "onnxruntime", "onnx", "albumentations", "albucore", "sqlite3",
    "sqlite_utils", "pyqtgraph", "av", "PIL", "jinja2", "typst", "babel", "click",
    "duckdb", "faster_coco_eval", "pandas", "hashlib", "statistics", "platform", "argparse",
}  # fmt: skip
SLOW_ROOMS = tuple(
    f"fieldcheck.{room}"
    for room in (
        "project",
        "report",
        "evidence",
        "labels",
        "footage",
        "corruptions",
        "models",
        "latency",
        "monitoring",
        "sampling",
        "analyses",
        "stats",
        "imaging",
    )
)
OF_QT = {"argparse"}  # PySide's own import asks for it
MOST_MODULES = (55, 63)
"""Of the program's own, at the first paint and with the first screen: 54 and 62 stood there, 13 of
the first to register screens."""


def test_the_window_is_painted_before_its_first_screen_is_built(qtbot, qapp):
    window = app.build_shell()
    seen = []
    window.painted.connect(lambda: seen.append(window.has_screen))
    window.show()
    qtbot.waitUntil(lambda: seen == [False])
    window.close()
    window.deleteLater()


def test_work_that_nobody_waits_for_ends_as_a_sentence_where_there_is_one(qtbot, qapp, monkeypatch):
    window, said = app.build_shell(), []
    window.messages.changed.connect(lambda: said.append(window.messages.banners[-1].text))
    window.runner.unexpected.connect(partial(app._show_unexpected_error, window))
    window.runner.run_in_order(
        None, lambda: (_ for _ in ()).throw(FolderGone(Path("/stick/p.fieldcheck")))
    )
    window.runner.run_in_order(None, lambda: bytearray(1 << 62))
    window.runner.run_in_order(None, lambda: 1 / 0)
    qtbot.waitUntil(lambda: not window.runner.busy)
    assert ["/stick/p.fieldcheck is no longer accessible" in one for one in said] == [True, False]
    assert said[1].startswith("Out of memory. Data saved before is safe.")
    (crashed,) = window.findChildren(CrashDialog)
    assert "ZeroDivisionError" in crashed.detail.toPlainText()
    crashed.close()
    window.close()
    window.deleteLater()


def test_a_key_that_comes_before_the_first_screen_finds_it_built(qtbot, qapp):
    window = app.build_shell()
    assert window.get_shown_screen().view is not None
    assert window.has_screen
    window.close()
    window.deleteLater()


@pytest.mark.long
def test_the_self_check_builds_every_screen(qtbot, qapp):
    assert app.check_all_screens() == len(SCREENS)


@pytest.mark.long
def test_a_polite_kill_closes_the_window_in_order(tmp_path):
    environment = {**os.environ, "FIELDCHECK_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    process = subprocess.Popen(
        [sys.executable, "-c", OPEN], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout.readline() == "open\n"
    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    assert process.wait(60) == 0
    assert time.monotonic() - began < 60
    process.stdout.close()


def test_starting_the_window_loads_no_library_that_the_first_picture_does_not_need():
    """What is loaded when the window was painted, and when its first screen is built too. All of it
    could be loaded later, and is; with it what PySide says of wrong arguments."""
    shown = subprocess.run(
        [sys.executable, "-c", START], capture_output=True, text=True, check=True,
        env=os.environ | OFFSCREEN,
    )  # fmt: skip
    *lines, said = shown.stdout.splitlines()
    assert said.startswith("'PySide6.QtWidgets.QWidget.resize' called with wrong argument types:")
    assert said.endswith("PySide6.QtWidgets.QWidget.resize(w: int, h: int, /)")
    for line, most in zip(lines, MOST_MODULES, strict=True):
        loaded = set(line.split())
        assert loaded & SLOW == OF_QT
        assert [module for module in loaded if module.startswith(SLOW_ROOMS)] == []
        assert len([module for module in loaded if module.startswith("fieldcheck.")]) <= most


def test_the_sample_is_made_ready_in_the_window_with_its_strip(window, qtbot, tmp_path):
    app._prepare_sample(window, tmp_path / "here", False)
    qtbot.waitUntil(lambda: window.runner.find_running("home.sample") is not None)
    assert window.current_screen == "project"
    strip = window.get_shown_screen().view.findChild(JobStrip)
    qtbot.waitUntil(strip.isVisible)
    qtbot.waitUntil(lambda: (tmp_path / "here" / "sample.fieldcheck").exists())
    window.runner.find_running("home.sample").cancel()
    qtbot.waitUntil(lambda: not window.runner.busy)
