import pytest

from fieldcheck.domain.model_card import KINDS, dump_card, parse_card
from fieldcheck.i18n import language
from fieldcheck.ui.screens.home import model_card_page

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


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("0,485 0,456 0,406", [0.485, 0.456, 0.406]),
        ("0.5,0.4,0.3", [0.5, 0.4, 0.3]),
        ("0.5, 0.4", [0.5, 0.4]),
        ("1/2", [0.5]),
    ],
)
def test_lists_are_taken_with_commas_semicolons_or_blanks(said, expected):
    actual = model_card_page.parse_card_fields({"input.mean": said}, CARD)["input"]["mean"]
    assert actual == pytest.approx(expected)


def test_what_is_no_figure_is_handed_on_for_the_card_to_refuse():
    card = model_card_page.parse_card_fields(
        {"input.scale": "much", "input.size": "large", "output.iou": "1/0"}, CARD
    )
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
