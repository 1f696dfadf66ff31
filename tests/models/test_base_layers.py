import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from fieldcheck.errors.models import ModelRejected
from fieldcheck.models.onnx_graph import compare_layers
from tests.models import graphs, zoo


def changed(path, out, *names, renamed=False):
    """A copy whose named weights are a little larger; with other names of all of them where asked."""
    model = graphs.loaded(path)
    for tensor in model.graph.initializer:
        if tensor.name in names:
            tensor.CopyFrom(
                numpy_helper.from_array(
                    numpy_helper.to_array(tensor) * np.float32(1.01), tensor.name
                )
            )
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
