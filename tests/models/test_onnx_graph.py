import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from fieldcheck.domain.model_card import Card, InputSpec, OutputSpec
from fieldcheck.errors.models import ModelRejected
from fieldcheck.models.onnx_graph import (
    MemoryStep,
    add_frame_scale,
    add_outputs,
    compare_layers,
    compute_model_memory,
    compute_peak_memory,
    find_feature_tensor,
    find_feature_tensors,
)
from tests.models import graphs, zoo

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
    back = helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["output"])
    nodes = [helper.make_node("QuantizeLinear", ["images", "scale", "zero"], ["q"]), back]
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
    node = helper.make_node("Identity", ["c"], ["i"])
    inner = helper.make_graph([node], "inner", [], [graphs.output(name="i")])
    nodes = [
        helper.make_node("Conv", ["images", "w"], ["c"]),
        helper.make_node("Conv", ["c", "w"], ["d"]),
        helper.make_node("If", ["yes"], ["e"], then_branch=inner, else_branch=inner),
        helper.make_node("Add", ["d", "e"], ["output"]),
    ]
    path = graphs.write(
        tmp_path / "m.onnx", nodes, [graphs.picture()], [graphs.output()],
        [("w", THREE), ("yes", np.array(True))],
    )  # fmt: skip
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
    picture = graphs.picture(("n", 3, "h", "w"))
    path = graphs.write(tmp_path / "m.onnx", nodes, [picture], outputs, [("w", THREE)])
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
            held = sum(sizes[name] for name, when in born.items() if when <= at and name in used)
            live.append(held)
        assert compute_peak_memory(made, sizes, ["t8"])[0] == max([*live, sizes["t0"]])


def test_weights_in_another_file_are_counted_without_being_read(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx")
    inside = compute_model_memory(path, card(32))
    onnx.save(
        onnx.load(path), tmp_path / "out.onnx", save_as_external_data=True, location="w.bin",
        size_threshold=0,
    )  # fmt: skip
    assert compute_model_memory(tmp_path / "out.onnx", card(32)).parameters == inside.parameters


def named(model, outputs=("output",)):
    return [one.tensor for one in find_feature_tensors(model.graph, outputs)]


def test_the_input_of_the_last_layer_is_found_behind_what_has_no_weights(tmp_path):
    assert named(graphs.loaded(graphs.convolutions(tmp_path / "m.onnx"))) == ["flat"]
    actual = named(graphs.loaded(graphs.convolutions(tmp_path / "m.onnx", last="Softmax")))
    assert actual == ["flat"]


def test_weights_that_are_worked_out_from_weights_are_weights(tmp_path):
    """As quantised graphs and graphs with transposed weights have it."""
    nodes = [
        helper.make_node("GlobalAveragePool", ["images"], ["pool"]),
        helper.make_node("Flatten", ["pool"], ["flat"]),
        helper.make_node("Transpose", ["w"], ["turned"]),
        helper.make_node("MatMul", ["flat", "turned"], ["product"]),
        helper.make_node("Add", ["product", "b"], ["output"]),
    ]
    weights = [("w", np.ones((4, 3), np.float32)), ("b", np.ones(4, np.float32))]
    assert named(
        graphs.loaded(
            graphs.write(tmp_path / "m.onnx", nodes, [graphs.picture()], [graphs.output()], weights)
        )
    ) == ["flat"]


def test_a_product_of_two_tensors_of_the_picture_is_no_layer(tmp_path):
    """As attention has it."""
    nodes = [
        helper.make_node("Conv", ["images", "w"], ["c"]),
        helper.make_node("MatMul", ["c", "c"], ["product"]),
        helper.make_node("Conv", ["product", "v"], ["output"]),
    ]
    weights = [("w", np.ones((3, 3, 1, 1), np.float32)), ("v", np.ones((3, 3, 1, 1), np.float32))]
    graph = graphs.loaded(
        graphs.write(tmp_path / "m.onnx", nodes, [graphs.picture()], [graphs.output()], weights)
    )
    assert named(graph) == ["product"]


def test_every_way_back_has_a_candidate_and_the_deepest_comes_first(tmp_path):
    nodes = [
        helper.make_node("Conv", ["images", "w"], ["early"]),
        helper.make_node("Relu", ["early"], ["deep"]),
        helper.make_node("Conv", ["early", "w"], ["boxes"]),
        helper.make_node("Conv", ["deep", "w"], ["scores"]),
        helper.make_node("Concat", ["boxes", "scores"], ["output"], axis=1),
    ]
    weights = [("w", np.ones((3, 3, 1, 1), np.float32))]
    graph = graphs.loaded(
        graphs.write(tmp_path / "m.onnx", nodes, [graphs.picture()], [graphs.output()], weights)
    )
    assert named(graph) == ["deep", "early"]


def test_the_picture_itself_is_no_candidate_and_a_graph_without_weights_has_none(tmp_path):
    nodes = [helper.make_node("Conv", ["images", "w"], ["output"])]
    weights = [("w", np.ones((3, 3, 1, 1), np.float32))]
    actual = named(
        graphs.loaded(
            graphs.write(tmp_path / "m.onnx", nodes, [graphs.picture()], [graphs.output()], weights)
        )
    )
    assert actual == []
    assert named(graphs.loaded(graphs.passing_on(tmp_path / "p.onnx"))) == []


def test_a_named_tensor_has_its_features_where_its_readers_look(tmp_path):
    graph = graphs.loaded(graphs.convolutions(tmp_path / "m.onnx")).graph
    assert find_feature_tensor(graph, "r1").channels
    assert not find_feature_tensor(graph, "flat").channels
    assert find_feature_tensor(graph, "images") is None
    assert find_feature_tensor(graph, "w1") is None


def test_a_model_with_more_outputs_is_a_copy(tmp_path):
    model = graphs.loaded(graphs.convolutions(tmp_path / "m.onnx"))
    wider = onnx.load_from_string(add_outputs(model, ["flat", "output"]))
    assert [one.name for one in wider.graph.output] == ["output", "flat"]
    assert [one.name for one in model.graph.output] == ["output"]


def changed(path, out, *names, renamed=False):
    """A copy whose named weights are a little larger; with other names of all of them where
    asked."""
    model = graphs.loaded(path)
    for tensor in model.graph.initializer:
        if tensor.name in names:
            values = numpy_helper.to_array(tensor)
            tensor.CopyFrom(numpy_helper.from_array(values * np.float32(1.01), tensor.name))
    if renamed:
        for node in model.graph.node:
            for at, name in enumerate(node.input):
                if name.startswith("w"):
                    node.input[at] = f"layer.{name}"
        for tensor in model.graph.initializer:
            tensor.name = f"layer.{tensor.name}"
    onnx.save(model, str(out))
    return out


@pytest.mark.parametrize("renamed", [False, True])
def test_layers_that_are_bit_for_bit_those_of_the_base_are_told(tmp_path, renamed):
    base = graphs.convolutions(tmp_path / "base.onnx")
    path = changed(base, tmp_path / "m.onnx", "w3", renamed=renamed)
    expected = [(True, True), (True, True), (False, False)]
    assert [(one.convolution, one.same) for one in compare_layers(path, base)] == expected


def test_weights_in_a_file_of_their_own_are_read(tmp_path):
    species = zoo.ZOO["logits"]
    together, apart = (
        zoo.write(tmp_path / f"{outside}.onnx", species, external=outside)
        for outside in (False, True)
    )
    assert all(one.same for one in compare_layers(together, apart))


def test_another_network_is_no_base(tmp_path):
    with pytest.raises(ModelRejected) as refused:
        compare_layers(
            graphs.convolutions(tmp_path / "m.onnx"), graphs.passing_on(tmp_path / "other.onnx")
        )
    assert refused.value.problem == "base"
