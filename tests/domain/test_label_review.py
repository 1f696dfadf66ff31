import pytest

from fieldcheck.domain.label import Box, LabelReview, Point, format_label


def test_a_label_that_stands_is_not_replaced():
    assert LabelReview("a", "label_wrong", "ok", class_name="crack").class_name == "crack"
    with pytest.raises(ValueError, match="not replaced"):
        LabelReview("a", "model_wrong", "ok", class_name="crack")
    with pytest.raises(ValueError, match="none of"):
        LabelReview("a", "maybe", "ok")


def test_a_label_is_one_text_whatever_the_order_of_its_boxes():
    boxes = (Box("dent", 1, 2, 3, 4), Box("burr", 0.04, 0, 1, 1))
    assert format_label("ok", ()) == "ok"
    assert format_label("", ()) == ""
    assert (
        format_label("", boxes)
        == format_label("", boxes[::-1])
        == "burr 0.0 0.0 1.0 1.0;dent 1.0 2.0 3.0 4.0"
    )
    assert format_label("", (), (Point("dent", 1, 2),)) == "dent 1.0 2.0"
