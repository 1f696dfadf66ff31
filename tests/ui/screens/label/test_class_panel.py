import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldcheck.ui.screens.label.class_panel import ClassFinder, ClassPanel
from fieldcheck.ui.screens.label.keys import KEYS
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.theme.tokens import Metrics

NAMES = ("OK", "Crack", "Porosity", "Scratch", "Missing hole", "Burr", "Wrong part", "Dent", "Stain", "Rust", "A", "B", "C", "D")
FINDABLE = ["OK", "Crack", "Hairline crack", "Porosity", "OK"]


@pytest.mark.parametrize(("n", "compact", "columns"), [(3, False, 1), (7, False, 1), (8, False, 2), (14, False, 2), (3, True, 2)])
def test_up_to_seven_classes_stand_in_one_column(qtbot, look, n, compact, columns):
    panel = ClassPanel(look)
    qtbot.addWidget(panel)
    buttons = panel.show_classes(list(zip(KEYS[:n], NAMES, strict=False)), compact)
    panel.adjustSize()
    panel.show()
    assert len({button.x() for button in buttons}) == columns
    assert {button.height() for button in buttons} == {40 if compact else 44}
    assert min(button.width() for button in buttons) >= 140


def test_in_large_text_a_narrow_panel_has_one_column_so_that_names_are_read(qtbot):
    panel = ClassPanel(Look(metrics=Metrics(175)))
    qtbot.addWidget(panel)
    buttons = panel.show_classes(list(zip(KEYS[:9], NAMES, strict=False)), compact=True)
    panel.show()
    assert len({button.x() for button in buttons}) == 1


def test_a_class_is_named_with_its_key(qtbot, look):
    panel = ClassPanel(look)
    qtbot.addWidget(panel)
    buttons = panel.show_classes([("1", "OK"), ("2", "Crack")], False)
    assert buttons[1].accessibleName() == "Label Crack, key 2"


def test_one_class_is_marked_and_a_click_marks_none(qtbot, look):
    panel = ClassPanel(look)
    qtbot.addWidget(panel)
    buttons = panel.show_classes([("1", "OK"), ("2", "Crack")], False)
    panel.mark(1)
    buttons[0].click()
    assert [button.isChecked() for button in buttons] == [False, True]
    panel.mark(-1)
    assert [button.isChecked() for button in buttons] == [False, False]


def finder(qtbot, look):
    made = ClassFinder(look)
    qtbot.addWidget(made)
    made.show_classes(FINDABLE)
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
