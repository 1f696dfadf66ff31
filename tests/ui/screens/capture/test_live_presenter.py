"""The live page in the real window, with real cameras on loopback: states and their order, never
how long they take."""

import threading

import pytest
from PySide6.QtCore import Qt

from fieldcheck.footage.camera import sources
from fieldcheck.footage.camera.usb import FoundCamera
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.ui.screens.capture import live_presenter
from fieldcheck.ui.shell.overlays import ConfirmQuit
from tests import makers
from tests.footage.servers import processes
from tests.footage.servers.mjpeg import MjpegServer
from tests.footage.servers.processes import GigeCamera as FakeCamera

pytestmark = pytest.mark.loopback

NO_CAMERA = (
    "No camera found. Connect a camera (it appears automatically), enter an address, or "
    "import a video."
)


@pytest.fixture
def until(qtbot):
    return lambda condition: qtbot.waitUntil(condition)


@pytest.fixture
def live(window, screen_of):
    """The Capture screen on its live page, over an empty project."""
    capture = screen_of("empty", "capture")
    window.context.actions.get_action("capture.page").trigger()
    yield capture.presenter.live
    window.force_close()


@pytest.fixture
def shown(live, until, window):
    """`shown(url)` enters an address and waits for its picture."""

    def show(url):
        window.get_shown_screen().view.live.panel.address.setText(url)
        window.get_shown_screen().view.live.panel.address.returnPressed.emit()
        until(lambda: window.get_shown_screen().view.live.canvas.has_frame)
        return window.get_shown_screen().view.live

    return show


def recorded(window):
    """How many frames the recording that runs has."""
    one = window.cameras.current
    return (
        one.recorded.n_frames
        if one is not None and one.recording and one.recorded is not None
        else 0
    )


def told_in(window, view):
    """What canvas, rail and status bar say of the recording, without its seconds."""
    said = (
        view.canvas.overlay_text[0],
        window.sidebar.items["capture"]._badge.text,
        window.status.recording.text().removeprefix("● "),
    )
    return [one[:13] for one in said]


def all_of(window, question):
    return window.current.project.read(question)


def test_without_a_camera_the_page_says_what_to_do_once_it_has_looked(window, live, qtbot):
    view = window.get_shown_screen().view.live
    assert view.placeholder.sentence in ("Searching for cameras …", NO_CAMERA)
    qtbot.waitUntil(lambda: view.placeholder.sentence == NO_CAMERA)
    assert view.stack.currentWidget() is view.placeholder
    assert not window.context.actions.get_action("capture.record").isEnabled()
    assert window._headers["capture"].heading.enabled is False


@pytest.mark.long
def test_a_recording_is_seen_in_three_places_and_its_light_and_marks_are_stored_with_their_times(
    window, live, shown, press, until, settle
):
    with MjpegServer() as server:
        view = shown(server.url)
        press(Qt.Key.Key_1)
        press(Qt.Key.Key_R)
        until(lambda: recorded(window) > 3)
        assert window._headers["capture"].heading.primary == "Stop"
        # a machine that is busy loses the camera for a moment
        until(lambda: told_in(window, view) == ["Recording 0:0"] * 3)
        assert "original bytes" in view.panel.format.text()
        press(Qt.Key.Key_M)
        until(lambda: len(window.cameras.current.status.moments) == 1)
        press(Qt.Key.Key_2)
        settle()
        n = recorded(window)
        until(lambda: recorded(window) > n)
        press(Qt.Key.Key_R)
        until(lambda: window.cameras.n_done == 1)
        settle()
    (recording,) = all_of(window, recordings_table.list_recordings)
    assert (recording.kind, recording.closed) == ("capture", True)
    lights = all_of(window, lambda db: recordings_table.list_lights(db, recording.recording_id))
    assert [set(light.conditions) for light in lights] == [{"dark"}, {"dark", "glare"}]
    assert lights[1].at_s > 0
    (moment,) = all_of(window, lambda db: recordings_table.list_moments(db, recording.recording_id))
    assert 0 < moment.at_s <= lights[1].at_s + 1
    assert window._headers["capture"].heading.primary == "Pick frames"
    assert not window.cameras.recording
    # the next recording asks for its conditions anew
    assert not any(chip.isChecked() for chip in view.panel.chips.values())
    assert window.cameras.conditions == ()


@pytest.mark.long
def test_a_killed_camera_is_told_and_recorded_on_later(window, live, shown, press, until, settle):
    with MjpegServer() as server:
        view = shown(server.url)
        press(Qt.Key.Key_R)
        until(lambda: recorded(window) > 3)
        server.kill()
        until(lambda: window.cameras.lost)
        (banner,) = [one for one in window.messages.banners if one.key.startswith("capture.lost")]
        assert server.url in banner.text
        assert "Footage recorded so far (" in banner.text
        until(lambda: view.canvas.overlay_text[1].startswith("no signal for"))
        assert window.sidebar.items["capture"]._badge.text == "camera offline"
        before = recorded(window)
        server.start()
        until(lambda: recorded(window) > before + 3)
        assert not window.cameras.lost
        assert not [one for one in window.messages.banners if one.key.startswith("capture.lost")]
        until(lambda: view.canvas.overlay_text[1] == "")
        press(Qt.Key.Key_R)
        until(lambda: window.cameras.n_done == 1)
        settle()
    (recording,) = all_of(window, recordings_table.list_recordings)
    (gap,) = all_of(window, lambda db: recordings_table.list_gaps(db, recording.recording_id))
    assert gap.cause == "read_error"
    assert gap.seconds > 0


@pytest.mark.long
def test_another_camera_can_replace_one_that_is_gone(window, live, shown, press, until, settle):
    with MjpegServer() as one, MjpegServer() as other:
        shown(one.url)
        shown(other.url)
        press(Qt.Key.Key_R)
        until(lambda: recorded(window) > 3)
        window.show_screen("pick")
        other.kill()
        until(lambda: window.cameras.lost)
        (banner,) = [
            message for message in window.messages.banners if message.key.startswith("capture.lost")
        ]
        dict(banner.more_actions)["Use another camera"]()
        assert window.current_screen == "capture"
        until(
            lambda: (
                window.cameras.shown_source == one.url
                and window.cameras.current.status.camera_status.state == "live"
            )
        )
        settle()
    assert not window.cameras.recording
    assert len(all_of(window, recordings_table.list_recordings)) == 1


@pytest.mark.long
def test_little_room_leads_to_a_project_in_another_folder(window, live, shown):
    with MjpegServer() as server:
        shown(server.url)
        window.cameras.other_location_requested.emit()
        assert window.current_screen == "project"


@pytest.mark.long
def test_recording_goes_on_elsewhere_and_leaving_asks(window, live, shown, press, until, settle):
    with MjpegServer() as server:
        shown(server.url)
        press(Qt.Key.Key_R)
        until(lambda: recorded(window) > 3)
        window.show_screen("pick")
        before = recorded(window)
        until(lambda: recorded(window) > before + 3)
        assert window.status.recording.isVisible()
        window.close()
        assert window.isVisible()
        asked = window.findChild(ConfirmQuit)
        asked.go_on.click()
        until(lambda: window.findChild(ConfirmQuit) is None)
        before = recorded(window)
        until(lambda: recorded(window) > before)
        window.context.actions.get_action("close").trigger()
        window.findChild(ConfirmQuit).stop.click()
        until(lambda: window.current.project is None)
        settle()
        assert not window.cameras.recording


@pytest.mark.long
def test_a_single_frame_is_a_recording_of_its_own(window, live, shown, press, until, settle):
    with MjpegServer() as server:
        shown(server.url)
        press(Qt.Key.Key_Space)
        until(lambda: window.cameras.n_done == 1)
        settle()
    (recording,) = all_of(window, recordings_table.list_recordings)
    assert recording.n_frames >= 1


@pytest.fixture
def busy(window):
    """`busy()` begins an act that goes on until `busy().set()`: whatever is asked for next waits
    behind it."""

    def begin():
        other_act = threading.Event()
        window.runner.run_in_order(window, lambda: other_act.wait(60))
        return other_act

    return begin


@pytest.mark.long
def test_a_second_single_frame_is_a_recording_of_its_own_too(window, live, busy, until, settle):
    """On the camera that has one already."""
    window.cameras.show_camera("synthetic:64x48@20", "left")
    until(lambda: window.cameras.current.status.camera_status.state == "live")
    for n in (1, 2):
        other_act = busy()
        live.store_single_frame()
        window.cameras.poll_cameras()
        assert window.cameras.recording
        other_act.set()
        until(lambda n=n: window.cameras.n_done == n)
        settle()
    stored = all_of(window, recordings_table.list_recordings)
    assert [recording.n_frames >= 1 for recording in stored] == [True, True]


@pytest.mark.long
def test_a_single_frame_that_never_came_ends_no_later_recording(window, live, busy, until, settle):
    window.cameras.show_camera("synthetic:64x48@2", "left")
    until(lambda: window.cameras.current.status.camera_status.state == "live")
    other_act = busy()
    live.store_single_frame()
    live.toggle_recording()
    other_act.set()
    settle()
    assert not window.cameras.recording
    live.toggle_recording()
    until(lambda: recorded(window) >= 2)
    assert window.cameras.recording


def test_a_camera_password_is_asked_for_and_told_to_nobody(window, live, until, tmp_path):
    with MjpegServer(user="tech", password="s3cret") as server:
        panel = window.get_shown_screen().view.live.panel
        panel.address.setText(server.url.replace("//", "//tech@"))
        panel.address.returnPressed.emit()
        until(lambda: panel.password.isVisible())
        assert any("FIELDCHECK_CAMERA_PASSWORD" in one.text for one in window.messages.banners)
        panel.password.setText("s3cret")
        panel.password.returnPressed.emit()
        until(lambda: window.get_shown_screen().view.live.canvas.has_frame)
        assert panel.list.item(0).text().startswith(server.url)
    said = repr([(one.text, one.key) for one in window.messages.history])
    assert "s3cret" not in said
    assert not [
        path for path in tmp_path.rglob("*") if path.is_file() and b"s3cret" in path.read_bytes()
    ]


@pytest.mark.long
def test_two_cameras_are_recorded_at_once_and_c_switches(window, live, shown, press, until, settle):
    with MjpegServer() as one, MjpegServer() as other:
        shown(one.url)
        shown(other.url)
        live.set_recorded_together(one.url, True)
        until(
            lambda: all(
                opened.status.camera_status.state == "live"
                for opened in window.cameras.sessions.values()
            )
        )
        press(Qt.Key.Key_R)
        until(
            lambda: all(
                opened.recorded and opened.recorded.n_frames > 3
                for opened in window.cameras.sessions.values()
            )
        )
        press(Qt.Key.Key_C)
        assert window.cameras.shown_source == one.url
        press(Qt.Key.Key_R)
        until(lambda: window.cameras.n_done == 2)
        settle()
    assert sorted(
        recording.source for recording in all_of(window, recordings_table.list_recordings)
    ) == sorted([one.url, other.url])


@pytest.mark.long
def test_keys_of_the_picture_do_what_they_say(window, live, shown, press, until):
    with MjpegServer(frames=None) as server:
        view = shown(server.url)
        press(Qt.Key.Key_I)
        until(lambda: view.canvas.overlay_text[2] != ())
        press(Qt.Key.Key_I)
        until(lambda: view.canvas.overlay_text[2] == ())
        press(Qt.Key.Key_H)
        press(Qt.Key.Key_V)
        assert not window.get_shown_screen().view.live_shown
        until(lambda: not window.cameras.sessions)
        press(Qt.Key.Key_V)
        assert window.get_shown_screen().view.live_shown


@pytest.mark.long
@pytest.mark.parametrize("entered", [False, True])
def test_the_page_comes_back_with_the_camera_that_was_shown(
    window, live, until, monkeypatch, entered
):
    """Not with the first of the list, also where the one before is an address."""
    first, other = "synthetic:64x48@10", "synthetic:64x48@12"
    plugged = [FoundCamera(one, one, "v4l2", "", "") for one in (first, other)]
    monkeypatch.setattr(
        sources, "list_plugged_cameras", lambda: tuple(plugged[:1] if entered else plugged)
    )
    until(lambda: window.cameras.shown_source == first)
    if entered:
        live.add_source(other)
    else:
        live.choose_camera(other)
    window.show_screen("settings")
    until(lambda: not window.cameras.sessions)
    window.show_screen("capture")
    until(lambda: bool(window.cameras.sessions))
    assert (window.cameras.shown_source, list(window.cameras.sessions)) == (other, [other])


@pytest.mark.long
def test_no_other_camera_is_opened_in_place_of_one_that_was_unplugged(
    window, live, until, monkeypatch
):
    first, other = "synthetic:64x48@10", "synthetic:64x48@12"
    plugged = [FoundCamera(one, one, "v4l2", "", "") for one in (first, other)]
    monkeypatch.setattr(sources, "list_plugged_cameras", lambda: tuple(plugged))
    until(lambda: window.cameras.shown_source == first)
    window.show_screen("settings")
    del plugged[0]
    window.show_screen("capture")
    until(lambda: [one.identity for one in live._session.cameras] == [other])
    until(lambda: live._session.searched)
    assert not window.cameras.sessions
    plugged.insert(0, FoundCamera(first, first, "v4l2", "", ""))
    until(lambda: window.cameras.current is not None)
    assert list(window.cameras.sessions) == [first]


@pytest.mark.long
def test_an_address_that_is_none_is_told_and_nothing_is_opened(window, live):
    live.add_source("http://tech:s3cret@cam:port/")
    (banner,) = [one for one in window.messages.banners if one.key == "capture.source"]
    assert "is not a camera address. Nothing was changed." in banner.text
    assert "s3cret" not in banner.text
    assert not window.cameras.sessions


@pytest.mark.long
def test_a_name_that_is_too_long_is_told_and_nothing_is_opened(window, live):
    live.add_source("x" * 300)
    (banner,) = [one for one in window.messages.banners if one.key == "capture.source"]
    assert "not found. Nothing was changed." in banner.text
    assert not window.cameras.sessions


@pytest.mark.long
def test_ten_settings_are_tried_on_a_part_and_the_best_is_told(
    window, screen_of, until, monkeypatch
):
    processes.needs_aravis()
    monkeypatch.setenv("FIELDCHECK_GIGE_INTERFACE", "lo")
    monkeypatch.setattr(live_presenter, "SERIES_SECONDS", 0.2)
    capture = screen_of("labelled", "capture")
    window.context.actions.get_action("capture.page").trigger()
    live = capture.presenter.live
    panel = window.get_shown_screen().view.live.panel
    with FakeCamera():
        window.cameras.show_camera("gige:FC01", "line camera")
        until(lambda: panel.series_row.isVisible())
        action = window.context.actions.get_action("capture.series")
        until(action.isEnabled)
        assert [panel.part.itemText(k) for k in range(panel.part.count())] == list(makers.COLOURS)
        panel.part.select_code("red")
        action.trigger()
        assert window.cameras.current.in_use
        assert not window.context.actions.get_action("capture.record").isEnabled()
        live.leave()  # another screen: the camera stays open for it
        assert "gige:FC01" in window.cameras.sessions
        until(lambda: any(one.key == "capture.series" for one in window.messages.banners))
        until(lambda: not window.cameras.sessions)
    (text,) = [one.text for one in window.messages.banners if one.key == "capture.series"]
    assert "n this footage" in text
    assert "show 4 more parts under the same settings." in text
    series = all_of(window, lambda db: models_table.list_facts(db, "series"))
    assert [about for _, about, _, _ in series] == ["gige:FC01"]
    window.force_close()
