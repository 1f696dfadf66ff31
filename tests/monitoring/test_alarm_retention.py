import os
import shutil
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from PIL import Image

from fieldcheck.domain.shift import CameraShift, HealthFinding, ShiftRetention, ShiftStatistics
from fieldcheck.errors.files import PathRefused
from fieldcheck.errors.labels import ShiftUnknown
from fieldcheck.imaging.codec import read_image
from fieldcheck.models.store import add_model, find_model
from fieldcheck.monitoring import alarm_retention
from fieldcheck.monitoring.alarm_retention import (
    MOST,
    drop_old_shifts,
    find_first_frame,
    get_retention,
    load_kept_frames,
    restore_from_copy,
    set_retention,
    store_alarm_frames,
    store_label_frames,
)
from fieldcheck.monitoring.live_source import MonitorRequest, import_footage_shift
from fieldcheck.monitoring.log_monitor import (
    AlarmKey,
    close_alarms,
    close_camera_alarm,
    compute_followed_shifts,
    load_model_shifts,
    reset_alarms,
    take_new_alarms,
)
from fieldcheck.monitoring.shifts import store_shifts
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables.project_state import read_project_status
from tests import makers
from tests.makers import SHIFTS_OVER as NOW
from tests.monitoring.test_log_monitor import log, taken


@pytest.mark.long
def test_an_alarm_is_told_once_also_where_the_newest_shift_is_only_being_diagnosed(empty, tmp_path):
    taken(empty, log(tmp_path / "a.csv", shifts=24, fallen_from=22))
    began = compute_followed_shifts(empty)[22].began
    assert compute_followed_shifts(empty)[-1].state == "diagnose"
    assert take_new_alarms(empty, None, NOW) == (AlarmKey(began),)
    assert take_new_alarms(empty, None, NOW) == ()
    reset_alarms(empty, [AlarmKey(began)], None)
    assert take_new_alarms(empty, None, NOW) == (AlarmKey(began),)


@pytest.mark.long
def test_the_project_counts_the_alarms_that_wait_for_somebody_to_look(empty, tmp_path):
    taken(empty, log(tmp_path / "a.csv", shifts=46, fallen_from=22))
    assert empty.read(read_project_status).n_alarms == 1
    close_alarms(empty, compute_followed_shifts(empty)[-1].began, "", None, NOW)
    assert empty.read(read_project_status).n_alarms == 0
    assert take_new_alarms(empty, None, NOW) == ()


@pytest.mark.long
def test_an_alarm_that_was_forgotten_waits_no_longer(empty, tmp_path):
    taken(empty, log(tmp_path / "a.csv", shifts=46, fallen_from=22))
    drop_old_shifts(empty, None, NOW, days=7)
    assert empty.read(read_project_status).n_alarms == 0


def test_each_camera_is_looked_at_by_itself(empty):
    began = "2026-11-02T06:00:00+01:00"
    cameras = tuple(
        CameraShift(name, 9, {}, 0.0, "", "", (HealthFinding(name, "frozen", "failed", 9.0),))
        for name in ("left", "right")
    )
    store_shifts(
        empty,
        find_model(empty),
        [ShiftStatistics(began, 5, {"red": 5}, {"red": 0.9}, {}, cameras=cameras)],
        "",
        NOW,
    )
    actual = take_new_alarms(empty, None, NOW)
    assert actual == (AlarmKey(began, "left", "frozen"), AlarmKey(began, "right", "frozen"))
    with pytest.raises(ShiftUnknown):
        close_camera_alarm(empty, began, "middle", "", None, NOW)
    for name, waiting in (("left", 1), ("right", 0)):
        close_camera_alarm(empty, began, name, "cable", None, NOW)
        assert empty.read(read_project_status).n_alarms == waiting


def test_shifts_older_than_asked_are_dropped_later_too_save_those_with_kept_frames(empty, tmp_path):
    assert get_retention(empty) == ShiftRetention(0, 200)
    taken(empty, log(tmp_path / "a.csv", shifts=27, per_shift=10))
    begun = [one.began for one in compute_followed_shifts(empty)]
    assert drop_old_shifts(empty, None, NOW).n == 0
    store_alarm_frames(empty, begun[1], None, NullProgress(), NOW)
    found = set_retention(empty, ShiftRetention(1, 200), None, begun[-1])
    assert (found.n, found.spared, found.first, found.last) == (4, 1, begun[0], begun[4])
    assert [one.began for one in compute_followed_shifts(empty)] == [begun[1], *begun[5:]]
    taken(empty, log(tmp_path / "b.csv", shifts=30, per_shift=10, skip=range(27)))
    assert drop_old_shifts(empty, None, compute_followed_shifts(empty)[-1].began).n == 3
    assert get_retention(empty).weeks == 1


def test_the_oldest_shifts_go_where_room_is_short(empty, tmp_path, monkeypatch):
    monkeypatch.setattr(alarm_retention, "MB", 1000)
    taken(empty, log(tmp_path / "a.csv", shifts=9, per_shift=10))
    last = compute_followed_shifts(empty)[-1].began
    found = set_retention(empty, ShiftRetention(0, 12), None, NOW)
    left = [one.began for one in compute_followed_shifts(empty)]
    assert 0 < found.n < 9
    assert left == sorted(left, key=datetime.fromisoformat)
    assert left[-1] == last
    assert set_retention(empty, ShiftRetention(0, 1), None, NOW).n == len(left) - 1


def test_a_shift_of_the_future_ages_none_of_the_others(empty, tmp_path):
    """As an earlier version let one in."""
    taken(empty, log(tmp_path / "a.csv", shifts=27, per_shift=10))
    last = compute_followed_shifts(empty)[-1].began
    late = replace(load_model_shifts(empty)[last], began="2099-01-01T06:00:00+00:00")
    store_shifts(empty, find_model(empty), [late], "", NOW)
    assert set_retention(empty, ShiftRetention(2, 200), None, last).n == 0
    assert drop_old_shifts(empty, None, last, days=14).n == 0
    assert len(compute_followed_shifts(empty)) == 27, "and stands as the newest of none"


@pytest.mark.long
def test_what_is_dropped_is_copied_before_and_can_be_restored(empty, tmp_path):
    taken(empty, log(tmp_path / "a.csv", shifts=36))
    before, last = load_model_shifts(empty), compute_followed_shifts(empty)[-1].began
    found = drop_old_shifts(empty, None, last, days=7)
    (copy,) = found.copies
    assert found.n == 36 - 22
    assert (len(compute_followed_shifts(empty)), (empty.path / copy).is_file()) == (22, True)
    set_retention(empty, ShiftRetention(1, 1), None, NOW)
    assert len(compute_followed_shifts(empty)) < 22
    assert restore_from_copy(empty, empty.path / copy, None, NOW) == 36 - 22
    assert restore_from_copy(empty, empty.path / copy, None, NOW) == 0
    assert drop_old_shifts(empty, None, NOW).n == 0, "all shifts are kept from now on"
    assert {began: before[began] for began in load_model_shifts(empty)} == load_model_shifts(empty)


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


def test_frames_kept_again_replace_those_that_were_kept_and_touch_no_other_file(empty, tmp_path):
    names = [f"{number}.png" for number in range(4)]
    for name in names:
        makers.save_picture(tmp_path / name, "red")
    named(empty, tmp_path, *names)
    folder = empty.path / kept(empty).folder
    (folder / "notes.txt").write_text("mine")
    for name in names[1:]:
        (tmp_path / name).unlink()
    assert kept(empty).n == 1
    assert sorted(path.name for path in folder.iterdir()) == ["01.png", "notes.txt"]
    (tmp_path / names[0]).unlink()
    assert (kept(empty).n, kept(empty).folder) == (0, "")
    assert [path.name for path in folder.glob("*.png")] == ["01.png"], "the only copy there is"
    (found,) = load_kept_frames(empty).values()
    assert (found.n, empty.path / found.folder) == (1, folder)


def test_frames_of_another_model_lie_in_a_folder_of_their_own(empty, tmp_path):
    makers.save_picture(tmp_path / "1.png", "red")
    named(empty, tmp_path, "1.png")
    first = kept(empty)
    add_model(empty, makers.colour_model(tmp_path / "other.onnx", order=(2, 1, 0)), None, NOW)
    named(empty, tmp_path, "1.png")
    second = kept(empty)
    assert first.began == second.began
    assert first.folder != second.folder


def test_the_hour_that_comes_twice_has_two_folders(empty, tmp_path):
    makers.save_picture(tmp_path / "1.png", "red")
    rows = [f"2026-10-25T02:00:00+0{ahead}:00,red,0.9,1.png" for ahead in (2, 1)]
    (tmp_path / "a.csv").write_text("\n".join(["time,prediction,confidence,picture", *rows]))
    taken(empty, tmp_path / "a.csv", hours=1)
    folders = {
        store_alarm_frames(empty, began, None, NullProgress(), NOW).folder
        for began in load_model_shifts(empty)
    }
    assert len(folders) == 2


def test_frames_that_an_earlier_version_kept_are_found_and_make_room_for_new_ones(empty, tmp_path):
    """Its folders were named by the start alone."""
    makers.save_picture(tmp_path / "1.png", "red")
    named(empty, tmp_path, "1.png")
    found = kept(empty)
    old = "alarms/2026-11-02-0600"
    (empty.path / found.folder).rename(empty.path / old)
    empty.write(
        lambda db: db.execute(
            "UPDATE model_fact SET found = json_set(found, '$.folder', ?) WHERE kind = ?",
            [old, alarm_retention.KEPT],
        )
    ).result()
    assert find_first_frame(empty, found.began, (), None, NullProgress()) is not None
    assert kept(empty).folder == found.folder
    assert not (empty.path / old).exists()


@pytest.mark.long
def test_random_frames_of_a_shift_are_written_to_be_labelled(empty, tmp_path):
    folder = makers.picture_folder(tmp_path / "p", makers.cycle(30))
    import_footage_shift(empty, folder, MonitorRequest(began=BEGAN), NullProgress(), NOW)
    began = compute_followed_shifts(empty)[0].began
    drawn = store_label_frames(empty, began, None, NullProgress())
    assert (drawn.n, drawn.missing, drawn.folder[:7]) == (20, 0, "shifts/")
    written = {path.read_bytes() for path in (empty.path / drawn.folder).iterdir()}
    for path in sorted(folder.iterdir())[::2]:
        path.unlink()
    fewer = store_label_frames(empty, began, None, NullProgress())
    assert (fewer.n, fewer.missing) == (15, 15)
    assert len(list((empty.path / fewer.folder).iterdir())) == 15
    assert written
    shutil.rmtree(folder)
    assert store_label_frames(empty, began, None, NullProgress()).folder == ""
    assert load_kept_frames(empty) == {}
    with pytest.raises(ShiftUnknown):
        store_label_frames(empty, "never", None, NullProgress())


@pytest.mark.long
def test_video_frames_are_decoded_and_missing_ones_of_a_log_are_told(empty, material, tmp_path):
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


@pytest.mark.long
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
        empty, folder, "/proc/self/environ", tmp_path / "id_rsa", "../private.png",
        tmp_path / "private.png", "notes.png", "/dev/zero", "out.png", "up/private.png", "pipe.png",
        "p", f"file://{tmp_path}/private.png", "p/1.png", folder / "p" / "1.png",
    )  # fmt: skip
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
    path = makers.picture_folder(tmp_path / "p", makers.cycle(3))
    import_footage_shift(empty, path, MonitorRequest(began=BEGAN), NullProgress(), NOW)
    monkeypatch.setattr("fieldcheck.monitoring.alarm_retention.LARGEST", 10)
    assert (kept(empty).n, kept(empty).missing) == (0, 3)
