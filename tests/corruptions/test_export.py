import csv
import json

import numpy as np
import pytest

from fieldcheck.corruptions import export
from fieldcheck.corruptions.match_field import CameraFit
from fieldcheck.corruptions.training_recipe import list_recipe_parts
from fieldcheck.domain.robustness import CandidateCorruption, FieldMatch, RunnerUp
from fieldcheck.errors.labels import NothingLabelled
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.imaging.codec import read_image
from fieldcheck.labels.store import mark_person
from fieldcheck.models.embeddings import set_tags
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import add_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.project import get_benchmark_root
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.report.export import export_labels
from tests import makers
from tests.corruptions.pictures import scene
from tests.counts import only_full


def rows_of(path):
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def test_a_tenth_of_the_benchmark_is_poisoned_and_the_rest_is_listed(labelled, tmp_path):
    out, benchmark = tmp_path / "poison", labelled.read(benchmarks_table.get_benchmark)
    found = export.export_poison(labelled, out, None, 0, NullProgress())
    assert found.n == max(1, round(0.1 * len(benchmark.items)))
    poisoned, rest = rows_of(out / "poison.csv"), (out / "rest.txt").read_text("utf-8").split()
    assert len(poisoned) == found.n
    actual = {row["source"] for row in poisoned} | set(rest)
    assert actual == {item.path for item in benchmark.items}
    for row in poisoned:
        clean = read_image(get_benchmark_root(labelled, benchmark) / row["source"])
        assert read_image(out / row["file"]).shape == clean.shape
    classes = {item.path: item.class_name for item in benchmark.items}
    actual = [row["class"] for row in rows_of(out / "labels.csv")]
    assert actual == [classes[row["source"]] for row in poisoned]


def test_the_holdout_is_damaged_as_the_field_looks(labelled, tmp_path, monkeypatch):
    haze = CandidateCorruption("haze", "haze", 2.0, 0.8, 0.0)
    fit = CameraFit((), FieldMatch(haze, "", (haze,), 1.0))
    monkeypatch.setattr("fieldcheck.corruptions.export.fit_field", lambda *asked: fit)
    export.export_poison(labelled, tmp_path / "poison", None, 0, NullProgress())
    (row,) = rows_of(tmp_path / "poison" / "poison.csv")[:1]
    root = get_benchmark_root(labelled, labelled.read(benchmarks_table.get_benchmark))
    clean = read_image(root / row["source"])
    (part,) = (part for part in list_recipe_parts() if part.corruption == "haze")
    assert row["corruption"] == "haze"
    again = export.apply_recipe_part(clean, part, int(row["seed"]))
    assert np.array_equal(read_image(tmp_path / "poison" / row["file"]), again)


def test_two_damages_of_the_field_are_done_as_light_meets_them(labelled, tmp_path, monkeypatch):
    noise = CandidateCorruption("gauss_noise", "gauss_noise", 2.0, 0.7, 0.0)
    match = FieldMatch(noise, "", (noise,), 1.0, RunnerUp("defocus", "defocus", 2.0, 2.0, 0.9))
    fit = CameraFit((), match)
    monkeypatch.setattr("fieldcheck.corruptions.export.fit_field", lambda *asked: fit)
    monkeypatch.setattr(
        "fieldcheck.corruptions.export.split_parts", lambda parts, seed, kept: (parts, ())
    )
    export.export_poison(labelled, tmp_path / "poison", None, 0, NullProgress())
    (row,) = rows_of(tmp_path / "poison" / "poison.csv")[:1]
    root = get_benchmark_root(labelled, labelled.read(benchmarks_table.get_benchmark))
    rgb = read_image(root / row["source"])
    known = {part.corruption: part for part in list_recipe_parts()}
    assert row["corruption"] == "defocus + gauss_noise"
    for name in ("defocus", "gauss_noise"):
        rgb = export.apply_recipe_part(rgb, known[name], int(row["seed"]))
    assert np.array_equal(read_image(tmp_path / "poison" / row["file"]), rgb)


@only_full
def test_any_labelled_folder_may_be_poisoned(labelled, tmp_path):
    benchmark = labelled.read(benchmarks_table.get_benchmark)
    root = get_benchmark_root(labelled, benchmark)
    found = export.export_poison(labelled, tmp_path / "poison", root, 1, NullProgress())
    assert found.n >= 1


def test_failures_are_given_as_they_are_and_damaged_four_times(labelled, tmp_path):
    stored = labelled.read(labels_table.list_labels)
    frames = [label.frame_id for label in stored if label.state == "done"][:2]
    found = export.export_augmented(labelled, tmp_path / "more", frames, 0, NullProgress())
    rows = rows_of(tmp_path / "more" / "labels.csv")
    pictures = [name for name in found.files if name.endswith(".png")]
    assert found.n == len(pictures) >= 10
    assert {row["file"] for row in rows} == set(pictures)


def test_without_names_the_failures_are_the_frames_with_a_tag(labelled, tmp_path):
    rows = labelled.read(labels_table.list_labels)
    tagged = next(label.frame_id for label in rows if label.state == "done")
    set_tags(labelled, [tagged], add=["looks wrong"])
    found = export.export_augmented(labelled, tmp_path / "more", [], 0, NullProgress())
    actual = {name for name in found.files if name.endswith(".png")}
    assert actual == {f"images/{tagged.replace('/', '_')}_{k}.png" for k in range(5)}


def test_frames_without_a_label_cannot_be_augmented(drawn, tmp_path):
    for frames, among in ((["nothing"], "named"), ([], "tagged")):
        with pytest.raises(NothingLabelled) as refused:
            export.export_augmented(drawn, tmp_path / "more", frames, 0, NullProgress())
        assert refused.value.among == among
    assert not (tmp_path / "more").exists()


def test_empty_frames_come_along_as_negatives(tmp_path, made_boxed):
    from fieldcheck.project.folder import open_project

    with open_project(made_boxed) as project:
        labels = project.read(labels_table.list_labels)
        boxed = next(label.frame_id for label in labels if label.boxes)
        found = export.export_augmented(project, tmp_path / "more", [boxed], 0, NullProgress())
    rows = rows_of(tmp_path / "more" / "labels.csv")
    assert found.n == 6
    assert sum(row["class"] == "" for row in rows) == 1
    assert sum(row["class"] == "part" for row in rows) == 5


def test_damage_is_the_same_for_the_same_seed_and_moves_nothing():
    part = list_recipe_parts()[0]
    assert np.array_equal(
        export.apply_recipe_part(scene(), part, 4), export.apply_recipe_part(scene(), part, 4)
    )
    fourth = export.apply_recipe_part(scene(), part, 4)
    assert not np.array_equal(fourth, export.apply_recipe_part(scene(), part, 5))


def test_a_folder_is_poisoned_without_frames_marked_with_a_person(labelled, tmp_path):
    frames = sorted(labelled.read(labels_table.list_labels), key=lambda one: one.frame_id)
    export_labels(labelled, "imagefolder", tmp_path / "set", NullProgress())
    mark_person(labelled, [one.frame_id for one in frames[:5]], marked=True, annotator="tester")
    found = export.export_poison(labelled, tmp_path / "out", tmp_path / "set", 0, NullProgress())
    assert found.n_people == 5
    content = (tmp_path / "out" / "poison.csv").read_text()
    told = content + (tmp_path / "out" / "rest.txt").read_text()
    assert not any(one.frame_id in told for one in frames[:5])
    actual = export.export_poison(
        labelled, tmp_path / "with", tmp_path / "set", 0, NullProgress(), with_people=True
    ).n_people
    assert actual == 0
    mark_person(labelled, [one.frame_id for one in frames], marked=True, annotator="tester")
    with pytest.raises(NothingLabelled):
        export.export_poison(labelled, tmp_path / "none", tmp_path / "set", 0, NullProgress())


def test_a_recipe_is_one_pipeline_its_transforms_and_what_was_kept_out(labelled, tmp_path):
    out = tmp_path / "recipe"
    found = export.export_recipe(labelled, out, 0, NullProgress())
    expected = ["README.md", "fieldcheck_transforms.py", "pipeline.json", "unseen/pipeline.json"]
    assert sorted(found.files) == expected
    assert all((out / name).is_file() for name in found.files)
    places = ("pipeline.json", "unseen/pipeline.json")
    trained, unseen = (names((out / place).read_text("utf-8")) for place in places)
    assert not trained & unseen
    assert "set_random_seed(0)" in (out / "README.md").read_text("utf-8")


def test_a_place_that_holds_something_is_left_alone(labelled, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(PathOccupied):
        export.export_recipe(labelled, tmp_path, 0, NullProgress())
    assert [one.name for one in tmp_path.iterdir() if one.suffix == ".txt"] == ["mine.txt"]


def test_an_ablation_leaves_one_out_at_a_time_and_compares_what_was_trained(labelled, tmp_path):
    out = tmp_path / "ablation"
    found = export.export_ablation(labelled, out, 0, NullProgress())
    folders = sorted(one.name for one in out.iterdir() if one.is_dir() and one.name != "unseen")
    assert found.n == len(folders)
    unseen = names((out / "unseen/pipeline.json").read_text("utf-8"))
    assert not names((out / "all/pipeline.json").read_text("utf-8")) & unseen
    assert "all" in folders
    whole = (out / "all/pipeline.json").read_text("utf-8")
    for folder in folders:
        left_out = folder.removeprefix("without_")
        if folder != "all":
            assert len((out / folder / "pipeline.json").read_text("utf-8")) < len(whole), left_out
    rows = list(csv.DictReader((out / "ablation.csv").read_text("utf-8").splitlines()))
    assert tuple(rows[0]) == export.COLUMNS
    assert {row["recipe"] for row in rows} == set(folders)
    assert all(row["model"] == "" for row in rows)


@pytest.mark.long
def test_models_that_are_called_as_the_recipes_are_compared_in_the_table(labelled, tmp_path):
    for name, gain in (("all", 15.0), ("without_jpeg", 10.0)):
        path = makers.colour_model(tmp_path / f"{name}.onnx", gain=gain)
        add_model(labelled, path, None, makers.NOW)
        run_and_score(labelled, name, "all", NullProgress(), makers.NOW)
    export.export_ablation(labelled, tmp_path / "ablation", 0, NullProgress())
    table = csv.DictReader((tmp_path / "ablation/ablation.csv").read_text("utf-8").splitlines())
    rows = {row["recipe"]: row for row in table}
    compared = [rows[name] for name in ("all", "without_jpeg")]
    expected = [("all", ""), ("without_jpeg", "jpeg")]
    assert [(row["model"], row["left_out"]) for row in compared] == expected
    for row in compared:
        assert float(row["benchmark_lo"]) <= float(row["benchmark"]) <= float(row["benchmark_hi"])
        assert float(row["field_lo"]) <= float(row["field"]) <= float(row["field_hi"])
    assert all(
        row["model"] == "" for name, row in rows.items() if name not in {"all", "without_jpeg"}
    )


def names(text):
    """The transforms of a pipeline."""
    groups = json.loads(text)["transform"]["transforms"][0]["transforms"]
    return {
        one["transforms"][0]["__class_fullname__"] + str(one["transforms"][0])
        for one in groups[0]["transforms"][0]["transforms"]
    }
