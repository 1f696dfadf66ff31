import csv
import json

import pytest

from fieldcheck.corruptions.export import COLUMNS, export_ablation, export_recipe
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import add_model
from fieldcheck.progress import NullProgress
from tests import makers


def test_a_recipe_is_one_pipeline_its_transforms_and_what_was_kept_out(labelled, tmp_path):
    out = tmp_path / "recipe"
    found = export_recipe(labelled, out, 0, NullProgress())
    expected = ["README.md", "fieldcheck_transforms.py", "pipeline.json", "unseen/pipeline.json"]
    assert sorted(found.files) == expected
    assert all((out / name).is_file() for name in found.files)
    trained, unseen = (
        names((out / place).read_text("utf-8"))
        for place in ("pipeline.json", "unseen/pipeline.json")
    )
    assert not trained & unseen
    assert "set_random_seed(0)" in (out / "README.md").read_text("utf-8")


def test_a_place_that_holds_something_is_left_alone(labelled, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(PathOccupied):
        export_recipe(labelled, tmp_path, 0, NullProgress())
    assert [one.name for one in tmp_path.iterdir() if one.suffix == ".txt"] == ["mine.txt"]


def test_an_ablation_leaves_one_out_at_a_time_and_compares_what_was_trained(labelled, tmp_path):
    out = tmp_path / "ablation"
    found = export_ablation(labelled, out, 0, NullProgress())
    folders = sorted(one.name for one in out.iterdir() if one.is_dir() and one.name != "unseen")
    assert found.n == len(folders)
    assert not names((out / "all/pipeline.json").read_text("utf-8")) & names(
        (out / "unseen/pipeline.json").read_text("utf-8")
    )
    assert "all" in folders
    whole = (out / "all/pipeline.json").read_text("utf-8")
    for folder in folders:
        left_out = folder.removeprefix("without_")
        if folder != "all":
            assert len((out / folder / "pipeline.json").read_text("utf-8")) < len(whole), left_out
    rows = list(csv.DictReader((out / "ablation.csv").read_text("utf-8").splitlines()))
    assert tuple(rows[0]) == COLUMNS
    assert {row["recipe"] for row in rows} == set(folders)
    assert all(row["model"] == "" for row in rows)


def test_models_that_are_called_as_the_recipes_are_compared_in_the_table(labelled, tmp_path):
    for name, gain in (("all", 15.0), ("without_jpeg", 10.0)):
        add_model(
            labelled, makers.colour_model(tmp_path / f"{name}.onnx", gain=gain), None, makers.NOW
        )
        run_and_score(labelled, name, "all", NullProgress(), makers.NOW)
    export_ablation(labelled, tmp_path / "ablation", 0, NullProgress())
    rows = {
        row["recipe"]: row
        for row in csv.DictReader(
            (tmp_path / "ablation/ablation.csv").read_text("utf-8").splitlines()
        )
    }
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
