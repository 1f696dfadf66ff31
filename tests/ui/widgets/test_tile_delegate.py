import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from fieldcheck.ui.widgets.thumbnail_grid import Tile, TileDelegate, TileModel, elide_caption


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
