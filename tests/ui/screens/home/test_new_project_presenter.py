from types import SimpleNamespace

import pytest

from fieldcheck.labels.classes import list_project_classes
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables import values as settings_table
from fieldcheck.ui.screens.home.new_project import (
    KEPT,
    NewProjectForm,
    NewProjectPresenter,
    parse_class_names,
)
from tests import makers


@pytest.fixture
def asked(alone, fake, tmp_path):
    """The questions, an editable answer to them, and what the page was told."""
    answers = {"typed": NewProjectForm("Line 7", str(tmp_path / "visits"), "Werk 2")}
    view = fake(get_form=lambda: answers["typed"])
    made = NewProjectPresenter(alone, view, lambda: None)
    alone.current.opened.connect(made.on_project_opened)
    made.start_form()
    made.enter()
    return made, view, answers


def test_only_the_name_is_needed(asked, alone, settle, tmp_path):
    made, _, _ = asked
    made.create_project()
    settle()
    assert alone.current.project.path == tmp_path / "visits" / "Line 7.fieldcheck"
    assert alone.current.project.read(lambda db: settings_table.get_setting(db, "site")) == "Werk 2"
    assert not made.asking


@pytest.mark.parametrize(
    ("name", "place"), [("", "here"), ("a/b", "here"), (".hidden", "here"), ("good", "")]
)
def test_what_is_wrong_is_said_below_the_field_and_nothing_is_made(
    asked, alone, settle, name, place
):
    made, view, answers = asked
    answers["typed"] = NewProjectForm(name, place and answers["typed"].place)
    made.create_project()
    settle()
    assert any(view.told["show_errors"])
    assert alone.current.project is None
    assert made.asking


def test_a_name_that_is_taken_is_said(asked, settle, tmp_path):
    made, view, _ = asked
    (tmp_path / "visits" / "Line 7.fieldcheck").mkdir(parents=True)
    made.create_project()
    assert "another name" in view.told["show_errors"][0]


def test_a_place_that_cannot_be_written_is_said_below_it(asked, alone, settle, tmp_path):
    made, view, answers = asked
    (tmp_path / "file").write_text("")
    answers["typed"] = NewProjectForm("Line 7", str(tmp_path / "file"))
    made.create_project()
    settle()
    assert alone.current.project is None
    assert view.told["show_errors"] == ("", "This is a file. Choose a folder.")
    assert made.can_create


def test_a_model_is_looked_at_at_once_and_names_the_classes(asked, alone, material, settle):
    made, view, _ = asked
    made.choose_model(material / "net.onnx")
    settle()
    assert view.told["show_model"] == ("net.onnx", "classification, input 32 × 32, 3 classes", "")
    assert view.told["show_classes"] == (makers.COLOURS,)
    made.create_project()
    settle()
    assert list_project_classes(alone.current.project) == makers.COLOURS


def test_a_file_that_is_no_model_gives_its_reason_and_can_be_dropped(asked, settle, tmp_path):
    made, view, _ = asked
    (tmp_path / "bad.onnx").write_text("diary")
    made.choose_model(tmp_path / "bad.onnx")
    settle()
    name, said, wrong = view.told["show_model"]
    assert (name, said) == ("bad.onnx", "")
    assert "an ONNX model" in wrong
    made.drop_model()
    assert view.told["show_model"] == ("", "", "")


def test_a_model_that_lacks_a_card_is_taken_along_and_asked_about_once_the_project_stands(
    alone, fake, settle, tmp_path
):
    asked_for = []
    view = fake(
        get_form=lambda: NewProjectForm(
            "Line 7", str(tmp_path / "visits"), classes="ok\nscratch\ncrack"
        )
    )
    made = NewProjectPresenter(
        alone, view, lambda: None, lambda model, footage: asked_for.append((model, footage))
    )
    alone.current.opened.connect(made.on_project_opened)
    made.start_form()
    made.enter()
    made.choose_model(makers.tiny_model(tmp_path / "bare.onnx"))
    settle()
    name, said, wrong = view.told["show_model"]
    assert (name, wrong) == ("bare.onnx", "")
    assert (
        "The model file does not define its preprocessing. You can set it after creating the "
        "project, with a "
    ) in said
    made.create_project()
    settle()
    assert list_project_classes(alone.current.project) == ("ok", "scratch", "crack")
    assert asked_for == [(tmp_path / "bare.onnx", None)]


def test_a_model_that_lacks_a_card_does_not_stand_in_the_way_of_who_is_faster_than_the_look_at_it(
    asked, alone, settle, tmp_path
):
    made, _, _ = asked
    made.choose_model(makers.tiny_model(tmp_path / "bare.onnx"))
    made.create_project()
    settle()
    assert alone.current.project is not None


def test_a_model_that_names_no_classes_takes_those_that_are_typed(asked, alone, settle, tmp_path):
    made, view, answers = asked
    makers.write_card(
        tmp_path / "m.card.json",
        {key: value for key, value in makers.CARD.items() if key != "classes"},
    )
    made.choose_model(makers.tiny_model(tmp_path / "m.onnx"))
    settle()
    assert "enter them on the right" in view.told["show_model"][1]
    answers["typed"] = NewProjectForm("Line 7", answers["typed"].place, classes="ok\nscratch\n")
    made.create_project()
    settle()
    assert alone.current.project is None
    assert "has 3 classes, but the" in view.told["show_model"][2]
    answers["typed"] = NewProjectForm(
        "Line 7", answers["typed"].place, classes="ok\nscratch\n\ncrack"
    )
    made.create_project()
    settle()
    assert list_project_classes(alone.current.project) == ("ok", "scratch", "crack")


def test_the_chosen_footage_comes_in_once_the_project_stands(asked, alone, material, settle):
    made, _, _ = asked
    made.choose_footage([material / "night.avi"])
    made.choose_footage([material / "night.avi", material / "none.avi"])
    made.create_project()
    settle()
    actual = [one.source for one in alone.current.project.read(recordings_table.list_recordings)]
    assert actual == ["night.avi"]
    assert "none.avi" in alone.messages.banners[0].text


def test_footage_that_was_taken_off_stays_outside(asked, alone, material, settle):
    made, _, _ = asked
    made.choose_footage([material / "night.avi"])
    made.drop_footage()
    made.create_project()
    settle()
    assert alone.current.project.read(recordings_table.list_recordings) == ()


def test_what_was_said_stands_again_when_the_window_is_built_anew(
    asked, alone, fake, material, settle
):
    made, _, _ = asked
    made.choose_footage([material / "night.avi"])
    made.leave()
    view = fake(get_form=lambda: NewProjectForm("Line 7", "/v"))
    again = NewProjectPresenter(alone, view, lambda: None)
    assert again.asking
    assert view.told["fill_form"][0].site == "Werk 2"
    assert view.told["show_footage"] == (["night.avi"],)
    assert KEPT not in alone.session_values


def test_classes_are_typed_one_a_line():
    assert parse_class_names(" ok \n\nscratch\nok\n") == ("ok", "scratch")


def test_footage_for_which_the_disk_has_no_room_is_told(
    asked, alone, material, settle, monkeypatch
):
    made, _, _ = asked
    made.choose_footage([material / "night.avi"])
    monkeypatch.setattr(
        "shutil.disk_usage", lambda _path: SimpleNamespace(total=10**9, used=10**9, free=0)
    )
    made.create_project()
    settle()
    assert [banner.key for banner in alone.messages.banners] == ["capture.import"]
