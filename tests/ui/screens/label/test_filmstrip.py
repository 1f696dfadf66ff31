import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from fieldcheck.imaging.codec import compute_pixels_sha256, encode_png
from fieldcheck.ui.screens.label.filmstrip import (
    AHEAD,
    KEPT,
    Filmstrip,
    FilmstripCell,
    ImagePrefetcher,
)


def test_a_click_chooses_the_frame_under_it(qtbot, look):
    strip, chosen = Filmstrip(look), []
    qtbot.addWidget(strip)
    strip.chosen.connect(chosen.append)
    strip.resize(830, strip.height())
    assert strip.count_visible_cells() == 10
    cells = [FilmstripCell(place, None, str(place + 1)) for place in range(30, 38)]
    strip.show_cells(cells, 34, "Frames 31 to 38")
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(250, 20))
    assert chosen == [32]
    assert strip.accessibleName() == "Frames 31 to 38"


def test_a_picture_fills_its_cell(qtbot, look):
    strip = Filmstrip(look)
    qtbot.addWidget(strip)
    picture = QImage(192, 108, QImage.Format.Format_RGB32)
    picture.fill(0xFF00FF00)
    strip.resize(400, strip.height())
    strip.show_cells([FilmstripCell(0, picture, "1"), FilmstripCell(1, None, "2")], 0, "Frames")
    image = strip.grab().toImage()
    assert image.pixelColor(48, 27).name() == "#00ff00"
    assert image.pixelColor(148, 27).name() == look.tokens.canvas.lower()


@pytest.fixture
def files(tmp_path):
    made = []
    for number in range(20):
        path = tmp_path / f"{number:02d}.png"
        path.write_bytes(encode_png(np.full((90, 160, 3), number * 10, np.uint8)))
        made.append(path)
    return made


@pytest.fixture
def pictures(qapp):
    made = ImagePrefetcher()
    yield made
    made.close()


def test_the_frame_and_its_neighbours_are_read_ahead(qtbot, pictures, files):
    pictures.prefetch_images(files, 3)
    qtbot.waitUntil(lambda: pictures.get_image(files[3 + AHEAD]) is not None)
    assert pictures.get_image(files[3]).pixelColor(0, 0).red() == 30
    assert pictures.get_image(files[1]) is not None
    assert pictures.get_image(files[15]) is None
    assert pictures.get_thumbnail(files[3]).width() >= 96


def test_far_frames_are_forgotten_and_their_thumbnails_kept(qtbot, pictures, files):
    for at in range(len(files)):
        pictures.prefetch_images(files, at)
        qtbot.waitUntil(lambda at=at: pictures.get_image(files[at]) is not None)
    assert pictures.get_image(files[0]) is None
    assert pictures.get_thumbnail(files[0]) is not None
    assert sum(pictures.get_image(file) is not None for file in files) <= KEPT


def test_a_file_that_is_no_picture_is_told_as_broken(qtbot, pictures, tmp_path):
    path = tmp_path / "torn.png"
    path.write_bytes(b"\x89PNG")
    with qtbot.waitSignal(pictures.arrived):
        pictures.prefetch_images([path], 0)
    assert pictures.is_broken(path)
    assert not pictures.is_broken(tmp_path / "other.png")


def test_a_thumbnail_that_is_asked_for_comes_by_itself_and_is_read_once(qtbot, pictures, files):
    came = []
    pictures.arrived.connect(came.append)
    for _ in range(2):
        pictures.get_thumbnail(files[9])
    qtbot.waitUntil(lambda: came == [str(files[9])])
    assert pictures.get_thumbnail(files[9]).width() >= 96
    assert pictures.get_image(files[9]) is None


def test_a_picture_changed_since_it_was_stored_counts_as_unreadable(qtbot, pictures, files):
    # rows that Qt fills up to four bytes
    rgb = np.random.default_rng(1).integers(0, 256, (31, 37, 3), np.uint8)
    files[0].write_bytes(encode_png(rgb))
    sums = {str(files[0]): compute_pixels_sha256(rgb), str(files[1]): compute_pixels_sha256(rgb)}
    pictures.prefetch_images(files[:2], 0, sums)
    qtbot.waitUntil(lambda: all(pictures.get_image(file) is not None for file in files[:2]))
    assert not pictures.is_broken(files[0])
    assert pictures.is_broken(files[1])
