from dataclasses import replace

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.latency import FeatureGrid, LayerMemory, ModelMemory
from fieldcheck.latency.messages import (
    describe_feature_grid,
    describe_largest_layers,
    describe_small_objects,
    format_tensor_name,
    list_memory_lines,
)

CONV, CONCAT = (
    LayerMemory("c1", "Conv", (1, 16, 208, 208), 2_768_896),
    LayerMemory("c2", "Concat", (1, 12, 208, 208), 2_076_672),
)
GRID = FeatureGrid("boxes", (52, 52), (8.0, 8.0), (1280, 720), (24.6, 13.8))
MEMORY = ModelMemory(904_467, 3_617_868, (CONV, CONCAT), 366, 0, 8_310_000, "c2", GRID)


def test_parameters_the_most_at_once_and_the_finest_map_are_told():
    assert list_memory_lines(MEMORY) == (
        "904,467 parameters, 3.62 MB.",
        "Peak activation memory: at most 8.31 MB as the graph is written. Peak while computing c2.",
        "Finest feature map used for the prediction: 52 × 52 cells, one per 8 × 8 input "
        "pixels. An object "
        "under 24.6 × 13.8 px in the camera frame (1280 × 720) is smaller than one cell.",
    )
    assert describe_largest_layers(MEMORY) == (
        "Largest activations: Conv 1 × 16 × 208 × 208 2.77 MB, Concat 1 × 12 × 208 × 208 2.08 MB."
    )


def test_what_is_unknown_is_said_and_the_most_is_a_least_then():
    said = list_memory_lines(replace(MEMORY, unknown=3, grid=None, peak_at=""))
    assert said[1] == "Peak activation memory: at least 8.31 MB as the graph is written."
    assert said[2] == "3 activations of unknown shape, not included here."
    assert said[3] == "No spatial feature map leads to the prediction, or its shape is unknown."
    assert describe_largest_layers(replace(MEMORY, layers=())) == ""


def test_without_a_frame_cells_are_told_in_the_models_input_alone():
    expected = "one per 8 × 8 input pixels."
    assert describe_feature_grid(replace(GRID, frame=None, cell=None)).endswith(expected)


def test_small_boxes_come_with_their_range_or_with_why_there_is_none():
    found = Estimate.from_limits(0.125, 0.05, 0.3, n=230, n_eff=90, method="beta_binomial_clips")
    expected = "Smaller than one cell in width and height: 12.5% (5.0–30.0%) of 230 labelled boxes."
    assert describe_small_objects(found) == expected
    few = describe_small_objects(Estimate.not_measured("too_few_clips", 8, 0.25))
    assert few == (
        "Smaller than one cell in width and height: 25.0% of 8 labelled boxes; too few clips "
        "for a CI."
    )


def test_of_a_long_name_the_end_is_shown_and_of_a_list_the_first():
    assert format_tensor_name("net/relu;net/add") == "net/relu"
    assert format_tensor_name("a" * 50) == "…" + "a" * 40
