from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QAbstractItemModelTester

from fieldcheck.ui.widgets import thumbnail_grid
from fieldcheck.ui.widgets.thumbnail_grid import Tile, TileModel

Role = Qt.ItemDataRole


def tiles(n, start=0):
    return [Tile(f"f{at}", f"{at:02d}", "0:41", f"Frame {at}") for at in range(start, start + n)]


def red():
    image = QImage(32, 18, QImage.Format.Format_RGB32)
    image.fill(QColor("#c02020"))
    return image


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
