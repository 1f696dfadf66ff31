from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from fieldcheck.ui.screens.home.captions import (
    THERE,
    RecentProjectRow,
    build_broken_row,
    build_loading_row,
    build_missing_row,
)
from fieldcheck.ui.screens.home.recent_list import RecentList

HERE = RecentProjectRow(
    "/v/a.fieldcheck", "a", THERE, "today 14:32", "62 of 100 labelled", "gap 36 pp · Not ready",
    True,
)  # fmt: skip
GONE = build_missing_row("/dock/b.fieldcheck", Path("/dock"))
BAD = build_broken_row("/v/c.fieldcheck", "It is damaged.")


@pytest.fixture
def shown(look, qtbot):
    made = RecentList(look)
    qtbot.addWidget(made)
    made.told = []
    for name in ("open_requested", "locate_requested", "remove_requested"):
        getattr(made, name).connect(lambda path, name=name: made.told.append((name, path)))
    made.show_projects([HERE, GONE, BAD])
    made.resize(1000, 240)
    made.show()
    made.setFocus()
    return made


def buttons(shown):
    return [one for one in shown.findChildren(QPushButton) if one.isVisibleTo(shown)]


def test_arrows_go_from_line_to_line_and_enter_does_what_the_line_is_for(shown):
    QTest.keyClick(shown, Qt.Key.Key_Return)
    QTest.keyClick(shown, Qt.Key.Key_Up)
    QTest.keyClick(shown, Qt.Key.Key_Down)
    assert shown.accessibleDescription() == "b, /dock not found"
    QTest.keyClick(shown, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    for _ in range(4):
        QTest.keyClick(shown, Qt.Key.Key_Down)
    QTest.keyClick(shown, Qt.Key.Key_Return)
    assert shown.told == [
        ("open_requested", HERE.path),
        ("locate_requested", GONE.path),
        ("open_requested", BAD.path),
    ]


def test_other_keys_are_left_to_the_window(shown):
    QTest.keyClick(shown, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(shown, Qt.Key.Key_S)
    assert shown.told == []


def test_a_lost_project_is_looked_for_or_removed_and_a_broken_one_removed(shown):
    for button in buttons(shown):
        button.click()
    assert shown.told == [
        ("open_requested", HERE.path),
        ("locate_requested", GONE.path), ("remove_requested", GONE.path),
        ("remove_requested", BAD.path), ("open_requested", BAD.path),
    ]  # fmt: skip


def test_the_key_stands_on_the_button_of_the_current_line_only(shown):
    actual = [one.accessibleName() for one in buttons(shown) if "Enter" in one.accessibleName()]
    assert actual == ["Open, Enter"]
    QTest.keyClick(shown, Qt.Key.Key_Down)
    assert not [one for one in buttons(shown) if "Enter" in one.accessibleName()]


def test_a_line_is_filled_in_when_it_was_looked_at(shown, qtbot):
    shown.show_projects([build_loading_row(HERE.path)])
    picture = QImage(160, 90, QImage.Format.Format_RGB32)
    picture.fill(QColor("#00FF00"))
    kept = QBuffer()
    kept.open(QBuffer.OpenModeFlag.WriteOnly)
    assert picture.save(kept, "JPG")
    shown.show_project(
        RecentProjectRow(
            HERE.path, "a", THERE, labelled="62 of 100 labelled", thumbnail=bytes(kept.data())
        )
    )
    shown.show_project(RecentProjectRow("/other", "other", THERE))
    assert [line.labelled for line in shown.lines] == ["62 of 100 labelled"]
    assert shown.accessibleDescription() == "a, 62 of 100 labelled"
    qtbot.waitUntil(lambda: shown.widget().height() > 40)
    image = shown.grab().toImage()
    assert any(
        image.pixelColor(x, 30).green() > 240 and image.pixelColor(x, 30).red() < 20
        for x in range(100)
    )


def test_an_empty_list_says_what_to_do(look, qtbot):
    empty = RecentList(look)
    qtbot.addWidget(empty)
    empty.show_projects([])
    QTest.keyClick(empty, Qt.Key.Key_Down)
    QTest.keyClick(empty, Qt.Key.Key_Return)
    assert empty.accessibleDescription() == ""
