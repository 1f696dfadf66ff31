import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from fieldcheck.domain.recording import LightingChange, RecordingGap, RecordingStorage
from fieldcheck.footage import clips_and_scene_cuts
from fieldcheck.footage.clips_and_scene_cuts import compute_clip_plan
from fieldcheck.footage.import_footage import FootageInfo, import_footage
from fieldcheck.progress import Cancelled
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import recordings as captures_table
from fieldcheck.sampling import messages
from fieldcheck.ui.errors import ALARM
from tests import makers
from tests.footage.test_clips import StopsAfter
from tests.ui.visible import buttons_named


@pytest.fixture
def project(made, tmp_path):
    """A copy of one of the made projects, by name."""
    return lambda name: shutil.copytree(made[name], tmp_path / f"{name}.fieldcheck")


@pytest.fixture
def capture(window, open_in_window, settle):
    """The Capture screen over a project folder."""

    def go(path=None):
        if path is not None:
            open_in_window(path)
        window.show_screen("capture")
        settle()
        return window.get_shown_screen()

    return go


def rows(screen):
    return screen.view.recordings._rows


def banner(window):
    return next((one for one in window.messages.banners if one.key == "capture.import"), None)


def test_without_a_project_the_way_to_one_is_shown(window, capture):
    screen = capture()
    head = window._headers["capture"].heading
    assert head.primary == "Go to Project"
    assert "No project is open." in screen.view.placeholder.sentence
    assert buttons_named("Go to Project", window) == 1
    window.context.actions.get_action("primary").trigger()
    assert window.current_screen == "project"


@pytest.mark.long
def test_without_footage_the_primary_action_imports(window, capture, project):
    capture(project("empty"))
    assert window._headers["capture"].heading.primary == "Import video files"
    assert window.context.actions.get_action("capture.files").isEnabled()


@pytest.mark.long
def test_footage_is_imported_with_its_facts(window, capture, project, material, settle, press):
    screen = capture(project("empty"))
    screen.view.suggest_names("left", "line 1")
    press(Qt.Key.Key_1)
    press(Qt.Key.Key_7)
    screen.presenter.import_paths([material / "belt.avi", material / "clean"])
    settle()
    first, *others = rows(screen)
    assert (first.source, first.state) == ("belt.avi", "✓ complete")
    assert (first.length, first.listed) == ("1:00", "120")
    assert (first.place, first.light) == ("left, line 1", "dark, dust or steam")
    assert [one.listed for one in others] == ["6", "6", "6"], (
        "each folder of pictures is a recording"
    )
    assert window._headers["capture"].heading.primary == "Pick frames"
    assert window.messages.history[-1].text == (
        "4 files imported. clean contains 3 subfolders with images; each is a separate recording."
    )
    assert len(screen.view.recordings._pictures) == 4


@pytest.mark.long
def test_the_same_again_adds_nothing_and_says_so(window, capture, project, material, settle):
    screen = capture(project("footed"))
    screen.presenter.import_paths([material / "belt.avi"])
    settle()
    assert len(rows(screen)) == 1
    assert "belt.avi is already in the project; nothing added." in window.messages.history[-1].text


@pytest.mark.long
def test_the_other_page_has_the_keys_and_the_rail_stays_closed(window, capture, project, qtbot):
    window.resize(1092, 552)
    screen = capture(project("footed"))
    screen.view.table.setFocus()
    qtbot.waitUntil(screen.view.table.hasFocus)
    for live in (True, False):
        screen.presenter.switch_page()
        assert screen.view.live_shown is live
        assert screen.view.isAncestorOf(QApplication.focusWidget())
    assert QApplication.focusWidget() is screen.view.table


@pytest.mark.long
def test_a_file_that_cannot_be_read_is_one_sentence_and_the_others_go_on(
    window, capture, project, material, settle, tmp_path
):
    screen = capture(project("empty"))
    torn = tmp_path / "torn.avi"
    torn.write_bytes(b"no video")
    screen.presenter.import_paths([torn, material / "night.avi"])
    settle()
    assert [row.source for row in rows(screen)] == ["night.avi"]
    assert banner(window).level == ALARM
    assert "torn.avi" in banner(window).text
    other = tmp_path / "other.avi"
    other.write_bytes(b"no video either")
    screen.presenter.import_paths([torn, other])
    settle()
    assert banner(window).text.startswith("2 files could not be read")
    screen.presenter.import_paths([material / "belt.avi"])
    settle()
    assert banner(window) is None


@pytest.mark.long
def test_a_cancelled_import_is_partial_and_goes_on_from_the_projects_copy(
    window, capture, project, material, settle, qtbot, tmp_path
):
    long = makers.video(tmp_path / "long.avi", makers.cycle(1600))
    screen = capture(project("empty"))
    screen.presenter.import_paths([long])
    job = window.runner.list_running()[0]
    assert not window._headers["capture"].heading.enabled
    assert not window.context.actions.get_action("capture.files").isEnabled()
    # it was read through, which counts as a tenth, and is being listed
    qtbot.waitUntil(lambda: job.done > 0.15 * 1600)
    screen.view.strip.row.cancel.click()
    settle()
    assert job.state == "cancelled"
    assert screen.view.strip.row._words.text().startswith("partial: ")
    (row,) = rows(screen)
    assert row.state == "▲ interrupted"
    n_before = int(row.listed)
    assert 0 < n_before < 800
    long.unlink()
    window.context.actions.get_action("capture.resume").trigger()
    settle()
    (row,) = rows(screen)
    assert (row.state, row.listed) == ("✓ complete", "800")
    assert screen.view.open.isHidden()


@pytest.mark.long
def test_an_import_that_was_broken_off_before_is_offered(window, capture, project, material):
    path = project("empty")
    with open_project(path) as opened, pytest.raises(Cancelled), makers.workers(1):
        import_footage(opened, [material / "belt.avi"], FootageInfo(), StopsAfter(), makers.NOW)
    screen = capture(path)
    assert not screen.view.open.isHidden()
    expected = "1 import was interrupted. Imported files are saved; continue the import to finish."
    assert expected in screen.view._open_said.text()
    assert window._headers["capture"].heading.primary == "Import video files"


@pytest.mark.long
def test_normal_light_is_said_alone(window, capture, project, press):
    screen = capture(project("empty"))
    for key in (Qt.Key.Key_1, Qt.Key.Key_2):
        press(key)
    assert screen.presenter.session.conditions == ("dark", "glare")
    press(Qt.Key.Key_9)
    assert screen.presenter.session.conditions == ("normal",)
    press(Qt.Key.Key_4)
    assert screen.presenter.session.conditions == ("flicker",)
    press(Qt.Key.Key_4)
    assert screen.presenter.session.conditions == ()
    assert not any(chip.isChecked() for chip in screen.view.chips.values())


def test_a_chip_that_is_clicked_does_the_same(window, capture, project):
    screen = capture(project("empty"))
    screen.view.chips["dark"].click()
    assert screen.presenter.session.conditions == ("dark",)
    assert screen.view.chips["dark"].isChecked()


@pytest.mark.long
def test_coming_back_finds_the_running_import(window, capture, project, settle, qtbot, tmp_path):
    long = makers.video(tmp_path / "long.avi", makers.cycle(4000))
    screen = capture(project("empty"))
    screen.presenter.import_paths([long])
    window.show_screen("project")
    window.preferences.update(theme="dark")
    window.show_screen("capture")
    strip = window.get_shown_screen().view.strip
    assert strip.row is not None
    qtbot.waitUntil(lambda: window.runner.list_running()[0].done > 1)
    strip.row.cancel.click()
    settle()
    assert [row.state for row in rows(window.get_shown_screen())] == ["▲ interrupted"]


@pytest.mark.long
def test_pick_comes_next(window, capture, project):
    capture(project("footed"))
    window.context.actions.get_action("primary").trigger()
    assert window.current_screen == "pick"


@pytest.mark.long
def test_keys_belong_to_the_screen_without_footage_too(window, capture, project, material, settle):
    screen = capture(project("empty"))
    assert QApplication.focusWidget() is screen.view
    screen.presenter.import_paths([material / "night.avi"])
    settle()
    assert QApplication.focusWidget() is screen.view.table


@pytest.mark.long
def test_an_import_cancelled_early_leaves_nothing(window, capture, project, settle, tmp_path):
    huge = tmp_path / "huge.avi"
    with huge.open("wb") as file:
        file.truncate(8 << 30)  # without a byte on the disk
    screen = capture(project("empty"))
    screen.presenter.import_paths([huge])
    window.runner.list_running()[0].cancel()
    settle()
    assert screen.view.strip.isHidden()
    assert rows(screen) == ()
    assert banner(window) is None


@pytest.mark.long
def test_the_clips_so_far_stand_under_the_list_and_grow(window, capture, project, material, settle):
    screen = capture(project("empty"))
    assert not screen.view.plan.isVisible()
    told = []
    for footage in ("belt.avi", "clean"):
        screen.presenter.import_paths([material / footage])
        settle()
        plan = compute_clip_plan(window.current.project)
        assert screen.view.plan.isVisible()
        actual = screen.view.plan.text()
        assert actual == messages.describe_clip_plan(plan.clips, plan.wanted, plan.half_width)
        told.append(screen.view.plan.text())
    assert told[0] != told[1]


@pytest.mark.long
def test_the_light_is_said_of_one_import_alone(window, capture, project, material, settle, press):
    screen = capture(project("empty"))
    screen.presenter.toggle_condition("dark")
    screen.presenter.import_paths([material / "night.avi"])
    assert screen.presenter.session.conditions == ()
    assert not any(chip.isChecked() for chip in screen.view.live.panel.chips.values())
    settle()
    screen.presenter.import_paths([material / "belt.avi"])
    settle()
    assert [row.light for row in rows(screen)] == ["dark", "–"]


def test_length_and_light_of_a_recording_with_gaps_and_conditions(window, capture, project, settle):
    path = project("footed")
    with open_project(path) as opened:
        (line,) = opened.read(clips_and_scene_cuts.list_footage)
        gaps = [RecordingGap(at, 13.0, "silence") for at in (5.0, 20.0, 35.0)]
        told = RecordingStorage(line.recording_id, 5, 0, 0, "jpeg", "", False, "asked")
        opened.write(lambda db: captures_table.put_capture(db, told, gaps)).result()
        for at, conditions in ((0.0, ("dark",)), (21.0, ("dark", "glare"))):
            opened.write(
                lambda db, at=at, said=conditions: captures_table.add_light(
                    db, line.recording_id, LightingChange(at, said)
                )
            ).result()
    (row,) = rows(capture(path))
    assert row.length == messages.format_length(line.seconds - 39, line.seconds, 3)
    assert row.length.startswith("0:2")
    assert "with 3 gaps" in row.length
    assert row.light == "0:00 dark · 0:21 dark, glare"
