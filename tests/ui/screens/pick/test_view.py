import itertools

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldcheck.domain.label import DESIGNS
from fieldcheck.ui.screens.pick.state import EnlargedFrame, TimelineClip
from fieldcheck.ui.screens.pick.view import LEAST, PicksTimeline, PickView
from fieldcheck.ui.widgets.thumbnail_grid import Tile

TILES = [Tile(f"f{at}", str(at), "1 · 0:01", f"Frame {at}") for at in range(1, 5)]


@pytest.fixture
def view(window, shown):
    return shown(PickView(window.context.theme, window.context.actions), 1100, 560)


def test_there_is_a_button_for_every_design_that_can_be_drawn_by(view):
    assert tuple(view.designs) == DESIGNS
    chosen = []
    view.design_chosen.connect(chosen.append)
    view.designs["light"].click()
    assert chosen == ["light"]


def test_how_frames_are_drawn_is_shown(view):
    view.show_design("even", "Pick again", "Seed 7", "All frames: 4 of 120.")
    view.set_count(40)
    assert view.designs["even"].isChecked()
    assert not view.designs["balanced"].isChecked()
    assert (view.propose.get_label(), view.note.text(), view.count.value()) == (
        "Pick again", "All frames: 4 of 120.", 40,
    )  # fmt: skip
    assert view.propose.toolTip() == "Seed 7"


def test_hard_only_is_out_of_sight_until_it_is_chosen(view):
    view.show_design("even", "Pick again", "Seed 7", "")
    assert view.designs["hard"].isHidden()
    view.show_design("hard", "Pick again", "Seed 7", "")
    assert not view.designs["hard"].isHidden()


def test_too_few_clips_are_noticed_with_a_button(view):
    assert view.record.isHidden() or not view.notice.isVisible()
    view.show_clip_notice("2 clips.", "Record 1 more clip")
    assert not view._notice.isHidden()
    assert (view.notice.text(), view.record.get_label()) == ("▲ 2 clips.", "Record 1 more clip")
    view.show_clip_notice("", "")
    assert view._notice.isHidden()


def test_the_first_pick_is_looked_at(view):
    chosen = []
    view.chosen.connect(chosen.append)
    view.show_picks(TILES)
    assert chosen == ["f1"]
    assert view.grid.tiles.rowCount() == 4
    facts = (
        ("Clip", "1"),
        ("Camera", "left"),
        ("Light", "dark"),
        ("Image", "noisy"),
        ("Status", "in"),
    )
    view.show_frame_details(EnlargedFrame("#1 · 0:01", facts))
    assert view.title.text() == "#1 · 0:01"
    expected = ["Clip: 1", "Camera: left", "Light: dark", "Image: noisy", ("Status: in")]
    assert [said.accessibleName() for _, said in view.facts] == expected
    view.show_frame_image(QImage(8, 8, QImage.Format.Format_RGB32), "Frame 1, clip 1")
    assert view.still.accessibleDescription() == "Frame 1, clip 1"


def test_names_of_fifty_letters_leave_the_side_its_height_and_are_read_in_tooltips(view):
    name = "scratch across the sealing face, deeper than paint"
    facts = (
        ("Clip", f"1, from {name}.mp4"),
        ("Camera", f"{name} 1, {name} 2"),
        ("Conditions", "dark, glare, backlight, flicker"),
        ("Image", "over-exposed or black, low contrast"),
        ("Status", "picked"),
    )
    view.show_frame_details(EnlargedFrame("#1 · 0:01", facts))
    layout = view.side.layout()
    assert layout.minimumHeightForWidth(view.side.width()) <= 470  # of 493 in the usual window
    camera = view.facts[1][1]
    assert camera.toolTip() == facts[1][1]
    assert camera.accessibleName() == f"Camera: {facts[1][1]}"


def test_without_frames_nothing_can_be_chosen(view):
    view.show_empty("There are no frames yet.", ["go.capture"], can_draw=False)
    assert view.stack.currentWidget() is view.placeholder
    assert view.how.isHidden()
    view.show_empty("120 frames are listed.", [], can_draw=True)
    assert not view.how.isHidden()
    view.show_picks(TILES)
    assert view.stack.currentWidget() is not view.placeholder


def test_a_narrow_window_leaves_less_to_the_side(view):
    view.set_compact(False)
    wide = view.side.width()
    view.set_compact(True)
    assert view.side.maximumWidth() < wide


def test_until_the_list_is_read_its_outline_stands(view):
    view.show_loading("Loading sampled frames …")
    assert view.placeholder.isVisible()
    assert len(view.placeholder.list_outline_rects()) > 30
    view.show_picks(TILES)
    assert not view.placeholder.isVisible()


CLIPS = (
    TimelineClip("a", "1 dark", 90.0, (("f1", 10.0, False), ("f2", 80.0, True))),
    TimelineClip("b", "2", 1.0, (("f3", 0.5, False),)),
)


def shown(qtbot, look):
    made = PicksTimeline(look)
    qtbot.addWidget(made)
    made.resize(600, made.height())
    made.show_clips(CLIPS, "2 clips with 2 picked frames")
    made.show()
    return made


def test_clips_are_as_wide_as_long_and_never_too_narrow_to_see(qtbot, look):
    first, second = shown(qtbot, look).list_clip_rects()
    assert first.width() > 10 * second.width() >= 10 * look.metrics.scale_px(LEAST)
    assert second.right() <= 600
    assert second.left() > first.right()


def test_the_marks_of_the_band_have_words_as_far_as_there_are_any(qtbot, look):
    made = shown(qtbot, look)
    clip = "clip, with its conditions"
    assert [word for _, word in made.list_legend()] == ["picked", "excluded", clip]
    made.show_current_frame("f3")
    assert [word for _, word in made.list_legend()][2] == "selected frame"
    made.show_clips(CLIPS[1:], "1 clip")
    assert "excluded" not in [word for _, word in made.list_legend()]
    made.show_clips((), "")
    assert not made.list_legend()


def test_captions_that_are_wider_than_their_clips_stand_on_two_lines_in_turn(qtbot, look):
    made = shown(qtbot, look)
    low = made.height()
    stretches = [TimelineClip(str(at), f"{at} Verwackelt", 20.0, ()) for at in range(8)]
    made.show_clips(stretches, "8 clips")
    places = made.list_caption_rects()
    said = QFontMetrics(made._make_caption_font())
    assert made.height() > low
    assert all(
        place.width() >= said.horizontalAdvance(f"{at} Verwackelt")
        for at, place in enumerate(places[:-1])
    )
    assert not any(one.intersects(other) for one, other in itertools.combinations(places, 2))
    assert made.list_clip_rects()[0].top() > max(place.bottom() for place in places)


def test_a_click_finds_the_nearest_pick(qtbot, look):
    made = shown(qtbot, look)
    chosen = []
    made.chosen.connect(chosen.append)
    place = made.list_clip_rects()[0]
    for x in (place.left() + 4, place.left() + round(0.85 * place.width())):
        QTest.mouseClick(made, Qt.MouseButton.LeftButton, pos=QPoint(x, place.center().y()))
    assert chosen == ["f1", "f2"]


def test_the_pick_that_is_looked_at_stands_out_and_the_whole_is_said_in_words(qtbot, look):
    made = shown(qtbot, look)
    before = made.grab().toImage()
    made.show_current_frame("f1")
    assert made.grab().toImage() != before
    assert made.accessibleName() == "2 clips with 2 picked frames"
    made.show_clips((), "0 clips")
    assert made.list_clip_rects() == []


def dragged(made, start, stop):
    y = made.list_clip_rects()[0].center().y()
    QTest.mousePress(made, Qt.MouseButton.LeftButton, pos=QPoint(start, y))
    for x in (start, (start + stop) // 2, stop):
        QTest.mouseMove(made, QPoint(x, y))
    QTest.mouseRelease(made, Qt.MouseButton.LeftButton, pos=QPoint(stop, y))


def test_a_border_within_a_recording_is_dragged_into_either_clip(qtbot, look):
    made = shown(qtbot, look)
    stretches = (
        TimelineClip("a", "1", 60.0, (("f1", 10.0, False),)),
        TimelineClip("b", "2", 60.0, (), joins=True),
        TimelineClip("c", "3", 60.0, ()),
    )
    made.show_clips(stretches, "")
    moves, chosen = [], []
    made.moved.connect(lambda *told: moves.append(told))
    made.chosen.connect(chosen.append)
    first, second, third = made.list_clip_rects()
    dragged(made, second.left(), first.left() + first.width() // 2)
    assert moves == []  # not while nothing can be written
    made.set_movable(True)
    chosen.clear()
    dragged(made, second.left(), first.left() + first.width() // 2)
    dragged(made, second.left(), second.left() + second.width() // 4)
    dragged(made, second.left(), second.left() + 1)
    dragged(made, third.left(), second.left() + 5)
    assert [(clip, inside) for clip, inside, _ in moves] == [("b", "a"), ("b", "b")]
    assert [round(seconds) for _, _, seconds in moves] == [30, 15]
    assert chosen == ["f1"]


def test_pictures_use_the_room_of_a_large_screen(view):
    def measure():
        QApplication.processEvents()
        return view.grid.itemDelegate().get_tile_size().width()

    usual = measure()
    view.resize(1748, 900)
    larger = measure()
    view.resize(2388, 1300)
    largest = measure()
    assert usual < larger < largest
    view.resize_tiles(-1)
    assert measure() < largest
    view.resize_tiles(1)
    view.resize(1100, 560)
    assert measure() == usual
