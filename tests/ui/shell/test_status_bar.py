import shutil
import threading
from collections import namedtuple
from itertools import pairwise

import pytest

from fieldcheck.errors.files import DiskFull
from fieldcheck.project.folder import open_project
from fieldcheck.ui.screen import ScreenHeading
from tests.ui.states import rest

Usage = namedtuple("Usage", "total used free")


def test_without_a_project_there_is_nothing_to_save(window):
    window.status.refresh()
    assert window.status.saved.text() == "✓ Nothing to save"
    assert "free" in window.status.disk.text()


def test_a_running_job_is_counted(window, qtbot):
    go_on = threading.Event()

    def work(progress):
        progress.report(420, 900, "frames")
        go_on.wait(20)

    window.runner.run_job(None, "Importing", work)
    qtbot.waitUntil(lambda: window.runner.jobs[0].done == 420)
    window.status.refresh()
    assert window.status.jobs.text().startswith("Importing · 420 of 900")
    go_on.set()
    qtbot.waitUntil(lambda: not window.runner.busy)
    assert window.status.jobs.text() == "No jobs running"


@pytest.mark.long
def test_a_project_open_elsewhere_is_called_read_only(window, open_in_window, made):
    with open_project(made["empty"]):
        open_in_window(made["empty"])
        window.status.refresh()
        assert window.status.saved.text() == "Read-only"


@pytest.mark.long
def test_what_a_full_disk_did_not_take_is_not_called_saved(window, open_in_window, made, settle):
    open_in_window(made["drawn"])

    def full(project):
        raise DiskFull(project.path)

    window.current.run_edit(None, full).on_failure(window.messages.show_error)
    settle()
    window.status.refresh()
    assert window.status.saved.text() == "⬣ Not saved: disk full"
    window.current.run_edit(None, lambda project: None).on_failure(window.messages.show_error)
    settle()
    window.status.refresh()
    assert window.status.saved.accessibleName().startswith("✓ All changes saved")


@pytest.mark.long
def test_what_a_pulled_stick_lost_is_not_saved(window, open_in_window, made, settle, tmp_path):
    open_in_window(made["drawn"])
    path = window.current.project.path
    path.rename(tmp_path / "elsewhere")
    storing = window.current.run_edit(
        None, lambda project: project.read(lambda db: 1) and (project.path / "lock").read_bytes()
    )
    storing.on_failure(window.messages.show_error)
    settle()
    window.status.refresh()
    (tmp_path / "elsewhere").rename(path)
    assert window.status.saved.text() == "⬣ Not saved: disk not reachable"
    expected = "is no longer accessible (disk removed or folder moved)"
    assert expected in window.messages.banners[-1].text


@pytest.mark.long
def test_that_all_is_saved_is_one_word_and_since_when_is_at_hand(
    window, open_in_window, made, settle
):
    open_in_window(made["drawn"])
    settle()
    window.status.refresh()
    whole = window.status.saved.accessibleName()
    assert whole.startswith("✓ All changes saved")
    assert (window.status.saved.text(), window.status.saved.toolTip()) == ("✓ Saved", whole)


def test_room_on_the_disk_is_shown_where_there_is_little(window, monkeypatch):
    for free, shown in ((6 * 10**9, False), (4 * 10**9, True)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _path, free=free: Usage(0, 0, free))
        window.status.refresh()
        assert window.status.disk.isVisible() == shown


@pytest.mark.long
@pytest.mark.parametrize("name", ["HD Pro Webcam C920", "Camera over the second belt " * 3])
def test_while_it_records_parts_are_cut_to_their_first_words_and_none_lies_over_another(
    window, still, monkeypatch, settle, name
):
    window.preferences.update(language="de", size=175, gloves=True)
    window.resize(1092, 552)
    whole = f"{name} · 30 fps · 0 dropped"
    for function, answer in (
        ("format_camera", whole),
        ("format_recording_time", "Aufnahme 10:00"),
        ("get_recording_time_left_s", 600),
    ):
        monkeypatch.setattr(type(window.cameras), function, lambda _cameras, answer=answer: answer)
    status = window.status
    status.refresh()
    rest(window, settle)
    parts = (status.saved, status.camera, status.recording, status.disk)
    assert all(part.isVisible() and part.width() >= part.sizeHint().width() for part in parts)
    for left, right in pairwise(parts):
        assert left.geometry().right() < right.geometry().left()
    assert status.disk.geometry().right() < status.width()
    assert status.camera.text() != whole == status.camera.accessibleName()
    assert name in status.camera.toolTip()


def test_a_screen_says_a_few_words_at_the_right_end(window):
    window.show_head(ScreenHeading("Label", keys="Z magnify"))
    assert (window.status.keys.text(), window.status.keys.isVisible()) == ("Z magnify", True)
    window.show_head(ScreenHeading("Pick"))
    assert not window.status.keys.isVisible()


def test_every_part_can_be_reached_and_is_named(window):
    for part in (window.status.saved, window.status.jobs, window.status.disk):
        assert part.accessibleName()
        part.click()
        assert window.overlays.kind in ("messages", "jobs")
        window.overlays.close_open()
