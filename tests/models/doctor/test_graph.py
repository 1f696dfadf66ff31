import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from fieldcheck.models.doctor.fit_card import (
    find_graph_faults,
    find_input_range,
    find_output_operator,
    read_graph,
)
from tests.models import graphs
from tests.models.doctor.faults import FAULTS
from tests.models.doctor.patients import patient
from tests.models.doctor.signs import save


def found(path):
    return [(one.code, one.how) for one in find_graph_faults(read_graph(path))]


def of(tmp_path, nodes, inputs=(), outputs=(), weights=(), **options):
    return graphs.write(
        tmp_path / "m.onnx",
        nodes,
        [graphs.picture(), *inputs],
        [graphs.output(), *outputs],
        weights,
        **options,
    )


BN = [(name, np.ones(3, np.float32)) for name in ("s", "b", "m", "v")]


def test_a_sound_model_has_no_finding(tmp_path):
    for path in (
        graphs.convolutions(tmp_path / "m.onnx", last="Softmax"),
        save(patient("plain").model, tmp_path / "p.onnx"),
    ):
        assert found(path) == []


@pytest.mark.parametrize(
    ("opset", "attributes", "outputs", "trains"),
    [
        (17, {"training_mode": 1}, ["output", "mm", "vv"], True),
        (17, {"training_mode": 0}, ["output"], False),
        (17, {}, ["output"], False),
        (9, {}, ["output"], False),
        (9, {}, ["output", "mm", "vv", "sm", "sv"], True),
        (6, {"is_test": 0}, ["output"], True),
        (6, {"is_test": 1}, ["output"], False),
    ],
)
def test_batch_normalisation_in_training_is_seen_in_every_opset(
    tmp_path, opset, attributes, outputs, trains
):
    node = helper.make_node(
        "BatchNormalization", ["images", "s", "b", "m", "v"], outputs, **attributes
    )
    actual = found(of(tmp_path, [node], weights=BN, opset=opset))
    assert actual == ([("batch_norm_training", "flag")] if trains else [])


@pytest.mark.parametrize(
    ("axes", "says"), [([0, 2, 3], True), ([0, -2, -1], True), ([2, 3], False), ([1], False)]
)
def test_a_mean_over_the_batch_is_a_normalisation_written_out(tmp_path, axes, says):
    node = helper.make_node("ReduceMean", ["images"], ["output"], axes=axes)
    assert found(of(tmp_path, [node])) == ([("batch_norm_training", "mean")] if says else [])


@pytest.mark.parametrize(
    ("opset", "flag", "ratio", "drops"),
    [
        (17, True, 0.4, True),
        (17, False, 0.4, False),
        (17, True, 0.0, False),
        (17, None, 0.4, False),
    ],
)
def test_dropout_is_active_only_where_it_is_switched_on(tmp_path, opset, flag, ratio, drops):
    node = helper.make_node(
        "Dropout", ["images", "ratio", *([] if flag is None else ["flag"])], ["output"]
    )
    weights = [("ratio", np.float32(ratio)), *([] if flag is None else [("flag", np.array(flag))])]
    actual = found(of(tmp_path, [node], weights=weights, opset=opset))
    assert actual == ([("dropout_active", "flag")] if drops else [])


def test_chance_in_the_graph_is_told(tmp_path):
    nodes = [
        helper.make_node("RandomNormalLike", ["images"], ["r"]),
        helper.make_node("Add", ["images", "r"], ["output"]),
    ]
    assert found(of(tmp_path, nodes)) == [("dropout_active", "random")]


@pytest.mark.parametrize("between", [[], ["Identity"], ["Flatten"]])
def test_a_softmax_on_a_softmax_is_seen_through_what_passes_figures_on(tmp_path, between):
    nodes = [helper.make_node("Softmax", ["images"], ["v0"])]
    for number, operator in enumerate(between):
        nodes.append(helper.make_node(operator, [f"v{number}"], [f"v{number + 1}"]))
    nodes.append(helper.make_node("Softmax", [f"v{len(between)}"], ["output"]))
    path = of(tmp_path, nodes)
    assert found(path) == [("softmax_twice", "graph")]
    assert find_output_operator(read_graph(path), "output") == "Softmax"


def test_a_softmax_within_the_model_is_attention(tmp_path):
    nodes = [
        helper.make_node("Softmax", ["images"], ["a"]),
        helper.make_node("Softmax", ["a"], ["b"]),
        helper.make_node("MatMul", ["b", "images"], ["output"]),
    ]
    assert found(of(tmp_path, nodes)) == []


def test_an_input_that_only_lends_its_shape_is_ignored(tmp_path):
    other = helper.make_tensor_value_info("other", TensorProto.FLOAT, ["n"])
    nodes = [
        helper.make_node("Shape", ["images"], ["shape"]),
        helper.make_node("Expand", ["one", "shape"], ["output"]),
    ]
    path = of(tmp_path, nodes, inputs=[other], weights=[("one", np.ones(1, np.float32))])
    ignored = [one.facts["input"] for one in find_graph_faults(read_graph(path))]
    assert ignored == ["images", "other"]


def test_an_input_read_within_a_branch_is_not_ignored(tmp_path):
    branch = helper.make_graph(
        [helper.make_node("Identity", ["images"], ["inner"])],
        "branch",
        [],
        [helper.make_tensor_value_info("inner", TensorProto.FLOAT, None)],
    )
    node = helper.make_node("If", ["yes"], ["output"], then_branch=branch, else_branch=branch)
    assert found(of(tmp_path, [node], weights=[("yes", np.array(True))])) == []


@pytest.mark.parametrize(
    ("kind", "zero", "ends"),
    [(np.uint8, 128, (-1.28, 1.27)), (np.int8, 0, (-1.28, 1.27)), (np.int8, -128, (0.0, 2.55))],
)
def test_the_range_of_a_quantised_input_is_read(tmp_path, kind, zero, ends):
    nodes = [
        helper.make_node("QuantizeLinear", ["images", "s", "z"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["output"]),
    ]
    path = of(tmp_path, nodes, weights=[("s", np.float32(0.01)), ("z", kind(zero))])
    held = find_input_range(read_graph(path))
    assert held is not None
    assert held.limits == pytest.approx(ends, abs=1e-6)
    assert find_input_range(read_graph(graphs.convolutions(tmp_path / "f.onnx"))) is None


def test_weights_in_another_file_are_not_read(tmp_path):
    path = graphs.with_outside_weights(tmp_path / "m.onnx", "w.bin", None)
    assert read_graph(path).constants == {}
    assert isinstance(read_graph(path).model, onnx.ModelProto)


@pytest.mark.parametrize("name", ["batch_norm_training", "dropout_active", "ignored_input"])
def test_faults_of_an_export_are_seen_without_running(tmp_path, name):
    ill = FAULTS[name](patient("plain"), np.random.default_rng(3))
    assert name in [code for code, _ in found(save(ill.model, tmp_path / "m.onnx"))]
