"""A screen for real windows: Xvfb for each test process, or Qt's offscreen platform without it."""

import os
import shutil
import subprocess

SIZE = "1600x1000x24"


def start() -> subprocess.Popen[bytes] | None:
    """Points Qt at a new Xvfb, which ends with its last window, and returns it; None where the
    caller's own choice or no Xvfb leaves nothing to start."""
    if os.environ.get("QT_QPA_PLATFORM"):
        return None
    program = shutil.which("Xvfb")
    if program is None:
        if os.environ.get("CI") == "true":
            raise FileNotFoundError("Xvfb")
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        return None
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [
            program, "-displayfd", str(writing), "-screen", "0", SIZE, "-nolisten", "tcp",
            "-terminate",
        ],
        pass_fds=[writing], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip()
    os.environ.update(DISPLAY=f":{number}", QT_QPA_PLATFORM="xcb")
    return server
