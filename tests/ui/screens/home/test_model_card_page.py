import numpy as np
import pytest
from PySide6.QtWidgets import QLabel

from fieldcheck.domain.model_card import KINDS, dump_card, parse_card
from fieldcheck.i18n import language
from fieldcheck.ui.screens.home import model_card_page
from fieldcheck.ui.screens.home.captions import ModelInputImages
from fieldcheck.ui.screens.home.model_card_page import TILES, ModelCardPage, TilePreview

GREY = np.full((24, 32, 3), 90, np.uint8)


@pytest.fixture
def page(look, qtbot):
    made = ModelCardPage(look)
    qtbot.addWidget(made)
    made.resize(1100, 600)
    made.show()
    made.fill_fields("net.onnx", model_card_page.format_card_fields(CARD), "Proposed: Output", 2)
    return made


def test_the_fields_hold_what_was_filled_in_and_nobody_is_told(page, qtbot):
    with qtbot.assertNotEmitted(page.edited):
        page.fill_fields("net.onnx", model_card_page.format_card_fields(CARD), "", 2)
    assert page.get_field_texts() == model_card_page.format_card_fields(CARD)
    assert page.focusWidget() is page.fields["task"]


def test_every_field_has_a_name_and_says_when_it_is_changed(page, qtbot):
    for key, field in page.fields.items():
        assert field.accessibleName()
        with qtbot.waitSignal(page.edited):
            if key in model_card_page.LISTS + model_card_page.FIGURES or key == "input.size":
                qtbot.keyClicks(field, "1")
            else:
                field.setCurrentIndex((field.currentIndex() + 1) % field.count())
    with qtbot.waitSignal(page.edited):
        page.classes.setPlainText("a\nb")


def test_another_task_brings_its_own_outputs(page):
    task = page.fields["task"]
    task.setCurrentIndex(task.findData("detection"))
    assert page.get_field_texts()["output.kind"] == "yolo"


def test_fields_that_mean_nothing_for_the_task_are_not_shown(page):
    shown = lambda: {key for key, field in page.fields.items() if field.isVisible()}  # noqa: E731
    assert not shown() & {"output.threshold", "output.iou"}
    assert {"input.pad", "input.pad_position"} <= shown()
    task, resize = page.fields["task"], page.fields["input.resize"]
    task.setCurrentIndex(task.findData("detection"))
    resize.setCurrentIndex(resize.findData("stretch"))
    assert {"output.threshold", "output.iou"} <= shown()
    assert not shown() & {"input.pad", "input.pad_position"}
    assert page.get_field_texts()["input.pad"] == "7"


def test_what_is_wrong_stands_below_its_field_or_above_the_frames(page):
    page.show_error("input.scale", "That is no figure.")
    assert page.error_texts == ("That is no figure.",)
    assert page.fields["input.scale"].accessibleDescription() == "That is no figure."
    page.show_error("", "It does not fit the file.")
    assert page.error_texts == ("It does not fit the file.",)
    page.show_error("", "")
    assert page.error_texts == ()


def test_as_many_frames_as_there_are_say_what_came_out(page):
    pair = ModelInputImages(GREY, GREY, (0, 0, 32, 24), "belt.avi 0")
    page.show_predictions(
        "÷ 255",
        (TilePreview(pair, "✓ ok 0.97"), TilePreview(pair, "▲ ok 0.97; labelled NG", wrong=True)),
    )
    expected = ["✓ ok 0.97", "▲ ok 0.97; labelled NG"]
    assert [tile.prediction_text for tile in page.tiles[:2]] == expected
    assert [tile.isVisible() for tile in page.tiles] == [True, True] + [False] * (TILES - 2)


CARD = dump_card(
    parse_card(
        {
            "task": "classification",
            "input": {
                "size": [96, 128],
                "resize": "letterbox",
                "name": "x",
                "mean": [0.485, 0.456, 0.406],
                "std": [0.25, 0.25, 0.25],
                "pad": 7,
            },
            "output": {"kind": "softmax"},
            "classes": ["ok", "NG part"],
        }
    )
)


@pytest.mark.parametrize("lang", ["en", "de"])
def test_what_stands_in_the_fields_means_the_same_card(lang):
    with language.use_language(lang):
        typed = model_card_page.format_card_fields(CARD)
        assert parse_card(model_card_page.parse_card_fields(typed, CARD)) == parse_card(CARD)
        assert set(model_card_page.get_field_names()) | {"classes"} == set(typed)


def test_fields_read_as_a_person_writes_them():
    typed = model_card_page.format_card_fields(CARD)
    assert typed["input.size"] == "128 × 96"
    assert (typed["input.scale"], typed["input.std"]) == ("1/255", "0.25")
    assert typed["input.mean"] == "0.485; 0.456; 0.406"
    assert typed["classes"] == "ok\nNG part"


@pytest.mark.parametrize(("said", "expected"), [
    ("0,485 0,456 0,406", [0.485, 0.456, 0.406]),
    ("0.5,0.4,0.3", [0.5, 0.4, 0.3]),
    ("0.5, 0.4", [0.5, 0.4]),
    ("1/2", [0.5]),
])  # fmt: skip
def test_lists_are_taken_with_commas_semicolons_or_blanks(said, expected):
    actual = model_card_page.parse_card_fields({"input.mean": said}, CARD)["input"]["mean"]
    assert actual == pytest.approx(expected)


def test_what_is_no_figure_is_handed_on_for_the_card_to_refuse():
    typed = {"input.scale": "much", "input.size": "large", "output.iou": "1/0"}
    card = model_card_page.parse_card_fields(typed, CARD)
    assert card["input"]["scale"] == "much"
    assert (card["input"]["size"], card["output"]["iou"]) == ("large", "1/0")
    assert CARD["input"]["scale"] == pytest.approx(1 / 255)


def test_each_task_offers_its_own_outputs():
    for task, kinds in KINDS.items():
        actual = [code for code, _ in model_card_page.list_options("output.kind", task)]
        assert actual == list(kinds)
    assert model_card_page.list_options("input.scale", "detection") == []
    expected = "letterbox (pad)"
    assert dict(model_card_page.list_options("input.resize", "detection"))["letterbox"] == expected


def test_fields_stand_in_two_groups_and_proposed_ones_are_marked_themselves(page):
    typed = model_card_page.format_card_fields(CARD)
    page.fill_fields("net.onnx", typed, "Proposed", 2, ("input.scale", "output.kind", "classes"))
    words = [one.text() for one in page.findChildren(QLabel) if one.isVisible()]
    assert {"Image in", "Prediction out", "Scale factor  ▲ proposed"} <= set(words)
    assert page.fields["input.scale"].accessibleName() == "Scale factor, proposed"
    assert page.fields["input.mean"].accessibleName() == "Mean"
    assert page.fields["input.mean"].placeholderText() == "0.485; 0.456; 0.406"
    page.fill_fields("net.onnx", typed, "", 2)
    assert page.fields["input.scale"].accessibleName() == "Scale factor"


def test_what_is_known_is_folded_beside_what_is_proposed(page):
    typed, mean = model_card_page.format_card_fields(CARD), page.fields["input.mean"]
    assert mean.isVisible()
    assert not page.show_all.isVisible()
    page.fill_fields("net.onnx", typed, "Proposed", 2, ("input.scale", "classes"))
    known = next(one for one in page.findChildren(QLabel) if one.text().startswith("Known: "))
    assert page.fields["input.scale"].isVisible()
    assert page.focusWidget() is page.fields["input.scale"]
    assert not mean.isVisible()
    assert f"Mean: {typed['input.mean']}" in known.text()
    assert "Resize mode: letterbox (pad)" in known.text()
    assert page.get_field_texts() == typed
    page.show_all.click()
    assert mean.isVisible()
    assert not known.isVisible()
    page.fill_fields("net.onnx", typed, "Proposed", 2, ("input.scale", "classes"))
    assert not mean.isVisible()
    page.show_error("input.mean", "No number.")
    assert mean.isVisible()
    assert page.error_texts == ("No number.",)
