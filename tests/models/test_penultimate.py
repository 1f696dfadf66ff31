import numpy as np
import onnx
from onnx import helper

from fieldcheck.models.onnx_graph import add_outputs, find_feature_tensor, find_feature_tensors
from tests.models import graphs


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
