import numpy as np
import onnxruntime as ort
import pytest

from fieldcheck.domain.model_card import parse_card
from fieldcheck.domain.provider import CPU, NAMES
from fieldcheck.models import providers
from fieldcheck.models.providers import (
    ModelRunner,
    list_cpu_operators,
    list_providers,
    measure_parity,
)
from fieldcheck.models.session import open_model
from tests import makers
from tests.models import graphs

CARD = parse_card(
    {
        "task": "classification",
        "input": {"size": [32, 32], "resize": "stretch"},
        "output": {"kind": "logits"},
        "classes": ["a", "b", "c"],
    }
)
FRAMES = [makers.picture(colour, number) for number, colour in enumerate(makers.COLOURS)]


def runner(path, card=CARD, threads=1):
    return ModelRunner(open_model(path, threads), card, batch_size=1)


def test_the_processor_is_always_there_and_no_cloud_is():
    assert list_providers()[0] == CPU
    assert {NAMES[code] for code in list_providers()} <= set(ort.get_available_providers())


def test_other_options_of_the_processor_give_the_same_answers(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx")
    found = measure_parity("openvino", runner(path), runner(path, threads=2), FRAMES)
    assert (found.is_usable, found.n, found.problem) == (True, 3, "")
    assert found.moved < 1e-5


def test_a_session_whose_weights_are_others_is_not_used(tmp_path):
    found = measure_parity(
        "openvino",
        runner(graphs.convolutions(tmp_path / "m.onnx")),
        runner(graphs.convolutions(tmp_path / "n.onnx", seed=1)),
        FRAMES,
    )
    assert (found.is_usable, found.problem) == (False, "differs")
    assert found.moved > 0.01


def test_a_figure_that_is_not_finite_on_one_side_alone_is_a_difference(tmp_path):
    good = makers.colour_model(tmp_path / "good.onnx")
    half = makers.half_nan_model(tmp_path / "half.onnx")
    assert measure_parity("cuda", runner(half), runner(half), FRAMES).is_usable
    assert measure_parity("cuda", runner(good), runner(half), FRAMES).problem == "differs"


def test_boxes_are_held_against_their_partners(tmp_path):
    card = parse_card(makers.BOX_CARD)
    one, two = (runner(makers.box_model(tmp_path / f"{k}.onnx", of_class=k), card) for k in (0, 1))
    assert measure_parity("coreml", one, one, FRAMES).is_usable
    assert measure_parity("coreml", one, two, FRAMES).moved == pytest.approx(1.0)


def test_a_session_that_fails_on_a_frame_is_told_in_the_runtimes_words(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx")
    broken = runner(path)
    broken._outputs = ("nowhere",)
    found = measure_parity("directml", runner(path), broken, FRAMES)
    assert found.problem == "failed"
    assert found.detail


def test_operators_that_a_provider_lacks_are_named(tmp_path, monkeypatch):
    """The runtime's own provider that computes nothing itself stands for one that lacks everything."""
    monkeypatch.setattr(providers, "NAMES", {CPU: NAMES[CPU], "openvino": "AzureExecutionProvider"})
    path = graphs.convolutions(tmp_path / "m.onnx")
    found = list_cpu_operators(path, "openvino", CARD)
    assert {"Conv", "GlobalAveragePool", "Gemm"} <= set(found) | {"FusedConv", "Conv"}
    assert set(found) & {"Gemm", "Conv", "FusedConv"}
    assert list_providers() == (CPU, "openvino")
    assert np.isfinite(runner(path).predict(FRAMES[:1])[0][0]).all()
