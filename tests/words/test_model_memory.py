from dataclasses import replace

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_memory import FeatureGrid, LayerMemory, ModelMemory
from fieldcheck.words.model_memory import grid_said, largest_said, memory_lines, small_said, tensor_name

CONV, CONCAT = LayerMemory("c1", "Conv", (1, 16, 208, 208), 2_768_896), LayerMemory("c2", "Concat", (1, 12, 208, 208), 2_076_672)
GRID = FeatureGrid("boxes", (52, 52), (8.0, 8.0), (1280, 720), (24.6, 13.8))
MEMORY = ModelMemory(904_467, 3_617_868, (CONV, CONCAT), 366, 0, 8_310_000, "c2", GRID)


def test_parameters_the_most_at_once_and_the_finest_map_are_told():
    assert memory_lines(MEMORY) == (
        "904467 parameters, 3.62 MB.",
        "At most 8.31 MB of activations live at once as the graph is written. That is while c2 is computed.",
        "Finest feature map that the answer is read from: 52 × 52 cells, one for 8 × 8 pixels of the model's input. "
        "An object under 24.6 × 13.8 px in the camera's frame (1280 × 720) is smaller than one cell and shares it "
        "with what lies beside it.",
    )
    assert largest_said(MEMORY) == "Largest activations: Conv 1 × 16 × 208 × 208 2.77 MB, Concat 1 × 12 × 208 × 208 2.08 MB."


def test_what_is_unknown_is_said_and_the_most_is_a_least_then():
    said = memory_lines(replace(MEMORY, unknown=3, grid=None, peak_at=""))
    assert said[1] == "At least 8.31 MB of activations live at once as the graph is written."
    assert said[2] == "The graph does not tell the shape of 3 activations: unknown, and in no sum here."
    assert said[3] == "No feature map with rows and columns leads to the answer, or its shape is unknown."
    assert largest_said(replace(MEMORY, layers=())) == ""


def test_without_a_frame_cells_are_told_in_the_models_input_alone():
    assert grid_said(replace(GRID, frame=None, cell=None)).endswith("one for 8 × 8 pixels of the model's input.")


def test_small_boxes_come_with_their_range_or_with_why_there_is_none():
    found = Estimate.of(0.125, 0.05, 0.3, n=230, n_eff=90, method="beta_binomial_clips")
    assert small_said(found) == "Smaller than one cell, wide and high: 12.5% (5.0–30.0%) of 230 labelled boxes."
    few = small_said(Estimate.na("too_few_clips", 8, 0.25))
    assert few == "Smaller than one cell, wide and high: 25.0% of 8 labelled boxes; too few clips for a range."


def test_of_a_long_name_the_end_is_shown_and_of_a_list_the_first():
    assert tensor_name("net/relu;net/add") == "net/relu"
    assert tensor_name("a" * 50) == "…" + "a" * 40
