import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from fieldcheck.ui.screens.capture.source_panel import ExposureControls, SourcePanel, SourceRow

ROWS = (
    SourceRow("v4l2:a", "Camera 2", "USB · 1280×720 · 30 fps"),
    SourceRow("gige:FC01", "Aravis Fake", "industrial", synchronised=True),
)


@pytest.fixture
def panel(window, qtbot):
    made = SourcePanel(window.context.theme, window.context.actions)
    qtbot.addWidget(made)
    qtbot.addWidget(made.foot)
    made.resize(340, 560)
    made.show()
    return made


def test_cameras_are_listed_by_name_and_chosen_by_identity(panel, qtbot):
    panel.show_sources(ROWS, "gige:FC01")
    expected = ["Camera 2\nUSB · 1280×720 · 30 fps", "Aravis Fake\nindustrial"]
    assert [panel.list.item(at).text() for at in range(2)] == expected
    assert panel.list.currentRow() == 1
    with qtbot.waitSignal(panel.camera_chosen) as told:
        panel.list.itemClicked.emit(panel.list.item(0))
    assert told.args == ["v4l2:a"]


def test_a_tick_takes_a_camera_along(panel, qtbot):
    panel.show_sources(ROWS, "v4l2:a")
    assert panel.list.item(1).checkState() == Qt.CheckState.Checked
    with qtbot.waitSignal(panel.synchronised_toggled) as told:
        panel.list.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert told.args == ["gige:FC01", False]


def test_an_address_is_entered_and_a_password_is_never_shown(panel, qtbot):
    panel.address.setText("  http://tech@cam/video ")
    with qtbot.waitSignal(panel.address_entered) as told:
        QTest.keyClick(panel.address, Qt.Key.Key_Return)
    assert told.args == ["http://tech@cam/video"]
    assert panel.password.isHidden()
    panel.show_password_field(True)
    assert panel.password.echoMode() == QLineEdit.EchoMode.Password
    panel.password.setText("s3cret")
    with qtbot.waitSignal(panel.password_entered) as told:
        QTest.keyClick(panel.password, Qt.Key.Key_Return)
    assert told.args == ["s3cret"]
    panel.show_password_field(False)
    assert panel.password.text() == ""
    assert panel.password.isHidden()


def test_only_what_the_camera_can_is_offered(panel):
    panel.show_exposure(ExposureControls("Exposure 16.7 ms", can_expose=True))
    assert [
        button.isHidden() for button in (panel.darker, panel.brighter, panel.auto, panel.lock)
    ] == [False, False, True, True]
    panel.show_exposure(
        ExposureControls("Exposure 16.7 ms · automatic", True, True, True, auto=True, locked=True)
    )
    assert panel.auto.isChecked()
    assert panel.lock.isChecked()


def test_every_frame_is_a_choice_with_its_price_only_where_there_is_one(panel, qtbot):
    panel.show_every_frame("", False)
    assert panel.all_frames.isHidden()
    panel.show_every_frame("up to 112 GB in 10 min", False)
    with qtbot.waitSignal(panel.every_frame_toggled) as told:
        panel.all_frames.setChecked(True)
    assert told.args == [True]


def test_chips_carry_their_numbers(panel):
    panel.show_conditions({"dark", "dust"})
    assert [code for code, chip in panel.chips.items() if chip.isChecked()] == ["dark", "dust"]
    assert panel.chips["dust"].accessibleName() == "dust or steam, 7"


def test_what_was_said_is_kept_and_the_place_of_last_time_is_suggested(panel):
    panel.suggest_location("line 4")
    panel.suggest_location("line 5")
    panel.camera.setText(" left ")
    assert panel.get_entered_names() == ("left", "line 4")


def test_a_small_window_shows_one_camera_at_a_time(panel):
    tall = panel.list.height()
    panel.set_compact(True)
    assert panel.list.maximumHeight() < tall
    assert panel.camera.isHidden()


def test_an_address_that_is_taken_gives_the_keys_back(panel, qtbot):
    panel.address.setText("http://cam/video")
    with qtbot.waitSignal(panel.address_accepted):
        panel.clear_address()
    assert panel.address.text() == ""
