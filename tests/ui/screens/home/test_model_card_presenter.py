import shutil
import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt

from fieldcheck.errors.files import PathMissing
from fieldcheck.models import try_model
from fieldcheck.models.store import find_model, get_card
from fieldcheck.ui.screens.home.new_project import NewProjectForm
from tests import makers
from tests.models import exporters

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def card_presenter(window, home, view, labelled, open_in_window, press, settle):
    """The page of the card of the project's model, in a real window."""
    labelled.close()
    open_in_window(labelled.path)
    press(Qt.Key.Key_K)
    settle()
    return home.card_presenter


@pytest.fixture
def shown(view, qtbot):
    """Waits for answers that hold for this."""

    def wait(holds):
        qtbot.waitUntil(lambda: holds([tile.prediction_text for tile in view.card.tiles]))
        return [tile.prediction_text for tile in view.card.tiles]

    return wait


def choose(view, key, code):
    field = view.card.fields[key]
    field.setCurrentIndex(field.findData(code))


@pytest.mark.long
def test_the_answers_of_the_first_frames_follow_a_field(window, view, card_presenter, shown):
    assert view.page == "card"
    before = shown(all)
    assert any(said.startswith("✓ blue") for said in before)
    choose(view, "input.colour", "BGR")
    after = shown(lambda said: any("red" in one and "labelled blue" in one for one in said))
    assert after != before
    assert window.header.primary.get_label() == "Use this model card"


def test_a_card_that_makes_no_sense_cannot_be_taken(window, view, card_presenter, shown, qtbot):
    shown(all)
    view.card.fields["input.scale"].setText("much")
    view.card.edited.emit()
    qtbot.waitUntil(lambda: bool(view.card.error_texts))
    assert "scale" in view.card.error_texts[0]
    assert not card_presenter.can_apply
    view.card.fields["input.scale"].setText("1/255")
    view.card.edited.emit()
    qtbot.waitUntil(lambda: card_presenter.can_apply)
    assert view.card.error_texts == ()


@pytest.mark.long
def test_the_card_is_used_once_accepted(window, view, card_presenter, shown, press, settle, qtbot):
    choose(view, "input.colour", "BGR")
    qtbot.waitUntil(lambda: card_presenter.can_apply)
    press(Qt.Key.Key_Return, CTRL)
    settle()
    assert view.page == "overview"
    stored = find_model(window.current.project)
    assert (stored.name, get_card(stored).input.colour) == ("net-2", "BGR")
    assert [
        "In the model card, set: colour RGB." in one.text for one in window.messages.banners
    ] == [True], "the benchmark speaks against it"


def test_escape_leaves_the_card_and_ends_the_thread(window, view, card_presenter, press, shown):
    shown(all)
    trial = card_presenter._trial
    press(Qt.Key.Key_Escape)
    assert view.page == "overview"
    assert not trial.running
    assert len({find_model(window.current.project).name}) == 1


@pytest.mark.long
def test_a_model_that_does_not_say_how_it_is_fed_is_asked_about(
    window, home, view, card_presenter, press, settle, tmp_path, shown
):
    press(Qt.Key.Key_Escape)
    weights = {"w": np.eye(3, dtype=np.float32) * 20}
    path = makers.tiny_model(tmp_path / "bare.onnx", weights=weights, side=48)
    home.overview_presenter.set_model(path)
    settle()
    assert view.page == "card"
    assert "Output type" in view.card._proposed.text()
    shown(all)
    assert view.card.get_field_texts()["classes"].splitlines() == list(makers.COLOURS)


@pytest.mark.long
def test_a_model_names_its_lent_card(window, home, view, card_presenter, press, settle, tmp_path):
    press(Qt.Key.Key_Escape)
    path = makers.colour_model(tmp_path / "again.onnx", gain=21.0)
    path.with_suffix(".card.json").unlink()
    home.overview_presenter.set_model(path)
    settle()
    assert view.page == "overview"
    assert [
        ("No model card given. The model card of net is used: its inputs and outputs are the same.")
        in one.text
        for one in window.messages.banners
    ] == [True]


@pytest.mark.long
def test_what_is_typed_survives_another_theme(window, view, card_presenter, settle, qtbot):
    choose(view, "input.colour", "BGR")
    window.preferences.update(theme="dark")
    settle()
    again = window.get_shown_screen().view
    assert (again.page, again.card.get_field_texts()["input.colour"]) == ("card", "BGR")
    qtbot.waitUntil(lambda: window.get_shown_screen().presenter.card_presenter.can_apply)


@pytest.mark.long
@pytest.mark.parametrize("begun", ["card", "tried"])
def test_what_was_begun_on_a_model_does_not_open_over_another_project(
    window, view, card_presenter, open_in_window, made, settle, tmp_path, press, begun
):
    if begun == "card":
        choose(view, "input.colour", "BGR")
    else:
        press(Qt.Key.Key_Escape)
        view.dropped.emit([makers.save_picture(tmp_path / "part.png", "blue")])
    settle()
    assert view.page == begun
    window.show_screen("settings")
    open_in_window(shutil.copytree(made["drawn"], tmp_path / "other.fieldcheck"))
    window.show_screen("project")
    assert window.get_shown_screen().view.page == "overview"
    window.show_screen("settings")
    window.current.close()
    settle()
    window.show_screen("project")
    assert window.get_shown_screen().view.page == "start"


@pytest.mark.long
def test_a_missing_file_is_only_a_message(window, home, view, card_presenter, press, settle):
    press(Qt.Key.Key_Escape)
    settle()
    shutil.rmtree(window.current.project.path / "models")
    press(Qt.Key.Key_K)
    settle()
    assert view.page == "overview"
    assert window.messages.history


@pytest.mark.long
def test_a_new_project_opens_on_the_card_that_its_model_lacks_with_the_frames_of_its_footage(
    window, home, view, material, settle, tmp_path, shown, press, qtbot
):
    path = makers.colour_model(tmp_path / "bare.onnx")
    path.with_suffix(".card.json").unlink()
    home.start_new_project()
    classes = "\n".join(makers.COLOURS)
    view.wizard.fill_form(NewProjectForm("Line 7", str(tmp_path / "visits"), "", classes))
    view.wizard.model_chosen.emit(path)
    view.wizard.footage_chosen.emit([material / "night.avi"])
    settle()
    press(Qt.Key.Key_Return, CTRL)
    settle()
    assert window.current.project.path == tmp_path / "visits" / "Line 7.fieldcheck"
    assert view.page == "card"
    assert all(shown(lambda said: any(said)))
    assert view.card.get_field_texts()["classes"].splitlines() == list(makers.COLOURS)
    qtbot.waitUntil(lambda: home.card_presenter.can_apply)
    press(Qt.Key.Key_Return, CTRL)
    settle()
    assert find_model(window.current.project).name == "bare"


@pytest.mark.long
def test_yolox_is_proposed_with_its_own_feed_and_its_classes_come_from_a_file(
    home, view, open_in_window, settle, shared_data, shown, tmp_path, qtbot
):
    project = makers.empty_project(tmp_path / "bottles")
    makers.add_footage(project, shared_data / "videos" / "udacity-test_video.mp4")
    path = project.path
    project.close()
    open_in_window(path)
    home.card_presenter.start_card(shared_data / "models" / "yolox_nano.onnx")
    settle()
    typed = view.card.get_field_texts()
    assert typed["input.colour"] == "BGR"
    assert (typed["input.scale"], typed["input.resize"]) == ("1", "letterbox")
    assert (
        "Preprocessing as in YOLOX: none of 3 known variants is clearly better on the first frames."
    ) in view.card._proposed.text()
    home.on_files_dropped([shared_data / "models" / "coco80.txt"])
    shown(lambda said: "car" in said[0])
    view.card.show_classes(["car"])
    qtbot.waitUntil(lambda: bool(view.card.error_texts))
    assert "has 80 classes, but the class list has 1" in view.card.error_texts[0]
    home.card_presenter.load_classes(tmp_path / "none.txt")
    assert "none.txt" in view.card.error_texts[0]


@pytest.mark.long
def test_a_reading_of_the_outputs_is_chosen_by_its_boxes_before_the_card_can_be_used(
    window, home, view, card_presenter, press, settle, tmp_path, shown, qtbot
):
    press(Qt.Key.Key_Escape)
    path = exporters.write(tmp_path / "decoded.onnx", exporters.BY_NAME["YOLOX, decoded"])
    home.card_presenter.start_card(path)
    settle()
    expected = ["Use detection yolo (81)", "Use detection yolo_obj (80)"]
    assert [one.text() for one in view.card.choices] == expected
    assert not home.card_presenter.can_apply
    window.preferences.update(theme="dark")
    settle()
    again = window.get_shown_screen()
    assert len(again.view.card.choices) == 2, "a choice that is open is still open in another theme"
    again.view.card.choices[1].click()
    qtbot.waitUntil(lambda: again.presenter.card_presenter.can_apply)
    assert again.view.card.choices == []
    assert again.view.card.get_field_texts()["output.kind"] == "yolo_obj"


@pytest.mark.long
def test_a_slow_look_at_an_earlier_model_does_not_replace_the_card_of_the_later_one(
    window, home, view, card_presenter, settle, tmp_path, monkeypatch, qtbot
):
    first = makers.colour_model(tmp_path / "first.onnx")
    second = makers.colour_model(tmp_path / "second.onnx")
    goes_on, draft_card = threading.Event(), try_model.draft_card

    def draft_slowly(project, path, progress):
        if path == first:
            goes_on.wait(10)
        return draft_card(project, path, progress)

    monkeypatch.setattr(try_model, "draft_card", draft_slowly)
    home.end_card()
    card_presenter.start_card(first)
    home.on_files_dropped([second])
    qtbot.waitUntil(lambda: card_presenter._draft is not None)
    view.card.fields["input.scale"].setText("1/127")
    goes_on.set()
    settle()
    assert card_presenter._draft.path == second
    assert view.card.get_field_texts()["input.scale"] == "1/127"


@pytest.mark.long
def test_a_card_that_was_left_does_not_come_back_when_the_look_at_its_model_ends(
    window, home, view, card_presenter, settle, tmp_path, monkeypatch
):
    first = makers.colour_model(tmp_path / "first.onnx")
    goes_on = threading.Event()

    def refuse(project, path, progress):
        goes_on.wait(10)
        raise PathMissing(path)

    monkeypatch.setattr(try_model, "draft_card", refuse)
    home.end_card()
    card_presenter.start_card(first)
    home.end_card()
    goes_on.set()
    settle()
    assert view.page == "overview"
    assert window.messages.banners == ()
