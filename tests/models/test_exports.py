"""Models that other people's libraries wrote, against what those libraries say themselves. Run by
`packaging/test.sh --zoo`."""

import io
import json
import os
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from scipy.optimize import linear_sum_assignment

from fieldcheck.files import sha256_file
from fieldcheck.models.card import read_card
from fieldcheck.models.plugins import (
    check_boxes,
    get_plugin_versions,
    list_decoder_plugins,
    list_plugin_kinds,
    read_message,
    write_message,
)
from fieldcheck.models.preprocess import preprocess_image
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.session import open_model, run_trial
from fieldcheck.ui.screens.home.model_card_page import list_options
from tests import counts as kept
from tests.models import plugged, zoo_by_hand
from tests.models.zoo import Species

EXPORTS = (
    *(
        f"{name}_{way}"
        for name in ("resnet18", "mobilenet_v3_small", "lraspp")
        for way in ("torchscript", "dynamo")
    ),
    *("ssdlite320_torchscript", "fasterrcnn320_torchscript", "rapidocr_cls"),
)
TORCH = 0.01  # pixels
CHECKOUT = Path(__file__).parents[2]
FIGURES: dict[str, dict[str, float]] = {}


@pytest.fixture(scope="module")
def zoo():
    """The folder that packaging/zoo/export.py filled."""
    folder = os.environ.get("FIELDCHECK_ZOO")
    if not folder:
        pytest.skip("only in the zoo share: packaging/test.sh --zoo")
    yield Path(folder)
    record = kept.Evidence("zoo_exports", kept.Counts(full=True))
    told = json.loads((Path(folder) / "exports.json").read_text())
    gave_up = {name: "torch.export" for name, why in told.items() if why}
    record(largest_difference=FIGURES, exporters_that_gave_up=gave_up)
    if set(FIGURES) == set(EXPORTS):
        record.write(CHECKOUT)


def opened(zoo, name):
    path = zoo / f"{name}.onnx"
    run_trial(path)
    model = open_model(path, threads=1)
    given = json.loads(path.with_suffix(".card.json").read_text())
    runner = ModelRunner(model, read_card(model, given), batch_size=1)
    return (runner, np.load(path.with_suffix(".npz")), given)


def raw(zoo, name, rgb, spec, tensor=None):
    """The graph's own answer to one picture of its input's size; `tensor` where made already."""
    session = onnxruntime.InferenceSession(str(zoo / f"{name}.onnx"))
    if tensor is not None:
        return session.run(None, {session.get_inputs()[0].name: tensor[None]})
    mean, std = spec.get("mean", 0.0), spec.get("std", 1.0)
    pixels = rgb[..., ::-1] if spec.get("colour") == "BGR" else rgb
    planes = ((pixels.astype(np.float64) / 255 - mean) / std).transpose(2, 0, 1)
    tensor = planes[None].astype(np.float32)
    return session.run(None, {session.get_inputs()[0].name: tensor})


def apart(one, other):
    """The largest difference of each row to its like in another list: rows that are equally sure
    may stand in any order."""
    distances = np.abs(one[:, None] - other[None]).max(axis=2)
    rows, columns = linear_sum_assignment(distances)
    return distances[rows, columns]


def note(name, **largest):
    """Called last: what a failed test measured is no evidence."""
    FIGURES[name] = {key: float(np.max(value, initial=0)) for key, value in largest.items()}


@pytest.mark.parametrize(
    "name", [name for name in EXPORTS if name.startswith(("resnet", "mobilenet"))]
)
def test_a_classifier_says_what_torchvision_says(zoo, name):
    runner, said, given = opened(zoo, name)
    species = Species("logits", (), "classification", tuple(given["classes"]))
    far, theirs = [], []
    for place, rgb in enumerate(said["frames"]):
        answer = runner.predict([rgb])[0][0]
        wanted = zoo_by_hand.of_classes(species, raw(zoo, name, rgb, given["input"]))
        far.append(np.abs(answer - wanted).max())
        theirs.append(np.abs(answer - zoo_by_hand.softmax(said[f"{place}_out"][0].tolist())).max())
    assert max(far) <= 1e-4
    assert max(theirs) <= 1e-4
    note(name, plain_loops=far, torch=theirs)


@pytest.mark.parametrize("name", [name for name in EXPORTS if name.startswith("lraspp")])
def test_a_segmentation_paints_what_torchvision_paints(zoo, name):
    runner, said, _ = opened(zoo, name)
    unlike = []
    for place, rgb in enumerate(said["frames"]):
        mask = runner.predict_with_masks([rgb])[0].masks[0].pixels
        scores = said[f"{place}_out"][0]
        first, second = np.sort(scores, axis=0)[[-1, -2]]
        decided = first - second > 1e-4  # where two classes are as good as equal either may win
        unlike.append((mask != scores.argmax(axis=0))[decided].mean())
        assert decided.mean() > 0.99
    assert max(unlike) == 0
    note(name, share_of_other_pixels=unlike)


@pytest.mark.parametrize(
    "name", [name for name in EXPORTS if name.startswith(("ssdlite", "fasterrcnn"))]
)
def test_a_detector_finds_what_torchvision_finds(zoo, name):
    runner, said, given = opened(zoo, name)
    far, unsure, alike, n = [], [], 0, 0
    for place, rgb in enumerate(said["frames"]):
        answer = runner.predict([rgb])[0][0]
        # The last bit of a pixel moves boxes by hundredths, so the graph is fed the very tensor;
        # how that is made is tested elsewhere.
        fed = preprocess_image(rgb, runner.card.input)
        boxes, labels, scores = by_kind(raw(zoo, name, rgb, given["input"], fed.tensor))
        wanted = np.array(
            [[*boxes[k], scores[k], labels[k]] for k in range(len(scores)) if scores[k] >= 0.05]
        ).reshape(-1, 6)
        assert answer.shape == wanted.shape
        far.append(apart(answer, wanted).max(initial=0))
        kept_there = said[f"{place}_scores"] >= 0.05
        columns = [said[f"{place}_{key}"][kept_there] for key in ("boxes", "scores", "labels")]
        found_there = np.column_stack(columns)
        assert len(answer) == len(found_there)
        named = answer.copy()
        named[:, 5] += runner.card.classes[0] != "__background__"
        unsure.append(np.abs(np.sort(answer[:, 4]) - np.sort(found_there[:, 4])).max(initial=0))
        alike += (apart(named, found_there) <= TORCH).sum()
        n += len(answer)
    assert n > 0
    assert max(far) <= 1e-4
    assert max(unsure) <= 1e-3
    # The graph and PyTorch differ in the last bits; two stages with drawn weights make pixels of
    # that, one stage does not.
    assert name.startswith("fasterrcnn") or alike >= 0.99 * n
    note(
        name,
        plain_loops=far,
        scores_of_torch=unsure,
        share_of_boxes_unlike_those_of_torch=1 - alike / n,
    )


def test_rapidocrs_classifier_says_what_the_package_says(zoo):
    runner, said, given = opened(zoo, "rapidocr_cls")
    rows = [runner.predict([np.ascontiguousarray(rgb)])[0][0] for rgb in said["frames"]]
    answers = np.stack(rows)
    far = np.abs(answers - said["raw"]).max()
    assert far <= 1e-4
    assert [int(given["classes"][k]) for k in answers.argmax(axis=1)] == said["labels"].tolist()
    assert set(said["labels"].tolist()) == {0, 180}
    apart = np.abs(answers.max(axis=1) - said["scores"])
    note("rapidocr_cls", plain_loops=far, scores_of_the_package=apart)


@pytest.mark.parametrize("name", [name for name in EXPORTS if name.endswith("dynamo")])
def test_weights_of_the_newer_exporter_lie_beside_the_graph(zoo, name):
    model = onnx.load(str(zoo / f"{name}.onnx"), load_external_data=False)
    assert any(
        tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in model.graph.initializer
    )


def by_kind(tensors):
    """Boxes, labels and scores in whatever order they come."""
    boxes = next(one for one in tensors if one.ndim == 2)
    labels = next(one for one in tensors if one.dtype == np.int64)
    return boxes, labels, next(one for one in tensors if one.ndim == 1 and one.dtype == np.float32)


def test_version_and_source_are_told_without_running_a_line_of_it(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    assert get_plugin_versions() == {}
    plugged.install(tmp_path, "odd", "raise SystemExit('imported')\n", "2.1.0")
    (one,) = list_decoder_plugins()
    assert (one.name, one.module) == ("odd", "fieldcheck_odd")
    assert (one.function, one.version) == ("decode", "2.1.0")
    assert one.sha256 == sha256_file(tmp_path / "fieldcheck_odd.py")
    before = get_plugin_versions()
    plugged.install(tmp_path, "odd", "raise SystemExit('imported again')\n", "2.1.0")
    assert before["plugin:odd"] != get_plugin_versions()["plugin:odd"] != "2.1.0 "


def test_a_message_comes_back_word_and_arrays():
    held = io.BytesIO()
    write_message(held, "ask", [np.arange(6).reshape(2, 3), np.zeros((0, 4), np.float32)])
    held.seek(0)
    word, (first, second) = read_message(held)
    assert (word, first.tolist(), second.shape) == ("ask", [[0, 1, 2], [3, 4, 5]], (0, 4))
    with pytest.raises(EOFError):
        read_message(held)


def test_a_length_beyond_all_measure_is_no_message():
    with pytest.raises(ValueError, match="more than"):
        read_message(io.BytesIO(b"\xff" * 64))


def test_boxes_scores_and_classes_are_taken_in_any_type_of_number():
    boxes, scores, classes = check_boxes(([[0, 1, 2, 3]], [1], [2]))
    assert (boxes.dtype, scores.dtype, classes.dtype) == (np.float32, np.float32, np.int64)
    assert check_boxes(((), (), ()))[0].shape == (0, 4)


@pytest.mark.parametrize("found", [
    None, (), ([], [1], []), ([[1, 2, 3]], [1], [0]), ([[1, 2, 3, 4]], [1], [0.5]),
    ([["a"] * 4], [1], [0]),
])  # fmt: skip
def test_anything_else_is_refused(found):
    with pytest.raises(ValueError, match=r".*"):
        check_boxes(found)


def test_an_installed_plug_in_is_offered_for_boxes_alone(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    plugged.install(tmp_path, "odd", "def decode(outputs, size, n_classes): return (), (), ()\n")
    assert list_plugin_kinds("detection") == ("plugin:odd",)
    assert list_plugin_kinds("classification") == ()
    assert "plugin:odd" in dict(list_options("output.kind", "detection"))
    assert "plugin:odd" not in dict(list_options("output.kind", "segmentation"))
