"""The window as a screen reader has it: over AT-SPI, the accessibility bus of Linux desktops, read
by a process of its own through libatspi."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from fieldcheck.settings import Settings, save_settings
from fieldcheck.ui.screens import SCREENS
from tests.programs import run_program
from tests.ui.states import copy_of

READER = Path(__file__).with_name("screen_reader.py")
SYSTEM_PYTHON = "/usr/bin/python3"
ROLES = {
    *("button", "push button", "check box", "radio button", "combo box", "spin button", "slider"),
    *("list", "list item", "table", "table cell", "label", "text", "password text"),
    "filler",  # of Qt for a widget of its own: a screen, a picture with its description
}


def has_reader():
    """Whether the accessibility bus and its library are there, as `packaging/test.sh` installs
    them."""
    asked = "import gi; gi.require_version('Atspi', '2.0')"
    return (
        bool(shutil.which("dbus-run-session"))
        and os.environ.get("QT_QPA_PLATFORM") == "xcb"
        and run_program([SYSTEM_PYTHON, "-c", asked]).returncode == 0
    )


@pytest.mark.full("screen_reader")
def test_a_screen_reader_has_names_and_roles_of_every_screen_and_hears_what_appears(
    qapp, every_made, tmp_path, counts, evidence
):
    """In an ordinary run of every fourth screen."""
    if not has_reader():
        pytest.skip("needs dbus-run-session and libatspi")
    every = list(SCREENS)
    chosen = every[:: len(every) // counts(ci=4, full=len(every))]
    project = copy_of("drawn", every_made, tmp_path)
    home = tmp_path / "home"
    save_settings(home / "settings", Settings(language="en"))
    given = {
        **os.environ, "FIELDCHECK_HOME": str(home), "LC_ALL": "C.UTF-8",
        "SCREENS": json.dumps(chosen), "PRESSED": json.dumps(["Undo"]),
    }  # fmt: skip
    ran = run_program(
        [
            "dbus-run-session", "--", SYSTEM_PYTHON, READER, sys.executable,
            "-m", "tests.ui.shown_window", project,
        ],
        env=given, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    read = json.loads(ran.stdout.splitlines()[-1])
    screens = read["screens"]
    assert set(screens) == set(chosen)
    controls = [(screen, *control) for screen, held in screens.items() for control in held]
    assert [control for control in controls if not control[2]] == []
    assert {role for _, role, _, _ in controls} <= ROLES
    assert len({tuple(name for _, name, _ in held) for held in screens.values()}) == len(chosen)
    evidence(screens=len(chosen), controls=len(controls))
    assert read["announced"] == ["Undone: frame selection, 20 frames"]
