import pytest

from fieldcheck.domain.recording import LightingChange
from fieldcheck.errors.files import CameraRefused, DiskFull, ReadOnlyPlace
from fieldcheck.footage.camera.reconnect import WatchdogLimits
from fieldcheck.footage.finish_recording import finish_recording, recover_recordings
from fieldcheck.footage.import_footage import FootageInfo
from fieldcheck.footage.live_camera import LiveCamera
from fieldcheck.footage.recorder import DiskLimits
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import recordings as captures_table
from fieldcheck.project.tables import recordings as recordings_table
from tests import makers
from tests.footage.faulty import Faults, wait_for
from tests.footage.servers.mjpeg import MjpegServer

QUICK = WatchdogLimits(silence_s=1.0, frozen_s=0.6, retry_s=0.05, attempt_s=1.0)
SMALL = DiskLimits(reserve_bytes=100_000)
TOLD = FootageInfo("left", "line 1", "", ("dark",), 10.0)
FULL = DiskLimits(stop_bytes=2**62)


@pytest.fixture
def project(tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck") as project:
        yield project


@pytest.fixture
def faults():
    return Faults()


@pytest.fixture
def live(faults):
    camera = LiveCamera("left", limits=QUICK, make=faults.make)
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
    assert project.read(lambda db: recordings_table.get_recording(db, name)).closed is False
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


def test_where_room_gets_short_a_camera_of_pixels_goes_on_with_the_frames_of_the_grid(
    live, faults, project
):
    faults.mode = "grey"
    wait_for(lambda: live.ring.get_latest().raw.format == "mono8")
    assert (
        live.estimate_disk_space(project, every_frame=True).bytes_per_s
        > live.estimate_disk_space(project).bytes_per_s
        > 0
    )
    live.start_recording(project, TOLD, every_frame=True, limits=SMALL)
    wait_for(lambda: recorded(live).n_frames > 3)
    live.reduce_storing()
    wait_for(lambda: recorded(live).on_grid)
    assert live.stop_recording().ended == "asked"


def test_nothing_is_marked_and_no_room_foretold_before_the_first_frame(faults, project):
    faults.mode = "silence"
    camera = LiveCamera("left", limits=QUICK, make=faults.make)
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
    cameras = [LiveCamera("c", limits=QUICK, make=one.make) for one in many]
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
    assert project.read(recordings_table.list_recordings) == ()
    assert project.recording == set()


def test_before_a_recording_its_minutes_are_known_by_what_comes(live, project):
    wait_for(lambda: live.get_status().camera_status.fps > 0)
    left = live.estimate_disk_space(project)
    assert left.bytes_per_s > 0
    assert left.seconds > 0


def test_what_is_not_a_camera_is_refused_at_once():
    with pytest.raises(CameraRefused):
        LiveCamera("/nowhere/at/all.mp4")


@pytest.mark.loopback
def test_a_password_goes_to_the_camera_and_nowhere_else(project):
    with MjpegServer(user="operator", password="s3cr3t-Pass") as server:
        live = LiveCamera(server.secret_url(), limits=QUICK)
        live.start()
        wait_for(lambda: live.ring.get_latest() is not None)
        name = live.start_recording(project, TOLD, limits=SMALL)
        wait_for(lambda: recorded(live).n_frames > 5)
        done = live.stop_recording()
        live.stop()
        finish_recording(project, name, NullProgress(), makers.NOW, done)
        actual = project.read(lambda db: recordings_table.get_recording(db, name)).source
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
        live = LiveCamera(server.url, limits=QUICK)
        live.start()
        wait_for(lambda: live.ring.get_latest() is not None)
        name = live.start_recording(project, TOLD, limits=SMALL)
        wait_for(lambda: recorded(live).n_frames > 20)
        live.stop()
        sent = b"".join(server.sent)
        stored = (project.path / "recordings" / name / "000.frames").read_bytes()
        assert len(stored) > 20_000
        assert stored in sent
