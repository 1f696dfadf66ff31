"""Which order of the classes explains the answers: the usual ones exactly, any other learned from
every other frame."""

import numpy as np
import pytest

from fieldcheck.models.doctor.scores import find_class_order, iter_usual_orders, reorder_classes

NUMBERS = [f"sign {number}" for number in range(43)]
TRUTH = np.arange(86) % 43  # two frames of every class, as the first 96 pictures of 43 classes give


def answers(trained: list[str], card: list[str], wrong: int = 8) -> np.ndarray:
    """What a model trained on `trained` answers to frames whose truth is told in places of `card`,
    some of them wrongly."""
    given = np.array([trained.index(card[k]) for k in TRUTH])
    given[:: len(given) // wrong] = 0
    return given


@pytest.mark.parametrize(
    ("trained", "card"),
    [
        (NUMBERS, NUMBERS[::-1]),
        (sorted(NUMBERS), NUMBERS),
        (NUMBERS, sorted(NUMBERS)),
        (NUMBERS, [*NUMBERS[1:], NUMBERS[0]]),
    ],
    ids=["reversed", "the model's are sorted", "the card's are sorted", "pushed on"],
)
def test_a_usual_order_is_found_to_the_last_name_with_two_frames_a_class(trained, card):
    order = find_class_order([(answers(trained, card), TRUTH)], card)
    assert reorder_classes(card, order) == trained


def test_a_card_that_fits_keeps_its_order():
    assert find_class_order([(answers(NUMBERS, NUMBERS), TRUTH)], NUMBERS) is None


def test_answers_by_chance_give_no_order():
    given = np.random.default_rng(3).integers(0, 43, TRUTH.size)
    assert find_class_order([(given, TRUTH)], NUMBERS) is None


def test_an_order_that_is_none_of_the_usual_is_learned():
    card = list("abcde")
    trained = ["c", "a", "b", "e", "d"]
    truth = np.arange(40) % 5
    given = np.array([trained.index(card[k]) for k in truth])
    assert reorder_classes(card, find_class_order([(given, truth)], card)) == trained


def test_the_usual_orders_are_each_given_once_and_never_the_card_s_own():
    orders = list(iter_usual_orders(["b", "a", "c"]))
    assert len(orders) == len(set(orders))
    assert (0, 1, 2) not in orders


def test_a_list_of_classes_is_renamed_by_what_the_model_answers():
    assert reorder_classes(("a", "b", "c"), (2, 0, 1)) == ["b", "c", "a"]
