from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldcheck.ui.widgets.combo_box import ComboBox


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
