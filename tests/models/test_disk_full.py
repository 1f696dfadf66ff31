"""A disk that fills up: a recording stops cleanly and can be read, labels still fit, and an export
leaves nothing behind."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from fieldcheck.analyses.abstention_thresholds import export_thresholds
from fieldcheck.corruptions import export as export_module
from fieldcheck.corruptions.export import (
    export_ablation,
    export_augmented,
    export_poison,
    export_recipe,
    fit_recipe,
)
from fieldcheck.errors.files import DiskFull
from fieldcheck.evidence.project_check import check_project
from fieldcheck.files import RESERVE
from fieldcheck.footage.finish_recording import finish_recording
from fieldcheck.footage.import_footage import FootageInfo
from fieldcheck.footage.live_camera import LiveCamera
from fieldcheck.footage.recorder import DiskLimits, RecordingProgress
from fieldcheck.footage.recording_container import RecordingReader
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.quantise import make_quantised_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.report.assemble import build_report
from fieldcheck.report.export import export_labels, export_suspects
from fieldcheck.report.folder import write_folder
from tests import makers
from tests.footage.faulty import wait_for
from tests.programs import run_program

MB = 1_000_000
KB = 1 << 10
DISK_MB = 48


EXPORTS = {
    "imagefolder": lambda project, out: export_labels(project, "imagefolder", out, NullProgress()),
    "csv": lambda project, out: export_labels(project, "csv", out, NullProgress()),
    "suspects": lambda project, out: export_suspects(project, out, NullProgress()),
    "ablation": lambda project, out: export_ablation(project, out, 0, NullProgress()),
    "recipe": lambda project, out: export_recipe(project, out, 0, NullProgress()),
    "poison": lambda project, out: export_poison(project, out, None, 0, NullProgress()),
    "augmented": lambda project, out: export_augmented(
        project, out, _labelled(project)[:3], 0, NullProgress()
    ),
}
BOXED = ("coco", "voc", "yolo")


def _labelled(project) -> list[str]:
    return [one.frame_id for one in project.read(labels_table.list_labels)]


@pytest.fixture
def small_disk(tmp_path):
    """A disk of a few megabytes, taken away afterwards."""
    folder = tmp_path / "small"
    folder.mkdir()
    try:
        mounted = run_program(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", folder])
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


def recorded_until_it_stops(project, limits) -> tuple[str, RecordingProgress]:
    """Every frame of a camera that delivers pixels, until the disk puts an end to it."""
    live = LiveCamera("synthetic:640x360@60")
    live.start()
    wait_for(lambda: live.ring.get_latest() is not None)
    info = FootageInfo("left", "line 1", "", (), 4.0)
    name = live.start_recording(project, info, every_frame=True, limits=limits)
    wait_for(lambda: live.get_status().recording_id == "", seconds=120)
    live.stop()
    return name, live.get_status().recorded


def labelled(project) -> str:
    """The first frame that is picked, labelled."""
    frame_id = makers.draw(project, count=3).picks[0].pick.frame_id
    set_label(project, frame_id, LabelDecision("red"), annotator="tester", now=makers.NOW)
    return frame_id


def readable(folder: Path) -> int:
    with RecordingReader(folder) as reader:
        return sum(reader.read_raw(index).pixels is not None for index in range(len(reader)))


@pytest.mark.long
@pytest.mark.parametrize(("limits", "ended"), [
    (DiskLimits(60, 20, 12 * MB, 0.5, 4 * MB), "disk_low"),
    # as if another program had taken the rest all at once
    (DiskLimits(60, 20, -1, 0.0, 8 * MB), "disk_full"),
])  # fmt: skip
def test_a_disk_that_fills_up_ends_the_recording_and_leaves_room_for_labels(project, limits, ended):
    name, recorded = recorded_until_it_stops(project, limits)
    folder = project.path / "recordings" / name
    assert recorded.ended == ended
    assert not (folder / RESERVE).exists()
    assert readable(folder) == recorded.n_frames > 10
    done = finish_recording(project, name, NullProgress(), makers.NOW, recorded)
    assert done.recording.n_frames == recorded.n_frames
    frame_id = labelled(project)
    assert project.read(lambda db: labels_table.get_label(db, frame_id)).class_name == "red"
    project.close()
    assert check_project(project.path, False, NullProgress()).is_sound


def test_what_is_left_is_told_in_time_before_it_stops(project):
    live = LiveCamera("synthetic:640x360@60")
    live.start()
    wait_for(lambda: live.ring.get_latest() is not None)
    limits = DiskLimits(10_000, 5_000, 2 * MB, 0.0, MB)
    live.start_recording(project, FootageInfo(), every_frame=True, limits=limits)
    wait_for(
        lambda: (
            (live.get_status().recorded.room or live.estimate_disk_space(project)).level == "urgent"
        )
    )
    live.stop()
    assert live.get_status().recorded.ended == "asked"


def leave(disk: Path, room: int) -> None:
    """Fills the disk up to so many bytes."""
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    filler.write_bytes(bytes(free - room))


@pytest.fixture
def boxed(made_boxed, tmp_path):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        yield project


def refusals(write, disk: Path) -> int:
    """How often `write()` found no room while it grew by steps, so that it ends at the first byte,
    amid the pictures and at the last file. Nothing may be left of any try."""
    refused, room = 0, 0
    while True:
        leave(disk, room)
        try:
            write()
        except DiskFull:
            assert [one.name for one in disk.iterdir()] == ["filler"], room
            refused, room = refused + 1, 3 * room + 8 * KB
        else:
            return refused


@pytest.mark.parametrize("kind", BOXED)
def test_boxes_that_find_no_room_leave_nothing_and_may_be_tried_again(boxed, small_disk, kind):
    out = small_disk / "taken home"
    assert refusals(lambda: export_labels(boxed, kind, out, NullProgress()), small_disk) >= 1
    assert {one.name for one in small_disk.iterdir()} == {"filler", out.name}


@pytest.mark.long
def test_a_report_that_finds_no_room_leaves_nothing_and_may_be_tried_again(labelled, small_disk):
    report = build_report(labelled, "en", NullProgress(), makers.NOW)
    assert refusals(lambda: write_folder(report, small_disk), small_disk) >= 1
    assert len(list(small_disk.iterdir())) == 2


@pytest.mark.long
def test_a_lighter_copy_without_room_leaves_nothing_and_may_be_tried_again(labelled, small_disk):
    """Only its folder lies on the small disk: what a model, its copy and its calibration need
    elsewhere is another question."""
    folder = labelled.path / "exports"
    folder.mkdir()
    subprocess.run(["mount", "--bind", small_disk, folder], check=True)
    try:
        assert (
            refusals(
                lambda: make_quantised_model(labelled, "net", NullProgress(), makers.NOW),
                small_disk,
            )
            >= 1
        )
        assert {one.name for one in small_disk.iterdir()} == {"filler", "net.int8.onnx"}
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.long
def test_a_thresholds_card_without_room_leaves_nothing_and_may_be_retried(small_disk, tmp_path):
    out = small_disk / "taken home"
    with makers.shy_project(tmp_path) as shy:
        assert refusals(lambda: export_thresholds(shy, out, 0.5, 0.1), small_disk) >= 1
    assert {one.name for one in small_disk.iterdir()} == {"filler", out.name}


@pytest.mark.long
@pytest.mark.parametrize("kind", EXPORTS)
def test_an_export_without_room_may_be_tried_again(labelled, small_disk, kind, monkeypatch):
    """The recipe is fitted once, not at every try."""
    out = small_disk / "taken home"
    done = []
    once = cache(lambda: fit_recipe(labelled, 0, NullProgress()))
    monkeypatch.setattr(export_module, "fit_recipe", lambda *_asked: once())
    assert refusals(lambda: done.append(EXPORTS[kind](labelled, out)), small_disk) >= 1
    ordered = sorted(one.relative_to(out).as_posix() for one in out.rglob("*") if one.is_file())
    assert sorted(done[0].files) == ordered
    assert {one.name for one in small_disk.iterdir()} == {"filler", out.name}
