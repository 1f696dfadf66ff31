import itertools
import json
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QListWidget

from fieldcheck.domain.report import ReportForm
from fieldcheck.project.tables import project_state as reports_table
from fieldcheck.report import assemble, section
from fieldcheck.report.explore_data import GapProgress
from fieldcheck.ui.screens.report.presenter import format_export_time, format_exported, list_missing
from fieldcheck.ui.widgets.buttons import KEYS_SHOWN
from fieldcheck.ui.widgets.file_dialogs import Drive

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def report(window, open_in_window, settle, labelled):
    """The screen with the pages of the small labelled project."""
    path = labelled.path
    labelled.close()
    open_in_window(path)
    window.show_screen("report")
    settle()
    return window.get_shown_screen()


def pages(screen):
    return screen.view.pages.count()


def written(path: Path):
    return sorted((path / "reports").glob("Fieldcheck_*/summary.json"))


@pytest.mark.long
def test_the_pages_and_page_1_in_short_are_shown(report, window):
    assert pages(report) >= 2
    said = report.view.canvas.accessibleDescription()
    assert said.startswith(("Not ready", "Inconclusive"))
    assert "Benchmark " in said
    assert window.header.hint.text() == f"Page 1 of {pages(report)}"
    assert not report.view.busy


@pytest.mark.long
def test_ctrl_e_writes_the_report_that_is_shown_into_the_project(report, window, press, settle):
    shown = report.presenter._draft.preview.report
    press(Key.Key_E, Mod.ControlModifier)
    settle()
    (summary,) = written(window.current.project.path)
    assert json.loads(summary.read_text("utf-8"))["created"] == shown.created
    actual = window.messages.history[-1].text
    assert actual == f"Exported to {summary.parent.name}. All files verified."
    assert report.view.panel.open_folder.isVisible()
    assert window.current.status.n_reports == 1
    assert len(window.current.project.read(reports_table.list_reports)) == 1


@pytest.mark.long
def test_the_report_can_be_written_before_its_pages(window, open_in_window, settle, press, drawn):
    path = drawn.path
    drawn.close()
    open_in_window(path)
    window.preferences.update(first_visit=True)
    assert window.property(KEYS_SHOWN)
    press(Key.Key_E, Mod.ControlModifier)
    settle()
    assert len(written(path)) == 1
    # whoever made a report knows the program: keys are shown on demand from then on
    assert not window.property(KEYS_SHOWN)


@pytest.mark.long
def test_the_report_says_what_is_missing(window, open_in_window, settle, press, empty):
    path = empty.path
    empty.close()
    open_in_window(path)
    window.show_screen("report")
    settle()
    view = window.get_shown_screen().view
    assert "No footage imported." in view.panel.missing.text()
    assert "`" not in view.canvas.accessibleDescription()
    assert pages(window.get_shown_screen()) >= 1
    press(Key.Key_Return, Mod.ControlModifier)
    settle()
    assert len(written(path)) == 1


@pytest.mark.long
def test_keys_turn_the_pages_and_change_their_size(report, window, press):
    canvas = report.view.canvas
    press(Key.Key_PageDown)
    assert canvas.accessibleName().startswith("Page 2 of")
    press(Key.Key_PageUp)
    press(Key.Key_PageUp)
    assert canvas.accessibleName().startswith("Page 1 of")
    press(Key.Key_W)
    assert canvas.mode == "whole"
    press(Key.Key_F)
    assert canvas.mode == "width"


@pytest.mark.long
def test_the_report_speaks_its_own_language(report, window, settle):
    before = report.view.canvas.accessibleDescription()
    report.view.panel.language_chosen.emit("de")
    assert report.view.canvas.accessibleDescription() == before, (
        "the old pages stay until the new ones are there"
    )
    settle()
    assert report.view.canvas.accessibleDescription() != before
    assert window.preferences.settings.report_language == "de"
    assert window.header.title.text() == "Report"


@pytest.mark.long
def test_the_pages_are_made_anew_only_when_the_figures_are_others(report, window, settle):
    def made():
        return sum(job.name == "Report preview" for job in window.runner.jobs)

    assert made() == 1
    window.show_screen("settings")
    window.show_screen("report")
    settle()
    assert made() == 1
    window.context.actions.get_action("undo").trigger()
    settle()
    window.show_screen("report")
    settle()
    assert made() == 2


@pytest.mark.long
def test_pages_that_are_begun_are_finished_though_the_screen_is_left_and_set_once(
    window, open_in_window, settle, labelled, monkeypatch
):
    path, drawn, real = labelled.path, [], assemble.render_page_images
    labelled.close()
    monkeypatch.setattr(
        assemble, "render_page_images", lambda *given: drawn.append(given) or real(*given)
    )
    open_in_window(path)
    window.show_screen("report")
    begun(window)
    for _ in range(3):
        window.show_screen("settings")
        window.show_screen("report")
    window.show_screen("settings")
    settle()
    assert len(drawn) == 1
    window.show_screen("report")
    assert pages(window.get_shown_screen()) >= 2
    settle()
    window.preferences.update(theme="dark")
    settle()
    assert pages(window.get_shown_screen()) >= 2
    window.get_shown_screen().presenter.export_report()
    settle()
    assert len(written(path)) == 1
    assert len(drawn) == 1


@pytest.mark.long
def test_cancelled_pages_stay_away_until_the_return(window, open_in_window, settle, labelled):
    path = labelled.path
    labelled.close()
    open_in_window(path)
    window.show_screen("report")
    begun(window).cancel()
    settle()
    settle()
    screen = window.get_shown_screen()
    assert pages(screen) == 0
    assert not screen.view.busy
    window.show_screen("settings")
    window.show_screen("report")
    settle()
    assert pages(screen) >= 2


@pytest.mark.long
def test_the_pages_are_there_before_benchmark_and_footage_are_compared(
    window, open_in_window, settle, drawn, monkeypatch, qtbot
):
    path, go_on, real = drawn.path, threading.Event(), assemble.compare_sets
    drawn.close()

    def wait_and_compare(project, progress, now):
        progress.report(3, 199, "splits")
        while not go_on.wait(0.05):
            progress.check()
        real(project, progress, now)

    monkeypatch.setattr(assemble, "compare_sets", wait_and_compare)
    open_in_window(path)
    window.show_screen("report")
    screen = window.get_shown_screen()
    qtbot.waitUntil(lambda: pages(screen) >= 2 and screen.view.strip.row is not None)
    assert window.header.hint.text() == f"Page 1 of {pages(screen)}"
    qtbot.waitUntil(lambda: find_texts(screen.view.strip)[1].startswith("3 of 199"))
    assert find_texts(screen.view.strip)[0] == "Comparison of benchmark and footage"
    screen.view.strip.row.cancel.click()
    settle()
    assert find_texts(screen.view.strip)[1].startswith("partial: 3 of 199")
    assert pages(screen) >= 2
    without = screen.presenter._draft
    screen.view.strip.row.retry.click()
    go_on.set()
    qtbot.waitUntil(lambda: screen.presenter._draft is not without)
    settle()
    assert not screen.view.strip.isVisible()
    window.show_screen("settings")
    window.show_screen("report")
    settle()
    assert sum(job.name == "Report preview" for job in window.runner.jobs) == 1


def find_texts(widget):
    """What its labels say, from above."""
    return [one.text() for one in widget.findChildren(QLabel)]


@pytest.mark.long
def test_pages_of_a_project_that_is_closed_meanwhile_are_made_when_it_is_open_again(
    window, open_in_window, settle, labelled
):
    path = labelled.path
    labelled.close()
    open_in_window(path)
    window.show_screen("report")
    begun(window)
    window.show_screen("settings")
    window.current.close()
    settle()
    assert window.messages.banners == ()
    open_in_window(path)
    window.show_screen("report")
    settle()
    assert pages(window.get_shown_screen()) >= 2


def begun(window):
    """The job that makes the pages, once it has begun."""
    while not (
        found := [job for job in window.runner.list_running() if job.name == "Report preview"]
    ):
        QApplication.processEvents()
    return found[0]


def test_a_report_goes_to_the_folder_that_somebody_chose(report, window, settle, tmp_path):
    report.presenter.set_folder(tmp_path / "for the office")
    settle()
    assert "for the office" in window.header.primary.get_label()
    report.presenter.on_primary_action()
    settle()
    assert len(list((tmp_path / "for the office").glob("Fieldcheck_*/report.pdf"))) == 1


def test_a_stick_that_is_plugged_in_is_chosen_until_somebody_chooses(report, window, tmp_path):
    report.presenter.on_drives_changed((Drive("FIELD-USB", tmp_path / "stick", 10**9),))
    assert window.header.primary.get_label() == "Export to FIELD-USB"
    report.presenter.select_target("project")
    report.presenter.on_drives_changed((Drive("FIELD-USB", tmp_path / "stick", 10**8),))
    assert window.header.primary.get_label() == "Export to project folder"


@pytest.mark.long
def test_a_preset_is_an_act_that_sets_the_pages_anew(report, window, settle, press):
    presets = report.view.panel.presets
    assert presets["standard"].isChecked()
    assert presets["standard"].accessibleDescription().startswith(f"{pages(report)} pages: ")
    QTest.mouseClick(presets["one_page"], Qt.MouseButton.LeftButton)
    settle()
    assert pages(report) == 1
    assert presets["one_page"].accessibleDescription() == "1 page: result, reasons, limits"
    press(Key.Key_Z, Mod.ControlModifier)
    settle()
    assert presets["standard"].isChecked()
    assert pages(report) > 1


@pytest.mark.long
def test_a_full_stick_is_not_written_and_a_pulled_one_is_let_go(report, window, settle, tmp_path):
    report.presenter.on_drives_changed((Drive("KINGSTON", tmp_path / "stick", 10),))
    report.presenter.select_target(f"drive:{tmp_path / 'stick'}")
    assert not window.header.primary.isEnabled()
    report.presenter.on_primary_action()
    settle()
    assert not (tmp_path / "stick").exists()
    report.presenter.on_drives_changed(())
    assert window.header.primary.isEnabled()
    assert window.header.primary.get_label() == "Export to project folder"


@pytest.mark.long
def test_an_unwritable_folder_is_said_and_can_be_tried_again(report, window, settle, tmp_path):
    (tmp_path / "file").write_text("in the way")
    report.presenter.set_folder(tmp_path / "file")
    settle()
    report.presenter.on_primary_action()
    settle()
    assert [one.key for one in window.messages.banners] == ["report"]
    assert window.header.primary.isEnabled()
    report.presenter.select_target("project")
    report.presenter.on_primary_action()
    settle()
    assert window.messages.banners == ()


@pytest.mark.long
def test_export_that_is_pressed_while_another_project_opens_leaves_it_free_to_be_exported(
    report, window, settle, empty
):
    path = empty.path
    empty.close()
    window.open_project(path)
    report.presenter.on_primary_action()
    settle()
    assert window.current.project.path == path
    assert written(path) == [], "it was the other project's report"
    assert window.header.primary.isEnabled()
    assert "Exporting" not in window.header.hint.text()
    report.presenter.on_primary_action()
    settle()
    assert len(written(path)) == 1


@pytest.mark.long
def test_an_export_that_is_tried_again_is_one_at_a_time(report, window, settle, tmp_path):
    (tmp_path / "file").write_text("in the way")
    report.presenter.set_folder(tmp_path / "file")
    settle()
    report.presenter.on_primary_action()
    settle()
    failed = next(job for job in window.runner.jobs if job.can_retry)
    (tmp_path / "file").unlink()
    failed.retry()
    assert not window.header.primary.isEnabled()
    report.presenter.on_primary_action()
    settle()
    assert len(list((tmp_path / "file").glob("Fieldcheck_*"))) == 1
    assert window.header.primary.isEnabled()


def test_without_a_project_nothing_can_be_exported(window, press):
    window.show_screen("report")
    assert not window.get_shown_screen().view.canvas.isVisible()
    assert not window.header.primary.isVisible()
    press(Key.Key_E, Mod.ControlModifier)
    assert window.runner.jobs == []


@pytest.mark.long
def test_closing_the_project_takes_its_pages_off_the_screen(report, window, settle):
    window.current.close()
    settle()
    assert not report.view.canvas.isVisible()


@pytest.mark.long
def test_place_and_size_are_kept_in_a_rebuilt_window(report, window, settle, press, tmp_path):
    press(Key.Key_W)
    report.presenter.set_folder(tmp_path / "office")
    settle()
    window.preferences.update(theme="dark")
    settle()
    again = window.get_shown_screen()
    assert again is not report
    assert again.view.canvas.mode == "whole"
    assert "office" in window.header.primary.get_label()
    assert pages(again) >= 2


@pytest.mark.long
def test_nothing_is_clipped(report, window, settle, qtbot):
    for spoken, size in itertools.product(("en", "xx"), ((1366, 690), (1092, 552))):
        window.preferences.update(language=spoken)
        window.resize(*size)
        settle()
        # a layout that takes another form needs several rounds
        qtbot.waitUntil(lambda: clipped(window) == [], timeout=5_000)


def clipped(window):
    """Controls of the report that are not seen whole, and bars that the page scrolls by."""
    view, found = window.get_shown_screen().view, []
    for kind in (QAbstractButton, QComboBox, QListWidget):
        for widget in view.findChildren(kind):
            if widget.isVisible() and not isinstance(widget.parent(), QListWidget):
                box = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
                found += [] if window.rect().contains(box) else [widget]
    scrolls = window._pages["report"]
    return found + [
        bar for bar in (scrolls.verticalScrollBar(), scrolls.horizontalScrollBar()) if bar.maximum()
    ]


@pytest.mark.long
def test_a_section_is_turned_off_by_key_and_notes_go_into_the_report_that_is_written_next(
    window, open_in_window, settle, labelled, press
):
    path = labelled.path
    labelled.close()
    open_in_window(path)
    window.show_screen("report")
    settle()
    screen, project = window.get_shown_screen(), window.current.project
    press(Qt.Key.Key_S)
    assert screen.view.middle.current_page is screen.view.form
    QTest.mouseClick(screen.view.form.chips["latency"], Qt.MouseButton.LeftButton)
    settle()
    screen.view.form.notes.setFocus()
    QTest.keyClicks(screen.view.form.notes, "Lamp 2 was off.")
    press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)  # the field still has the keys
    settle()
    assert section.load_report_form(project) == ReportForm(("latency",), "Lamp 2 was off.")
    (page,) = (path / "reports").glob("Fieldcheck_*/report.html")
    assert "Lamp 2 was off." in page.read_text("utf-8")
    project.undo()
    assert section.load_report_form(project) == ReportForm(("latency",), "")


def missing(**other):
    fields = {
        "n_listed": 400, "n_picked": 100, "n_labelled": 100, "n_left": 0, "model": "m",
        "has_benchmark": True, "n_answers": 0, "key": "",
    }  # fmt: skip
    return GapProgress(**(fields | other))


def test_nothing_is_said_where_nothing_is_missing():
    assert list_missing(missing()) == ()


def test_each_thing_that_is_missing_has_its_sentence():
    bare = missing(n_listed=0, n_picked=0, n_labelled=0, model="", has_benchmark=False)
    assert list_missing(bare) == ("No footage imported.", "No model added.", "No benchmark set.")
    assert list_missing(missing(n_picked=0, n_labelled=0)) == ("No frames picked.",)
    assert list_missing(missing(n_left=63)) == ("63 of 100 frames are not labelled.",)
    assert list_missing(missing(n_left=1)) == ("1 of 100 frames is not labelled.",)
    assert list_missing(missing(n_answers=7)) == ("7 predictions are missing.",)


def test_what_was_written_is_named_and_that_it_was_compared():
    expected = "Exported to Fieldcheck_Line-4. All files verified."
    assert format_exported(Path("/media/a/Fieldcheck_Line-4")) == expected
    assert format_export_time("14:32:07") == "✓ Exported 14:32:07"
