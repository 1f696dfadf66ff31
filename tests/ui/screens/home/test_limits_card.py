from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldcheck.ui.screens.home.captions import ElidedLabel
from fieldcheck.ui.screens.home.overview_page import LimitsCard

CLASSES = ("good", "crack", "burr")


def test_limits_are_typed_and_a_wrong_figure_is_said_below_it(look, window, qtbot):
    card = LimitsCard(look, window.context.actions)
    qtbot.addWidget(card)
    card.show_limits("3 pp", "", "", False)
    card.start_editing("3", "Quality", CLASSES, ())
    card.show_error("No number.")
    assert (card.editing, card.error_text) == (True, "No number.")
    card.tolerance.setText("2.5")
    with qtbot.waitSignal(card.saved) as saved:
        QTest.keyClick(card.tolerance, Qt.Key.Key_Return)
    assert saved.args == ["2.5", "Quality", ()]
    card.start_editing("3", "", (), ())
    assert card.error_text == ""
    card.end_editing()
    card.set_compact(True)
    assert not card.editing


def test_the_gap_stands_with_who_decided_it_and_the_classes_that_are_ok(look, window, qtbot):
    card = LimitsCard(look, window.context.actions)
    qtbot.addWidget(card)
    card.show_limits("3 pp", "M. Berger", "good, fine", False)
    expected = ["3 pp, approved by M. Berger", "good, fine"]
    assert [value.whole for value in card.findChildren(ElidedLabel)] == expected
    card.show_limits("3 pp", "", "", False)
    assert [value.whole for value in card.findChildren(ElidedLabel)] == ["3 pp", "–"]


def test_proposed_classes_are_confirmed_by_a_button_that_is_there_only_then(look, window, qtbot):
    card = LimitsCard(look, window.context.actions)
    qtbot.addWidget(card)
    card.show()
    assert not card.confirm.isVisible()
    card.show_limits("3 pp", "", "proposed: good", True)
    assert card.confirm.isVisible()
    card.start_editing("3", "", CLASSES, ("good",))
    card.show_limits("3 pp", "", "proposed: good", True)
    assert not card.confirm.isVisible()
    card.end_editing()
    assert card.confirm.isVisible()
    card.show_limits("3 pp", "", "good", False)
    assert not card.confirm.isVisible()


def test_classes_are_ticked_with_the_keyboard_and_carried_as_they_stand(look, window, qtbot):
    card = LimitsCard(look, window.context.actions)
    qtbot.addWidget(card)
    card.show()
    card.start_editing("3", "", CLASSES, ("good",))
    assert [name for name, chip in card.chips.items() if chip.isChecked()] == ["good"]
    assert all(chip.focusPolicy() & Qt.FocusPolicy.TabFocus for chip in card.chips.values())
    QTest.keyClick(card.chips["burr"], Qt.Key.Key_Space)
    with qtbot.waitSignal(card.saved) as saved:
        QTest.keyClick(card.tolerance, Qt.Key.Key_Return)
    assert saved.args == ["3", "", ("good", "burr")]
    card.start_editing("3", "", (), ())
    assert card.chips == {}
