import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView

from fieldcheck.ui.widgets.thumbnail_grid import ThumbnailGrid, Tile


def tiles(n, start=0):
    return [Tile(f"f{at}", f"{at:02d}", "0:41", f"Frame {at}") for at in range(start, start + n)]


def red():
    image = QImage(32, 18, QImage.Format.Format_RGB32)
    image.fill(QColor("#c02020"))
    return image


@pytest.fixture
def grid(qtbot, look):
    made = ThumbnailGrid(look, "Picks", QSize(112, 63))
    qtbot.addWidget(made)
    made.resize(520, 220)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_only_what_is_in_view_is_asked_for_and_only_once(grid, qtbot):
    with qtbot.waitSignal(grid.images_requested) as first:
        grid.show_tiles(tiles(100))
    assert 0 < len(first.args[0]) < 30
    asked = []
    grid.images_requested.connect(asked.extend)
    with qtbot.waitSignal(grid.images_requested):
        grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    assert "f99" in asked
    assert not set(asked) & set(first.args[0])


def test_arrow_keys_choose_and_the_choice_survives_other_tiles(grid, qtbot):
    chosen = []
    grid.frame_chosen.connect(chosen.append)
    grid.show_tiles(tiles(20))
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert chosen == ["f0", "f1"]
    grid.show_tiles(tiles(20, start=1))
    assert grid.get_current_subject() == "f1"
    grid.show_tiles(tiles(5, start=50))
    assert grid.get_current_subject() == "f50"
    grid.show_tiles([])
    assert grid.get_current_subject() == ""


@pytest.mark.parametrize("stacked", [False, True])
def test_the_picture_is_painted_over_its_words(qtbot, look, stacked):
    made = ThumbnailGrid(look, "Picks", QSize(112, 63), stacked)
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    qtbot.waitExposed(made)
    made.show_tiles(tiles(2))
    made.show_images({"f0": red()})
    middle = made.visualRect(made.tiles.index(0)).center()
    painted = made.viewport().grab().toImage()
    ratio = painted.devicePixelRatio()
    actual = painted.pixelColor(int(middle.x() * ratio), int((middle.y() - 10) * ratio)).name()
    assert actual == "#c02020"


def test_the_same_tiles_again_leave_the_list_where_it_is(grid, qtbot):
    grid.show_tiles(tiles(100))
    qtbot.waitUntil(lambda: grid.verticalScrollBar().maximum() > 0)
    grid.verticalScrollBar().setValue(200)
    grid.show_tiles(tiles(100))
    assert grid.verticalScrollBar().value() == 200


def test_of_two_hundred_thousand_frames_only_those_in_view_are_made_and_asked_for(grid, qtbot):
    made = set()

    def tile_at(row):
        made.add(row)
        return Tile(f"f{row}", str(row), "", "")

    with qtbot.waitSignal(grid.images_requested) as first:
        grid.show_rows([f"f{row}" for row in range(200_000)], tile_at)
    grid.viewport().grab()
    QTest.keyClick(grid, Qt.Key.Key_End)
    grid.viewport().grab()
    assert grid.get_current_subject() == "f199999"
    assert len(made) < 60
    assert len(first.args[0]) < 30


def test_pages_lines_and_ends_are_reached_by_keys(grid):
    grid.show_tiles(tiles(100))
    columns = grid.get_column_count()
    for key, row in (
        (Qt.Key.Key_Down, columns),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_End, 99),
        (Qt.Key.Key_Right, 99),
        (Qt.Key.Key_Home, 0),
    ):
        QTest.keyClick(grid, key)
        assert grid.currentIndex().row() == row
    QTest.keyClick(grid, Qt.Key.Key_PageDown)
    assert grid.currentIndex().row() >= columns
    assert grid.viewport().rect().intersects(grid.visualRect(grid.currentIndex()))


def test_shift_selects_a_run_of_frames_and_a_click_one(grid, qtbot):
    grid.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    grid.show_tiles(tiles(20))
    for _ in range(3):
        QTest.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert grid.get_selected_subjects() == ["f0", "f1", "f2", "f3"]
    place = grid.visualRect(grid.tiles.index(2)).center()
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert (grid.get_selected_subjects(), grid.get_current_subject()) == (["f2"], "f2")
    assert grid.indexAt(place).row() == 2
    assert not grid.indexAt(grid.viewport().rect().bottomRight() * 9).isValid()


def test_enter_opens_the_frame_that_is_looked_at(grid, qtbot):
    grid.show_tiles(tiles(5))
    with qtbot.waitSignal(grid.frame_opened) as opened:
        QTest.keyClick(grid, Qt.Key.Key_Return)
    assert opened.args == ["f0"]


def test_larger_pictures_leave_fewer_side_by_side(grid):
    grid.show_tiles(tiles(50))
    before = grid.get_column_count()
    grid.set_picture_size(QSize(224, 126))
    assert grid.get_column_count() < before


@pytest.mark.parametrize("width", [300, 520, 700])
def test_tiles_reach_from_edge_to_edge_and_pictures_keep_their_shape(grid, width):
    grid.resize(width, 400)
    grid.show_tiles(tiles(40))
    row = [grid.visualRect(grid.tiles.index(at)) for at in range(grid.get_column_count())]
    assert row[0].left() == 0
    assert 0 <= grid.viewport().width() - 1 - row[-1].right() < grid.get_column_count()
    picture = row[0].width() - 8
    assert (
        abs(
            (row[0].height() - grid.itemDelegate().get_tile_size().height())
            - (picture - 112) * 63 / 112
        )
        <= 1
    )
