import shutil

import pytest

from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.labels import LabelsRefused
from fieldcheck.errors.models import NoModel
from fieldcheck.models.evaluate import add_golden_set, list_golden_sets, read_golden_items
from tests import makers


def test_a_golden_set_is_named_and_read_again_as_it_is_today(empty, tmp_path):
    folder = makers.benchmark_folder(tmp_path / "worst", each=2)
    added = add_golden_set(empty, "worst", folder)
    assert (added.name, added.n, added.format) == ("worst", 6, "imagefolder")
    assert list_golden_sets(empty) == (added,)
    makers.save_picture(folder / "red" / "more.png", "red", 9)
    assert len(read_golden_items(added)) == 7


def test_the_same_name_again_takes_its_place(empty, tmp_path):
    add_golden_set(empty, "other", makers.benchmark_folder(tmp_path / "a", each=1))
    add_golden_set(empty, "worst", makers.benchmark_folder(tmp_path / "b", each=1))
    again = add_golden_set(empty, "worst", makers.benchmark_folder(tmp_path / "c", each=2))
    assert [(one.name, one.n) for one in list_golden_sets(empty)] == [("other", 3), ("worst", 6)]
    assert list_golden_sets(empty)[1] == again


def test_naming_a_set_can_be_taken_back(empty, tmp_path):
    add_golden_set(empty, "worst", makers.benchmark_folder(tmp_path / "a", each=1))
    empty.undo()
    assert list_golden_sets(empty) == ()


def test_what_cannot_stay_right_is_refused(empty, tmp_path):
    with pytest.raises(PathMissing):
        add_golden_set(empty, "g", tmp_path / "none")
    strange = makers.save_picture(tmp_path / "set" / "zebra" / "0.png", "red").parent.parent
    with pytest.raises(LabelsRefused, match="zebra"):
        add_golden_set(empty, "g", strange)
    (tmp_path / "labels.csv").write_text("file,class\nnone.png,red\n")
    with pytest.raises(PathMissing):
        add_golden_set(empty, "g", tmp_path / "labels.csv")
    (tmp_path / "boxes.csv").write_text("file,class,x,y,w,h\nnone.png,red,1,1,5,5\n")
    with pytest.raises(LabelsRefused, match="wrong_task"):
        add_golden_set(empty, "g", tmp_path / "boxes.csv")
    assert list_golden_sets(empty) == ()


def test_a_set_that_is_gone_is_said_to_be(empty, tmp_path):
    folder = makers.benchmark_folder(tmp_path / "worst", each=1)
    added = add_golden_set(empty, "worst", folder)
    shutil.rmtree(folder)
    with pytest.raises(PathMissing):
        read_golden_items(added)


def test_a_project_without_a_model_has_nothing_to_stay_right(tmp_path):
    with makers.empty_project(tmp_path / "bare.fieldcheck") as project, pytest.raises(NoModel):
        add_golden_set(project, "g", makers.benchmark_folder(tmp_path / "a", each=1))
