from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldcheck.ui.screens.home.limits_card import LimitsCard


def test_limits_are_typed_and_a_wrong_figure_is_said_below_it(look, window, qtbot):
    card = LimitsCard(look, window.context.actions)
    qtbot.addWidget(card)
    card.show_limits("3 points", "")
    card.begin("3", "Quality")
    card.show_wrong("No number.")
    assert (card.editing, card.wrong) == (True, "No number.")
    card.tolerance.setText("2.5")
    with qtbot.waitSignal(card.saved) as saved:
        QTest.keyClick(card.tolerance, Qt.Key.Key_Return)
    assert saved.args == ["2.5", "Quality"]
    card.begin("3", "")
    assert card.wrong == ""
    card.end()
    card.set_compact(True)
    assert not card.editing
