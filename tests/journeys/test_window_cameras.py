"""Real cameras on loopback, recorded in the window with the keyboard alone, while they are killed,
paused, slowed and started again."""

import sqlite3
import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from fieldcheck.footage.recording_container import RecordingReader
from tests.footage.servers import processes
from tests.footage.servers.mjpeg import MjpegServer
from tests.footage.servers.processes import GigeCamera, RtspServer
from tests.journeys.program import Program
from tests.journeys.window import CTRL, Person

pytestmark = pytest.mark.loopback
Key = Qt.Key
SAFE, NO_SIGNAL = "Footage recorded so far (", "no signal for"


class Recordist(Person):
    """Somebody who records a camera."""

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.window.open_project(path)
        self.wait_until_done()
        self.press(Key.Key_2, CTRL)
        self.wait_for(lambda: self.window.current_screen == "capture")
        self.press(Key.Key_V)

    def looks_at(self, address):
        """Writes an address and waits for its picture."""
        self.goes_to("Camera address")
        self.write(address)
        self.press(Key.Key_Return)
        self.wait_for(lambda: ", live" in self.picture().accessibleDescription())
        self.picture().setFocus()

    def goes_to(self, name):
        """Tab after Tab, until the field of that name has the focus."""
        for _ in range(60):
            if QApplication.focusWidget().accessibleName().startswith(name):
                return
            self.press(Key.Key_Tab)
        raise AssertionError(f"no way to {name}")

    def picture(self):
        """What shows the camera; it says to a screen reader what stands on it."""
        return next(
            one for one in self.window.findChildren(QWidget) if one.accessibleName() == "Live view"
        )

    def records(self):
        """Starts a recording, until more than the first frame of it is on disk."""
        self.press(Key.Key_R)
        self.wait_for(
            lambda: (
                ", Recording 0:" in self.picture().accessibleDescription() and self.on_disk() > 0
            )
        )
        self.sees_it_go_on()

    def on_disk(self):
        """How many bytes of frames the recording holds."""
        return sum(path.stat().st_size for path in (self.path / "recordings").rglob("*.frames"))

    def sees_it_go_on(self):
        """Until more is stored, and no banner says that anything is wrong."""
        before = self.on_disk()
        self.wait_for(lambda: self.on_disk() > before and not self.warned())
        assert NO_SIGNAL not in self.picture().accessibleDescription()

    def warned(self):
        """The banners that say a camera is gone and what is safe."""
        return [said for said in self.reads() if SAFE in said]

    def sees_it_lost(self, *words):
        """Until the banner stands, in one of these words; then the picture says it too, and the
        recording is still on."""
        self.wait_for(self.warned)
        (said,) = self.warned()
        assert any(word in said for word in words), said
        self.wait_for(lambda: NO_SIGNAL in self.picture().accessibleDescription())
        assert ", Recording 0:" in self.picture().accessibleDescription()

    def sees_it_back(self):
        """Until it is told how much is missing, the banner is gone, and more is stored."""
        self.wait_for(
            lambda: any("Recording continues in a new segment" in said for said in self.reads())
        )
        self.sees_it_go_on()

    def stops(self):
        """Ends the recording and waits until its frames are listed."""
        self.press(Key.Key_R)
        self.wait_for(lambda: ", Recording" not in self.picture().accessibleDescription())
        self.wait_until_done()


@pytest.fixture
def person(qapp, tmp_path):
    program, path = Program(tmp_path / "home"), tmp_path / "line4.fieldcheck"
    program.document("new", path)
    made = Recordist(path)
    yield made
    made.leaves()


def stored(path):
    """What the project says of its one recording: gaps, segments of its files, and every frame as
    it was delivered."""
    connection = sqlite3.connect(f"file:{path / 'project.db'}?mode=ro", uri=True, timeout=5)
    with connection:
        ((recording_id,),) = connection.execute("SELECT recording_id FROM captured").fetchall()
        sentence = "SELECT at_s, seconds, cause FROM gap WHERE recording_id = ? ORDER BY place"
        gaps = connection.execute(sentence, (recording_id,)).fetchall()
    connection.close()
    with RecordingReader(path / "recordings" / recording_id) as reader:
        assert [(gap.at_s, gap.seconds, gap.cause) for gap in reader.gaps] == gaps
        return (
            gaps,
            len({head.segment for head in reader.headers}),
            [reader.read_raw(index) for index in range(len(reader))],
        )


def causes(gaps):
    return [cause for _, _, cause in gaps]


def test_an_mjpeg_camera_killed_paused_slowed_and_restarted_is_recorded_on_in_the_window(person):
    with MjpegServer(fps=20) as server:
        person.looks_at(server.url)
        person.records()
        server.kill()
        person.sees_it_lost("stopped at")
        server.start()
        person.sees_it_back()
        server.pause()
        person.sees_it_lost(": no signal since")
        server.resume()
        person.sees_it_back()
        server.fps = 3
        person.sees_it_go_on()
        person.sees_it_go_on()
        person.stops()
        person.leaves()
        sent = list(server.sent)
    gaps, n_segments, frames = stored(person.path)
    assert causes(gaps) == ["read_error", "silence"]
    assert all(at > 0 and seconds > 0 for at, seconds, _ in gaps)
    assert n_segments == 3
    places = {jpeg: at for at, jpeg in enumerate(sent)}
    # a frame with one byte that was not sent is not found
    at = [places[frame.encoded] for frame in frames]
    assert at == sorted(set(at))
    assert len(at) > 6  # some before, between and after every fault


@pytest.mark.long
def test_an_rtsp_camera_killed_paused_slowed_and_restarted_is_recorded_on_in_the_window(person):
    processes.needs_gstreamer()
    with RtspServer() as server:
        person.looks_at(server.url)
        person.records()
        server.kill()
        person.sees_it_lost("stopped at", ": no signal since", "not responding since")
        server.start()
        person.sees_it_back()
        server.pause()
        person.sees_it_lost("stopped at", ": no signal since", "not responding since")
        server.resume()
        person.sees_it_back()
        with server.slowed():
            person.sees_it_go_on()
        person.stops()
        person.leaves()
    gaps, n_segments, frames = stored(person.path)
    assert len(gaps) == 2
    assert set(causes(gaps)) <= {"read_error", "silence", "blocked"}
    assert n_segments == 3
    assert {(frame.format, frame.width, frame.height) for frame in frames} == {("bgr8", 320, 240)}


@pytest.mark.long
def test_an_industrial_camera_killed_paused_and_restarted_is_recorded_on(person, monkeypatch):
    processes.needs_aravis()
    monkeypatch.setenv("FIELDCHECK_GIGE_INTERFACE", "lo")
    with GigeCamera("FC05") as camera:
        person.press(Key.Key_N)  # looks for cameras on the network; the first is shown
        person.wait_for(lambda: ", live" in person.picture().accessibleDescription())
        person.records()
        camera.kill()
        person.sees_it_lost("stopped at", ": no signal since")
        camera.start()
        person.sees_it_back()
        camera.pause()
        person.sees_it_lost("stopped at", ": no signal since")
        time.sleep(1.0)
        camera.resume()
        person.sees_it_back()
        with camera.slowed():
            person.sees_it_go_on()
        person.stops()
        person.leaves()
    gaps, n_segments, frames = stored(person.path)
    assert len(gaps) == 2
    assert set(causes(gaps)) <= {"read_error", "silence"}
    assert n_segments == 3
    assert {frame.format for frame in frames} == {"mono8"}
