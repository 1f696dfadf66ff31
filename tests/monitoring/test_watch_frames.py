from datetime import datetime, timedelta

import numpy as np
import pytest

from fieldcheck.errors.files import NoPictures, PathMissing
from fieldcheck.footage.live_camera import LiveCamera
from fieldcheck.imaging.codec import encode_png
from fieldcheck.monitoring.live_source import (
    MonitorRequest,
    import_footage_shift,
    import_path_shifts,
    monitor_live_camera,
)
from fieldcheck.monitoring.log_monitor import compute_followed_shifts, load_model_shifts
from fieldcheck.progress import Cancelled, CancelToken, NullProgress
from tests import makers
from tests.makers import SHIFTS_OVER as NOW
from tests.models.test_run import Told

BEGAN = datetime.fromisoformat("2026-11-02T07:00:00").astimezone()


def taken(project, path, **told):
    return import_footage_shift(
        project, path, MonitorRequest(**{"began": BEGAN, **told}), NullProgress(), NOW
    )


def test_a_clip_is_a_part_of_its_shift_with_a_hundred_sampled_frames(empty, material):
    found = taken(empty, material / "belt.avi")
    ((began, shift),) = load_model_shifts(empty).items()
    assert found.shifts == (began,)
    assert datetime.fromisoformat(began) == BEGAN.replace(hour=6)
    assert 0 < shift.n <= 100
    assert set(shift.counts) <= {"red", "green", "blue"}
    assert shift.entropy is not None
    assert shift.centre
    assert shift.cameras[0].camera == "belt.avi"
    assert all("belt.avi#t=" in one.picture for one in shift.sampled)
    assert taken(empty, material / "belt.avi").shifts == (began,)
    assert len(load_model_shifts(empty)[began].cameras) == 1


def test_two_cameras_of_a_shift_are_joined_and_a_folder_is_footage_too(empty, material, tmp_path):
    taken(empty, material / "belt.avi", camera="left")
    taken(empty, makers.picture_folder(tmp_path / "p", makers.cycle(12)), camera="right")
    (shift,) = load_model_shifts(empty).values()
    assert [one.camera for one in shift.cameras] == ["left", "right"]
    assert any(
        (one.picture, one.folder) == ("0003.png", f"{tmp_path / 'p'}/") for one in shift.sampled
    )


def test_a_camera_that_froze_is_the_cause_whatever_the_model_says(empty, tmp_path):
    folder = tmp_path / "stuck"
    folder.mkdir()
    same = encode_png(np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8))
    for at in range(12):  # half a second apart
        (folder / f"{at:02d}.png").write_bytes(same)
    taken(empty, folder)
    (found,) = compute_followed_shifts(empty)
    assert (found.state, found.cause, found.advice) == ("alarm", "camera", "check_camera")
    assert [one.check for one in found.health] == ["frozen"]


def test_what_is_not_there_or_holds_no_picture_is_refused(empty, tmp_path):
    with pytest.raises(PathMissing):
        taken(empty, tmp_path / "gone.avi")
    (tmp_path / "none").mkdir()
    with pytest.raises(NoPictures):
        taken(empty, tmp_path / "none")
    (tmp_path / "none" / "a.png").write_bytes(b"no picture")
    told = Told()
    with pytest.raises(NoPictures):
        import_path_shifts(empty, tmp_path / "none", MonitorRequest(began=BEGAN), told, NOW)
    assert told.names == ["none/a.png"]


def test_a_stop_keeps_nothing_of_a_clip(empty, material):
    flag = CancelToken()
    flag.cancel()
    with pytest.raises(Cancelled):
        import_footage_shift(
            empty, material / "belt.avi", MonitorRequest(began=BEGAN), NullProgress(flag), NOW
        )
    assert compute_followed_shifts(empty) == ()


def test_a_live_camera_is_watched_and_its_shift_kept_when_it_is_over(empty):
    told = []
    live = LiveCamera("synthetic:160x120@60")
    found = monitor_live_camera(
        empty, live, MonitorRequest(seconds=2.5), NullProgress(), lambda: NOW, told.append
    )
    (began,) = load_model_shifts(empty)
    assert found.shifts == (began,) == tuple(told)
    assert found.n >= 10
    assert load_model_shifts(empty)[began].cameras[0].n >= 20
    assert (
        datetime.fromisoformat(began)
        <= datetime.now().astimezone()
        <= datetime.fromisoformat(began) + timedelta(hours=8)
    )


def test_a_camera_that_gives_nothing_is_a_shift_without_frames(empty, tmp_path):
    class Silence:
        name = "nothing"

        def open(self): ...

        def read(self, wait_s): ...

        def close(self): ...

    live = LiveCamera("synthetic", make=Silence)
    monitor_live_camera(
        empty, live, MonitorRequest(seconds=0.5), NullProgress(), lambda: NOW, lambda began: None
    )
    (found,) = compute_followed_shifts(empty)
    assert (found.n, found.cause, found.advice) == (0, "no_frames", "check_camera")


def test_a_frozen_live_camera_is_told_while_it_is_watched_and_ends_the_watch_if_asked(
    empty, tmp_path
):
    path = tmp_path / "still.png"
    path.write_bytes(encode_png(np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)))

    def alarmed(began):
        assert compute_followed_shifts(empty)[-1].health[0].check == "frozen"
        raise Cancelled

    begun = datetime.now().astimezone()
    monitor_live_camera(
        empty,
        LiveCamera(str(path)),
        MonitorRequest(seconds=600),
        NullProgress(),
        lambda: NOW,
        alarmed,
    )
    assert datetime.now().astimezone() - begun < timedelta(seconds=300)
