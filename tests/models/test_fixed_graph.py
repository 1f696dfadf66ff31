from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from fieldcheck.domain.model_card import InputSpec, parse_card
from fieldcheck.imaging.contrast_and_colour import apply_changes
from fieldcheck.models.fixed_graph import (
    GraphRepair,
    find_graph_problem,
    make_fixed_card,
    plan_fit,
    read_inlined,
    write_fixed_graph,
    write_frame_graph,
)
from fieldcheck.models.letterbox import fit_image
from fieldcheck.models.preprocess import preprocess_image
from fieldcheck.stats.decision_thresholds import decide_class
from tests import makers

FRAME = (48, 64)
SPEC = InputSpec((32, 32), "stretch", mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
CARD = replace(parse_card(makers.COLOUR_CARD), input=SPEC)
SMALL = 1e-4


def noise(seed=0, size=FRAME):
    """A frame of blurred noise: figures like those of a photograph, edges that resizing moves."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(20, 230, (size[0] // 4, size[1] // 4, 3)).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(np.repeat(coarse, 4, axis=0), 4, axis=1))


def ask(model, feeds):
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    names = [tensor.name for tensor in session.get_outputs()]
    return dict(zip(names, session.run(None, feeds), strict=True))


@pytest.fixture(scope="module", params=[11, 17, 18])
def graph(tmp_path_factory, request):
    """A graph by the oldest operators that have what is needed, the usual and the newer ones."""
    folder = tmp_path_factory.mktemp("graph")
    model = onnx.load(makers.tiny_model(folder / "net.onnx"))
    model.opset_import[0].version = request.param
    return model


@pytest.mark.parametrize("resize", ["stretch", "letterbox", "short_side", "centre_crop"])
@pytest.mark.parametrize("crop", [1.0, 0.75])
@pytest.mark.parametrize("frame", [(48, 64), (61, 45), (20, 90)])
def test_a_plan_is_what_fitting_does_to_a_frame(resize, crop, frame):
    """Nearest neighbours show which pixels go where, to the pixel."""
    spec = InputSpec((32, 40), resize, crop=crop, interpolation="nearest", pad=7)
    rgb = np.random.default_rng(1).integers(0, 256, (*frame, 3)).astype(np.uint8)
    plan = plan_fit(*frame, spec)
    top, left, height, width = plan.cut
    cut = rgb[top : top + height, left : left + width]
    whole = fit_image(
        np.ascontiguousarray(cut), InputSpec(plan.size, "stretch", interpolation="nearest")
    ).picture
    top, left, height, width = plan.window
    fitted = fit_image(rgb, spec)
    assert np.array_equal(whole[top : top + height, left : left + width], fitted.picture)
    assert plan.margins[:2] == fitted.position[::-1]
    assert (
        plan.margins[0] + height + plan.margins[2],
        plan.margins[1] + width + plan.margins[3],
    ) == (spec.size)


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("steps", [(), ("gamma_0.45",), ("exposure_1.5", "grey_world")])
@pytest.mark.parametrize("colour", ["RGB", "BGR"])
def test_the_graph_for_fitted_pixels_gives_the_answers_of_the_changed_pixels(graph, steps, colour):
    card = replace(CARD, input=replace(SPEC, colour=colour, crop=0.75))
    repair = GraphRepair(steps, card)
    fixed = write_fixed_graph(graph, repair)
    plain = make_fixed_card(repair).input
    for seed in range(4):
        rgb = noise(seed)
        pixels = preprocess_image(rgb, plain).tensor
        whole = apply_changes(
            np.ascontiguousarray(pixels.transpose(1, 2, 0).astype(np.uint8)), steps
        )
        old = preprocess_image(whole, replace(card.input, crop=1.0)).tensor
        expected = ask(graph, {"x": old[None]})["y"]
        assert ask(fixed, {plain.name: pixels[None]})["y"] == pytest.approx(expected, abs=SMALL)


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("interpolation", ["nearest", "area", "linear", "pil_bicubic"])
@pytest.mark.parametrize("resize", ["stretch", "letterbox", "short_side", "centre_crop"])
def test_the_graph_for_whole_frames_gives_the_answers_of_the_programs_own_way(
    graph, interpolation, resize
):
    spec = replace(SPEC, resize=resize, interpolation=interpolation, colour="BGR", crop=0.875)
    repair = GraphRepair(("gamma_0.67",), replace(CARD, input=spec))
    fixed = write_frame_graph(graph, repair, FRAME)
    onnx.checker.check_model(fixed, full_check=True)
    for seed in range(4):
        rgb = noise(seed)
        tensor = preprocess_image(apply_changes(rgb, repair.steps), spec).tensor
        expected = ask(graph, {"x": tensor[None]})["y"]
        assert ask(fixed, {"frame": rgb})["y"] == pytest.approx(expected, abs=SMALL)


@pytest.mark.long
def test_temperature_and_thresholds_are_nodes_that_decide_as_the_card_does(graph):
    levels = (("blue", 0.6), ("red", 0.9))
    card = replace(CARD, output=replace(CARD.output, thresholds=levels))
    fixed = write_fixed_graph(graph, GraphRepair((), card))
    hot = write_fixed_graph(graph, GraphRepair((), CARD, temperature=2.0))
    name = make_fixed_card(GraphRepair((), card)).input.name
    decided = set()
    for seed in range(30):
        rng = np.random.default_rng(seed)
        pixels = np.repeat(rng.uniform(0, 255, (1, 3, 1, 1)), 32, axis=2).repeat(32, axis=3)
        feeds = {name: np.rint(pixels).astype(np.float32)}
        came, warm = ask(fixed, feeds), ask(hot, feeds)
        p = came["fieldcheck_probabilities"][0]
        assert p.sum() == pytest.approx(1.0, abs=1e-5)
        assert came["class_index"][0] == decide_class(p, card.class_thresholds)
        root = np.sqrt(p)
        assert warm["fieldcheck_probabilities"][0] == pytest.approx(root / root.sum(), abs=1e-5)
        assert warm["class_index"][0] == p.argmax()
        decided.add(int(came["class_index"][0]))
    assert len(decided) > 1


def test_a_border_is_grey_after_the_change_as_it_was_before():
    for steps, pad in (((), 114), (("gamma_0.45",), 114), (("exposure_2.5",), 0)):
        spec = replace(SPEC, resize="letterbox", pad=pad)
        plain = make_fixed_card(GraphRepair(steps, replace(CARD, input=spec))).input
        grey = np.full((1, 1, 3), plain.pad, np.uint8)
        assert abs(int(apply_changes(grey, steps)[0, 0, 0]) - pad) <= 2


@pytest.mark.parametrize(
    ("change", "problem"),
    [({}, ""), ({"steps": ("median",)}, "picture"), ({"steps": ("clahe",)}, "picture")],
)
def test_a_change_that_looks_at_neighbours_is_in_no_graph(graph, change, problem):
    assert find_graph_problem(graph, replace(GraphRepair((), CARD), **change)) == problem


def test_old_operators_and_inputs_without_figures_are_left_alone(graph, tmp_path):
    old = onnx.ModelProto()
    old.CopyFrom(graph)
    old.opset_import[0].version = 10
    assert find_graph_problem(old, GraphRepair((), CARD)) == "opset"
    bytes_in = onnx.ModelProto()
    bytes_in.CopyFrom(graph)
    bytes_in.graph.input[0].type.tensor_type.elem_type = onnx.TensorProto.UINT8
    assert find_graph_problem(bytes_in, GraphRepair((), CARD)) == "input"
    grey = InputSpec((32, 32), "stretch", colour="GRAY", mean=(0.0,), std=(1.0,))
    repair = GraphRepair(("gamma_0.67",), replace(CARD, input=grey))
    assert find_graph_problem(graph, repair) == "colour"


def test_weights_of_other_files_are_inside_afterwards(tmp_path):
    path = makers.tiny_model(tmp_path / "net.onnx", external=True)
    inlined = read_inlined(str(path))
    fixed = write_fixed_graph(inlined, GraphRepair(("gamma_0.67",), CARD))
    (tmp_path / "weights.bin").unlink()
    pixels = {
        make_fixed_card(GraphRepair((), CARD)).input.name: np.zeros((1, 3, 32, 32), np.float32)
    }
    assert ask(fixed, pixels)["y"].shape == (1, 3)


def test_channels_last_are_fed_the_same_figures(tmp_path):
    body = [
        helper.make_node("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2]),
        helper.make_node("GlobalAveragePool", ["t"], ["p"]),
        helper.make_node("Flatten", ["p"], ["f"]),
        helper.make_node("MatMul", ["f", "w"], ["y"]),
    ]
    path = makers.tiny_model(tmp_path / "last.onnx", body=body)
    graph = onnx.load(path)
    for dim, size in zip(
        graph.graph.input[0].type.tensor_type.shape.dim, (1, 32, 32, 3), strict=True
    ):
        dim.dim_value = size
    spec = replace(SPEC, layout="NHWC", colour="BGR")
    repair = GraphRepair(("gamma_1.5", "grey_world"), replace(CARD, input=spec))
    rgb = noise()
    tensor = preprocess_image(apply_changes(rgb, repair.steps), spec).tensor
    expected = ask(graph, {"x": tensor[None]})["y"]
    fixed = write_frame_graph(graph, repair, FRAME)
    assert ask(fixed, {"frame": rgb})["y"] == pytest.approx(expected, abs=1e-3)
