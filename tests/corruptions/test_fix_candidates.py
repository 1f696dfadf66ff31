import json

import pytest

from fieldcheck.corruptions.fix_candidates import (
    FixCandidate,
    list_candidates,
    list_card_candidates,
    list_open_sizes,
    list_threshold_candidates,
)
from fieldcheck.domain.model_card import InputSpec, parse_card
from tests import makers

SPEC = InputSpec((32, 48), "short_side", interpolation="pil_bilinear", crop=0.875)
LETTERBOX = FixCandidate(card=(("resize", "letterbox"),))
CARD = {**makers.CARD, "classes": ["ok", "scratch", "dent"]}


def test_of_a_card_only_what_it_says_otherwise_is_tried():
    names = [candidate.name for candidate in list_card_candidates(SPEC)]
    assert names == [
        "resize=stretch", "resize=letterbox", "resize=centre_crop", "crop=1.0", "crop=0.75",
        "interpolation=area", "interpolation=linear", "colour=BGR",
        "mean=0.485,0.456,0.406+scale=0.00392157+std=0.229,0.224,0.225",
        "mean=0.5,0.5,0.5+scale=0.00392157+std=0.5,0.5,0.5",
        "mean=0.0,0.0,0.0+scale=1.0+std=1.0,1.0,1.0",
        "mean=103.939,116.779,123.68+scale=1.0+std=1.0,1.0,1.0",
    ]  # fmt: skip
    changed = {candidate.apply_to_spec(SPEC) for candidate in list_card_candidates(SPEC)}
    assert SPEC not in changed
    assert len(changed) == len(names)


def test_two_changes_together_are_both_of_them():
    both = FixCandidate(("clahe",)).combine_with(LETTERBOX)
    assert both.name == "clahe+resize=letterbox"
    assert (both.apply_to_spec(SPEC).resize, both.apply_to_spec(SPEC).crop) == ("letterbox", 0.875)
    assert both.kinds == {"contrast", "resize"}
    cropped = LETTERBOX.combine_with(FixCandidate(card=(("crop", 0.75),)))
    assert FixCandidate.from_json(json.loads(json.dumps(cropped.to_json(), sort_keys=True))) == (
        cropped
    )


def test_an_ok_class_is_never_called_more_easily():
    card = parse_card(CARD)
    for ok in (("ok",), ("ok", "dent")):
        for candidate in list_threshold_candidates(card, ok, "scratch"):
            levels = dict(candidate.apply_to_card(card).output.thresholds)
            assert set(levels) == set(ok)
            assert min(levels.values()) >= 0.7
    assert not list_threshold_candidates(card, card.classes, "ok")
    high = parse_card({**CARD, "output": {"kind": "logits", "thresholds": {"ok": 0.8}}})
    (only,) = list_threshold_candidates(high, ("ok",), "")
    assert only.name == "thresholds=ok:0.9"


def test_without_a_known_ok_class_the_class_that_is_named_most_is_asked_more_of():
    candidates = list_threshold_candidates(parse_card(CARD), (), "dent")
    assert [candidate.name for candidate in candidates] == [
        "thresholds=dent:0.7", "thresholds=dent:0.9",
    ]  # fmt: skip
    assert not list_threshold_candidates(parse_card(CARD), (), "")


def test_boxes_of_a_good_part_are_not_let_through_more_easily():
    card = parse_card({**makers.BOX_CARD, "output": {"kind": "yolo_end2end", "threshold": 0.4}})
    levels = [dict(one.output)["threshold"] for one in list_threshold_candidates(card, (), "")]
    assert levels == [0.1, 0.25, 0.6]
    (raised,) = list_threshold_candidates(card, ("part",), "")
    assert raised.name == "threshold=0.6"


@pytest.mark.parametrize(
    ("shape", "sizes"),
    [
        ((None, 3, None, None), ((160, 160), (352, 352))),
        ((None, 3, 224, 224), ()),
        ((None, 3, None, 224), ()),
        ((3, None, None), ()),
    ],
)
def test_other_sizes_are_tried_where_the_graph_leaves_both_sides_open(shape, sizes):
    assert list_open_sizes(InputSpec((224, 224), "stretch"), shape) == sizes


def test_candidates_have_names_of_their_own_and_come_back_from_json():
    candidates = list_candidates(parse_card(CARD), ("ok",), "ok", ((160, 160),))
    assert len({candidate.name for candidate in candidates}) == len(candidates)
    for candidate in candidates:
        document = json.loads(json.dumps(candidate.to_json()))
        assert FixCandidate.from_json(document) == candidate
    assert candidates[-1].views == ("mirror",)
    boxes = list_candidates(parse_card(makers.BOX_CARD), (), "", ())
    assert not any(candidate.views for candidate in boxes)
