import shutil
import threading
import time

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldcheck.corruptions.catalogue import CATALOG, FAVOURITES
from fieldcheck.corruptions.live_frame import list_kept_pairs
from fieldcheck.ui.screens.stress import presenter
from fieldcheck.ui.screens.stress.presenter import FindingsReader
from fieldcheck.ui.screens.stress.state import MODERATE
from tests import makers

PAIRS = 200
FLIP_FOUND = ("Prediction first changes at ", "No change of the prediction observed up to severe.")


@pytest.fixture
def stress(window, qtbot):
    """Shows the stress screen and waits for its first frame. Returns the view."""

    def show(first=True):
        window.show_screen("stress")
        view = window.get_shown_screen().view
        if first:
            qtbot.waitUntil(lambda: view.shown is not None)
        return view

    return show


@pytest.fixture
def footed_window(open_in_window, made, tmp_path):
    """A project with the belt as its footage, open in the window."""
    open_in_window(shutil.copytree(made["footed"], tmp_path / "footed.fieldcheck"))


@pytest.mark.long
def test_without_a_project_the_sample_plays_and_is_answered(window, stress):
    view = stress()
    assert view.sources.count() == 12
    assert view.original.title == "Original · dashed: model crop"
    assert view.corrupted.title == "Corrupted: Low light, moderate"
    assert len(view.answers.rows) == 3
    assert window.header.title.text() == "Stress"
    assert window.header.primary.isHidden()


@pytest.mark.long
def test_leaving_the_screen_ends_its_threads(window, stress, qtbot):
    stress()
    live = window.get_shown_screen().presenter.state.live
    window.show_screen("project")
    qtbot.waitUntil(lambda: not live.running and not window.runner.busy)
    shown = live.results.take_value()
    assert shown is None or live.results.take_value(0.3) is None


@pytest.mark.long
def test_a_project_plays_its_footage_with_its_model(window, stress, footed_window):
    view = stress()
    expected = ["belt.avi", "Benchmark images"]
    assert [view.sources.itemText(place) for place in range(view.sources.count())] == expected
    assert {row.name for row in view.answers.rows} == set(makers.COLOURS)
    assert window.header.primary.get_label() == "Add to report"


@pytest.mark.long
def test_keys_choose_corruption_and_severity(stress, press, footed_window):
    view = stress()
    press(Qt.Key.Key_5)
    assert view.meaning.text() == "JPEG quality 15 of 100."
    press(Qt.Key.Key_Right)
    assert view.meaning.text() == "JPEG quality 5 of 100."
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Left)
    press(Qt.Key.Key_Left)
    press(Qt.Key.Key_Left)
    assert view.meaning.text() == "No corruption applied."
    press(Qt.Key.Key_Left)
    press(Qt.Key.Key_Up)
    assert view.favourites.list_buttons()[3].isChecked()
    for _ in range(6):
        press(Qt.Key.Key_Down)
    assert view.favourites.list_buttons()[0].isChecked()


@pytest.mark.long
def test_the_next_results_are_of_the_corruption_chosen(stress, press, qtbot, footed_window):
    view = stress()
    press(Qt.Key.Key_4)
    qtbot.waitUntil(lambda: view.corrupted.title == "Corrupted: Gaussian noise, moderate")
    press(Qt.Key.Key_Left)
    press(Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: view.corrupted.title == "Corrupted: none")
    assert view.shown.corrupted.rgb is view.shown.original.rgb


@pytest.mark.long
def test_a_held_frame_stays_under_every_corruption(stress, press, qtbot, footed_window):
    view = stress()
    press(Qt.Key.Key_Space)
    assert view.hold.get_label() == "Continue"
    qtbot.wait(600)
    held = view.shown.original.rgb
    press(Qt.Key.Key_7)
    qtbot.waitUntil(lambda: "Occlusion" in view.corrupted.title)
    assert view.shown.original.rgb is held
    press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: view.shown.original.rgb is not held)


@pytest.mark.long
def test_keys_show_the_third_picture_and_step_through_the_classes(stress, press, footed_window):
    view = stress()
    press(Qt.Key.Key_T)
    assert not view.seen.isVisible()
    press(Qt.Key.Key_T)
    assert view.seen.isVisible()
    chosen = []
    for _ in range(4):
        press(Qt.Key.Key_C)
        chosen.append(view.classes.currentText())
    assert chosen == [*makers.COLOURS, "all classes"]


@pytest.mark.long
def test_a_chosen_file_is_shown_and_stays_listed(window, stress, qtbot, tmp_path, footed_window):
    view = stress()
    view.file_chosen.emit(str(makers.save_picture(tmp_path / "one.png", "blue")))
    qtbot.waitUntil(lambda: view.shown is not None and view.answers.rows[0].name == "blue")
    assert view.sources.currentText() == "one.png"
    qtbot.wait(500)
    assert view.counted.text() == "Last 1 frame"
    window.show_screen("project")
    window.show_screen("stress")
    qtbot.waitUntil(lambda: view.shown is not None and view.answers.rows[0].name == "blue")
    view.source_chosen.emit(view.sources.itemData(0))
    qtbot.waitUntil(
        lambda: (
            view.shown is not None and view.original.accessibleDescription().startswith("belt.avi")
        )
    )


@pytest.mark.long
def test_an_unreadable_file_is_said_and_not_shown(window, stress, qtbot, tmp_path, footed_window):
    view = stress()
    (tmp_path / "broken.mp4").write_bytes(b"this is no video" * 100)
    view.file_chosen.emit(str(tmp_path / "broken.mp4"))
    qtbot.waitUntil(lambda: bool(window.messages.banners))
    qtbot.waitUntil(lambda: view.status_text.text() == "No image.")
    assert "broken.mp4" in window.messages.banners[0].text
    view.source_chosen.emit(view.sources.itemData(0))
    qtbot.waitUntil(lambda: view.shown is not None)
    assert window.messages.banners == ()


def test_a_file_that_is_gone_is_said(window, stress, qtbot, tmp_path):
    view = stress()
    view.file_chosen.emit(str(tmp_path / "gone.mp4"))
    qtbot.waitUntil(lambda: bool(window.messages.banners))
    assert view.status_text.text() == "No image."


@pytest.fixture
def bare(material, tmp_path):
    """A project with a model only: neither footage nor a benchmark to look at."""
    makers.empty_project(tmp_path / "bare.fieldcheck", material / "net.onnx").close()
    return tmp_path / "bare.fieldcheck"


@pytest.mark.long
def test_a_project_without_footage_says_what_to_do(stress, qtbot, open_in_window, bare):
    open_in_window(bare)
    view = stress(first=False)
    qtbot.waitUntil(lambda: view.status_text.text().startswith("No footage in this project yet."))
    assert not view.sources.isEnabled()


def test_without_footage_the_benchmark_images_are_shown(stress, open_in_window, made, tmp_path):
    open_in_window(shutil.copytree(made["empty"], tmp_path / "empty.fieldcheck"))
    view = stress()
    expected = ["Benchmark images"]
    assert [view.sources.itemText(place) for place in range(view.sources.count())] == expected
    assert {row.name for row in view.answers.rows} == set(makers.COLOURS)


@pytest.mark.long
def test_the_thumbnails_are_of_the_present_frame(stress, qtbot, footed_window):
    view = stress()
    button = view.favourites.list_buttons()[5]
    qtbot.waitUntil(lambda: button._pixels is not None)
    assert button._pixels.shape == (48, 64, 3)


@pytest.mark.long
def test_another_project_has_its_clips(stress, window, qtbot, footed_window, open_in_window, bare):
    view = stress()
    open_in_window(bare)
    qtbot.waitUntil(lambda: view.shown is None and view.sources.count() == 0)
    window.current.close()
    qtbot.waitUntil(lambda: view.shown is not None and view.sources.count() == 12)


@pytest.mark.long
def test_another_theme_builds_the_screen_again_and_goes_on(window, stress, qtbot, footed_window):
    before = stress()
    window.preferences.update(theme="dark")
    after = window.get_shown_screen().view
    assert after is not before
    qtbot.waitUntil(lambda: after.shown is not None)


@pytest.mark.long
def test_a_stop_between_two_is_left_in_the_direction_asked_for(window, stress, footed_window):
    stress()
    presenter = window.get_shown_screen().presenter.corruption_choice
    assert presenter.selection.severity == MODERATE
    presenter.set_severity(2.2)
    presenter.step_severity(1)
    assert presenter.selection.severity == 3.0
    presenter.set_severity(2.2)
    presenter.step_severity(-1)
    assert presenter.selection.severity == 1.0


@pytest.mark.long
def test_any_one_of_the_catalogue_is_found_by_typing(window, stress, press, qtbot, footed_window):
    view = stress()
    press(Qt.Key.Key_Slash)
    names = window.get_shown_screen().presenter.corruption_choice.list_display.chooser.list_names()
    assert len(names) == len(CATALOG)
    QTest.keyClicks(QApplication.focusWidget(), "rain")
    press(Qt.Key.Key_Return)
    assert view.favourites.other.text() == "/ Rain"
    qtbot.waitUntil(lambda: view.corrupted.title == "Corrupted: Rain, moderate")
    qtbot.waitUntil(lambda: view.favourites.other._pixels is not None)
    press(Qt.Key.Key_Down)
    assert view.favourites.list_buttons()[0].isChecked()


@pytest.mark.long
def test_the_list_shows_each_on_the_frame_and_closes(window, stress, press, qtbot, footed_window):
    stress()
    press(Qt.Key.Key_Slash)
    chooser = window.get_shown_screen().presenter.corruption_choice.list_display.chooser
    qtbot.waitUntil(lambda: not chooser.list.item(1).icon().isNull())
    press(Qt.Key.Key_Escape)
    assert window.get_shown_screen().presenter.corruption_choice.list_display.chooser is None
    assert window.current_screen == "stress"


@pytest.mark.long
def test_three_are_combined_and_each_can_be_taken_out(window, stress, press, qtbot, footed_window):
    view = stress()
    for name in ("noise", "jpeg"):
        press(Qt.Key.Key_M)
        QTest.keyClicks(QApplication.focusWidget(), name)
        press(Qt.Key.Key_Return)
    done = "Corrupted: Low light, moderate + Gaussian noise, moderate + JPEG, moderate"
    qtbot.waitUntil(lambda: view.corrupted.title == done)
    assert not window.context.actions.get_action("stress.combine").isEnabled()
    expected = ["Low light, moderate  ✕", "Gaussian noise, moderate  ✕"]
    assert [button.get_label() for button in view.under.buttons] == expected
    QTest.mouseClick(view.under.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: view.corrupted.title == "Corrupted: Gaussian noise, moderate + JPEG, moderate"
    )
    press(Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: view.corrupted.title == "Corrupted: JPEG, moderate")
    assert view.under.isHidden()


@pytest.mark.long
def test_the_difference_replaces_the_corrupted_image(stress, press, qtbot, footed_window):
    view = stress()
    press(Qt.Key.Key_D)
    qtbot.waitUntil(lambda: view.corrupted.title == "Difference × 4: Low light, moderate")
    press(Qt.Key.Key_D)
    assert view.corrupted.title == "Corrupted: Low light, moderate"


@pytest.mark.long
def test_similarity_to_the_original_stands_beside_severity(stress, press, qtbot, footed_window):
    view = stress()
    qtbot.waitUntil(lambda: view.likeness.text().startswith("PSNR "))
    before = view.likeness.text()
    press(Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: view.likeness.text() not in ("", before))
    for _ in range(3):
        press(Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: view.corrupted.title == "Corrupted: none")
    assert view.likeness.text() == ""


@pytest.mark.long
def test_a_held_frame_tells_where_it_flips_while_it_is_held(stress, press, qtbot, footed_window):
    view = stress()
    press(Qt.Key.Key_Space)
    assert view.tip.isVisible()
    qtbot.waitUntil(lambda: view.tip.text().startswith(FLIP_FOUND))
    press(Qt.Key.Key_M)
    press(Qt.Key.Key_Return)
    assert view.tip.text() == "The severity search works with a single corruption only."
    press(Qt.Key.Key_Space)
    assert view.tip.isHidden()


@pytest.mark.long
def test_a_still_image_tells_where_it_flips_without_hold(stress, qtbot, tmp_path, footed_window):
    view = stress()
    view.file_chosen.emit(str(makers.save_picture(tmp_path / "one.png", "blue")))
    qtbot.waitUntil(lambda: view.tip.text().startswith(FLIP_FOUND))


@pytest.mark.long
def test_a_pair_is_saved_and_undone_where_said(window, stress, press, settle, footed_window):
    stress()
    window.get_shown_screen().presenter.live.toggle_hold()
    press(Qt.Key.Key_S)
    settle()
    assert len(list_kept_pairs(window.current.project)) == 1
    expected = "Image pair added to the report (section “Robustness to corruptions”)."
    assert window.messages.history[-1].text == expected
    window.messages.history[-1].action()
    settle()
    assert list_kept_pairs(window.current.project) == ()
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert len(list_kept_pairs(window.current.project)) == 1


@pytest.mark.long
def test_a_pair_needs_something_that_is_done(window, stress, press, settle, qtbot, footed_window):
    view = stress()
    press(Qt.Key.Key_Left)
    press(Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: view.corrupted.title == "Corrupted: none")
    press(Qt.Key.Key_A)
    settle()
    assert window.messages.history[-1].text == "Apply a corruption first: an image pair needs one."
    assert list_kept_pairs(window.current.project) == ()


@pytest.mark.long
def test_no_frame_is_painted_with_another_answer(window, stress, qtbot, tmp_path, footed_window):
    """A video of red and blue frames in turn, faster than anything here: in 200 of 200 grabs of the
    window pictures and words agree."""
    view = stress()
    window.get_shown_screen().presenter.live.open_file(
        str(makers.video(tmp_path / "turns.avi", ["red", "blue"] * 60, fps=59.0, size=(96, 128)))
    )
    qtbot.waitUntil(
        lambda: view.shown is not None and "turns" in view.original.accessibleDescription()
    )
    seen, last, until = [], None, time.monotonic() + 60
    while len(seen) < PAIRS and time.monotonic() < until:
        qtbot.wait(5)
        if view.shown is not last:
            last = view.shown
            grabbed = view.grab().toImage()
            pictures = {
                strongest(painted(grabbed, part, view))
                for part in (view.original, view.corrupted, view.seen)
            }
            seen.append((
                pictures, view.answers.rows[0].name,
                view.answers.accessibleDescription().split()[0],
            ))  # fmt: skip
    assert len(seen) == PAIRS
    assert [one for one in seen if one[0] != {one[1]} or one[1] != one[2]] == []
    assert {name for _, name, _ in seen} == {"red", "blue"}


def painted(picture, part, view):
    """(h, w, 3) uint8 RGB of the middle of a frame as it stands in a grab of the whole screen."""
    place = part.get_frame_rect().toRect().translated(part.mapTo(view, part.rect().topLeft()))
    middle = place.adjusted(
        place.width() // 3, place.height() // 3, -place.width() // 3, -place.height() // 3
    )
    image = picture.copy(middle).convertToFormat(picture.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)


def strongest(rgb):
    return makers.COLOURS[int(rgb.reshape(-1, 3).mean(0).argmax())]


@pytest.mark.long
def test_a_camera_open_on_the_capture_screen_is_shared(window, stress, qtbot, footed_window):
    assert window.cameras.open_camera("synthetic:160x120@20", "Belt camera")
    try:
        view = stress()
        names = [view.sources.itemText(place) for place in range(view.sources.count())]
        assert names[-1] == "Camera: Belt camera"
        view.source_chosen.emit(view.sources.itemData(len(names) - 1))
        qtbot.waitUntil(
            lambda: view.shown is not None and view.shown.original.rgb.shape == (120, 160, 3)
        )
        window.show_screen("project")
        assert "synthetic:160x120@20" in window.cameras.sessions
    finally:
        window.cameras.close_all()


@pytest.mark.long
def test_a_frame_whose_answer_changed_is_held_by_a_key(window, stress, press, qtbot):
    view, presenter = stress(), window.get_shown_screen().presenter
    presenter.corruption_choice.choose_favourite(FAVOURITES.index("motion"))
    presenter.corruption_choice.set_severity(5.0)
    qtbot.waitUntil(lambda: presenter.state.tally.list_changed() != ())
    press(Qt.Key.Key_B)
    found = presenter.state.tally.list_changed()[-1][1] if view.hold.isChecked() else None
    assert found is not None
    kept = {one.index for _, one in presenter.state.tally.list_changed()}
    qtbot.waitUntil(lambda: presenter.state.last.index in kept)
    press(Qt.Key.Key_Space)
    assert not view.hold.isChecked()


@pytest.fixture
def heard(window):
    made = FindingsReader(window.context, lambda: made.is_growing, window)
    made.heard, made.errors, made.is_growing = [], [], False
    made.findings_read.connect(lambda found, _revision: made.heard.append(found))
    made.failed.connect(made.errors.append)
    yield made
    made.stop_reading()


@pytest.fixture
def opened(open_in_window, made, tmp_path):
    open_in_window(shutil.copytree(made["labelled"], tmp_path / "labelled.fieldcheck"))


def test_without_a_project_there_is_nothing(heard):
    heard.read_findings()
    assert heard.heard == [None]


def test_what_there_is_comes_back_once_and_is_no_job_that_people_see(window, heard, settle, opened):
    n = len(window.runner.jobs)
    heard.read_findings()
    heard.read_findings()
    settle()
    assert (len(heard.heard), heard.errors, len(window.runner.jobs)) == (1, [], n)
    assert len(heard.heard[0].sets) == 3


def test_what_nobody_waits_for_is_not_told(heard, settle, opened):
    heard.read_findings()
    heard.stop_reading()
    settle()
    assert (heard.heard, heard.errors) == ([], [])


def test_while_it_grows_it_is_read_again(window, heard, settle, opened, qtbot, monkeypatch):
    monkeypatch.setattr(presenter, "GROWING_MS", 50)
    growing = FindingsReader(window.context, lambda: True, window)
    growing.heard = []
    growing.findings_read.connect(lambda found, _revision: growing.heard.append(found))
    growing.read_findings()
    qtbot.waitUntil(lambda: len(growing.heard) > 1)
    growing.stop_reading()
    settle()


@pytest.mark.long
def test_cells_fill_in_also_while_the_sweep_runs_in_the_background(window, stress, settle):
    stress()
    made, go_on = window.get_shown_screen().presenter, threading.Event()
    made.open_page("sweep")
    assert not made.is_growing()
    window.runner.run_job(None, "Results", lambda _progress: go_on.wait(60), in_background=True)
    assert made.is_growing()
    made.open_page("probes")
    assert not made.is_growing()
    go_on.set()
    settle()
