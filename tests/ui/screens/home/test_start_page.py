import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from fieldcheck.api.demo import PROJECT_NAME
from fieldcheck.paths import get_app_paths
from fieldcheck.ui.screens.home.captions import (
    THERE,
    RecentProjectRow,
    build_broken_row,
    build_loading_row,
    build_missing_row,
)
from fieldcheck.ui.screens.home.recent_list import RecentList, VerdictChip
from fieldcheck.ui.screens.home.start_page import (
    EntryButton,
    StartPage,
    StartPresenter,
    VisitStepsLine,
)
from fieldcheck.ui.widgets.file_dialogs import FilePicker
from tests import makers


def test_four_ways_to_begin_carry_their_keys_and_the_promise_stands_below(view):
    names = {one.accessibleName() for one in view.start.findChildren(EntryButton)}
    assert names == {
        "New project, N", "Open project, O", "Open evidence pack, P", "Open demo project, S",
        "Drop a model and an image, T",
    }  # fmt: skip
    said = [one.text() for one in view.start.findChildren(QLabel)]
    assert any(text.startswith("Everything stays on this computer.") for text in said)


def test_a_way_to_begin_shows_its_key_while_it_has_the_focus(view, qtbot):
    entry = next(
        one
        for one in view.start.findChildren(EntryButton)
        if one.accessibleName() == "New project, N"
    )
    (cap,) = [one for one in entry.findChildren(QLabel) if one.text() == "N"]
    assert not cap.isVisible()
    entry.setFocus()
    assert cap.isVisible()
    QTest.keyClick(entry, Qt.Key.Key_Space)
    assert view.page == "wizard"


def test_recent_projects_come_first_and_without_one_what_this_is_about(look, window, qtbot):
    page = StartPage(look, window.context.actions)
    qtbot.addWidget(page)
    page.resize(1092, 460)
    page.show()
    qtbot.waitExposed(page)
    question = next(
        one
        for one in page.findChildren(QLabel)
        if one.text() == "Compare your model's field score with its benchmark score"
    )
    assert (question.isVisible(), page.recent.isVisible()) == (True, False)
    page.show_recent_projects([build_missing_row("/dock/b.fieldcheck", Path("/dock"))])
    assert (question.isVisible(), page.recent.isVisible()) == (False, True)
    (entry,) = [
        one for one in page.findChildren(EntryButton) if one.accessibleName() == "New project, N"
    ]
    assert page.recent.mapTo(page, QPoint()).x() < entry.mapTo(page, QPoint()).x()


def test_a_lost_project_is_found_in_a_folder(look, window, qtbot, tmp_path):
    page = StartPage(look, window.context.actions)
    qtbot.addWidget(page)
    told = []
    page.project_located.connect(lambda old, folder: told.append((old, folder)))
    page.folder_chosen.connect(told.append)
    page.show_recent_projects([build_missing_row("/dock/b.fieldcheck", Path("/dock"))])
    page.recent.locate_requested.emit("/dock/b.fieldcheck")
    page.prompt_for_project()
    for dialog in page.findChildren(FilePicker):
        dialog.chosen.emit([tmp_path])
        dialog.close()
    assert told == [("/dock/b.fieldcheck", tmp_path), tmp_path]


def test_one_visit_has_five_steps_with_their_minutes(look, qtbot):
    steps = VisitStepsLine(look)
    qtbot.addWidget(steps)
    said = [one.text() for one in steps.findChildren(QLabel)]
    actual = [name for name in said if name in ("Capture", "Pick", "Label", "Explore", "Report")]
    assert actual == ["Capture", "Pick", "Label", "Explore", "Report"]
    assert sum(int(one.split()[0]) for one in said if one.endswith(" min")) == 22
    steps.resize(1100, 80)
    assert not steps.grab().isNull()


@pytest.fixture
def begun(alone, fake):
    view, said = fake(), []
    made = StartPresenter(alone, view, lambda: said.append(made.is_preparing))
    return made, view, said


def test_recent_projects_are_read_after_painting(begun, alone, drawn, tmp_path, settle):
    made, view, _ = begun
    drawn.close()
    broken = tmp_path / "broken.fieldcheck"
    broken.mkdir()
    (broken / "project.db").write_text("diary")
    recent = (str(drawn.path), str(tmp_path / "none.fieldcheck"), str(broken))
    alone.preferences.update(recent=recent)
    made.enter()
    assert [line.state for line in view.told["show_recent_projects"][0]] == ["reading"] * 3
    settle()
    assert "show_project" not in view.told
    made.on_painted()
    settle()
    lines = [args[0] for name, args in view.all if name == "show_project"]
    expected = [("drawn", "there"), ("none", "missing"), ("broken", "broken")]
    assert [(line.name, line.state) for line in lines] == expected
    assert lines[0].labelled == "0 of 20 labelled"
    assert "broken.fieldcheck" in lines[2].labelled


def test_known_results_are_shown_at_once_and_not_after_leaving(begun, alone, drawn, settle):
    made, view, _ = begun
    drawn.close()
    alone.preferences.update(recent=(str(drawn.path),))
    made.on_painted()
    made.enter()
    made.leave()
    settle()
    assert "show_project" not in view.told
    made.enter()
    assert view.told["show_recent_projects"][0][0].state == "there"
    settle()


def test_a_removed_project_can_be_put_back_and_its_folder_is_left_alone(begun, alone, drawn):
    made, view, _ = begun
    alone.preferences.update(recent=(str(drawn.path),))
    made.enter()
    made.remove_recent(str(drawn.path))
    assert view.told["show_recent_projects"] == ([],)
    alone.messages.history[-1].action()
    assert alone.preferences.settings.recent == (str(drawn.path),)
    assert [line.name for line in view.told["show_recent_projects"][0]] == ["drawn"]
    assert drawn.path.exists()


def test_a_lost_project_is_opened_where_it_was_found(begun, alone, drawn, tmp_path, qtbot):
    made, _, _ = begun
    drawn.close()
    there = shutil.move(drawn.path, tmp_path / "found.fieldcheck")
    alone.preferences.update(recent=(str(drawn.path),))
    with qtbot.waitSignal(alone.current.opened):
        made.on_project_located(str(drawn.path), there)
    assert alone.preferences.settings.recent == (str(there),)


def test_the_sample_is_asked_for_once_and_again_after_cancelling(begun, alone, settle):
    made, view, said = begun
    made.enter()
    made.open_sample()
    made.open_sample()
    (job,) = alone.runner.list_running()
    assert made.is_preparing
    assert view.told["show_job"] == (job,)
    job.cancel()
    settle()
    assert said[-1] is False
    assert alone.current.project is None
    assert made.continued is None


def test_what_stands_in_the_samples_place_is_named(begun, alone, settle):
    made, _, _ = begun
    get_app_paths().sample.mkdir(parents=True)
    makers.empty_project(get_app_paths().sample / PROJECT_NAME, site="my own").close()
    made.open_sample()
    settle()
    assert PROJECT_NAME in alone.messages.banners[0].text
    assert alone.current.project is None


HERE = RecentProjectRow(
    "/v/a.fieldcheck", "a", THERE, "today 14:32", "62 of 100 labelled", "Not ready, gap 36 pp",
    "octagon", "Not ready, because gap 36 pp (24–48), limit 3 pp", done=62, total=100,
)  # fmt: skip
GONE = build_missing_row("/dock/b.fieldcheck", Path("/dock"))
BAD = build_broken_row("/v/c.fieldcheck", "It is damaged.")


@pytest.fixture
def shown(look, qtbot):
    made = RecentList(look)
    qtbot.addWidget(made)
    made.told = []
    for name in ("open_requested", "locate_requested", "remove_requested"):
        getattr(made, name).connect(lambda path, name=name: made.told.append((name, path)))
    made.show_projects([HERE, GONE, BAD])
    made.resize(1000, 240)
    made.show()
    made.setFocus()
    return made


def buttons(shown):
    return [one for one in shown.findChildren(QPushButton) if one.isVisibleTo(shown)]


def test_arrows_go_from_line_to_line_and_enter_does_what_the_line_is_for(shown):
    QTest.keyClick(shown, Qt.Key.Key_Return)
    QTest.keyClick(shown, Qt.Key.Key_Up)
    QTest.keyClick(shown, Qt.Key.Key_Down)
    assert shown.accessibleDescription() == "b, /dock not found"
    QTest.keyClick(shown, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    for _ in range(4):
        QTest.keyClick(shown, Qt.Key.Key_Down)
    QTest.keyClick(shown, Qt.Key.Key_Return)
    assert shown.told == [
        ("open_requested", HERE.path),
        ("locate_requested", GONE.path),
        ("open_requested", BAD.path),
    ]


def test_other_keys_are_left_to_the_window(shown):
    QTest.keyClick(shown, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(shown, Qt.Key.Key_S)
    assert shown.told == []


def test_a_lost_project_is_looked_for_or_removed_and_a_broken_one_removed(shown):
    for button in buttons(shown):
        button.click()
    assert shown.told == [
        ("locate_requested", GONE.path), ("remove_requested", GONE.path),
        ("remove_requested", BAD.path),
    ]  # fmt: skip


def test_a_click_on_a_row_opens_its_project(shown, qtbot):
    chip = shown.findChildren(VerdictChip)[0]
    qtbot.waitUntil(lambda: chip.width() > 40)
    assert chip.toolTip() == HERE.verdict
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert shown.told == [("open_requested", HERE.path)]


def test_a_line_is_filled_in_when_it_was_looked_at(shown, qtbot):
    shown.show_projects([build_loading_row(HERE.path)])
    picture = QImage(160, 90, QImage.Format.Format_RGB32)
    picture.fill(QColor("#00FF00"))
    kept = QBuffer()
    kept.open(QBuffer.OpenModeFlag.WriteOnly)
    assert picture.save(kept, "JPG")
    shown.show_project(
        RecentProjectRow(
            HERE.path, "a", THERE, labelled="62 of 100 labelled", thumbnail=bytes(kept.data())
        )
    )
    shown.show_project(RecentProjectRow("/other", "other", THERE))
    assert [line.labelled for line in shown.lines] == ["62 of 100 labelled"]
    assert shown.accessibleDescription() == "a, 62 of 100 labelled"
    qtbot.waitUntil(lambda: shown.widget().height() > 40)
    image = shown.grab().toImage()
    assert any(
        image.pixelColor(x, 30).green() > 240 and image.pixelColor(x, 30).red() < 20
        for x in range(100)
    )


def test_an_empty_list_says_what_to_do(look, qtbot):
    empty = RecentList(look)
    qtbot.addWidget(empty)
    empty.show_projects([])
    QTest.keyClick(empty, Qt.Key.Key_Down)
    QTest.keyClick(empty, Qt.Key.Key_Return)
    assert empty.accessibleDescription() == ""
