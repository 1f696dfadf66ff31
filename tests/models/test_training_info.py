import json
import sqlite3
from contextlib import closing

import albumentations as A
import pytest

from fieldcheck.analyses.retraining import ANALYSIS as TRAINED
from fieldcheck.domain.model_card import StrongestAugmentation, Training, TrainingRecipe
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import RecipeRefused, TrainingLogRefused
from fieldcheck.errors.messages import format_error
from fieldcheck.models import training_info
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from fieldcheck.report.assemble import build_report
from tests import makers

LOG = (
    "epoch, train_loss, val_loss, crack, "
    "lr\n1,1.0,1.1,0.5,0.01\n2,0.5,0.71,0.6,0.01\n3,0.4,0.70,0.7,0.001\n4,0.3,0.71,,0.001\n"
)


def written(path, text):
    path.write_text(text)
    return path


def test_a_log_has_losses_and_further_columns(tmp_path):
    found = training_info.read_training_log(written(tmp_path / "log.csv", LOG))
    assert found.epochs == (1, 2, 3, 4)
    assert (found.train, found.val) == ((1.0, 0.5, 0.4, 0.3), (1.1, 0.71, 0.70, 0.71))
    assert set(found.others) == {"lr"}  # a column with a hole is left out


def test_ultralytics_losses_are_added_up(tmp_path):
    found = training_info.read_training_log(
        written(
            tmp_path / "results.csv",
            "epoch,train/box_loss,train/cls_loss,val/box_loss,val/cls_loss\n0,1,2,3,4\n",
        )
    )
    assert (found.epochs, found.train, found.val) == ((0,), (3,), (7,))


@pytest.mark.parametrize(("text", "problem"), [
    ("epoch,loss\n1,2\n", "columns"),
    ("epoch,train_loss,val_loss\n1,nan,x\n", "rows"),
    ("", "columns"),
])  # fmt: skip
def test_what_is_no_log_is_refused(tmp_path, text, problem):
    with pytest.raises(TrainingLogRefused) as refused:
        training_info.read_training_log(written(tmp_path / "log.csv", text))
    assert refused.value.problem == problem
    with pytest.raises(PathMissing):
        training_info.read_training_log(tmp_path / "none.csv")
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TrainingLogRefused) as refused:
        training_info.read_training_log(tmp_path / "bytes.csv")
    assert refused.value.problem == "text"


def test_a_checkpoint_alone_is_told_and_one_that_is_not_there_is_named(tmp_path):
    checkpoint = written(tmp_path / "last.pt", "weights")
    files = training_info.TrainingFiles(checkpoint=checkpoint, seed=7)
    found = training_info.read_training_files(tmp_path, files, 32)
    assert (found.checkpoint, found.seed, found.notes, found.curves) == ("last.pt", 7, "", None)
    with pytest.raises(PathMissing):
        training_info.read_training_files(
            tmp_path, training_info.TrainingFiles(checkpoint=tmp_path / "none.pt"), 32
        )


def test_what_is_told_is_kept_with_the_model_and_stands_in_the_report(labelled, material, tmp_path):
    model = find_model(labelled)
    assert training_info.get_training(labelled, model) is None
    told = training_info.TrainingFiles(
        material / "net.onnx",
        written(tmp_path / "notes.txt", "seed 7\naugment: blur 30%"),
        written(tmp_path / "log.csv", LOG),
    )
    found = training_info.read_training_files(labelled.path / model.file, told, 32)
    training_info.store_training(labelled, model, found, makers.NOW)
    assert training_info.get_training(labelled, model) == found
    assert (found.base, found.n_same, len(found.layers)) == ("net.onnx", 1, 1)
    assert (
        TRAINED.get_result(build_report(labelled, "en", NullProgress(), makers.NOW)).training
        == found
    )
    assert not training_info.TrainingFiles()
    with pytest.raises(PathMissing):
        training_info.read_training_files(
            labelled.path / model.file, training_info.TrainingFiles(notes=tmp_path / "none.txt"), 32
        )


NOISE = A.Compose([A.GaussNoise(std_range=(0.01, 0.02)), A.HorizontalFlip()])
READ = ((StrongestAugmentation("gauss_noise", "sigma", 0.02 * 255),), ("HorizontalFlip",))


@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_a_recipe_is_read_as_albumentations_saves_it(tmp_path, kind):
    path = tmp_path / f"train.{kind}"
    A.save(NOISE, path, data_format=kind)
    found = training_info.read_recipe_file(path, 96)
    assert (found.file, (found.hardest, found.unread)) == (path.name, READ)


@pytest.mark.parametrize(("name", "said", "problem"), [
    ("r.json", "{", "text"),
    ("r.json", '{"transform": 3}', "pipeline"),
    ("r.yaml", "a: [", "text"),
    ("r.yaml", "!!python/object/apply:os.system ['true']", "text"),
    ("r.json", " " * (1 << 20) + "{}", "size"),
])  # fmt: skip
def test_what_is_no_recipe_is_refused_and_never_run(tmp_path, name, said, problem):
    path = tmp_path / name
    path.write_text(said)
    with pytest.raises(RecipeRefused) as refused:
        training_info.read_recipe_file(path, 96)
    assert refused.value.problem == problem
    assert "Nothing was changed" in format_error(refused.value)
    with pytest.raises(PathMissing):
        training_info.read_recipe_file(tmp_path / "none.json", 96)


def told(*hardest):
    return Training(recipe=TrainingRecipe("train.json", hardest))


@pytest.mark.long
def test_the_cameras_severities_are_measured_once_and_held_against_the_recipe(labelled):
    nothing = told()
    assert training_info.get_known_ranges(labelled, nothing) is None
    measured = training_info.compute_field_ranges(labelled, nothing, NullProgress())
    training_info.store_camera_severities(labelled, NullProgress(), makers.NOW)
    training_info.store_camera_severities(labelled, NullProgress(), makers.NOW)
    with closing(sqlite3.connect(labelled.path / "project.db")) as db:
        rows = db.execute("SELECT count(*) FROM model_fact WHERE kind = 'camera_severities'")
        assert rows.fetchone() == (1,)
    assert training_info.get_known_ranges(labelled, nothing) == measured
    assert measured
    assert all(one.outside == (True, True, True) for one in measured)
    everything = told(
        *(StrongestAugmentation(one.corruption, one.parameter, one.stops[1]) for one in measured)
    )
    for one in training_info.get_known_ranges(labelled, everything):
        worse = one.stops[2] != one.stops[1]
        assert one.outside == (False, False, worse)
    assert training_info.compute_field_ranges(labelled, Training(), NullProgress()) is None
    assert training_info.get_known_ranges(labelled, None) is None


def test_without_footage_nothing_is_measured(empty):
    training_info.store_camera_severities(empty, NullProgress(), makers.NOW)
    assert training_info.compute_field_ranges(empty, told(), NullProgress()) is None
    report = build_report(empty, "en", NullProgress(), makers.NOW)
    assert TRAINED.get_result(report) is None


@pytest.mark.long
def test_more_footage_is_measured_anew(labelled, material):
    training_info.store_camera_severities(labelled, NullProgress(), makers.NOW)
    film = material / "night.avi"
    makers.add_footage(labelled, film, camera="left", location="line 1", taken_at=makers.NOW)
    assert training_info.get_known_ranges(labelled, told()) is None


def test_the_pipeline_of_the_program_itself_is_a_recipe(tmp_path):
    from fieldcheck.corruptions.training_recipe import format_pipeline, list_recipe_parts

    path = tmp_path / "pipeline.json"
    path.write_text(format_pipeline(list_recipe_parts()))
    found = training_info.read_recipe_file(path, 96)
    assert json.loads(path.read_text())["transform"]
    assert {"jpeg", "gauss_noise", "defocus"} <= {one.corruption for one in found.hardest}
