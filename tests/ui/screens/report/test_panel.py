from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from fieldcheck.ui.screens.report.panel import WORST_FROM, ErrorImage, ExportTarget, ReportPanel
from fieldcheck.ui.widgets.buttons import KeyButton

TARGETS = (
    ExportTarget("project", "project", "Project folder", Path("/p/reports"), 38 * 10**9, 6 * 10**6),
    ExportTarget("drive:/media/K", "drive", "KINGSTON", Path("/media/K"), 10**6, 6 * 10**6),
)


@pytest.fixture
def panel(look, shown):
    return shown(ReportPanel(look, KeyButton(look, "Choose folder", "O")), 300, WORST_FROM + 20)


def test_page_1_in_short_is_shown_and_what_is_missing_under_it(panel):
    panel.show_summary(
        "Not ready",
        "octagon",
        "Benchmark 94% → Field 53%.",
        ("95% ranges.", "On this footage."),
        ("No model added.",),
    )
    assert panel.verdict.text() == "Not ready"
    assert panel.sign.kind == "octagon"
    assert panel.ranges.text().splitlines() == ["95% ranges.", "On this footage."]
    assert panel.missing.text() == "▲ No model added."


def test_before_the_pages_are_there_nothing_empty_stands(panel):
    panel.show_summary("", "", "", (), ())
    for widget in (panel.sign, panel.verdict, panel.headline, panel.ranges, panel.missing):
        assert not widget.isVisible()


def test_a_place_is_shown_with_its_room_and_told_when_it_is_chosen(panel):
    told = []
    panel.target_chosen.connect(told.append)
    panel.show_targets(TARGETS, "project")
    assert panel.targets.currentItem().text() == "Project folder\n38 GB free, needs 6 MB"
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


def test_the_worst_frames_are_shown_as_far_as_there_is_room(panel):
    def names():
        return [
            one.accessibleName()
            for one in panel.findChildren(QLabel)
            if one.accessibleName() and one.isVisible()
        ]

    picture = QImage(120, 48, QImage.Format.Format_RGB32)
    panel.show_worst([ErrorImage(picture, "Crack", "OK")] * 5)
    assert names() == ["Label: Crack. Prediction: OK."] * 2
    panel.resize(300, WORST_FROM - 20)
    assert names() == []
    panel.resize(300, WORST_FROM)
    panel.show_summary("Not ready", "octagon", "", (), ("No model added.",))
    assert names() == [], "what is missing goes before"


def test_with_five_warnings_in_little_room_every_field_is_whole_and_the_warnings_are_scrolled(
    panel,
):
    warnings = [
        f"The thing number {at} that this report needs was never measured on this computer."
        for at in range(5)
    ]
    panel.show_summary(
        "Inconclusive",
        "unequal",
        "Benchmark 94% → Field 53% (36–69%).",
        ("95% ranges for these cameras.",) * 2,
        warnings,
    )
    panel.show_targets(TARGETS, "project")
    panel.resize(300, 458)  # what the window of 1092 × 552 leaves
    QApplication.processEvents()
    for field in (panel.language, panel.name, panel.targets, panel.choose_folder):
        place = QRect(field.mapTo(panel, QPoint(0, 0)), field.size())
        assert field.isVisible()
        assert panel.rect().contains(place)
        assert field.height() >= (
            panel.targets.minimumHeight()
            if field is panel.targets
            else field.minimumSizeHint().height()
        )
    assert panel._above.verticalScrollBar().maximum() > 0
