import numpy as np

from fieldcheck.models.doctor.fit_card import fit_card, read_graph
from fieldcheck.models.doctor.preprocessing_variants import find_known_preprocessing
from fieldcheck.models.session import open_model
from fieldcheck.progress import NullProgress
from tests import makers

PURE = {"red": (200, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 200)}


def fed(tmp_path, sidecar, frames):
    model = open_model(makers.colour_model(tmp_path / "stranger.onnx"))
    return find_known_preprocessing(
        model,
        fit_card(model, read_graph(model.path), sidecar, makers.COLOURS),
        frames,
        NullProgress(),
    )


def test_labelled_frames_choose_among_the_known_ways_where_nobody_says_one(tmp_path):
    swapped = [
        (np.full((40, 40, 3), PURE[name][::-1], np.uint8), name)
        for name in makers.COLOURS
        for _ in range(2)
    ]
    found = fed(tmp_path, {}, swapped)
    assert (found.name, found.card.input.colour) == ("Caffe", "BGR")
    assert fed(tmp_path, {}, []).name == "÷ 255"


def test_what_somebody_said_is_left_alone(tmp_path):
    found = fed(tmp_path, {"input": {"size": [32, 32], "resize": "stretch"}}, [])
    assert (found.name, found.n, found.card.input.resize) == ("", 0, "stretch")
