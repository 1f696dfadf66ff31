import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from fieldcheck.workflows.models.golden import all_golden
from tests import makers


@pytest.fixture
def stress(screen_of):
    """The stress screen of a labelled project."""
    return screen_of("labelled", "stress")


@pytest.fixture
def failures(tmp_path):
    return makers.benchmark_folder(tmp_path / "night shift", each=2)


def third(stress):
    return stress.view.sets.said()[2]


def test_a_folder_is_named_answered_and_its_score_stands_beside_the_others(stress, window, failures, settle):
    assert third(stress).endswith("none yet")
    stress.presenter.sweeping.collecting.add(failures)
    settle()
    assert [(one.name, one.n) for one in all_golden(window.current.project)] == [("night shift", 6)]
    assert third(stress).startswith("Collected failures")
    assert "night shift" in third(stress)
    assert "%" in third(stress)


def test_undo_takes_the_name_back(stress, window, failures, settle):
    stress.presenter.sweeping.collecting.add(failures)
    settle()
    window.context.actions.get("undo").trigger()
    settle()
    assert all_golden(window.current.project) == ()
    assert third(stress).endswith("none yet")


def test_a_folder_without_labels_is_refused_in_a_sentence_and_nothing_is_kept(stress, window, tmp_path, settle):
    (tmp_path / "empty").mkdir()
    stress.presenter.sweeping.collecting.add(tmp_path / "empty")
    settle()
    assert [banner.key for banner in window.messages.banners] == ["stress.collect"]
    assert "empty" in window.messages.banners[0].text
    assert all_golden(window.current.project) == ()


def test_the_key_asks_for_the_folder(stress, window, press, qtbot):
    press(Qt.Key.Key_G)
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    dialog.close()
