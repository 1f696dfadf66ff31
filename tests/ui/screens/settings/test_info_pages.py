import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from fieldcheck import __version__
from fieldcheck.ui.screen import ActionSpec
from fieldcheck.ui.screens import list_actions
from fieldcheck.ui.screens.settings import info_pages

ENTRIES = (
    ActionSpec("undo", "Undo", ("Ctrl+Z",)),
    ActionSpec("label.unsure", "Label as unsure and go to next frame", ("U",), screen="label"),
    ActionSpec("x", "No key"),
)


def said(page):
    return " ".join(one.text() for one in page.findChildren(QLabel))


def test_the_keys_are_found_by_typing_and_counted(look, qtbot):
    page = info_pages.KeysPage(look, list_actions())
    qtbot.addWidget(page)
    assert page.rows.rowCount() > 50
    QTest.keyClicks(page.field, "redo")
    assert page.rows.rowCount() == 1
    assert page.rows.index(0, 0).data() == "Ctrl+Shift+Z"
    assert "1 key" in said(page)


def test_privacy_says_that_there_is_no_network(look, qtbot):
    page = info_pages.PrivacyPage(look)
    qtbot.addWidget(page)
    assert "only to network cameras" in said(page)
    assert "person are never in reports" in said(page)


def test_about_names_version_and_parts_and_copies_the_diagnostics(look, qtbot):
    copied = []
    action = QAction("Copy diagnostics")
    action.triggered.connect(lambda: copied.append(True))
    page = info_pages.AboutPage(look, action, "Ctrl+Shift+C")
    qtbot.addWidget(page)
    page.show_parts([("numpy", "2.4", "BSD-3-Clause")])
    assert f"Fieldcheck {__version__}" in said(page)
    expected = ["numpy", "2.4", "BSD-3-Clause"]
    assert [page.list.model().index(0, at).data() for at in range(3)] == expected
    page.copy.click()
    assert copied == [True]


def test_every_action_with_a_key_is_a_row():
    assert info_pages.build_key_rows(ENTRIES) == [
        ("Ctrl+Z", "Undo", "All screens"),
        ("U", "Label as unsure and go to next frame", "Label"),
    ]
    assert len(info_pages.build_key_rows(list_actions())) == sum(
        bool(entry.keys) for entry in list_actions()
    )


@pytest.mark.parametrize(("typed", "keys"), [
    ("", ["Ctrl+Z", "U"]),
    ("ctrl", ["Ctrl+Z"]),
    ("FRAME label", ["U"]),
    ("frame undo", []),
    ("  ", ["Ctrl+Z", "U"]),
])  # fmt: skip
def test_typing_narrows_the_list_to_rows_that_hold_every_word(typed, keys):
    assert [
        row[0] for row in info_pages.filter_rows(info_pages.build_key_rows(ENTRIES), typed)
    ] == keys


def test_rows_can_be_replaced(qtbot):
    model = info_pages.RowsModel(info_pages.get_headings()[:2], [("1", "2")])
    model.show_rows([("3", "4"), ("5", "6")])
    assert (model.rowCount(), model.columnCount()) == (2, 2)
    assert model.index(1, 1).data() == "6"
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Function"
    assert model.headerData(1, Qt.Orientation.Vertical) is None
    assert model.index(0, 0).data(Qt.ItemDataRole.DecorationRole) is None
