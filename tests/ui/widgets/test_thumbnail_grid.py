import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem

from fieldcheck.ui.widgets import thumbnail_grid
from fieldcheck.ui.widgets.thumbnail_grid import (
    ThumbnailGrid,
    Tile,
    TileDelegate,
    TileModel,
    elide_caption,
)


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
        (Qt.Key.Key_Down, columns), (Qt.Key.Key_Up, 0), (Qt.Key.Key_Up, 0), (Qt.Key.Key_End, 99),
        (Qt.Key.Key_Right, 99), (Qt.Key.Key_Home, 0),
    ):  # fmt: skip
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


Role = Qt.ItemDataRole


def test_the_model_keeps_qts_rules(qapp):
    model = TileModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_tiles(tiles(3))
    model.show_pictures({"f1": red(), "gone": red()})
    model.show_tiles(tiles(2, start=1))
    assert tester.model() is model
    assert model.rowCount() == 2
    assert model.rowCount(model.index(0)) == 0
    assert model.has_picture("f1")
    assert not model.has_picture("f2")
    assert (model.find_row("f2"), model.find_row("f9"), model.get_tile(9)) == (1, -1, None)


def test_a_tile_says_what_it_is(qapp):
    model = TileModel()
    model.show_tiles(tiles(1))
    at = model.index(0)
    assert model.data(at) == "00"
    assert model.data(at, Role.AccessibleTextRole) == model.data(at, Role.ToolTipRole) == "Frame 0"
    assert model.data(at, Role.DecorationRole) is None
    assert model.data(at, Role.UserRole) == tiles(1)[0]
    assert model.data(at, Role.FontRole) is None
    assert model.data(model.index(7)) is None


def test_of_twenty_thousand_rows_only_those_asked_for_are_made(qapp):
    made = []

    def tile_at(row):
        made.append(row)
        return Tile(f"f{row}", str(row), "", "")

    model = TileModel()
    model.show_rows([f"f{row}" for row in range(20_000)], tile_at)
    assert made == []
    assert model.data(model.index(19_999)) == "19999"
    assert made == [19_999]
    assert model.find_row("f12345") == 12_345


def test_only_the_newest_pictures_are_kept(qapp, monkeypatch):
    monkeypatch.setattr(thumbnail_grid, "PICTURES_KEPT", 3)
    model = TileModel()
    model.show_tiles(tiles(6))
    assert model.show_pictures({"f0": red(), "f1": red(), "f2": red()}) == []
    model.data(model.index(0), Role.DecorationRole)  # looked at again: it stays the longest
    assert model.show_pictures({"f3": red()}) == ["f1"]
    assert [model.has_picture(f"f{at}") for at in range(4)] == [True, False, True, True]


@pytest.fixture
def painted(look):
    """Paints one tile with a red picture and returns it as an image."""

    def paint(tile):
        delegate, model = TileDelegate(look, QSize(112, 63), stacked=False), TileModel()
        model.show_tiles([tile])
        picture = QImage(112, 63, QImage.Format.Format_RGB32)
        picture.fill(QColor("#c02020"))
        model.show_pictures({tile.frame_id: picture})
        image = QImage(delegate.get_tile_size(), QImage.Format.Format_RGB32)
        option = QStyleOptionViewItem()
        option.rect = QRect(0, 0, image.width(), image.height())
        painter = QPainter(image)
        delegate.paint(painter, option, model.index(0))
        painter.end()
        return image

    return paint


def test_a_frame_taken_out_is_dimmed_and_crossed(painted):
    inside = painted(Tile("f", "01", "0:41", ""))
    outside = painted(Tile("f", "01", "0:41", "", excluded=True))
    assert inside.pixelColor(20, 20).name() == "#c02020"
    assert outside.pixelColor(20, 20).name() != "#c02020"
    assert outside.pixelColor(outside.width() // 2, 4 + 63 // 2).name() == "#ffffff"


def test_badge_and_sign_stand_in_the_corners(painted):
    image = painted(Tile("f", "01", "0:41", "", badge="×3", sign="P"))
    assert image.pixelColor(5, 5).name() == "#16191c"
    assert image.pixelColor(image.width() - 6, 5).name() == "#16191c"
    assert painted(Tile("f", "01", "0:41", "")).pixelColor(5, 5).name() == "#c02020"


def test_the_mark_stands_at_the_end_of_the_words(painted):
    plain, marked = painted(Tile("f", "01", "", "")), painted(Tile("f", "01", "", "", mark="✓"))
    corner = QRect(plain.width() - 22, 63 + 6, 18, plain.height() - 63 - 8)
    assert plain.copy(corner) != marked.copy(corner)


def test_a_caption_loses_whole_parts_before_a_letter_of_one(qapp):
    metrics = QFontMetrics(QFont())
    said, first = "confidence 0.99 · dark · Camera 2", "confidence 0.99"
    assert elide_caption(said, metrics, metrics.horizontalAdvance(said)) == said
    assert elide_caption(said, metrics, metrics.horizontalAdvance(first) + 2) == first
    width = metrics.horizontalAdvance("crack → missing__")
    cut = elide_caption("crack → missing_hole", metrics, width)
    assert cut.startswith("crack → m")
    assert cut.endswith("le")
    assert metrics.horizontalAdvance(cut) <= width
    assert elide_caption("missing_hole → wrong_part", metrics, width).count("…") == 2
    width = metrics.horizontalAdvance("scratch → wro_rt")
    cut = elide_caption("scratch → wrong_part", metrics, width)
    assert cut.startswith("scratch → w")
    assert metrics.horizontalAdvance(cut) <= width
