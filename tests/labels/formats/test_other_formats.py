import json

import pytest

from fieldcheck.errors.labels import LabelsRefused
from fieldcheck.errors.messages import format_error
from fieldcheck.labels.formats.registry import OTHER_FORMATS, detect_other_format, read_labels

KITTI = "Car 0.00 0 -1.58 587.01 173.33 614.12 200.12 1.65 1.67 3.64 -0.65 1.71 46.70 -1.59\n"
FILES = {
    "Datumaro": (
        "a.json",
        json.dumps({"info": {}, "categories": {"label": {"labels": []}}, "items": []}),
    ),
    "CreateML": ("a.json", json.dumps([{"image": "1.png", "annotations": []}])),
    "Label Studio JSON-MIN": (
        "a.json",
        json.dumps([{"image": "1.png", "id": 1, "label": [], "annotator": 1, "annotation_id": 3}]),
    ),
    "COCO results": (
        "a.json",
        json.dumps([{"image_id": 1, "category_id": 1, "bbox": [1, 1, 2, 2], "score": 0.5}]),
    ),
    "Open Images": ("a.csv", "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax\n"),
    "TensorFlow CSV": ("a.csv", "filename,width,height,class,xmin,ymin,xmax,ymax\n"),
    "KITTI": ("label_2/000000.txt", KITTI),
    "MOT": ("gt/gt.txt", "1,1,10,20,30,40,1,1,1.0\n"),
    "TFRecord": ("train/cars.tfrecord", "x"),
}


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused_by_its_name_with_what_to_export_instead(tmp_path, name):
    file, text = FILES[name]
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(text)
    for path in (tmp_path, tmp_path / file):
        with pytest.raises(LabelsRefused) as caught:
            read_labels(path)
        assert (caught.value.problem, caught.value.detail) == ("other_format", name)
        assert format_error(caught.value).endswith(
            f"has the unsupported format {name}. Nothing was imported. Export the labels as "
            f"{caught.value.reason}."
        )


def test_nothing_is_known_of_an_empty_folder_or_footage(tmp_path):
    (tmp_path / "1.png").write_bytes(b"x")
    (tmp_path / "notes.txt").write_text("Car park, 3 pm\n")
    assert detect_other_format(tmp_path) is None
    assert len({(one.name, one.endings) for one in OTHER_FORMATS}) >= 20
