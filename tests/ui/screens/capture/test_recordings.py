from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QAbstractItemModelTester

from fieldcheck.ui.screens.capture.view import (
    COLUMNS,
    RecordingRow,
    RecordingTableModel,
    build_recording_row,
    list_column_names,
)

Role = Qt.ItemDataRole
BELT = RecordingRow(
    "r1", "belt.avi", "✓ complete", "1:00", "1", "120", "0", "left, line 1", "dark", "f1"
)


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
        recording_id="r1", source="belt.avi", closed=closed, seconds=60.0, recorded_s=60.0, n_gaps=0, n_clips=1, n_listed=120,
        n_unreadable=0, camera="left", location="line 1", conditions=("dark",), lights=(), shown="f1",
    )  # fmt: skip
    made = build_recording_row(line, coming_in)
    actual = (made.state, made.length, made.place, made.light)
    assert actual == (state, "1:00" if closed else "–", "left, line 1", "dark")
