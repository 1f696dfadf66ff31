"""A screen for windows that are measured: an Xvfb of our own, which stays between processes, else
whatever the machine has; and their event loop."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE = "1600x1000x24"
ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def environment(home: Path) -> Iterator[dict[str, str]]:
    """What a measured process is started with: a screen, a home of its own, and byte code as an
    installed program has it."""
    variables = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    variables |= {"FIELDCHECK_HOME": str(home), "PYTHONPATH": str(ROOT)}
    program = shutil.which("Xvfb")
    if program is None:
        if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            variables.setdefault("QT_QPA_PLATFORM", "offscreen")
        yield variables
        return
    reading, writing = os.pipe()
    arguments = [program, "-displayfd", str(writing), "-screen", "0", SIZE, "-nolisten", "tcp"]
    with subprocess.Popen(arguments, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as display:
            number = display.readline().strip()
        try:
            yield variables | {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
        finally:
            server.terminate()


def let_work(milliseconds: int) -> None:
    """Event loop of the window for a while, in which its threads work as well: QTest.qWait keeps
    the interpreter's lock, and leaves them a hundredth of their pace."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
