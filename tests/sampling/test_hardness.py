import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fieldcheck.domain.model_card import parse_card
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.models.run import iter_footage_chunks
from fieldcheck.models.store import find_model, inspect_model, set_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import frames as components_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.sampling import hardness
from tests import makers

# Six frames, worked out by hand; ranks in sixths.
UNCERTAINTY = [0.1, 0.5, 0.3, 0.9, 0.7, 0.2]  # ranks 0.5 3.5 2.5 5.5 4.5 1.5
FLICKER = [0.0, 0.0, 0.5, 1.0, 0.5, 0.0]  # ranks 1.5 1.5 4 5.5 4 1.5
FAULTS = {
    "sharpness": [6, 5, 4, 3, 2, 1],  # blur 0.5 1.5 2.5 3.5 4.5 5.5
    "noise": [2, 2, 2, 2, 2, 2],  # constant: 3
    "clipped": [0, 0, 0, 0, 0.1, 0.3],  # 2 2 2 2 4.5 5.5
    "contrast": [100, 50, 200, 150, 120, 180],  # low contrast 4.5 5.5 0.5 2.5 3.5 1.5
}
TWO_WORST = [3.75, 4.25, 2.75, 3.25, 4.5, 5.5]  # ranked again: 2.5 3.5 0.5 1.5 4.5 5.5
BY_HAND = [0.85, 2.05, 1.75, 3.25, 3.05, 1.65]  # 0.35 U + 0.20 F + 0.15 Q, in sixths


def box(x, score=0.9, kind=0):
    return np.array([[x, 0, x + 10, 10, score, kind]], dtype=np.float32)


NOTHING = np.zeros((0, 6), dtype=np.float32)


def test_six_frames_have_the_hardness_worked_out_by_hand():
    faults = hardness.rank_image_faults(**FAULTS)
    assert hardness.compute_two_worst_mean(faults) == pytest.approx(np.array(TWO_WORST) / 6)
    got = hardness.compute_hardness(uncertainty=UNCERTAINTY, flicker=FLICKER, faults=faults)
    assert got.h == pytest.approx(np.array(BY_HAND) / 0.7 / 6)
    wanted = pytest.approx([0.202381, 0.488095, 0.416667, 0.773810, 0.726190, 0.392857], abs=1e-6)
    assert got.h == wanted
    assert dict(got.components) == pytest.approx({"U": 0.5, "F": 0.2 / 0.7, "Q": 0.15 / 0.7})


def test_the_reasons_are_the_most_striking_grounds():
    faults = hardness.rank_image_faults(**FAULTS)
    got = hardness.compute_hardness(uncertainty=UNCERTAINTY, flicker=FLICKER, faults=faults)
    assert got.get_reason(3) == "doubt+flicker"
    assert got.get_reason(5) == "blur+clipped"
    assert got.get_reason(1) == "low_contrast"
    assert got.get_reason(2) == "flicker"  # none is striking: the strongest


def test_the_golden_uncertainties():
    p = np.array([[0.6, 0.3, 0.1]])
    assert hardness.compute_class_uncertainty(p) == pytest.approx([0.7], abs=1e-6)
    assert hardness.compute_class_entropy(p) == pytest.approx([0.817345], abs=1e-6)


def test_certainty_is_zero_and_indecision_is_one():
    p = np.array([[1.0, 0.0], [0.5, 0.5]])
    assert hardness.compute_class_uncertainty(p).tolist() == [0.0, 1.0]
    assert hardness.compute_class_entropy(p) == pytest.approx([0.0, 1.0])
    assert hardness.compute_class_uncertainty(np.array([[0.5], [0.9]])) == pytest.approx([1.0, 0.2])


def test_doubtful_boxes_add_up_and_faint_ones_do_not():
    scores = [np.array([0.5, 0.9]), np.array([0.04]), np.array([0.05]), np.zeros(0)]
    got = hardness.compute_detection_uncertainty(scores)
    assert got == pytest.approx([1.36, 0.0, 0.19, 0.0])


def test_flicker_is_the_share_of_close_neighbours_that_say_something_else():
    times = [0.0, 0.5, 1.0, 1.5, 0.0]
    got = hardness.compute_class_flicker([0, 1, 0, 0, 2], ["a"] * 4 + ["b"], times)
    assert got[:4] == pytest.approx([1 / 2, 1.0, 1 / 3, 1 / 2])
    assert np.isnan(got[4])


def test_neighbours_further_than_a_second_do_not_count():
    assert np.isnan(hardness.compute_class_flicker([0, 1], ["a", "a"], [0.0, 1.1])).all()
    flicker = np.isnan(
        hardness.compute_detection_flicker([box(0), NOTHING], ["a", "a"], [0.0, 1.1])
    )
    assert flicker.all()
    assert hardness.compute_class_flicker([0, 1], ["a", "a"], [0.3, 1.3]).tolist() == [1.0, 1.0]


def test_boxes_flicker_against_the_frame_before_and_the_frame_after():
    boxes = [box(0), box(1), NOTHING, NOTHING, box(0)]
    got = hardness.compute_detection_flicker(boxes, ["a"] * 4 + ["b"], [0.0, 0.5, 1.0, 1.5, 2.0])
    assert got[:4] == pytest.approx([0.0, 0.5, 0.5, 0.0])
    assert np.isnan(got[4])
    assert hardness.compute_detection_flicker([], [], []).size == 0


def test_the_worst_light_is_the_two_worst_kinds_of_it():
    faults = hardness.rank_light_faults(
        mean=[100, 20, 60], clipped=[0, 0, 0.5], contrast=[90, 30, 60], backlight=[0, 10, -10]
    )
    assert {name: (3 * rank).tolist() for name, rank in faults.items()} == {
        "dark": [0.5, 2.5, 1.5],
        "clipped": [1.0, 1.0, 2.5],
        "low_contrast": [0.5, 2.5, 1.5],
        "backlight": [1.5, 2.5, 0.5],
    }
    got = hardness.compute_light_hardness(faults)
    assert got.h == pytest.approx(np.array([1.25, 2.5, 2.0]) / 3)
    assert got.get_reason(1) == "dark+low_contrast"
    assert got.components == (("light", 1.0),)


def test_a_missing_component_is_dropped_and_the_others_share_its_weight():
    only_u = hardness.compute_hardness(uncertainty=UNCERTAINTY)
    assert only_u.components == (("U", 1.0),)
    assert only_u.h == pytest.approx(hardness.rank_by_percentile(UNCERTAINTY))
    everything = hardness.compute_hardness(
        uncertainty=UNCERTAINTY, flicker=FLICKER, sensitivity=FLICKER,
        faults=hardness.rank_image_faults(**FAULTS), novelty=UNCERTAINTY,
    )  # fmt: skip
    assert dict(everything.components) == pytest.approx(dict(hardness.WEIGHTS))


def test_swapping_two_weights_changes_which_frames_are_hard():
    parts = {"uncertainty": UNCERTAINTY, "faults": hardness.rank_image_faults(**FAULTS)}
    usual = hardness.compute_hardness(**parts)
    weights = {**hardness.WEIGHTS, "U": hardness.WEIGHTS["Q"], "Q": hardness.WEIGHTS["U"]}
    swapped = hardness.compute_hardness(**parts, weights=weights)
    assert np.argsort(-usual.h)[:2].tolist() == [4, 3]
    assert np.argsort(-swapped.h)[:2].tolist() == [4, 5]


def test_without_any_component_there_is_no_hardness():
    with pytest.raises(ValueError, match="no component"):
        hardness.compute_hardness()
    with pytest.raises(ValueError, match="no component"):
        hardness.compute_hardness(uncertainty=UNCERTAINTY, weights={"U": 0.0})


def test_what_is_constant_or_unknown_lies_in_the_middle():
    assert hardness.rank_by_percentile([3, 3, 3]).tolist() == [0.5] * 3
    assert hardness.rank_by_percentile([np.nan, 1, 2]).tolist() == [0.5, 0.25, 0.75]
    assert hardness.rank_by_percentile([np.nan, np.nan]).tolist() == [0.5, 0.5]


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=40))
def test_ranks_average_a_half_and_units_do_not_matter(values):
    got = hardness.rank_by_percentile(values)
    assert got.mean() == pytest.approx(0.5)
    assert got == pytest.approx(hardness.rank_by_percentile([3.7 * value + 11 for value in values]))
    assert got == pytest.approx((stats.rankdata(values) - 0.5) / len(values))


def test_the_last_bits_of_a_sum_change_neither_ranks_nor_hardness():
    values = np.random.default_rng(7).uniform(0, 20, 50).round(3)
    values[10:20] = values[:10]  # alike, so that one bit more would part them
    other = np.nextafter(values, np.inf)
    assert hardness.rank_by_percentile(np.where(np.arange(50) < 10, other, values)).tolist() == (
        hardness.rank_by_percentile(values).tolist()
    )
    one = hardness.compute_hardness(uncertainty=values)
    assert all(round(value, 9) == value for value in one.h.tolist())
    assert hardness.compute_hardness(uncertainty=other).h.tolist() == one.h.tolist()


def test_hardness_cannot_be_altered():
    with pytest.raises(ValueError, match="read-only"):
        hardness.compute_hardness(uncertainty=UNCERTAINTY).h[0] = 1.0


CLASSES, BOXES, MASKS = (
    parse_card(card) for card in (makers.COLOUR_CARD, makers.BOX_CARD, makers.MASK_CARD)
)


@pytest.fixture
def short(material, tmp_path):
    with makers.empty_project(tmp_path / "short.fieldcheck", material / "net.onnx") as project:
        makers.add_footage(project, material / "night.avi")
        yield project


@pytest.mark.long
def test_every_listed_frame_has_a_share_of_four(short):
    found = hardness.run_sensitivity(short, find_model(short), NullProgress())
    assert set(found) == {line.frame.frame_id for line in short.read(list_sampling_lines)}
    assert all(value in (0, 0.25, 0.5, 0.75, 1) for value in found.values())


@pytest.mark.long
def test_what_was_found_is_kept_and_not_sought_again(short):
    model = find_model(short)
    name = short.read(list_sampling_lines)[0].frame.frame_id
    short.write(
        lambda db: components_table.put_component(
            db, hardness.get_component_name(model), model.sha256, {name: 0.125}
        )
    ).result()
    assert hardness.run_sensitivity(short, model, NullProgress())[name] == 0.125
    assert len(hardness.run_sensitivity(short, model, NullProgress())) == 30


@pytest.mark.long
def test_the_same_chunk_gives_the_same_rows(short):
    lines = short.read(list_sampling_lines)
    chunk = next(iter_footage_chunks(short, find_model(short), {lines[0].frame.frame_id}))
    assert hardness.measure_chunk_sensitivity(chunk) == hardness.measure_chunk_sensitivity(chunk)


@pytest.mark.long
def test_another_card_has_a_sensitivity_of_its_own(short, tmp_path, material):
    first = find_model(short)
    hardness.run_sensitivity(short, first, NullProgress())
    fields = json.loads(first.card) | {"input": {**makers.CARD["input"], "colour": "BGR"}}
    turned = makers.write_card(tmp_path / "c.json", fields)
    second = set_model(short, inspect_model(material / "net.onnx", turned), makers.LATER)
    assert hardness.get_component_name(first) != hardness.get_component_name(second)
    actual = short.read(
        lambda db: components_table.get_component(
            db, hardness.get_component_name(second), second.sha256
        )
    )
    assert actual == {}


def test_a_seed_belongs_to_one_frame_and_one_corruption():
    actual = len(
        {hardness.make_frame_seed(name, kind) for name in ("a", "b") for kind in ("noise", "dark")}
    )
    assert actual == 4
    assert hardness.make_frame_seed("a", "noise") == hardness.make_frame_seed("a", "noise") < 2**32


def test_an_answer_changes_with_its_class_also_to_none_at_all():
    cases = ([0.9, 0.1, 0], [0.4, 0.6, 0], [math.nan] * 3)
    a, b, none = (np.array(row, np.float32) for row in cases)
    assert [
        hardness.compute_answer_change(a, a, CLASSES),
        hardness.compute_answer_change(a, b, CLASSES),
        hardness.compute_answer_change(a, none, CLASSES),
        hardness.compute_answer_change(none, none, CLASSES),
    ] == [0, 1, 1, 0]


def test_an_answer_changes_with_the_class_that_the_thresholds_of_the_card_name():
    card = parse_card(
        {**makers.COLOUR_CARD, "output": {"kind": "softmax", "thresholds": {"green": 0.2}}}
    )
    below, above, higher = (np.array([1 - p, p, 0], np.float32) for p in (0.15, 0.3, 0.45))
    assert hardness.compute_answer_change(below, above, card) == 1
    assert hardness.compute_answer_change(above, higher, card) == 0
    assert hardness.compute_answer_change(below, above, CLASSES) == 0


def test_boxes_change_as_far_as_they_do_not_match():
    one = np.array([[0, 0, 10, 10, 0.9, 0]], np.float32)
    low = np.array([[0, 0, 10, 10, 0.2, 0]], np.float32)
    none = np.empty((0, 6), np.float32)
    assert [
        hardness.compute_answer_change(one, one, BOXES),
        hardness.compute_answer_change(one, low, BOXES),
        hardness.compute_answer_change(none, none, BOXES),
    ] == [0, 1, 0]


def test_a_mask_changes_with_the_things_that_it_shows():
    one, all_of_it = np.zeros((2, len(MASKS.classes)), np.float32)
    one[1], all_of_it[1:] = 0.2, 0.2
    change = hardness.compute_answer_change(one, all_of_it * 0, MASKS)
    assert [hardness.compute_answer_change(one, one, MASKS), change] == [0, 1]


def parts(project, asked=hardness.USUAL):
    return hardness.measure_components(
        project, project.read(list_sampling_lines), project.read(models_table.get_newest_model),
        asked, NullProgress(), makers.NOW,
    )  # fmt: skip


def test_flicker_is_where_the_answer_changes_within_a_second(footed):
    found = parts(footed)
    listing, colours = footed.read(list_sampling_lines), makers.cycle(240)
    for at, line in enumerate(listing):
        near = [other for other in range(at - 2, at + 3) if 0 <= other < 120 and other != at]
        mine = colours[line.frame.source_index]
        share = np.mean([colours[listing[other].frame.source_index] != mine for other in near])
        assert found.flicker[at] == pytest.approx(share)


def test_without_a_model_there_are_pictures_only(material, tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck") as project:
        makers.add_footage(project, material / "night.avi")
        found = parts(project)
        assert (found.uncertainty, found.flicker, found.sensitivity) == (None, None, None)
        assert found.compute_hardness().components == (("Q", 1.0),)


def test_light_asks_no_model(footed):
    listing = footed.read(list_sampling_lines)
    light = hardness.measure_hardness(
        footed, listing, footed.read(models_table.get_newest_model), "light", hardness.USUAL,
        NullProgress(), makers.NOW,
    )  # fmt: skip
    assert light.components == (("light", 1.0),)
    assert set(light.grounds) == {"dark", "clipped", "low_contrast", "backlight"}


@pytest.mark.long
def test_a_frame_without_a_finite_answer_ranks_in_the_middle(material, tmp_path):
    with makers.empty_project(
        tmp_path / "p.fieldcheck", makers.half_nan_model(tmp_path / "nan.onnx")
    ) as project:
        makers.add_footage(project, material / "belt.avi")
        found = parts(project)
        silent = np.array([colour == "blue" for colour in makers.cycle(240)[::2]])
        assert np.isnan(found.uncertainty).tolist() == silent.tolist()
        assert np.isnan(found.flicker).tolist() == silent.tolist()
        assert np.isfinite(found.compute_hardness().h).all()


def test_other_weights_give_another_order(footed):
    found = parts(footed)
    usual = found.compute_hardness().h
    turned = found.compute_hardness({"U": 0.20, "F": 0.35, "Q": 0.15}).h
    assert np.argsort(usual, kind="stable").tolist() != np.argsort(turned, kind="stable").tolist()
