import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QAbstractItemModelTester, QTest

from fieldcheck.ui.widgets.picture_grid import PictureGrid, Tile, TileModel

Role = Qt.ItemDataRole


def tiles(n, start=0):
    return [Tile(f"f{at}", f"{at:02d}", "0:41", f"Frame {at}") for at in range(start, start + n)]


def red():
    image = QImage(32, 18, QImage.Format.Format_RGB32)
    image.fill(QColor("#c02020"))
    return image


@pytest.fixture
def grid(qtbot, look):
    made = PictureGrid(look, "Picks", QSize(112, 63))
    qtbot.addWidget(made)
    made.resize(520, 220)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_the_model_keeps_qts_rules(qtbot, qapp):
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
    assert (model.row_of("f2"), model.row_of("f9"), model.tile(9)) == (1, -1, None)


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


def test_only_what_is_in_view_is_asked_for_and_only_once(grid, qtbot):
    with qtbot.waitSignal(grid.wanted, timeout=10_000) as first:
        grid.show_tiles(tiles(100))
    assert 0 < len(first.args[0]) < 30
    asked = []
    grid.wanted.connect(asked.extend)
    with qtbot.waitSignal(grid.wanted, timeout=10_000):
        grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    assert "f99" in asked
    assert not set(asked) & set(first.args[0])


def test_arrow_keys_choose_and_the_choice_survives_other_tiles(grid, qtbot):
    chosen = []
    grid.chosen.connect(chosen.append)
    grid.show_tiles(tiles(20))
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert chosen == ["f0", "f1"]
    grid.show_tiles(tiles(20, start=1))
    assert grid.current() == "f1"
    grid.show_tiles(tiles(5, start=50))
    assert grid.current() == "f50"
    grid.show_tiles([])
    assert grid.current() == ""


@pytest.mark.parametrize("stacked", [False, True])
def test_the_picture_is_painted_over_its_words(qtbot, look, stacked):
    made = PictureGrid(look, "Picks", QSize(112, 63), stacked)
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    qtbot.waitExposed(made)
    made.show_tiles(tiles(2))
    made.show_pictures({"f0": red()})
    middle = made.visualRect(made.tiles.index(0)).center()
    painted = made.viewport().grab().toImage()
    ratio = painted.devicePixelRatio()
    assert painted.pixelColor(int(middle.x() * ratio), int((middle.y() - 10) * ratio)).name() == "#c02020"


def test_the_same_tiles_again_leave_the_list_where_it_is(grid, qtbot):
    grid.show_tiles(tiles(100))
    qtbot.waitUntil(lambda: grid.verticalScrollBar().maximum() > 0, timeout=10_000)
    grid.verticalScrollBar().setValue(200)
    grid.show_tiles(tiles(100))
    assert grid.verticalScrollBar().value() == 200
