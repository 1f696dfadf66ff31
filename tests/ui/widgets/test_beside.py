import pytest

from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.layouts import SideBySideLayout


@pytest.fixture
def beside(look, shown):
    return shown(
        SideBySideLayout(
            look,
            (KeyButton(look, "A folder of images"), 1),
            (KeyButton(look, "Choose another one"), 1),
        ),
        900,
        100,
    )


def ends(beside):
    return [(part.x(), part.y()) for part in beside._parts]


def test_parts_stand_beside_each_other_where_there_is_room(beside):
    assert ends(beside)[0][1] == ends(beside)[1][1]
    assert ends(beside)[1][0] > ends(beside)[0][0]


def test_they_stand_below_each_other_where_there_is_none_and_none_is_cut(beside):
    beside.resize(
        beside.minimumSizeHint().width(), beside.heightForWidth(beside.minimumSizeHint().width())
    )
    assert ends(beside)[1][1] > ends(beside)[0][1]
    assert all(part.width() >= part.sizeHint().width() for part in beside._parts)
