from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from fieldcheck import __version__
from fieldcheck.ui.screens.settings.told import AboutPage, KeysPage, PrivacyPage
from fieldcheck.ui.shell.actions_table import table


def said(page):
    return " ".join(one.text() for one in page.findChildren(QLabel))


def test_the_keys_are_found_by_typing_and_counted(look, qtbot):
    page = KeysPage(look, table())
    qtbot.addWidget(page)
    assert page.rows.rowCount() > 50
    QTest.keyClicks(page.field, "redo")
    assert page.rows.rowCount() == 1
    assert page.rows.index(0, 0).data() == "Ctrl+Shift+Z"
    assert "1 key" in said(page)


def test_privacy_says_that_there_is_no_network(look, qtbot):
    page = PrivacyPage(look)
    qtbot.addWidget(page)
    assert "opens no network connection" in said(page)


def test_about_names_version_and_parts_and_copies_the_diagnostics(look, qtbot):
    copied = []
    action = QAction("Copy diagnostics")
    action.triggered.connect(lambda: copied.append(True))
    page = AboutPage(look, action, "Ctrl+Shift+C")
    qtbot.addWidget(page)
    page.show_parts([("numpy", "2.4", "BSD-3-Clause")])
    assert f"Fieldcheck {__version__}" in said(page)
    assert [page.list.model().index(0, at).data() for at in range(3)] == ["numpy", "2.4", "BSD-3-Clause"]
    page.copy.click()
    assert copied == [True]
