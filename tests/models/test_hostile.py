"""Untrusted files: each is refused or told as a finding, and none brings this process down."""

import json
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldcheck.domain.model_card import parse_card
from fieldcheck.errors.files import FieldcheckError, PathRefused
from fieldcheck.errors.messages import format_error
from fieldcheck.errors.models import CardRejected, ModelRejected
from fieldcheck.models.card import read_card
from fieldcheck.models.check_model import check_model
from fieldcheck.models.doctor.examine import check_fitted_model
from fieldcheck.models.doctor.findings import describe_finding
from fieldcheck.models.doctor.fit_card import fit_card
from fieldcheck.models.doctor.graph_faults import read_graph
from fieldcheck.models.session import open_model, run_trial
from fieldcheck.models.store import inspect_model
from fieldcheck.progress import NullProgress
from tests import makers
from tests.models import graphs, hostile

CARD = {
    "task": "classification",
    "input": {"size": [8, 8], "resize": "stretch"},
    "output": {"kind": "logits"},
    "classes": ["a", "b", "c"],
}


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    return folder / "m.onnx"


@pytest.mark.long
@pytest.mark.parametrize("name", hostile.REFUSED)
def test_a_hostile_file_is_refused_with_one_sentence(place, name):
    path = hostile.REFUSED[name](place)
    with pytest.raises((ModelRejected, PathRefused)) as refused:
        inspect_model(path, makers.write_card(place.with_name("c.json"), CARD))
    said = format_error(refused.value)
    assert "\n" not in said
    assert len(said) < 500
    assert re.search(r"\. Nothing was changed\. [A-Z][^.]+ [^.]+\.$", said), (
        "what is safe, and what to do about it"
    )


@pytest.mark.long
@pytest.mark.parametrize("name", hostile.REFUSED)
def test_the_doctor_refuses_it_too_or_says_what_is_wrong(place, name):
    path = hostile.REFUSED[name](place)
    found, refused = outcome(
        lambda: check_model(
            path, makers.write_card(place.with_name("c.json"), CARD), None, None, NullProgress()
        )
    )
    if refused is not None:
        assert format_error(refused)
    else:
        assert not found.ok
        assert all(describe_finding(one).problem for one in found.findings)


def outcome(act):
    """What came back, or how it was refused; anything else is a crash."""
    try:
        return act(), None
    except FieldcheckError as refused:
        return None, refused


@pytest.mark.long
def test_a_loop_without_end_is_stopped(place):
    with pytest.raises(ModelRejected) as refused:
        run_trial(graphs.endless(place), 3.0)
    assert refused.value.problem == "time"


def test_a_graph_that_is_only_long_is_examined_like_any_other(place):
    found = check_model(
        hostile.long(place), makers.write_card(place.with_name("c.json"), CARD), None, None,
        NullProgress(),
    )  # fmt: skip
    assert [one.code for one in found.findings] == ["class_count"]


@pytest.mark.parametrize("problem", ["time", "memory", "crashed"])
def test_what_brings_the_child_down_leaves_a_sentence(place, problem):
    assert "Nothing was changed" in format_error(ModelRejected(place, problem, "137"))


def json_values():
    plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    leaves = plain | st.sampled_from(WORDS)
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
        ),
        max_leaves=14,
    )


KEYS = (
    "task", "input", "output", "classes", "size", "resize", "scale", "mean", "std", "colour",
    "layout", "crop", "pad", "kind", "names", "iou",
)  # fmt: skip
WORDS = (
    "classification", "detection", "stretch", "letterbox", "RGB", "GRAY", "NHWC", "logits", "yolo",
    "yolox", "ssd", "detr", "torchvision",
)  # fmt: skip


def likely():
    """Values of the key's kind, sound or not: a wrong type would be refused at once."""
    figures = st.floats(allow_nan=True, allow_infinity=True)
    three = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=4)
    return {
        "input": {
            "size": st.lists(st.integers(-1, 70), min_size=2, max_size=2),
            "resize": st.sampled_from(["stretch", "letterbox", "centre_crop", "short_side"]),
            "scale": figures, "mean": three, "std": three,
            "colour": st.sampled_from(["RGB", "BGR", "GRAY"]),
            "layout": st.sampled_from(["NCHW", "NHWC"]), "crop": figures,
            "pad": st.integers(-300, 300),
            "interpolation": st.sampled_from([
                "nearest", "linear", "area", "cubic", "pil_bilinear", "pil_bicubic",
            ]),
        },
        "output": {
            "kind": st.sampled_from([
                "logits", "softmax", "sigmoid", "yolo", "yolo_obj", "yolox", "ssd", "detr",
                "torchvision", "masks",
            ]),
            "names": st.lists(st.text(max_size=4), max_size=3), "threshold": figures,
            "iou": figures,
        },
        "": {
            "task": st.sampled_from([
                "classification", "multilabel", "detection", "segmentation", "instance", "anomaly",
            ]),
            "classes": st.lists(st.text(max_size=5), min_size=1, max_size=5),
            "embedding": st.text(max_size=4) | st.none(),
        },
    }  # fmt: skip


@st.composite
def cards(draw):
    """A sound card with something else in a few places, or something else altogether."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.dictionaries(st.sampled_from(KEYS), json_values(), max_size=8))
    card, of_a_kind = json.loads(json.dumps(CARD)), likely()
    for _ in range(draw(st.integers(1, 3))):
        part = draw(st.sampled_from(["input", "input", "output", ""]))
        place = card.get(part, card)
        place = place if isinstance(place, dict) else card
        if draw(st.integers(0, 3)):
            key = draw(st.sampled_from(sorted(of_a_kind[part])))
            place[key] = draw(of_a_kind[part][key])
        else:
            place[draw(st.sampled_from(KEYS))] = draw(json_values())
    return card


@st.composite
def damages(draw):
    """What is done to a file: bytes changed, cut out, doubled, or the end missing."""
    kind = draw(st.sampled_from(["change", "change", "cut", "double", "end"]))
    noise = st.binary(min_size=1, max_size=40)
    return (kind, draw(st.floats(0, 1)), draw(st.integers(1, 40)), draw(noise))


def damaged(data, damage):
    kind, where, length, fresh = damage
    at = int(where * (len(data) - 1))
    if kind == "change":
        return data[:at] + fresh + data[at + len(fresh) :]
    if kind == "cut":
        return data[:at] + data[at + length :]
    return data[:at] + fresh * 3 + data[at:] if kind == "double" else data[:at]


def how_often(n):
    return settings(
        max_examples=n, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )


@pytest.mark.long
@pytest.mark.full("fuzz_cards")
def test_no_card_brings_the_process_down(tmp_path, counts, evidence):
    n, ends = counts(ci=60, full=1000), {"read": 0, "examined": 0, "refused": 0}
    path = graphs.convolutions(tmp_path / "m.onnx", side=8)
    model, graph = open_model(path, threads=1), read_graph(path)

    @how_often(n)
    @given(cards())
    def fuzz(card):
        fitted, refused = outcome(lambda: fit_card(model, graph, card))
        if refused is None:
            check_fitted_model(model, graph, fitted)
        ends["examined" if refused is None else "refused"] += 1
        assert refused is None or format_error(refused)
        read, refused = outcome(lambda: read_card(model, card))
        ends["read"] += read is not None
        assert refused is None or format_error(refused)

    fuzz()
    evidence(cases=n, crashes=0, **ends)


@pytest.mark.long
@pytest.mark.full("fuzz_files")
def test_no_file_brings_the_process_down(tmp_path, counts, evidence):
    n, ends = counts(ci=25, full=1000), {}
    path = tmp_path / "m.onnx"
    card = makers.write_card(tmp_path / "c.json", CARD)
    sound = [
        graphs.convolutions(path, side=8, last="Softmax").read_bytes(),
        makers.colour_model(tmp_path / "k.onnx").read_bytes(),
        graphs.with_outside_weights(
            tmp_path / "w.onnx", "w.bin", np.float32([1, 2, 3]).tobytes()
        ).read_bytes(),
    ]

    @how_often(n)
    @given(st.sampled_from(sound), st.lists(damages(), min_size=1, max_size=3))
    def fuzz(data, harm):
        for one in harm:
            data = damaged(data, one) or b"\0"
        path.write_bytes(data)
        _, refused = outcome(lambda: check_model(path, card, None, None, NullProgress()))
        assert refused is None or format_error(refused)
        end = "examined" if refused is None else getattr(refused, "problem", type(refused).__name__)
        ends[end] = ends.get(end, 0) + 1

    fuzz()
    evidence(cases=n, crashes=0, ends=dict(sorted(ends.items())))


@pytest.mark.parametrize("size", ["", False, 0, [], [8], "88", {}, [1 << 40, 8]])
def test_a_size_that_is_none_is_refused_before_anything_is_proposed_for_it(tmp_path, size):
    path = graphs.convolutions(tmp_path / "m.onnx", side=8)
    with pytest.raises(CardRejected):
        fit_card(open_model(path, threads=1), read_graph(path), {"input": {"size": size}})


def test_a_card_that_is_no_card_is_refused_as_one():
    with pytest.raises(CardRejected):
        parse_card({"task": "guessing"})
