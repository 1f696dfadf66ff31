from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from fieldcheck.ui.screens.monitor.view import StateTimeline


def test_each_state_has_its_colour_and_a_click_chooses(look, shown, qtbot):
    bar, told = shown(StateTimeline(look), 400, 34), []
    bar.chosen.connect(told.append)
    bar.show_states(("healthy", "camera", "alarm"), 0, "three")
    picture = bar.grab().toImage()
    colours = [
        QColor(picture.pixel(bar.get_block_rect(at).left() + 4, 6)).name().upper()
        for at in range(3)
    ]
    assert colours == [look.tokens.hairline, look.tokens.alarm, look.tokens.warn]
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.get_block_rect(2).center())
    assert told == [2]
    assert bar.accessibleDescription() == "three"


def test_a_year_of_shifts_has_room_and_a_click_beside_chooses_nothing(look, shown, qtbot):
    bar, told = shown(StateTimeline(look), 400, 34), []
    bar.chosen.connect(told.append)
    bar.show_states(("healthy",) * 1000, 3, "")
    assert bar.get_block_rect(999).right() <= 400
    bar.show_states((), 0, "")
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.rect().center())
    assert told == []
