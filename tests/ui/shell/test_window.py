import ctypes
import ctypes.util
import shutil
import threading
import weakref
from contextlib import contextmanager
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListWidget, QMenu
from shiboken6 import isValid

from fieldcheck.domain.project_state import Changes
from fieldcheck.errors.files import DiskFull
from fieldcheck.files import sha256_file
from fieldcheck.i18n import language
from fieldcheck.i18n.language import tr
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.run import find_readable
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import project_state
from fieldcheck.report.evidence_pack import PackOptions, pack_project, verify_pack
from fieldcheck.ui.app import build_window
from fieldcheck.ui.open_cameras import OpenCameras
from fieldcheck.ui.screen import ScreenHeading
from fieldcheck.ui.screens import SCREENS
from fieldcheck.ui.screens.home.new_project import NewProjectForm
from fieldcheck.ui.shell.overlays import ConfirmQuit, confirm_stop_jobs, confirm_stop_recording
from fieldcheck.ui.theme import RAIL, RAIL_COMPACT, READABLE
from fieldcheck.ui.widgets.layouts import get_focus_target
from tests import makers

Key, Mod = Qt.Key, Qt.KeyboardModifier


def test_the_window_opens_on_the_first_screen(window):
    assert window.current_screen == "project"
    assert window.sidebar.items["project"].isChecked()
    assert window.header.title.text() == "Projects"


def test_the_window_opens_within_a_screen_that_is_smaller_than_it(qapp, monkeypatch):
    monkeypatch.setattr("fieldcheck.ui.shell.window.USUAL_SIZE", QSize(9000, 8000))
    opened = build_window()
    size = opened.size()
    opened.force_close()
    opened.deleteLater()
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete
    assert size == QGuiApplication.primaryScreen().availableSize()


@pytest.mark.long
def test_every_screen_can_be_reached_by_its_key(window, press):
    for name in SCREENS:
        window.context.actions.get_action(f"go.{name}").trigger()
        beside = name == "help"
        assert window.current_screen == ("settings" if beside else name)
        assert window.overlays.kind == ("help" if beside else "")
        assert window.header.title.text()


def test_below_1280_px_the_rail_shows_icons_only(window, qtbot):
    window.resize(1092, 552)
    qtbot.waitUntil(lambda: window.sidebar.width() == RAIL_COMPACT)
    window.resize(1366, 690)
    qtbot.waitUntil(lambda: window.sidebar.width() == RAIL)


@pytest.mark.long
def test_another_language_is_spoken_at_once(window):
    window.preferences.update(language="de")
    assert language.get_language() == "de"
    assert window.header.title.text() == "Projekte"
    window.preferences.update(language="en")
    assert window.header.title.text() == "Projects"


@pytest.mark.long
def test_another_theme_is_put_on_at_once(window, press):
    press(Key.Key_T, Mod.ControlModifier | Mod.ShiftModifier)
    assert window.context.theme.tokens.name == "dark"
    assert window.preferences.settings.theme == "dark"


@pytest.mark.long
def test_another_look_leaves_no_old_screens(window, open_in_window, made, settle, tmp_path, qtbot):
    """Of fifty looks in one visit each would otherwise stay, with its pictures."""
    open_in_window(shutil.copytree(made["drawn"], tmp_path / "drawn.fieldcheck"))
    before = {}
    for name in SCREENS:
        window.show_screen(name)
        before[name] = (
            weakref.ref(window.get_shown_screen().presenter),
            weakref.ref(window.get_shown_screen().view),
        )
    settle()
    window.preferences.update(theme="dark")
    settle()
    qtbot.waitUntil(
        lambda: (
            [name for name, held in before.items() if any(one() is not None for one in held)] == []
        )
    )


@pytest.mark.long
def test_what_a_screen_still_read_is_dropped_when_the_window_is_rebuilt(window, label_screen):
    """The actions go before the screen that had asked."""
    go_on, actions, acts = threading.Event(), window.context.actions, window.runner._acts
    window.runner.run_in_order(None, go_on.wait)
    label_screen.presenter.load_frames(None)
    loaded = acts.submit(int)
    window.rebuild_all()
    QApplication.sendPostedEvents(actions, QEvent.Type.DeferredDelete)
    go_on.set()
    loaded.result()
    assert isValid(label_screen.view)
    assert not isValid(actions)
    QApplication.sendPostedEvents(window.runner, QEvent.Type.MetaCall)
    assert window.current_screen == "label"


@pytest.mark.long
def test_a_look_that_is_worn_already_is_not_put_on_again(window, monkeypatch):
    asked = []
    application = QApplication.instance()
    monkeypatch.setattr(type(application), "setStyleSheet", lambda _app, said: asked.append(said))
    window.preferences.update(language="de")
    assert asked == []
    window.preferences.update(theme="dark")
    assert len(asked) == 1


@pytest.mark.long
def test_the_interface_grows_and_shrinks(window, press):
    press(Key.Key_Plus, Mod.ControlModifier)
    assert window.context.theme.metrics.percent == 110
    assert QApplication.font().pixelSize() == 15
    press(Key.Key_0, Mod.ControlModifier)
    assert window.context.theme.metrics.percent == 100


def test_pictures_that_a_job_left_out_stand_in_a_banner(window, qtbot, tmp_path):
    files = [str(makers.save_picture(tmp_path / f"{at}.png", "red", at)) for at in range(4)]
    for at in (1, 3):
        (tmp_path / f"{at}.png").write_bytes(b"no picture")
    window.runner.run_job(None, "Reading", lambda progress: find_readable(files, progress))
    qtbot.waitUntil(lambda: bool(window.messages.banners))
    expected = ["2 unreadable images skipped: 1.png, 3.png. Copy them again and repeat the run."]
    assert [one.text for one in window.messages.banners] == expected


@pytest.mark.long
def test_a_project_opens_and_the_rail_says_how_far_it_is(window, open_in_window, made):
    open_in_window(made["labelled"])
    assert window.current.name == "labelled"
    assert window.windowTitle() == "labelled – Fieldcheck"
    assert "20 of 20" in window.sidebar.items["label"].accessibleName()
    assert str(made["labelled"]) in window.preferences.settings.recent
    window.close_project()
    assert window.windowTitle() == "Fieldcheck"


def test_a_folder_that_is_no_project_is_refused_in_a_banner(window, settle, tmp_path):
    window.open_project(tmp_path)
    settle()
    assert len(window.messages.banners) == 1
    assert window.current.project is None


@pytest.mark.long
def test_a_project_that_somebody_else_writes_opens_for_reading(window, open_in_window, labelled):
    open_in_window(labelled.path)
    assert not window.current.writable
    assert [banner.key for banner in window.messages.banners] == ["read_only"]
    assert not window.context.actions.get_action("undo").isEnabled()


@pytest.mark.long
def test_the_project_that_is_open_is_only_shown_when_it_is_opened_again(
    window, opened, tmp_path, settle, monkeypatch
):
    monkeypatch.setattr(OpenCameras, "recording", True)
    project = window.current.project
    (tmp_path / "link.fieldcheck").symlink_to(opened, target_is_directory=True)
    for path in (opened, tmp_path / "link.fieldcheck"):
        window.show_screen("label")
        window.open_project(path)
        settle()
        assert window.current_screen == "project"
        assert window.current.project is project
        assert window.current.writable
    assert window.findChild(ConfirmQuit) is None
    assert not window.messages.banners


@pytest.mark.long
def test_closing_the_window_lets_go_of_the_project(window, open_in_window, made):
    open_in_window(made["drawn"])
    window.close()
    open_project(made["drawn"], wait_s=5).close()


def test_f6_goes_from_part_to_part_and_back(window, press):
    start = QApplication.focusWidget()
    press(Key.Key_F6)
    press(Key.Key_F6)
    assert QApplication.focusWidget() is not start
    press(Key.Key_Escape)
    assert QApplication.focusWidget() in (
        window.get_shown_screen().focus,
        get_focus_target(window.get_shown_screen().focus),
    )


@pytest.mark.long
def test_a_damaged_project_is_left_alone_and_a_copy_is_offered(window, settle, qtbot, labelled):
    labelled.close()
    database = labelled.path / "project.db"
    torn = bytearray(database.read_bytes())
    torn[4096:8192] = bytes(range(256)) * 16
    database.write_bytes(torn)
    window.open_project(labelled.path)
    settle()
    assert window.current.project is None
    window.preferences.update(language="de")
    assert window.messages.banners[0].button not in ("", "Open repaired copy")
    window.preferences.update(language="en")
    banner = window.messages.banners[0]
    assert banner.button == "Open repaired copy"
    with qtbot.waitSignal(window.current.opened):
        banner.action()
    settle()
    assert window.current.name == "labelled-repaired"
    assert window.current.status.n_labelled == 20
    assert database.read_bytes() == torn


@pytest.mark.long
def test_what_was_said_of_a_project_goes_with_it(window, open_in_window, made, settle):
    open_in_window(made["drawn"])
    window.messages.show_error(DiskFull(made["drawn"]), "label")
    window.messages.show_error(DiskFull(made["drawn"]), "settings")
    window.messages.show_toast("80 frames picked.", "Undo", lambda: None)
    window.current.close()
    settle()
    assert [banner.key for banner in window.messages.banners] == ["settings"]
    assert not window.toast.isVisible()


@pytest.mark.long
def test_a_running_import_is_no_interrupted_import(window, open_in_window, settle, made, tmp_path):
    open_in_window(shutil.copytree(made["footed"], tmp_path / "p.fieldcheck"))
    window.current.status = replace(window.current.status, n_open=1)

    def badge():
        window._show_badges()
        return window.sidebar.items["capture"]._badge.state

    assert badge() == "look"
    window.current.project.recording.add("r9")
    assert badge() == "done"
    window.current.project.recording.clear()
    go_on = threading.Event()
    window.runner.run_job(None, "Import", lambda _progress: go_on.wait(20), key="capture.import")
    assert badge() == "done"
    go_on.set()
    settle()
    assert badge() == "look"


def test_the_folder_of_the_last_file_is_kept_with_the_settings(window, tmp_path):
    window.setProperty("lastFolder", str(tmp_path))
    window.close()
    assert window.preferences.settings.folder == str(tmp_path)


@pytest.mark.long
def test_a_key_on_a_project_that_is_only_read_says_why_once_and_adds_no_banner(
    window, open_in_window, labelled, press, settle, qtbot
):
    window.preferences.update(too_fast_ms=0)
    open_in_window(labelled.path)
    window.show_screen("label")
    settle()
    qtbot.waitUntil(lambda: window.get_shown_screen().presenter.view_tracker.shown_at is not None)
    for key in (Key.Key_1, Key.Key_U):
        before = len(window.messages.history)
        press(key)
        settle()
        assert [banner.key for banner in window.messages.banners] == ["read_only"]
        assert len(window.messages.history) == before + 1
        assert "is open read-only. Nothing was changed. Correct" in window.messages.history[-1].text
        assert window.toast.isVisible()
    window.show_screen("explore")
    window.context.actions.get_action("explore.look").trigger()
    settle()
    press(Key.Key_M)
    expected = "This project is open read-only. Nothing was changed. Correct the cause"
    assert window.messages.history[-1].text.startswith(expected)


@pytest.mark.long
def test_a_running_job_is_named_in_the_current_language(window, open_in_window, made, settle):
    open_in_window(made["drawn"])
    go_on = threading.Event()
    job = window.current.run_job(
        None, lambda: tr("Model run"), lambda _project, _progress: go_on.wait(60)
    )
    assert "Model run" in window.status.jobs.text()
    window.preferences.update(language="de")
    assert job.name != "Model run"
    assert job.name in window.status.jobs.text()
    go_on.set()
    settle()
    window.preferences.update(language="en")


@pytest.mark.long
def test_that_nothing_was_lost_is_said_once_only(window, open_in_window, made, tmp_path, settle):
    open_in_window(shutil.copytree(made["drawn"], tmp_path / "p.fieldcheck"))
    window._show_restored()
    window.current.refresh(Changes("background"))
    settle()
    assert [one.key for one in window.messages.banners] == ["restored"]
    name = window.current.project.read(picks_table.list_picks)[0].frame_id
    window.current.run_edit(
        None,
        lambda project: set_label(
            project, name, LabelDecision("red"), annotator="tester", now=makers.NOW
        ),
    )
    settle()
    assert window.messages.banners == ()


def test_the_header_says_what_the_screen_says(window):
    window.header.show_head(ScreenHeading("Label", "Look, press a number key.", "Finish labelling"))
    assert (window.header.title.text(), window.header.hint.text(),
    window.header.primary.get_label()) == (
        "Label", "Look, press a number key.", "Finish labelling",
    )  # fmt: skip
    assert window.header.primary.isVisible()


def test_a_screen_without_a_primary_action_has_no_primary_button(window):
    window.header.show_head(ScreenHeading("Help"))
    assert not window.header.primary.isVisible()
    assert not window.context.actions.get_action("primary").isEnabled()


def test_a_primary_action_on_the_page_has_no_button_in_the_header_and_keeps_its_key(window):
    window.header.show_head(ScreenHeading("Capture", primary="Go to Project", on_page=True))
    assert not window.header.primary.isVisible()
    assert window.context.actions.get_action("primary").isEnabled()


def test_a_hint_takes_a_second_line_and_one_that_has_no_room_at_all_is_the_tooltip(window):
    hint = "One sentence that is too long for one line of the header of a window. " * 2
    window.header.show_head(ScreenHeading("Label", hint, "Finish"))
    assert " ".join(window.header.hint.text().split()) == hint.strip()
    assert (window.header.hint.text().count("\n"), window.header.title.toolTip()) == (1, "")
    window.header.show_head(ScreenHeading("Label", hint * 9, "Finish"))
    assert (window.header.hint.text(), window.header.title.toolTip()) == ("", hint * 9)


@pytest.mark.long
def test_the_second_action_of_a_screen_has_a_button_and_the_first_need_not_be_filled(window):
    window.show_head(ScreenHeading("Label", primary="Finish", role="quiet", secondary="gloves"))
    header = window.header
    assert (header.secondary.isVisible(), header.secondary.get_label()) == (True, "Gloves mode")
    assert header.primary.property("role") == "quiet"
    header.secondary.click()
    assert window.preferences.settings.gloves
    window.preferences.update(gloves=False)
    window.show_head(ScreenHeading("Help"))
    assert not window.header.secondary.isVisible()


def test_undo_and_redo_are_named_though_they_show_icons_only(window):
    assert window.header.undo.accessibleName() == "Undo, Ctrl+Z"
    assert window.header.redo.accessibleName() == "Redo, Ctrl+Shift+Z"


def test_a_primary_action_with_a_key_of_its_own_shows_that_one(window):
    window.header.show_head(ScreenHeading("Capture", "", "Stop", key="R"))
    assert window.header.primary.accessibleName() == "Stop, R"
    window.header.show_head(ScreenHeading("Capture", "", "Pick frames"))
    assert window.header.primary.accessibleName() == "Pick frames, Ctrl+Enter"


@pytest.mark.long
def test_a_pack_that_is_dropped_becomes_a_project_and_a_spoiled_one_is_refused_in_a_sentence(
    window, settle, labelled, tmp_path, qtbot
):
    pack = tmp_path / "stick" / "hall.fcpack"
    pack.parent.mkdir()
    pack_project(labelled, pack, PackOptions(), NullProgress(), makers.NOW)
    labelled.close()
    before = sha256_file(pack)
    window.preferences.update(recent=(str(labelled.path),))
    window.get_shown_screen().view.dropped.emit([pack])
    assert window.runner.list_running()[0].name == "Unpack hall.fcpack"
    assert window.get_shown_screen().view.start.strip.row is not None
    qtbot.waitUntil(lambda: window.current.project is not None)
    settle()
    assert window.current.project.path == tmp_path / "hall.fieldcheck"
    assert window.current.status.n_labelled == 20
    assert "hall.fcpack verified" in " ".join(one.text for one in window.messages.history)
    assert sha256_file(pack) == before
    spoiled = tmp_path / "stick" / "other.fcpack"
    spoiled.write_bytes(pack.read_bytes()[:-1] + b"x")
    window.open_project(spoiled)
    settle()
    assert "Nothing was unpacked" in window.messages.banners[-1].text
    assert not list(tmp_path.glob("*other*"))


@pytest.mark.long
def test_a_large_window_has_larger_letters_while_nobody_chose_a_size(window, qtbot):
    window.show_screen("settings")
    for size, percent in (((1920, 1010), 120), ((2560, 1380), 145), ((1366, 690), 100)):
        window.resize(*size)
        qtbot.waitUntil(lambda wanted=percent: window.context.theme.metrics.percent == wanted)
    window.preferences.update(size=90)
    window.resize(2560, 1380)
    qtbot.wait(50)
    assert window.context.theme.metrics.percent == 90


@pytest.mark.long
def test_a_page_of_words_is_not_as_wide_as_a_large_screen(window, qtbot):
    window.show_screen("settings")
    window.resize(2560, 1380)
    qtbot.waitUntil(lambda: window.context.theme.metrics.percent == 145)
    readable = window.context.theme.metrics.scale_px(READABLE)
    qtbot.waitUntil(lambda: window.get_shown_screen().view.width() == readable)
    window.show_screen("pick")
    qtbot.waitUntil(lambda: window.get_shown_screen().view.width() > 2200)


@pytest.mark.short_cases(2)
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


@pytest.mark.long
@pytest.mark.parametrize("screen", SCREENS)
def test_the_question_mark_shows_the_keys_on_every_screen(window, press, screen):
    window.show_screen(screen)
    press(Key.Key_Question, Mod.ShiftModifier)
    assert window.overlays.kind == "keys"
    press(Key.Key_Escape)


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
def test_the_question_goes_by_itself_when_the_pack_is_whole(window, qtbot, opened, tmp_path):
    folder = packing(window, tmp_path / "out")
    window.close()
    assert window.isVisible()
    qtbot.waitUntil(lambda: not window.isVisible())
    (pack,) = folder.glob("*")
    assert verify_pack(pack, NullProgress()).first_bad is None


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
def test_a_new_project_asks_about_the_recording_and_then_about_the_jobs(
    window, qtbot, opened, tmp_path, settle, monkeypatch
):
    go_on, recording = threading.Event(), True
    monkeypatch.setattr(OpenCameras, "recording", property(lambda _cameras: recording))

    def wait_for_end(_project, progress):
        while not go_on.wait(0.01):
            progress.check()

    job = window.current.run_job(None, "Import of belt.avi", wait_for_end)
    window.show_screen("project")
    home = window.get_shown_screen()
    home.presenter.start_new_project()
    home.view.wizard.fill_form(NewProjectForm("Line 7", str(tmp_path)))

    def create():
        home.presenter.on_primary_action()
        return find_question(window)

    create().go_on.click()
    create().stop.click()
    assert find_question(window).message.text().startswith("Still being written: Import of belt")
    find_question(window).go_on.click()
    assert (window.current.project.path, job.state) == (opened, "running")
    create().stop.click()
    recording = False
    with qtbot.waitSignal(window.current.opened):
        find_question(window).stop.click()
    settle()
    assert (window.current.name, job.state) == ("Line 7", "cancelled")


def find_question(window):
    (asked,) = [one for one in window.findChildren(ConfirmQuit) if one.isVisible()]
    return asked


@pytest.mark.long
def test_what_is_only_worked_out_to_be_shown_is_no_reason_to_stay(window, opened):
    window.show_screen("explore")
    window.show_screen("report")
    window.close()
    assert not window.isVisible()


@pytest.mark.long
def test_jobs_that_go_on_next_time_say_so(window, opened):
    job = window.current.run_job(
        None, "Import of belt.avi", lambda _project, progress: progress.check()
    )
    asked = confirm_stop_jobs(window, window.runner, lambda: None)
    assert "The same job continues from there next time." in asked.message.text()
    assert job.writes
