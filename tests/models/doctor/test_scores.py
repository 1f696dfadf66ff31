import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fieldcheck.models.doctor import scores

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
