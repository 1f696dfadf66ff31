from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.domain.model_card import InputSpec
from fieldcheck.models.doctor.fit_card import InputRange
from fieldcheck.models.doctor.preprocessing_variants import (
    Normalisation,
    count_changes,
    get_changed_keys,
    get_way,
    iter_partial_changes,
    iter_placements,
    list_colour_orders,
    list_finding_codes,
    list_norms,
)

SPEC = InputSpec((32, 48), "stretch")
SHIFTED = InputSpec((32, 48), "stretch", mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))


def test_the_cards_own_way_comes_first_and_changes_nothing():
    own = get_way(SHIFTED)
    assert own.apply_to(SHIFTED) == SHIFTED
    assert list_norms(SHIFTED, None)[0] == own.norm
    assert next(iter(iter_placements(SHIFTED))) == own.placement
    assert list_colour_orders(SHIFTED) == ("RGB", "BGR")
    assert get_changed_keys(SHIFTED, own) == {}
    assert (list_finding_codes(SHIFTED, own), count_changes(SHIFTED, own)) == ((), 0)


def test_the_same_figures_written_otherwise_are_one_norm():
    written = (
        Normalisation(1.0, (127.5,) * 3, (127.5,) * 3),
        Normalisation(1 / 255, (0.5,) * 3, (0.5,) * 3),
    )
    assert written[0].round_values() == written[1].round_values()
    rounded = [norm.round_values() for norm in list_norms(SPEC, None)]
    assert len(rounded) == len(set(rounded))


def test_a_usual_norm_is_tried_for_every_card():
    tried = {
        norm.round_values() for norm in list_norms(InputSpec((32, 48), "stretch", scale=7.0), None)
    }
    assert get_way(SPEC).norm.round_values() in tried
    assert get_way(SHIFTED).norm.round_values() in tried


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
    other = get_way(replace(SPEC, **changed))
    assert list_finding_codes(SPEC, other) == said
    assert set(get_changed_keys(SPEC, other)) == {*changed} - (
        {"pad_position"} if changed.get("resize") != "letterbox" else set()
    )
    assert count_changes(SPEC, other) >= len(said)


def test_where_letterbox_pads_only_counts_with_letterbox():
    padded = get_way(replace(SPEC, pad_position="top_left"))
    assert get_changed_keys(SPEC, padded) == {}


def test_between_two_ways_lie_all_their_mixtures():
    far = get_way(replace(SPEC, colour="BGR", scale=1.0, layout="NHWC"))
    mixed = set(iter_partial_changes(SPEC, far, list_norms(SPEC, None)))
    assert {
        get_way(SPEC),
        far,
        replace(get_way(SPEC), colour="BGR"),
        replace(get_way(SPEC), layout="NHWC"),
    } <= mixed


def test_grey_has_one_order_and_one_mean():
    spec = InputSpec((8, 8), "stretch", colour="GRAY", mean=(0.0,), std=(1.0,))
    assert list_colour_orders(spec) == ("GRAY",)
    assert all(len(norm.mean) == len(norm.std) == 1 for norm in list_norms(spec, None))


@given(st.floats(1e-4, 0.1), st.integers(0, 255))
def test_what_a_quantised_file_holds_is_a_norm_that_fills_it(scale, zero):
    held = InputRange(scale, float(zero))
    found = [norm for norm in list_norms(SPEC, held) if norm.scale == scale]
    if 0.05 <= 255 * scale <= 5000:
        low = (0 - found[0].mean[0]) / found[0].std[0]
        high = (255 * scale - found[0].mean[0]) / found[0].std[0]
        assert (low, high) == pytest.approx(held.limits, abs=1e-9)
