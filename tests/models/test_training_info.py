import pytest

from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.labels import TrainingLogRefused
from fieldcheck.models.store import find_model
from fieldcheck.models.training_info import (
    TrainingFiles,
    get_training,
    read_training_files,
    read_training_log,
    store_training,
)
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
    found = read_training_log(written(tmp_path / "log.csv", LOG))
    assert found.epochs == (1, 2, 3, 4)
    assert (found.train, found.val) == ((1.0, 0.5, 0.4, 0.3), (1.1, 0.71, 0.70, 0.71))
    assert set(found.others) == {"lr"}  # a column with a hole is left out


def test_ultralytics_losses_are_added_up(tmp_path):
    found = read_training_log(
        written(
            tmp_path / "results.csv",
            "epoch,train/box_loss,train/cls_loss,val/box_loss,val/cls_loss\n0,1,2,3,4\n",
        )
    )
    assert (found.epochs, found.train, found.val) == ((0,), (3,), (7,))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("epoch,loss\n1,2\n", "columns"),
        ("epoch,train_loss,val_loss\n1,nan,x\n", "rows"),
        ("", "columns"),
    ],
)
def test_what_is_no_log_is_refused(tmp_path, text, problem):
    with pytest.raises(TrainingLogRefused) as refused:
        read_training_log(written(tmp_path / "log.csv", text))
    assert refused.value.problem == problem
    with pytest.raises(PathMissing):
        read_training_log(tmp_path / "none.csv")
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TrainingLogRefused) as refused:
        read_training_log(tmp_path / "bytes.csv")
    assert refused.value.problem == "text"


def test_a_checkpoint_alone_is_told_and_one_that_is_not_there_is_named(tmp_path):
    checkpoint = written(tmp_path / "last.pt", "weights")
    found = read_training_files(tmp_path, TrainingFiles(checkpoint=checkpoint, seed=7), 32)
    assert (found.checkpoint, found.seed, found.notes, found.curves) == ("last.pt", 7, "", None)
    with pytest.raises(PathMissing):
        read_training_files(tmp_path, TrainingFiles(checkpoint=tmp_path / "none.pt"), 32)


def test_what_is_told_is_kept_with_the_model_and_stands_in_the_report(labelled, material, tmp_path):
    model = find_model(labelled)
    assert get_training(labelled, model) is None
    told = TrainingFiles(
        material / "net.onnx",
        written(tmp_path / "notes.txt", "seed 7\naugment: blur 30%"),
        written(tmp_path / "log.csv", LOG),
    )
    found = read_training_files(labelled.path / model.file, told, 32)
    store_training(labelled, model, found, makers.NOW)
    assert get_training(labelled, model) == found
    assert (found.base, found.n_same, len(found.layers)) == ("net.onnx", 1, 1)
    assert build_report(labelled, "en", NullProgress(), makers.NOW).training == found
    assert not TrainingFiles()
    with pytest.raises(PathMissing):
        read_training_files(
            labelled.path / model.file, TrainingFiles(notes=tmp_path / "none.txt"), 32
        )
