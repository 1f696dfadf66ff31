import pytest
from PySide6.QtGui import QImage

from fieldcheck.domain.label import DESIGNS
from fieldcheck.ui.screens.pick.state import EnlargedFrame
from fieldcheck.ui.screens.pick.view import PickView
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
    assert (view.propose.get_label(), view.seed.text(), view.note.text(), view.count.value()) == (
        "Pick again", "Seed 7", "All frames: 4 of 120.", 40,
    )  # fmt: skip


def test_the_first_pick_is_looked_at(view):
    chosen = []
    view.chosen.connect(chosen.append)
    view.show_picks(TILES)
    assert chosen == ["f1"]
    assert view.grid.tiles.rowCount() == 4
    view.show_frame_details(
        EnlargedFrame(
            "#1 · 0:01",
            (
                ("Clip", "1"),
                ("Camera", "left"),
                ("Light", "dark"),
                ("Image", "noisy"),
                ("Status", "in"),
            ),
        )
    )
    assert view.title.text() == "#1 · 0:01"
    expected = ["Clip: 1", "Camera: left", "Light: dark", "Image: noisy", ("Status: in")]
    assert [said.accessibleName() for _, said in view.facts] == expected
    view.show_frame_image(QImage(8, 8, QImage.Format.Format_RGB32), "Frame 1, clip 1")
    assert view.still.accessibleDescription() == "Frame 1, clip 1"


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
