import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from fieldcheck.safe_text import shorten_middle
from fieldcheck.ui.widgets import file_dialogs
from fieldcheck.ui.widgets.file_dialogs import Drive, FilePicker, find_free_name, split_kinds

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def parent(shown):
    return shown(QWidget(), 900, 600)


@pytest.fixture
def folder(tmp_path):
    """Two videos, a text, a hidden file and a folder with one video."""
    for name in ("b.mp4", "a.mp4", "notes.txt", ".hidden.mp4"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "c.mp4").write_bytes(b"x")
    return tmp_path


@pytest.fixture
def picker(parent, folder, qtbot, look):
    """A picker of the named kind over that folder, once its entries were read."""

    def opened(mode, kinds="Videos (*.mp4);;All files (*)"):
        made = FilePicker(look, "Choose", mode, kinds, folder, parent)
        made.told = []
        made.chosen.connect(made.told.append)
        made.open()
        qtbot.waitUntil(lambda: made.list.currentIndex().isValid())
        return made

    return opened


def rows(picker):
    model, root = picker.list.model(), picker.list.rootIndex()
    return [model.index(at, 0, root).data() for at in range(model.rowCount(root))]


def select(picker, *names):
    model, root, chosen = picker.list.model(), picker.list.rootIndex(), picker.list.selectionModel()
    chosen.clearSelection()
    for at, name in enumerate(rows(picker)):
        if name in names:
            index = model.index(at, 0, root)
            picker.list.setCurrentIndex(index) if len(names) == 1 else None
            chosen.select(index, chosen.SelectionFlag.Select | chosen.SelectionFlag.Rows)


def test_files_a_file_and_a_folder_are_told_when_they_are_chosen(parent, tmp_path):
    told = []
    one, other = tmp_path / "a.mp4", tmp_path / "b.mp4"
    for picker, paths in (
        (file_dialogs.choose_files(parent, "V", "V (*.mp4)", told.append), [one, other]),
        (file_dialogs.choose_file(parent, "Model", "M (*.onnx)", told.append), [one]),
        (file_dialogs.choose_folder(parent, "Folder", told.append), [tmp_path]),
    ):
        picker.chosen.emit(paths)
        picker.close()
    assert told == [[one, other], one, tmp_path]


def test_nothing_is_told_after_a_cancel(parent, qtbot):
    told = []
    picker = file_dialogs.choose_folder(parent, "Folder", told.append)
    assert (picker.isVisible(), picker.mode) == (True, "folder")
    QTest.keyClick(picker.list, Key.Key_Escape)
    qtbot.waitUntil(lambda: not parent.findChildren(FilePicker))
    assert told == []


def test_a_picker_begins_where_the_last_file_was(parent, tmp_path):
    (tmp_path / "clips").mkdir()
    picker = file_dialogs.choose_files(parent, "Videos", "Videos (*.mp4)", list)
    picker.chosen.emit([tmp_path / "clips" / "a.mp4"])
    picker.close()
    assert file_dialogs.get_start_folder(parent) == tmp_path / "clips"
    picker = file_dialogs.choose_folder(parent, "Folder", print)
    assert picker.folder == tmp_path / "clips"
    picker.reject()
    (tmp_path / "clips").rmdir()
    assert file_dialogs.get_start_folder(parent) != tmp_path / "clips"


def test_only_what_is_wanted_is_shown_and_all_files_on_request(picker, qtbot):
    shown = picker("file")
    qtbot.waitUntil(lambda: rows(shown) == ["clips", "a.mp4", "b.mp4"])
    shown.kind.setCurrentIndex(1)
    qtbot.waitUntil(lambda: rows(shown) == ["clips", "a.mp4", "b.mp4", "notes.txt"])
    shown.reject()


def test_enter_goes_into_a_folder_backspace_out_and_enter_chooses_a_file(picker, qtbot, folder):
    shown = picker("file")
    qtbot.waitUntil(lambda: len(rows(shown)) == 3)
    assert not shown.choose.isEnabled()
    select(shown, "clips")
    QTest.keyClick(shown.list, Key.Key_Return)
    qtbot.waitUntil(lambda: rows(shown) == ["c.mp4"])
    QTest.keyClick(shown.list, Key.Key_Backspace)
    assert shown.folder == folder
    qtbot.waitUntil(lambda: len(rows(shown)) == 3)
    select(shown, "b.mp4")
    assert shown.choose.get_label() == "Choose “b.mp4”"
    QTest.keyClick(shown.list, Key.Key_Return)
    assert shown.told == [[folder / "b.mp4"]]
    assert not shown.isVisible()


def test_several_files_are_chosen_at_once(picker, qtbot, folder):
    shown = picker("files")
    qtbot.waitUntil(lambda: len(rows(shown)) == 3)
    select(shown, "a.mp4", "b.mp4")
    assert shown.choose.get_label() == "Choose 2 files"
    QTest.keyClick(shown.list, Key.Key_Return, Mod.ControlModifier)
    assert sorted(shown.told[0]) == [folder / "a.mp4", folder / "b.mp4"]


def test_a_folder_is_chosen_from_outside_or_inside_and_a_project_as_a_whole(
    picker, qtbot, folder, parent
):
    (folder / "line.fieldcheck").mkdir()
    shown = picker("folder")
    qtbot.waitUntil(lambda: rows(shown) == ["clips", "line.fieldcheck"])
    # the name of a test's own folder is longer than a button shows
    name = shorten_middle(folder.name, file_dialogs.LONGEST_SHOWN)
    assert shown.choose.get_label() == f"Choose folder “{name}”"
    select(shown, "clips")
    QTest.keyClick(shown.list, Key.Key_Return, Mod.ControlModifier)
    again = picker("folder")
    qtbot.waitUntil(lambda: len(rows(again)) == 2)
    select(again, "line.fieldcheck")
    QTest.keyClick(again.list, Key.Key_Return)
    assert (shown.told, again.told) == ([[folder / "clips"]], [[folder / "line.fieldcheck"]])


def test_a_path_can_be_typed(picker, folder, qtbot):
    shown = picker("file")
    QTest.keyClick(shown.list, Key.Key_L, Mod.ControlModifier)
    assert shown.path.hasFocus()
    shown.path.setText(str(folder / "clips"))
    QTest.keyClick(shown.path, Key.Key_Return)
    assert shown.folder == folder / "clips"
    shown.path.setText(str(folder / "nowhere" / "deep"))
    QTest.keyClick(shown.path, Key.Key_Return)
    assert shown.folder == folder
    shown.path.setText(str(folder / "notes.txt"))
    QTest.keyClick(shown.path, Key.Key_Return)
    assert shown.told == [[folder / "notes.txt"]]


def test_a_stick_comes_first_among_the_places(picker, folder):
    shown = picker("file")
    shown.show_drives((Drive("FIELD-USB", folder / "clips", 10**9),))
    assert shown.places.item(0).text() == "FIELD-USB"
    shown.places.itemActivated.emit(shown.places.item(0))
    assert shown.folder == folder / "clips"
    shown.reject()


def test_a_new_folder_gets_a_free_name(picker, folder, qtbot):
    (folder / "New folder").mkdir()
    assert find_free_name(folder) == "New folder 2"
    shown = picker("folder")
    shown._make.click()
    assert (folder / "New folder 2").is_dir()
    shown.reject()


def test_videos_come_first_and_all_files_stay_in_reach():
    first, last = file_dialogs.make_video_filter().split(";;")
    assert first.startswith("Videos (*.3gp ")
    assert ("*.mkv" in first, last) == (True, "All files (*)")
    assert file_dialogs.add_all_files("Logs", "*.csv") == "Logs (*.csv);;All files (*)"
    assert split_kinds("Logs (*.csv *.txt);;All files (*)") == [
        ("Logs", ("*.csv", "*.txt")),
        ("All files", ("*",)),
    ]
