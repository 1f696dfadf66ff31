import shutil
from datetime import datetime

import pytest

from fieldcheck.errors import ShiftUnknown
from fieldcheck.progress import Silent
from fieldcheck.workflows.days.keep_frames import MOST, frames_kept, keep_frames
from fieldcheck.workflows.days.monitor import followed
from fieldcheck.workflows.days.watch_frames import WatchRequest, take_in_footage
from tests import makers
from tests.makers import NOW
from tests.workflows.days.test_monitor import log, taken

BEGAN = datetime.fromisoformat("2026-11-02T07:00:00").astimezone()


def kept(project):
    return keep_frames(project, followed(project)[-1].began, None, Silent(), NOW)


def test_pictures_of_a_shift_are_copied_and_outlive_their_source(empty, tmp_path):
    folder = makers.picture_folder(tmp_path / "p", makers.cycle(30))
    first = (folder / "0000.png").read_bytes()
    take_in_footage(empty, folder, WatchRequest(began=BEGAN), Silent(), NOW)
    found = kept(empty)
    shutil.rmtree(folder)
    copies = sorted((empty.path / found.folder).iterdir())
    assert (found.n, found.missing, len(copies)) == (MOST, 0, MOST)
    assert {one.suffix for one in copies} == {".png"}
    assert len(first) > 0
    assert frames_kept(empty) == {found.began: found}


def test_frames_of_a_video_are_decoded_and_those_of_a_log_that_are_not_here_are_told(empty, material, tmp_path):
    video = tmp_path / "belt.avi"
    shutil.copy(material / "belt.avi", video)
    take_in_footage(empty, video, WatchRequest(began=BEGAN), Silent(), NOW)
    found = kept(empty)
    assert (found.n, found.missing) == (MOST, 0)
    taken(empty, log(tmp_path / "a.csv", shifts=12, per_shift=5))
    found = kept(empty)
    assert (found.n, found.missing, found.folder) == (0, 5, "")
    with pytest.raises(ShiftUnknown):
        keep_frames(empty, "never", None, Silent(), NOW)


def test_frames_whose_source_is_gone_or_another_one_are_missing(empty, tmp_path):
    video = makers.video(tmp_path / "belt.avi", makers.cycle(4))
    take_in_footage(empty, video, WatchRequest(began=BEGAN), Silent(), NOW)
    there = video.read_bytes()
    for now in (b"no video", there[: len(there) // 2], None):
        video.write_bytes(now) if now else video.unlink()
        found = kept(empty)
        assert found.n + found.missing == 4
        assert found.missing > 0


def test_a_picture_that_is_too_large_is_not_copied(empty, tmp_path, monkeypatch):
    take_in_footage(empty, makers.picture_folder(tmp_path / "p", makers.cycle(3)), WatchRequest(began=BEGAN), Silent(), NOW)
    monkeypatch.setattr("fieldcheck.workflows.days.keep_frames.LARGEST", 10)
    assert (kept(empty).n, kept(empty).missing) == (0, 3)
