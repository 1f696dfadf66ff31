import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.domain.model_card import (
    ALL_KINDS,
    KINDS,
    Card,
    Curves,
    InputSpec,
    Training,
    dump_card,
    find_stall,
    list_restless_columns,
    parse_card,
)
from fieldcheck.errors.models import CardRejected
from tests.analyses.test_training import FOUND

SMALL = {
    "task": "classification",
    "input": {"size": [4, 6], "resize": "stretch"},
    "output": {"kind": "softmax"},
    "classes": ["a", "b"],
}


def changed(**parts):
    """The small card with `input__scale=2` put at `input.scale`; None takes a key away."""
    card = json.loads(json.dumps(SMALL))
    for dotted, value in parts.items():
        *above, key = dotted.split("__")
        place = card
        for name in above:
            place = place[name]
        place[key] = value
    return card


def test_what_a_card_leaves_out_has_the_documented_defaults():
    card = parse_card(SMALL)
    assert card.input == InputSpec((4, 6), "stretch")
    assert (card.input.name, card.input.layout) == ("", "NCHW")
    assert (card.input.colour, card.input.interpolation) == ("RGB", "linear")
    assert (card.input.pad, card.input.pad_position, card.input.crop) == (114, "centre", 1.0)
    assert (card.output.threshold, card.output.iou, card.embedding) == (0.25, 0.45, None)


def test_a_card_written_and_read_is_the_same_card():
    card = parse_card(
        changed(
            input__colour="BGR", input__mean=[1, 2, 3], input__std=58.4, input__scale=1,
            output__names=["y"], embedding="pool",
        )
    )  # fmt: skip
    assert parse_card(json.loads(json.dumps(dump_card(card)))) == card


def test_one_figure_stands_for_all_channels():
    assert parse_card(changed(input__mean=128)).input.mean == (128.0, 128.0, 128.0)
    assert parse_card(changed(input__colour="GRAY", input__mean=[128])).input.mean == (128.0,)


@pytest.mark.parametrize(
    ("layout", "colour", "shape"),
    [("NCHW", "RGB", (3, 4, 6)), ("NHWC", "BGR", (4, 6, 3)), ("NCHW", "GRAY", (1, 4, 6))],
)
def test_the_tensors_shape_follows_layout_and_colour(layout, colour, shape):
    assert parse_card(changed(input__layout=layout, input__colour=colour)).input.shape == shape


def test_two_classes_may_have_one_name():
    assert parse_card(changed(classes=["crane", "crane"])).classes == ("crane", "crane")


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_every_kind_of_output_of_the_contract_is_a_known_word(kind):
    task = next(task for task, kinds in KINDS.items() if kind in kinds)
    assert parse_card(changed(task=task, output__kind=kind)).output.kind == kind


@pytest.mark.parametrize(("parts", "field", "problem"), [
    ({"task": None}, "task", "missing"),
    ({"input": None}, "input.size", "missing"),
    ({"input__size": None}, "input.size", "missing"),
    ({"input__resize": None}, "input.resize", "missing"),
    ({"output__kind": None}, "output.kind", "missing"),
    ({"classes": None}, "classes", "missing"),
    ({"classes": []}, "classes", "missing"),
    ({"task": "guessing"}, "task", "value"),
    ({"task": 3}, "task", "type"),
    ({"input": [1]}, "input", "type"),
    ({"input__color": "RGB"}, "input.color", "unknown"),
    ({"model": "x"}, "model", "unknown"),
    ({"input__size": 224}, "input.size", "type"),
    ({"input__size": [224.0, 224]}, "input.size", "type"),
    ({"input__size": [True, 224]}, "input.size", "type"),
    ({"input__size": [0, 224]}, "input.size", "value"),
    ({"input__size": [10**9, 10**9]}, "input.size", "value"),
    ({"input__scale": 0}, "input.scale", "value"),
    ({"input__scale": float("nan")}, "input.scale", "value"),
    ({"input__scale": 10**5000}, "input.scale", "value"),
    ({"input__scale": "1/255"}, "input.scale", "type"),
    ({"input__std": [1, 0, 1]}, "input.std", "value"),
    ({"input__mean": [1, 2]}, "input.mean", "value"),
    ({"input__mean": [1, 2, "x"]}, "input.mean", "type"),
    ({"input__pad": 114.5}, "input.pad", "value"),
    ({"input__crop": 1.5}, "input.crop", "value"),
    ({"output__threshold": 2}, "output.threshold", "value"),
    ({"output__names": "y"}, "output.names", "type"),
    ({"output__kind": "yolo"}, "output.kind", "value"),
    ({"classes": ["a", " "]}, "classes", "value"),
    ({"classes": ["a", "\ud800"]}, "classes", "value"),
    ({"embedding": "\udfff"}, "embedding", "value"),
    ({"classes": "ab"}, "classes", "type"),
    ({"classes": {"0": "a"}}, "classes", "type"),
    ({"embedding": 3}, "embedding", "type"),
])  # fmt: skip
def test_a_card_that_makes_no_sense_is_refused_by_its_key(parts, field, problem):
    with pytest.raises(CardRejected) as refused:
        parse_card(changed(**parts))
    assert (refused.value.field, refused.value.problem) == (field, problem)
    assert len(refused.value.detail) < 200


def test_means_that_do_not_fit_the_colours_cannot_be_made():
    with pytest.raises(ValueError, match="GRAY needs 1"):
        InputSpec((4, 4), "stretch", colour="GRAY")


def test_thresholds_of_single_classes_come_back_and_older_cards_keep_their_text():
    card = parse_card(changed(output__thresholds={SMALL["classes"][0]: 0.2}, output__abstain=0.6))
    actual = (card.output.thresholds, card.output.abstain, dict(card.class_thresholds))
    assert actual == (((SMALL["classes"][0], 0.2),), 0.6, {0: 0.2})
    assert parse_card(dump_card(card)) == card
    assert not {"thresholds", "abstain"} & dump_card(parse_card(SMALL))["output"].keys()


@pytest.mark.parametrize("thresholds", [{"nobody": 0.2}, {"a": 2}, {"a": "much"}, ["a"], 0.5])
def test_thresholds_that_make_no_sense_are_refused(thresholds):
    with pytest.raises(CardRejected):
        parse_card(changed(output__thresholds=thresholds))


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@pytest.mark.long
@given(
    st.dictionaries(st.sampled_from([*SMALL, "embedding"]), junk),
    st.sampled_from([*InputSpec.__dataclass_fields__]),
    junk,
)
def test_whatever_stands_in_a_card_it_is_read_or_refused(parts, key, value):
    for card in (SMALL | parts, changed(**{f"input__{key}": value})):
        with suppress(CardRejected):
            assert isinstance(parse_card(card), Card)


@pytest.mark.parametrize(
    ("kind", "place"), [("yolox", "top_left"), ("yolo", "centre"), ("ssd", "centre")]
)
def test_a_border_that_a_card_leaves_out_lies_where_its_exporter_has_it(kind, place):
    spec = {"size": [64, 64], "resize": "letterbox"}
    card = {"task": "detection", "input": spec, "output": {"kind": kind}, "classes": ["a"]}
    assert parse_card(card).input.pad_position == place
    said = card | {"input": card["input"] | {"pad_position": "centre"}}
    assert parse_card(said).input.pad_position == "centre"


def test_what_is_written_is_read_back_through_json():
    assert Training.from_json(json.loads(json.dumps(FOUND.to_json()))) == FOUND
    assert Training.from_json(json.loads(json.dumps(Training().to_json()))) == Training()


def test_what_was_kept_before_there_were_recipes_is_read():
    old = Training(notes="seed 7").to_json()
    del old["recipe"]
    assert Training.from_json(old) == Training(notes="seed 7")


def test_the_last_blocks_are_convolutions():
    assert [layer.name for layer in FOUND.last_blocks] == ["conv2", "conv3", "conv4", "conv5"]
    assert FOUND.n_same == 4


def curves(train, val, **others):
    more = {name: tuple(row) for name, row in others.items()}
    return Curves(tuple(float(k + 1) for k in range(len(val))), tuple(train), tuple(val), more)


def test_three_flat_validation_losses_above_the_training_loss_are_a_stall():
    found = find_stall(curves([1.0, 0.8, 0.6, 0.5, 0.4], [1.1, 0.9, 0.71, 0.70, 0.71]))
    assert found.epoch == 5
    assert found.variance == pytest.approx(0.0000222, abs=1e-6)
    assert found.gap == pytest.approx(0.775)


@pytest.mark.parametrize(("train", "val"), [
    ([0.5, 0.4, 0.3], [0.9, 0.8, 0.7]),  # still falling: variance 0.0067
    ([0.70, 0.70, 0.70], [0.71, 0.70, 0.71]),  # flat, but no gap
    ([0.4, 0.4], [0.7, 0.7]),  # too few
    ([0.0, 0.0, 0.0], [0.7, 0.7, 0.7]),  # a gap to nothing is no share
])  # fmt: skip
def test_what_is_no_stall(train, val):
    assert find_stall(curves(train, val)) is None


def test_the_first_stall_is_told_from_the_third_epoch_on():
    assert find_stall(curves([0.5, 0.5, 0.5, 0.5], [0.7, 0.7, 0.7, 0.7])).epoch == 3


@pytest.mark.parametrize("row", [
    [0.9, -0.1, 0.9, 0.9, 0.9],  # below zero: no share
    [0.9, 0.1, float("nan"), 0.9, 0.9],
    [1.5, 0.9, 0.1, 0.9, 0.9, 0.9],  # above one, though before the last five
    [0.9],
    [0.90, 0.95, 0.90, 0.95, 0.90],  # five points are no more than five
    [0.1, 0.9, 0.9, 0.9, 0.9, 0.9],  # it swung before the last five
])  # fmt: skip
def test_what_does_not_swing_or_is_no_share_is_not_named(row):
    assert list_restless_columns(curves([1] * len(row), [1] * len(row), column=row)) == ()


def test_the_class_that_swings_most_comes_first():
    restless = curves([1] * 2, [1] * 2, less=[0.5, 0.6], more=[0.1, 0.9], least=[0.5, 0.56])
    found = list_restless_columns(restless)
    assert found == (("more", 0.1, 0.9), ("less", 0.5, 0.6), ("least", 0.5, 0.56))


def test_classes_that_swing_in_the_last_epochs_are_named_the_widest_first():
    found = list_restless_columns(
        curves(
            [1] * 6, [1] * 6, seven=[0.1, 0.82, 0.91, 0.82, 0.91, 0.82],
            three=[0.2, 0.99, 0.99, 0.99, 0.99, 0.98], lr=[3, 2, 1, 1, 1, 1],
        )
    )  # fmt: skip
    assert found == (("seven", 0.82, 0.91),)
