import ast
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from fieldcheck import __version__, ui
from fieldcheck.errors.files import DiskFull
from fieldcheck.errors.messages import format_error
from fieldcheck.i18n import language
from fieldcheck.ui.errors import ALARM, CrashDialog, ExceptionHook, Messages, format_diagnostics
from tests.source import nodes


def test_a_toast_is_an_event_and_a_banner_a_state(qapp):
    messages, toasts = Messages(), []
    messages.toasted.connect(toasts.append)
    messages.show_toast("Undid: label")
    messages.show_banner("camera", "The camera is lost.")
    assert [toast.text for toast in toasts] == ["Undid: label"]
    assert [banner.text for banner in messages.banners] == ["The camera is lost."]
    assert [message.text for message in messages.history] == ["Undid: label", "The camera is lost."]


def test_the_same_state_is_said_once(qapp):
    messages = Messages()
    messages.show_banner("disk", "5 min of recording left.")
    messages.show_banner("disk", "2 min of recording left.")
    assert [banner.text for banner in messages.banners] == ["2 min of recording left."]
    messages.clear_banner("disk")
    messages.clear_banner("disk")
    assert messages.banners == ()


def test_a_state_that_stands_is_listed_once_however_often_it_is_met(qapp):
    messages = Messages()
    for _ in range(3):
        messages.show_error(DiskFull(Path("/stick/project.db")), "label")
    assert len(messages.history) == 1
    messages.clear_banner("label")
    messages.show_error(DiskFull(Path("/stick/project.db")), "label")
    assert len(messages.history) == 2


def test_an_error_is_said_in_its_own_sentence_and_a_bug_as_one(qapp):
    messages = Messages()
    messages.show_error(DiskFull(Path("/stick/report.pdf")))
    assert messages.banners[0].level == ALARM
    assert "/stick" in messages.banners[0].text
    messages.show_error(ZeroDivisionError())
    assert "ZeroDivisionError" in messages.banners[0].text


def test_the_list_does_not_grow_without_end(qapp):
    messages = Messages()
    for number in range(700):
        messages.show_toast(str(number))
    assert len(messages.history) == 500
    assert messages.history[-1].text == "699"


def test_what_stands_is_said_in_the_language_that_is_spoken_now_and_what_was_closed_stays_so(qapp):
    messages = Messages()
    messages.show_error(DiskFull(Path("/stick/project.db")), "label", "Try again")
    messages.show_error(DiskFull(Path("/disk")), "closed")
    messages.show_banner("camera", "The camera is lost.")
    messages.clear_banner("closed")
    language.set_language("de")
    messages.retranslate()
    disk, camera = messages.banners
    assert camera.text == "The camera is lost."
    assert disk.text == format_error(DiskFull(Path("/stick/project.db")))
    assert "Datenträger voll: /stick/project.db lässt sich nicht schreiben." in disk.text
    assert disk.button == "Try again"
    assert [one.key for one in messages.history] == ["closed", "camera", "label"]


POLLED = ("capture.source", "_key", "DISK")
"""What is looked at again and again is said anew by itself."""


def test_every_banner_of_the_window_can_be_said_in_another_language():
    found, n = [], 0
    for path in Path(ui.__file__).parent.rglob("*.py"):
        for node in nodes(path):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "show_banner"
            ):
                key, n = ast.unparse(node.args[0]), n + 1
                if not any(name in key for name in POLLED) and "again" not in [
                    one.arg for one in node.keywords
                ]:
                    found.append((path.name, key))
    assert found == []
    assert n >= 10  # so that a new name of the function is seen


def test_the_dialog_says_that_the_work_is_safe_and_copies_the_text(qtbot, look):
    dialog = CrashDialog("Traceback: boom")
    qtbot.addWidget(dialog)
    dialog.open()
    said = " ".join(
        label.text() for label in dialog.findChildren(type(dialog.layout().itemAt(0).widget()))
    )
    assert "Everything saved before is safe; check your last action. You can" in said
    dialog.copy.click()
    assert QApplication.clipboard().text() == format_diagnostics("Traceback: boom")
    dialog.go_on.click()
    assert not dialog.isVisible()


def test_diagnostics_name_versions_and_the_log(qapp):
    assert format_diagnostics().startswith(f"Fieldcheck {__version__}\nPython ")


def test_diagnostics_name_nobody_and_hold_no_password(qapp, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "anna.muster"))
    monkeypatch.setenv("FIELDCHECK_HOME", str(tmp_path / "anna.muster" / "kept"))
    told = format_diagnostics(
        f"OSError: '{tmp_path}/anna.muster/clip.mp4', '/media/anna.muster/STICK', "
        "rtsp://tech:s3cret@cam/live"
    )
    assert "anna" not in told
    assert "s3cret" not in told
    assert {"Log: ~/kept/logs", "OSError: '~/clip.mp4', '/media/…/STICK', rtsp://cam/live"} <= set(
        told.splitlines()
    )


def test_an_error_in_a_slot_is_told_and_the_window_goes_on(qtbot, qapp):
    watch, told = ExceptionHook(), []
    before = sys.excepthook
    watch.error_caught.connect(lambda error, detail: told.append((type(error), detail)))
    watch.install()
    try:
        QTimer.singleShot(0, fail)
        qtbot.waitUntil(lambda: bool(told))
    finally:
        watch.uninstall()
    assert told[0][0] is ZeroDivisionError
    assert "in fail" in told[0][1]
    assert sys.excepthook is before


def fail():
    raise ZeroDivisionError
