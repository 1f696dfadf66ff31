from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.domain.model_card import card_from_json
from fieldcheck.inference.doctor.feed import Feed
from fieldcheck.inference.doctor.findings import LabelledFrames
from fieldcheck.inference.doctor.search import search
from fieldcheck.inference.open_model import open_model
from fieldcheck.progress import Cancelled
from tests import makers
from tests.inference.doctor.patients import patient
from tests.inference.doctor.signs import save


def searched(tmp_path, sound, labelled=None, check=lambda: None, layouts=None, **changed):
    card = replace(sound.card, input=replace(sound.card.input, **changed))
    feed = Feed(open_model(save(sound.model, tmp_path / "m.onnx"), threads=1), card)
    return search(feed, labelled or sound.few, layouts or (card.input.layout,), None, check)


def test_a_card_that_fits_is_kept_and_its_score_stands_among_the_candidates(tmp_path):
    found = searched(tmp_path, patient("plain"))
    assert (found.findings, found.order) == ((), None)
    assert found.candidates[0].change == {}
    assert found.candidates[0].score.value > 0.8
    assert len(found.candidates) <= 12


@pytest.mark.parametrize(
    ("name", "changed", "codes", "change"),
    [
        ("plain", {"colour": "BGR"}, ["channel_order"], {"colour": "RGB"}),
        ("plain", {"scale": 1.0}, ["scale"], {"scale": 1 / 255}),
        ("turned", {"scale": 1 / 255}, ["scale"], {"scale": 1.0}),
        ("plain", {"colour": "BGR", "scale": 1.0}, ["channel_order", "scale"], {"colour": "RGB", "scale": 1 / 255}),
        ("turned", {"pad_position": "top_left"}, ["resize"], {"pad_position": "centre"}),
    ],
)
def test_what_fits_better_beyond_chance_is_named_with_what_to_change(tmp_path, name, changed, codes, change):
    found = searched(tmp_path, patient(name), **changed)
    assert [one.code for one in found.findings] == codes
    assert found.findings[0].facts["change"] == pytest.approx(change)
    assert found.findings[0].facts["fits_score"].value > found.findings[0].facts["said_score"].value
    assert found.candidates[0].change == pytest.approx(change)
    assert {} in [one.change for one in found.candidates]


def test_classes_in_another_order_are_put_right(tmp_path):
    sound = patient("plain")
    order = np.array([2, 0, 1, 4, 3])
    labelled = LabelledFrames(sound.few.frames, order[sound.few.classes])
    found = searched(tmp_path, sound, labelled)
    assert [one.code for one in found.findings] == ["class_order"]
    names = [sound.card.classes[int(np.flatnonzero(order == k)[0])] for k in range(5)]
    said = found.findings[0].facts["change"]["classes"]
    assert [said.index(name) for name in sound.card.classes] != list(range(5))
    assert sorted(said) == sorted(names)


def test_labels_by_chance_name_nothing(tmp_path):
    sound = patient("plain")
    chance = LabelledFrames(sound.few.frames, np.random.default_rng(6).integers(0, 5, len(sound.few.classes)))
    assert searched(tmp_path, sound, chance).findings == ()


def test_a_detector_is_judged_by_its_boxes(tmp_path):
    path = makers.box_model(tmp_path / "box.onnx")
    card = card_from_json({**makers.BOX_CARD, "input": {**makers.BOX_CARD["input"], "colour": "BGR"}})
    frames = tuple(makers.picture("red" if number % 2 else "blue", number) for number in range(24))
    boxes = tuple(np.array([[0, 0, 32, 24, 0]], float) if number % 2 else np.empty((0, 5)) for number in range(24))
    found = search(Feed(open_model(path, threads=1), card), LabelledFrames(frames, np.zeros(24, int), boxes), ("NCHW",), None, lambda: None)
    assert "channel_order" in [one.code for one in found.findings]
    assert found.candidates[0].score.value == 1


def test_a_search_can_be_called_off(tmp_path):
    def stop():
        raise Cancelled

    with pytest.raises(Cancelled):
        searched(tmp_path, patient("plain"), check=stop)


def test_what_is_found_does_not_depend_on_how_busy_the_computer_is(tmp_path, monkeypatch):
    sound = patient("plain")
    card = replace(sound.card, classes=sound.card.classes[::-1])
    labelled = LabelledFrames(sound.few.frames, 4 - sound.few.classes)
    feed = Feed(open_model(save(sound.model, tmp_path / "m.onnx"), threads=1), card)
    idle = search(feed, labelled, ("NCHW",), None, lambda: None)
    ticks = iter(range(0, 10**9, 100))
    monkeypatch.setattr("time.perf_counter", lambda: float(next(ticks)))  # every run takes a minute and a half
    busy = search(feed, labelled, ("NCHW",), None, lambda: None)
    assert [one.code for one in idle.findings] == ["class_order"]
    assert idle.findings[0].facts["change"]["classes"] == list(sound.card.classes)
    assert (busy.findings, busy.candidates, busy.n) == (idle.findings, idle.candidates, idle.n)
