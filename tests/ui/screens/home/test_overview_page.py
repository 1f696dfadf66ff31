import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from fieldcheck.ui.screens.home import overview_page
from fieldcheck.ui.screens.home.captions import ElidedLabel, FactsGrid, ModelInputImages
from fieldcheck.ui.widgets.buttons import Chip
from fieldcheck.ui.widgets.file_dialogs import FilePicker

SAID = {
    "site": "Werk 2", "line": "Line 4", "who": "M. Berger", "conditions": ("dark", "glare"),
    "note": "Lamp flickers",
}  # fmt: skip


def test_a_card_that_is_edited_has_its_column_for_itself(look, window, qtbot):
    page = overview_page.OverviewPage(look, window.context.actions)
    qtbot.addWidget(page)
    page.show_cards()
    page.show()
    page.limits.start_editing("3", "", ("good", "crack"), ("good",))
    page.fit_cards()
    actual = [one.isVisible() for one in (page.site, page.benchmark, page.limits, page.model)]
    assert actual == [False, False, True, True]
    page.limits.end_editing()
    page.fit_cards()
    assert all(one.isVisible() for one in (page.site, page.benchmark, page.limits))


def test_files_are_asked_for_without_holding_up_the_window(look, window, qtbot, tmp_path):
    page = overview_page.OverviewPage(look, window.context.actions)
    qtbot.addWidget(page)
    told = []
    page.prompt_for_model(told.append)
    page.prompt_for_benchmark(told.append)
    for dialog in page.findChildren(FilePicker):
        dialog.chosen.emit([tmp_path])
        dialog.close()
    page.set_compact(True)
    assert told == [tmp_path, tmp_path]


def test_a_benchmark_is_shown_or_said_to_be_missing(look, window, qtbot):
    card = overview_page.BenchmarkCard(look, window.context.actions)
    qtbot.addWidget(card)
    card.show()
    card.show_benchmark(("", "", ""), "", "")
    assert (card._missing.isVisible(), card._facts_part.isVisible()) == (True, False)
    score = ("97.1%", "correct: 1,942 of 2,000", "95% CI 96.3–97.7%")
    card.show_benchmark(score, "/data/clean", "97%")
    assert (card._missing.isVisible(), card._facts_part.isVisible()) == (False, True)
    card.show_error("No class of it is the model's.")
    assert card.error_text == "No class of it is the model's."
    card.set_compact(True)


def test_the_claim_is_a_field_of_the_card(look, window, qtbot):
    card = overview_page.BenchmarkCard(look, window.context.actions)
    qtbot.addWidget(card)
    card.show()
    saved = []
    card.saved.connect(lambda *said: saved.append(said))
    card.start_editing(
        "97.1", "map50", (("frame_score", "frames without errors"), ("map50", "mAP at IoU 0.50"))
    )
    assert (card.editing, card.claimed.isVisible(), card.choose.isVisible()) == (True, True, False)
    card.show_claim_error("No figure.")
    qtbot.keyClick(card.claimed, "\r")
    card.stated_in.select_code("frame_score")
    qtbot.keyClick(card.claimed, "\r")
    assert saved == [("97.1", "map50"), ("97.1", "frame_score")]
    card.end_editing()
    assert (card.editing, card.choose.isVisible()) == (False, True)


@pytest.fixture
def card(look, window, shown):
    return shown(overview_page.SiteCard(look, window.context.actions))


def test_what_stands_is_shown_with_its_light_as_chips(card):
    card.show_site("Werk 2", "Line 4", "M. Berger", ("dark", "glare"), "")
    assert [one.accessibleName() for one in card.findChildren(Chip)] == ["✓ dark", "✓ glare"]
    assert not card.editing


def test_fields_hold_what_stands_and_enter_saves_what_they_hold_then(card, qtbot):
    card.start_editing(SAID)
    assert card.editing
    assert card.get_entered() == (SAID,)
    card.chips["flicker"].click()
    card.fields["note"].setText("Lamp off")
    with qtbot.waitSignal(card.saved) as saved:
        QTest.keyClick(card.fields["note"], Qt.Key.Key_Return)
    assert saved.args == [SAID | {"conditions": ("dark", "glare", "flicker"), "note": "Lamp off"}]
    card.end_editing()
    assert not card.editing


def test_the_heading_keeps_its_line_in_the_usual_window(card):
    card.resize(460, 206)  # as in a window of 1366 × 690
    QApplication.processEvents()
    heading = next(one for one in card.findChildren(QLabel) if one.text() == "Site and conditions")
    assert heading.heightForWidth(heading.width()) == heading.heightForWidth(2 * heading.width())
    assert all(one._get_shown_cap_width() for one in (card.acceptance, card.edit))  # fleet: no key


def test_less_room_means_less_padding(card):
    card.set_compact(True)
    narrow = card.layout().contentsMargins().left()
    card.set_compact(False)
    assert narrow < card.layout().contentsMargins().left()


CLASSES = ("good", "crack", "burr")


def test_limits_are_typed_and_a_wrong_figure_is_said_below_it(look, window, qtbot):
    card = overview_page.LimitsCard(look, window.context.actions)
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


def list_whole_values(card):
    """Values of a card's facts, whole, whether they take a second line or an ellipsis."""
    (facts,) = card.findChildren(FactsGrid)
    return [
        value.whole if isinstance(value, ElidedLabel) else value.text() for value in facts.values
    ]


def test_the_gap_stands_with_who_decided_it_and_the_classes_that_are_ok(look, window, qtbot):
    card = overview_page.LimitsCard(look, window.context.actions)
    qtbot.addWidget(card)
    card.show_limits("3 pp", "M. Berger", "good, fine", False)
    expected = ["3 pp, approved by M. Berger", "good, fine"]
    assert list_whole_values(card) == expected
    card.show_limits("3 pp", "", "", False)
    assert list_whole_values(card) == ["3 pp", "–"]


def test_proposed_classes_are_confirmed_by_a_button_that_is_there_only_then(look, window, qtbot):
    card = overview_page.LimitsCard(look, window.context.actions)
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
    card = overview_page.LimitsCard(look, window.context.actions)
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


@pytest.fixture
def model_card(look, window, qtbot):
    made = overview_page.ModelPanel(look, window.context.actions)
    qtbot.addWidget(made)
    return made


def test_without_a_model_one_can_be_chosen_with_one_it_can_be_replaced(model_card):
    model_card.show_model("", "", ())
    model_card.show_classes(())
    assert model_card.choose.get_label() == "Choose…"
    model_card.show_model(
        "net.onnx · 1 MB", "classification", ("÷ 255", "value range 0 to 1", "more")
    )
    model_card.show_classes(("ok", "crack"))
    assert model_card.choose.get_label() == "Replace…"
    assert [chip.accessibleName() for chip in model_card.findChildren(Chip)] == ["1 ok", "2 crack"]


def test_why_a_file_was_not_taken_stands_on_the_card(model_card):
    model_card.show_error("It is no model.")
    assert model_card.error_text == "It is no model."
    model_card.show_error("")
    assert model_card.error_text == ""


def test_the_tenth_class_has_the_key_0_later_ones_none_and_very_many_are_counted(look, qtbot):
    chips = overview_page.ClassChips(look)
    qtbot.addWidget(chips)
    chips.show_classes(tuple(f"c{at}" for at in range(overview_page.MOST_CLASSES + 3)))
    said = [chip.accessibleName() for chip in chips.findChildren(Chip)]
    assert (said[9], said[10], said[-1]) == ("0 c9", "c10", "and 3 more")


def test_a_frame_is_shown_beside_what_the_model_sees_of_it_or_not_at_all(model_card):
    model_card.show_model("net.onnx", "classification", ("÷ 255",))
    rgb = np.zeros((48, 64, 3), np.uint8)
    pair = ModelInputImages(rgb, rgb[:32, :32], (8, 0, 56, 48), "belt.avi")
    model_card.show_input(pair, "The model sees 75% of the frame.")
    assert model_card.eye.frame.title == "Camera frame 64 × 48"
    assert model_card.eye.input.title == "Model input 32 × 32"
    assert model_card.loss_text == "The model sees 75% of the frame."
    assert not model_card.eye.isHidden()
    model_card.show_input(None, "")
    assert model_card.eye.isHidden()


def test_what_the_doctor_found_takes_the_room_of_the_pictures(model_card):
    model_card.show_model("net.onnx · 1 MB", "classification", ("÷ 255",))
    rgb = np.zeros((48, 64, 3), np.uint8)
    model_card.show_input(ModelInputImages(rgb, rgb[:32, :32], (8, 0, 56, 48), "belt.avi"), "")
    model_card.show_findings(
        "net: 3 findings.",
        (("One is wrong.", "Seen so. Do this."), ("Two.", "Seen."), ("Three.", "Seen.")),
    )
    assert model_card.check_heading == "net: 3 findings."
    assert model_card.eye.isHidden()
    model_card.show_findings("net: nothing wrong was found.", ())
    assert not model_card.eye.isHidden()
    model_card.show_findings(
        "net: nothing wrong was found.", (), ("✓ colours", "– classes: requires labelled frames")
    )
    assert [one.text() for one in model_card.findChildren(QLabel) if one.text().startswith(("✓ ",
    "– "))] == [
        "✓ colours", "– classes: requires labelled frames",
    ]  # fmt: skip
    model_card.show_findings("", ())
    assert model_card.check_heading == ""


def test_how_it_was_trained_stands_on_the_card_the_rest_of_it_in_its_tooltip(model_card):
    assert model_card.training_text == ""
    model_card.show_training(
        ("4 of 6 layers are those of base.onnx.", "It stalled.", "JPEG: outside.", "Notes: seed 7")
    )
    assert model_card.training_text.splitlines() == [
        "4 of 6 layers are those of base.onnx.", "It stalled.", "JPEG: outside.", "and 1 more",
    ]  # fmt: skip
    assert model_card._trained.toolTip().endswith("seed 7")
    model_card.show_training(())
    assert model_card._training.isHidden()
