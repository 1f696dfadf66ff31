from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldcheck.ui.screens.label.class_finder import ClassFinder

NAMES = ["OK", "Crack", "Hairline crack", "Porosity", "OK"]


def finder(qtbot, look):
    made = ClassFinder(look)
    qtbot.addWidget(made)
    made.show_classes(NAMES)
    made.show()
    return made


def test_classes_that_begin_so_come_before_those_that_hold_it(qtbot, look):
    made = finder(qtbot, look)
    assert made.fitting("crack") == ["Crack", "Hairline crack"]
    assert made.fitting("") == ["OK", "Crack", "Hairline crack", "Porosity"]


def test_enter_takes_the_first_and_arrows_another(qtbot, look):
    made = finder(qtbot, look)
    chosen = []
    made.chosen.connect(chosen.append)
    QTest.keyClicks(made.field, "cr")
    QTest.keyClick(made.field, Qt.Key.Key_Return)
    QTest.keyClick(made.field, Qt.Key.Key_Down)
    QTest.keyClick(made.field, Qt.Key.Key_Return)
    made.clear()
    QTest.keyClicks(made.field, "zz")
    QTest.keyClick(made.field, Qt.Key.Key_Return)
    assert chosen == ["Crack", "Hairline crack", "zz"]
