import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from fieldcheck.models.onnx_file import QuantisationStep, find_quantisation_steps, round_to_integer

WEIGHTS = {"step": np.array(0.5, np.float32), "zero": np.array(10, np.uint8)}


def model(nodes, **weights):
    """A graph from the quantised tensor `x` to the quantised tensor `y`."""
    ends = [helper.make_tensor_value_info(name, TensorProto.UINT8, None) for name in ("x", "y")]
    tensors = [numpy_helper.from_array(value, name) for name, value in (WEIGHTS | weights).items()]
    return helper.make_model(helper.make_graph(nodes, "quantised", [ends[0]], [ends[1]], tensors))


def test_a_stored_figure_is_read_and_written_by_its_step():
    step = QuantisationStep(0.5, 10)
    assert step.dequantise(np.array([10, 12, 0], np.uint8)).tolist() == [0, 1, -5]
    expected = [10, 12, 255, 0]
    assert step.quantise(np.array([0, 1.2, 900, -900], np.float32), np.uint8).tolist() == expected


def test_ties_are_rounded_to_even_and_what_lies_beyond_to_the_ends():
    expected = [0, 2, -128, 127]
    assert round_to_integer(np.array([0.5, 1.5, -200.0, 200.0]), np.int8).tolist() == expected


def test_steps_are_found_at_the_first_and_the_last_operator_through_those_that_only_pass_on():
    nodes = [
        helper.make_node("DequantizeLinear", ["x", "step", "zero"], ["real"]),
        helper.make_node("QuantizeLinear", ["real", "step"], ["q"]),
        helper.make_node("Flatten", ["q"], ["y"]),
    ]
    actual = find_quantisation_steps(model(nodes))
    assert actual == {"x": QuantisationStep(0.5, 10), "y": QuantisationStep(0.5, 0)}


@pytest.mark.parametrize(
    "step",
    [np.array([0.5, 0.25], np.float32), np.array(np.nan, np.float32), np.array(0, np.float32)],
)
def test_a_step_for_each_channel_and_one_that_is_none_are_left_out(step):
    nodes = [
        helper.make_node("DequantizeLinear", ["x", "step", "zero"], ["real"]),
        helper.make_node("Cast", ["real"], ["y"], to=2),
    ]
    assert find_quantisation_steps(model(nodes, step=step)) == {}
