import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.colours_and_high_contrast import compute_contrast
from fieldcheck.ui.widgets import images_and_zoom


@pytest.fixture
def view(qtbot, look):
    return shown(qtbot, images_and_zoom.FrameView(look, "Original"))


def shown(qtbot, made, width=400, height=300):
    qtbot.addWidget(made)
    made.resize(width, height)
    made.show()
    qtbot.waitExposed(made)
    return made


def halves(left=(200, 30, 30), right=(20, 40, 220), shape=(90, 160)):
    rgb = np.empty((*shape, 3), np.uint8)
    rgb[:, : shape[1] // 2], rgb[:, shape[1] // 2 :] = left, right
    return rgb


def colour_at(view, x, y):
    return QColor(view.grab().toImage().pixel(int(x), int(y))).getRgb()[:3]


def test_a_frame_is_painted_in_its_own_colours_and_shape(view):
    view.show_frame(halves(), "Original", "per frame")
    place = view.get_frame_rect()
    assert place.width() / place.height() == pytest.approx(160 / 90)
    assert place.width() == view.width()
    middle = place.center().y()
    assert colour_at(view, place.left() + 0.25 * place.width(), middle) == (200, 30, 30)
    assert colour_at(view, place.left() + 0.75 * place.width(), middle) == (20, 40, 220)


def test_the_surround_is_the_canvas_of_the_theme(view, look):
    view.show_frame(halves(), "Original", "per frame")
    assert colour_at(view, 200, 298) == QColor(look.tokens.canvas).getRgb()[:3]


def test_without_a_frame_there_is_only_the_surround(view, look):
    view.show_frame(halves(), "Original", "per frame")
    view.show_nothing("Nothing", "no frame")
    assert view.get_frame_rect().isEmpty()
    assert colour_at(view, 200, 180) == QColor(look.tokens.canvas).getRgb()[:3]
    assert (view.title, view.accessibleDescription()) == ("Nothing", "no frame")


def test_the_frame_outlives_the_array_that_was_handed_over(view):
    view.show_frame(halves(), "Original", "per frame")
    junk = [halves((0, 255, 0), (0, 255, 0)) for _ in range(50)]
    place = view.get_frame_rect()
    assert colour_at(view, place.left() + 20, place.center().y()) == (200, 30, 30)
    assert len(junk) == 50


def test_a_frame_that_is_a_part_of_another_is_painted_right(view):
    wide = np.zeros((90, 320, 3), np.uint8)
    wide[:, 100:260] = halves()
    view.show_frame(wide[:, 100:260], "Part", "a part")
    place = view.get_frame_rect()
    assert colour_at(view, place.right() - 20, place.center().y()) == (20, 40, 220)


def test_an_honest_view_shows_every_pixel_as_a_square(qtbot, look):
    view = shown(qtbot, images_and_zoom.FrameView(look, "Input", honest=True))
    board = np.indices((8, 8)).sum(0) % 2
    view.show_frame(
        np.repeat((board * 255).astype(np.uint8)[..., None], 3, axis=2), "Input", "a board"
    )
    place, image = view.get_frame_rect(), view.grab().toImage()
    step = place.width() / 8
    assert step == int(step)
    inside = {
        QColor(image.pixel(int(place.left() + x), int(place.center().y() + 3))).red()
        for x in range(int(place.width()))
    }
    assert inside == {0, 255}


@pytest.mark.parametrize("honest", [False, True])
def test_fine_stripes_show_as_grey_where_they_are_too_fine_to_show(qtbot, look, honest):
    stripes = np.zeros((720, 1280, 3), np.uint8)
    stripes[:, np.arange(1280) % 4 < 2] = 255
    view = shown(qtbot, images_and_zoom.FrameView(look, "Belt", honest))
    view.show_frame(stripes, "Belt", "a belt")
    place = view.get_frame_rect()
    row = [
        colour_at(view, x, place.center().y())[0]
        for x in range(round(place.left()) + 2, round(place.right()) - 2, 40)
    ]
    assert max(row) - min(row) < 20


def test_the_crop_is_dashed_in_black_and_white_at_its_place(view):
    crop = (40.0, 9.0, 120.0, 81.0)
    view.show_frame(halves((120, 120, 120), (120, 120, 120)), "Original", "per frame", crop=crop)
    place, image = view.get_frame_rect(), view.grab().toImage()
    scale = place.width() / 160
    x = int(place.left() + 40 * scale) + 1
    column = {
        QColor(image.pixel(x, int(place.top() + y * scale))).red() for y in np.linspace(12, 78, 200)
    }
    assert {0, 255} <= column
    assert colour_at(view, place.center().x(), place.center().y()) == (120, 120, 120)


def test_a_mark_has_a_casing_and_a_word_beside_it(view):
    view.show_frame(
        halves((120, 120, 120), (120, 120, 120)),
        "Original",
        "per frame",
        marks=(images_and_zoom.BoxMark((40.0, 30.0, 100.0, 70.0), 0, "1 part"),),
    )
    place, image = view.get_frame_rect(), view.grab().toImage()
    scale = place.width() / 160
    row = int(place.top() + 50 * scale)
    across = [
        QColor(image.pixel(int(place.left() + 40 * scale) + step, row)).getRgb()[:3]
        for step in range(-4, 5)
    ]
    assert (0, 0, 0) in across
    assert (0x25, 0x88, 0xF5) in across
    tag = [
        QColor(
            image.pixel(int(place.left() + 42 * scale), int(place.top() + 30 * scale) - step)
        ).name()
        for step in range(4, 14)
    ]
    assert images_and_zoom.STRIP.lower() in tag


def test_the_strip_takes_as_many_lines_as_its_words_need(view):
    view.show_frame(halves(), "Short", "per frame")
    one = view.get_frame_rect().top()
    view.resize(120, 300)
    sentence = "A title that is a good deal longer than this picture is wide"
    view.show_frame(halves(), sentence, "per frame")
    view.grab()
    room = view.height() - view._strip_height()
    assert view._strip_height() > 40
    assert view.get_frame_rect().height() <= room
    assert one < 200


def test_the_strip_can_be_read():
    assert compute_contrast(images_and_zoom.ON_STRIP, images_and_zoom.STRIP) >= 7


def test_a_screen_reader_hears_name_and_description(view):
    view.show_frame(halves(), "Original", "casting.mp4, 160 × 90 pixels")
    assert view.accessibleName() == "Original"
    assert view.accessibleDescription() == "casting.mp4, 160 × 90 pixels"


def test_boxes_end_with_the_picture_and_words_beside_them_cover_no_others(view):
    shape, box = (90, 60), (-50.0, 30.0, 200.0, 70.0)
    view.show_frame(
        halves((120, 120, 120), (120, 120, 120), shape),
        "Original",
        "per frame",
        marks=(
            images_and_zoom.BoxMark(box, 0, "1 part"),
            images_and_zoom.BoxMark(box, 1, "2 hole"),
        ),
    )
    place = view.get_frame_rect()
    beside = {
        colour_at(view, x, y)
        for x in (place.left() - 3, place.right() + 3)
        for y in range(40, 290, 3)
    }
    assert beside == {QColor(view._theme.tokens.canvas).getRgb()[:3]}
    on = view._on_widget(box, place)
    first = view._find_free_tag_rect(on, "1 part", [], place)
    second = view._find_free_tag_rect(on, "2 hole", [first], place)
    assert not first.intersects(second)
    assert all(
        place.left() <= tag.left() and tag.right() <= place.right() for tag in (first, second)
    )


def test_an_image_is_shown_under_its_title_until_escape(look, qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(800, 600)
    host.show()
    viewer = images_and_zoom.ImageViewer(look, host)
    viewer.show_image("06:00:00 red 0.50", np.zeros((40, 60, 3), np.uint8))
    assert viewer.isVisible()
    assert viewer.frame.title == "06:00:00 red 0.50"
    assert viewer.frame.accessibleDescription() == "06:00:00 red 0.50, 60 × 40"
    viewer.show_image("another", np.zeros((10, 20, 3), np.uint8))
    assert viewer.frame.title == "another"
    QTest.keyClick(viewer, Qt.Key.Key_Escape)
    assert not viewer.isVisible()


Key = Qt.Key


@pytest.fixture
def large(qtbot, look):
    made = images_and_zoom.ZoomView(look, "Enlarged frame")
    qtbot.addWidget(made)
    made.resize(400, 300)
    image = QImage(800, 800, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    made.show_image(image, "Frame 1")
    made.show()
    return made


def test_the_whole_picture_is_shown_as_large_as_there_is_room(large):
    assert large.get_image_rect().size() == QSize(300, 300)
    assert large.grab().toImage().pixelColor(200, 150) == QColor("#336699")
    assert large.accessibleDescription() == "Frame 1"


def test_arrows_ask_for_the_next_picture_while_it_is_whole_and_move_it_pixel_for_pixel(large):
    steps = []
    large.stepped.connect(steps.append)
    for key in (Key.Key_Right, Key.Key_Left, Key.Key_Down, Key.Key_PageDown):
        QTest.keyClick(large, key)
    assert steps == [1, -1, 1, 1]
    large.show_pixels(True)
    before = large.get_image_rect()
    assert before.size() == QSize(800, 800)
    QTest.keyClick(large, Key.Key_Right)
    assert large.get_image_rect().left() == before.left() - images_and_zoom.PAN
    QTest.keyClick(large, Key.Key_PageUp)
    assert steps[-1] == -1
    for _ in range(100):
        QTest.keyClick(large, Key.Key_Left)
    # the edge stops in the middle
    assert large.get_image_rect().left() == large.rect().center().x()


def test_the_mouse_drags_it_and_another_picture_of_its_size_keeps_the_place(large):
    large.show_pixels(True)
    before = large.get_image_rect().topLeft()
    QTest.mousePress(large, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    QTest.mouseMove(large, QPoint(180, 140))
    QTest.mouseMove(large, QPoint(170, 130))
    QTest.mouseRelease(large, Qt.MouseButton.LeftButton, pos=QPoint(170, 130))
    moved = large.get_image_rect().topLeft()
    assert moved != before
    large.show_image(QImage(800, 800, QImage.Format.Format_RGB32), "Frame 2")
    assert large.get_image_rect().topLeft() == moved
    large.show_image(None, "gone")
    assert large.get_image_rect().isEmpty()


def filled(width, height, colour="#c02020"):
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def test_a_picture_keeps_its_shape_on_the_surround(qtbot, look):
    still = images_and_zoom.ImageView(look, "Frame")
    qtbot.addWidget(still)
    still.resize(400, 300)
    still.show_image(filled(320, 180), "Frame 3, red")
    assert still.get_image_rect().size() == QSize(400, 225)
    painted = still.grab().toImage()
    ratio = painted.devicePixelRatio()
    assert painted.pixelColor(int(200 * ratio), int(150 * ratio)).name() == "#c02020"
    actual = painted.pixelColor(int(200 * ratio), int(5 * ratio)).name()
    assert actual == QColor(look.tokens.canvas).name()
    assert (still.accessibleName(), still.accessibleDescription()) == ("Frame", "Frame 3, red")


def test_a_small_picture_is_not_blown_up(qtbot, look):
    still = images_and_zoom.ImageView(look, "Frame")
    qtbot.addWidget(still)
    still.resize(400, 300)
    still.show_image(filled(64, 48), "small")
    assert still.get_image_rect().size() == QSize(128, 96)


def test_without_a_picture_there_is_the_surround(qtbot, look):
    still = images_and_zoom.ImageView(look, "Frame")
    qtbot.addWidget(still)
    still.show_image(None, "no image")
    assert still.get_image_rect().isEmpty()
    assert still.image.isNull()
    assert still.sizeHint() == still.minimumSizeHint()
    still.grab()


PICTURE = np.full((6, 8, 3), (10, 200, 90), np.uint8)


@pytest.mark.parametrize("ending", [".jpg", ".png"])
def test_jpeg_and_png_are_told_apart_by_their_first_bytes(qapp, ending):
    image = images_and_zoom.decode_image(cv2.imencode(ending, PICTURE)[1].tobytes())
    assert (image.width(), image.height()) == (8, 6)
    assert abs(image.pixelColor(3, 3).green() - 200) <= 4


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8torn", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a"]
)
def test_anything_else_is_no_image(qapp, data):
    assert images_and_zoom.decode_image(data).isNull()


ROOM = QRectF(0, 20, 400, 300)
SIZE = QSizeF(80, 16)


def test_a_tag_stands_above_its_box_and_below_it_where_that_is_taken():
    box = QRectF(100, 100, 50, 50)
    first = images_and_zoom.find_tag_rect(box, SIZE, [], ROOM)
    assert first == QRectF(100, 100 - images_and_zoom.GAP - 16, 80, 16)
    assert (
        images_and_zoom.find_tag_rect(box, SIZE, [first], ROOM).top() == 150 + images_and_zoom.GAP
    )


def test_four_boxes_on_one_spot_have_four_tags_of_which_none_covers_another():
    tags = []
    for _ in range(4):
        tags.append(images_and_zoom.find_tag_rect(QRectF(350, 25, 40, 40), SIZE, tags, ROOM))
    assert not any(one.intersects(other) for at, one in enumerate(tags) for other in tags[:at])
    assert all(ROOM.contains(one) for one in tags)
