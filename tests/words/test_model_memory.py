from dataclasses import replace

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_memory import FeatureGrid, LayerMemory, ModelMemory
from fieldcheck.words.model_memory import grid_said, largest_said, memory_lines, small_said, tensor_name

CONV, CONCAT = LayerMemory("c1", "Conv", (1, 16, 208, 208), 2_768_896), LayerMemory("c2", "Concat", (1, 12, 208, 208), 2_076_672)
GRID = FeatureGrid("boxes", (52, 52), (8.0, 8.0), (1280, 720), (24.6, 13.8))
MEMORY = ModelMemory(904_467, 3_617_868, (CONV, CONCAT), 366, 0, 8_310_000, "c2", GRID)


def test_parameters_the_most_at_once_and_the_finest_map_are_told():
    assert memory_lines(MEMORY) == (
        "904,467 parameters, 3.62 MB.",
        "Peak activation memory: at most 8.31 MB as the graph is written. Peak while computing c2.",
        "Finest feature map used for the prediction: 52 × 52 cells, one per 8 × 8 input pixels. An object "
        "under 24.6 × 13.8 px in the camera frame (1280 × 720) is smaller than one cell.",
    )
    assert largest_said(MEMORY) == "Largest activations: Conv 1 × 16 × 208 × 208 2.77 MB, Concat 1 × 12 × 208 × 208 2.08 MB."


def test_what_is_unknown_is_said_and_the_most_is_a_least_then():
    said = memory_lines(replace(MEMORY, unknown=3, grid=None, peak_at=""))
    assert said[1] == "Peak activation memory: at least 8.31 MB as the graph is written."
    assert said[2] == "3 activations of unknown shape, not included here."
    assert said[3] == "No spatial feature map leads to the prediction, or its shape is unknown."
    assert largest_said(replace(MEMORY, layers=())) == ""


def test_without_a_frame_cells_are_told_in_the_models_input_alone():
    assert grid_said(replace(GRID, frame=None, cell=None)).endswith("one per 8 × 8 input pixels.")


def test_small_boxes_come_with_their_range_or_with_why_there_is_none():
    found = Estimate.of(0.125, 0.05, 0.3, n=230, n_eff=90, method="beta_binomial_clips")
    assert small_said(found) == "Smaller than one cell in width and height: 12.5% (5.0–30.0%) of 230 labelled boxes."
    few = small_said(Estimate.na("too_few_clips", 8, 0.25))
    assert few == "Smaller than one cell in width and height: 25.0% of 8 labelled boxes; too few clips for a CI."


def test_of_a_long_name_the_end_is_shown_and_of_a_list_the_first():
    assert tensor_name("net/relu;net/add") == "net/relu"
    assert tensor_name("a" * 50) == "…" + "a" * 40
