import numpy as np
import pytest
from PySide6.QtWidgets import QLabel

from fieldcheck.ui.screens.home.captions import ModelInputImages
from fieldcheck.ui.screens.home.overview_page import MOST_CLASSES, ClassChips, ModelPanel
from fieldcheck.ui.widgets.buttons import Chip


@pytest.fixture
def card(look, window, qtbot):
    made = ModelPanel(look, window.context.actions)
    qtbot.addWidget(made)
    return made


def test_without_a_model_one_can_be_chosen_with_one_it_can_be_replaced(card):
    card.show_model("", "", ())
    card.show_classes(())
    assert card.choose.get_label() == "Choose…"
    card.show_model("net.onnx · 1 MB", "classification", ("÷ 255", "value range 0 to 1", "more"))
    card.show_classes(("ok", "crack"))
    assert card.choose.get_label() == "Replace…"
    assert [chip.accessibleName() for chip in card.findChildren(Chip)] == ["1 ok", "2 crack"]


def test_why_a_file_was_not_taken_stands_on_the_card(card):
    card.show_error("It is no model.")
    assert card.error_text == "It is no model."
    card.show_error("")
    assert card.error_text == ""


def test_the_tenth_class_has_the_key_0_later_ones_none_and_very_many_are_counted(look, qtbot):
    chips = ClassChips(look)
    qtbot.addWidget(chips)
    chips.show_classes(tuple(f"c{at}" for at in range(MOST_CLASSES + 3)))
    said = [chip.accessibleName() for chip in chips.findChildren(Chip)]
    assert (said[9], said[10], said[-1]) == ("0 c9", "c10", "and 3 more")


def test_a_frame_is_shown_beside_what_the_model_sees_of_it_or_not_at_all(card):
    card.show_model("net.onnx", "classification", ("÷ 255",))
    rgb = np.zeros((48, 64, 3), np.uint8)
    card.show_input(
        ModelInputImages(rgb, rgb[:32, :32], (8, 0, 56, 48), "belt.avi"),
        "The model sees 75% of the frame.",
    )
    assert card.eye.frame.title == "Camera frame 64 × 48"
    assert card.eye.input.title == "Model input 32 × 32"
    assert card.loss_text == "The model sees 75% of the frame."
    assert not card.eye.isHidden()
    card.show_input(None, "")
    assert card.eye.isHidden()


def test_what_the_doctor_found_takes_the_room_of_the_pictures(card):
    card.show_model("net.onnx · 1 MB", "classification", ("÷ 255",))
    rgb = np.zeros((48, 64, 3), np.uint8)
    card.show_input(ModelInputImages(rgb, rgb[:32, :32], (8, 0, 56, 48), "belt.avi"), "")
    card.show_findings(
        "net: 3 findings.",
        (("One is wrong.", "Seen so. Do this."), ("Two.", "Seen."), ("Three.", "Seen.")),
    )
    assert card.check_heading == "net: 3 findings."
    assert card.eye.isHidden()
    card.show_findings("net: nothing wrong was found.", ())
    assert not card.eye.isHidden()
    card.show_findings(
        "net: nothing wrong was found.", (), ("✓ colours", "– classes: requires labelled frames")
    )
    assert [one.text() for one in card.findChildren(QLabel) if one.text().startswith(("✓ ", "– "))] == [
        "✓ colours", "– classes: requires labelled frames",
    ]  # fmt: skip
    card.show_findings("", ())
    assert card.check_heading == ""


def test_how_it_was_trained_stands_on_the_card_the_rest_of_it_in_its_tooltip(card):
    assert card.training_text == ""
    card.show_training(
        ("4 of 6 layers are those of base.onnx.", "It stalled.", "JPEG: outside.", "Notes: seed 7")
    )
    assert card.training_text.splitlines() == [
        "4 of 6 layers are those of base.onnx.", "It stalled.", "JPEG: outside.", "and 1 more",
    ]  # fmt: skip
    assert card._trained.toolTip().endswith("seed 7")
    card.show_training(())
    assert card._training.isHidden()
