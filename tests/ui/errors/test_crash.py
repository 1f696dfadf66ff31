from PySide6.QtWidgets import QApplication

from fieldcheck import __version__
from fieldcheck.ui.errors import CrashDialog, format_diagnostics


def test_the_dialog_says_that_the_work_is_safe_and_copies_the_text(qtbot, look):
    dialog = CrashDialog("Traceback: boom")
    qtbot.addWidget(dialog)
    dialog.open()
    said = " ".join(
        label.text() for label in dialog.findChildren(type(dialog.layout().itemAt(0).widget()))
    )
    assert "All labels and edits are saved. You can continue" in said
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
