from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fieldcheck.domain.model_card import parse_card
from fieldcheck.models.doctor import scores
from fieldcheck.models.doctor.feed import Feed
from fieldcheck.models.doctor.findings import LabelledFrames
from fieldcheck.models.doctor.preprocessing_variants import get_way
from fieldcheck.models.doctor.search import Trials, search_preprocessing
from fieldcheck.models.session import open_model
from fieldcheck.progress import Cancelled
from tests import makers
from tests.counts import only_full
from tests.models.doctor.patients import patient
from tests.models.doctor.signs import save, signs


def searched(tmp_path, sound, labelled=None, check=lambda: None, layouts=None, **changed):
    card = replace(sound.card, input=replace(sound.card.input, **changed))
    feed = Feed(open_model(save(sound.model, tmp_path / "m.onnx"), threads=1), card)
    return search_preprocessing(
        feed, labelled or sound.few, layouts or (card.input.layout,), None, check
    )


@pytest.mark.long
def test_a_card_that_fits_is_kept_and_its_score_stands_among_the_candidates(tmp_path):
    found = searched(tmp_path, patient("plain"))
    assert (found.findings, found.order) == ((), None)
    assert found.candidates[0].change == {}
    assert found.candidates[0].score.value > 0.8
    assert len(found.candidates) <= 12


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@only_full
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


LOGITS = np.array([[4.0, 0, 0], [0, 3, 1], [1, 1, 2], [5, 0, 0]], np.float32)


def shares(rows):
    powers = np.exp(rows - rows.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_logits_and_their_softmax_say_the_same():
    actual = scores.compute_log_probabilities(LOGITS, "logits")
    assert actual == pytest.approx(
        scores.compute_log_probabilities(shares(LOGITS), "softmax"), abs=1e-6
    )


def test_one_sigmoid_counts_as_two_classes():
    values = np.array([[0.0], [2.0]], np.float32)
    probabilities = scores.compute_log_probabilities(values * 100 - 50, "sigmoid")
    found = np.exp(probabilities)
    assert found.sum(axis=1) == pytest.approx([1, 1], abs=1e-5)
    assert found.argmax(axis=1).tolist() == [0, 1]


def test_figures_that_are_none_tell_nothing_apart():
    rows = np.array([[np.nan, 1, 2], [0, 1, 2]], np.float32)
    found = scores.compute_log_probabilities(rows, "logits")
    assert np.ptp(found[0]) == 0
    assert not scores.score_classes(found, np.array([0, 2])).right[0]


def test_how_sure_a_model_is_does_not_count():
    truth = np.array([0, 1, 2, 1])
    mild, sharp = (
        scores.score_classes(scores.compute_log_probabilities(LOGITS * factor, "logits"), truth)
        for factor in (0.2, 1.0)
    )
    assert mild.right.tolist() == sharp.right.tolist() == [True, True, True, False]
    assert mild.loss.mean() == pytest.approx(sharp.loss.mean(), abs=0.05)


def test_a_class_beyond_the_output_is_wrong_and_no_crash():
    marks = scores.score_classes(
        scores.compute_log_probabilities(LOGITS, "logits"), np.array([0, 1, 2, 7])
    )
    assert (bool(marks.right[3]), marks.loss[3]) == (False, 4.0)


def test_better_takes_more_than_chance():
    n = 40
    right = np.arange(n) % 2 == 0
    loss = np.where(right, 0.3, 2.0)
    same = scores.FrameScores(right, loss)
    assert not scores.is_better(same, same)
    # two more right of forty
    assert not scores.is_better(scores.FrameScores(right | (np.arange(n) < 4), loss), same)
    assert scores.is_better(scores.FrameScores(np.ones(n, bool), loss), same)
    closer = scores.FrameScores(right, loss - 0.1 - 0.01 * np.arange(n) / n)
    assert scores.is_better(closer, same)
    assert not scores.is_better(same, closer)


def test_one_frame_decides_nothing():
    loss = np.ones(12)
    wild = loss.copy()
    wild[0] = -1e9
    mean, t = scores.compute_paired_t(
        scores.FrameScores(loss > 2, wild), scores.FrameScores(loss > 2, loss)
    )
    assert mean == pytest.approx(4 / 12)
    assert t < 3.5


BOX = np.array([[0, 0, 10, 10, 0.9, 1]], np.float32)
TRUE = np.array([[1, 0, 10, 10, 1]], np.float64)


def test_a_frame_of_boxes_is_right_without_miss_and_false_alarm():
    none, extra = np.empty((0, 6), np.float32), np.array([[50, 50, 60, 60, 0.6, 1]], np.float32)
    faint = BOX * np.array([1, 1, 1, 1, 0.2, 1], np.float32)
    answers = [BOX, none, np.concatenate([BOX, extra]), faint, none]
    marks = scores.score_boxes(answers, [TRUE, TRUE, TRUE, TRUE, np.empty((0, 5))], 0.5)
    assert marks.right.tolist() == [True, False, False, False, True]
    assert marks.loss == pytest.approx([1 - 2.8 / 2.9, 0.5, 1 - 2.8 / 3.5, 1 - 1.36 / 2.18, 0])


def test_a_score_beyond_one_counts_as_one_and_a_faint_box_on_an_empty_frame_costs_little():
    loud = BOX * np.float32([1, 1, 1, 1, 100, 1])
    assert scores.score_boxes([loud], [TRUE], 0.5).loss == pytest.approx([0])
    faint = BOX * np.float32([1, 1, 1, 1, 0.1, 1])
    assert scores.score_boxes([faint], [np.empty((0, 5))], 0.5).loss == pytest.approx(
        [1 - 1 / 1.09]
    )


def test_a_true_box_is_met_once_and_by_its_class():
    twice = np.concatenate([BOX, BOX])
    assert not scores.score_boxes([twice], [TRUE], 0.5).right[0]
    other = BOX.copy()
    other[0, 5] = 0
    assert not scores.score_boxes([other], [TRUE], 0.5).right[0]
    assert scores.match_classes(other, TRUE).tolist() == [0]
    assert scores.match_classes(np.empty((0, 6), np.float32), TRUE).tolist() == [-1]


@given(arrays(np.float32, (4, 3), elements=st.floats(width=32)))
def test_any_figures_make_finite_logarithms(rows):
    for kind in ("logits", "softmax", "sigmoid"):
        found = scores.compute_log_probabilities(rows, kind)
        assert np.isfinite(found).all()
        assert (found <= 1e-9).all()


# Which order of the classes explains the answers: the usual ones exactly, any other learned from
# every other frame.

NUMBERS = [f"sign {number}" for number in range(43)]
TRUTH = np.arange(86) % 43  # two frames of every class, as the first 96 pictures of 43 classes give


def answers(trained: list[str], card: list[str], wrong: int = 8) -> np.ndarray:
    """What a model trained on `trained` answers to frames whose truth is told in places of `card`,
    some of them wrongly."""
    given = np.array([trained.index(card[k]) for k in TRUTH])
    given[:: len(given) // wrong] = 0
    return given


@pytest.mark.parametrize(("trained", "card"), [
    (NUMBERS, NUMBERS[::-1]),
    (sorted(NUMBERS), NUMBERS),
    (NUMBERS, sorted(NUMBERS)),
    (NUMBERS, [*NUMBERS[1:], NUMBERS[0]]),
], ids=["reversed", "the model's are sorted", "the card's are sorted", "pushed on"])  # fmt: skip
def test_a_usual_order_is_found_to_the_last_name_with_two_frames_a_class(trained, card):
    order = scores.find_class_order([(answers(trained, card), TRUTH)], card)
    assert scores.reorder_classes(card, order) == trained


def test_a_card_that_fits_keeps_its_order():
    assert scores.find_class_order([(answers(NUMBERS, NUMBERS), TRUTH)], NUMBERS) is None


def test_answers_by_chance_give_no_order():
    given = np.random.default_rng(3).integers(0, 43, TRUTH.size)
    assert scores.find_class_order([(given, TRUTH)], NUMBERS) is None


def test_an_order_that_is_none_of_the_usual_is_learned():
    card = list("abcde")
    trained = ["c", "a", "b", "e", "d"]
    truth = np.arange(40) % 5
    given = np.array([trained.index(card[k]) for k in truth])
    assert scores.reorder_classes(card, scores.find_class_order([(given, truth)], card)) == trained


def test_the_usual_orders_are_each_given_once_and_never_the_card_s_own():
    orders = list(scores.iter_usual_orders(["b", "a", "c"]))
    assert len(orders) == len(set(orders))
    assert (0, 1, 2) not in orders


def test_a_list_of_classes_is_renamed_by_what_the_model_answers():
    assert scores.reorder_classes(("a", "b", "c"), (2, 0, 1)) == ["b", "c", "a"]
