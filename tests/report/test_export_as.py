from fieldcheck.labels.formats.registry import WRITABLE
from fieldcheck.report.export import EXPORT_WRITERS, list_export_formats


def test_every_format_of_labels_has_a_writer_and_only_those_that_fit_are_offered(labelled):
    assert set(WRITABLE) < set(EXPORT_WRITERS)
    found = list_export_formats(labelled)
    assert {"imagefolder", "csv", "parquet", "mlflow", "cvat-tasks", "label-studio-tasks"} < set(
        found
    )
    assert not {"coco", "yolo", "albumentations"} & set(found)
    assert len(found) == len(set(found))
