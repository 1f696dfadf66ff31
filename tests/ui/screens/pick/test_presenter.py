import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from fieldcheck.footage.clips_and_scene_cuts import (
    compute_clip_plan,
    list_sampling_lines,
    split_clip,
)
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.store import add_model
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import recordings as clips_table
from fieldcheck.sampling import messages
from fieldcheck.sampling.hardness import list_other_models
from fieldcheck.sampling.proposal import get_required_frames, load_proposal
from fieldcheck.ui.widgets.file_dialogs import FilePicker
from tests import makers
from tests.ui.faults import faults
from tests.ui.states import SMALL, rest
from tests.ui.visible import buttons_named

Role = Qt.ItemDataRole
Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def pick(window, made, tmp_path, open_in_window, settle, qtbot):
    """The Pick screen over a copy of a made project, or over a folder."""

    def go(which=None):
        if which is not None:
            path = (
                which
                if not isinstance(which, str)
                else shutil.copytree(made[which], tmp_path / f"{which}.fieldcheck")
            )
            open_in_window(path)
        window.show_screen("pick")
        settle()
        qtbot.wait(50)
        settle()
        return window.get_shown_screen()

    return go


def tiles_of(screen):
    return [
        screen.view.grid.tiles.get_tile(row) for row in range(screen.view.grid.tiles.rowCount())
    ]


def shown(screen):
    return [
        screen.view.grid.tiles.get_tile(row).frame_id
        for row in range(screen.view.grid.tiles.rowCount())
    ]


def head(window):
    return window._headers["pick"].heading


def test_without_a_project_or_frames_the_way_there_is_shown(window, pick):
    pick()
    assert head(window).primary == "Go to Project"
    assert buttons_named("Go to Project", window) == 1
    screen = pick("empty")
    assert head(window).primary == "Go to Capture"
    assert buttons_named("Go to Capture", window) == 1
    assert "No frames yet" in screen.view.placeholder.sentence


@pytest.mark.long
def test_frames_are_proposed_with_the_primary_action(window, pick, settle):
    screen = pick("footed")
    screen.view.set_count(30)
    assert head(window).primary == "Pick 30 frames"
    window.context.actions.get_action("primary").trigger()
    settle()
    assert len(shown(screen)) == 30
    assert head(window).primary == "Label 30 frames"
    assert head(window).hint.startswith("30 frames · ")
    assert window.messages.history[-1].text == "30 frames picked."


def test_picks_stand_in_time_order_with_their_pictures(window, pick, settle, qtbot):
    screen = pick("drawn")
    order = [line.frame.frame_id for line in window.current.project.read(list_sampling_lines)]
    assert shown(screen) == sorted(shown(screen), key=order.index)
    qtbot.waitUntil(lambda: screen.view.grid.tiles.has_picture(shown(screen)[0]))
    qtbot.waitUntil(lambda: screen.view.still.image.width() == 64)
    screen.view.grid.setCurrentIndex(screen.view.grid.tiles.index(3))
    settle()
    assert screen.view.title.text().startswith("#4 · ")
    assert screen.view.still.accessibleDescription().startswith("Frame 4, clip ")


@pytest.mark.long
def test_a_new_proposal_replaces_the_old_one_until_it_is_undone(window, pick, settle, press):
    screen = pick("drawn")
    before = shown(screen)
    press(Qt.Key.Key_T)
    assert screen.view.designs["even"].isChecked()
    press(Qt.Key.Key_D)
    settle()
    assert len(shown(screen)) == 20
    assert shown(screen) != before
    actual = [draw.design for draw in window.current.project.read(labels_table.list_current_draws)]
    assert actual == ["even"]
    message = window.messages.history[-1]
    assert message.text == "20 frames picked, replacing the previous picks."
    message.action()
    settle()
    assert shown(screen) == before
    expected = "Before the first label, picking again replaces the current picks."
    assert expected in screen.view.note.text()


@pytest.mark.long
def test_after_labels_a_proposal_adds_until_it_says_that_nothing_is_left(window, pick, settle):
    screen = pick("labelled")
    assert screen.view.propose.get_label() == "Pick more"
    assert "Labels exist" in screen.view.note.text()
    before = shown(screen)
    assert window.messages.banners == ()
    n_all = len(window.current.project.read(frames_table.list_frames))
    while len(before) < n_all:
        window.context.actions.get_action("pick.draw").trigger()
        settle()
        assert set(shown(screen)) > set(before)
        before = shown(screen)
    assert window.messages.banners == ()
    window.context.actions.get_action("pick.draw").trigger()
    settle()
    assert any(one.key == "pick.draw" for one in window.messages.banners)
    assert shown(screen) == before


@pytest.mark.long
def test_ways_of_choosing_go_round(pick, press):
    screen = pick("footed")
    seen = []
    for _ in range(4):
        press(Qt.Key.Key_T)
        seen.append(next(code for code, radio in screen.view.designs.items() if radio.isChecked()))
    assert seen == ["even", "light", "hard", "balanced"]
    screen.view.designs["light"].click()
    assert screen.view.designs["light"].isChecked()


@pytest.mark.long
def test_the_draw_that_stands_is_shown_again(window, pick, settle):
    screen = pick("footed")
    screen.view.set_count(12)
    screen.presenter.choose_design("even")
    screen.presenter.draw_frames()
    settle()
    window.preferences.update(theme="dark")
    settle()
    again = window.get_shown_screen().view
    assert again is not screen.view
    assert (again.count.value(), again.designs["even"].isChecked()) == (12, True)


@pytest.mark.long
def test_labelling_is_next(window, pick):
    pick("drawn")
    assert head(window).primary == "Label 20 frames"
    window.context.actions.get_action("primary").trigger()
    assert window.current_screen == ("label" if "label" in window.sidebar.items else "pick")


@pytest.fixture
def secretive(tmp_path):
    """A project whose model has class names that appear nowhere else, and picks drawn by its
    doubts."""
    names = ("ZZZ1", "ZZZ2", "ZZZ3")
    card = {**makers.COLOUR_CARD, "classes": list(names)}
    model = makers.colour_model(tmp_path / "zzz.onnx", card)
    path = tmp_path / "secret.fieldcheck"
    with makers.empty_project(path, model) as project:
        makers.add_footage(
            project,
            makers.video(tmp_path / "belt.avi", makers.cycle(120)),
            camera="left",
            conditions=("dark",),
        )
        makers.draw(project, 20)
    return path


@pytest.mark.long
def test_nothing_of_the_model_is_on_the_screen_while_blind(window, pick, settle, secretive):
    """A6 of ux.md: no answer, no sureness, no stratum, no reason that comes from the model, in any
    text, name, tooltip or model data."""
    screen = pick(secretive)
    reasons = {one.reason for one in window.current.project.read(labels_table.list_picks)}
    assert any("doubt" in reason or "flicker" in reason for reason in reasons)
    for row in range(screen.view.grid.tiles.rowCount()):
        screen.view.grid.setCurrentIndex(screen.view.grid.tiles.index(row))
        settle()
        found = " ".join(texts(window, screen.view))
        # the design and the clips, the same beside every frame
        for known in ("Hardest 20%: ", "expected 95% CI "):
            found = found.replace(known, "")
        for word in (
            "ZZZ", "unsure", "uncertain", "adjacent", "unstable", "answer", "rediction", "%",
            "hardness", "weight", "spread in time",
        ):  # fmt: skip
            assert word not in found


@pytest.mark.long
def test_order_and_words_of_a_frame_are_the_same_in_every_stratum(window, pick, secretive):
    """The same frames picked evenly are shown with the same words: nothing on a tile depends on how
    it was drawn."""
    screen = pick(secretive)
    before = {tile.frame_id: tile.description.split(", ", 1)[1] for tile in tiles_of(screen)}
    screen.view.set_count(200)
    screen.presenter.choose_design("even")
    screen.presenter.draw_frames()
    pick()
    after = {tile.frame_id: tile.description.split(", ", 1)[1] for tile in tiles_of(screen)}
    assert {name: after[name] for name in before} == before


def texts(window, view):
    """Everything that the screen says: texts, names, descriptions and tooltips of its widgets, the
    header, and the data of its models."""
    head = window._headers["pick"].heading
    yield from (head.title, head.hint, head.primary)
    for widget in [view, *view.findChildren(QWidget)]:
        yield from (
            widget.accessibleName(),
            widget.accessibleDescription(),
            widget.toolTip(),
            widget.statusTip(),
            widget.whatsThis(),
        )
        if hasattr(widget, "text"):
            yield widget.text()
        if isinstance(widget, QAbstractItemView):
            model = widget.model()
            for row in range(model.rowCount()):
                yield from (
                    str(model.data(model.index(row, 0), role))
                    for role in (*Role, Role.UserRole)
                    if role != Role.DecorationRole
                )


@pytest.mark.long
def test_the_grids_model_keeps_qts_rules(pick, settle):
    screen = pick("drawn")
    tester = QAbstractItemModelTester(
        screen.view.grid.tiles, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    screen.presenter.choose_design("even")
    screen.presenter.draw_frames()
    settle()
    assert tester.model() is screen.view.grid.tiles


@pytest.mark.long
def test_a_label_makes_the_next_proposal_add(window, pick, settle):
    screen = pick("drawn")
    name = shown(screen)[0]
    window.current.run_edit(
        None,
        lambda project: set_label(
            project, name, LabelDecision("red"), annotator="tester", now=makers.NOW
        ),
    )
    settle()
    assert screen.view.propose.get_label() == "Pick more"


@pytest.mark.long
def test_the_whole_list_of_a_project_without_picks_still_offers_to_propose(window, pick, settle):
    screen = pick("footed")
    screen.presenter.toggle_list()
    settle()
    assert shown(screen)
    assert head(window).primary == "Pick 100 frames"


@pytest.mark.long
def test_the_clips_so_far_stand_beside_the_numbers_of_the_draw(window, pick):
    screen = pick("drawn")
    plan = compute_clip_plan(window.current.project, len(shown(screen)))
    assert (
        f"{messages.describe_clip_plan(plan.clips, plan.wanted, plan.half_width)}."
        in screen.view.note.text()
    )


@pytest.fixture
def view(window, made, tmp_path, open_in_window, settle):
    open_in_window(shutil.copytree(made["drawn"], tmp_path / "drawn.fieldcheck"))
    window.show_screen("pick")
    settle()
    return window.get_shown_screen().view


@pytest.mark.long
def test_enter_opens_the_frame_arrows_go_on_and_escape_comes_back(view, press, settle, qtbot):
    press(Key.Key_Return)
    settle()
    assert view.is_large
    assert QApplication.focusWidget() is view.large
    qtbot.waitUntil(lambda: view.large.accessibleDescription().startswith("Frame 1, clip "))
    press(Key.Key_Right)
    settle()
    qtbot.waitUntil(lambda: view.large.accessibleDescription().startswith("Frame 2, clip "))
    press(Key.Key_Escape)
    assert not view.is_large
    assert QApplication.focusWidget() is view.grid
    assert view.grid.currentIndex().row() == 1


@pytest.mark.long
def test_z_shows_it_pixel_for_pixel_and_whole_again(view, press, settle):
    press(Key.Key_Z)
    settle()
    assert (view.is_large, view.large.true_pixels) == (True, True)
    press(Key.Key_Z)
    assert (view.is_large, view.large.true_pixels) == (True, False)
    press(Key.Key_Return)
    assert not view.is_large


@pytest.mark.long
def test_all_are_selected_marked_and_set_back_by_keys(view, window, press, settle):
    press(Key.Key_A, Mod.ControlModifier)
    assert view.grid.get_selected_subjects() == list(view.grid.tiles.frame_ids)
    press(Key.Key_F)
    settle()
    assert sum(
        mark.person for mark in window.current.project.read(labels_table.list_marks).values()
    ) == len(view.grid.tiles.frame_ids)
    press(Key.Key_U)
    settle()
    assert window.current.project.read(labels_table.list_marks) == {}


@pytest.mark.long
def test_shift_selects_a_range_and_p_includes_what_is_excluded(view, window, press, settle, qtbot):
    press(Key.Key_Right, Mod.ShiftModifier)
    assert len(view.grid.get_selected_subjects()) == 2
    press(Key.Key_X)
    qtbot.waitUntil(view.out_menu.isVisible)
    view.out_menu.actions()[0].trigger()
    view.out_menu.close()
    settle()
    out = {
        one.frame_id
        for one in window.current.project.read(labels_table.list_picks)
        if one.taken_out
    }
    assert len(out) == 2
    for name in out:
        view.grid.setCurrentIndex(view.grid.tiles.index(view.grid.tiles.find_row(name)))
        press(Key.Key_P)
        settle()
    assert not any(one.taken_out for one in window.current.project.read(labels_table.list_picks))


@pytest.mark.long
def test_a_border_dragged_on_the_timeline_is_an_act(view, window, settle):
    frame = window.current.project.read(list_sampling_lines)[60].frame
    window.current.run_edit(None, lambda project: split_clip(project, frame.frame_id))
    settle()
    first, second = window.current.project.read(clips_table.list_clips)
    view.timeline.moved.emit(second.clip_id, first.clip_id, 10.0)
    settle()
    actual = window.current.project.read(clips_table.list_clips)[1].start_s
    assert actual == pytest.approx(10.0, abs=0.5)
    window.context.actions.get_action("undo").trigger()
    settle()
    assert window.current.project.read(clips_table.list_clips) == (first, second)


@pytest.fixture
def excluding(window, open_in_window, settle, drawn, qtbot):
    path = drawn.path
    drawn.close()
    open_in_window(path)
    window.show_screen("pick")
    settle()
    window.focus_screen()
    return window.get_shown_screen()


def picks(window):
    return {one.frame_id: one for one in window.current.project.read(labels_table.list_picks)}


def grid_key(screen, key, modifier=Mod.NoModifier):
    QTest.keyClick(screen.view.grid, key, modifier)


def take_out(window, screen, settle, qtbot, reason=Key.Key_2):
    grid_key(screen, Key.Key_X)
    qtbot.waitUntil(screen.view.out_menu.isVisible)
    QTest.keyClick(screen.view.out_menu, reason)
    settle()


@pytest.mark.long
def test_a_frame_is_excluded_with_a_reason_and_replaced_by_keys(window, excluding, settle, qtbot):
    name = excluding.view.grid.get_current_subject()
    take_out(window, excluding, settle, qtbot)
    assert picks(window)[name].taken_out == "camera_fault"
    assert len([one for one in picks(window).values() if not one.taken_out]) == 20
    assert window._headers["pick"].heading.primary == "Label 20 frames"
    excluding.presenter.select_in_grid(name)
    grid_key(excluding, Key.Key_Space)
    settle()
    assert not picks(window)[name].taken_out
    QTest.keyClick(excluding.view.grid, Key.Key_Z, Mod.ControlModifier)
    settle()
    assert picks(window)[name].taken_out == "camera_fault"


@pytest.mark.long
def test_a_run_of_frames_is_marked_for_a_person_at_once(window, excluding, settle):
    grid_key(excluding, Key.Key_Right, Mod.ShiftModifier)
    grid_key(excluding, Key.Key_F)
    settle()
    assert (
        sum(mark.person for mark in window.current.project.read(labels_table.list_marks).values())
        == 2
    )
    grid_key(excluding, Key.Key_F)
    settle()
    assert window.current.project.read(labels_table.list_marks) == {}


@pytest.mark.long
def test_a_clip_is_cut_and_joined_at_the_frame_that_is_looked_at(window, excluding, settle):
    for _ in range(5):
        grid_key(excluding, Key.Key_Right)
    settle()
    grid_key(excluding, Key.Key_K)
    settle()
    assert len(window.current.project.read(clips_table.list_clips)) == 2
    assert len(excluding.view.timeline.list_clip_rects()) == 2
    grid_key(excluding, Key.Key_J)
    settle()
    assert len(window.current.project.read(clips_table.list_clips)) == 1


@pytest.mark.long
def test_in_the_whole_list_frames_are_asked_for_before_the_draw(window, excluding, settle):
    grid_key(excluding, Key.Key_L)
    settle()
    assert excluding.view.grid.tiles.rowCount() == 120
    grid_key(excluding, Key.Key_M)
    settle()
    asked = get_required_frames(window.current.project)
    assert len(asked) == 1
    excluding.presenter.draw_frames()
    settle()
    assert picks(window)[asked[0]].stratum == "must"
    grid_key(excluding, Key.Key_L)
    settle()
    assert excluding.view.grid.tiles.rowCount() <= 21


@pytest.mark.long
def test_larger_pictures_and_only_what_is_out(window, excluding, settle, qtbot):
    columns = excluding.view.grid.get_column_count()
    grid_key(excluding, Key.Key_Plus)
    assert excluding.view.grid.get_column_count() < columns
    grid_key(excluding, Key.Key_Minus)
    take_out(window, excluding, settle, qtbot, Key.Key_3)
    grid_key(excluding, Key.Key_V)
    grid_key(excluding, Key.Key_V)
    assert excluding.view.grid.tiles.rowCount() == 1


@pytest.fixture
def empty_pick(screen_of):
    """The Pick screen over twenty picks without labels."""
    return screen_of("drawn", "pick")


@pytest.fixture
def sheet(window, empty_pick, tmp_path):
    """A table with a class for each pick."""
    names = {row.frame_id for row in load_proposal(window.current.project).rows}
    path = tmp_path / "labels.csv"
    rows = [
        f"{line.frame.frame_id},red"
        for line in window.current.project.read(list_sampling_lines)
        if line.frame.frame_id in names
    ]
    path.write_text("\n".join(["file,class", *rows]))
    return path


def stored(window):
    return window.current.project.read(labels_table.list_labels)


@pytest.mark.long
def test_dropped_labels_are_one_act_that_can_be_undone(window, empty_pick, sheet, settle, qtbot):
    window.show_screen("project")
    settle()
    window.get_shown_screen().view.dropped.emit([sheet])
    qtbot.waitUntil(lambda: window.current_screen == "pick")
    settle()
    assert {label.class_name for label in stored(window)} == {"red"}
    assert len(stored(window)) == 20
    message = window.messages.history[-1]
    assert message.text == "20 labels imported. 20 of 20 images labelled (csv): red 20"
    assert empty_pick.view.propose.get_label() == "Pick more"
    message.action()
    settle()
    assert stored(window) == ()


@pytest.mark.long
def test_what_does_not_fit_is_refused_in_a_sentence(window, empty_pick, settle, tmp_path):
    wrong = tmp_path / "labels.csv"
    wrong.write_text("file,class\nnobody.png,red")
    empty_pick.presenter._label_import.import_labels(wrong)
    settle()
    assert stored(window) == ()
    assert [one.key for one in window.messages.banners] == ["pick.labels"]


@pytest.mark.long
def test_a_folder_is_asked_for_too(window, empty_pick):
    window.context.actions.get_action("pick.label_folder").trigger()
    dialog = empty_pick.view.findChild(FilePicker)
    assert dialog.mode == "folder"
    dialog.close()


@pytest.mark.long
def test_the_button_opens_a_menu_with_both(window, empty_pick, qtbot):
    assert empty_pick.view.labels_in.isEnabled()
    empty_pick.view.labels_in.click()
    qtbot.waitUntil(empty_pick.view.labels_menu.isVisible)
    expected = ["pick.label_file", "pick.label_folder"]
    assert [action.objectName() for action in empty_pick.view.labels_menu.actions()] == expected
    empty_pick.view.labels_menu.close()


def test_without_picks_there_is_nothing_to_label(window, screen_of):
    assert not screen_of("footed", "pick").view.labels_in.isEnabled()
    assert not window.context.actions.get_action("pick.label_file").isEnabled()


@pytest.mark.long
def test_frames_are_drawn_against_the_model_that_is_chosen(
    pick, window, made, tmp_path, settle, qtbot
):
    path = shutil.copytree(made["footed"], tmp_path / "two.fieldcheck")
    with open_project(path) as project:
        other = makers.colour_model(tmp_path / "other.onnx", order=(2, 1, 0))
        add_model(project, other, None, makers.LATER)
        assert list_other_models(project) == ("net",)
    screen = pick(path)
    assert screen.view.against.isVisible()
    window.context.actions.get_action("pick.against").trigger()
    assert screen.view.against.chosen_code == "net"
    window.context.actions.get_action("pick.draw").trigger()
    settle()
    qtbot.waitUntil(lambda: bool(screen.presenter.state.rows))
    project = window.context.current.project
    picks = project.read(labels_table.list_picks)
    assert any(one.reason.startswith("differ") for one in picks)
    screen.presenter.choose_design("even")
    assert not screen.view.against.isVisible()


def test_a_single_model_offers_no_comparison(pick):
    assert not pick("footed").view.against.isVisible()


@pytest.mark.long
def test_the_choice_of_a_model_is_whole_in_the_smallest_window(
    pick, window, made, tmp_path, settle
):
    path = shutil.copytree(made["drawn"], tmp_path / "two.fieldcheck")
    with open_project(path) as project:
        name = "a-model-with-a-long-name.onnx"
        other = makers.colour_model(tmp_path / name, order=(2, 1, 0))
        add_model(project, other, None, makers.LATER)
    window.preferences.update(language="xx")
    window.resize(SMALL)
    screen = pick(path)
    rest(window, settle)
    assert screen.view.against.isVisible()
    assert faults(window) == []
