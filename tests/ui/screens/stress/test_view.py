import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QMainWindow, QSlider

from fieldcheck.corruptions.catalogue import FAVOURITES
from fieldcheck.i18n import language
from fieldcheck.ui.screens import list_actions
from fieldcheck.ui.screens.stress.charts import build_content
from fieldcheck.ui.screens.stress.state import AnswerTally, TallyMoment
from fieldcheck.ui.screens.stress.view import EvaluationSetsRow, StressView
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.widgets.file_dialogs import FilePicker
from tests.ui.screens.stress.made import of_colour


@pytest.fixture
def view(qtbot, look):
    room = QMainWindow()
    qtbot.addWidget(room)
    made = StressView(look, Actions(room, list_actions()), FAVOURITES)
    room.setCentralWidget(made)
    room.resize(1170, 598)
    room.show()
    qtbot.waitExposed(room)
    return made


def test_a_result_is_shown_whole(view, colours):
    found = of_colour(colours, "red", corruption="dark", severity=3.0)
    view.show_result(build_content(found))
    actual = [picture.title.split(",")[0] for picture in (view.original, view.corrupted, view.seen)]
    assert actual == ["Original · dashed: model crop", "Corrupted: Low light", "Model input"]
    assert view.answers.rows[0].name == "red"
    assert view.status_text.text() == "Same prediction as on the original."


def test_nothing_to_show_says_why_everywhere(view, colours):
    view.show_result(build_content(of_colour(colours, "red")))
    view.show_nothing("No footage.")
    assert view.status_text.text() == "No footage."
    assert {
        picture.accessibleDescription() for picture in (view.original, view.corrupted, view.seen)
    } == {"No footage."}
    assert (view.answers.rows, view.shown) == ((), None)


def test_a_source_is_chosen_by_its_key(view, qtbot):
    view.show_sources([("recording:a", "belt"), ("recording:b", "night")], "recording:b")
    assert view.sources.currentText() == "night"
    with qtbot.waitSignal(view.source_chosen) as told:
        view.sources.activated.emit(0)
    assert told.args == ["recording:a"]
    view.show_sources([], "")
    assert not view.sources.isEnabled()


def test_the_recipe_is_shown_on_strip_slider_and_in_words(view):
    view.show_recipe("jpeg", 5.0, "Coded as JPEG.")
    actual = [button.isChecked() for button in view.favourites.list_buttons()]
    assert actual == [name == "jpeg" for name in FAVOURITES]
    assert (view.severity.slider.value(), view.meaning.text()) == (300, "Coded as JPEG.")


def test_choices_of_a_person_are_told(view, qtbot):
    with qtbot.waitSignal(view.corruption_chosen) as corruption:
        QTest.mouseClick(view.favourites.list_buttons()[4], Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(view.severity_chosen) as severity:
        view.severity.slider.moved.emit(300)
    assert (corruption.args, severity.args) == ([4], [5.0])


def test_the_charts_say_how_many_frames_they_count(view, colours):
    tally = AnswerTally()
    tally.add_result(of_colour(colours, "red"), 0.0)
    view.show_confidence(tally.compute_confidence(None))
    view.show_moments([TallyMoment(0.0, 0.5, 0)], 1.0)
    assert view.counted.text() == "Last 1 frame"
    assert view.in_words.text().startswith("1 prediction: median")
    expected = "Uncertainty up to 0.50; 0 of 1 predictions changed."
    assert view.uncertainty.accessibleDescription() == expected


def test_the_classes_are_all_and_each(view):
    view.show_classes(("red", "green"), 2)
    assert [view.classes.itemText(place) for place in range(3)] == ["all classes", "red", "green"]
    assert view.classes.currentText() == "green"
    view.show_classes((), 0)
    assert view.classes.count() == 1


def test_the_third_picture_hides_and_in_the_compact_layout_takes_the_place_of_the_first(view):
    assert view.seen.isVisible()
    view.show_model_input(False)
    assert not view.seen.isVisible()
    view.set_compact(True)
    assert view.original.isVisible()
    assert (view.corrupted.isVisible(), view.seen.isVisible()) == (True, False)
    view.show_model_input(True)
    assert not view.original.isVisible()
    assert (view.corrupted.isVisible(), view.seen.isVisible()) == (True, True)
    view.set_compact(False)
    assert view.original.isVisible()
    assert (view.corrupted.isVisible(), view.seen.isVisible()) == (True, True)


def test_the_line_of_doubt_gives_way_where_there_is_little_height(view):
    assert view.uncertainty.isVisible()
    view.window().resize(1170, 420)
    assert not view.uncertainty.isVisible()


def test_a_held_frame_is_said_on_the_button(view):
    view.show_held(True)
    assert (view.hold.get_label(), view.hold.isChecked()) == ("Continue", True)
    view.show_held(False)
    assert (view.hold.get_label(), view.hold.isChecked()) == ("Pause", False)


def test_lost_frames_are_a_warning(view):
    view.show_numbers("12 dropped", True)
    assert (view.numbers.text(), view.numbers.property("tone")) == ("12 dropped", "warn")


def test_everything_that_can_be_pressed_has_a_name(view):
    widgets = [
        *view.findChildren(QAbstractButton),
        *view.findChildren(QComboBox),
        *view.findChildren(QSlider),
    ]
    assert len(widgets) > 10
    assert [
        widget
        for widget in widgets
        if not widget.accessibleName() and not widget.objectName().startswith("qt_")
    ] == []


def test_a_file_is_asked_for_without_waiting(view, qtbot, tmp_path):
    view.request_file()
    (dialog,) = view.findChildren(FilePicker)
    with qtbot.waitSignal(view.file_chosen) as told:
        dialog.chosen.emit([tmp_path / "clip.avi"])
    dialog.close()
    assert told.args == [str(tmp_path / "clip.avi")]


@pytest.mark.long
@pytest.mark.parametrize(("width", "height", "compact"), [(1170, 598, False), (1004, 460, True)])
def test_it_needs_no_more_room_than_the_window_has(view, qtbot, width, height, compact):
    view.set_compact(compact)
    view.show_recipe("dark", 3.0, "Light reduced to 35%, with read noise of 3 grey levels.")
    view.window().resize(width, height)
    qtbot.waitUntil(lambda: view.heightForWidth(width) <= height)  # the line of doubt has given way
    # a button of two lines is one of one line once it has its width
    qtbot.waitUntil(lambda: view.minimumSizeHint().height() <= height)
    view.window().resize(width, height)
    assert view.minimumSizeHint().width() <= width
    assert (view.width(), view.height()) == (width, height)


@pytest.mark.long
@pytest.mark.parametrize("spoken", ["en", "de"])
@pytest.mark.parametrize("held", [False, True])
def test_the_live_tools_stand_in_one_line_in_the_small_window(qtbot, look, spoken, held):
    with language.use_language(spoken):
        room = QMainWindow()
        qtbot.addWidget(room)
        view = StressView(look, Actions(room, list_actions()), FAVOURITES)
        view.set_compact(True)
        view.show_held(held)
        tools = [view._line.itemAt(at).widget() for at in range(view._line.count())]
        assert view._line.heightForWidth(1004) == max(tool.sizeHint().height() for tool in tools)


SETS = (
    ("Clean: the benchmark", "97% (96–98%)"),
    ("Damaged", "not run yet"),
    ("Collected failures", "none yet"),
)


def test_the_three_sets_are_named_with_score_or_why_there_is_none(qtbot, look):
    line = EvaluationSetsRow(look)
    qtbot.addWidget(line)
    assert line.isHidden()
    line.show_sets(SETS)
    wanted = [
        "Clean: the benchmark: 97% (96–98%)",
        "Damaged: not run yet",
        "Collected failures: none yet",
    ]
    assert [one.text() for one in line.findChildren(QLabel)] == line.list_captions() == wanted
    line.show_sets(())
    assert line.isHidden()
