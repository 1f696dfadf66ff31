from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from fieldcheck.domain.items import FACETS, Filter
from fieldcheck.ui.screens.explore import gallery_view
from fieldcheck.ui.screens.explore.gallery_view import FrameImages


@pytest.fixture
def bar(window, qtbot):
    made = gallery_view.FilterBar(window.context.theme, window.context.actions)
    qtbot.addWidget(made)
    return made


def test_values_are_asked_for_only_when_their_list_is_opened(bar):
    asked = []

    def values_of(code):
        asked.append(code)
        return [("crack", "crack (3)")]

    bar.set_filter_options(["class", "confidence"], values_of)
    assert asked == []
    bar.facet.setCurrentIndex(1)
    assert asked == ["class"]
    assert [bar.value.itemText(at) for at in range(bar.value.count())] == ["choose", "crack (3)"]


def test_a_value_that_is_chosen_is_told(bar, qtbot):
    bar.set_filter_options(["class"], lambda _code: [("crack", "crack (3)")])
    bar.facet.setCurrentIndex(1)
    with qtbot.waitSignal(bar.filter_added) as told:
        bar.value.setCurrentIndex(1)
        bar.value.activated.emit(1)
    assert told.args == ["class", "crack"]


def test_arrows_go_from_value_to_value_and_the_list_shows_where_they_are(bar, qtbot):
    wanted, told = Filter(), []

    def show():
        bar.set_filter_options(["class"], lambda _code: [("crack", "crack (3)"), ("ok", "ok (5)")])
        bar.show_filter(wanted, "", 3, {})

    def asked(code, value):
        nonlocal wanted
        wanted = wanted.with_toggled_value(code, value)
        told.append(value)
        show()

    def exchanged(code, before, value):
        nonlocal wanted
        wanted = wanted.with_toggled_value(code, before)
        asked(code, value)

    bar.filter_added.connect(asked)
    bar.filter_replaced.connect(exchanged)
    show()
    bar.facet.setCurrentIndex(1)
    for _ in range(2):
        QTest.keyClick(bar.value, Qt.Key.Key_Down)
    assert told == ["crack", "ok"]
    assert wanted == Filter().with_values("class", "ok")
    assert bar.value.currentText() == "ok (5)"
    bar.value.opened = True  # chosen in the open list it comes on top
    bar.value.setCurrentIndex(1)
    bar.value.activated.emit(1)
    assert wanted == Filter().with_values("class", "ok", "crack")


def test_a_chip_tells_what_it_takes_away(bar, qtbot):
    wanted = Filter().with_values("class", "crack").with_range("confidence", 0.9, 1)
    bar.show_filter(wanted, "confidence-", 1234, {})
    expected = ["Labelled as: crack ✕", "Model confidence: 0.90 to 1.00 ✕"]
    assert [chip.get_label() for chip in bar._shown] == expected
    assert bar._shown[0].accessibleName() == "Remove filter: Labelled as: crack"
    assert bar.count.text() == "1,234 frames"
    assert bar.order.chosen_code == "confidence-"
    with qtbot.waitSignal(bar.filter_removed) as told:
        bar._shown[0].click()
    assert told.args == ["class", "crack"]


def test_everything_that_can_be_chosen_has_words():
    assert len({gallery_view.get_order_name(code) for code in gallery_view.ORDERS}) == len(
        gallery_view.ORDERS
    )
    assert all(
        gallery_view.get_filter_name(code) for code in (*FACETS, *gallery_view.RANGES, "slice")
    )
    assert gallery_view.format_range("box_cells", 4.0, float("inf")) == "from 4"
    expected = ["2 selected frames"]
    assert [
        said for _, _, said in gallery_view.list_chips(Filter().with_subjects(("a", "b")), {})
    ] == expected


def test_a_note_takes_room_only_while_it_says_something(window, qtbot):
    theme, actions = window.context.theme, window.context.actions
    view = gallery_view.FramesView(theme, actions, gallery_view.FilterBar(theme, actions))
    qtbot.addWidget(view)
    qtbot.addWidget(view.bar)
    view.show_note("Two frames wait.")
    assert not view.note.isHidden()
    view.show_note("")
    assert view.note.isHidden()
    view.set_compact(True)
    narrow = view.side.width()
    view.set_compact(False)
    assert view.side.maximumWidth() > 0
    assert view.side.minimumWidth() >= narrow or narrow


def picture():
    image = QImage(16, 9, QImage.Format.Format_RGB32)
    image.fill(QColor("#c02020"))
    return image


def test_facts_fill_their_lines_and_leave_the_others_out(look, qtbot):
    beside = gallery_view.SelectedFramePanel(look)
    qtbot.addWidget(beside)
    beside.show_facts([("Frame", "a-000001"), ("Tag", "oily")], ["oily"])
    expected = [("Frame", "a-000001"), ("Tag", "oily"), ("", "")]
    assert [(name.text(), said.text()) for name, said in beside.facts[:3]] == expected
    expected = [False, False, *[True] * (gallery_view.MOST_FACTS - 2)]
    assert [name.isHidden() for name, _ in beside.facts] == expected
    assert beside.tags.text() == "oily"


def test_tags_are_told_when_enter_is_pressed(look, qtbot):
    beside = gallery_view.SelectedFramePanel(look)
    qtbot.addWidget(beside)
    beside.tags.setText("oily, dark")
    with qtbot.waitSignal(beside.tags_entered) as told:
        beside.tags.returnPressed.emit()
    assert told.args == ["oily, dark"]


def test_the_benchmark_image_is_there_only_where_one_is_known(look, qtbot):
    beside = gallery_view.SelectedFramePanel(look)
    qtbot.addWidget(beside)
    assert beside.other.isHidden()
    crop = (0.2, 0.0, 0.8, 1.0)
    images = FrameImages(picture(), crop, picture(), picture(), "ok/1.jpg")
    beside.show_images(images, "Frame 1")
    assert (beside.other.isHidden(), beside.under.text()) == (False, "Benchmark, nearest: ok/1.jpg")
    assert beside.pictures.captions[1].text() == "Model input 16 × 9"
    beside.show_images(replace(images, nearest=QImage()), "Frame 1")
    assert beside.other.isHidden()


def test_a_wrong_prediction_has_the_tone_of_an_alarm(look, qtbot):
    beside = gallery_view.SelectedFramePanel(look)
    qtbot.addWidget(beside)
    beside.show_facts([("Label", "crack"), ("Prediction", "ok")], [], "Prediction")
    assert [said.property("tone") or "" for _, said in beside.facts[:2]] == ["", "alarm"]
