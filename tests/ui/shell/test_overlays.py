import ctypes
import ctypes.util
import shutil
import threading
from contextlib import contextmanager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListWidget, QMenu

from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import project_state
from fieldcheck.report.evidence_pack import verify_pack
from fieldcheck.ui.screens import SCREENS
from fieldcheck.ui.shell.overlays import ConfirmQuit, confirm_stop_jobs, confirm_stop_recording

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.mark.parametrize(("kind", "key", "modifier"), [
    ("finder", Key.Key_K, Mod.ControlModifier),
    ("keys", Key.Key_Question, Mod.ShiftModifier),
    ("messages", Key.Key_M, Mod.ControlModifier),
    ("jobs", Key.Key_J, Mod.ControlModifier),
])  # fmt: skip
def test_each_opens_with_its_key_and_closes_with_escape(window, press, kind, key, modifier):
    window.get_shown_screen().focus.setFocus()
    before = QApplication.focusWidget()
    press(key, modifier)
    assert window.overlays.kind == kind
    press(Key.Key_Escape)
    assert window.overlays.kind == ""
    assert QApplication.focusWidget() is before


@pytest.mark.parametrize("screen", SCREENS)
def test_the_question_mark_shows_the_keys_on_every_screen(window, press, screen):
    window.show_screen(screen)
    press(Key.Key_Question, Mod.ShiftModifier)
    assert window.overlays.kind == "keys"
    press(Key.Key_Escape)


@pytest.mark.parametrize(("screen", "finds"), [("label", "label.find"), ("stress", "stress.all")])
def test_slash_and_question_mark_on_one_key_differ(window, qtbot, label_screen, screen, finds):
    """Real key events, as the X server sends them: Qt offers each as Shift and / first, then as
    ?."""
    window.show_screen(screen)
    done = []
    window.context.actions.get_action(finds).triggered.connect(lambda: done.append(finds))
    with real_keys() as strike:
        strike("Shift_L", "slash")
        qtbot.waitUntil(lambda: window.overlays.kind == "keys")
        assert done == []
        window.overlays.close_open()
        strike("slash")
        qtbot.waitUntil(lambda: done == [finds])
    assert window.overlays.kind == ""


@contextmanager
def real_keys():
    """`strike("Shift_L", "slash")`: keys as if they were pressed, the last one while the others are
    held."""
    found = [ctypes.util.find_library(name) for name in ("X11", "Xtst")]
    if not all(found) or QGuiApplication.platformName() != "xcb":
        pytest.skip("no X server that takes keys")
    x, test = (ctypes.CDLL(name) for name in found)
    x.XOpenDisplay.restype = ctypes.c_void_p
    x.XStringToKeysym.restype = x.XKeysymToKeycode.restype = ctypes.c_ulong
    x.XKeysymToKeycode.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
    for call in (x.XSync, x.XCloseDisplay, test.XTestFakeKeyEvent):
        call.argtypes = [
            ctypes.c_void_p,
            *(
                [ctypes.c_uint, ctypes.c_int, ctypes.c_ulong]
                if call is test.XTestFakeKeyEvent
                else []
            ),
        ]
    x.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
    display = x.XOpenDisplay(None)

    def strike(*names):
        codes = [
            x.XKeysymToKeycode(display, x.XStringToKeysym(name.encode())) & 0xFF for name in names
        ]
        cases = [*((code, 1) for code in codes), *((code, 0) for code in reversed(codes))]
        for code, down in cases:
            test.XTestFakeKeyEvent(display, code, down, 0)
        x.XSync(display, 0)

    try:
        yield strike
    finally:
        x.XCloseDisplay(display)


def test_a_click_beside_it_closes_it(window):
    window.overlays.show_shortcuts()
    pos = window.sidebar.rect().bottomLeft()
    QTest.mouseClick(window.sidebar, Qt.MouseButton.LeftButton, pos=pos)
    assert window.overlays.kind == ""


def test_the_menu_holds_what_can_be_done(window, press):
    press(Key.Key_F10)
    menu = window.findChild(QMenu)
    said = {action.text() for action in menu.actions()}
    assert {"Next theme", "Increase size", "Quit"} <= said
    menu.close()


def test_the_message_list_keeps_what_was_said(window):
    window.messages.show_toast("Undid: label")
    window.overlays.show_messages()
    widgets = window.findChildren(QListWidget)
    shown = next(one for one in widgets if one.accessibleName() == "Messages")
    assert shown.item(0).text().endswith("Undid: label")
    window.overlays.close_open()


def test_going_on_is_what_enter_and_escape_do(window, qtbot):
    left = []
    asked = confirm_stop_recording(window, lambda: left.append(1))
    assert asked.go_on.isDefault()
    QTest.keyClick(asked, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.findChildren(ConfirmQuit))
    assert left == []


def test_who_wants_to_leave_leaves(window, qtbot):
    left = []
    confirm_stop_recording(window, lambda: left.append(1)).stop.click()
    assert left == [1]
    qtbot.waitUntil(lambda: not window.findChildren(ConfirmQuit))


def test_it_is_asked_once(window, qtbot):
    first = confirm_stop_recording(window, lambda: None)
    assert confirm_stop_recording(window, lambda: None) is first
    first.reject()
    qtbot.waitUntil(lambda: not window.findChildren(ConfirmQuit))


def packing(window, folder):
    """Begins a pack of the project that is open, and gives the folder it goes to."""
    window.show_screen("evidence")
    folder.mkdir()
    window.get_shown_screen().presenter.parts["packs"].create_pack(
        folder, recordings=True, with_people=True
    )
    return folder


def reporting(window, folder):
    """Begins a report of the project that is open, and gives the folder it goes to."""
    window.show_screen("report")
    folder.mkdir()
    window.get_shown_screen().presenter.set_folder(folder)
    window.get_shown_screen().presenter.export_report()
    return folder


def exporting(window, folder):
    """Begins the export of the benchmark's pictures and frames as a slice, and gives the folder it
    goes to."""
    window.show_screen("explore")
    folder.mkdir()
    names = [one.frame_id for one in window.current.project.read(picks_table.list_picks)]
    window.get_shown_screen().presenter.frames.export_to(folder, names)
    return folder


@pytest.fixture
def opened(open_in_window, made, tmp_path):
    """The labelled project in the window; its folder."""
    path = shutil.copytree(made["labelled"], tmp_path / "labelled.fieldcheck")
    open_in_window(path)
    return path


def under_way(window, qtbot):
    qtbot.waitUntil(lambda: window.runner.list_writing() != [])


@pytest.mark.parametrize("begin", [packing, reporting, exporting])
def test_quitting_while_a_job_writes_asks_first(window, qtbot, opened, tmp_path, begin):
    folder = begin(window, tmp_path / "out")
    under_way(window, qtbot)
    name = window.runner.list_writing()[0].name
    window.context.actions.get_action("quit").trigger()
    asked = window.findChild(ConfirmQuit)
    assert window.isVisible()
    assert asked.message.text().startswith(
        f"Still being written: {name}. If you wait, this continues automatically when it is done."
    )
    expected = "If you stop now, a job that cannot be resumed starts from the beginning next time."
    assert asked.message.text().endswith(expected)
    assert asked.go_on.isDefault()
    asked.stop.click()
    qtbot.waitUntil(lambda: not window.isVisible())
    qtbot.waitUntil(
        lambda: not any(thread.name.startswith("job") for thread in threading.enumerate())
    )
    left = [path for path in folder.rglob("*") if path.is_file()]
    assert all("part" not in path.name for path in left)
    assert left == [] or begin is not packing  # a job that was as good as done is whole
    with open_project(opened, wait_s=5) as project:
        assert project.read(project_state.check_quick) == ""


def test_the_question_goes_by_itself_when_the_pack_is_whole(window, qtbot, opened, tmp_path):
    folder = packing(window, tmp_path / "out")
    window.close()
    assert window.isVisible()
    qtbot.waitUntil(lambda: not window.isVisible())
    (pack,) = folder.glob("*")
    assert verify_pack(pack, NullProgress()).first_bad is None


def test_who_keeps_working_keeps_job_and_window(window, qtbot, opened, tmp_path, settle):
    folder = packing(window, tmp_path / "out")
    window.close()
    asked = window.findChild(ConfirmQuit)
    asked.go_on.click()
    settle()
    assert window.isVisible()
    assert len(list(folder.glob("*.fcpack"))) == 1
    window.close()
    assert not window.isVisible()


def test_closing_or_switching_the_project_asks_too(window, qtbot, opened, tmp_path, made, settle):
    packing(window, tmp_path / "out")
    for leave in (window.close_project, lambda: window.open_project(made["drawn"])):
        leave()
        asked = window.findChild(ConfirmQuit)
        assert asked is not None
        asked.reject()
        qtbot.waitUntil(lambda: not window.findChildren(ConfirmQuit))
        assert window.current.project.path == opened
    settle()


def test_what_is_only_worked_out_to_be_shown_is_no_reason_to_stay(window, opened):
    window.show_screen("explore")
    window.show_screen("report")
    window.close()
    assert not window.isVisible()


def test_jobs_that_go_on_next_time_say_so(window, opened):
    job = window.current.run_job(
        None, "Import of belt.avi", lambda _project, progress: progress.check()
    )
    asked = confirm_stop_jobs(window, window.runner, lambda: None)
    assert "The same job continues from there next time." in asked.message.text()
    assert job.writes
