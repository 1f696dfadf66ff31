import os
from pathlib import Path

import pytest

from fieldcheck.errors import BenchmarkRefused, PathMissing
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.workflows.models.benchmarks import check_benchmark, read_benchmark, set_benchmark
from tests import makers


def test_a_benchmark_is_stored_by_its_absolute_place(material, empty, monkeypatch):
    monkeypatch.chdir(material)
    found = read_benchmark(Path("clean"), None, 0.9)
    assert found.root == os.fspath((material / "clean").resolve())
    assert set_benchmark(empty, found).benchmark == found
    assert empty.read(benchmarks_table.get) == found


def test_a_benchmark_that_is_none_is_refused(tmp_path):
    with pytest.raises(PathMissing):
        read_benchmark(tmp_path / "none", None, None)
    with pytest.raises(BenchmarkRefused):
        read_benchmark(tmp_path, None, None)
    (tmp_path / "labels.csv").write_text("file,class\n")
    with pytest.raises(BenchmarkRefused) as caught:
        read_benchmark(tmp_path / "labels.csv", "csv", None)
    assert caught.value.problem == "empty"


def test_classes_that_the_model_does_not_know_are_listed_and_some_must_be_known(material, tmp_path):
    folder = makers.benchmark_folder(tmp_path / "more", each=1)
    makers.save_picture(folder / "black" / "1.png", "red")
    found = read_benchmark(folder, None, None)
    assert check_benchmark(found, "classification", makers.COLOURS).unmatched == ("black",)
    assert check_benchmark(found, None, None).unmatched == ()
    with pytest.raises(BenchmarkRefused) as caught:
        check_benchmark(found, "classification", ("cat", "dog"))
    assert caught.value.problem == "no_shared_class"


def test_a_benchmark_of_another_kind_than_the_model_is_refused(material):
    with pytest.raises(BenchmarkRefused) as caught:
        check_benchmark(read_benchmark(material / "clean", None, None), "detection", makers.COLOURS)
    assert caught.value.problem == "wrong_task"


def test_without_a_model_another_benchmark_may_have_other_classes(material, tmp_path):
    makers.save_picture(tmp_path / "other" / "cat" / "1.png", "red")
    makers.save_picture(tmp_path / "other" / "dog" / "1.png", "blue")
    with makers.empty_project(tmp_path / "p.fieldcheck", benchmark=material / "clean") as project:
        assert set_benchmark(project, read_benchmark(tmp_path / "other", None, None)).benchmark.classes == ("cat", "dog")


def test_boxes_are_counted(tmp_path):
    makers.save_picture(tmp_path / "b" / "1.png", "red")
    makers.save_picture(tmp_path / "b" / "2.png", "red")
    (tmp_path / "b" / "labels.csv").write_text("file,class,x,y,w,h\n1.png,part,1,2,3,4\n1.png,hole,1,2,3,4\n2.png,,,,,\n")
    named = check_benchmark(read_benchmark(tmp_path / "b", None, None), "detection", ("part",))
    assert (len(named.benchmark.items), named.n_boxes, named.unmatched) == (2, 2, ("hole",))
