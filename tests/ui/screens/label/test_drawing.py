from fieldcheck.domain.box import Box, Point
from fieldcheck.ui.screens.label.drawing import Drawing
from tests.ui.screens.label.recorded import RecordedView

CLASSES = ("ground", "tear", "hole")


def drawing_of(kind):
    kept = []
    made = Drawing(RecordedView(), lambda *stroke: kept.append(stroke))
    made.begin(kind, CLASSES)
    return made, kept


def test_boxes_are_kept_with_every_stroke(qapp):
    drawing, kept = drawing_of("boxes")
    assert drawing.load(64, 48, (), (), CLASSES)
    drawing.boxing.insert()
    box = Box("ground", 24, 18, 16, 12)
    assert kept == [("draw", (box,), ())]
    assert (drawing.boxes, drawing.points) == ((box,), ())


def test_points_begin_with_the_first_thing_and_take_the_class_that_is_named(qapp):
    drawing, kept = drawing_of("points")
    assert drawing.load(64, 48, (), (Point("hole", 1, 1),), CLASSES)
    drawing.pointing.insert()
    assert drawing.name("hole")
    drawing.pointing.add(2, 2)
    drawing.stroke("point")
    assert kept[-1] == ("point", (), (Point("hole", 1, 1), Point("tear", 32, 24), Point("hole", 2, 2)))


def test_where_a_frame_gets_a_class_nothing_is_drawn(qapp):
    drawing, kept = drawing_of("class")
    assert not drawing.load(64, 48, (), (), CLASSES)
    assert not drawing.name("tear")
    assert not drawing.drop()
    drawing.flush()
    assert (drawing.tool, drawing.boxes, drawing.points, kept) == (None, (), (), [])


def test_nudges_that_wait_are_kept_when_the_frame_is_left(qapp):
    drawing, kept = drawing_of("boxes")
    drawing.load(64, 48, (Box("tear", 1, 1, 9, 9),), (), CLASSES)
    drawing.boxing.select(0)
    drawing.boxing.move(1, 0)
    assert kept == []
    drawing.flush()
    assert kept == [("move", (Box("tear", 2, 1, 9, 9),), ())]


def test_what_is_begun_is_dropped_first(qapp):
    drawing, _ = drawing_of("boxes")
    drawing.load(64, 48, (), (), CLASSES)
    drawing.boxing.press(3, 3)
    assert drawing.drop()
    assert not drawing.drop()
