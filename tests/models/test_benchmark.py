import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import BenchmarkRefused
from fieldcheck.labels.messages import list_import_lines
from fieldcheck.models.benchmark import (
    check_benchmark,
    list_changed_images,
    read_benchmark,
    read_benchmark_with_receipt,
    set_benchmark,
)
from fieldcheck.models.run import run_on_set
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.project import get_benchmark_root
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.report.summary_page import list_warnings
from tests import makers
from tests.report.example_report import example_report


def test_a_benchmark_is_stored_by_its_absolute_place(material, empty, monkeypatch):
    monkeypatch.chdir(material)
    found = read_benchmark(Path("clean"), None, 0.9)
    assert found.root == os.fspath((material / "clean").resolve())
    assert set_benchmark(empty, found).benchmark == found
    assert empty.read(benchmarks_table.get_benchmark) == found


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
        benchmark = set_benchmark(project, read_benchmark(tmp_path / "other", None, None))
        assert benchmark.benchmark.classes == ("cat", "dog")


def test_boxes_are_counted(tmp_path):
    makers.save_picture(tmp_path / "b" / "1.png", "red")
    makers.save_picture(tmp_path / "b" / "2.png", "red")
    table = tmp_path / "b" / "labels.csv"
    (table).write_text("file,class,x,y,w,h\n1.png,part,1,2,3,4\n1.png,hole,1,2,3,4\n2.png,,,,,\n")
    named = check_benchmark(read_benchmark(tmp_path / "b", None, None), "detection", ("part",))
    assert (len(named.benchmark.items), named.n_boxes, named.unmatched) == (2, 2, ("hole",))


def test_boxes_of_one_class_name_a_pictures_class_where_the_model_answers_in_classes(tmp_path):
    for name in ("1.png", "2.png"):
        makers.save_picture(tmp_path / "b" / name, "red")
    (tmp_path / "b" / "labels.csv").write_text(
        "file,class,x,y,w,h\n1.png,part,1,2,3,4\n1.png,part,5,6,7,8\n2.png,hole,1,2,3,4\n"
    )
    benchmark = check_benchmark(read_benchmark(tmp_path / "b", None, None), "classification", None)
    (first, second) = benchmark.benchmark.items
    assert (first.class_name, second.class_name, len(first.boxes)) == ("part", "hole", 2)
    with (tmp_path / "b" / "labels.csv").open("a") as file:
        file.write("2.png,part,1,2,3,4\n")
    with pytest.raises(BenchmarkRefused) as caught:
        check_benchmark(read_benchmark(tmp_path / "b", None, None), "classification", None)
    assert caught.value.problem == "wrong_task"


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_pictures_that_a_tool_replaced_by_links_are_followed_and_counted(empty, tmp_path):
    folder, cache = makers.benchmark_folder(tmp_path / "set", each=3), tmp_path / ".dvc" / "cache"
    cache.mkdir(parents=True)
    for number, path in enumerate(sorted((folder / "red").iterdir())):
        path.rename(cache / str(number))
        path.symlink_to(cache / str(number))
    (folder / "blue").rename(cache / "blue")
    (folder / "blue").symlink_to(cache / "blue")
    found, receipt = read_benchmark_with_receipt(folder, None, None, None, strict=True)
    assert (receipt.n_pictures, receipt.linked, receipt.to_json()["linked"]) == (9, 6, 6)
    assert "6 images are symbolic links and were followed." in list_import_lines(*receipt.as_tuple)
    set_benchmark(empty, found)
    assert run_and_score(empty, None, "benchmark", NullProgress(), makers.NOW)[0].score.n == 9


def test_a_coco_picture_without_annotation_counts_only_where_the_file_says_it_is_empty(tmp_path):
    for name in ("a.png", "b.png"):
        makers.save_picture(tmp_path / name, "red")
    document = {
        "images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.png"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 5, 5]}],
        "categories": [{"id": 1, "name": "part"}],
    }
    path = tmp_path / "labels.json"
    path.write_text(json.dumps(document))
    found, receipt = read_benchmark_with_receipt(path, None, None, None, strict=False)
    assert [item.path for item in found.items] == ["a.png"]
    assert receipt.faults == {"unlabelled": ("b.png",)}
    assert "1 unlabelled image, not scored: b.png" in list_import_lines(*receipt.as_tuple)
    path.write_text(json.dumps(document | {"info": {"images_without_annotation": "empty"}}))
    found, receipt = read_benchmark_with_receipt(path, None, None, None, strict=True)
    assert ([item.path for item in found.items], receipt.faults) == (["a.png", "b.png"], {})


def test_a_picture_that_was_changed_after_its_answer_is_told_until_the_next_run(drawn):
    model = find_model(drawn)
    root = get_benchmark_root(drawn, drawn.read(benchmarks_table.get_benchmark))
    assert list_changed_images(drawn, model) == ()  # nothing was answered
    run_on_set(drawn, model, "benchmark", NullProgress(), makers.NOW)
    kept = (root / "green/000.png").read_bytes()
    try:
        shutil.copyfile(root / "blue/001.png", root / "green/000.png")
        assert list_changed_images(drawn, model) == ("green/000.png",)
        run_on_set(drawn, model, "benchmark", NullProgress(), makers.NOW)
        assert list_changed_images(drawn, model) == ()
    finally:
        (root / "green/000.png").write_bytes(kept)


def test_what_was_written_long_before_the_model_was_asked_is_not_read_again(drawn, monkeypatch):
    model = find_model(drawn)
    run_on_set(drawn, model, "benchmark", NullProgress(), "2096-03-01T09:00:00+00:00")
    monkeypatch.setattr("fieldcheck.models.benchmark.is_changed_file", None)
    assert list_changed_images(drawn, model) == ()


def test_where_the_time_of_a_run_is_none_every_picture_is_read_again(drawn):
    model = find_model(drawn)
    run_on_set(drawn, model, "benchmark", NullProgress(), "x" * 20)
    assert list_changed_images(drawn, model) == ()


def test_the_report_says_on_which_pictures_its_benchmark_score_rests():
    said = list_warnings(replace(example_report(), changed_benchmark=("red/1.png", "red/2.png")))
    assert any(
        line.startswith(
            "2 benchmark images changed since they were last run: benchmark score and gap "
            "refer to the old images."
        )
        for line in said
    )
