from math import nan

from fieldcheck.words.losses import losses_said, part_said


def test_the_part_that_is_seen_is_said():
    assert part_said(1.0) == "The model sees the whole frame."
    assert part_said(0.5625) == "The model sees 56% of the frame."


def test_losses_are_one_sentence():
    assert losses_said(40, 3, 1, 8, 0.114) == (
        "Of 40 labelled objects: the crop cuts 3; 11% of the pixels survive; 1 is thinner than one cell of 8 pixels."
    )
    assert losses_said(1, 0, 0, None, 1.0) == "Of 1 labelled object: the crop cuts none; 100% of the pixels survive."


def test_without_objects_nothing_is_said():
    assert losses_said(0, 0, 0, 8, nan) == ""
