from PySide6.QtCore import QRectF, QSizeF

from fieldcheck.ui.widgets.image_view import GAP, find_tag_rect

ROOM = QRectF(0, 20, 400, 300)
SIZE = QSizeF(80, 16)


def test_a_tag_stands_above_its_box_and_below_it_where_that_is_taken():
    box = QRectF(100, 100, 50, 50)
    first = find_tag_rect(box, SIZE, [], ROOM)
    assert first == QRectF(100, 100 - GAP - 16, 80, 16)
    assert find_tag_rect(box, SIZE, [first], ROOM).top() == 150 + GAP


def test_four_boxes_on_one_spot_have_four_tags_of_which_none_covers_another():
    tags = []
    for _ in range(4):
        tags.append(find_tag_rect(QRectF(350, 25, 40, 40), SIZE, tags, ROOM))
    assert not any(one.intersects(other) for at, one in enumerate(tags) for other in tags[:at])
    assert all(ROOM.contains(one) for one in tags)
