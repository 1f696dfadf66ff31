import io
import threading
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from fieldcheck.ui.screens.report import panel as drive_panel
from fieldcheck.ui.screens.report.panel import (
    SHARP,
    WORST_FROM,
    Drive,
    DriveWatcher,
    ErrorImage,
    ExportTarget,
    ReportPanel,
    build_error_images,
    build_page_images,
    is_removable,
    list_removable_drives,
    list_targets,
    shorten_name,
)
from fieldcheck.ui.widgets.buttons import KeyButton

TARGETS = (
    ExportTarget("project", "project", "Project folder", Path("/p/reports"), 38 * 10**9, 6 * 10**6),
    ExportTarget("drive:/media/K", "drive", "KINGSTON", Path("/media/K"), 10**6, 6 * 10**6),
)


@pytest.fixture
def panel(look, shown):
    return shown(ReportPanel(look, KeyButton(look, "Choose folder", "O")), 300, WORST_FROM + 20)


def test_page_1_in_short_is_shown_and_what_is_missing_under_it(panel):
    ranges = ("95% ranges.", "On this footage.")
    missing = ("No model added.",)
    panel.show_summary("Not ready", "octagon", "Benchmark 94% → Field 53%.", ranges, missing)
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
        labels = panel.findChildren(QLabel)
        return [one.accessibleName() for one in labels if one.accessibleName() and one.isVisible()]

    picture = QImage(120, 48, QImage.Format.Format_RGB32)
    panel.show_worst([ErrorImage(picture, "Crack", "OK")] * 5)
    assert names() == ["Label: Crack. Prediction: OK."] * 2
    panel.resize(300, WORST_FROM - 20)
    assert names() == []
    panel.resize(300, WORST_FROM)
    panel.show_summary("Not ready", "octagon", "", (), ("No model added.",))
    assert names() == [], "what is missing goes before"


def test_with_five_warnings_in_little_room_fields_are_whole_and_warnings_scroll(panel):
    warnings = [
        f"The thing number {at} that this report needs was never measured on this computer."
        for at in range(5)
    ]
    ranges = ("95% ranges for these cameras.",) * 2
    headline = "Benchmark 94% → Field 53% (36–69%)."
    panel.show_summary("Inconclusive", "unequal", headline, ranges, warnings)
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


STICK = Drive("KINGSTON", Path("/media/a/KINGSTON"), 14 * 10**9)


@pytest.mark.parametrize(("root", "platform", "can"), [
    ("/media/anna/KINGSTON", "linux", True),
    ("/run/media/anna/KINGSTON", "linux", True),
    ("/", "linux", False),
    ("/home", "linux", False),
    ("/Volumes/STICK", "darwin", True),
    ("/", "darwin", False),
])  # fmt: skip
def test_what_is_plugged_in_is_known_by_where_a_system_puts_it(root, platform, can):
    assert is_removable(root, platform) is can


def test_this_machines_drives_can_be_asked_for(qapp):
    assert all(one.free >= 0 for one in list_removable_drives())


def test_a_stick_that_is_plugged_in_is_told_of_once_and_so_is_its_going(qtbot, monkeypatch):
    monkeypatch.setattr(drive_panel, "LOOK_EVERY_S", 0.01)
    there = [()]
    looking = DriveWatcher(lambda: there[0])
    told = []
    looking.drives_changed.connect(told.append)
    looking.start()
    qtbot.waitUntil(lambda: told == [()])
    there[0] = (STICK,)
    qtbot.waitUntil(lambda: told == [(), (STICK,)])
    there[0] = ()
    qtbot.waitUntil(lambda: told == [(), (STICK,), ()])
    looking.stop()


def test_after_stopping_no_thread_looks(qtbot):
    looking = DriveWatcher(lambda: ())
    looking.start()
    looking.start()
    assert [one.name for one in threading.enumerate()].count("drives") == 1
    looking.stop()
    assert "drives" not in [one.name for one in threading.enumerate()]


def test_a_look_that_hangs_holds_nobody_up(qtbot, monkeypatch):
    monkeypatch.setattr(drive_panel, "WAIT_S", 0.01)
    hangs, goes_on = threading.Event(), threading.Event()

    def look():
        hangs.set()
        goes_on.wait(10)
        return ()

    looking = DriveWatcher(look)
    looking.start()
    assert hangs.wait(10)
    (thread,) = [one for one in threading.enumerate() if one.name == "drives"]
    looking.stop()
    assert thread.is_alive()
    goes_on.set()
    thread.join(10)


def picture(width, height, form):
    out = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(out, form)
    return out.getvalue()


def test_a_page_keeps_its_pixels_and_its_thumb_is_sharp(qapp):
    (sheet,) = build_page_images((picture(210, 297, "PNG"),), thumb_width=60)
    assert (sheet.page.width(), sheet.page.height()) == (210, 297)
    assert sheet.thumb.width() == 60 * SHARP
    assert sheet.thumb.deviceIndependentSize().toSize().width() == 60


def test_a_worst_frame_has_its_height_and_its_words(qapp):
    (frame,) = build_error_images([(picture(160, 90, "JPEG"), "Crack", "OK")], height=45)
    assert (frame.truth, frame.prediction) == ("Crack", "OK")
    assert frame.picture.deviceIndependentSize().toSize().height() == 45
    assert frame.picture.deviceIndependentSize().toSize().width() == 80


PROJECT = Path("/data/line4.fieldcheck")
MB, GB = 10**6, 10**9


def test_the_projects_own_folder_comes_first_then_sticks_then_the_chosen_folder():
    found = list_targets(PROJECT, 38 * GB, (Path("/out/night"), 5 * GB), (STICK,), 6 * MB)
    assert [(one.kind, one.name, one.folder) for one in found] == [
        ("project", "Project folder", PROJECT / "reports"),
        ("drive", "KINGSTON", STICK.root),
        ("folder", "night", Path("/out/night")),
    ]
    assert len({one.key for one in found}) == 3


@pytest.mark.parametrize(("free", "needed", "said", "enough"), [
    (38 * GB, 6 * MB, "38 GB free, needs 6 MB", True),
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
