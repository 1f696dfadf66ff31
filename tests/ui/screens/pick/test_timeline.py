from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from fieldcheck.ui.screens.pick.timeline import LEAST, Stretch, Timeline

CLIPS = (Stretch("a", "1 dark", 90.0, (("f1", 10.0, False), ("f2", 80.0, True))), Stretch("b", "2", 1.0, (("f3", 0.5, False),)))


def shown(qtbot, look):
    made = Timeline(look)
    qtbot.addWidget(made)
    made.resize(600, made.height())
    made.show_clips(CLIPS, "2 clips with 2 picked frames")
    made.show()
    return made


def test_clips_are_as_wide_as_long_and_never_too_narrow_to_see(qtbot, look):
    first, second = shown(qtbot, look).places()
    assert first.width() > 10 * second.width() >= 10 * look.metrics.px(LEAST)
    assert second.right() <= 600
    assert second.left() > first.right()


def test_a_click_finds_the_nearest_pick(qtbot, look):
    made = shown(qtbot, look)
    chosen = []
    made.chosen.connect(chosen.append)
    place = made.places()[0]
    for x in (place.left() + 4, place.left() + round(0.85 * place.width())):
        QTest.mouseClick(made, Qt.MouseButton.LeftButton, pos=QPoint(x, place.center().y()))
    assert chosen == ["f1", "f2"]


def test_the_pick_that_is_looked_at_stands_out_and_the_whole_is_said_in_words(qtbot, look):
    made = shown(qtbot, look)
    before = made.grab().toImage()
    made.show_here("f1")
    assert made.grab().toImage() != before
    assert made.accessibleName() == "2 clips with 2 picked frames"
    made.show_clips((), "0 clips")
    assert made.places() == []
