"""Knows both doors and opens the one that was asked for."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fieldcheck import __version__
from fieldcheck.paths import is_project_argument

INTERRUPTED = 130
COMPLETION = "_FIELDCHECK_COMPLETE"  # set by a shell that asks for completions


def main() -> int:
    """The program: the window where nothing else is asked for, else a command on the terminal."""
    codes: list[int] = []
    atexit.register(_exit_process, codes)  # before all others, so that it is called after them
    codes.append(_run_program())
    return codes[0]


def _exit_process(codes: list[int]) -> None:
    """Ends the process where a daemon thread is left, as in a driver or an operator that does not
    come back. The interpreter cannot be taken down around it: the library that it is in would end
    the process with an abort, or never."""
    if codes and any(thread.daemon for thread in threading.enumerate()):
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):  # closed, or never there
                stream.flush()
        os._exit(codes[0])


def _run_program() -> int:
    # a script that asks which version this is must not wait for the commands and their libraries
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"fieldcheck, version {__version__}\n")
        return 0
    window = WindowCommand(has_display())
    try:
        from fieldcheck.child_process import hide_secrets

        hide_secrets()
        if window.can_be_seen and not sys.argv[1:] and COMPLETION not in os.environ:
            # before the commands are loaded, which takes longer than the window
            return window.open_window(None)
        if is_project_argument(sys.argv[1:]) and window.can_be_seen:
            return window.open_window(Path(sys.argv[1]).absolute())
        from fieldcheck.cli.main import main as terminal
    except KeyboardInterrupt:  # Ctrl-C while the program was still loading: nothing has begun
        return INTERRUPTED
    return terminal(sys.argv[1:], window)


@dataclass(frozen=True, slots=True)
class WindowCommand:
    """The window door as the terminal sees it; Qt is loaded when it is opened and not before."""

    can_be_seen: bool

    def open_window(self, project: Path | None) -> int:
        """Shows the window until it is closed, with a project where one is named. Returns the exit
        code."""
        # nothing of what is loaded now is garbage; the window's collector goes on from here
        gc.disable()
        from fieldcheck.ui.app import open_window

        return open_window(project)

    def open_sample(self, folder: Path, fresh: bool) -> int:
        """Shows the window, which makes the sample project in `folder` ready and opens it."""
        from fieldcheck.ui.app import open_window

        return open_window(sample=(folder, fresh))

    def check_all_screens(self) -> int:
        """Builds every screen where nobody sees it. Returns how many there are."""
        from fieldcheck.ui.app import check_all_screens

        return check_all_screens()


def has_display() -> bool:
    """Whether a window can be seen here. Off Linux there is always a display."""
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    else:
        return True


if __name__ == "__main__":
    sys.exit(main())
