from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QDateTime, QMimeData, QPoint, Qt, QTimeZone, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog

from fieldcheck.domain.recording import LIGHTS
from fieldcheck.ui.screens.capture.view import CaptureView, RecordingRow

BELT = RecordingRow(
    "r1", "belt.avi", "✓ complete", "1:00", "1", "120", "0", "left, line 1", "dark", "f1"
)


@pytest.fixture
def view(window, shown):
    return shown(CaptureView(window.context.theme, window.context.actions), 1100, 560)


def test_what_was_said_is_read_in_utc(view):
    view.suggest_names("left", "line 1")
    view.suggest_names("right", "line 2")
    assert view.get_footage_details() == ("left", "line 1", "")
    view.knows_when.setChecked(True)
    view.taken_at.setDateTime(
        QDateTime.fromString("2026-03-01T08:00:00", Qt.DateFormat.ISODate).toTimeZone(
            QTimeZone.utc()
        )
    )
    moment = view.taken_at.dateTime().toUTC().toString("yyyy-MM-ddTHH:mm:ss")
    assert view.get_footage_details()[2] == f"{moment}+00:00"


def test_chips_show_what_is_chosen_and_carry_their_keys(view):
    view.show_conditions({"dark", "dust"})
    assert [code for code, chip in view.chips.items() if chip.isChecked()] == ["dark", "dust"]
    actual = [chip.accessibleName().rsplit(", ", 1)[1] for chip in view.chips.values()]
    assert actual == list("123456789")
    assert tuple(view.chips) == LIGHTS


def test_without_footage_there_is_a_sentence(view):
    view.show_empty("No project is open.", ["go.project"], can_import=False)
    assert view.stack.currentWidget() is view.placeholder
    assert view.next_in.isHidden()
    view.show_rows([BELT], {})
    assert view.stack.currentWidget() is view.table
    assert not view.next_in.isHidden()


def test_a_file_name_is_shown_whole_where_the_other_columns_leave_room(view):
    view.show_rows([replace(BELT, source="c1_outfeed_flicker_night_shift.mp4")], {})
    wide = view.table.fontMetrics().horizontalAdvance("c1_outfeed_flicker_night_shift.mp4")
    assert view.table.columnWidth(0) >= wide + 80 + 20
    assert view.table.columnWidth(6) <= 280


def test_broken_imports_are_said_only_where_there_are_some(view):
    assert view.open.isHidden()
    view.show_interrupted_imports("1 import was broken off.")
    assert not view.open.isHidden()
    view.show_interrupted_imports("")
    assert view.open.isHidden()


def test_files_are_dropped_in(view, tmp_path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.mp4")), QUrl("http://elsewhere/b.mp4")])
    got = []
    view.dropped.connect(got.extend)
    where, buttons, none = QPoint(5, 5), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(where, Qt.DropAction.CopyAction, mime, buttons, none)
    view.dragEnterEvent(enter)
    assert enter.isAccepted()
    view.dropEvent(QDropEvent(where, Qt.DropAction.CopyAction, mime, buttons, none))
    assert got == [Path(tmp_path / "a.mp4")]


def test_what_is_no_file_cannot_be_dropped(view):
    mime = QMimeData()
    mime.setText("hello")
    enter = QDragEnterEvent(
        QPoint(5, 5),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter.ignore()
    view.dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_files_and_folders_are_asked_for_without_holding_up_the_window(view, qtbot, tmp_path):
    video = tmp_path / "belt.avi"
    video.write_bytes(b"x")
    got = []
    view.prompt_for_files(got.extend)
    dialog = view.findChild(QFileDialog)
    dialog.filesSelected.emit([str(video)])
    dialog.close()
    assert got == [video]
    view.prompt_for_folder(got.append)
    dialog = view.findChildren(QFileDialog)[-1]
    dialog.fileSelected.emit(str(tmp_path))
    dialog.close()
    assert got == [video, tmp_path]


def test_the_hint_leaves_where_there_is_little_room(view):
    view.set_compact(True)
    assert view._hint.isHidden()
    view.set_compact(False)
    assert not view._hint.isHidden()
