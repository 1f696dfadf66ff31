import time

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDesktopServices

from benchmarks.log import made_up
from fieldcheck.models.store import add_model
from tests import makers
from tests.monitoring.test_log_monitor import FIRST, log, taken

Key = Qt.Key


@pytest.fixture
def watched(screen_of, settle, tmp_path):
    """The screen with 24 shifts, in the last of which confidence fell."""
    screen = screen_of("empty", "monitor")
    screen.presenter.import_files([log(tmp_path / "a.csv", shifts=24, fallen_from=23)])
    settle()
    return screen


def test_without_a_project_or_a_shift_it_says_what_is_missing(window, screen_of, settle):
    window.show_screen("monitor")
    settle()
    assert window.get_shown_screen().view.placeholder.isVisible()
    assert "No shifts yet." in screen_of("empty", "monitor").view.placeholder.sentence


@pytest.mark.long
def test_a_log_is_imported_and_its_alarm_waits_to_be_acknowledged(watched, window, press, settle):
    view = watched.view
    assert window.sidebar.items["monitor"].accessibleName() == "Step Monitor, 1 alarm"
    assert view.timeline.states[:20] == ("learning",) * 20
    assert view.timeline.states[23] == "alarm"
    assert view.state.text() == "ALARM"
    assert "Check the camera first." in "\n".join(view.details.get_lines())
    assert len(view.listed.get_lines()) == 5
    assert not view.note.isReadOnly()
    (said,) = [one.text for one in window.context.messages.banners]  # no tray on this screen
    assert said.startswith("9 Nov 22:00: Confidence dropped in most classes")
    window.show_screen("project")
    assert window.context.messages.banners == (), "elsewhere the rail says it"
    window.show_screen("monitor")
    settle()
    assert [one.text for one in window.context.messages.banners] == [said]
    view.note.setText("lamp replaced")
    press(Key.Key_A)
    settle()
    assert (view.note.text(), view.note.isReadOnly()) == ("lamp replaced", True)
    assert not window.context.actions.get_action("monitor.seen").isEnabled()
    assert window.context.messages.banners == ()
    assert window.sidebar.items["monitor"].accessibleName() == "Step Monitor, 24 shifts"


@pytest.mark.long
def test_keys_go_from_shift_to_shift_and_change_the_chart(watched, press):
    view = watched.view
    press(Key.Key_Left)
    assert watched.presenter.state.index == 22
    press(Key.Key_N)
    assert watched.presenter.state.index == 23
    for key, code in ((Key.Key_3, "distance"), (Key.Key_2, "entropy"), (Key.Key_1, "charts")):
        press(key)
        assert view.view.chosen_code == code
    assert "above 1 is an alarm" in view.reading.text()
    view.timeline.chosen.emit(2)
    assert view.state.text() == "baseline"
    assert [one.name for one in view.classes.classes] == ["green", "red"]


@pytest.mark.long
def test_frames_are_kept_once_marks_open_theirs_and_old_shifts_are_dropped_where_that_is_asked(
    watched, window, press, settle, monkeypatch
):
    view, session = watched.view, watched.presenter.state
    view.classes.chosen.emit("red")
    assert {one.prediction for one in session.list_results()} == {"red"}
    press(Key.Key_K)
    settle()
    assert session.kept[session.shift.began].missing == 20
    assert not window.context.actions.get_action("monitor.keep").isEnabled()
    for now, left in (("2026-11-11T08:00:00+00:00", 24), (makers.SHIFTS_OVER, 1)):
        monkeypatch.setattr(
            "fieldcheck.ui.screens.monitor.presenter.get_timestamp", lambda now=now: now
        )
        view.retention_chosen.emit("2")
        settle()
        assert session.retention.weeks == 2
        assert (view.retention.chosen_code, len(session.shifts)) == ("2", left)
    toast = window.context.messages.history[-1]
    assert toast.text.startswith("23 old shifts deleted")
    assert toast.button == "Restore"
    toast.action()
    settle()
    assert (session.retention.weeks, len(session.shifts)) == (0, 24)
    assert window.context.messages.history[-1].text.startswith("23 shifts restored.")


@pytest.mark.long
def test_what_is_no_log_changes_nothing(watched, settle, tmp_path):
    path = tmp_path / "b.csv"
    path.write_text("no,log\n1,2\n")
    watched.presenter.import_files([path])
    settle()
    assert len(watched.presenter.state.shifts) == 24
    assert not watched.view.strip.isVisible()


@pytest.mark.long
def test_another_model_restarts_the_charts_and_is_told(watched, window, settle, tmp_path):
    view, project = watched.view, window.current.project
    path = tmp_path / "other.onnx"
    add_model(project, makers.colour_model(path, order=(2, 1, 0)), None, makers.NOW)
    watched.presenter.enter()
    settle()
    assert "24 shifts" in view.placeholder.sentence
    assert "use another model, net: charts restarted." in view.placeholder.sentence
    assert "▲ Open alarm, shift of 9 Nov 2026 22:00 (model “net”)" in view.placeholder.sentence
    taken(project, log(tmp_path / "b.csv", shifts=2))
    watched.presenter.enter()
    settle()
    assert "charts restarted" in view.span.text()
    watched.presenter.select_shift(0)
    assert "No comparison across this change." in "\n".join(view.details.get_lines())
    assert "▲ Open alarm, shift of 9 Nov 2026 22:00" in "\n".join(view.details.get_lines())


@pytest.mark.long
def test_an_open_alarm_of_an_earlier_model_is_acknowledged_before_the_new_one_has_a_shift(
    watched, window, settle, press, tmp_path
):
    path = tmp_path / "other.onnx"
    add_model(window.current.project, makers.colour_model(path, order=(2, 1, 0)), None, makers.NOW)
    watched.presenter.enter()
    settle()
    assert window.context.actions.get_action("monitor.seen").isEnabled()
    press(Key.Key_A)
    settle()
    assert "Open alarm" not in watched.view.placeholder.sentence
    assert not window.context.actions.get_action("monitor.seen").isEnabled()


@pytest.fixture
def opened(monkeypatch):
    """What the system was asked to open."""
    found = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: found.append(url) or True)
    return found


def naming(folder, picture):
    """A log in `folder` whose results name this picture."""
    folder.mkdir(exist_ok=True)
    rows = [f"{FIRST.isoformat()},red,0.5,{picture}"] * 10
    (folder / "a.csv").write_text("\n".join(["time,prediction,confidence,picture", *rows]))
    return folder / "a.csv"


@pytest.mark.long
@pytest.mark.parametrize(
    "picture",
    [
        "{out}/run.desktop", "{out}/a.png", "http://127.0.0.1:1/a.png", "file:///etc/passwd",
        "\\\\127.0.0.1\\s\\a.png", "../a.png", "run.sh",
    ],
)  # fmt: skip
def test_the_image_key_opens_nothing_of_a_log(picture, screen_of, settle, press, opened, tmp_path):
    screen = screen_of("empty", "monitor")
    path = naming(tmp_path / "log", picture.format(out=tmp_path))
    for program in (tmp_path / "run.desktop", path.with_name("run.sh")):
        program.write_text("[Desktop Entry]\nExec=true\n")
    makers.save_picture(tmp_path / "a.png", "red")
    screen.presenter.import_files([path])
    settle()
    press(Key.Key_O)
    settle()
    assert opened == []
    assert screen.view.viewer is None


@pytest.mark.long
def test_the_image_key_shows_an_image_below_the_folder_of_the_log_inside_the_window(
    screen_of, settle, press, opened, tmp_path
):
    screen = screen_of("empty", "monitor")
    makers.save_picture(tmp_path / "log" / "p" / "1.png", "red")
    screen.presenter.import_files([naming(tmp_path / "log", "p/1.png")])
    settle()
    press(Key.Key_O)
    settle()
    assert screen.view.viewer.isVisible()
    assert screen.view.viewer.frame.title.endswith(
        "1.png\u2069"
    ) or screen.view.viewer.frame.title.endswith("1.png")
    screen.view.viewer.reject()
    assert opened == []


# A million logged predictions in the window: taken in within a minute, and the window answers
# while they are and when they are shown.


PAUSE_S = 0.1


@pytest.mark.full("million_rows")
def test_a_million_rows_show_without_pause(screen_of, window, qtbot, tmp_path, counts, evidence):
    """Pauses are told by processor time of the window's thread between two turns of its loop: who
    else is at work counts for none."""
    n = counts(ci=0, full=1_000_000)
    path, screen = made_up(tmp_path / "log.csv", n), screen_of("empty", "monitor")
    turns, worst = [time.thread_time()], [0.0]

    def turn():
        now = time.thread_time()
        worst[0] = max(worst[0], now - turns[-1])
        turns[:] = [now]

    timer = QTimer(interval=5)
    timer.timeout.connect(turn)
    timer.start()
    began, used = time.monotonic(), time.process_time()
    screen.presenter.import_files([path])
    qtbot.waitUntil(lambda: len(screen.presenter.session.shifts) >= 126, timeout=600_000)
    seconds, processor_s = time.monotonic() - began, time.process_time() - used
    taking = worst[0]
    window.show_screen("pick")
    qtbot.wait(100)
    worst[0] = 0.0
    window.show_screen("monitor")
    qtbot.wait(100)
    opening, worst[0] = worst[0], 0.0
    for at in range(0, 126, 9):
        screen.presenter.select_shift(at)
        for code in ("entropy", "distance", "charts"):
            screen.presenter.choose_view(code)
            window.repaint()
            qtbot.wait(1)
    timer.stop()
    turn_s = {"while_taken_in": taking, "when_opened": opening, "from_shift_to_shift": worst[0]}
    evidence(rows=n, seconds=seconds, processor_s=processor_s, longest_turn_s=turn_s)
    assert processor_s <= 60
    assert max(turn_s.values()) <= PAUSE_S, turn_s
