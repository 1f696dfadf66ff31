from PySide6.QtGui import QColor

from fieldcheck.ui.widgets.buttons import Chip


def colours(widget):
    image = widget.grab().toImage()
    return {
        image.pixelColor(x, y).name().upper()
        for x in range(image.width())
        for y in range(image.height())
    }


def test_a_class_shows_its_colour_and_says_its_key(look, qtbot):
    chip = Chip(look, "Crack", "2", "#63230E")
    qtbot.addWidget(chip)
    chip.resize(chip.sizeHint())
    assert chip.accessibleName() == "2 Crack"
    assert "#63230E" in colours(chip)


def test_what_is_so_stands_on_the_colour_of_a_choice(look, qtbot):
    chip = Chip(look, "dark", "✓", enabled=True)
    qtbot.addWidget(chip)
    chip.resize(chip.sizeHint())
    assert QColor(look.tokens.selection).name().upper() in colours(chip)


def test_a_mark_and_a_colour_take_room_and_a_long_name_may_be_cut(look, qtbot):
    bare = Chip(look, "Crack")
    whole = Chip(look, "Crack", "2", "#63230E")
    long = Chip(look, "Crack " * 40)
    for chip in (bare, whole, long):
        qtbot.addWidget(chip)
    assert bare.sizeHint().width() < whole.sizeHint().width()
    assert long.minimumSizeHint().width() < long.sizeHint().width()
