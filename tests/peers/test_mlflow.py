"""The exported store in MLflow's own client."""

from fieldcheck.models.runs_mlflow import export_mlflow
from fieldcheck.models.store import find_model
from fieldcheck.models.training_info import TrainingFiles, read_training_files, store_training
from fieldcheck.progress import NullProgress
from tests import makers


def test_its_client_reads_every_run_score_curve_and_file(ask_peer, labelled, tmp_path):
    model = find_model(labelled)
    (tmp_path / "log.csv").write_text("epoch,train_loss,val_loss\n1,1.0,1.1\n2,0.5,0.7\n")
    told = TrainingFiles(log=tmp_path / "log.csv", seed=7)
    files = read_training_files(labelled.path / model.file, told, 32)
    store_training(labelled, model, files, makers.NOW)
    export_mlflow(labelled, tmp_path / "out", NullProgress())
    found = ask_peer("mlflow", tmp_path / "out")
    assert tuple(map(int, found["version"].split(".")[:2])) >= (3, 13)
    assert found["experiment"] == "Hall 3"
    assert set(found["runs"]) == {"net field", "net footage", "net benchmark", "training of net"}
    cases = ("net field", "net benchmark", "training of net")
    field, benchmark, training = (found["runs"][name] for name in cases)
    assert (field["params"]["on"], field["frames"]) == ("field", 10)
    assert benchmark["metrics"]["accuracy_n"] == benchmark["metrics"]["answers"] == 18
    assert set(benchmark["files"]) == {"model_card.json", "run.json"}
    assert all(size > 0 for size in benchmark["read"].values())
    assert training["val_loss"] == [[1, 1.1], [2, 0.7]]
    assert training["params"]["seed"] == "7"
