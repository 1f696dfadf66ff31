from fieldcheck.labels.store import add_training_frames, get_training_frames
from fieldcheck.progress import NullProgress
from fieldcheck.report.label_export import export_labels


def test_exported_labels_are_remembered_and_add_up(labelled, tmp_path):
    assert get_training_frames(labelled) == frozenset()
    add_training_frames(labelled, ["a"])
    export_labels(labelled, "csv", tmp_path / "out", NullProgress())
    assert "a" in get_training_frames(labelled)
    assert len(get_training_frames(labelled)) == 21
