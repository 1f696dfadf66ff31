from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.screens.evidence.test_view import view

__all__ = ["view"]


def test_a_pin_is_typed_unseen_and_given_with_enter(view):
    page, given = view.parts["packs"], []
    page.pin_entered.connect(given.append)
    page.show_pin_action("Enter PIN", False)
    QTest.keyClicks(page.pin, "1234")
    assert page.pin.displayText() != "1234"
    QTest.keyClick(page.pin, Qt.Key.Key_Return)
    assert given == ["1234"]
    page.show_pin_action("Change PIN", True)
    assert (page.pin.text(), page.clear.isHidden()) == ("", False)


def test_what_a_verification_found_is_marked_by_a_sign_and_words(view):
    page = view.parts["packs"]
    assert page.verified.isHidden()
    page.show_verification(("a.fcpack fits.", "Nobody signed it."), True)
    assert page.verified.get_lines() == ["✓ a.fcpack fits.", "Nobody signed it."]
    page.show_verification(("a.fcpack does not fit.",), False)
    assert page.verified.get_lines() == ["▲ a.fcpack does not fit."]


def test_a_pin_that_is_being_typed_stays_when_the_evidence_is_read_again(view):
    page = view.parts["packs"]
    page.show_pin_action("Set PIN", False)
    QTest.keyClicks(page.pin, "12")
    page.show_pin_action("Set PIN", False)
    assert page.pin.text() == "12"
    page.clear_pin_field()
    assert page.pin.text() == ""
