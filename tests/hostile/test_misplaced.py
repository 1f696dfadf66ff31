"""Label files and logs with the wrong value at any place: read, or refused in one sentence."""

import json
import random

import pytest

from fieldcheck.labels.formats.registry import read_labels
from fieldcheck.monitoring.prediction_log import read_prediction_log
from tests import makers
from tests.hostile.misplaced import misplaced, misplaced_xml
from tests.hostile.told import told

MASK = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGP4/5/h/38ACQMD/cZyXQsAAAAASUVORK5CYII="

COCO = {
    "info": {"images_without_annotation": "empty"},
    "images": [
        {"id": 1, "file_name": "a.png", "width": 40, "height": 30},
        {"id": 2, "file_name": "b.png", "width": 40, "height": 30},
    ],
    "annotations": [
        {
            "id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "area": 12,
            "iscrowd": 0, "num_keypoints": 2, "attributes": {"occluded": True},
            "segmentation": [[1, 1, 5, 1, 5, 5]], "keypoints": [1, 2, 2],
        },
        {
            "id": 2, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4],
            "segmentation": {"counts": [0, 1200], "size": [30, 40]},
        },
        {
            "id": 3, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4],
            "segmentation": {"counts": "0`U1", "size": [30, 40]},
        },
    ],
    "categories": [{"id": 1, "name": "cup", "supercategory": "x"}],
}  # fmt: skip
LABELME = {
    "version": "5.5.0", "flags": {"ok": True}, "imagePath": "a.png", "imageData": None,
    "imageHeight": 30, "imageWidth": 40,
    "shapes": [
        {
            "label": "a", "points": [[1, 1], [5, 5]], "group_id": 3, "shape_type": "rectangle",
            "flags": {"crowd": True},
        },
        {
            "label": "a", "points": [[1, 1], [5, 5], [2, 9]], "group_id": 3,
            "shape_type": "polygon", "flags": {},
        },
        {"label": "a", "points": [[1, 1]], "shape_type": "point"},
        {"label": "a", "points": [[1, 1], [5, 5]], "shape_type": "mask", "mask": MASK},
    ],
}  # fmt: skip


def said(kind, **value):
    """One region of an answer in Label Studio's form."""
    return {
        "type": kind, "value": value, "original_width": 40, "original_height": 30,
        "meta": {"text": ["crowd"]},
    }  # fmt: skip


LABEL_STUDIO = [
    {
        "id": 1, "data": {"image": "/data/upload/1/0123abcd-a.png"},
        "annotations": [
            {
                "was_cancelled": False,
                "result": [
                    said(
                        "rectanglelabels", x=1, y=1, width=5, height=5, rotation=3,
                        rectanglelabels=["a"],
                    ),
                    said("polygonlabels", points=[[1, 1], [5, 1], [5, 5]], polygonlabels=["a"]),
                    said("keypointlabels", x=1, y=2, width=0.5, keypointlabels=["a"]),
                    said("choices", choices=["a"]),
                ],
            },
        ],
    },
    {"id": 2, "data": {"file": "b.png"}, "annotations": [{"result": []}]},
]  # fmt: skip
CVAT = """<annotations><meta><task><labels><label><name>a</name></label></labels></task></meta><image id="0" name="a.png">
<box label="a" occluded="1" xtl="1" ytl="2" xbr="5" ybr="6" rotation="3"><attribute name="crowd">true</attribute></box>
<polygon label="a" points="1,1;5,5;2,9"/><points label="a" points="1,2;3,4"/>
<mask label="a" rle="1,2,1" left="1" top="2" width="2" height="2"/>
<polyline label="a" points="1,1;2,2"/><tag label="a"/></image><image name="b.png"><tag label="nothing to find"/></image></annotations>"""
VOC = """<annotation><filename>a.png</filename><object><name>a</name><difficult>1</difficult><occluded>0</occluded>
<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>5</xmax><ymax>6</ymax></bndbox></object></annotation>"""
LOGGED = {
    "time": "2026-11-02T06:00:00+01:00", "prediction": "Öl", "confidence": 0.9, "entropy": 0.3,
    "embedding": [1, 2.5], "picture": "a/1.png",
}  # fmt: skip

KINDS = {
    "coco": ("annotations.json", lambda: misplaced(COCO)),
    "labelme": ("a.json", lambda: misplaced(LABELME)),
    "label-studio": ("tasks.json", lambda: misplaced(LABEL_STUDIO)),
    "cvat": ("annotations.xml", lambda: misplaced_xml(CVAT)),
    "voc": ("a.xml", lambda: misplaced_xml(VOC)),
}


@pytest.mark.full("misplaced_values")
def test_a_label_file_is_read_or_refused_whatever_value_stands_where(tmp_path, counts, evidence):
    place = tmp_path / "set"
    place.mkdir()
    makers.save_picture(place / "a.png", "red")
    cases = refused = 0
    for kind, (file, wrong) in KINDS.items():
        every = list(wrong())
        for one in random.Random(kind).sample(
            every, min(counts(ci=60, full=len(every)), len(every))
        ):
            (place / file).write_text(one, encoding="utf-8", errors="surrogatepass")
            refused += bool(told(lambda kind=kind: read_labels(place, kind)))
            cases += 1
        (place / file).unlink()
    assert sorted(tmp_path.iterdir()) == [place]
    assert sorted(one.name for one in place.iterdir()) == ["a.png"]
    assert 0 < refused < cases
    evidence(cases=cases, refused=refused, crashes=0)


def test_a_line_of_a_log_is_read_or_refused_whatever_value_stands_where(tmp_path, counts):
    log, lines = tmp_path / "device.jsonl", list(misplaced(LOGGED))
    for one in random.Random(0).sample(lines, counts(ci=60, full=len(lines))):
        log.write_text(one + "\n", encoding="utf-8", errors="surrogatepass")
        told(lambda: list(read_prediction_log(log)))
    log.write_text(json.dumps({**LOGGED, "embedding": [10**400]}) + "\n")
    assert told(lambda: list(read_prediction_log(log)))
