import numpy as np
import pytest

from fieldcheck.domain.recording import LightingChange
from fieldcheck.errors.files import CameraLost, CameraRefused, DiskFull, ReadOnlyPlace
from fieldcheck.footage import live_camera
from fieldcheck.footage.camera.camera import CapturedFrame, FrameRing
from fieldcheck.footage.camera.exposure_control import (
    CameraCapabilities,
    CameraSettings,
    ControlRange,
    compute_exposure_step,
)
from fieldcheck.footage.camera.reconnect import CameraStatus, WatchdogLimits
from fieldcheck.footage.finish_recording import finish_recording, recover_recordings
from fieldcheck.footage.import_footage import FootageInfo
from fieldcheck.footage.recorder import DiskLimits
from fieldcheck.imaging.quality import ON_WHITE
from fieldcheck.imaging.raw import RawImage
from fieldcheck.progress import Cancelled, CancelToken, NullProgress
from fieldcheck.project.tables import recordings as captures_table
from tests import makers
from tests.footage.faulty import Faults, wait_for
from tests.footage.servers import processes
from tests.footage.servers.mjpeg import MjpegServer, jpegs
from tests.footage.servers.processes import GigeCamera as FakeCamera

QUICK = WatchdogLimits(silence_s=1.0, frozen_s=0.6, retry_s=0.05, attempt_s=1.0)
SMALL = DiskLimits(reserve_bytes=100_000)
TOLD = FootageInfo("left", "line 1", "", ("dark",), 10.0)
FULL = DiskLimits(stop_bytes=2**62)


@pytest.fixture
def project(tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck") as project:
        yield project


@pytest.fixture
def live(faults):
    camera = live_camera.LiveCamera("left", limits=QUICK, make=faults.make)
    camera.start()
    wait_for(lambda: camera.ring.get_latest() is not None)
    yield camera
    faults.released.set()
    camera.stop()


def recorded(live):
    return live.get_status().recorded


def test_a_camera_is_looked_at_without_recording(live):
    wait_for(lambda: live.get_status().camera_status.state == "live")
    now = live.get_status()
    assert (now.name, now.recording_id, now.recorded) == ("left", "", None)
    assert live.add_mark() is None
    assert live.stop_recording() is None


def test_from_record_to_stop_everything_is_stored_and_becomes_footage(live, project):
    name = live.start_recording(project, TOLD, limits=SMALL)
    assert live.get_status().recording_id == name
    assert project.read(lambda db: captures_table.get_recording(db, name)).closed is False
    wait_for(lambda: recorded(live).n_frames > 30)
    done = live.stop_recording()
    assert live.get_status().recording_id == ""
    imported = finish_recording(project, name, NullProgress(), makers.NOW, done)
    assert imported.recording.n_frames == done.n_frames
    assert imported.recording.sha256
    assert (imported.recording.camera, imported.recording.location) == ("left", "line 1")
    assert len(imported.frames) > 2


def test_marks_and_light_are_stored_with_their_times_while_it_runs(live, project):
    name = live.start_recording(project, TOLD, limits=SMALL)
    wait_for(lambda: recorded(live).seconds > 0.2)
    marked, single = live.add_mark(), live.store_single_frame()
    live.set_conditions(("dark", "glare"))
    wait_for(lambda: recorded(live).seconds > 0.4)
    assert live.get_status().moments == (marked, single)
    assert live.get_status().conditions == ("dark", "glare")
    stored = project.read(lambda db: captures_table.list_moments(db, name))
    actual = {(one.at_s, one.kind) for one in stored}
    assert actual == {(marked.at_s, "moment"), (single.at_s, "single")}
    first, second = project.read(lambda db: captures_table.list_lights(db, name))
    assert first == LightingChange(0.0, ("dark",))
    assert second.conditions == ("dark", "glare")
    assert 0.2 < second.at_s < recorded(live).seconds + 5


def test_nobody_adopts_what_is_being_recorded_or_waits_for_its_list(live, project):
    live.start_recording(project, TOLD, limits=SMALL)
    wait_for(lambda: recorded(live).n_frames > 3)
    assert recover_recordings(project, NullProgress(), makers.NOW) == ()
    live.stop_recording()
    assert recover_recordings(project, NullProgress(), makers.NOW) == ()


def test_where_room_gets_short_pixels_go_on_with_frames_of_the_grid(live, faults, project):
    faults.mode = "grey"
    wait_for(lambda: live.ring.get_latest().raw.format == "mono8")
    whole = live.estimate_disk_space(project, every_frame=True)
    assert whole.bytes_per_s > live.estimate_disk_space(project).bytes_per_s > 0
    live.start_recording(project, TOLD, every_frame=True, limits=SMALL)
    wait_for(lambda: recorded(live).n_frames > 3)
    live.reduce_storing()
    wait_for(lambda: recorded(live).on_grid)
    assert live.stop_recording().ended == "asked"


def test_nothing_is_marked_and_no_room_foretold_before_the_first_frame(faults, project):
    faults.mode = "silence"
    camera = live_camera.LiveCamera("left", limits=QUICK, make=faults.make)
    camera.start()
    assert camera.estimate_disk_space(project).bytes_per_s == 0.0
    camera.start_recording(project, TOLD, limits=SMALL)
    assert (camera.add_mark(), camera.store_single_frame()) == (None, None)
    camera.stop()


def test_nothing_is_recorded_into_a_project_that_takes_no_row(live, project):
    project.close()
    with pytest.raises(ReadOnlyPlace):
        live.start_recording(project, TOLD, limits=SMALL)
    assert project.recording == set()


def test_two_cameras_are_recorded_at_once(project):
    many = [Faults(), Faults()]
    cameras = [live_camera.LiveCamera("c", limits=QUICK, make=one.make) for one in many]
    for camera in cameras:
        camera.start()
        wait_for(lambda camera=camera: camera.ring.get_latest() is not None)
    names = [camera.start_recording(project, TOLD, limits=SMALL) for camera in cameras]
    for camera in cameras:
        wait_for(lambda camera=camera: recorded(camera).n_frames > 10)
    done = [camera.stop_recording() for camera in cameras]
    for camera in cameras:
        camera.stop()
    assert len(set(names)) == 2
    for name, one in zip(names, done, strict=True):
        actual = finish_recording(project, name, NullProgress(), makers.NOW, one).recording.n_frames
        assert actual == one.n_frames


def test_a_second_record_while_one_runs_is_a_mistake(live, project):
    live.start_recording(project, TOLD, limits=SMALL)
    with pytest.raises(ValueError, match="is being recorded"):
        live.start_recording(project, TOLD, limits=SMALL)
    live.stop_recording()
    assert live.start_recording(project, TOLD, limits=SMALL)


def test_without_room_nothing_is_begun(live, project):
    assert live.estimate_disk_space(project, limits=FULL).level == "stop"
    with pytest.raises(DiskFull):
        live.start_recording(project, TOLD, limits=FULL)
    assert project.read(captures_table.list_recordings) == ()
    assert project.recording == set()


def test_before_a_recording_its_minutes_are_known_by_what_comes(live, project):
    wait_for(lambda: live.get_status().camera_status.fps > 0)
    left = live.estimate_disk_space(project)
    assert left.bytes_per_s > 0
    assert left.seconds > 0


def test_what_is_not_a_camera_is_refused_at_once():
    with pytest.raises(CameraRefused):
        live_camera.LiveCamera("/nowhere/at/all.mp4")


@pytest.mark.loopback
def test_a_password_goes_to_the_camera_and_nowhere_else(project):
    with MjpegServer(user="operator", password="s3cr3t-Pass") as server:
        live = live_camera.LiveCamera(server.secret_url(), limits=QUICK)
        live.start()
        wait_for(lambda: live.ring.get_latest() is not None)
        name = live.start_recording(project, TOLD, limits=SMALL)
        wait_for(lambda: recorded(live).n_frames > 5)
        done = live.stop_recording()
        live.stop()
        finish_recording(project, name, NullProgress(), makers.NOW, done)
        actual = project.read(lambda db: captures_table.get_recording(db, name)).source
        assert actual == server.url
    project.close()
    for path in project.path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert b"s3cr3t-Pass" not in data, path
            assert b"operator" not in data, path


@pytest.mark.loopback
def test_every_byte_that_a_network_camera_sent_is_stored(project):
    with MjpegServer() as server:
        live = live_camera.LiveCamera(server.url, limits=QUICK)
        live.start()
        wait_for(lambda: live.ring.get_latest() is not None)
        name = live.start_recording(project, TOLD, limits=SMALL)
        wait_for(lambda: recorded(live).n_frames > 20)
        live.stop()
        sent = b"".join(server.sent)
        stored = (project.path / "recordings" / name / "000.frames").read_bytes()
        assert len(stored) > 20_000
        assert stored in sent


WITHOUT_CONDITIONS = FootageInfo("left", "line 1", "", (), 10.0)


@pytest.fixture
def faults():
    made = Faults()
    yield made
    made.released.set()


def run(project, faults, seconds=1.0, progress=None, limits=SMALL, first_s=10.0):
    live = live_camera.LiveCamera("left", limits=QUICK, make=faults.make)
    return live_camera.capture_footage(
        project, live, WITHOUT_CONDITIONS, seconds, progress or NullProgress(), makers.NOW,
        limits=limits, first_s=first_s,
    )  # fmt: skip


class StopsWhen:
    """Progress stopped after so many seconds, and by a second Ctrl-C if `twice`."""

    def __init__(self, at):
        self.at, self.flag = at, CancelToken()

    def report(self, done, total, unit=""):
        if unit == "seconds" and done >= self.at:
            self.flag.cancel()

    def check(self):
        self.flag.check()


def test_so_many_seconds_are_recorded_and_listed(project, faults):
    done = run(project, faults)
    assert 0.5 < done.imported.recording.seconds < 60
    assert done.captured.ended == "asked"
    assert len(done.imported.frames) >= 5
    assert len(done.imported.clips) == 1
    assert (done.gaps, done.interrupted) == ((), False)
    assert project.recording == set()


def test_stopped_by_a_person_it_keeps_and_lists_what_it_has(project, faults):
    done = run(project, faults, seconds=3600, progress=StopsWhen(1))
    assert done.interrupted
    assert done.imported.recording.closed
    assert done.imported.recording.seconds >= 0.5
    assert len(done.imported.frames) > 3


def test_a_camera_that_shows_nothing_is_given_up_with_what_it_said(project, faults):
    faults.mode = "error"
    with pytest.raises(CameraLost):
        run(project, faults, first_s=0.5)
    faults.mode = "silence"
    with pytest.raises(CameraLost):
        run(project, faults, first_s=0.5)
    assert project.read(captures_table.list_recordings) == ()


def test_waiting_for_the_first_frame_is_told_in_seconds(project, faults):
    faults.mode = "silence"
    told = makers.Reports()

    with pytest.raises(CameraLost):
        run(project, faults, first_s=1.2, progress=told)
    assert {*told.seen} == {(0, 1, "seconds"), (1, 1, "seconds")}


def test_waiting_for_the_first_frame_can_be_stopped(project, faults):
    faults.mode = "silence"
    with pytest.raises(Cancelled):
        run(project, faults, progress=makers.stopped())


def test_without_room_it_does_not_begin(project, faults):
    with pytest.raises(DiskFull):
        run(project, faults, limits=DiskLimits(stop_bytes=2**62))


def frame(level, index=0, t_s=0.0, size=(48, 64)):
    return CapturedFrame(np.full((*size, 3), level, np.uint8), index, t_s, "camera")


@pytest.fixture
def picture():
    ring = FrameRing()
    live = live_camera.LiveImageFeed(ring)
    live.start()
    yield ring, live
    live.stop()
    live.stop()


def look(ring, live, shown):
    ring.push(shown)
    found = live.images.take_value(60.0)
    assert found is not None
    return found


def test_the_newest_frame_is_looked_at(picture):
    ring, live = picture
    assert look(ring, live, frame(100, 7)).index == 7
    found = look(ring, live, frame(20, 8, 1.0))
    assert found.quality.mean == 20
    assert (found.width, found.height) == (64, 48)
    assert (found.rgb == 20).all()


def test_it_is_as_large_as_there_is_room(picture):
    ring, live = picture
    live.set_display_size(32, 200)
    assert look(ring, live, frame(100)).rgb.shape == (24, 32, 3)


def test_clipped_areas_are_striped_until_that_is_switched_off(picture):
    ring, live = picture
    assert (look(ring, live, frame(255)).rgb == ON_WHITE).all(axis=2).any()
    live.set_clipping_marks(False)
    assert (look(ring, live, frame(255, 1)).rgb == 255).all()


def test_a_damaged_jpeg_shows_nothing_and_ends_nothing(picture):
    ring, live = picture
    good = jpegs(1)[0]
    at = good.index(b"\xff\xda")
    ring.push(CapturedFrame(RawImage("jpeg", good[: at - 60]), 0, 0.0, "camera"))
    assert live.images.take_value(0.3) is None
    assert look(ring, live, frame(90, 2)).index == 2


def test_while_nobody_looks_nothing_is_made(picture):
    ring, live = picture
    live.set_visible(False)
    ring.push(frame(90, 1))
    assert live.images.take_value(0.3) is None
    live.set_visible(True)
    assert look(ring, live, frame(90, 2)).index == 2


def test_the_light_is_measured_five_times_a_second_and_not_for_every_frame(picture):
    ring, live = picture
    assert look(ring, live, frame(100, 0, 0.0)).quality.mean == 100
    assert look(ring, live, frame(50, 1, 0.1)).quality.mean == 100
    assert look(ring, live, frame(50, 2, 0.25)).quality.mean == 50
    # the camera was opened anew, and its clock with it
    assert look(ring, live, frame(60, 0, 0.0)).quality.mean == 60


def test_nothing_is_made_larger():
    rgb = frame(1).rgb
    assert live_camera.resize_to_fit(rgb, 500, 500) is rgb
    assert live_camera.resize_to_fit(rgb, 0, 500) is rgb
    assert live_camera.resize_to_fit(rgb, 1, 1).shape == (1, 1, 3)


def test_without_a_start_there_is_nothing_to_stop():
    live = live_camera.LiveImageFeed(FrameRing())
    live.stop()
    assert live.images.take_value() is None


QUICK_VIEW = WatchdogLimits(silence_s=0.5, frozen_s=0.8, retry_s=0.2, attempt_s=5.0)
GUARD_S = 60.0


@pytest.fixture
def watched():
    """`watched(source)` starts a camera that is stopped at the end."""
    started = []

    def start(source, limits=QUICK_VIEW, password=""):
        camera = live_camera.ViewedCamera(source, password, limits)
        camera.start()
        started.append(camera)
        return camera

    yield start
    for camera in started:
        camera.stop()


@pytest.mark.loopback
def test_a_network_camera_that_is_killed_is_lost_and_live_again_when_it_is_back(watched):
    with MjpegServer() as server:
        camera = watched(server.url)
        wait_for(lambda: camera.get_status().camera_status.state == "live")
        assert camera.picture.images.take_value(GUARD_S) is not None
        server.kill()
        wait_for(lambda: camera.get_status().camera_status.state == "lost")
        assert camera.get_status().camera_status.cause == "read_error"
        server.start()
        wait_for(lambda: camera.get_status().camera_status.state == "live")
        assert camera.get_status().camera_status.n_opened >= 2


@pytest.mark.loopback
def test_a_network_camera_that_says_nothing_or_the_same_for_ever_is_lost(watched):
    with MjpegServer() as server:
        camera = watched(server.url)
        wait_for(lambda: camera.get_status().camera_status.state == "live")
        server.pause()
        wait_for(lambda: camera.get_status().camera_status.state == "lost")
        assert camera.get_status().camera_status.cause == "silence"
        server.resume()
        wait_for(lambda: camera.get_status().camera_status.state == "live")
        server.frozen = True
        wait_for(lambda: camera.get_status().camera_status.state == "lost")
        assert camera.get_status().camera_status.cause == "frozen"


@pytest.mark.loopback
def test_a_wrong_password_is_told_and_tried_on(watched):
    with MjpegServer(user="tech", password="s3cret") as server:
        camera = watched(server.url.replace("//", "//tech@"), password="wr0ng")
        wait_for(lambda: camera.get_status().camera_status.error is not None)
        assert camera.get_status().camera_status.error.problem == "password"
        assert "wr0ng" not in repr(camera.get_status().camera_status)


@pytest.mark.long
def test_an_industrial_camera_is_set_from_the_window(watched, monkeypatch):
    processes.needs_aravis()
    monkeypatch.setenv("FIELDCHECK_GIGE_INTERFACE", "lo")
    with FakeCamera() as fake:
        camera = watched(f"gige:{fake.serial}", WatchdogLimits(attempt_s=20.0))
        wait_for(lambda: camera.get_status().camera_status.settings is not None)
        before = camera.get_status().camera_status.settings.exposure_ms
        camera.step_exposure(1)
        wait_for(
            lambda: (
                camera.get_status().camera_status.settings.exposure_ms
                == pytest.approx(before * 2 ** (1 / 3), rel=0.01)
            )
        )
        camera.set_locked(True)
        camera.toggle_auto_exposure()
        wait_for(lambda: camera.get_status().camera_status.state == "live")
        camera.stop()


def test_a_camera_that_cannot_be_set_stays_as_it_is(watched):
    camera = watched("synthetic:64x48@30")
    wait_for(lambda: camera.get_status().camera_status.state == "live")
    camera.step_exposure(1)
    camera.toggle_auto_exposure()
    camera.set_locked(True)
    assert camera.get_status().camera_status.abilities.exposure_ms is None


@pytest.mark.parametrize(("current_ms", "allowed", "steps", "expected_ms"), [
    (8.0, (0.1, 1000.0, 0.1), 3, 16.0),
    (8.0, (0.1, 1000.0, 0.1), -3, 4.0),
    (0.1, (0.1, 1000.0, 0.1), 1, 0.2),  # a third of a stop is less than the camera can count
    (0.3, (0.1, 1000.0, 0.1), -1, 0.2),
    (900.0, (0.1, 1000.0, 0.1), 3, 1000.0),
    (8.0, (1000.0, 0.1), 3, 16.0),  # a driver that tells them the other way round
    (0.1, (0.0, 100.0, 0.1), -1, 0.1),
    (0.1, (0.0, 100.0), -3, 0.05),
    (8.0, (0.0, 0.0), 1, None),
    (8.0, (5.0, 5.0), 1, None),
    (8.0, (-5.0, 0.0), -1, None),
    (0.0, (0.0, 100.0), 1, None),
])  # fmt: skip
def test_an_exposure_moves_by_what_the_camera_can_count_and_never_to_nothing(
    current_ms, allowed, steps, expected_ms
):
    change = compute_exposure_step(current_ms, ControlRange(*allowed), steps)
    got_ms = change.exposure_ms if change is not None else None
    assert got_ms == (None if expected_ms is None else pytest.approx(expected_ms))


def test_a_camera_without_a_range_of_exposures_is_told_nothing(monkeypatch):
    told = []
    camera = live_camera.ViewedCamera("synthetic:64x48@30")
    status = CameraStatus(
        settings=CameraSettings(exposure_ms=8.0),
        abilities=CameraCapabilities(exposure_ms=ControlRange(0.0, 0.0)),
    )
    monkeypatch.setattr(camera.live._watch, "get_status", lambda: status)
    monkeypatch.setattr(camera.live._watch, "adjust", told.append)
    camera.step_exposure(1)
    assert told == []
