import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QWidget

from fieldcheck.analyses.failures import list_saved_slices
from fieldcheck.domain.items import Filter
from fieldcheck.labels.formats.registry import read_labels
from fieldcheck.labels.label_error_review import list_label_reviews
from fieldcheck.labels.store import LabelDecision, mark_person, set_label
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.ui.screens.explore.gallery_view import find_preset
from tests import makers

# The grid of frames in the real window: filters, orders, tags, slices, frames alike and files.


@pytest.fixture
def frames(explore, folder, do):
    screen = explore(folder("labelled"))
    do("frames")
    screen.presenter.frames.choose_preset("all")
    return screen


def shown(screen):
    return list(screen.view.frames.grid.tiles.frame_ids)


@pytest.mark.long
def test_it_opens_on_the_errors_and_keeps_what_was_chosen_since(explore, folder, do, window):
    screen = explore(folder("labelled"))
    do("frames")
    assert find_preset(screen.presenter.frames.wanted) == "errors"
    assert len(shown(screen)) == len(list_label_reviews(window.current.project, "field").rows)
    screen.presenter.frames.choose_preset("all")
    window.show_screen("report")
    explore()
    do("frames")
    assert find_preset(screen.presenter.frames.wanted) == "all"


@pytest.mark.long
def test_without_an_error_it_opens_on_all_frames(explore, folder, do):
    screen = explore(folder("drawn"))
    do("frames")
    assert find_preset(screen.presenter.frames.wanted) == "all"
    assert len(shown(screen)) == len(screen.presenter.shelf.items) > 0


@pytest.mark.long
def test_everything_is_shown_and_the_model_behind_the_grid_is_sound(frames):
    assert len(shown(frames)) == 138
    QAbstractItemModelTester(
        frames.view.frames.grid.tiles, QAbstractItemModelTester.FailureReportingMode.Warning
    )
    assert frames.view.frames.bar.count.text() == "138 frames"


@pytest.mark.long
def test_chips_narrow_the_grid_and_escape_takes_them_away(frames, window, settle):
    bar = frames.view.frames.bar
    bar.filter_added.emit("set", "benchmark")
    bar.filter_added.emit("class", "red")
    assert len(shown(frames)) == 6
    expected = ["Labelled as: red ✕", "Dataset: benchmark ✕"]
    assert [chip.get_label() for chip in bar._shown] == expected
    bar._shown[0].click()
    assert len(shown(frames)) == 18
    assert frames.presenter.escape()
    assert len(shown(frames)) == 138
    assert frames.presenter.escape()
    assert frames.presenter.session.mode == "gap"
    assert not frames.presenter.escape()


@pytest.mark.long
def test_the_wrong_ones_come_surest_first_by_one_key(frames, window, press, settle):
    press(Qt.Key.Key_W)
    settle()
    items, rows = frames.presenter.shelf.items, frames.presenter.frames.rows
    sure = items.figures["confidence"][rows]
    assert len(rows) == len(list_label_reviews(window.current.project, "field").rows)
    assert (np.diff(sure) <= 0).all()


@pytest.mark.long
def test_the_lists_are_reached_and_used_by_keys(frames, window, press, settle):
    press(Qt.Key.Key_F)
    bar = frames.view.frames.bar
    assert QApplication.focusWidget() is bar.facet
    bar.facet.setCurrentIndex(bar.facet.findData("class"))
    expected = ["blue", "green", "red"]
    assert [bar.value.itemData(at) for at in range(1, bar.value.count())] == expected
    bar.value.setFocus()
    bar.value.setCurrentIndex(1)
    bar.value.activated.emit(1)
    assert frames.presenter.frames.wanted == Filter().with_values("class", "blue")
    bar.facet.setCurrentIndex(bar.facet.findData("confidence"))
    expected = ["0.00 to 0.60", "0.60 to 0.90", "0.90 to 1.00"]
    assert [bar.value.itemText(at) for at in range(1, 4)] == expected


@pytest.mark.long
def test_tags_are_set_on_what_is_selected_and_can_be_undone(frames, window, press, settle, do):
    grid = frames.view.frames.grid
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert len(grid.get_selected_subjects()) == 2
    do("tag")
    assert QApplication.focusWidget() is frames.view.frames.side.tags
    QTest.keyClicks(frames.view.frames.side.tags, "oily, belt")
    QTest.keyClick(frames.view.frames.side.tags, Qt.Key.Key_Return)
    settle()
    expected = [("belt", "oily")] * 2
    assert sorted(window.current.project.read(labels_table.list_tags).values()) == expected
    assert window.messages.history[-1].text == "Tags of 2 frames are set."
    window.context.actions.get_action("undo").trigger()
    settle()
    assert window.current.project.read(labels_table.list_tags) == {}


@pytest.mark.long
def test_a_filter_becomes_a_slice_and_is_found_again(frames, window, settle, do):
    frames.view.frames.bar.filter_added.emit("class", "red")
    do("save")
    name = frames.view.frames.bar.name
    assert QApplication.focusWidget() is name
    QTest.keyClicks(name, "all red")
    QTest.keyClick(name, Qt.Key.Key_Return)
    settle()
    assert [one.name for one in list_saved_slices(window.current.project)] == ["all red"]
    frames.presenter.escape()
    frames.view.frames.bar.filter_added.emit("slice", "all red")
    assert frames.presenter.frames.wanted == Filter().with_values("class", "red")
    do("delete_slice")
    assert list_saved_slices(window.current.project) == ()


@pytest.mark.long
def test_frames_alike_and_the_nearest_benchmark_image_are_side_by_side(frames, window, settle, do):
    grid = frames.view.frames.grid
    first = grid.get_current_subject()
    do("alike")
    assert shown(frames)[0] == first
    assert len(shown(frames)) == 101
    side = frames.view.frames.side
    settle()
    assert not side.other.isHidden()
    assert side.under.text().startswith("Benchmark, nearest: ")
    do("compare")
    assert side.other.isHidden()
    do("compare")
    assert not side.other.isHidden()


def test_a_preset_is_one_press_and_stands_beside_other_filters(frames):
    bar = frames.view.frames.bar
    n = {code: int(chip.get_label().split()[-1]) for code, chip in bar.presets.items()}
    assert n["all"] == 138
    bar.presets["errors"].click()
    assert len(shown(frames)) == n["errors"]
    bar.filter_added.emit("class", "red")
    assert [chip.get_label() for chip in bar._shown] == ["Labelled as: red ✕"]
    assert bar.presets["errors"].isChecked()
    bar.presets["correct"].click()
    assert frames.presenter.frames.wanted.get_values("class") == ("red",)
    bar.presets["all"].click()
    assert len(shown(frames)) == 138


@pytest.mark.long
def test_what_is_shown_becomes_a_folder_that_is_read_again(frames, window, settle, tmp_path):
    frames.view.frames.bar.filter_added.emit("set", "field")
    presenter = frames.presenter.frames
    (tmp_path / "out").mkdir()
    presenter.export_to(tmp_path / "out", presenter.list_shown_subjects())
    settle()
    found = read_labels(tmp_path / "out" / "slice")
    labels = window.current.project.read(labels_table.list_labels)
    actual = sorted(item.class_name for item in found.items)
    assert actual == sorted(one.class_name for one in labels)
    assert window.messages.history[-1].text.startswith("20 images are in ")


@pytest.mark.long
def test_its_own_key_exports_frames_with_a_person(frames, window, settle, tmp_path, monkeypatch):
    project = window.current.project
    name = project.read(labels_table.list_labels)[0].frame_id
    mark_person(project, [name], marked=True, annotator="tester")
    chosen = iter([tmp_path / "without", tmp_path / "with"])
    monkeypatch.setattr(
        "fieldcheck.ui.screens.explore.gallery_view.choose_folder",
        lambda _parent, _title, then, **_kinds: then(next(chosen)),
    )
    frames.view.frames.bar.filter_added.emit("set", "field")
    for key, n in (("E", 19), ("Shift+E", 20)):
        QTest.keySequence(frames.view.frames.grid, QKeySequence(key))
        settle()
        said = window.messages.history[-1].text
        assert said.startswith(f"{n} images are in ")
        actual = "1 frame with a marked person was left out (Explore, Shift+E)." in said
        assert actual == (n == 19)
    actual = [len(read_labels(tmp_path / one / "slice").items) for one in ("without", "with")]
    assert actual == [19, 20]


@pytest.mark.long
def test_while_picks_wait_no_answer_of_the_model_is_in_any_text(explore, folder, do, settle):
    path = folder("drawn")
    with open_project(path) as project:
        run_and_score(project, None, "all", NullProgress(), makers.NOW)
        first = next(iter(makers.label_all(project)))
        project.edit("label.clear", deletes=[labels_table.make_label_key(first)])
    screen = explore(path)
    do("frames")
    screen.presenter.frames.choose_preset("all")
    screen.view.frames.bar.filter_added.emit("set", "footage")
    grid = screen.view.frames.grid
    said = [
        grid.tiles.data(grid.tiles.index(row), Qt.ItemDataRole.ToolTipRole)
        for row in range(grid.tiles.rowCount())
    ]
    assert said
    assert not any(f"Prediction: {colour}" in one for one in said for colour in makers.COLOURS)
    widgets = screen.view.frames.findChildren(QWidget)
    everything = " ".join(widget.accessibleName() for widget in widgets)
    assert "confidence 0." not in everything
    assert "no label yet. Until " in screen.view.frames.note.text()


@pytest.mark.long
def test_a_label_that_comes_changes_the_grid_when_it_is_looked_at_again(frames, window, settle):
    name = window.current.project.read(labels_table.list_labels)[0].frame_id
    window.current.run_edit(
        None,
        lambda project: set_label(
            project, name, LabelDecision(unsure=True), annotator="tester", now=makers.LATER
        ),
    )
    settle()
    frames.view.frames.bar.filter_added.emit("state", "unsure")
    assert shown(frames) == [name]


@pytest.mark.long
def test_all_frames_together_are_no_slice(explore, folder, settle, window):
    screen = explore(folder("labelled"))
    screen.presenter.switch_part("frames")
    settle()
    screen.presenter.frames.choose_preset("all")
    screen.presenter.frames.save_slice("everything")
    settle()
    assert screen.presenter.shelf.slices == ()
    assert "Set a filter first" in window.messages.history[-1].text


@pytest.mark.long
def test_ten_more_frames_like_those_shown_are_drawn_and_labelled(frames, window, press, settle):
    """What the filter asks of labels is left out; the score keeps the frames it has."""
    project = window.current.project
    action = window.context.actions.get_action("explore.label_more")
    assert not action.isEnabled()
    before = {one.frame_id for one in project.read(labels_table.list_picks)}
    items = frames.presenter.shelf.items
    clip = items.facets["clip"].names[0]
    frames.presenter.frames.set_filter(
        Filter().with_values("set", "field").with_values("clip", clip)
    )
    assert frames.view.frames.bar.more.isVisible()
    frames.view.frames.grid.setFocus()
    press(Qt.Key.Key_D)
    settle()
    added = [one for one in project.read(labels_table.list_picks) if one.frame_id not in before]
    assert [(one.stratum, one.weight) for one in added] == [("extra", 0.0)] * 10
    assert 0 < added[0].probability < 1
    assert window.current_screen == "label"
    assert window.current.status.n_left == 10
    assert "10 frames drawn at random from" in window.messages.history[-1].text
