import json
import sqlite3
from contextlib import closing

import pytest

from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.errors.labels import NoFootage
from fieldcheck.errors.models import ModelUnknown, NoModel, NoRuns
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.labels.store import mark_person
from fieldcheck.models import runs_mlflow
from fieldcheck.models.store import find_model
from fieldcheck.models.training_info import TrainingFiles, read_training_files, store_training
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import runs as runs_table
from tests import makers
from tests.makers import NOW


def scored(project, on="all", model=None):
    results = runs_mlflow.run_and_score(project, model, on, NullProgress(), makers.NOW)
    return {one.run_result.run.on: one for one in results}


def test_all_is_what_there_is(empty, footed, drawn):
    assert list(scored(empty)) == ["benchmark"]
    assert list(scored(footed)) == ["footage", "benchmark"]
    assert list(scored(drawn)) == ["field", "footage", "benchmark"]


def test_footage_has_no_score_and_the_field_none_before_labels(drawn):
    found = scored(drawn)
    assert found["footage"].score is None
    assert not found["field"].score.measured
    assert found["benchmark"].score.value == pytest.approx(17 / 18)
    assert {one.metric for one in found.values()} == {"accuracy"}


def test_the_field_is_scored_as_the_draw_weighs_it(labelled):
    score = scored(labelled, "field")["field"].score
    assert score.n == 20
    assert score.lo <= score.value <= score.hi
    assert score.method == "stratified_wilson"


def test_a_chosen_set_has_a_score_of_its_own(footed):
    makers.draw(footed, 10, design="hard")
    said = makers.label_all(footed)
    colours = makers.cycle(240)
    right = sum(name == colours[int(frame.rsplit("-", 1)[1])] for frame, name in said.items())
    score = scored(footed, "field")["field"].score
    assert (score.value, score.n, score.status) == (pytest.approx(right / 10), 10, "weak")


def test_a_detector_is_scored_by_frames_without_a_fault(material, tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck", material / "box.onnx") as project:
        makers.add_footage(project, material / "night.avi")
        assert scored(project)["footage"].metric == "frame_score"


def test_nothing_to_run_on_is_said(material, tmp_path):
    with (
        makers.empty_project(tmp_path / "p.fieldcheck", material / "net.onnx") as project,
        pytest.raises(NoFootage),
    ):
        scored(project)
    with makers.empty_project(tmp_path / "q.fieldcheck") as project, pytest.raises(NoModel):
        scored(project)


def test_an_unknown_model_is_refused(drawn):
    with pytest.raises(ModelUnknown):
        scored(drawn, model="other")


def asked(store, question):
    with closing(sqlite3.connect(store)) as db:
        return db.execute(question).fetchall()


def test_runs_scores_training_and_ten_frames_stand_in_the_store(labelled, material, tmp_path):
    model = find_model(labelled)
    (tmp_path / "log.csv").write_text("epoch,train_loss,val_loss\n1,1.0,1.1\n2,0.5,0.7\n")
    (tmp_path / "best.pt").write_bytes(b"weights")
    told = TrainingFiles(log=tmp_path / "log.csv", checkpoint=tmp_path / "best.pt", seed=7)
    files = read_training_files(labelled.path / model.file, told, 32)
    store_training(labelled, model, files, makers.NOW)
    found = runs_mlflow.export_mlflow(labelled, tmp_path / "out", NullProgress())
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
        runs_mlflow.export_mlflow(labelled, tmp_path / "out", NullProgress())


def test_more_frames_are_logged_on_demand_and_people_only_when_asked_for(labelled, tmp_path):
    mark_person(
        labelled, [labelled.read(picks_table.list_picks)[0].frame_id], True, annotator="Kim"
    )
    found = runs_mlflow.export_mlflow(labelled, tmp_path / "all", NullProgress(), pictures=100)
    assert (sum("/frames/" in name for name in found.files), found.n_people) == (19, 1)
    shown = runs_mlflow.export_mlflow(
        labelled, tmp_path / "people", NullProgress(), pictures=100, with_people=True
    )
    assert sum("/frames/" in name for name in shown.files) == 20
    export = runs_mlflow.export_mlflow(labelled, tmp_path / "none", NullProgress(), pictures=0)
    assert not any("/frames/" in name for name in export.files)


def test_without_a_run_there_is_nothing_to_write(empty, tmp_path):
    with pytest.raises(NoRuns):
        runs_mlflow.export_mlflow(empty, tmp_path / "out", NullProgress())
    assert not (tmp_path / "out").exists()


def test_the_newest_runs_come_first_and_a_page_at_a_time(labelled):
    run_sweep(labelled, SweepRequest(("dark",), (3.0,), ("footage",)), NullProgress(), makers.NOW)
    n, lines = runs_mlflow.list_runs(labelled)
    assert n == len(lines) == 4
    actual = [line.run.run_id for line in lines]
    assert actual == [run.run_id for run in reversed(labelled.read(runs_table.list_all_runs))]
    assert {(line.run.on, line.run.recipe): line.n_done for line in lines} == {
        ("footage", "none"): 120,
        ("field", "none"): 20,
        ("benchmark", "none"): 18,
        ("footage", "dark"): 120,
    }
    assert {(line.model, line.providers) for line in lines} == {("net", ("cpu",))}
    assert runs_mlflow.list_runs(labelled, 2, 1) == (4, lines[1:3])


def test_the_newest_run_over_each_labelled_set_has_its_score_and_footage_none(labelled):
    found = runs_mlflow.compute_run_scores(labelled, NullProgress())
    by_set = {run.on: found.get(run.run_id) for run in labelled.read(runs_table.list_all_runs)}
    assert by_set["benchmark"][0] == "accuracy"
    assert (by_set["benchmark"][1].n, by_set["field"][1].n) == (18, 20)
    assert by_set["footage"] is None
    request = SweepRequest(corruptions=("dark",), severities=(3.0,), on=("benchmark",))
    run_sweep(labelled, request, NullProgress(), NOW)
    (swept,) = (run for run in labelled.read(runs_table.list_all_runs) if run.recipe == "dark")
    metric, score = runs_mlflow.compute_run_scores(labelled, NullProgress())[swept.run_id]
    assert (metric, score.n) == ("accuracy", 18)
