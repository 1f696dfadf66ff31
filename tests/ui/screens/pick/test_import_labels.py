import pytest
from PySide6.QtWidgets import QFileDialog

from fieldcheck.footage.clips import list_sampling_lines
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.sampling.proposal import load_proposal


@pytest.fixture
def pick(screen_of):
    """The Pick screen over twenty picks without labels."""
    return screen_of("drawn", "pick")


@pytest.fixture
def sheet(window, pick, tmp_path):
    """A table with a class for each pick."""
    names = {row.frame_id for row in load_proposal(window.current.project).rows}
    path = tmp_path / "labels.csv"
    rows = [
        f"{line.frame.frame_id},red"
        for line in window.current.project.read(list_sampling_lines)
        if line.frame.frame_id in names
    ]
    path.write_text("\n".join(["file,class", *rows]))
    return path


def stored(window):
    return window.current.project.read(labels_table.list_labels)


def test_labels_that_are_dropped_come_in_as_one_act_that_can_be_undone(
    window, pick, sheet, settle, qtbot
):
    window.show_screen("project")
    settle()
    window.get_shown_screen().view.dropped.emit([sheet])
    qtbot.waitUntil(lambda: window.current_screen == "pick")
    settle()
    assert {label.class_name for label in stored(window)} == {"red"}
    assert len(stored(window)) == 20
    message = window.messages.history[-1]
    assert message.text == "20 labels imported. 20 of 20 images labelled (csv): red 20"
    assert pick.view.propose.get_label() == "Pick more"
    message.action()
    settle()
    assert stored(window) == ()


def test_what_does_not_fit_is_refused_in_a_sentence(window, pick, settle, tmp_path):
    wrong = tmp_path / "labels.csv"
    wrong.write_text("file,class\nnobody.png,red")
    pick.presenter._label_import.import_labels(wrong)
    settle()
    assert stored(window) == ()
    assert [one.key for one in window.messages.banners] == ["pick.labels"]


def test_a_folder_is_asked_for_too(window, pick):
    window.context.actions.get_action("pick.label_folder").trigger()
    dialog = pick.view.findChild(QFileDialog)
    assert dialog.fileMode() == QFileDialog.FileMode.Directory
    dialog.close()


def test_the_button_opens_a_menu_with_both(window, pick, qtbot):
    assert pick.view.labels_in.isEnabled()
    pick.view.labels_in.click()
    qtbot.waitUntil(pick.view.labels_menu.isVisible)
    expected = ["pick.label_file", "pick.label_folder"]
    assert [action.objectName() for action in pick.view.labels_menu.actions()] == expected
    pick.view.labels_menu.close()


def test_without_picks_there_is_nothing_to_label(window, screen_of):
    assert not screen_of("footed", "pick").view.labels_in.isEnabled()
    assert not window.context.actions.get_action("pick.label_file").isEnabled()
