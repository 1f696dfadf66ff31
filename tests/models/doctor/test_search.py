from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.domain.model_card import parse_card
from fieldcheck.models.doctor.feed import Feed
from fieldcheck.models.doctor.findings import LabelledFrames
from fieldcheck.models.doctor.preprocessing_variants import get_way
from fieldcheck.models.doctor.search import Trials, search_preprocessing
from fieldcheck.models.session import open_model
from fieldcheck.progress import Cancelled
from tests import makers
from tests.models.doctor.patients import patient
from tests.models.doctor.signs import save, signs


def searched(tmp_path, sound, labelled=None, check=lambda: None, layouts=None, **changed):
    card = replace(sound.card, input=replace(sound.card.input, **changed))
    feed = Feed(open_model(save(sound.model, tmp_path / "m.onnx"), threads=1), card)
    return search_preprocessing(
        feed, labelled or sound.few, layouts or (card.input.layout,), None, check
    )


def test_a_card_that_fits_is_kept_and_its_score_stands_among_the_candidates(tmp_path):
    found = searched(tmp_path, patient("plain"))
    assert (found.findings, found.order) == ((), None)
    assert found.candidates[0].change == {}
    assert found.candidates[0].score.value > 0.8
    assert len(found.candidates) <= 12


@pytest.mark.parametrize(("name", "changed", "codes", "change"), [
    ("plain", {"colour": "BGR"}, ["channel_order"], {"colour": "RGB"}),
    ("plain", {"scale": 1.0}, ["scale"], {"scale": 1 / 255}),
    ("turned", {"scale": 1 / 255}, ["scale"], {"scale": 1.0}),
    ("plain", {"colour": "BGR", "scale": 1.0}, ["channel_order", "scale"],
     {"colour": "RGB", "scale": 1 / 255}),
    ("turned", {"pad_position": "top_left"}, ["resize"], {"pad_position": "centre"}),
])  # fmt: skip
def test_what_fits_better_is_named_with_what_to_change(tmp_path, name, changed, codes, change):
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
    classes = np.random.default_rng(6).integers(0, 5, len(sound.few.classes))
    chance = LabelledFrames(sound.few.frames, classes)
    assert searched(tmp_path, sound, chance).findings == ()


def test_a_detector_is_judged_by_its_boxes(tmp_path):
    path = makers.box_model(tmp_path / "box.onnx")
    card = parse_card({**makers.BOX_CARD, "input": {**makers.BOX_CARD["input"], "colour": "BGR"}})
    frames = tuple(makers.picture("red" if number % 2 else "blue", number) for number in range(24))
    boxes = tuple(
        np.array([[0, 0, 32, 24, 0]], float) if number % 2 else np.empty((0, 5))
        for number in range(24)
    )
    found = search_preprocessing(
        Feed(open_model(path, threads=1), card), LabelledFrames(frames, np.zeros(24, int), boxes),
        ("NCHW",), None, lambda: None,
    )  # fmt: skip
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
    idle = search_preprocessing(feed, labelled, ("NCHW",), None, lambda: None)
    ticks = iter(range(0, 10**9, 100))
    # every run takes a minute and a half
    monkeypatch.setattr("time.perf_counter", lambda: float(next(ticks)))
    busy = search_preprocessing(feed, labelled, ("NCHW",), None, lambda: None)
    assert [one.code for one in idle.findings] == ["class_order"]
    assert idle.findings[0].facts["change"]["classes"] == list(sound.card.classes)
    assert (busy.findings, busy.candidates, busy.n) == (idle.findings, idle.candidates, idle.n)


def test_what_a_few_frames_leave_untold_is_told_by_more_of_them(tmp_path):
    sound = patient("plain")
    few = searched(tmp_path, sound, signs(96, 71), crop=0.4)
    assert few.findings == ()
    changes = [one.change for one in few.candidates]
    assert {"crop": 1.0} in changes, "the better way is among the candidates"
    cut = searched(tmp_path, sound, signs(600, 71), crop=0.4)
    said, fits = cut.findings[0].facts["said_score"], cut.findings[0].facts["fits_score"]
    assert [one.code for one in cut.findings] == ["resize"]
    assert list(cut.candidates[0].change) == ["crop"]
    assert fits.value > said.value + 0.02
    assert 96 < said.n == fits.n == cut.n < 600, "no more are looked at than it takes"


def test_a_sound_card_stays_however_many_frames_there_are_and_not_all_are_needed(tmp_path):
    found = searched(tmp_path, patient("turned"), signs(600, 71))
    assert (found.findings, found.n) == ((), 96), (
        "no other way comes near, so that no more frames are needed"
    )
    assert searched(tmp_path, patient("plain"), signs(600, 71)).findings == ()


def test_nearly_equal_frames_count_once(tmp_path):
    sound = patient("plain")
    feed = Feed(open_model(save(sound.model, tmp_path / "m.onnx"), threads=1), sound.card)
    frames = [frame for frame in sound.few.frames[:6] for _ in range(2)]
    frames[1::2] = [
        np.clip(frame.astype(np.int16) + 1, 0, 255).astype(np.uint8) for frame in frames[1::2]
    ]
    trials = Trials(feed, LabelledFrames(frames, np.repeat(sound.few.classes[:6], 2)), lambda: None)
    actual = trials.group_similar_frames(get_way(sound.card.input).placement, 0, 12).tolist()
    assert actual == [k // 2 for k in range(12)]
    actual = trials.group_similar_frames(get_way(sound.card.input).placement, 3, 12).tolist()
    assert actual == [0, 1, 1, 2, 2, 3, 3, 4, 4]
