from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from fieldcheck.domain.model_card import dump_card
from fieldcheck.errors.models import CardRejected, ModelRejected
from fieldcheck.models.doctor import output_kinds as values
from fieldcheck.models.doctor.feed import compute_raw_outputs, render_probe_images
from fieldcheck.models.doctor.fit_card import fit_card
from fieldcheck.models.doctor.graph_faults import (
    find_graph_faults,
    find_input_range,
    find_output_operator,
    read_graph,
)
from fieldcheck.models.doctor.output_kinds import list_output_readings
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.session import open_model
from tests.models import exporters, graphs
from tests.models.doctor.faults import FAULTS
from tests.models.doctor.patients import patient, renamed
from tests.models.doctor.signs import save
from tests.models.exporters import EXPORTERS, write

CARD = {
    "task": "classification",
    "input": {"size": [32, 32], "resize": "stretch"},
    "output": {"kind": "logits"},
    "classes": ["a", "b", "c"],
}


def fitted(path, card=None, classes=()):
    return fit_card(open_model(path, threads=1), read_graph(path), card or {}, classes)


def test_a_card_that_fits_is_left_as_it_is(tmp_path):
    found = fitted(graphs.convolutions(tmp_path / "m.onnx"), CARD)
    assert (found.findings, found.proposed_keys, found.readable) == ((), (), True)
    assert found.card.classes == ("a", "b", "c")


@pytest.mark.parametrize(("last", "kind"), [(None, "logits"), ("Softmax", "softmax")])
def test_what_nobody_says_is_proposed_from_the_file(tmp_path, last, kind):
    found = fitted(graphs.convolutions(tmp_path / "m.onnx", last=last), classes=("x", "y", "z"))
    wanted = {"task", "classes", "input.size", "input.resize", "output.kind"}
    assert wanted <= set(found.proposed_keys)
    assert (found.card.task, found.card.output.kind) == ("classification", kind)
    assert (found.card.input.size, found.card.classes) == ((32, 32), ("x", "y", "z"))
    assert found.findings == ()


def test_every_key_that_nobody_says_is_marked_as_proposed(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx")
    keys = ("resize", "size", "colour", "scale", "mean", "std", "interpolation", "crop")
    fed = {f"input.{key}" for key in keys}
    assert set(fitted(path).proposed_keys) == fed | {"task", "classes", "output.kind"}
    assert set(fitted(path, {"input": {"size": [32, 32],
        "scale": 1.0}}).proposed_keys) == fed - {"input.size", "input.scale"} | {
        "task", "classes", "output.kind",
    }  # fmt: skip
    letterbox = fitted(path, {"input": {"resize": "letterbox"}})
    guessed = {"input.colour", "input.scale"} & set(letterbox.proposed_keys)
    assert not guessed, "who says how a frame goes in leaves the rest to the card's own words"
    of_boxes = fitted(exporters.write(tmp_path / "b.onnx", exporters.BY_NAME["YOLOX"]))
    assert "input.pad" not in of_boxes.proposed_keys
    card = replace(of_boxes.card, input=replace(of_boxes.card.input, resize="letterbox"))
    fed_fitted = replace(of_boxes, card=card)
    assert {"input.pad", "input.pad_position"} <= set(fed_fitted.proposed_keys)


@pytest.mark.short_cases(3)
@pytest.mark.parametrize("name", [
    "YOLOX", "YOLOX, one class", "YOLOv5", "YOLOv8", "SSD", "SSD, Caffe", "DETR",
    "U-Net, softmax",
])  # fmt: skip
def test_a_proposal_reads_the_file(tmp_path, name):
    found = fitted(exporters.write(tmp_path / "m.onnx", exporters.BY_NAME[name]))
    actual = (found.card.task, found.card.output.kind, len(found.card.classes))
    assert actual == exporters.BY_NAME[name].right
    assert (found.readable, found.card.output.names) == (True, exporters.BY_NAME[name].names)


@pytest.mark.short_cases(3)
@pytest.mark.parametrize(
    "name", ["NanoDet", "sigmoids", "YOLOX, decoded", "U-Net", "key point maps", "YOLOv8-pose"]
)
def test_outputs_that_fit_several_kinds_or_none_are_asked_about(tmp_path, name):
    one = exporters.BY_NAME[name]
    with pytest.raises(ModelRejected) as asked:
        fitted(exporters.write(tmp_path / "m.onnx", one))
    assert asked.value.problem == "output_unclear"
    assert tuple(label.split()[1] for label in asked.value.fits) == one.among


def test_whoever_says_task_or_kind_is_not_asked(tmp_path):
    path = exporters.write(tmp_path / "m.onnx", exporters.BY_NAME["sigmoids"])
    assert fitted(path, {"task": "multilabel"}).card.task == "multilabel"
    decoded = exporters.write(tmp_path / "d.onnx", exporters.BY_NAME["YOLOX, decoded"])
    assert len(fitted(decoded, {"output": {"kind": "yolo_obj"}}).card.classes) == 80
    assert fitted(decoded, classes=tuple(map(str, range(80)))).card.output.kind == "yolo_obj"


def test_labels_of_one_class_a_frame_tell_sigmoids_of_several(tmp_path):
    path = exporters.write(tmp_path / "m.onnx", exporters.BY_NAME["sigmoids"])
    model = open_model(path, threads=1)
    found = fit_card(model, read_graph(path), {}, tuple("abcde"), ("classification", "anomaly"))
    assert (found.card.task, found.card.output.kind) == ("classification", "sigmoid")


def test_classes_that_nothing_tells_are_asked_for(tmp_path):
    path = exporters.write(tmp_path / "m.onnx", exporters.BY_NAME["YOLOv10"])
    with pytest.raises(ModelRejected) as asked:
        fitted(path)
    assert asked.value.problem == "classes_unknown"
    names = tuple(f"n{k}" for k in range(80))
    assert fitted(path, classes=names).card.classes == names


def test_a_card_whose_shapes_fit_and_whose_figures_do_not_is_told(tmp_path):
    path = exporters.write(tmp_path / "m.onnx", exporters.BY_NAME["YOLOX, one class"])
    spec = {"size": [192, 192], "resize": "letterbox"}
    card = {"task": "detection", "input": spec, "classes": ["person"]}
    wrong = fitted(path, card | {"output": {"kind": "yolo_end2end"}})
    expected = [("class_count", "figures", ("yolox",))]
    assert [(one.code, one.how, one.facts["fits"]) for one in wrong.findings] == expected
    assert not wrong.readable
    assert fitted(path, card | {"output": {"kind": "yolox"}}).findings == ()


def test_denoted_axes_tell_the_layout(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx", shape=("n", 3, 32, 3))
    model = onnx.load(path)
    model.graph.input[0].type.tensor_type.shape.dim[1].denotation = "DATA_CHANNEL"
    onnx.save(model, path)
    assert fitted(path).card.input.layout == "NCHW"


@pytest.mark.parametrize(("changed", "code", "how"), [
    ({"input": {**CARD["input"], "size": [16, 48]}}, "resize", "size"),
    ({"input": {**CARD["input"], "colour": "GRAY"}}, "channel_order", "channels"),
    ({"input": {**CARD["input"], "layout": "NHWC"}}, "layout", "shape"),
    ({"classes": ["a", "b"]}, "class_count", "classes"),
    ({"task": "detection", "output": {"kind": "yolox"}}, "class_count", "kind"),
])  # fmt: skip
def test_what_goes_against_the_file_is_corrected_and_told(tmp_path, changed, code, how):
    found = fitted(graphs.convolutions(tmp_path / "m.onnx", shape=(1, 3, 32, 32)), CARD | changed)
    assert [(one.code, one.how, one.level) for one in found.findings] == [(code, how, "error")]
    assert found.card.input.size == (32, 32)
    assert (found.card.input.layout, found.card.input.channels) == ("NCHW", 3)


@pytest.mark.long
def test_a_model_that_reads_height_first_is_told_by_running_it(tmp_path):
    turned = patient("turned")
    path = save(renamed(turned, 5).model, tmp_path / "m.onnx")
    card = dump_card(turned.card)
    card["input"]["layout"] = "NCHW"
    found = fitted(path, card)
    assert [one.code for one in found.findings] == ["layout"]
    assert found.card.input.layout == "NHWC"
    assert found.layouts == ("NHWC",)


def test_names_that_the_file_does_not_have_mean_the_first_tensors(tmp_path):
    output = {"kind": "logits", "names": ["probabilities"]}
    card = CARD | {"input": {**CARD["input"], "name": "pixels"}, "output": output}
    found = fitted(graphs.convolutions(tmp_path / "m.onnx"), card)
    assert (found.card.input.name, found.card.output.names, found.findings) == ("", (), ())


def test_a_file_that_takes_no_picture_and_a_card_that_makes_no_sense_are_refused(tmp_path):
    with pytest.raises(ModelRejected) as refused:
        fitted(graphs.passing_on(tmp_path / "m.onnx", shape=("n", 5)))
    assert refused.value.problem == "rank"
    with pytest.raises(CardRejected):
        fitted(
            graphs.convolutions(tmp_path / "c.onnx"),
            CARD | {"input": {"size": "large", "resize": "stretch"}},
        )


def found(path):
    return [(one.code, one.how) for one in find_graph_faults(read_graph(path))]


def of(tmp_path, nodes, inputs=(), outputs=(), weights=(), **options):
    return graphs.write(
        tmp_path / "m.onnx", nodes, [graphs.picture(), *inputs], [graphs.output(), *outputs],
        weights, **options,
    )  # fmt: skip


BN = [(name, np.ones(3, np.float32)) for name in ("s", "b", "m", "v")]


def test_a_sound_model_has_no_finding(tmp_path):
    for path in (
        graphs.convolutions(tmp_path / "m.onnx", last="Softmax"),
        save(patient("plain").model, tmp_path / "p.onnx"),
    ):
        assert found(path) == []


@pytest.mark.parametrize(("opset", "attributes", "outputs", "trains"), [
    (17, {"training_mode": 1}, ["output", "mm", "vv"], True),
    (17, {"training_mode": 0}, ["output"], False),
    (17, {}, ["output"], False),
    (9, {}, ["output"], False),
    (9, {}, ["output", "mm", "vv", "sm", "sv"], True),
    (6, {"is_test": 0}, ["output"], True),
    (6, {"is_test": 1}, ["output"], False),
])  # fmt: skip
def test_training_batch_normalisation_is_seen_always(tmp_path, opset, attributes, outputs, trains):
    inputs = ["images", "s", "b", "m", "v"]
    node = helper.make_node("BatchNormalization", inputs, outputs, **attributes)
    actual = found(of(tmp_path, [node], weights=BN, opset=opset))
    assert actual == ([("batch_norm_training", "flag")] if trains else [])


@pytest.mark.parametrize(
    ("axes", "says"), [([0, 2, 3], True), ([0, -2, -1], True), ([2, 3], False), ([1], False)]
)
def test_a_mean_over_the_batch_is_a_normalisation_written_out(tmp_path, axes, says):
    node = helper.make_node("ReduceMean", ["images"], ["output"], axes=axes)
    assert found(of(tmp_path, [node])) == ([("batch_norm_training", "mean")] if says else [])


@pytest.mark.parametrize(("opset", "flag", "ratio", "drops"), [
    (17, True, 0.4, True),
    (17, False, 0.4, False),
    (17, True, 0.0, False),
    (17, None, 0.4, False),
])  # fmt: skip
def test_dropout_is_active_only_where_it_is_switched_on(tmp_path, opset, flag, ratio, drops):
    inputs = ["images", "ratio", *([] if flag is None else ["flag"])]
    node = helper.make_node("Dropout", inputs, ["output"])
    weights = [("ratio", np.float32(ratio)), *([] if flag is None else [("flag", np.array(flag))])]
    actual = found(of(tmp_path, [node], weights=weights, opset=opset))
    assert actual == ([("dropout_active", "flag")] if drops else [])


def test_chance_in_the_graph_is_told(tmp_path):
    noise = helper.make_node("RandomNormalLike", ["images"], ["r"])
    nodes = [noise, helper.make_node("Add", ["images", "r"], ["output"])]
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
    spread = helper.make_node("Expand", ["one", "shape"], ["output"])
    nodes = [helper.make_node("Shape", ["images"], ["shape"]), spread]
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
    back = helper.make_node("DequantizeLinear", ["q", "s", "z"], ["output"])
    nodes = [helper.make_node("QuantizeLinear", ["images", "s", "z"], ["q"]), back]
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


# Proposals for models of unlike exporters: the right card, or a question, and never a wrong card
# without a word.

REAL = {
    "yolox_nano": ("detection", "yolox", 80),
    "mobilenet_v1_0.25_128_quant": ("classification", "softmax", 1001),
    "vww_96_float": ("classification", "softmax", 2),
}
CHOSEN = {"YOLOX, decoded": "yolo_obj", "YOLOv8, rows first": "yolo"}
AROUND = 0.25  # of the frame: how far a box may reach beyond it


def proposal(path, right, n=None):
    """What becomes of a file without a card: `right`, `asked`, or what is wrong with its card."""
    model, graph = open_model(path, threads=1), read_graph(path)
    names = tuple(f"n{at}" for at in range(n)) if n else ()
    try:
        fitted = fit_card(model, graph, {}, names)
    except ModelRejected as error:
        asked = error.problem in ("output_unclear", "classes_unknown")
        return "asked" if asked else f"refused {error.problem}"
    card = fitted.card
    found = (card.task, card.output.kind, len(card.classes))
    wanted = right and (*right[:2], right[2] or n)
    if found != wanted or not {"task", "output.kind", "classes"} - (
        {"classes"} if n else set()
    ) <= set(fitted.proposed_keys):
        return f"wrong {found}"
    return outside(model, card) or "right"


def outside(model, card):
    """What shows that boxes are read from figures that are none."""
    for answer, _ in ModelRunner(model, card, batch_size=1).predict(list(render_probe_images(3))):
        if not np.isfinite(answer).all():
            return "figures that are none"
        sides = 160 * (1 + AROUND)
        if (
            answer.ndim == 2
            and len(answer)
            and not ((answer[:, :4] >= -160 * AROUND) & (answer[:, :4] <= sides)).all()
        ):
            return "boxes outside the frame"
    return ""


@pytest.mark.long
@pytest.mark.full("proposals")
def test_proposals_for_exporters_are_right_or_asked_about(tmp_path, counts, evidence, request):
    n = counts(ci=8, full=len(EXPORTERS))
    outcomes = {}
    for exporter in EXPORTERS if n > 8 else EXPORTERS[::6]:
        path = write(tmp_path / "m.onnx", exporter)
        outcomes[exporter.name] = proposal(path, exporter.right)
        if exporter.right is not None and exporter.right[2] is None:
            outcomes[f"{exporter.name}, classes named"] = proposal(path, exporter.right, 91)
    if n > 8:
        models = request.getfixturevalue("shared_data") / "models"
        outcomes |= {name: proposal(models / f"{name}.onnx", right) for name, right in REAL.items()}
    wrong = {
        name: outcome for name, outcome in outcomes.items() if outcome not in ("right", "asked")
    }
    evidence(
        n=len(outcomes),
        exporters=len(EXPORTERS) if n > 8 else n,
        right=sorted(name for name, outcome in outcomes.items() if outcome == "right"),
        asked=sorted(name for name, outcome in outcomes.items() if outcome == "asked"),
        wrong=wrong,
    )
    assert wrong == {}
    known = {exporter.name for exporter in EXPORTERS if exporter.right and exporter.right[2]} & set(
        outcomes
    )
    assert {name for name in known if outcomes[name] != "right"} == set()


@pytest.mark.long
@pytest.mark.parametrize("name", CHOSEN)
def test_what_a_person_says_of_outputs_that_were_asked_about_is_done(tmp_path, name):
    exporter = next(one for one in EXPORTERS if one.name == name)
    model = open_model(write(tmp_path / "m.onnx", exporter), threads=1)
    names = tuple(f"n{at}" for at in range(80))
    fitted = fit_card(model, read_graph(model.path), {"output": {"kind": CHOSEN[name]}}, names)
    assert (fitted.card.output.kind, len(fitted.card.classes)) == (CHOSEN[name], 80)
    assert not outside(model, fitted.card)


def test_labels_from_0_are_asked_about_and_refused_where_a_card_counts_the_background(tmp_path):
    exporter = next(one for one in EXPORTERS if one.name == "keras-retinanet")
    model = open_model(write(tmp_path / "m.onnx", exporter), threads=1)
    names = tuple(f"n{at}" for at in range(80))
    with pytest.raises(ModelRejected) as asked:
        fit_card(model, read_graph(model.path), {}, names)
    assert asked.value.fits == ("detection torchvision",)
    fitted = fit_card(model, read_graph(model.path), {"output": {"kind": "torchvision"}}, names)
    with pytest.raises(ModelRejected) as refused:
        outside(model, fitted.card)
    assert (refused.value.problem, refused.value.detail) == ("classes", "class -1 of 80 classes")


def test_centres_and_corners_of_one_grid_are_told_apart():
    rows = exporters.centres()
    corners = np.concatenate([rows[:, :2] - rows[:, 2:] / 2, rows[:, :2] + rows[:, 2:] / 2], 1)
    assert values.is_decoded_grid(rows, (96, 96))
    assert not values.is_decoded_grid(corners, (96, 96))
    assert values.is_corner_boxes(corners)
    assert not values.is_corner_boxes(rows)


def test_a_grid_that_is_not_decoded_spreads_over_no_picture():
    raw = exporters.offsets(189)
    assert values.is_grid_offsets(raw)
    assert not values.is_decoded_grid(raw, (96, 96))
    assert not values.is_grid_offsets(exporters.centres())


def test_boxes_as_shares_of_the_picture_are_no_pixels_and_lie_in_it():
    shares = exporters.share_boxes(100)
    assert values.is_centred_in_image(shares)
    assert not values.is_centred_in_image(shares * 96)
    assert not values.is_relative_to_image(np.zeros((10, 4)))
    assert not values.is_centred_in_image(exporters.corners(400, 1.0) + 0.2)


@pytest.mark.parametrize(("n", "size", "boxes"), [
    (189, (96, 96), 1),
    (567, (96, 96), 3),
    (8400, (640, 640), 1),
    (2125, (320, 320), 1),
    (300, (96, 96), None),
])  # fmt: skip
def test_rows_of_a_grid_are_counted_by_usual_strides(n, size, boxes):
    assert values.count_boxes_per_cell(n, size) == boxes


def test_shares_and_whole_numbers():
    assert values.is_in_unit_range(np.array([0.0, 1.0]))
    assert not values.is_in_unit_range(np.array([0.5, 1.1]))
    assert not values.is_in_unit_range(np.zeros(0))
    assert values.is_whole_numbers(np.array([0.0, 3.0]))
    assert not values.is_whole_numbers(np.array([0.5, 3.0]))


def readings(path, exporter):
    model = open_model(write(path, exporter), threads=1)
    spec = {"size": [exporter.side, exporter.side]}
    operator = find_output_operator(read_graph(path), model.outputs[0].name)
    return list_output_readings(compute_raw_outputs(model, spec, operator))


@pytest.mark.short_cases(3)
@pytest.mark.parametrize("exporter", EXPORTERS, ids=lambda one: one.name)
def test_outputs_are_explained_whole_or_not_at_all(tmp_path, exporter):
    found = readings(tmp_path / "m.onnx", exporter)
    if exporter.right is not None:
        assert [(one.task, one.kind, one.n_classes) for one in found] == [exporter.right]
        assert (found[0].names, found[0].sure) == (exporter.names, True)
    elif not exporter.metadata:
        assert tuple(one.kind for one in found) == exporter.among
        assert len(found) != 1 or not found[0].sure
