from fieldcheck.domain.label import Box, Point
from fieldcheck.project.tables import values


def test_boxes_come_back_with_their_crowd_flag():
    boxes = (Box("dent", 0.1, 2, 3, 4), Box("ß", 1, 1, 0, 0, crowd=True))
    assert values.parse_boxes(values.format_boxes(boxes)) == boxes
    assert values.parse_boxes(values.format_boxes(())) == ()


def test_hidden_and_cut_off_boxes_say_so_and_the_others_are_written_as_ever():
    boxes = (
        Box("dent", 1, 2, 3, 4, occluded=True),
        Box("dent", 1, 2, 3, 4, truncated=True),
        Box("dent", 1, 2, 3, 4),
    )
    assert values.parse_boxes(values.format_boxes(boxes)) == boxes
    assert values.format_boxes(boxes[2:]) == '[["dent",1.0,2.0,3.0,4.0,false]]'


def test_points_come_back():
    points = (Point("tip", 0.1, -2),)
    assert values.parse_points(values.format_points(points)) == points
