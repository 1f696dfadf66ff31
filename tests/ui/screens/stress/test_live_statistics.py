from dataclasses import replace

import pytest

from fieldcheck.ui.screens.stress import state
from fieldcheck.ui.screens.stress.state import BINS, KEPT, SPAN_S, AnswerTally
from tests.ui.screens.stress.made import flipped, of_colour


def test_every_answer_falls_into_its_twentieth_with_the_clean_one_beside_it(colours):
    tally = AnswerTally()
    found = of_colour(colours, "red")
    assert tally.add_result(found, 0.0)
    confidence = tally.compute_confidence(None)
    sure = found.get_top(1)[0].probability
    assert confidence.now[min(BINS - 1, int(sure * BINS))] == 1
    assert (sum(confidence.now), sum(confidence.clean), confidence.n) == (1, 1, 1)
    assert confidence.median == pytest.approx(sure)


def test_one_class_counts_only_the_answers_that_were_it(colours):
    tally = AnswerTally()
    for index, colour in enumerate(("red", "red", "blue")):
        tally.add_result(of_colour(colours, colour, index), float(index))
    assert [tally.compute_confidence(place).n for place in (None, 0, 1, 2)] == [3, 2, 0, 1]


def test_another_recipe_begins_anew_but_the_doubt_goes_on(colours):
    tally = AnswerTally()
    tally.add_result(of_colour(colours, "red", 0, number=1), 0.0)
    tally.add_result(of_colour(colours, "red", 1, number=2, corruption="dark", severity=3.0), 1.0)
    assert tally.compute_confidence(None).n == 1
    assert len(tally.list_moments(1.0)) == 2


def test_a_held_frame_is_counted_once(colours):
    tally, found = AnswerTally(), of_colour(colours, "red")
    assert [tally.add_result(found, 0.0), tally.add_result(found, 0.1)] == [True, False]
    assert tally.compute_confidence(None).n == 1


def test_only_the_last_three_hundred_and_the_last_minute_are_kept(colours):
    tally = AnswerTally()
    both = [of_colour(colours, "red", 0), of_colour(colours, "blue", 1)]
    for index in range(KEPT + 50):
        tally.add_result(both[index % 2], float(index))
    assert tally.compute_confidence(None).n == KEPT
    assert len(tally.list_moments(KEPT + 49.0)) == SPAN_S + 1


def test_a_moment_says_whether_the_answer_changed(colours):
    tally = AnswerTally()
    tally.add_result(flipped(of_colour(colours, "red"), of_colour(colours, "blue")), 0.0)
    assert tally.list_moments(0.0)[0].n_changed == 1
    assert 0 <= tally.list_moments(0.0)[0].uncertainty <= 1


def test_answers_close_together_are_one_moment_with_the_highest_doubt(colours):
    tally = AnswerTally()
    found = [
        of_colour(colours, colour, index) for index, colour in enumerate(("red", "blue", "green"))
    ]
    for index, one in enumerate((found[0], flipped(found[1], found[0]), found[2])):
        tally.add_result(one, 0.09 * index)
    first, *others = tally.list_moments(0.2)
    assert (first.n, first.n_changed, first.time_s, others) == (3, 1, 0.0, [])
    assert first.uncertainty == max(one.uncertainty for one in found)


def test_without_a_model_there_is_nothing_to_count():
    tally = AnswerTally()
    tally.add_result(of_colour(None, "red"), 0.0)
    assert tally.compute_confidence(None).n == 0
    assert (tally.compute_confidence(None).median, tally.list_moments(0.0)) == (0.0, ())


def test_the_share_under_the_limit_is_of_the_answers_counted(boxes):
    tally = AnswerTally()
    tally.add_result(of_colour(boxes, "red"), 0.0)
    found = tally.compute_confidence(None)
    assert found.n == 1
    assert found.below_threshold == float(found.median < 0.6)


def test_frames_in_which_nothing_is_found_are_frames_all_the_same(boxes):
    tally = AnswerTally()
    tally.add_result(of_colour(boxes, "blue"), 0.0)
    found = tally.compute_confidence(None)
    assert (found.n, found.n_frames) == (0, 1)


def test_frames_whose_answer_changed_are_kept_for_a_minute_one_of_a_moment(colours):
    red = of_colour(colours, "red", corruption="dark", severity=3.0)
    blue = of_colour(colours, "blue")
    tally = AnswerTally()
    for at, now in enumerate((0.0, 0.1, 1.0, 61.5)):
        tally.add_result(replace(flipped(red, blue), index=at, original=red.original.copy()), now)
    tally.add_result(replace(red, index=9, original=red.original.copy()), 61.8)
    assert [(then, one.index) for then, one in tally.list_changed()] == [(61.5, 3)]


def test_no_more_of_them_are_kept_than_there_is_room_for(colours, monkeypatch):
    red = of_colour(colours, "red", corruption="dark", severity=3.0)
    blue = of_colour(colours, "blue")
    monkeypatch.setattr(state, "MOST_BYTES", 3 * red.original.nbytes)
    tally = AnswerTally()
    for at in range(9):
        tally.add_result(
            replace(flipped(red, blue), index=at, original=red.original.copy()), float(at)
        )
    assert [one.index for _, one in tally.list_changed()] == [6, 7, 8]


def test_the_newest_frame_behind_a_bar_is_kept_until_the_recipe_is_another(colours):
    tally = AnswerTally()
    red = of_colour(colours, "red")
    for index in range(2):
        tally.add_result(replace(red, index=index, original=red.original.copy()), float(index))
    first = red.get_top(1)[0]
    bar = min(state.BINS - 1, int(first.probability * state.BINS))
    assert tally.find_by_bar(bar, None).index == tally.find_by_bar(bar, first.index).index == 1
    assert tally.find_by_bar(bar, first.index + 1) is None
    assert tally.find_by_bar((bar + 1) % state.BINS, None) is None
    tally.add_result(
        replace(
            of_colour(colours, "blue"), recipe=replace(red.recipe, number=red.recipe.number + 1)
        ),
        3.0,
    )
    assert tally.find_by_bar(bar, first.index) is None
