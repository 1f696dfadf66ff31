from dataclasses import replace

import pytest

from fieldcheck.corruptions.live_frame import LiveRates
from fieldcheck.ui.screens.stress.charts import build_content, format_answer, format_throughput
from tests.ui.screens.stress.made import flipped, of_colour

HARD = {"corruption": "dark", "severity": 3.0}


def test_pictures_and_answers_are_those_of_one_result(colours):
    found = of_colour(colours, "red", **HARD)
    shown = build_content(found)
    assert (
        shown.original.rgb is found.original,
        shown.corrupted.rgb is found.corrupted,
        shown.model_input.rgb is found.input_image,
    ) == (True,) * 3
    assert [row.name for row in shown.rows] == [top.name for top in found.get_top(3)]
    assert [row.value for row in shown.rows] == [top.probability for top in found.get_top(3)]
    actual = [row.before for row in shown.rows]
    assert actual == [found.get_clean_probability(top.index) for top in found.get_top(3)]


def test_the_strips_name_what_is_under_them(colours):
    shown = build_content(of_colour(colours, "red", **HARD))
    assert shown.original.title == "Original · dashed: model crop"
    assert shown.corrupted.title == "Corrupted: Low light, moderate"
    assert shown.model_input.title == "Model input, 32 × 32"
    assert shown.original.description == "belt.avi, 64 × 48 pixels"
    assert shown.original.crop == (0.0, 0.0, 64.0, 48.0)


def test_a_changed_answer_names_the_one_before(colours):
    red, blue = of_colour(colours, "red", **HARD), of_colour(colours, "blue")
    said, warns = format_answer(flipped(red, blue))
    share = f"{red.get_clean_top(1)[0].probability:.2f}"
    assert (said, warns) == (f"▲ Prediction changed (was red, {share})", True)


def test_the_same_answer_is_said_without_a_mark(colours):
    expected = ("Same prediction as on the original.", False)
    assert format_answer(of_colour(colours, "red", **HARD)) == expected
    assert format_answer(of_colour(colours, "red")) == ("Prediction without corruption.", False)


def test_without_a_model_the_pictures_still_come_and_the_panel_says_what_is_missing():
    shown = build_content(of_colour(None, "red", **HARD))
    assert (shown.model_input, shown.rows, shown.original.crop) == (None, (), None)
    assert shown.caption == "No model: open a project with a model."
    assert shown.original.title == "Original"


def test_without_a_recipe_the_second_picture_says_so(colours):
    assert build_content(of_colour(colours, "red")).corrupted.title == "Corrupted: none"


def test_boxes_are_marked_with_number_name_and_score(boxes):
    shown = build_content(of_colour(boxes, "red"))
    (mark,) = shown.original.marks
    assert mark.caption.startswith("1 part ")
    assert mark.box[2] <= 33
    assert build_content(of_colour(boxes, "blue")).caption == "Nothing detected."


def test_a_box_that_came_with_the_corruption_had_nothing_before(boxes):
    said, warns = format_answer(flipped(of_colour(boxes, "blue", **HARD), of_colour(boxes, "red")))
    assert (said, warns) == ("▲ Prediction changed (nothing detected before)", True)


def test_dropped_and_skipped_are_two_words():
    said, warns = format_throughput(LiveRates(29.7, 11.0, 0, 40, 23.6, 31.2), True)
    expected = ("input 30 fps · model p50 24, p95 31 ms · 0 dropped · 40 skipped", False)
    assert (said, warns) == expected
    expected = "input 30 fps · 0 dropped · 0 skipped"
    assert format_throughput(LiveRates(30.0, 30.0, 0, 0), False)[0] == expected


def test_many_dropped_frames_are_a_warning():
    assert format_throughput(LiveRates(30.0, 30.0, 12, 3), True)[1]


def test_where_nothing_is_found_any_more_that_is_said_with_what_was(boxes):
    red, none = of_colour(boxes, "red", **HARD), of_colour(boxes, "blue")
    said, warns = format_answer(flipped(red, none))
    share = f"{red.get_clean_top(1)[0].probability:.2f}"
    assert (said, warns) == (f"▲ No detection any more (was part, {share})", True)


@pytest.mark.parametrize(("least", "said"), [(1.0, "manual review."), (0.1, "automatic decision.")])
def test_thresholds_of_the_card_say_who_decides(colours, least, said):
    found = of_colour(colours, "red")
    assert "thresholds" not in build_content(found).caption
    card = replace(found.card, output=replace(found.card.output, abstain=least))
    expected = f"With field thresholds: {said}"
    assert build_content(replace(found, card=card)).caption.endswith(expected)
