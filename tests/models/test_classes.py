import pytest

from fieldcheck.errors.labels import ClassUnknown
from fieldcheck.models.store import (
    add_model,
    get_ok_classes,
    get_project_task,
    list_project_classes,
    set_ok_classes,
)
from tests import makers


def test_a_project_without_anything_has_no_classes(tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck") as project:
        assert list_project_classes(project) == ()
        assert get_project_task(project) == "classification"


def test_classes_that_were_told_go_before_those_of_the_benchmark(material, tmp_path):
    with makers.empty_project(tmp_path / "a.fieldcheck", benchmark=material / "clean") as project:
        assert list_project_classes(project) == ("blue", "green", "red")
    (tmp_path / "classes.txt").write_text("red\nblue\n")
    with makers.empty_project(
        tmp_path / "b.fieldcheck", classes=tmp_path / "classes.txt", benchmark=material / "clean"
    ) as project:
        assert list_project_classes(project) == ("red", "blue")


def test_the_first_model_decides_so_that_labels_keep_their_meaning(empty, tmp_path):
    more = {**makers.COLOUR_CARD, "classes": ["blue", "green", "red"]}
    later = makers.colour_model(tmp_path / "later.onnx", more, order=(2, 1, 0))
    add_model(empty, later, None, makers.LATER)
    assert list_project_classes(empty) == makers.COLOURS


def test_the_task_is_that_of_the_model_else_of_the_benchmark(material, tmp_path):
    with makers.empty_project(tmp_path / "a.fieldcheck", material / "box.onnx") as project:
        assert get_project_task(project) == "detection"
    makers.save_picture(tmp_path / "boxes" / "1.png", "red")
    (tmp_path / "boxes" / "labels.csv").write_text("file,class,x,y,w,h\n1.png,part,1,2,3,4\n")
    with makers.empty_project(tmp_path / "b.fieldcheck", benchmark=tmp_path / "boxes") as project:
        assert get_project_task(project) == "detection"


def test_nothing_is_proposed_for_names_that_do_not_tell(labelled):
    assert get_ok_classes(labelled) == ((), False)


def test_what_was_said_stands_until_it_is_taken_back(labelled):
    set_ok_classes(labelled, ["green"])
    assert get_ok_classes(labelled) == (("green",), True)
    labelled.undo()
    assert get_ok_classes(labelled) == ((), False)


def test_a_class_that_the_project_does_not_have_is_refused(labelled):
    with pytest.raises(ClassUnknown):
        set_ok_classes(labelled, ["brown"])
