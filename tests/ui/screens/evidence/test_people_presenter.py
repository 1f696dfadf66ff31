import shutil

import pytest

from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.ui.screens.evidence.annotators import AnnotatorsPresenter
from tests import makers


def answered(project, by, said):
    names = [one.frame_id for one in project.read(labels_table.list_picks)]
    for place, class_name in said.items():
        set_label(project, names[place], LabelDecision(class_name), annotator=by, now=makers.NOW)
    return names


@pytest.fixture
def met(desk, project, told, made, tmp_path):
    """Two people labelled three frames each and differ on two of them; the labels of the other one
    are in."""
    mine, view = project("drawn"), told()
    names = answered(mine, "me", {0: "red", 1: "red", 2: "blue"})
    theirs = shutil.copytree(made["drawn"], tmp_path / "theirs.fieldcheck")
    with open_project(theirs) as other:
        answered(other, "you", {0: "blue", 1: "green", 2: "blue"})
    presenter = AnnotatorsPresenter(view, desk)
    presenter.merge_labels([theirs])
    desk.settle()
    presenter.load_data()
    desk.settle()
    return mine, presenter, view, names


def test_both_answers_stand_beside_each_other_and_the_one_that_is_chosen_is_the_label(desk, met):
    mine, presenter, view, names = met
    assert "2 label conflicts." in desk.said[-1]
    assert "Inter-annotator agreement: 33%" in desk.said[-1]
    expected = ("Conflict 1 of 2; resolved: 0.", ("red (me)", "blue (you)"))
    assert view.told["show_conflict"] == expected
    rgb, marks = view.told["show_frame"]
    assert (rgb.ndim, marks) == (3, ((), ()))
    presenter.decide_conflict(second=True)
    desk.settle()
    assert mine.read(lambda db: labels_table.get_label(db, names[0])).class_name == "blue"
    presenter.load_data()
    desk.settle()
    expected = ("Conflict 2 of 2; resolved: 1.", ("red (me)", "green (you)"))
    assert view.told["show_conflict"] == expected
    presenter.decide_conflict(second=False)
    desk.settle()
    assert mine.read(lambda db: labels_table.get_label(db, names[1])).class_name == "red"
    desk.current.undo(lambda _: None, desk.messages.show_error)
    desk.current.undo(lambda _: None, desk.messages.show_error)
    desk.settle()
    assert mine.read(lambda db: labels_table.get_label(db, names[0])).class_name == "red"


def test_the_picks_are_dealt_out_to_two_people_with_an_overlap(desk, project, told, tmp_path):
    project("drawn")
    presenter = AnnotatorsPresenter(told(), desk)
    presenter.split_frames(tmp_path, 4, with_people=False)
    desk.settle()
    expected = ["drawn_A.fcpack", "drawn_B.fcpack"]
    assert sorted(one.name for one in tmp_path.glob("*.fcpack")) == expected
    assert desk.said[-1] == "drawn_A.fcpack: 12 frames; drawn_B.fcpack: 12 frames; in both: 4."
    presenter.load_data()
    desk.settle()
    assert presenter.conflicts.current_conflict is None
