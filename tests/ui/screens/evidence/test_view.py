import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.screens import list_actions
from fieldcheck.ui.screens.evidence.presenter import PARTS, EvidenceView, ExportChoice
from fieldcheck.ui.screens.evidence.runs import RunListState
from fieldcheck.ui.shell.shortcuts import Actions
from tests.ui.screens.evidence.test_state import LINES


@pytest.fixture
def view(look, qtbot):
    room = QWidget()
    qtbot.addWidget(room)
    actions = Actions(room, list_actions())
    yield EvidenceView(look, actions, PARTS, room)
    actions.remove_all()


def test_a_part_is_shown_alone_and_its_button_says_so(view):
    view.show_part("packs")
    assert view.pages.current_page is view.parts["packs"]
    actual = [name for name, button in view.buttons.buttons.items() if button.isChecked()]
    assert actual == ["packs"]
    view.show_empty("No project is open.", ["evidence.verify"])
    assert view.pages.current_page is view.placeholder
    assert view.line.isHidden()


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


def test_the_format_that_was_chosen_stays_chosen(view):
    page = view.parts["exports"]
    assert page.chosen == ""
    page.show_formats([("csv", "CSV", "Frames.", True), ("mlflow", "MLflow", "Runs.", False)])
    assert page.chosen == "csv"
    page.formats.setCurrentRow(1)
    page.show_formats(
        [
            ("coco", "COCO", "Boxes.", True),
            ("csv", "CSV", "Frames.", True),
            ("mlflow", "MLflow", "Runs.", False),
        ]
    )
    assert (page.chosen, page.heading.text(), page.about.text()) == ("mlflow", "MLflow", "Runs.")


def test_two_sets_are_offered_of_label_formats_and_hold_no_corrections(view):
    page = view.parts["exports"]
    page.show_formats([("csv", "CSV", "Frames.", True), ("mlflow", "MLflow", "Runs.", False)])
    page.corrected.setChecked(True)
    page.split.setChecked(True)
    assert page.choice == ExportChoice("csv", split=True)
    assert not page.corrected.isEnabled()
    page.formats.setCurrentRow(1)
    assert not page.split.isEnabled()
    assert page.choice == ExportChoice("mlflow", corrected=True)


def test_each_answer_stands_over_the_frame_and_none_where_nobody_differs(view):
    page = view.parts["people"]
    page.show_conflict("Conflict 1 of 1; resolved: 0.", ("red (me)", "blue (you)"))
    page.show_frame(np.zeros((30, 40, 3), np.uint8), ((), ()))
    assert [one.title for one in page.views] == ["red (me)", "blue (you)"]
    page.show_frame(None, ((), ()))
    assert page.views[0].get_frame_rect().isEmpty()
    page.show_nothing("No label conflicts.")
    assert page.pages.current_page is page.placeholder


def test_the_row_that_is_looked_at_stays_and_another_one_is_told(view):
    page, chosen, pages = view.parts["runs"], [], RunListState()
    page.run_chosen.connect(chosen.append)
    pages.set_page(20, LINES)
    page.show_runs(pages.build_table(), pages.page_caption, 3)
    assert (page.table.currentIndex().row(), chosen) == (3, [])
    page.table.setCurrentIndex(page.table.lines.index(5, 1))
    assert chosen == [5]
    page.show_outcome(("The same digits.", "Version of onnxruntime: 1 saved, 2 now."))
    expected = ["The same digits.", "Version of onnxruntime: 1 saved, 2 now."]
    assert page.outcome.get_lines() == expected
    page.show_runs(None, "No run is stored yet.", 0)
    assert page.pages.current_page is page.placeholder
