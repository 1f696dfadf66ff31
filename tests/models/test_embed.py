import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from fieldcheck.domain.model_card import parse_card
from fieldcheck.errors.models import CardRejected
from fieldcheck.models.embeddings import open_embedder
from fieldcheck.models.onnx_graph import add_outputs
from tests.models import graphs, zoo
from tests.models.zoo import ZOO

FRAMES = [np.random.default_rng(seed).integers(0, 256, (32, 32, 3), np.uint8) for seed in range(3)]


def card(**more):
    spec = {"size": [32, 32], "resize": "stretch"}
    return parse_card({
        "task": "classification", "input": spec, "output": {"kind": "logits"},
        "classes": ["a", "b", "c"], **more,
    })  # fmt: skip


def by_hand(path, tensor, rgb):
    """The tensor from a session of its own, over places averaged, of length one."""
    session = onnxruntime.InferenceSession(add_outputs(onnx.load(str(path)), [tensor]))
    found = session.run(
        [tensor], {"images": (rgb.astype(np.float32) / 255).transpose(2, 0, 1)[None]}
    )[0][0]
    mean = found.reshape(len(found), -1).mean(axis=1)
    return mean / np.linalg.norm(mean)


def test_the_vector_is_what_the_model_has_before_its_last_layer(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx", last="Softmax")
    embedder = open_embedder(path, card())
    found = embedder.compute_vectors(FRAMES)
    assert (embedder.tensor, found.shape) == ("flat", (3, 16))
    for vector, rgb in zip(found, FRAMES, strict=True):
        assert np.abs(vector - by_hand(path, "flat", rgb)).max() <= 1e-5
    assert embedder.compute_vectors([]).size == 0


def test_the_card_may_name_another_tensor_whose_places_are_averaged(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx")
    embedder = open_embedder(path, card(embedding="r1"))
    actual = embedder.compute_vectors(FRAMES[:1])[0]
    assert actual == pytest.approx(by_hand(path, "r1", FRAMES[0]), abs=1e-5)
    with pytest.raises(CardRejected, match="embedding"):
        open_embedder(path, card(embedding="nothing"))


def test_a_batch_that_the_file_fixes_gives_the_same_vectors(tmp_path):
    free, fixed = (
        graphs.convolutions(tmp_path / f"{n}.onnx", shape=(n, 3, 32, 32)) for n in ("n", 2)
    )
    actual = open_embedder(fixed, card()).compute_vectors(FRAMES)
    assert actual == pytest.approx(open_embedder(free, card()).compute_vectors(FRAMES), abs=1e-5)


def test_weights_in_a_file_of_their_own_are_found(tmp_path):
    species = ZOO["detr, no object"]
    together, apart = (
        zoo.write(tmp_path / f"{outside}.onnx", species, external=outside)
        for outside in (False, True)
    )
    one, other = (open_embedder(path, parse_card(species.card())) for path in (together, apart))
    assert np.array_equal(one.compute_vectors(FRAMES), other.compute_vectors(FRAMES))


@pytest.mark.parametrize("name", ZOO)
def test_every_species_has_vectors_that_tell_pictures_apart(tmp_path, name):
    species = ZOO[name]
    path = zoo.write(tmp_path / "m.onnx", species, batch=1 if name in zoo.ONE_PICTURE else "n")
    found = open_embedder(path, parse_card(species.card())).compute_vectors(FRAMES)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert np.ptp(found, axis=0).max() > 1e-4


def test_a_graph_that_says_the_same_of_every_picture_has_none(tmp_path):
    assert (
        open_embedder(
            graphs.constant_head(tmp_path / "c.onnx", np.ones(3), ("n", 3, 32, 32)), card()
        )
        is None
    )
    nodes = [
        helper.make_node("GlobalAveragePool", ["images"], ["pool"]),
        helper.make_node("Flatten", ["pool"], ["flat"]),
        helper.make_node("Mul", ["flat", "zero"], ["nothing"]),
        helper.make_node("MatMul", ["nothing", "w"], ["output"]),
    ]
    weights = [("zero", np.zeros(1, np.float32)), ("w", np.ones((3, 3), np.float32))]
    dead = graphs.write(
        tmp_path / "dead.onnx",
        nodes,
        [graphs.picture(("n", 3, 32, 32))],
        [graphs.output()],
        weights,
    )
    assert open_embedder(dead, card()) is None


def test_a_picture_of_which_the_model_makes_no_finite_figure_is_all_zeros(tmp_path):
    nodes = [
        helper.make_node("GlobalAveragePool", ["images"], ["pool"]),
        helper.make_node("Flatten", ["pool"], ["flat"]),
        helper.make_node("Log", ["flat"], ["log"]),
        helper.make_node("MatMul", ["log", "w"], ["output"]),
    ]
    weights = [("w", np.eye(3, dtype=np.float32))]
    path = graphs.write(
        tmp_path / "m.onnx", nodes, [graphs.picture(("n", 3, 32, 32))], [graphs.output()], weights
    )
    black = np.zeros((32, 32, 3), np.uint8)
    actual = open_embedder(path, card()).compute_vectors([black, FRAMES[0]]).any(axis=1).tolist()
    assert actual == [False, True]


@pytest.mark.parametrize(
    ("name", "width", "spec", "output"),
    [
        (
            "yolox_nano", 64,
            {"size": [416, 416], "resize": "letterbox", "colour": "BGR", "scale": 1}, "yolox",
        ),
        (
            "mobilenet_v1_0.25_128_quant", 256,
            {"size": [128, 128], "resize": "stretch", "scale": 1 / 128, "mean": 1}, "softmax",
        ),
        ("vww_96_float", 256, {"size": [96, 96], "resize": "stretch"}, "softmax"),
    ],
)  # fmt: skip
def test_real_models_have_a_tensor_before_their_last_layer(shared_data, name, width, spec, output):
    task, n = (
        ("detection", 80)
        if output == "yolox"
        else ("classification", 1001 if "mobilenet" in name else 2)
    )
    given = {
        "task": task,
        "input": spec,
        "output": {"kind": output},
        "classes": [f"class {k}" for k in range(n)],
    }
    found = open_embedder(
        shared_data / "models" / f"{name}.onnx", parse_card(given)
    ).compute_vectors(FRAMES)
    assert found.shape == (3, width)
