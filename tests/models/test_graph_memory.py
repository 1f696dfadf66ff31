import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from fieldcheck.domain.model_card import Card, InputSpec, OutputSpec
from fieldcheck.models.onnx_graph import (
    MemoryStep,
    add_frame_scale,
    compute_model_memory,
    compute_peak_memory,
)
from tests.models import graphs

SIZES = {"x": 8, "a": 10, "b": 20, "c": 5}
THREE = np.ones((3, 3, 1, 1), np.float32)


def card(side=8, resize="stretch", kind="softmax"):
    return Card("classify", InputSpec((side, side), resize), OutputSpec(kind), ("a", "b", "c"))


def steps(*parts):
    return [MemoryStep(tuple(reads.split()), tuple(makes.split())) for reads, makes in parts]


def test_in_a_chain_only_neighbours_live_at_once():
    assert compute_peak_memory(steps(("x", "a"), ("a", "b"), ("b", "c")), SIZES, ["c"]) == (30, 1)


def test_of_two_branches_the_first_waits_for_the_second():
    assert compute_peak_memory(steps(("x", "a"), ("x", "b"), ("a b", "c")), SIZES, ["c"]) == (38, 1)


def test_a_residual_lives_until_it_is_added():
    assert compute_peak_memory(steps(("x", "a"), ("a", "b"), ("b x", "c")), SIZES, ["c"]) == (38, 1)
    assert compute_peak_memory(steps(("x", "a"), ("a", "b"), ("b", "c")), SIZES, ["c"])[0] < 38


def test_an_output_lives_to_the_end_and_what_nobody_reads_dies_at_once():
    actual = compute_peak_memory(steps(("x", "a"), ("x", "b"), ("x", "c")), SIZES, ["a", "c"])
    assert actual == (38, 1)
    assert compute_peak_memory(steps(("x", "a"), ("x", "b"), ("x", "c")), SIZES, ["c"]) == (28, 1)
    assert compute_peak_memory([], SIZES, ["x"]) == (8, None)


def test_parameters_and_activations_of_a_small_network_are_those_counted_by_hand(tmp_path):
    nodes = [
        helper.make_node("Conv", ["images", "w"], ["c"], strides=[2, 2]),
        helper.make_node("Relu", ["c"], ["r"]),
        helper.make_node("GlobalAveragePool", ["r"], ["pool"]),
        helper.make_node("Flatten", ["pool"], ["flat"]),
        helper.make_node("Gemm", ["flat", "v"], ["output"]),
    ]
    weights = [("w", np.ones((4, 3, 2, 2), np.float32)), ("v", np.ones((4, 3), np.float32))]
    found = compute_model_memory(
        graphs.write(tmp_path / "m.onnx", nodes, [graphs.picture()], [graphs.output()], weights),
        card(),
    )
    assert (found.parameters, found.parameter_bytes) == (60, 240)
    expected = [("c", (1, 4, 4, 4), 256), ("r", (1, 4, 4, 4), 256)]
    assert [(one.tensor, one.shape, one.size) for one in found.layers[:2]] == expected
    assert (found.n_layers, found.unknown) == (4, 0)  # the flattened one is the pooled one's memory
    assert (found.peak, found.peak_at) == (3 * 8 * 8 * 4 + 256, "c")
    assert (found.grid.tensor, found.grid.size, found.grid.stride) == ("c", (4, 4), (2.0, 2.0))


def test_whole_numbers_of_eight_bits_weigh_a_quarter(tmp_path):
    nodes = [
        helper.make_node("QuantizeLinear", ["images", "scale", "zero"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["output"]),
    ]
    weights = [("scale", np.float32(0.1)), ("zero", np.uint8(0))]
    found = compute_model_memory(
        graphs.write(tmp_path / "m.onnx", nodes, [graphs.picture()], [graphs.output()], weights),
        card(),
    )
    assert {one.tensor: one.size for one in found.layers} == {"q": 192, "output": 768}


def test_a_shape_that_the_graph_does_not_tell_is_unknown_and_in_no_sum(tmp_path):
    nodes = [
        helper.make_node("Conv", ["images", "w"], ["c"]),
        helper.make_node("NonZero", ["c"], ["places"]),
        helper.make_node("Cast", ["places"], ["output"], to=TensorProto.FLOAT),
    ]
    found = compute_model_memory(
        graphs.write(
            tmp_path / "m.onnx", nodes, [graphs.picture()], [graphs.output()], [("w", THREE)]
        ),
        card(),
    )
    assert (found.n_layers, found.unknown) == (3, 2)
    assert [one.tensor for one in found.layers] == ["c"]


def test_a_graph_inside_a_branch_keeps_what_it_reads_alive_and_is_unknown_itself(tmp_path):
    inner = helper.make_graph(
        [helper.make_node("Identity", ["c"], ["i"])], "inner", [], [graphs.output(name="i")]
    )
    nodes = [
        helper.make_node("Conv", ["images", "w"], ["c"]),
        helper.make_node("Conv", ["c", "w"], ["d"]),
        helper.make_node("If", ["yes"], ["e"], then_branch=inner, else_branch=inner),
        helper.make_node("Add", ["d", "e"], ["output"]),
    ]
    path = graphs.write(
        tmp_path / "m.onnx",
        nodes,
        [graphs.picture()],
        [graphs.output()],
        [("w", THREE), ("yes", np.array(True))],
    )
    found = compute_model_memory(path, card())
    assert found.unknown == 2
    assert found.peak == 3 * 768


def test_of_several_maps_that_the_answer_is_read_from_the_finest_counts(tmp_path):
    nodes = [
        helper.make_node("Conv", ["images", "w"], ["fine"], strides=[2, 2]),
        helper.make_node("Conv", ["fine", "w"], ["coarse"], strides=[2, 2]),
        helper.make_node("Conv", ["fine", "w"], ["boxes"]),
        helper.make_node("Conv", ["coarse", "w"], ["others"]),
    ]
    outputs = [graphs.output(name="boxes"), graphs.output(name="others")]
    path = graphs.write(
        tmp_path / "m.onnx", nodes, [graphs.picture(("n", 3, "h", "w"))], outputs, [("w", THREE)]
    )
    found = compute_model_memory(path, card(32)).grid
    assert (found.tensor, found.size, found.stride) == ("boxes", (16, 16), (2.0, 2.0))


def test_without_a_map_there_is_no_grid(tmp_path):
    assert compute_model_memory(graphs.passing_on(tmp_path / "m.onnx"), card()).grid is None


def test_a_cell_in_the_frame_follows_the_resize(tmp_path):
    found = compute_model_memory(graphs.convolutions(tmp_path / "m.onnx"), card(32))
    assert add_frame_scale(found, card(32).input, (640, 320)).grid.cell == pytest.approx((80, 40))
    spread = add_frame_scale(found, card(32, "letterbox").input, (640, 320)).grid
    assert (spread.cell, spread.frame) == (pytest.approx((80, 80)), (640, 320))


def test_the_most_that_live_at_once_agrees_with_a_count_of_every_step():
    """Against a slow count that looks at every pair of step and tensor."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        names = [f"t{at}" for at in range(9)]
        made = [
            MemoryStep(tuple(rng.choice(names[: at + 1], 2)), (names[at + 1],)) for at in range(8)
        ]
        sizes = {name: int(rng.integers(1, 100)) for name in names}
        live = []
        for at in range(8):
            born = {name: 0 if name == "t0" else names.index(name) - 1 for name in names[: at + 2]}
            used = {name for step in made[at:] for name in (*step.reads, *step.makes)} | {"t8"}
            live.append(
                sum(sizes[name] for name, when in born.items() if when <= at and name in used)
            )
        assert compute_peak_memory(made, sizes, ["t8"])[0] == max([*live, sizes["t0"]])


def test_weights_in_another_file_are_counted_without_being_read(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx")
    inside = compute_model_memory(path, card(32))
    onnx.save(
        onnx.load(path),
        tmp_path / "out.onnx",
        save_as_external_data=True,
        location="w.bin",
        size_threshold=0,
    )
    assert compute_model_memory(tmp_path / "out.onnx", card(32)).parameters == inside.parameters
