import shutil
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QApplication

from fieldcheck.errors.files import DiskFull
from fieldcheck.footage import live_camera
from fieldcheck.footage.camera.camera import FrameFormat
from fieldcheck.footage.camera.reconnect import CameraStatus
from fieldcheck.footage.import_footage import FootageInfo
from fieldcheck.footage.live_camera import CaptureStatus
from fieldcheck.footage.recorder import DiskSpaceLeft, RecordingProgress
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.ui.open_cameras import CameraSession
from tests.footage.faulty import Faults


class Camera:
    """What the window polls of a camera, as a test sets it."""

    def __init__(self):
        self.moment = CaptureStatus(
            "Camera 2",
            CameraStatus("live", fps=30.0),
            "r1",
            RecordingProgress(began_ns=1, seconds=372.0, n_frames=9),
        )

    def get_status(self):
        return self.moment

    def sign(self, **given):
        self.moment = replace(
            self.moment, camera_status=replace(self.moment.camera_status, **given)
        )

    def recorded(self, **given):
        self.moment = replace(self.moment, recorded=replace(self.moment.recorded, **given))


@pytest.fixture
def camera(window):
    """A camera that is open and recorded, as far as the window knows."""
    made = Camera()
    window.cameras.sessions["c"] = CameraSession(
        made, "Camera 2", made.get_status(), recording=True, recording_id="r1"
    )
    window.cameras.shown_source = "c"
    yield made
    window.cameras.sessions.clear()


def banners(window):
    return {one.key: one.text for one in window.messages.banners}


@pytest.mark.long
@pytest.mark.parametrize(("cause", "said"), [
    ("read_error", "stopped at"),
    ("silence", "Camera 2: no signal since"),
    ("blocked", "Driver of"),
    ("frozen", "frozen since"),
])  # fmt: skip
def test_each_way_to_lose_a_camera_has_a_banner_that_goes_with_it(window, camera, cause, said):
    camera.sign(state="lost", cause=cause, since=time.monotonic() - 2)
    window.cameras.poll_cameras()
    assert said in banners(window)["capture.lost.c"]
    assert "recorded so far (6:12) is safe." in banners(window)["capture.lost.c"]
    assert window.cameras.lost
    assert window.cameras.format_camera() == "⬣ Camera 2 disconnected"
    camera.sign(state="live", cause="")
    window.cameras.poll_cameras()
    assert banners(window) == {}
    assert window.messages.history[-1].text.startswith("Camera 2 reconnected after ")


def test_little_room_is_told_once_and_taken_back_when_there_is_more(window, camera):
    camera.recorded(room=DiskSpaceLeft(10**9, 10.0**6, 250.0, "urgent"))
    window.cameras.poll_cameras()
    window.cameras.poll_cameras()
    assert banners(window)["capture.disk"].startswith("About 4 min of recording")
    assert sum(one.key == "capture.disk" for one in window.messages.history) == 1
    assert window.cameras.get_recording_time_left_s() == 250.0
    window.status.refresh()
    assert window.status.disk.text().endswith("about 4 min")
    assert window.status.disk.text().startswith("▲")
    camera.recorded(room=DiskSpaceLeft(10**11, 10.0**6, 90_000.0, "plenty"))
    window.cameras.poll_cameras()
    assert banners(window) == {}


def test_a_recording_that_the_disk_ended_says_what_is_safe_and_is_let_go_of(window, camera):
    """A9."""
    for why in ("disk_low", "disk_full"):
        window.cameras.sessions["c"].recording = True
        camera.recorded(ended=why)
        window.cameras.poll_cameras()
        assert banners(window)["capture.disk"].startswith("Recording stopped")
        expected = "(6:12) is safe. Free up disk space, then continue recording."
        assert expected in banners(window)["capture.disk"]
        assert not window.cameras.recording


def ways(window, key):
    """The buttons of a banner, by what stands on them."""
    (banner,) = (one for one in window.messages.banners if one.key == key)
    return dict(
        [*banner.more_actions, *([(banner.button, banner.action)] if banner.action else [])]
    )


def test_a_lost_camera_can_be_stopped_or_another_one_used(window, camera, monkeypatch):
    stopped, wanted = [], []
    monkeypatch.setattr(window.cameras, "_finish_recording", stopped.append)
    window.cameras.other_camera_requested.connect(lambda: wanted.append(True))
    camera.sign(state="lost", cause="silence", since=time.monotonic() - 2)
    window.cameras.poll_cameras()
    found = ways(window, "capture.lost.c")
    assert list(found) == ["Use another camera", "Stop recording"]
    found["Stop recording"]()
    assert (len(stopped), wanted) == (1, [])
    found["Use another camera"]()
    assert (len(stopped), wanted) == (2, [True])


@pytest.mark.long
@pytest.mark.parametrize(("given", "offered"), [
    (
        {"frame_format": FrameFormat("bgr8", 640, 480), "on_grid": False},
        ["Lower frame rate", "Choose another folder"],
    ),
    ({"frame_format": FrameFormat("bgr8", 640, 480), "on_grid": True}, ["Choose another folder"]),
    ({"frame_format": FrameFormat("jpeg", 640, 480)}, ["Choose another folder"]),
])  # fmt: skip
def test_little_room_offers_a_lower_rate_for_stored_pixels(window, camera, given, offered):
    camera.recorded(room=DiskSpaceLeft(10**9, 10.0**6, 250.0, "urgent"), **given)
    window.cameras.poll_cameras()
    assert list(ways(window, "capture.disk")) == offered


def test_a_lower_rate_is_stored_and_another_folder_ends_the_recording(window, camera, monkeypatch):
    done = []
    camera.live = SimpleNamespace(reduce_storing=lambda: done.append("fewer"))
    monkeypatch.setattr(window.cameras, "_finish_recording", lambda _: done.append("stopped"))
    window.cameras.storage_reduced.connect(lambda: done.append("told"))
    window.cameras.other_location_requested.connect(lambda: done.append("elsewhere"))
    left = DiskSpaceLeft(10**9, 10.0**6, 250.0, "urgent")
    camera.recorded(room=left, frame_format=FrameFormat("bgr8", 640, 480))
    window.cameras.poll_cameras()
    found = ways(window, "capture.disk")
    found["Lower frame rate"]()
    assert done == ["fewer", "told"]
    assert banners(window) == {}
    found["Choose another folder"]()
    assert done == ["fewer", "told", "stopped", "elsewhere"]


def test_the_words_of_the_status_bar(window, camera):
    assert window.cameras.format_recording_time() == "Recording 6:12"
    assert window.cameras.format_camera() == "Camera 2 · 30 fps · 0 dropped"


def test_a_file_is_opened_shown_and_let_go_of(window, qtbot, settle, tmp_path):
    capturing = window.cameras
    capturing.show_camera("synthetic:64x48@30", "synthetic")
    qtbot.waitUntil(lambda: capturing.current.status.camera_status.state == "live")
    assert not capturing.recording
    capturing.release_idle()
    assert capturing.sessions == {}
    settle()
    capturing.show_camera(str(tmp_path / "none.mp4"), "none")
    assert capturing.sessions == {}
    expected = "none.mp4 not found. Nothing was changed. Connect it, or choose an available camera"
    assert expected in window.messages.banners[-1].text


@pytest.fixture
def held(monkeypatch):
    """A camera whose driver can hold on to a read; at the end it lets go."""
    faults = Faults()
    monkeypatch.setattr(live_camera, "make_camera", lambda _where: faults.make())
    yield faults
    faults.released.set()


@pytest.mark.long
def test_the_window_stays_responsive_while_a_driver_holds_a_read(window, held, qtbot, settle):
    """Responsive by count, not by the clock: whatever waited for the driver would come to its end
    after the read came back."""
    window.cameras.show_camera("synthetic:64x48@30", "left")
    qtbot.waitUntil(
        lambda: window.cameras.current.status.camera_status.state == "live", timeout=30_000
    )
    held.mode = "blocked"
    qtbot.waitUntil(lambda: held.n_held > 0, timeout=30_000)
    seen = []
    for screen in ("help", "capture", "project"):
        window.show_screen(screen)
        window.overlays.show_command_palette()
        seen.append((window.current_screen, window.overlays.close_open()))
    window.cameras.release_idle()
    answers = []
    job = window.runner.run_job(None, "something else", lambda _progress: 1, listed=False)
    job.on_success(answers.append)
    qtbot.waitUntil(lambda: answers == [1], timeout=30_000)
    assert [screen for screen, _ in seen] == ["help", "capture", "project"]
    assert held.n_back == 0
    held.released.set()
    settle()


def test_an_outage_sounds_once_where_somebody_wants_it(window, camera, monkeypatch):
    sounds = []
    monkeypatch.setattr(QApplication, "beep", lambda: sounds.append(True))
    camera.sign(state="lost", cause="silence", since=time.monotonic() - 2)
    window.cameras.poll_cameras()
    assert sounds == []
    camera.sign(state="live", since=time.monotonic())
    window.cameras.poll_cameras()
    window.preferences.update(outage_sound=True)
    for _ in range(3):
        camera.sign(state="lost", cause="silence", since=time.monotonic() - 2)
        window.cameras.poll_cameras()
    assert sounds == [True]


SOURCE = "synthetic:64x48@20"
TOLD = FootageInfo("left", "line 1", "", (), 10.0)


@pytest.fixture
def live(window, open_in_window, made, tmp_path, qtbot):
    """A camera that is shown and live over an empty project, as the window knows it."""
    open_in_window(shutil.copytree(made["empty"], tmp_path / "empty.fieldcheck"))
    window.cameras.show_camera(SOURCE, "left")
    session = window.cameras.sessions[SOURCE]
    qtbot.waitUntil(lambda: session.status.camera_status.state == "live")
    yield session
    window.force_close()


@pytest.fixture
def record(window, live, qtbot):
    """`record()` presses Record while another act is under way, which takes long: the recording
    begins once `record().set()` is called."""

    def press():
        other_act = threading.Event()
        window.runner.run_in_order(window, lambda: other_act.wait(60))
        window.cameras.start_recording(lambda _session: TOLD, True)
        window.cameras.poll_cameras()
        return other_act

    return press


def frames_come(live, qtbot, n=3):
    qtbot.waitUntil(lambda: live.recorded is not None and live.recorded.n_frames >= n)


def stored_frames(window):
    """How many frames each recording of the project has."""
    return [one.n_frames for one in window.current.project.read(recordings_table.list_recordings)]


@pytest.mark.long
def test_a_second_recording_runs_from_record_to_stop_though_it_begins_late(
    window, live, record, qtbot, settle
):
    record().set()
    frames_come(live, qtbot)
    window.cameras.stop_recording()
    settle()
    other_act = record()
    assert (live.recording, live.recorded, live.elapsed_text) == (True, None, "0:00")
    assert window.cameras.format_recording_time() == "Recording 0:00"
    other_act.set()
    frames_come(live, qtbot)
    window.cameras.poll_cameras()
    assert live.recording
    assert live.status.recording_id == live.recording_id
    window.cameras.stop_recording()
    settle()
    assert live.camera.get_status().recording_id == ""
    assert window.cameras.n_done == 2
    assert min(stored_frames(window)) >= 3


@pytest.mark.long
def test_stop_before_a_recording_has_begun_stops_it_as_soon_as_it_has(
    window, live, record, qtbot, settle
):
    other_act = record()
    window.cameras.stop_recording()
    window.cameras.stop_recording()
    assert window.cameras.recording
    other_act.set()
    settle()
    assert not window.cameras.recording
    assert live.camera.get_status().recorded.ended == "asked"
    assert (banners(window), window.current.project.recording) == ({}, set())
    record().set()
    frames_come(live, qtbot)
    window.cameras.stop_recording()
    settle()
    assert stored_frames(window)[-1] >= 3


@pytest.mark.long
def test_two_presses_of_stop_finish_a_recording_once(window, live, record, qtbot, settle):
    record().set()
    frames_come(live, qtbot)
    window.cameras._finish_recording(live)
    window.cameras._finish_recording(live)
    settle()
    assert window.cameras.n_done == 1
    assert len(window.runner.jobs) == 1


@pytest.mark.long
def test_light_noted_before_a_recording_has_begun_holds_from_its_beginning(window, live, record):
    other_act = record()
    window.cameras.set_light_conditions(("dark",))
    assert live.condition_log[-1] == (0.0, ("dark",))
    other_act.set()


@pytest.mark.long
def test_a_recording_that_cannot_begin_leaves_nothing_to_stop(
    window, live, record, monkeypatch, settle
):
    def refuse(*_):
        raise DiskFull(window.current.project.path)

    monkeypatch.setattr(live.camera.live, "start_recording", refuse)
    record().set()
    settle()
    assert not window.cameras.recording
    assert "Disk full" in banners(window)["capture.record"]
    monkeypatch.undo()
    record().set()
    settle()
    assert window.cameras.recording
    assert live.recorded is not None
