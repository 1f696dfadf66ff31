from math import nan

from fieldcheck.models.messages import (
    describe_model_input,
    describe_more_boxes,
    describe_no_answer,
    describe_object_losses,
    describe_visible_part,
    describe_visible_share,
    format_answer,
)


def test_what_goes_in_is_one_sentence():
    assert describe_model_input("net", ("grey", "÷ 255")) == "net input: grey; ÷ 255."


def test_a_picture_says_how_much_of_it_is_seen():
    expected = "200 × 100, fully visible to the model"
    assert describe_visible_part((100, 200), (0, 0, 200, 100)) == expected
    expected = "200 × 100, 50% visible to the model: 50, 0 to 150, 100"
    assert describe_visible_part((100, 200), (50, 0, 150, 100)) == expected


def test_an_answer_is_a_class_or_a_box_with_its_place():
    assert format_answer("crack", 0.714, None) == "crack 0.71"
    assert format_answer("crack", 0.714, (1.2, 2.6, 10, 20)) == "crack 0.71 at 1, 3 to 10, 20"
    assert describe_more_boxes(3) == "and 3 more"


def test_no_answer_says_why():
    assert describe_no_answer(of_boxes=True, nan=False) == "nothing detected above the threshold"
    assert describe_no_answer(of_boxes=False, nan=False) == "no prediction"
    assert "NaN" in describe_no_answer(of_boxes=False, nan=True)


def test_the_part_that_is_seen_is_said():
    assert describe_visible_share(1.0) == "The model sees the whole frame."
    assert describe_visible_share(0.5625) == "The model sees 56% of the frame."


def test_losses_are_one_sentence():
    assert describe_object_losses(40, 3, 1, 8, 0.114) == (
        "Of 40 labelled objects: 3 cut by the crop; 11% of the pixels remain; 1 is thinner "
        "than one cell of 8 pixels."
    )
    expected = "Of 1 labelled object: none cut by the crop; 100% of the pixels remain."
    assert describe_object_losses(1, 0, 0, None, 1.0) == expected


def test_without_objects_nothing_is_said():
    assert describe_object_losses(0, 0, 0, 8, nan) == ""
