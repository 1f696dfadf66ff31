import json
import sqlite3
from contextlib import closing

import pytest

from fieldcheck.errors.models import NoRuns
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.labels.store import mark_person
from fieldcheck.models.runs_mlflow import export_mlflow
from fieldcheck.models.store import find_model
from fieldcheck.models.training_info import TrainingFiles, read_training_files, store_training
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as picks_table
from tests import makers


def asked(store, question):
    with closing(sqlite3.connect(store)) as db:
        return db.execute(question).fetchall()


def test_runs_scores_and_training_stand_in_the_store_and_ten_frames_beside_it(
    labelled, material, tmp_path
):
    model = find_model(labelled)
    (tmp_path / "log.csv").write_text("epoch,train_loss,val_loss\n1,1.0,1.1\n2,0.5,0.7\n")
    (tmp_path / "best.pt").write_bytes(b"weights")
    told = TrainingFiles(log=tmp_path / "log.csv", checkpoint=tmp_path / "best.pt", seed=7)
    store_training(
        labelled, model, read_training_files(labelled.path / model.file, told, 32), makers.NOW
    )
    found = export_mlflow(labelled, tmp_path / "out", NullProgress())
    store = tmp_path / "out" / "mlflow.db"
    assert (found.format, found.n, found.files[0]) == ("mlflow", 4, "mlflow.db")
    assert all((tmp_path / "out" / name).is_file() for name in found.files)
    runs = dict(asked(store, "SELECT name, run_uuid FROM runs"))
    assert set(runs) == {"net field", "net footage", "net benchmark", "training of net"}
    scores = dict(
        asked(store, f"SELECT key, value FROM metrics WHERE run_uuid = '{runs['net benchmark']}'")
    )
    assert scores["answers"] == scores["accuracy_n"] == 18
    assert scores["accuracy_lo"] <= scores["accuracy"] <= scores["accuracy_hi"]
    actual = asked(store, "SELECT step, value FROM metrics WHERE key = 'val_loss' ORDER BY step")
    assert actual == [(1, 1.1), (2, 0.7)]
    trained = dict(
        asked(store, f"SELECT key, value FROM params WHERE run_uuid = '{runs['training of net']}'")
    )
    assert trained["checkpoint"] == "best.pt"
    assert (len(trained["checkpoint_sha256"]), trained["seed"]) == (64, "7")
    folder = tmp_path / "out" / "artifacts" / runs["net field"] / "artifacts"
    assert len(list((folder / "frames").iterdir())) == 10
    assert json.loads((folder / "run.json").read_text())["environments"][0]["versions"]["numpy"]
    with pytest.raises(PathOccupied):
        export_mlflow(labelled, tmp_path / "out", NullProgress())


def test_more_frames_are_logged_on_demand_and_people_only_when_asked_for(labelled, tmp_path):
    mark_person(labelled, [labelled.read(picks_table.list_picks)[0].frame_id], True, by="Kim")
    found = export_mlflow(labelled, tmp_path / "all", NullProgress(), pictures=100)
    assert (sum("/frames/" in name for name in found.files), found.n_people) == (19, 1)
    shown = export_mlflow(
        labelled, tmp_path / "people", NullProgress(), pictures=100, with_people=True
    )
    assert sum("/frames/" in name for name in shown.files) == 20
    assert not any(
        "/frames/" in name
        for name in export_mlflow(labelled, tmp_path / "none", NullProgress(), pictures=0).files
    )


def test_without_a_run_there_is_nothing_to_write(empty, tmp_path):
    with pytest.raises(NoRuns):
        export_mlflow(empty, tmp_path / "out", NullProgress())
    assert not (tmp_path / "out").exists()
