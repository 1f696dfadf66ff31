from PySide6.QtGui import QColor, QImage

from fieldcheck.ui.screens.explore.gallery_view import MOST_FACTS, FramesView, SelectedFramePanel


def test_a_note_takes_room_only_while_it_says_something(window, qtbot):
    view = FramesView(window.context.theme, window.context.actions)
    qtbot.addWidget(view)
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
    beside = SelectedFramePanel(look)
    qtbot.addWidget(beside)
    beside.show_facts([("Frame", "a-000001"), ("Tag", "oily")], ["oily"])
    expected = [("Frame", "a-000001"), ("Tag", "oily"), ("", "")]
    assert [(name.text(), said.text()) for name, said in beside.facts[:3]] == expected
    expected = [False, False, *[True] * (MOST_FACTS - 2)]
    assert [name.isHidden() for name, _ in beside.facts] == expected
    assert beside.tags.text() == "oily"


def test_tags_are_told_when_enter_is_pressed(look, qtbot):
    beside = SelectedFramePanel(look)
    qtbot.addWidget(beside)
    beside.tags.setText("oily, dark")
    with qtbot.waitSignal(beside.tags_entered) as told:
        beside.tags.returnPressed.emit()
    assert told.args == ["oily, dark"]


def test_the_second_picture_is_there_only_while_comparing(look, qtbot):
    beside = SelectedFramePanel(look)
    qtbot.addWidget(beside)
    assert beside.other.isHidden()
    beside.show_comparison(picture(), "Nearest: ok/1.jpg")
    assert (beside.other.isHidden(), beside.under.text()) == (False, "Nearest: ok/1.jpg")
    beside.show_comparison(None, "")
    assert beside.other.isHidden()
