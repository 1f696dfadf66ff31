from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QDateTime, QMimeData, QPoint, Qt, QTimeZone, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QAbstractItemModelTester

from fieldcheck.domain.recording import LIGHTS, LightingChange
from fieldcheck.ui.screens.capture.view import (
    COLUMNS,
    CaptureView,
    RecordingRow,
    RecordingTableModel,
    build_recording_row,
    list_column_names,
)
from fieldcheck.ui.widgets.file_dialogs import FilePicker

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
    dialog = view.findChild(FilePicker)
    dialog.chosen.emit([video])
    dialog.close()
    assert got == [video]
    view.prompt_for_folder(got.append)
    dialog = view.findChildren(FilePicker)[-1]
    dialog.chosen.emit([tmp_path])
    dialog.close()
    assert got == [video, tmp_path]


def test_the_hint_leaves_where_there_is_little_room(view):
    view.set_compact(True)
    assert view._hint.isHidden()
    view.set_compact(False)
    assert not view._hint.isHidden()


Role = Qt.ItemDataRole


def test_the_model_keeps_qts_rules(qapp):
    model = RecordingTableModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_rows([BELT, BELT], {"f1": QImage(8, 8, QImage.Format.Format_RGB32)})
    model.show_rows([BELT], {})
    assert tester.model() is model
    assert (model.rowCount(), model.columnCount()) == (1, len(COLUMNS))
    assert (model.rowCount(model.index(0, 0)), model.columnCount(model.index(0, 0))) == (0, 0)


def test_a_row_shows_words_figures_and_a_picture(qapp):
    model = RecordingTableModel()
    picture = QImage(8, 8, QImage.Format.Format_RGB32)
    model.show_rows([BELT], {"f1": picture})
    assert [model.data(model.index(0, at)) for at in range(8)] == [
        "belt.avi", "✓ complete", "1:00", "1", "120", "0", "left, line 1", "dark",
    ]  # fmt: skip
    assert model.data(model.index(0, 0), Role.DecorationRole).size() == picture.size()
    assert model.data(model.index(0, 1), Role.DecorationRole) is None
    assert model.data(model.index(0, 2), Role.TextAlignmentRole) & int(Qt.AlignmentFlag.AlignRight)
    assert model.data(model.index(5, 5)) is None


def test_every_column_has_a_head(qapp):
    model = RecordingTableModel()
    actual = tuple(model.headerData(at, Qt.Orientation.Horizontal) for at in range(8))
    assert actual == list_column_names()
    assert model.headerData(8, Qt.Orientation.Horizontal) is None
    assert model.headerData(0, Qt.Orientation.Vertical) is None


@pytest.mark.parametrize(
    ("closed", "coming_in", "state"),
    [(True, False, "✓ complete"), (False, True, "… importing"), (False, False, "▲ interrupted")],
)
def test_a_recording_says_whether_it_is_whole(closed, coming_in, state):
    line = SimpleNamespace(
        recording_id="r1", source="belt.avi", closed=closed, seconds=60.0, recorded_s=60.0,
        n_gaps=0, n_clips=1, n_listed=120,
        n_unreadable=0, camera="left", location="line 1", conditions=("dark",), lights=(),
        shown="f1",
    )  # fmt: skip
    made = build_recording_row(line, coming_in)
    actual = (made.state, made.length, made.place, made.light)
    assert actual == (state, "1:00" if closed else "–", "left, line 1", "dark")


def test_conditions_between_two_keys_are_no_row_of_their_own():
    lights = (
        LightingChange(4.0, ("dark",)), LightingChange(41.0, ()), LightingChange(41.3, ("glare",)),
    )  # fmt: skip
    line = SimpleNamespace(
        recording_id="r1", source="belt.avi", closed=True, seconds=60.0, recorded_s=60.0,
        n_gaps=0, n_clips=1, n_listed=120,
        n_unreadable=0, camera="left", location="line 1", conditions=(), lights=lights,
        shown="f1",
    )  # fmt: skip
    assert build_recording_row(line, coming_in=False).light == "0:04 dark · 0:41 glare"
