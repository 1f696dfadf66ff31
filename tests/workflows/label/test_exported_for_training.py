from fieldcheck.progress import Silent
from fieldcheck.workflows.label.export_labels import export_labels
from fieldcheck.workflows.label.exported_for_training import exported_frames, note_exported


def test_exported_labels_are_remembered_and_add_up(labelled, tmp_path):
    assert exported_frames(labelled) == frozenset()
    note_exported(labelled, ["a"])
    export_labels(labelled, "csv", tmp_path / "out", Silent())
    assert "a" in exported_frames(labelled)
    assert len(exported_frames(labelled)) == 21
