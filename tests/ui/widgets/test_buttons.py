from functools import partial
from itertools import pairwise

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleActionInterface, QAction, QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QButtonGroup, QWidget

from fieldcheck.ui.colours_and_high_contrast import THEMES
from fieldcheck.ui.screens.label.class_panel import ClassButton, ClassPanel
from fieldcheck.ui.screens.settings.view import ThemeTile
from fieldcheck.ui.screens.stress.recipe_controls import CorruptionThumbnail
from fieldcheck.ui.widgets.buttons import (
    INSIDE,
    KEYS_SHOWN,
    KINDS,
    LEAST_GAP,
    TAB_GAP,
    Chip,
    ClickedCheckBox,
    ClickedRadioButton,
    KeyButton,
    VerdictSign,
    paint_ring,
)
from fieldcheck.ui.widgets.choice_buttons import ChipButton, ChoiceRow
from fieldcheck.ui.widgets.combo_box import ComboBox
from fieldcheck.ui.widgets.layouts import SideBySideLayout, make_row
from tests.ui.faults import is_cut


def test_it_is_named_with_its_key(qtbot, look):
    button = KeyButton(look, "Crack", "2")
    qtbot.addWidget(button)
    assert button.accessibleName() == "Crack, 2"
    button.set_label("Burr")
    assert (button.get_label(), button.accessibleName()) == ("Burr", "Burr, 2")


def test_it_does_its_action_and_rests_with_it(qtbot, look):
    done, action = [], QAction("x")
    action.triggered.connect(lambda: done.append(True))
    button = KeyButton(look, "Go").bind_action(action)
    qtbot.addWidget(button)
    button.click()
    action.setEnabled(False)
    assert not button.isEnabled()
    button.click()
    assert done == [True]


def toggle_as_assistive_technology(button):
    """Does what a screen reader offers for a button that can be checked."""
    read = QAccessible.queryAccessibleInterface(button)
    read.actionInterface().doAction(QAccessibleActionInterface.toggleAction())
    QApplication.processEvents()


def note_click(clicked, name, *_on):
    clicked.append(name)


def list_checkable(look):
    """A button of each kind that can be checked."""
    buttons = [KeyButton(look, "Go"), ChipButton(look, "Chip"), ChoiceRow(look, "Row", "")]
    buttons += [ClickedCheckBox("Check"), ClickedRadioButton("Radio")]
    buttons += [ThemeTile(look, "Tile", (THEMES["dark"],)), CorruptionThumbnail(look, "1", "Blur")]
    return [*buttons, ClassButton(look, 1, "1", "Crack", 36)]


@pytest.mark.parametrize("grouped", [False, True])
def test_what_assistive_technology_checks_is_clicked_once(qtbot, look, grouped):
    for button, other in zip(list_checkable(look), list_checkable(look), strict=True):
        clicked, group = [], QButtonGroup(button)
        for name, part in (("button", button), ("other", other)):
            qtbot.addWidget(part)
            part.setCheckable(True)
            part.show()
            part.clicked.connect(partial(note_click, clicked, name))
            if grouped:
                group.addButton(part)
        other.setChecked(True)
        toggle_as_assistive_technology(button)
        assert clicked == ["button"], type(button).__name__
        button.setChecked(True)
        button.click()
        QApplication.processEvents()
        assert clicked == ["button"] * 2, type(button).__name__


def test_the_presenter_marks_a_class_also_where_assistive_technology_checks_it(qtbot, look):
    panel = ClassPanel(look)
    qtbot.addWidget(panel)
    pressed = []
    panel.pressed.connect(pressed.append)
    first, second = panel.show_classes((("1", "Crack"), ("2", "Burr")), False)
    panel.mark_class(1)
    panel.show()
    toggle_as_assistive_technology(first)
    assert (pressed, first.isChecked(), second.isChecked()) == ([0], False, True)


def test_a_click_does_not_take_the_focus(qtbot, look):
    button = KeyButton(look, "Go")
    qtbot.addWidget(button)
    button.show()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.hasFocus()
    assert button.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_it_is_as_wide_as_its_words_and_its_key(qtbot, look):
    plain = KeyButton(look, "Skip")
    keyed = KeyButton(look, "Skip", "X")
    primary = KeyButton(look, "Skip", primary=True)
    for button in (plain, keyed, primary):
        qtbot.addWidget(button)
    assert plain.sizeHint().width() < keyed.sizeHint().width()
    assert plain.sizeHint().height() == primary.sizeHint().height() == 36


def is_dark(colour):
    return colour.alpha() > 128 and colour.lightness() < 100


def test_text_icon_and_key_are_drawn(qtbot, look):
    button = KeyButton(look, "Skip", "X", icon="undo")
    qtbot.addWidget(button)
    button.resize(button.sizeHint())
    image = button.grab().toImage()
    dark = [
        x
        for x in range(image.width())
        if any(is_dark(image.pixelColor(x, y)) for y in range(6, 32))
    ]
    assert len(dark) > 30


@pytest.mark.parametrize(("key", "shown"), [("W", True), ("Ctrl+Shift", False)])
def test_the_key_of_a_tab_stands_by_its_word_or_gives_way(qtbot, look, key, shown):
    """In the gap it is nearer to its own word than to the next tab, which moves in no way."""
    room = QWidget()
    qtbot.addWidget(room)
    tab = KeyButton(look, "Sweep", key, parent=room, role="tab")
    tab.resize(tab.sizeHint())
    room.show()
    plain = tab.grab().toImage()
    room.setProperty(KEYS_SHOWN, True)
    tab.update()
    keyed = tab.grab().toImage()
    changed = [
        x
        for x in range(plain.width())
        if any(plain.pixel(x, y) != keyed.pixel(x, y) for y in range(plain.height()))
    ]
    assert bool(changed) is shown
    word = tab.width() - TAB_GAP
    assert all(word <= x and x - word < tab.width() - x for x in changed[:1])
    assert all(tab.width() - x > LEAST_GAP for x in changed)


def test_in_a_row_without_room_its_words_go_on_in_the_next_line(qtbot, look):
    line = QWidget()
    wide = KeyButton(look, "Rest of the burst and of the clip", "B")
    qtbot.addWidget(line)
    make_row(look, KeyButton(look, "Import folder…", "F"), wide, parent=line)
    line.resize(line.sizeHint())
    line.show()
    one = wide.sizeHint().height()
    assert (wide.width(), is_cut(wide)) == (wide.sizeHint().width(), False)
    line.resize(line.minimumSizeHint())
    QApplication.processEvents()
    assert wide.width() < wide.sizeHint().width()
    assert wide.height() > one
    assert not is_cut(wide)
    wide.setFixedHeight(one)
    assert is_cut(wide)
    line.resize(line.sizeHint())
    QApplication.processEvents()
    assert wide.sizeHint().height() == one


def test_a_name_of_one_long_word_is_broken_within_it(qtbot, look):
    line, named = QWidget(), KeyButton(look, "scratch_" * 20)
    qtbot.addWidget(line)
    make_row(look, named, parent=line)
    line.resize(line.minimumSizeHint())
    line.show()
    QApplication.processEvents()
    assert named.width() < 200
    assert named.height() > 2 * KeyButton(look, "OK").sizeHint().height()
    assert not is_cut(named)


def test_every_line_of_it_is_drawn(qtbot, look):
    button = KeyButton(look, "Skip all frames")
    qtbot.addWidget(button)
    button.resize(button.minimumSizeHint())
    button.resize(button.sizeHint().boundedTo(QSize(button.width(), 400)))
    image = button.grab().toImage()
    dark = [
        any(is_dark(image.pixelColor(x, y)) for x in range(6, image.width() - 6))
        for y in range(3, image.height() - 3)
    ]
    bands = sum(now and not before for before, now in pairwise([False, *dark]))
    assert bands >= 3


@pytest.fixture
def beside(look, shown):
    layout = SideBySideLayout(
        look, (KeyButton(look, "A folder of images"), 1), (KeyButton(look, "Choose another one"), 1)
    )
    return shown(layout, 900, 100)


def parts_of(beside):
    return beside.findChildren(KeyButton)


def ends(beside):
    return [(part.x(), part.y()) for part in parts_of(beside)]


def test_parts_stand_beside_each_other_where_there_is_room(beside):
    assert ends(beside)[0][1] == ends(beside)[1][1]
    assert ends(beside)[1][0] > ends(beside)[0][0]


def test_they_stand_below_each_other_where_there_is_none_and_none_is_cut(beside):
    narrow = beside.minimumSizeHint().width()
    for _ in range(2):  # a button with more lines asks for their height once it has its width
        beside.resize(narrow, beside.heightForWidth(narrow))
        QApplication.processEvents()
    assert ends(beside)[1][1] > ends(beside)[0][1]
    assert not any(map(is_cut, parts_of(beside)))


def test_they_stand_below_each_other_where_one_is_kept_wider(beside):
    parts_of(beside)[1].setMinimumWidth(780)
    QApplication.processEvents()
    beside.resize(800, beside.heightForWidth(800))
    QApplication.processEvents()
    assert ends(beside)[1][1] > ends(beside)[0][1]
    assert beside.minimumSizeHint().width() == 780


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


@pytest.mark.parametrize("tokens", THEMES.values(), ids=THEMES)
def test_the_ring_lies_inside_the_part_and_is_cased(qapp, tokens):
    image = QImage(60, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("#123456"))
    painter = QPainter(image)
    paint_ring(painter, QRect(0, 0, 60, 40), tokens.focus, tokens.panel)
    painter.end()
    across = [image.pixelColor(x, 20).name().upper() for x in range(INSIDE + 3)]
    assert across[0] == across[INSIDE - 3] == "#123456"
    assert tokens.focus in across
    assert tokens.panel in across[: across.index(tokens.focus)]
    assert image.pixelColor(30, 20).name().upper() == "#123456"


def painted(look, qtbot, kind):
    sign = VerdictSign(look)
    qtbot.addWidget(sign)
    sign.show_kind(kind)
    picture = sign.grab().toImage()
    return [
        [picture.pixelColor(x, y).name() for x in range(picture.width())]
        for y in range(picture.height())
    ]


def test_every_shape_is_another_one_also_without_colour(look, qtbot):
    nothing = painted(look, qtbot, "")
    ground = nothing[0][0]
    forms = {
        kind: tuple(tuple(colour == ground for colour in row) for row in painted(look, qtbot, kind))
        for kind in KINDS
    }
    assert len(set(forms.values())) == len(KINDS)
    assert all(not all(map(all, form)) for form in forms.values())


@pytest.mark.parametrize(
    ("kind", "colour"), [("octagon", "alarm"), ("tick", "accent"), ("triangle", "warn")]
)
def test_a_shape_has_the_colour_of_its_meaning(look, qtbot, kind, colour):
    assert getattr(look.tokens, colour).lower() in {
        one for row in painted(look, qtbot, kind) for one in row
    }


def test_an_unknown_shape_paints_nothing(look, qtbot):
    assert painted(look, qtbot, "star") == painted(look, qtbot, "")


def made(look, qtbot):
    box = ComboBox(look, "Language", [("", "Same as interface"), ("de", "Deutsch")])
    qtbot.addWidget(box)
    return box


def test_what_is_chosen_is_known_by_its_code(look, qtbot):
    box = made(look, qtbot)
    box.select_code("de")
    assert (box.currentText(), box.chosen_code) == ("Deutsch", "de")
    box.select_code("tlh")
    assert box.chosen_code == ""


def test_only_a_person_is_told_of(look, qtbot):
    box, told = made(look, qtbot), []
    box.activated.connect(told.append)
    box.currentIndexChanged.connect(lambda at: told.append(("index", at)))
    box.select_code("de")
    assert told == []
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert told == [("index", 0), 0]


def test_it_has_a_name_and_the_mark_of_a_list(look, qtbot):
    box = made(look, qtbot)
    box.resize(240, 40)
    assert box.accessibleName() == "Language"
    picture = box.grab().toImage()
    mark = [picture.pixelColor(x, y).lightness() for x in range(212, 232) for y in range(10, 30)]
    assert min(mark) < 128 < max(mark)


def test_a_long_option_is_marked_as_cut_and_a_short_one_stands_whole(look, qtbot):
    options = [("a", "c1_infeed_normal_of_the_third_shift.mp4"), ("b", "c1.mp4")]
    box = ComboBox(look, "Source", options)
    qtbot.addWidget(box)
    box.resize(180, 40)
    assert box.get_elided_text().endswith("…")
    box.select_code("b")
    assert box.get_elided_text() == "c1.mp4"
    box.select_code("a")
    box.resize(600, 40)
    assert box.get_elided_text() == "c1_infeed_normal_of_the_third_shift.mp4"
