import shutil

from fieldcheck.project.tables import recordings as recordings_table
from tests.footage.made_recordings import webcam, write_recording
from tests.footage.test_finish_recording import ABOUT, ID


def test_a_recording_that_a_killed_program_left_is_taken_in_when_its_project_opens(
    window, open_in_window, settle, qtbot, made, tmp_path
):
    path = shutil.copytree(made["empty"], tmp_path / "p.fieldcheck")
    write_recording(path / "recordings" / ID, [webcam(index) for index in range(30)], ABOUT)
    open_in_window(path)
    found = lambda: window.current.project.read(lambda db: recordings_table.get_recording(db, ID))  # noqa: E731
    qtbot.waitUntil(lambda: found() is not None and found().closed)
    settle()
    assert found().n_frames == 30


def test_a_project_without_one_is_opened_and_that_is_all(window, open_in_window, made, tmp_path):
    open_in_window(shutil.copytree(made["empty"], tmp_path / "p.fieldcheck"))
    assert not window.runner.busy
