import pytest
from PySide6.QtCore import Qt

from fieldcheck.ui.screens.settings.keys_model import RowsModel, headings, key_rows, narrowed
from fieldcheck.ui.shell.actions_table import table
from fieldcheck.ui.shell.entry import Entry

ENTRIES = (Entry("undo", "Undo", ("Ctrl+Z",)), Entry("label.unsure", "Unsure, and the next frame", ("U",), "label"), Entry("x", "No key"))


def test_every_action_with_a_key_is_a_row():
    assert key_rows(ENTRIES) == [("Ctrl+Z", "Undo", "Everywhere"), ("U", "Unsure, and the next frame", "Label")]
    assert len(key_rows(table())) == sum(bool(entry.keys) for entry in table())


@pytest.mark.parametrize(
    ("typed", "keys"), [("", ["Ctrl+Z", "U"]), ("ctrl", ["Ctrl+Z"]), ("FRAME label", ["U"]), ("frame undo", []), ("  ", ["Ctrl+Z", "U"])]
)
def test_typing_narrows_the_list_to_rows_that_hold_every_word(typed, keys):
    assert [row[0] for row in narrowed(key_rows(ENTRIES), typed)] == keys


def test_rows_can_be_replaced(qtbot):
    model = RowsModel(headings()[:2], [("1", "2")])
    model.show_rows([("3", "4"), ("5", "6")])
    assert (model.rowCount(), model.columnCount()) == (2, 2)
    assert model.index(1, 1).data() == "6"
    assert model.headerData(1, Qt.Orientation.Horizontal) == "What it does"
    assert model.headerData(1, Qt.Orientation.Vertical) is None
    assert model.index(0, 0).data(Qt.ItemDataRole.DecorationRole) is None
