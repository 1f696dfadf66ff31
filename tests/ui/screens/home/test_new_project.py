from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from fieldcheck.models.store import list_project_classes
from fieldcheck.project.limits import SetLimits, get_set_limits, get_today
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables import values as settings_table
from fieldcheck.ui.screens.home import new_project
from fieldcheck.ui.screens.home.captions import ErrorLabel
from fieldcheck.ui.screens.home.start_page import EntryButton
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.file_dialogs import FilePicker
from tests import makers


@pytest.fixture
def asked(alone, fake, tmp_path):
    """The questions, an editable answer to them, and what the page was told."""
    answers = {"typed": new_project.NewProjectForm("Line 7", str(tmp_path / "visits"), "Werk 2")}
    view = fake(get_form=lambda: answers["typed"])
    made = new_project.NewProjectPresenter(alone, view, lambda: None)
    alone.current.opened.connect(made.end)
    made.start_form()
    made.enter()
    return made, view, answers


@pytest.mark.long
def test_only_the_name_is_needed(asked, alone, settle, tmp_path):
    made, _, _ = asked
    made.create_project()
    settle()
    assert alone.current.project.path == tmp_path / "visits" / "Line 7.fieldcheck"
    assert alone.current.project.read(lambda db: settings_table.get_setting(db, "site")) == "Werk 2"
    assert not made.asking


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "place"), [("", "here"), ("a/b", "here"), (".hidden", "here"), ("good", "")]
)
def test_an_error_stands_below_its_field_and_nothing_is_made(asked, alone, settle, name, place):
    made, view, answers = asked
    answers["typed"] = new_project.NewProjectForm(name, place and answers["typed"].folder)
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


@pytest.mark.long
def test_a_place_that_cannot_be_written_is_said_below_it(asked, alone, settle, tmp_path):
    made, view, answers = asked
    (tmp_path / "file").write_text("")
    answers["typed"] = new_project.NewProjectForm("Line 7", str(tmp_path / "file"))
    made.create_project()
    settle()
    assert alone.current.project is None
    assert view.told["show_errors"] == ("", "This is a file. Choose a folder.")
    assert made.can_create


@pytest.mark.long
def test_a_model_is_looked_at_at_once_and_names_the_classes(asked, alone, material, settle):
    made, view, _ = asked
    made.choose_model(material / "net.onnx")
    settle()
    assert view.told["show_model"] == ("net.onnx", "classification, input 32 × 32, 3 classes", "")
    assert view.told["show_classes"] == (makers.COLOURS,)
    made.create_project()
    settle()
    assert list_project_classes(alone.current.project) == makers.COLOURS


@pytest.mark.long
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


@pytest.mark.long
def test_a_model_without_a_card_is_asked_about_in_the_project(alone, fake, settle, tmp_path):
    asked_for = []
    view = fake(
        get_form=lambda: new_project.NewProjectForm(
            "Line 7", str(tmp_path / "visits"), classes="ok\nscratch\ncrack"
        )
    )
    made = new_project.NewProjectPresenter(
        alone, view, lambda: None, lambda model, footage: asked_for.append((model, footage))
    )
    alone.current.opened.connect(made.end)
    made.start_form()
    made.enter()
    made.choose_model(makers.tiny_model(tmp_path / "bare.onnx"))
    settle()
    name, said, wrong = view.told["show_model"]
    assert (name, wrong) == ("bare.onnx", "")
    assert "The model file does not define its preprocessing." in said
    made.create_project()
    settle()
    assert list_project_classes(alone.current.project) == ("ok", "scratch", "crack")
    assert asked_for == [(tmp_path / "bare.onnx", None)]


@pytest.mark.long
def test_a_model_that_lacks_a_card_does_not_stand_in_the_way_of_who_is_faster_than_the_look_at_it(
    asked, alone, settle, tmp_path
):
    made, _, _ = asked
    made.choose_model(makers.tiny_model(tmp_path / "bare.onnx"))
    made.create_project()
    settle()
    assert alone.current.project is not None


@pytest.mark.long
def test_a_model_that_names_no_classes_takes_those_that_are_typed(asked, alone, settle, tmp_path):
    made, view, answers = asked
    card = {key: value for key, value in makers.CARD.items() if key != "classes"}
    makers.write_card(tmp_path / "m.card.json", card)
    made.choose_model(makers.tiny_model(tmp_path / "m.onnx"))
    settle()
    assert "enter them on the right" in view.told["show_model"][1]
    answers["typed"] = new_project.NewProjectForm(
        "Line 7", answers["typed"].folder, classes="ok\nscratch\n"
    )
    made.create_project()
    settle()
    assert alone.current.project is None
    assert "has 3 classes, but the" in view.told["show_model"][2]
    answers["typed"] = new_project.NewProjectForm(
        "Line 7", answers["typed"].folder, classes="ok\nscratch\n\ncrack"
    )
    made.create_project()
    settle()
    assert list_project_classes(alone.current.project) == ("ok", "scratch", "crack")


@pytest.mark.long
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


def test_what_was_said_stands_again_in_a_rebuilt_window(asked, alone, fake, material, settle):
    made, _, _ = asked
    made.choose_footage([material / "night.avi"])
    made.leave()
    view = fake(get_form=lambda: new_project.NewProjectForm("Line 7", "/v"))
    again = new_project.NewProjectPresenter(alone, view, lambda: None)
    assert again.asking
    assert view.told["fill_form"][0].site == "Werk 2"
    assert view.told["show_footage"] == (["night.avi"],)
    assert new_project.KEPT not in alone.session_values


def test_classes_are_typed_one_a_line():
    assert new_project.parse_class_names(" ok \n\nscratch\nok\n") == ("ok", "scratch")


@pytest.mark.long
def test_footage_the_disk_has_no_room_for_is_told(asked, alone, material, settle, monkeypatch):
    made, _, _ = asked
    made.choose_footage([material / "night.avi"])
    monkeypatch.setattr(
        "shutil.disk_usage", lambda _path: SimpleNamespace(total=10**9, used=10**9, free=10**6)
    )
    made.create_project()
    settle()
    assert [banner.key for banner in alone.messages.banners] == ["capture.import"]


@pytest.fixture
def page(look, qtbot):
    made = new_project.WizardPage(look)
    qtbot.addWidget(made)
    made.show_footage([])
    made.show_model("", "", "")
    made.show_classes(())
    made.show()
    return made


def press(page, said):
    buttons = page.findChildren(KeyButton)
    next(one for one in buttons if one.get_label() == said and one.isVisible()).click()


def test_the_fields_hold_what_they_are_filled_with_and_enter_creates(page, qtbot):
    page.fill_form(new_project.NewProjectForm(" Line 7 ", "/v", "Werk 2", "ok\nscratch"))
    assert page.get_form() == new_project.NewProjectForm("Line 7", "/v", "Werk 2", "ok\nscratch")
    with qtbot.waitSignal(page.created):
        QTest.keyClick(page.name, Qt.Key.Key_Return)
    with qtbot.waitSignal(page.edited):
        QTest.keyClicks(page.site, "!")


def test_what_is_wrong_stands_below_its_field(page):
    page.show_errors(name="It needs a name.")
    assert page.error_texts == ("It needs a name.", "")
    page.show_errors()
    assert page.error_texts == ("", "")


def test_a_model_offers_another_or_none(page, qtbot):
    page.show_model("net.onnx", "", "It is no model.")
    assert page.model_error == "It is no model."
    with qtbot.waitSignal(page.model_dropped):
        press(page, "Continue without a model")
    page.show_model("", "", "")
    buttons = page.findChildren(KeyButton)
    assert not [one for one in buttons if one.get_label() == "Choose another file…"]


def test_classes_of_a_model_are_shown_and_others_are_typed(page):
    page.show_classes(("ok", "crack"))
    assert not page.classes.isVisible()
    page.show_classes(())
    assert page.classes.isVisible()


def test_files_are_chosen_in_dialogs(page, qtbot, tmp_path):
    told = []
    page.footage_chosen.connect(told.append)
    page.model_chosen.connect(told.append)
    for said in ("Video files…", "Image folder…"):
        press(page, said)
    for choose in [one for one in page.findChildren(KeyButton) if one.get_label() == "Choose…"]:
        choose.click()
    for dialog in page.findChildren(FilePicker):
        if dialog.mode == "files":
            dialog.chosen.emit([tmp_path / "a.mp4"])
        else:
            dialog.chosen.emit([tmp_path])
        dialog.close()
    assert [tmp_path / "a.mp4"] in told
    assert [tmp_path] in told
    assert tmp_path in told
    assert page.get_form().folder == str(tmp_path)
    page.show_footage(["a.mp4", "b.mp4"])
    with qtbot.waitSignal(page.footage_dropped):
        press(page, "Remove files")


def test_limits_are_asked_for_and_may_come_later(asked, alone, settle):
    made, _, answers = asked
    answers["typed"] = replace(
        answers["typed"], gap="2,5", escape="1", latency="40", by=" Q. Manager "
    )
    made.create_project()
    settle()
    found = get_set_limits(alone.current.project)
    assert (found.gap.tolerance, found.gap.decided_by, found.gap.confirmed) == (
        0.025, "Q. Manager", True,
    )  # fmt: skip
    assert found.gap.date == get_today()
    assert [(one.rate, one.limit) for one in found.rates] == [("escape_rate", 0.01)]
    assert found.latency.ms == 40.0


def test_no_limit_is_the_default_that_nobody_confirmed(asked, alone, settle):
    made, _, _ = asked
    made.create_project()
    settle()
    assert get_set_limits(alone.current.project) == SetLimits()
    assert not get_set_limits(alone.current.project).gap.confirmed


@pytest.mark.long
@pytest.mark.parametrize("typed", [{"gap": "three"}, {"escape": "101"}, {"latency": "0"}])
def test_what_is_no_limit_is_said_below_the_field_and_nothing_is_made(asked, alone, settle, typed):
    made, view, answers = asked
    answers["typed"] = replace(answers["typed"], **typed)
    made.create_project()
    settle()
    assert "Enter numbers" in view.told["show_errors"][-1]
    assert alone.current.project is None


def test_the_page_has_a_field_for_each_limit(look, shown):
    page = shown(new_project.WizardPage(look), 1100, 700)
    form = new_project.NewProjectForm("Line", "here", gap="3", escape="2", reject="5", by="QM")
    page.fill_form(form)
    assert page.get_form() == form
    page.show_errors(limit="Enter numbers.")
    errors = page.findChildren(ErrorLabel)
    assert [one.wrong for one in errors if one.wrong] == ["Enter numbers."]
    page.show_errors()
    assert not any(one.wrong for one in errors)


def test_a_limit_has_its_name_and_unit_above_it_while_it_is_typed(page):
    (gap, *_) = page.limits
    QTest.keyClicks(gap, "5")
    labels = [one.text() for one in page.findChildren(QLabel) if one.isVisible()]
    assert {"Gap limit, pp", "Escape limit,\u00a0%", "Latency limit, ms"} <= set(labels)
    assert gap.placeholderText() == "3 (default limit)"


def test_a_place_to_drop_stands_where_nothing_was_chosen_and_can_be_pressed(page):
    zones = page.findChildren(EntryButton)
    assert [one.isVisible() for one in zones] == [True, True]
    zones[0].click()
    (dialog,) = page.findChildren(FilePicker)
    assert dialog.mode == "files"
    dialog.reject()
    page.show_footage(["a.mp4"])
    page.show_model("net.onnx", "", "")
    assert [one.isVisible() for one in zones] == [False, False]


def test_each_button_has_a_key_that_no_field_takes(window, press):
    window.show_screen("project")
    press(Qt.Key.Key_N)
    page = window.get_shown_screen().view.wizard
    press(Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    (dialog,) = page.findChildren(FilePicker)
    assert dialog.mode == "file"
    dialog.reject()
    assert page.name.text() == ""
    for button in page.findChildren(KeyButton):
        if button.isVisible() and not page.strip.isAncestorOf(button) and button.get_label():
            key = button._key
            assert key.startswith("Alt+") or key == "Esc", button.get_label()


def test_classes_come_from_a_file(asked, alone, tmp_path):
    made, view, _ = asked
    (tmp_path / "classes.txt").write_text("ok\nscratch\n")
    made.load_classes(tmp_path / "classes.txt")
    assert view.told["show_typed_classes"] == (("ok", "scratch"),)
    made.load_classes(tmp_path / "none.txt")
    assert [one.key for one in alone.messages.banners] == [new_project.CLASS_FILE]
    made.load_classes(tmp_path / "classes.txt")
    assert alone.messages.banners == ()


@pytest.fixture
def typed_in(window, home, view, tmp_path):
    """Types a name into the form of a new project in a real window, and chooses files."""

    def type_and_choose(footage, model=None, folder="visits"):
        home.start_new_project()
        classes = "\n".join(makers.COLOURS)
        view.wizard.fill_form(
            new_project.NewProjectForm("Line 7", str(tmp_path / folder), "", classes)
        )
        home.new_project_presenter.choose_footage(footage)
        if model is not None:
            home.new_project_presenter.choose_model(model)
        return home

    return type_and_choose


def read_sources(window):
    recordings = window.current.project.read(recordings_table.list_recordings)
    return [recording.source for recording in recordings]


@pytest.mark.long
@pytest.mark.parametrize("look_after", [False, True])
def test_footage_comes_in_though_another_screen_is_shown_before_the_project_is_open(
    window, typed_in, material, settle, look_after
):
    typed_in([material / "night.avi"]).on_primary_action()
    window.show_screen("settings")
    if look_after:
        window.preferences.update(theme="dark")
    settle()
    assert read_sources(window) == ["night.avi"]
    assert new_project.KEPT not in window.session_values
    window.show_screen("project")
    settle()
    assert window.get_shown_screen().view.page == "overview"


@pytest.mark.long
@pytest.mark.parametrize("leaves", [True, False])
def test_a_model_that_lacks_a_card_is_asked_about_once_its_page_is_shown_again(
    window, typed_in, material, settle, tmp_path, leaves
):
    home = typed_in([material / "night.avi"], makers.tiny_model(tmp_path / "bare.onnx"))
    settle()
    home.on_primary_action()
    if leaves:
        window.show_screen("settings")
    else:
        window.preferences.update(theme="dark")
    settle()
    window.show_screen("project")
    settle()
    shown = window.get_shown_screen()
    assert shown.view.page == "card"
    assert shown.presenter.card_presenter._draft.path == tmp_path / "bare.onnx"
    assert len(shown.presenter.card_presenter._draft.pictures) > 0


@pytest.mark.long
def test_what_cannot_be_made_is_told_in_a_window_that_was_built_anew(
    window, typed_in, settle, tmp_path
):
    (tmp_path / "file").write_text("")
    home = typed_in([], folder="file/below")
    home.on_primary_action()
    window.preferences.update(theme="dark")
    settle()
    assert [banner.key for banner in window.messages.banners] == [new_project.KEPT]
    assert window.get_shown_screen().view.wizard.get_form().name == "Line 7"
