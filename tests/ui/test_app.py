import os
import signal
import subprocess
import sys
import time

from fieldcheck.ui import app
from fieldcheck.ui.shell.actions_table import SCREENS

OPEN = """
import sys
from PySide6.QtCore import QTimer
from fieldcheck.ui import app
application = app.application()
QTimer.singleShot(300, lambda: (sys.stdout.write("open\\n"), sys.stdout.flush()))
sys.exit(app.open_window())
"""


def test_the_window_is_painted_before_its_first_screen_is_built(qtbot, qapp):
    window = app.build_shell()
    seen = []
    window.painted.connect(lambda: seen.append(window.has_screen))
    window.show()
    qtbot.waitUntil(lambda: seen == [False])
    window.close()
    window.deleteLater()


def test_a_key_that_comes_before_the_first_screen_finds_it_built(qtbot, qapp):
    window = app.build_shell()
    assert window.shown_screen().view is not None
    assert window.has_screen
    window.close()
    window.deleteLater()


def test_the_self_check_builds_every_screen(qtbot, qapp):
    assert app.self_check() == len(SCREENS)


def test_a_polite_kill_closes_the_window_in_order(tmp_path):
    environment = {**os.environ, "FIELDCHECK_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    process = subprocess.Popen([sys.executable, "-c", OPEN], stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout.readline() == "open\n"
    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    assert process.wait(60) == 0
    assert time.monotonic() - began < 60
    process.stdout.close()


def test_starting_the_window_loads_no_library_that_the_first_picture_does_not_need(tmp_path):
    """Qt's first paint comes before NumPy, OpenCV, SQLite's tools, onnxruntime, pyqtgraph and albumentations."""
    script = "import sys; import fieldcheck.ui.app, fieldcheck.ui.screens.home.presenter; sys.stdout.write(' '.join(sys.modules))"
    loaded = set(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split())
    assert loaded & {"numpy", "cv2", "sqlite_utils", "onnxruntime", "pyqtgraph", "albumentations", "qtawesome", "click"} == set()
