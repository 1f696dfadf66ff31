from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.domain.model_card import InputSpec
from fieldcheck.inference.doctor.feed_variants import Norm, between, change, codes, colours, cost, norms, places, way_of
from fieldcheck.inference.doctor.graph import InputRange

SPEC = InputSpec((32, 48), "stretch")
SHIFTED = InputSpec((32, 48), "stretch", mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))


def test_the_cards_own_way_comes_first_and_changes_nothing():
    own = way_of(SHIFTED)
    assert own.on(SHIFTED) == SHIFTED
    assert norms(SHIFTED, None)[0] == own.norm
    assert next(iter(places(SHIFTED))) == own.place
    assert colours(SHIFTED) == ("RGB", "BGR")
    assert (change(SHIFTED, own), codes(SHIFTED, own), cost(SHIFTED, own)) == ({}, (), 0)


def test_the_same_figures_written_otherwise_are_one_norm():
    written = Norm(1.0, (127.5,) * 3, (127.5,) * 3), Norm(1 / 255, (0.5,) * 3, (0.5,) * 3)
    assert written[0].rounded() == written[1].rounded()
    rounded = [norm.rounded() for norm in norms(SPEC, None)]
    assert len(rounded) == len(set(rounded))


def test_a_usual_norm_is_tried_for_every_card():
    tried = {norm.rounded() for norm in norms(InputSpec((32, 48), "stretch", scale=7.0), None)}
    assert way_of(SPEC).norm.rounded() in tried
    assert way_of(SHIFTED).norm.rounded() in tried


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"colour": "BGR"}, ("channel_order",)),
        ({"scale": 1.0}, ("scale",)),
        ({"mean": (0.5,) * 3}, ("mean_std",)),
        ({"std": (0.25,) * 3}, ("mean_std",)),
        ({"scale": 1.0, "mean": (103.9,) * 3}, ("scale",)),
        ({"resize": "letterbox"}, ("resize",)),
        ({"crop": 0.875}, ("resize",)),
        ({"layout": "NHWC"}, ("layout",)),
        ({"colour": "BGR", "scale": 1.0, "layout": "NHWC"}, ("channel_order", "scale", "layout")),
    ],
)
def test_every_step_from_the_card_has_its_code(changed, said):
    other = way_of(replace(SPEC, **changed))
    assert codes(SPEC, other) == said
    assert set(change(SPEC, other)) == {*changed} - ({"pad_position"} if changed.get("resize") != "letterbox" else set())
    assert cost(SPEC, other) >= len(said)


def test_where_letterbox_pads_only_counts_with_letterbox():
    padded = way_of(replace(SPEC, pad_position="top_left"))
    assert change(SPEC, padded) == {}


def test_between_two_ways_lie_all_their_mixtures():
    far = way_of(replace(SPEC, colour="BGR", scale=1.0, layout="NHWC"))
    mixed = set(between(SPEC, far, norms(SPEC, None)))
    assert {way_of(SPEC), far, replace(way_of(SPEC), colour="BGR"), replace(way_of(SPEC), layout="NHWC")} <= mixed


def test_grey_has_one_order_and_one_mean():
    spec = InputSpec((8, 8), "stretch", colour="GRAY", mean=(0.0,), std=(1.0,))
    assert colours(spec) == ("GRAY",)
    assert all(len(norm.mean) == len(norm.std) == 1 for norm in norms(spec, None))


@given(st.floats(1e-4, 0.1), st.integers(0, 255))
def test_what_a_quantised_file_holds_is_a_norm_that_fills_it(scale, zero):
    held = InputRange(scale, float(zero))
    found = [norm for norm in norms(SPEC, held) if norm.scale == scale]
    if 0.05 <= 255 * scale <= 5000:
        low, high = ((0 - found[0].mean[0]) / found[0].std[0], (255 * scale - found[0].mean[0]) / found[0].std[0])
        assert (low, high) == pytest.approx(held.ends, abs=1e-9)
