"""A disk that fills up while a camera is recorded: it stops cleanly, what was stored can be read, and labels still fit."""

import subprocess
from pathlib import Path

import pytest

from fieldcheck.capture.container import RecordingReader
from fieldcheck.capture.disk_space import RESERVE, DiskLimits
from fieldcheck.capture.recorder import Recorded
from fieldcheck.progress import Silent
from fieldcheck.project.check import check
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.workflows.capture.finish_recording import finish_recording
from fieldcheck.workflows.capture.record import LiveCamera
from fieldcheck.workflows.footage.import_footage import FootageInfo
from fieldcheck.workflows.label.label_frames import LabelDecision, set_label
from tests import makers
from tests.capture.faulty import wait_for

MB = 1_000_000
DISK_MB = 48


@pytest.fixture
def small_disk(tmp_path):
    """A disk of a few megabytes, taken away afterwards."""
    folder = tmp_path / "small"
    folder.mkdir()
    try:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", folder], capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("not run: nothing here mounts a disk")
    if mounted.returncode != 0:
        pytest.skip(f"not run: a small disk cannot be mounted here ({mounted.stderr.strip()})")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture
def project(small_disk):
    with makers.empty_project(small_disk / "p.fieldcheck", classes=("red", "green")) as project:
        yield project


def recorded_until_it_stops(project, limits) -> tuple[str, Recorded]:
    """Every frame of a camera that delivers pixels, until the disk puts an end to it."""
    live = LiveCamera("synthetic:640x360@60")
    live.start()
    wait_for(lambda: live.ring.latest() is not None)
    name = live.record(project, FootageInfo("left", "line 1", "", (), 4.0), every_frame=True, limits=limits)
    wait_for(lambda: live.now().recording_id == "", seconds=120)
    live.stop()
    return name, live.now().recorded


def labelled(project) -> str:
    """The first frame that is picked, labelled."""
    frame_id = makers.draw(project, count=3).picks[0].pick.frame_id
    set_label(project, frame_id, LabelDecision("red"), by="tester", now=makers.NOW)
    return frame_id


def readable(folder: Path) -> int:
    with RecordingReader(folder) as reader:
        return sum(reader.raw(index).pixels is not None for index in range(len(reader)))


@pytest.mark.parametrize(
    ("limits", "ended"),
    [
        (DiskLimits(60, 20, 12 * MB, 0.5, 4 * MB), "disk_low"),
        (DiskLimits(60, 20, -1, 0.0, 8 * MB), "disk_full"),  # as if another program had taken the rest all at once
    ],
)
def test_a_disk_that_fills_up_ends_the_recording_and_leaves_room_for_labels(project, limits, ended):
    name, recorded = recorded_until_it_stops(project, limits)
    folder = project.path / "recordings" / name
    assert recorded.ended == ended
    assert not (folder / RESERVE).exists()
    assert readable(folder) == recorded.n_frames > 10
    done = finish_recording(project, name, Silent(), makers.NOW, recorded)
    assert done.recording.n_frames == recorded.n_frames
    frame_id = labelled(project)
    assert project.read(lambda db: labels_table.get(db, frame_id)).class_name == "red"
    project.close()
    assert check(project.path, False, Silent()).ok


def test_what_is_left_is_told_in_time_before_it_stops(project):
    live = LiveCamera("synthetic:640x360@60")
    live.start()
    wait_for(lambda: live.ring.latest() is not None)
    live.record(project, FootageInfo(), every_frame=True, limits=DiskLimits(10_000, 5_000, 2 * MB, 0.0, MB))
    wait_for(lambda: (live.now().recorded.room or live.room(project)).level == "urgent")
    live.stop()
    assert live.now().recorded.ended == "asked"
