import os
import shutil
from datetime import datetime

import numpy as np
import pytest
from PIL import Image

from fieldcheck.errors.files import PathRefused
from fieldcheck.errors.labels import ShiftUnknown
from fieldcheck.imaging.codec import read_image
from fieldcheck.monitoring.alarm_retention import (
    MOST,
    find_first_frame,
    load_kept_frames,
    store_alarm_frames,
)
from fieldcheck.monitoring.live_source import MonitorRequest, import_footage_shift
from fieldcheck.monitoring.log_monitor import compute_followed_shifts, load_model_shifts
from fieldcheck.progress import NullProgress
from tests import makers
from tests.makers import SHIFTS_OVER as NOW
from tests.monitoring.test_monitor_days import log, taken

BEGAN = datetime.fromisoformat("2026-11-02T07:00:00").astimezone()


def kept(project):
    return store_alarm_frames(
        project, compute_followed_shifts(project)[-1].began, None, NullProgress(), NOW
    )


def test_pictures_of_a_shift_are_copied_and_outlive_their_source(empty, tmp_path):
    folder = makers.picture_folder(tmp_path / "p", makers.cycle(30))
    first = (folder / "0000.png").read_bytes()
    import_footage_shift(empty, folder, MonitorRequest(began=BEGAN), NullProgress(), NOW)
    found = kept(empty)
    shutil.rmtree(folder)
    copies = sorted((empty.path / found.folder).iterdir())
    assert (found.n, found.missing, len(copies)) == (MOST, 0, MOST)
    assert {one.suffix for one in copies} == {".png"}
    assert len(first) > 0
    assert load_kept_frames(empty) == {found.began: found}


def test_frames_of_a_video_are_decoded_and_those_of_a_log_that_are_not_here_are_told(
    empty, material, tmp_path
):
    video = tmp_path / "belt.avi"
    shutil.copy(material / "belt.avi", video)
    import_footage_shift(empty, video, MonitorRequest(began=BEGAN), NullProgress(), NOW)
    found = kept(empty)
    assert (found.n, found.missing) == (MOST, 0)
    taken(empty, log(tmp_path / "a.csv", shifts=12, per_shift=5))
    found = kept(empty)
    assert (found.n, found.missing, found.folder) == (0, 5, "")
    with pytest.raises(ShiftUnknown):
        store_alarm_frames(empty, "never", None, NullProgress(), NOW)


def test_frames_whose_source_is_gone_or_another_one_are_missing(empty, tmp_path):
    video = makers.video(tmp_path / "belt.avi", makers.cycle(4))
    import_footage_shift(empty, video, MonitorRequest(began=BEGAN), NullProgress(), NOW)
    there = video.read_bytes()
    for now in (b"no video", there[: len(there) // 2], None):
        video.write_bytes(now) if now else video.unlink()
        found = kept(empty)
        assert found.n + found.missing == 4
        assert found.missing > 0


def named(project, folder, *pictures):
    """A log in `folder` whose results name these pictures, imported."""
    rows = [f"{BEGAN.isoformat()},red,0.{at + 10},{one}" for at, one in enumerate(pictures)]
    (folder / "a.csv").write_text("\n".join(["time,prediction,confidence,picture", *rows]))
    return taken(project, folder / "a.csv")


def test_only_images_below_the_folder_of_the_log_are_kept(empty, tmp_path):
    folder = tmp_path / "log"
    folder.mkdir()
    (tmp_path / "id_rsa").write_text("-----BEGIN PRIVATE KEY-----")
    (folder / "notes.png").write_text("password")
    makers.save_picture(tmp_path / "private.png", "red")
    makers.save_picture(folder / "p" / "1.png", "green")
    (folder / "out.png").symlink_to(tmp_path / "private.png")
    (folder / "up").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.png")
    named(
        *(
            empty,
            folder,
            "/proc/self/environ",
            tmp_path / "id_rsa",
            "../private.png",
            tmp_path / "private.png",
            "notes.png",
            "/dev/zero",
        ),
        *(
            "out.png",
            "up/private.png",
            "pipe.png",
            "p",
            f"file://{tmp_path}/private.png",
            "p/1.png",
            folder / "p" / "1.png",
        ),
    )
    found = kept(empty)
    assert (found.n, found.missing) == (2, 11)
    assert sorted(one.name for one in (empty.path / found.folder).iterdir()) == ["12.png", "13.png"]


def test_a_kept_frame_has_the_pixels_and_none_of_the_notes_of_its_camera(empty, tmp_path):
    notes = Image.Exif()
    notes[0x010F], notes.get_ifd(0x8825)[1] = "MAKER OF SECRETS", "N"
    Image.fromarray(makers.picture("red")).save(
        tmp_path / "1.jpg", exif=notes, comment=b"where it stood"
    )
    named(empty, tmp_path, "1.jpg")
    (copy,) = (empty.path / kept(empty).folder).iterdir()
    assert np.array_equal(read_image(copy), read_image(tmp_path / "1.jpg"))
    assert not dict(Image.open(copy).getexif())
    assert b"SECRETS" not in copy.read_bytes()


def test_a_link_in_the_place_of_the_folder_for_kept_frames_is_refused(empty, tmp_path):
    makers.save_picture(tmp_path / "1.png", "red")
    (tmp_path / "out").mkdir()
    (empty.path / "alarms").symlink_to(tmp_path / "out")
    named(empty, tmp_path, "1.png")
    with pytest.raises(PathRefused):
        kept(empty)
    assert list((tmp_path / "out").iterdir()) == []


def test_the_first_frame_that_can_be_read_is_shown_else_one_that_was_kept(empty, tmp_path):
    makers.save_picture(tmp_path / "2.png", "red")
    named(empty, tmp_path, "1.png", "2.png")
    began = compute_followed_shifts(empty)[-1].began
    sampled = sorted(load_model_shifts(empty)[began].sampled, key=lambda one: one.confidence)
    result, rgb = find_first_frame(empty, began, sampled, None, NullProgress())
    assert result == sampled[1]
    assert np.array_equal(rgb, read_image(tmp_path / "2.png"))
    kept(empty)
    (tmp_path / "2.png").unlink()
    assert find_first_frame(empty, began, sampled, None, NullProgress())[0] is None
    shutil.rmtree(empty.path / "alarms")
    assert find_first_frame(empty, began, sampled, None, NullProgress()) is None


def test_a_picture_that_is_too_large_is_not_copied(empty, tmp_path, monkeypatch):
    import_footage_shift(
        empty,
        makers.picture_folder(tmp_path / "p", makers.cycle(3)),
        MonitorRequest(began=BEGAN),
        NullProgress(),
        NOW,
    )
    monkeypatch.setattr("fieldcheck.monitoring.alarm_retention.LARGEST", 10)
    assert (kept(empty).n, kept(empty).missing) == (0, 3)
