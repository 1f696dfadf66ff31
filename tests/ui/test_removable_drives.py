import threading
from pathlib import Path

import pytest

from fieldcheck.ui.widgets import file_dialogs
from fieldcheck.ui.widgets.file_dialogs import (
    Drive,
    DriveWatcher,
    is_removable,
    list_removable_drives,
)

STICK = Drive("KINGSTON", Path("/media/a/KINGSTON"), 14 * 10**9)


@pytest.mark.parametrize(("root", "platform", "can"), [
    ("/media/anna/KINGSTON", "linux", True),
    ("/run/media/anna/KINGSTON", "linux", True),
    ("/", "linux", False),
    ("/home", "linux", False),
    ("/Volumes/STICK", "darwin", True),
    ("/", "darwin", False),
])  # fmt: skip
def test_what_is_plugged_in_is_known_by_where_a_system_puts_it(root, platform, can):
    assert is_removable(root, platform) is can


def test_this_machines_drives_can_be_asked_for(qapp):
    assert all(one.free >= 0 for one in list_removable_drives())


def test_a_stick_that_is_plugged_in_is_told_of_once_and_so_is_its_going(qtbot, monkeypatch):
    monkeypatch.setattr(file_dialogs, "LOOK_EVERY_S", 0.01)
    there = [()]
    looking = DriveWatcher(lambda: there[0])
    told = []
    looking.drives_changed.connect(told.append)
    looking.start()
    qtbot.waitUntil(lambda: told == [()])
    there[0] = (STICK,)
    qtbot.waitUntil(lambda: told == [(), (STICK,)])
    there[0] = ()
    qtbot.waitUntil(lambda: told == [(), (STICK,), ()])
    looking.stop()


def test_after_stopping_no_thread_looks(qtbot):
    looking = DriveWatcher(lambda: ())
    looking.start()
    looking.start()
    assert [one.name for one in threading.enumerate()].count("drives") == 1
    looking.stop()
    assert "drives" not in [one.name for one in threading.enumerate()]


def test_a_look_that_hangs_holds_nobody_up(qtbot, monkeypatch):
    monkeypatch.setattr(file_dialogs, "WAIT_S", 0.01)
    hangs, goes_on = threading.Event(), threading.Event()

    def look():
        hangs.set()
        goes_on.wait(10)
        return ()

    looking = DriveWatcher(look)
    looking.start()
    assert hangs.wait(10)
    (thread,) = [one for one in threading.enumerate() if one.name == "drives"]
    looking.stop()
    assert thread.is_alive()
    goes_on.set()
    thread.join(10)
