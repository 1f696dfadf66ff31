import io
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldcheck.ui.screens.report.panel import (
    SHARP,
    ExportTarget,
    ReportPanel,
    build_page_images,
    list_targets,
    shorten_name,
)
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.file_dialogs import Drive

TARGETS = (
    ExportTarget("project", "project", "Project folder", Path("/p/reports"), 38 * 10**9, 6 * 10**6),
    ExportTarget("drive:/media/K", "drive", "KINGSTON", Path("/media/K"), 10**6, 6 * 10**6),
)


@pytest.fixture
def panel(look, shown):
    sections, folder = KeyButton(look, "Sections", "S"), KeyButton(look, "Choose folder", "O")
    return shown(ReportPanel(look, sections, folder), 300, 600)


def test_what_is_missing_stands_above_all_and_nothing_where_nothing_is(panel):
    panel.show_missing(("No model added.",))
    assert panel.missing.isVisible()
    assert panel.missing.text() == "▲ No model added."
    panel.show_missing(())
    assert not panel.missing.isVisible()


def test_in_a_high_window_nothing_lies_between_what_is_missing_and_the_contents(panel, qtbot):
    panel.show_missing(("No model added.",))
    panel.resize(panel.width(), 1400)
    below = panel.presets["one_page"]

    def top_of(widget):
        return widget.mapTo(panel, QPoint(0, 0)).y()

    qtbot.waitUntil(lambda: top_of(below) > top_of(panel.missing))
    assert top_of(below) - top_of(panel.missing) < 200


def test_a_preset_is_told_when_it_is_chosen_and_says_how_many_pages_it_has(panel):
    told = []
    panel.preset_chosen.connect(told.append)
    panel.show_preset("standard", 5, writable=True)
    rows = panel.presets
    assert [code for code, row in rows.items() if row.isChecked()] == ["standard"]
    expected = "5 pages: errors, slices, checklist, classes"
    assert rows["standard"].accessibleDescription() == expected
    assert rows["one_page"].accessibleDescription() == "Result, reasons, limits"
    assert told == []
    QTest.mouseClick(rows["one_page"].sentence, Qt.MouseButton.LeftButton)
    assert told == ["one_page"]
    assert not rows["standard"].isChecked()
    panel.show_preset("everything", 0, writable=False)
    assert rows["everything"].isChecked()
    assert not rows["everything"].isEnabled()


def test_arrows_go_through_the_presets_and_tab_stops_at_the_chosen_one(panel, qtbot):
    told = []
    panel.preset_chosen.connect(told.append)
    panel.show_preset("standard", 5, writable=True)
    rows = panel.presets
    panel.activateWindow()
    rows["standard"].setFocus()
    qtbot.waitUntil(rows["standard"].hasFocus)
    QTest.keyClick(rows["standard"], Qt.Key.Key_Down)
    assert told == ["everything"]
    assert QApplication.focusWidget() is rows["everything"]
    QTest.keyClick(rows["everything"], Qt.Key.Key_Up)
    QTest.keyClick(rows["standard"], Qt.Key.Key_Up)
    assert told == ["everything", "standard", "one_page"]
    QTest.keyClick(rows["one_page"], Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is panel.choose_sections


def test_a_place_is_shown_with_its_room_and_told_when_it_is_chosen(panel):
    told = []
    panel.target_chosen.connect(told.append)
    panel.show_targets(TARGETS, "project")
    assert panel.targets.currentItem().text() == "Project folder\n38 GB free, requires 6 MB"
    assert told == []
    QTest.keyClick(panel.targets, Qt.Key.Key_Down)
    assert told == ["drive:/media/K"]
    assert "too little" in panel.targets.currentItem().text()


def test_language_and_name_are_shown_and_told(panel):
    told = []
    panel.language_chosen.connect(told.append)
    panel.name_given.connect(told.append)
    panel.show_fields("de", "K. M.")
    assert (panel.language.currentText(), panel.name.text()) == ("Deutsch", "K. M.")
    QTest.keyClick(panel.language, Qt.Key.Key_Up)
    panel.name.setText(" A. B. ")
    panel.name.editingFinished.emit()
    assert told == ["en", "A. B."]


def test_the_folder_can_be_opened_once_something_was_written(panel):
    told = []
    panel.open_wanted.connect(lambda: told.append(True))
    assert not panel.open_folder.isVisible()
    panel.show_written("✓ Exported 14:32:07", "/p/reports/Fieldcheck")
    panel.open_folder.click()
    assert told == [True]
    assert panel.written.toolTip() == "/p/reports/Fieldcheck"


def test_with_five_warnings_in_little_room_fields_are_whole_and_warnings_scroll(panel):
    warnings = [
        f"The thing number {at} that this report needs was never measured on this computer."
        for at in range(5)
    ]
    panel.show_missing(warnings)
    panel.show_targets(TARGETS, "project")
    panel.set_compact(True)
    panel.resize(300, 458)  # what the window of 1092 × 552 leaves
    QApplication.processEvents()
    fields = (panel.language, panel.name, panel.targets, panel.choose_folder)
    for field in (*fields, panel.choose_sections, *panel.presets.values()):
        place = QRect(field.mapTo(panel, QPoint(0, 0)), field.size())
        assert field.isVisible()
        assert panel.rect().contains(place)
        assert field.height() >= (
            panel.targets.minimumHeight()
            if field is panel.targets
            else field.minimumSizeHint().height()
        )
    assert panel._missing.verticalScrollBar().maximum() > 0


STICK = Drive("KINGSTON", Path("/media/a/KINGSTON"), 14 * 10**9)


def picture(width, height, form):
    out = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(out, form)
    return out.getvalue()


def test_a_page_keeps_its_pixels_and_its_thumb_is_sharp(qapp):
    (sheet,) = build_page_images((picture(210, 297, "PNG"),), thumb_width=60)
    assert (sheet.page.width(), sheet.page.height()) == (210, 297)
    assert sheet.thumb.width() == 60 * SHARP
    assert sheet.thumb.deviceIndependentSize().toSize().width() == 60


PROJECT = Path("/data/line4.fieldcheck")
MB, GB = 10**6, 10**9


def test_a_stick_comes_first_then_the_project_then_the_chosen_folder():
    found = list_targets(PROJECT, 38 * GB, (Path("/out/night"), 5 * GB), (STICK,), 6 * MB)
    assert [(one.kind, one.name, one.folder) for one in found] == [
        ("drive", "KINGSTON", STICK.root),
        ("project", "This project", PROJECT / "reports"),
        ("folder", "night", Path("/out/night")),
    ]
    assert len({one.key for one in found}) == 3


@pytest.mark.parametrize(("free", "needed", "said", "enough"), [
    (38 * GB, 6 * MB, "38 GB free, requires 6 MB", True),
    (38 * GB, None, "38 GB free", True),
    (2 * MB, 6 * MB, "2 MB free, too little for 6 MB", False),
    (None, 6 * MB, "", True),
])  # fmt: skip
def test_each_says_how_much_room_there_is_and_how_much_is_needed(free, needed, said, enough):
    (target,) = list_targets(PROJECT, free, None, (), needed)
    assert (target.space_text, target.has_space) == (said, enough)


def test_a_long_name_is_shortened_for_the_button():
    assert shorten_name("KINGSTON") == "KINGSTON"
    assert shorten_name("A stick with a very long name") == "A stick with a ve…"
