import shutil

import pytest

from fieldcheck.domain.model_card import Layer, Training
from fieldcheck.errors.files import DiskFull
from fieldcheck.footage.frame_listing import count_parts, get_part_rule
from fieldcheck.models import benchmark
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.models.store import find_model, get_ok_classes
from fieldcheck.models.training_info import store_training
from fieldcheck.project import limits
from fieldcheck.project.limits import (
    GapLimits,
    Site,
    get_acceptance_terms,
    get_gap_limits,
    get_site,
)
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables.models import get_benchmark
from fieldcheck.ui.screens.home import overview_presenter
from fieldcheck.ui.screens.home.overview_page import OverviewPage
from tests import makers


class Card:
    """A card that can be edited, without a widget."""

    def __init__(self, fake):
        self.editing, self.seen = False, fake()

    def start_editing(self, *said):
        self.editing, self.began = True, said

    def end_editing(self):
        self.editing = False

    def __getattr__(self, name):
        return getattr(self.__dict__["seen"], name)


@pytest.fixture
def cards(alone, fake):
    named = {name: Card(fake) for name in ("site", "limits", "benchmark", "acceptance", "parts")}
    view = fake(**named, model=fake())
    return overview_presenter.OverviewPresenter(alone, view, lambda: None), view


@pytest.fixture
def opened(cards, labelled, open_in_window, settle):
    labelled.close()
    open_in_window(labelled.path)
    made, view = cards
    made.enter()
    settle()
    return made, view


def test_the_four_cards_say_what_stands(opened):
    _, view = opened
    assert view.site.seen.told["show_site"][0] == "Hall 3"
    assert view.limits.seen.told["show_limits"] == (
        "3 pp, default limit, not confirmed",
        "",
        "",
        False,
    )
    assert view.model.told["show_model"][0].startswith("net.onnx")
    assert view.model.told["show_classes"] == (makers.COLOURS,)
    score, source, claimed = view.benchmark.seen.told["show_benchmark"]
    assert (score[0], score[1]) == ("94.4%", "correct: 17 of 18")
    assert source.endswith("clean")
    assert claimed == "✓ 95.0%: reproduced"


@pytest.mark.long
def test_site_and_light_are_one_act_that_undo_takes_back(opened, alone, settle):
    made, view = opened
    made.edit_site()
    assert view.site.began[0]["site"] == "Hall 3"
    made.save_site(view.site.began[0] | {"site": "Werk 2", "conditions": ("dark",)})
    settle()
    project = alone.current.project
    assert not view.site.editing
    assert get_site(project) == Site("Werk 2", conditions=("dark",))
    alone.current.undo(None).on_failure(alone.messages.show_error)
    settle()
    assert get_site(project) == Site("Hall 3")


@pytest.mark.long
def test_the_acceptance_is_filled_in_as_one_act_and_a_number_must_be_one(opened, alone, settle):
    made, view = opened
    made.edit_acceptance()
    (values,) = view.acceptance.began
    assert set(values.values()) == {""}
    entered = values | {"camera": "GigE 5 MP", "planned_parts": "60", "planned_shifts": "1.5"}
    made.save_acceptance(entered)
    assert view.acceptance.seen.told["show_error"] == (
        "planned_shifts", "Enter a whole number from 1."
    )  # fmt: skip
    assert view.acceptance.editing
    made.save_acceptance(entered | {"planned_shifts": " 20 "})
    settle()
    terms = get_acceptance_terms(alone.current.project)
    assert not view.acceptance.editing
    assert (terms.camera, terms.planned_parts, terms.planned_shifts) == ("GigE 5 MP", 60, 20)
    made.enter()
    settle()
    made.edit_acceptance()
    assert view.acceptance.began[0]["planned_shifts"] == "20"
    made.save_acceptance(view.acceptance.began[0] | {"camera": ""})
    settle()
    assert get_acceptance_terms(alone.current.project).camera == ""
    alone.current.undo(None).on_failure(alone.messages.show_error)
    settle()
    assert get_acceptance_terms(alone.current.project).camera == "GigE 5 MP"


@pytest.mark.long
def test_limits_are_typed_in_points_and_a_wrong_figure_stays_in_the_field(opened, alone, settle):
    made, view = opened
    made.edit_limits()
    assert view.limits.began == ("3", "", makers.COLOURS, ())
    made.save_limits("three", "Quality", ())
    assert "0 to 100" in view.limits.seen.told["show_error"][0]
    assert view.limits.editing
    made.save_limits("2,5", "Quality", ())
    settle()
    assert get_gap_limits(alone.current.project) == GapLimits(0.025, "Quality")
    # nobody was asked, so nobody has said that none is
    assert get_ok_classes(alone.current.project) == ((), False)


@pytest.mark.long
def test_ticked_classes_are_ok_and_undo_takes_them_back(opened, alone, settle):
    made, view = opened
    before = alone.current.undo_depth
    made.save_limits("3", "", ("green",))
    settle()
    assert get_ok_classes(alone.current.project) == (("green",), True)
    made.enter()
    settle()
    assert view.limits.seen.told["show_limits"] == (
        "3 pp, default limit, not confirmed",
        "",
        "green",
        False,
    )
    alone.current.undo(None).on_failure(alone.messages.show_error)
    settle()
    assert get_ok_classes(alone.current.project) == ((), False)
    assert alone.current.undo_depth == before  # the gap was not touched


@pytest.fixture
def proposing(cards, open_in_window, settle, tmp_path):
    """A project whose class names say which part is good."""
    wanted = NewProjectRequest(classes=("good", "scratch"))
    set_up_project(tmp_path / "p.fieldcheck", wanted, makers.NOW).project.close()
    open_in_window(tmp_path / "p.fieldcheck")
    made, view = cards
    made.enter()
    settle()
    return made, view


@pytest.mark.long
def test_proposed_classes_are_asked_about_until_somebody_confirms_them(proposing, alone, settle):
    made, view = proposing
    assert view.limits.seen.told["show_limits"] == (
        "3 pp, default limit, not confirmed",
        "",
        "proposed: good",
        True,
    )
    made.accept_ok_classes()
    settle()
    made.enter()
    settle()
    assert view.limits.seen.told["show_limits"] == (
        "3 pp, default limit, not confirmed",
        "",
        "good",
        False,
    )
    assert get_ok_classes(alone.current.project) == (("good",), True)
    made.accept_ok_classes()
    settle()
    assert alone.current.undo_depth == 1  # asked once
    alone.current.undo(None).on_failure(alone.messages.show_error)
    settle()
    assert get_ok_classes(alone.current.project) == (("good",), False)


def test_proposed_classes_that_are_unticked_are_not_proposed_again(proposing, alone, settle):
    made, view = proposing
    made.edit_limits()
    made.accept_ok_classes()  # not while the card is edited
    made.save_limits("3", "", ())
    settle()
    made.enter()
    settle()
    assert get_ok_classes(alone.current.project) == ((), True)
    assert view.limits.seen.told["show_limits"] == (
        "3 pp, default limit, not confirmed",
        "",
        "none",
        False,
    )


def test_one_card_is_edited_at_a_time_and_escape_leaves_it_as_it_was(opened, alone, settle):
    made, view = opened
    made.edit_site()
    made.edit_limits()
    assert not view.limits.editing
    assert made.cancel()
    assert not made.cancel()
    settle()
    assert get_site(alone.current.project) == Site("Hall 3")


@pytest.mark.long
def test_a_model_is_replaced_or_the_card_says_why_not(opened, alone, material, settle, tmp_path):
    made, view = opened
    made.set_model(material / "box.onnx")
    settle()
    assert view.model.told["show_error"][0]
    other = makers.colour_model(tmp_path / "v2.onnx", order=(1, 0, 2))
    made.set_model(other)
    settle()
    made.enter()
    settle()
    assert view.model.told["show_model"][0].startswith("v2.onnx")


@pytest.mark.long
def test_a_predictions_file_is_a_model_and_says_what_it_leaves_out(opened, alone, settle, tmp_path):
    made, view = opened
    wrong, file = tmp_path / "wrong.csv", tmp_path / "elsewhere.csv"
    wrong.write_text("id,class\nnobody,red\n")
    made.set_model(wrong)
    settle()
    assert "neither frames nor benchmark images" in view.model.told["show_error"][0]
    item = alone.current.project.read(get_benchmark).items[0].path
    file.write_text(f"id,class\n{item},red\n")
    made.set_model(file)
    settle()
    (banner,) = alone.messages.banners
    assert "benchmark images have no prediction in the file" in banner.text
    made.enter()
    settle()
    name, card, steps = view.model.told["show_model"]
    assert name.startswith("elsewhere.csv")
    assert "predictions from a file" in card
    assert steps == ("predictions from a file; no inference here",)


@pytest.mark.long
def test_a_benchmark_is_named_or_its_reason_stands_on_the_card(opened, alone, settle, tmp_path):
    made, view = opened
    made.set_benchmark(tmp_path / "none")
    settle()
    assert "none" in view.benchmark.seen.told["show_error"][0]
    made.set_benchmark(makers.benchmark_folder(tmp_path / "other", each=2))
    settle()
    made.enter()
    settle()
    score, _, claimed = view.benchmark.seen.told["show_benchmark"]
    assert (score[2], claimed) == ("6 images", "no reference score stated")


@pytest.mark.long
def test_what_of_a_benchmark_did_not_come_in_stands_in_a_banner(opened, alone, settle, tmp_path):
    made, _ = opened
    made.set_benchmark(makers.benchmark_folder(tmp_path / "whole", each=2))
    settle()
    assert alone.messages.banners == ()
    expected = "6 of 6 images labelled (imagefolder): blue 2, green 2, red 2"
    assert alone.messages.history[-1].text == expected
    torn = makers.benchmark_folder(tmp_path / "torn", each=2)
    next((torn / "red").iterdir()).write_bytes(b"no picture")
    made.set_benchmark(torn)
    settle()
    (banner,) = alone.messages.banners
    assert "1 damaged image skipped: red/" in banner.text


@pytest.mark.long
def test_what_fails_after_the_page_was_left_is_a_banner(opened, alone, settle, tmp_path):
    made, _ = opened
    made.set_model(tmp_path / "none.onnx")
    made.set_benchmark(tmp_path / "none")
    made.leave()
    settle()
    assert {one.key for one in alone.messages.banners} == {"home.model", "home.benchmark"}


def test_a_bare_project_says_that_everything_is_to_come(cards, open_in_window, settle, tmp_path):
    makers.empty_project(tmp_path / "p.fieldcheck").close()
    open_in_window(tmp_path / "p.fieldcheck")
    made, view = cards
    made.on_project_opened()
    made.enter()
    settle()
    assert view.model.told["show_model"] == ("", "", ())
    assert view.benchmark.seen.told["show_benchmark"][1] == ""
    made.prompt_for_model()
    made.prompt_for_benchmark()
    assert {"prompt_for_model", "prompt_for_benchmark"} <= set(view.told)


def test_a_frame_is_shown_as_the_model_sees_it(cards, made_boxed, open_in_window, settle, tmp_path):
    open_in_window(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck"))
    made, view = cards
    made.enter()
    settle()
    pair, said = view.model.told["show_input"]
    assert (pair.seen.shape, pair.crop) == ((32, 32, 3), (0, 0, 64, 48))
    assert "Of 2 labelled objects: none cut by the crop; 33% of the pixels remain." in said


def test_without_a_model_no_frame_is_shown(cards, open_in_window, settle, tmp_path):
    makers.empty_project(tmp_path / "p.fieldcheck").close()
    open_in_window(tmp_path / "p.fieldcheck")
    made, view = cards
    made.enter()
    settle()
    assert view.model.told["show_input"] == (None, "")


@pytest.mark.long
def test_a_claim_is_edited_on_the_card_and_checked_at_once(opened, settle):
    made, view = opened
    made.edit_claim()
    assert view.benchmark.began == (
        "95", "accuracy", (("accuracy", "accuracy"), ("balanced_accuracy", "balanced accuracy")),
    )  # fmt: skip
    made.save_claim("a lot", "accuracy")
    assert "97.1" in view.benchmark.seen.told["show_claim_error"][0]
    made.save_claim("50%", "accuracy")
    settle()
    made.enter()
    settle()
    assert view.benchmark.seen.told["show_benchmark"][2].startswith("▲ 50.0%: not reproduced")
    made.save_claim(" ", "accuracy")
    settle()
    made.enter()
    settle()
    assert view.benchmark.seen.told["show_benchmark"][2] == "no reference score stated"


@pytest.mark.long
def test_a_claim_is_stated_in_its_metric_and_keeps_it_when_it_is_edited_again(opened, settle):
    made, view = opened
    made.save_claim("40", "balanced_accuracy")
    settle()
    made.enter()
    settle()
    expected = "▲ 40.0% (balanced accuracy): not reproduced"
    assert view.benchmark.seen.told["show_benchmark"][2].startswith(expected)
    made.edit_claim()
    assert view.benchmark.began[:2] == ("40", "balanced_accuracy")


@pytest.mark.long
def test_the_doctor_looks_at_the_model_and_his_findings_stand_on_its_card(opened, settle):
    made, view = opened
    assert made.has_model
    made.run_model_check()
    settle()
    first, findings, checks = view.model.told["show_findings"]
    assert all(one.startswith(("✓ ", "– ")) for one in checks)
    assert first == "net: no problem found (checked with 18 labelled frames)."
    assert findings == ()
    made.on_project_opened()
    assert view.model.told["show_findings"] == ("", ())


@pytest.mark.long
def test_how_the_model_was_trained_is_shown_with_the_first_line_of_its_notes(opened, alone, settle):
    made, view = opened
    assert view.model.told["show_training"] == ((),)
    project = alone.current.project
    told = Training("base.onnx", (Layer("conv1", True, True),), "seed 7\nblur 30%")
    store_training(project, find_model(project), told, makers.NOW)
    made.enter()
    settle()
    (lines,) = view.model.told["show_training"]
    assert lines[0] == "1 of 1 layer is bit-identical to base.onnx."
    assert lines[-1] == "Notes: seed 7"


def members(protocol):
    return [name for name in vars(protocol) if not name.startswith("_")]


@pytest.mark.long
@pytest.mark.parametrize(("card", "protocol"), [
    ("", overview_presenter.OverviewDisplay),
    ("site", overview_presenter.SiteDisplay),
    ("limits", overview_presenter.LimitsDisplay),
    ("model", overview_presenter.ModelDisplay),
    ("benchmark", overview_presenter.BenchmarkDisplay),
])  # fmt: skip
def test_page_and_cards_have_what_the_presenter_asks_of_them(look, window, qtbot, card, protocol):
    page = OverviewPage(look, window.context.actions)
    qtbot.addWidget(page)
    shown = getattr(page, card) if card else page
    assert members(protocol)
    assert [name for name in members(protocol) if not hasattr(shown, name)] == []


@pytest.mark.long
def test_parts_are_set_by_a_pattern_with_a_look_at_how_many_there_are(opened, alone, settle):
    made, view = opened
    made.edit_parts()
    settle()
    assert view.parts.began == ("",)
    made.preview_parts("{nothing}", None)
    settle()
    assert "is not a pattern for parts" in view.parts.seen.told["show_error"][0]
    made.preview_parts("", None)
    settle()
    expected = "Frames carry no part: rates count frames."
    assert view.parts.seen.told["show_preview"] == (expected,)
    project = alone.current.project
    name = project.read(frames_table.list_frames)[0].source
    pattern = r"(?P<part>" + name.rpartition("/")[2].split(".")[0][:1] + ")"
    made.preview_parts(pattern, None)
    settle()
    assert view.parts.seen.told["show_preview"][0].startswith("1 part in 120 frames (file name")
    made.save_parts(pattern, None)
    settle()
    assert not view.parts.editing
    assert get_part_rule(project).definition == pattern
    assert count_parts(project).n_parts == 1
    made.edit_parts()
    settle()
    assert view.parts.began == (pattern,)
    made.save_parts("", None)
    settle()
    assert get_part_rule(project) is None


def test_parts_are_set_by_a_list_and_a_wrong_list_says_why(opened, alone, settle, tmp_path):
    made, view = opened
    project = alone.current.project
    frames = project.read(frames_table.list_frames)
    good, bad = tmp_path / "parts.csv", tmp_path / "bad.csv"
    rows = [f"{frame.frame_id}.png,{number // 4}" for number, frame in enumerate(frames)]
    good.write_text("\n".join(["file,part", *rows]), encoding="utf-8")
    bad.write_text("name,piece\na,b\n", encoding="utf-8")
    made.edit_parts()
    settle()
    made.save_parts("", bad)
    settle()
    assert view.parts.editing
    assert "bad.csv" in view.parts.seen.told["show_error"][0]
    made.preview_parts("", good)
    settle()
    assert view.parts.seen.told["show_preview"][0].startswith("30 parts in 120 frames (list parts")
    made.save_parts("", good)
    settle()
    assert count_parts(project).n_parts == 30


CARDS = {
    "site": ({"site": "Werk 2", "line": "4", "who": "M.", "note": "Lamp", "conditions": ["dark"]},),
    "limits": ("2,5", "Quality", ["green"]),
    "acceptance": ({"camera": "GigE 5 MP", "planned_parts": "sixty"},),
    "parts": ("{part}_*.png", None),
    "benchmark": ("91", "balanced_accuracy"),
}


def type_into(page, name):
    """Fills the fields of the card that is being edited."""
    card = getattr(page, name)
    if name in ("site", "acceptance"):
        for code, text in CARDS[name][0].items():
            if code != "conditions":
                card.fields[code].setText(text)
    if name == "site":
        card.chips["dark"].click()
    elif name == "limits":
        card.tolerance.setText("2,5")
        card.decided_by.setText("Quality")
        card.chips["green"].click()
    elif name == "parts":
        card.pattern.setText("{part}_*.png")
    elif name == "benchmark":
        card.claimed.setText("91")
        card.stated_in.select_code("balanced_accuracy")
    return card


@pytest.fixture
def project_page(window, home, labelled, open_in_window, settle):
    """The page of a project in a real window; called, it shows the page that is there now."""
    labelled.close()
    open_in_window(labelled.path)
    settle()
    return lambda: window.get_shown_screen()


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("site", "edit_site"),
        ("limits", "edit_limits"),
        ("acceptance", "edit_acceptance"),
        ("parts", "edit_parts"),
        ("benchmark", "edit_claim"),
    ],
)
def test_what_is_typed_into_a_card_survives_another_size_of_the_window(
    window, project_page, settle, name, edit
):
    before = project_page()
    getattr(before.presenter.overview_presenter, edit)()
    settle()
    card = type_into(before.view.overview, name)
    typed = card.get_entered()
    window.preferences.update(size=120)
    settle()
    after = project_page()
    again = getattr(after.view.overview, name)
    assert after.presenter is not before.presenter
    assert again.editing
    assert again.get_entered() == typed
    assert overview_presenter.KEPT not in window.session_values
    after.presenter.escape()
    window.preferences.update(size=100)
    settle()
    assert not getattr(project_page().view.overview, name).editing


@pytest.mark.long
def test_the_field_that_had_the_keys_has_them_again_and_nothing_in_it_is_selected(
    window, project_page, settle
):
    page = project_page()
    page.presenter.overview_presenter.edit_site()
    page.view.overview.site.fields["note"].setFocus()
    page.view.overview.site.fields["note"].setText("Lamp off")
    window.preferences.update(theme="dark")
    settle()
    site = project_page().view.overview.site
    assert site.fields["note"].hasFocus()
    assert site.fields["note"].text() == "Lamp off"
    assert not any(field.hasSelectedText() for field in site.fields.values())


@pytest.mark.long
def test_what_was_typed_for_one_project_is_not_shown_in_another(
    window, project_page, settle, open_in_window, tmp_path
):
    project_page().presenter.overview_presenter.edit_site()
    project_page().view.overview.site.fields["site"].setText("Werk 2")
    window.show_screen("settings")
    assert "Werk 2" in window.session_values[overview_presenter.KEPT]
    makers.empty_project(tmp_path / "other.fieldcheck").close()
    open_in_window(tmp_path / "other.fieldcheck")
    window.show_screen("project")
    settle()
    assert not project_page().view.overview.site.editing
    assert overview_presenter.KEPT not in window.session_values


def refuse(project, *_said, **_named):
    raise DiskFull(project.path)


@pytest.mark.long
@pytest.mark.parametrize(("name", "edit", "module", "act"), [
    ("site", "edit_site", limits, "set_site"),
    ("limits", "edit_limits", limits, "set_limits"),
    ("acceptance", "edit_acceptance", limits, "set_acceptance_terms"),
    ("benchmark", "edit_claim", benchmark, "set_claim"),
])  # fmt: skip
def test_what_is_typed_stays_in_its_fields_while_the_disk_is_full(
    window, project_page, settle, monkeypatch, name, edit, module, act
):
    page = project_page()
    getattr(page.presenter.overview_presenter, edit)()
    card = type_into(page.view.overview, name)
    if name == "acceptance":
        card.fields["planned_parts"].setText("60")
    typed = card.get_entered()
    with monkeypatch.context() as full:
        full.setattr(module, act, refuse)
        card.saved.emit(*typed)
        settle()
    assert card.editing
    assert card.get_entered() == typed
    card.saved.emit(*typed)
    settle()
    assert not card.editing


@pytest.mark.long
def test_enter_that_is_held_down_saves_once(window, project_page, settle):
    page, depth = project_page(), window.current.undo_depth
    page.presenter.overview_presenter.edit_site()
    card = type_into(page.view.overview, "site")
    card.saved.emit(*card.get_entered())
    card.saved.emit(*card.get_entered())
    settle()
    assert window.current.undo_depth == depth + 1


@pytest.mark.long
@pytest.mark.parametrize(("name", "edit"), [("limits", "edit_limits"), ("parts", "edit_parts")])
def test_what_a_pin_guards_stays_in_its_fields(window, project_page, settle, name, edit):
    page, project = project_page(), window.current.project
    limits.set_admin_pin(project, "4711", makers.NOW)
    project.admin = False
    getattr(page.presenter.overview_presenter, edit)()
    settle()
    card = type_into(page.view.overview, name)
    typed = card.get_entered()
    card.saved.emit(*typed)
    settle()
    assert len(window.messages.banners) == 1
    assert card.editing
    assert card.get_entered() == typed
