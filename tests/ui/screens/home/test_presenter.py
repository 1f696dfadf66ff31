import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldcheck.models.store import find_model, list_project_classes
from fieldcheck.paths import get_app_paths
from fieldcheck.project.limits import GapLimits, Site, get_gap_limits, get_site
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import recordings as clips_table
from tests import makers

CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


def head(window):
    return window.header.title.text(), window.header.primary.get_label()


def test_without_a_project_the_sample_is_the_main_way_to_begin(window, home, view):
    assert head(window) == ("Projects", "Open demo project")
    assert view.page == "start"
    assert window.context.actions.get_action("project.sample").isEnabled()
    assert not window.context.actions.get_action("project.edit_site").isEnabled()


def test_the_main_action_goes_on_with_the_first_unfinished_project(
    window, home, view, drawn, settle, tmp_path
):
    drawn.close()
    makers.empty_project(tmp_path / "empty.fieldcheck", site="A").close()
    recent = (str(tmp_path / "empty.fieldcheck"), str(drawn.path))
    window.preferences.update(recent=recent)
    home.enter()
    assert not window.header.primary.isEnabled()  # nobody has looked into the first one yet
    settle()
    assert head(window) == ("Projects", "Continue: drawn, 0 of 20")
    home.on_primary_action()
    settle()
    assert (window.current.name, window.current_screen) == ("drawn", "label")


def test_without_an_unfinished_project_the_main_action_opens_the_newest(
    window, home, view, settle, tmp_path
):
    makers.empty_project(tmp_path / "empty.fieldcheck", site="A").close()
    gone = str(tmp_path / "gone.fieldcheck")
    window.preferences.update(recent=(gone, str(tmp_path / "empty.fieldcheck")))
    home.enter()
    settle()
    assert head(window) == ("Projects", "Open empty")
    window.preferences.update(recent=(gone,))
    home.enter()
    settle()
    assert head(window) == ("Projects", "Open demo project")


def test_the_main_action_of_a_project_is_its_next_step(window, home, view, drawn, open_in_window):
    drawn.close()
    open_in_window(drawn.path)
    assert view.page == "overview"
    assert head(window)[1] == "Continue: Label"
    assert not window.context.actions.get_action("project.sample").isEnabled()
    home.on_primary_action()
    assert window.current_screen == "label"


def test_a_project_open_for_reading_is_not_edited(window, home, view, drawn, open_in_window):
    open_in_window(drawn.path)  # the test itself still holds its lock
    assert not window.context.actions.get_action("project.edit_site").isEnabled()
    assert not window.context.actions.get_action("project.set_model").isEnabled()


def test_closing_the_project_goes_back_to_the_beginning_where_it_is_listed(
    window, home, view, drawn, open_in_window, settle
):
    drawn.close()
    open_in_window(drawn.path)
    window.current.close()
    settle()
    assert view.page == "start"
    assert [line.name for line in view.start.recent.lines] == ["drawn"]


def test_the_header_undoes_a_card(window, home, view, drawn, open_in_window, settle, press):
    drawn.close()
    open_in_window(drawn.path)
    home.overview_presenter.save_limits("7", "", ())
    settle()
    press(Qt.Key.Key_Z, CTRL)
    settle()
    assert get_gap_limits(window.current.project) == GapLimits()
    assert "limits" in window.messages.history[-1].text


def test_a_model_is_kept_when_the_questions_are_built_anew(window, home, view, press):
    press(Qt.Key.Key_N)
    view.wizard.name.setText("Line 7")
    window.preferences.update(theme="dark")
    again = window.get_shown_screen().view
    assert (again.page, again.wizard.get_form().name) == ("wizard", "Line 7")
    press(Qt.Key.Key_Escape)
    assert again.page == "start"


@pytest.mark.long
def test_three_keys_lead_past_the_finished_report_to_a_labelled_frame(
    window, home, press, qtbot, settle, short_sample
):
    """A20."""
    press(Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.current_screen == "report", timeout=300_000)
    settle()
    assert window.current.project.path == get_app_paths().sample / "demo.fieldcheck"
    status = window.current.status
    assert (status.n_labelled, status.n_left, status.n_reports) == (100, 0, 1)
    assert window.header.secondary.isVisible()
    unlabelled = str(get_app_paths().sample / "sample.fieldcheck")
    assert unlabelled in window.preferences.settings.recent, "the next start goes on with it"
    press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: window.current_screen == "label", timeout=300_000)
    settle()
    assert window.current.project.path == get_app_paths().sample / "sample.fieldcheck"
    assert len(window.current.project.read(labels_table.list_picks)) == 100
    assert window.current.project.read(labels_table.count_labels) == 0
    looking = window.get_shown_screen().presenter.view_tracker
    guard_s = window.preferences.settings.too_fast_ms / 1000
    # a key before the frame was seen is not taken
    qtbot.waitUntil(lambda: (looking.seconds or 0.0) > guard_s)
    press(Qt.Key.Key_1)
    settle()
    assert window.current.status.n_labelled == 1


@pytest.fixture
def keys(window):
    """Keys to whatever has the focus, as a person without a mouse presses them."""

    def on(key, modifier=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(QApplication.focusWidget() or window, key, modifier)

    return on


def type_into(words):
    field = QApplication.focusWidget()
    field.selectAll()
    QTest.keyClicks(field, words)


def tab_to(keys, widget):
    for _ in range(80):
        if QApplication.focusWidget() is widget:
            return
        keys(Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not reach {widget.accessibleName()}")


@pytest.mark.long
def test_the_screen_works_by_keyboard(window, home, view, keys, drawn, settle, qtbot, tmp_path):
    drawn.close()
    window.preferences.update(recent=(str(tmp_path / "gone.fieldcheck"), str(drawn.path)))
    window.show_screen("project")
    settle()
    keys(Qt.Key.Key_Down)
    keys(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.page == "overview")
    settle()

    keys(Qt.Key.Key_E)
    type_into("Werk 2")
    tab_to(keys, view.overview.site.chips["glare"])
    keys(Qt.Key.Key_Space)
    tab_to(keys, view.overview.site.fields["note"])
    type_into("Lamp flickers")
    keys(Qt.Key.Key_Return)
    settle()
    actual = get_site(window.current.project)
    assert actual == Site("Werk 2", conditions=("glare",), note="Lamp flickers")

    keys(Qt.Key.Key_L)
    type_into("2.5")
    keys(Qt.Key.Key_Return)
    settle()
    assert get_gap_limits(window.current.project).tolerance == 0.025
    keys(Qt.Key.Key_E)
    keys(Qt.Key.Key_Escape)
    assert not view.overview.site.editing

    keys(Qt.Key.Key_N, CTRL)
    assert view.page == "wizard"
    type_into("Line 7")
    tab_to(keys, view.wizard.folder)
    type_into(str(tmp_path))
    tab_to(keys, view.wizard.classes)
    QTest.keyClicks(view.wizard.classes, "ok")
    keys(Qt.Key.Key_Return)
    QTest.keyClicks(view.wizard.classes, "scratch")
    keys(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: window.current.name == "Line 7")
    settle()
    assert list_project_classes(window.current.project) == ("ok", "scratch")

    keys(Qt.Key.Key_W, CTRL)
    settle()
    assert view.page == "start"
    tab_to(keys, view.start.recent)


def test_a_tried_model_leaves_the_page(window, home, view, material, tmp_path, settle, press):
    picture = makers.save_picture(tmp_path / "part.png", "red")
    view.dropped.emit([material / "net.onnx", picture])
    settle()
    assert view.page == "tried"
    assert head(window) == ("Project", "Done")
    assert view.tried.prediction_text.startswith("red ")
    press(Qt.Key.Key_Escape)
    assert view.page == "start"


@pytest.mark.long
def test_a_trial_survives_another_theme_and_ends_with_the_project(
    window, home, drawn, open_in_window, tmp_path, settle, press
):
    drawn.close()
    open_in_window(drawn.path)
    path = tmp_path / "part.png"
    window.get_shown_screen().view.dropped.emit([makers.save_picture(path, "blue")])
    settle()
    window.preferences.update(theme="dark")
    settle()
    assert window.get_shown_screen().view.page == "tried"
    assert window.get_shown_screen().view.tried.prediction_text.startswith("blue ")
    window.current.close()
    settle()
    assert window.get_shown_screen().view.page == "start"


def test_what_is_dropped_on_the_questions_answers_them(window, home, view, material, press, settle):
    press(Qt.Key.Key_N)
    view.dropped.emit([material / "night.avi", material / "net.onnx"])
    settle()
    assert view.page == "wizard"
    actual = [view.wizard.footage.item(at).text() for at in range(view.wizard.footage.count())]
    assert actual == ["night.avi"]
    assert view.wizard._model_file.text() == "net.onnx"


def test_a_dropped_video_or_image_folder_begins_a_project(window, home, view, material, settle):
    view.dropped.emit([material / "night.avi"])
    settle()
    assert (view.page, view.wizard.footage.item(0).text()) == ("wizard", "night.avi")


@pytest.mark.long
def test_with_a_project_open_what_is_dropped_on_any_screen_does_the_obvious(
    window, home, drawn, material, open_in_window, settle, tmp_path
):
    drawn.close()
    open_in_window(drawn.path)
    window.show_screen("help")
    before = len(footage_of(window))
    drop(window, makers.picture_folder(tmp_path / "belt", makers.cycle(6)))
    settle()
    assert (window.current_screen, len(footage_of(window))) == ("capture", before + 1)
    window.show_screen("help")
    drop(window, makers.colour_model(tmp_path / "other.onnx", gain=9.0))
    settle()
    assert (window.current_screen, find_model(window.current.project).name) == ("project", "other")


@pytest.mark.long
def test_what_is_dropped_on_a_project_that_is_only_read_is_said_not_to_be_taken(
    window, home, drawn, material, open_in_window, settle
):
    open_in_window(drawn.path)  # `drawn` has it open for writing
    assert not window.current.writable
    for screen, path in (("capture", material / "night.avi"), ("report", material / "net.onnx")):
        window.show_screen(screen)
        settle()
        window.messages.history.clear()
        drop(window, path)
        settle()
        assert "is open read-only. Nothing was changed." in window.messages.history[-1].text


def drop(window, path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(5, 5), copy, data, left, NONE))
    QApplication.sendEvent(window, QDropEvent(QPointF(5, 5), copy, data, left, NONE))


def footage_of(window):
    return window.current.project.read(clips_table.list_clips)


def test_a_project_folder_that_is_dropped_is_opened(window, home, view, drawn, settle, qtbot):
    drawn.close()
    with qtbot.waitSignal(window.current.opened):
        view.dropped.emit([drawn.path])
    settle()
    assert view.page == "overview"
