import numpy as np
import pytest

from fieldcheck.models.doctor.examine import find_base_model, find_precision_drift
from fieldcheck.models.doctor.feed import Feed, make_batch, render_probe_images, resize_frames
from fieldcheck.models.session import open_model
from tests.models.doctor.faults import FAULTS
from tests.models.doctor.patients import patient
from tests.models.doctor.signs import save


@pytest.mark.parametrize(
    ("light", "whole"),
    [
        ("m_int8", "m"),
        ("m-fp16", "m"),
        ("m.quant", "m_fp32"),
        ("yolo_static_int8", "yolo"),
        ("m_quantised", "m-fp32"),
    ],
)
def test_the_whole_model_is_found_by_name(tmp_path, light, whole):
    (tmp_path / f"{whole}.onnx").write_bytes(b"x")
    assert find_base_model(tmp_path / f"{light}.onnx") == tmp_path / f"{whole}.onnx"


@pytest.mark.parametrize("name", ["m", "int8", "pointing8", "halftime"])
def test_a_name_that_says_nothing_has_no_base(tmp_path, name):
    (tmp_path / "m.onnx").write_bytes(b"x")
    assert find_base_model(tmp_path / f"{name}.onnx") is None


def drift(tmp_path, light, whole):
    sound = patient("plain")
    models = [
        open_model(save(model, tmp_path / f"{place}.onnx"), threads=1)
        for place, model in enumerate((light, whole))
    ]
    batch = make_batch(
        resize_frames(render_probe_images(16), sound.card.input).planes, sound.card.input
    )
    return list(find_precision_drift(Feed(models[0], sound.card), models[1], batch))


def test_weights_of_two_bits_drift_and_the_same_weights_do_not(tmp_path):
    sound = patient("plain")
    ill = FAULTS["precision_drift"](sound, np.random.default_rng(1))
    (finding,) = drift(tmp_path, ill.model, sound.model)
    assert (finding.code, finding.level, finding.how) == ("precision_drift", "warning", "base")
    assert finding.facts["moved"] > 0.1
    assert drift(tmp_path, sound.model, sound.model) == []


def test_another_output_is_drift_too(tmp_path):
    nan = FAULTS["nan_output"](patient("plain"), np.random.default_rng(1)).model
    assert [one.how for one in drift(tmp_path, nan, patient("plain").model)] == ["shape"]
