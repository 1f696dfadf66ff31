import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from fieldcheck.capture.camera import Delivery
from fieldcheck.capture.disk_space import DiskSpaceLeft
from fieldcheck.capture.recorder import Recorded
from fieldcheck.capture.watchdog import CameraStatus
from fieldcheck.ui.open_cameras import Opened
from fieldcheck.workflows.capture import record
from fieldcheck.workflows.capture.record import CaptureNow
from tests.capture.faulty import Faults


class Camera:
    """What the window polls of a camera, as a test sets it."""

    def __init__(self):
        self.moment = CaptureNow("Camera 2", CameraStatus("live", fps=30.0), "r1", Recorded(began_ns=1, seconds=372.0, n_frames=9))

    def now(self):
        return self.moment

    def sign(self, **given):
        self.moment = replace(self.moment, sign=replace(self.moment.sign, **given))

    def recorded(self, **given):
        self.moment = replace(self.moment, recorded=replace(self.moment.recorded, **given))


@pytest.fixture
def camera(window):
    """A camera that is open and recorded, as far as the window knows."""
    made = Camera()
    window.capturing.opened["c"] = Opened(made, "Camera 2", made.now(), recording=True, recording_id="r1")
    window.capturing.shown = "c"
    yield made
    window.capturing.opened.clear()


def banners(window):
    return {one.key: one.text for one in window.messages.banners}


@pytest.mark.parametrize(
    ("cause", "said"),
    [("read_error", "stopped at"), ("silence", "Camera 2: no signal since"), ("blocked", "Driver of"), ("frozen", "frozen since")],
)
def test_each_way_to_lose_a_camera_has_its_banner_and_it_goes_when_the_camera_is_back(window, camera, cause, said):
    camera.sign(state="lost", cause=cause, since=time.monotonic() - 2)
    window.capturing.look()
    assert said in banners(window)["capture.lost.c"]
    assert "recorded so far (6:12) is safe." in banners(window)["capture.lost.c"]
    assert window.capturing.lost
    assert window.capturing.camera_words() == "⬣ Camera 2 disconnected"
    camera.sign(state="live", cause="")
    window.capturing.look()
    assert banners(window) == {}
    assert window.messages.kept[-1].text.startswith("Camera 2 reconnected. Gap: ")


def test_little_room_is_told_once_and_taken_back_when_there_is_more(window, camera):
    camera.recorded(room=DiskSpaceLeft(10**9, 10.0**6, 250.0, "urgent"))
    window.capturing.look()
    window.capturing.look()
    assert banners(window)["capture.disk"].startswith("About 4 min of recording")
    assert sum(one.key == "capture.disk" for one in window.messages.kept) == 1
    assert window.capturing.room_left_s() == 250.0
    window.status.refresh()
    assert window.status.disk.text().endswith("about 4 min")
    assert window.status.disk.text().startswith("▲")
    camera.recorded(room=DiskSpaceLeft(10**11, 10.0**6, 90_000.0, "plenty"))
    window.capturing.look()
    assert banners(window) == {}


def test_a_recording_that_the_disk_ended_says_what_is_safe_and_is_let_go_of(window, camera):
    """A9."""
    for why in ("disk_low", "disk_full"):
        window.capturing.opened["c"].recording = True
        camera.recorded(ended=why)
        window.capturing.look()
        assert banners(window)["capture.disk"].startswith("Recording stopped")
        assert "(6:12) is safe. Free up disk space, then continue recording." in banners(window)["capture.disk"]
        assert not window.capturing.recording


def ways(window, key):
    """The buttons of a banner, by what stands on them."""
    (banner,) = (one for one in window.messages.banners if one.key == key)
    return dict([*banner.more, *([(banner.button, banner.act)] if banner.act else [])])


def test_a_lost_camera_can_be_stopped_or_another_one_used(window, camera, monkeypatch):
    stopped, wanted = [], []
    monkeypatch.setattr(window.capturing, "_finish", stopped.append)
    window.capturing.another.connect(lambda: wanted.append(True))
    camera.sign(state="lost", cause="silence", since=time.monotonic() - 2)
    window.capturing.look()
    found = ways(window, "capture.lost.c")
    assert list(found) == ["Use another camera", "Stop recording"]
    found["Stop recording"]()
    assert (len(stopped), wanted) == (1, [])
    found["Use another camera"]()
    assert (len(stopped), wanted) == (2, [True])


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        ({"delivery": Delivery("bgr8", 640, 480), "on_grid": False}, ["Lower frame rate", "Choose another folder"]),
        ({"delivery": Delivery("bgr8", 640, 480), "on_grid": True}, ["Choose another folder"]),
        ({"delivery": Delivery("jpeg", 640, 480)}, ["Choose another folder"]),
    ],
)
def test_little_room_offers_a_lower_rate_where_every_frame_of_pixels_is_stored(window, camera, given, offered):
    camera.recorded(room=DiskSpaceLeft(10**9, 10.0**6, 250.0, "urgent"), **given)
    window.capturing.look()
    assert list(ways(window, "capture.disk")) == offered


def test_a_lower_rate_is_stored_at_once_and_another_folder_ends_the_recording_first(window, camera, monkeypatch):
    done = []
    camera.live = SimpleNamespace(store_fewer=lambda: done.append("fewer"))
    monkeypatch.setattr(window.capturing, "_finish", lambda _: done.append("stopped"))
    window.capturing.fewer.connect(lambda: done.append("told"))
    window.capturing.elsewhere.connect(lambda: done.append("elsewhere"))
    camera.recorded(room=DiskSpaceLeft(10**9, 10.0**6, 250.0, "urgent"), delivery=Delivery("bgr8", 640, 480))
    window.capturing.look()
    found = ways(window, "capture.disk")
    found["Lower frame rate"]()
    assert done == ["fewer", "told"]
    assert banners(window) == {}
    found["Choose another folder"]()
    assert done == ["fewer", "told", "stopped", "elsewhere"]


def test_the_words_of_the_status_bar(window, camera):
    assert window.capturing.record_words() == "REC 6:12"
    assert window.capturing.camera_words() == "Camera 2 · 30 fps · 0 dropped"


def test_a_file_is_opened_shown_and_let_go_of(window, qtbot, settle, tmp_path):
    capturing = window.capturing
    capturing.show("synthetic:64x48@30", "synthetic")
    qtbot.waitUntil(lambda: capturing.here.now.sign.state == "live")
    assert not capturing.recording
    capturing.let_go()
    assert capturing.opened == {}
    settle()
    capturing.show(str(tmp_path / "none.mp4"), "none")
    assert capturing.opened == {}
    assert "none.mp4 not found. Nothing was changed. Connect it, or choose an available camera" in window.messages.banners[-1].text


@pytest.fixture
def held(monkeypatch):
    """A camera whose driver can hold on to a read; at the end it lets go."""
    faults = Faults()
    monkeypatch.setattr(record, "camera_of", lambda _where: faults.make())
    yield faults
    faults.released.set()


def test_the_window_does_all_that_is_asked_of_it_while_a_driver_holds_on_to_a_read(window, held, qtbot, settle):
    """Responsive by count, not by the clock: whatever waited for the driver would come to its end after the read came back."""
    window.capturing.show("synthetic:64x48@30", "left")
    qtbot.waitUntil(lambda: window.capturing.here.now.sign.state == "live", timeout=30_000)
    held.mode = "blocked"
    qtbot.waitUntil(lambda: held.n_held > 0, timeout=30_000)
    seen = []
    for screen in ("help", "capture", "project"):
        window.go(screen)
        window.overlays.finder()
        seen.append((window.here, window.overlays.shut()))
    window.capturing.let_go()
    answers = []
    window.runner.start("something else", lambda _progress: 1, answers.append, listed=False)
    qtbot.waitUntil(lambda: answers == [1], timeout=30_000)
    assert [screen for screen, _ in seen] == ["help", "capture", "project"]
    assert held.n_back == 0
    held.released.set()
    settle()
