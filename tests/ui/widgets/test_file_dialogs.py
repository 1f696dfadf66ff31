import pytest
from PySide6.QtWidgets import QFileDialog, QWidget

from fieldcheck.ui.widgets import file_dialogs


@pytest.fixture
def parent(shown):
    return shown(QWidget())


def take(dialog, *paths):
    """What the dialog tells when its button is pressed, be it the system's own or Qt's."""
    chosen = [str(path) for path in paths]
    if dialog.fileMode() == QFileDialog.FileMode.ExistingFiles:
        dialog.filesSelected.emit(chosen)
    else:
        dialog.fileSelected.emit(chosen[0])
    dialog.close()


def test_files_a_file_and_a_folder_are_told_when_they_are_chosen(parent, tmp_path):
    told = []
    one, other = tmp_path / "a.mp4", tmp_path / "b.mp4"
    take(file_dialogs.choose_files(parent, "Videos", "Videos (*.mp4)", told.append), one, other)
    take(file_dialogs.choose_file(parent, "Model", "Models (*.onnx)", told.append), one)
    take(file_dialogs.choose_folder(parent, "Folder", told.append), tmp_path)
    assert told == [[one, other], one, tmp_path]


def test_nothing_is_told_after_a_cancel(parent, qtbot):
    told = []
    dialog = file_dialogs.choose_folder(parent, "Folder", told.append)
    assert dialog.isVisible()
    assert dialog.fileMode() == QFileDialog.FileMode.Directory
    dialog.reject()
    qtbot.waitUntil(lambda: not parent.findChildren(QFileDialog))
    assert told == []


def test_a_dialog_begins_where_the_last_file_was(parent, tmp_path):
    (tmp_path / "clips").mkdir()
    assert file_dialogs.get_start_folder(parent) == ""
    take(
        file_dialogs.choose_files(parent, "Videos", "Videos (*.mp4)", list),
        tmp_path / "clips" / "a.mp4",
    )
    assert file_dialogs.get_start_folder(parent) == str(tmp_path / "clips")
    dialog = file_dialogs.choose_folder(parent, "Folder", print)
    assert dialog.directory().absolutePath() == str(tmp_path / "clips")
    dialog.reject()
    (tmp_path / "clips").rmdir()
    assert file_dialogs.get_start_folder(parent) == ""


def test_videos_come_first_and_all_files_stay_in_reach():
    first, last = file_dialogs.make_video_filter().split(";;")
    assert first.startswith("Videos (*.3gp ")
    assert ("*.mkv" in first, last) == (True, "All files (*)")
    assert file_dialogs.add_all_files("Logs", "*.csv") == "Logs (*.csv);;All files (*)"
