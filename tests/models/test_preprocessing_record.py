import json

from fieldcheck.domain.model_card import parse_card
from fieldcheck.models.preprocess import make_preprocessing_record

CARD = {
    "task": "classification",
    "input": {"size": [4, 6], "resize": "stretch", "scale": 1, "mean": 128, "std": 128},
    "output": {"kind": "softmax"},
    "classes": ["a", "b"],
}


def test_the_receipt_holds_the_range_that_the_model_is_fed():
    found = make_preprocessing_record(parse_card(CARD))
    assert found["range"] == [[-1.0, 0.992188]] * 3
    assert found["size"] == [4, 6]
    assert json.loads(json.dumps(found)) == found


def test_only_what_has_an_effect_stands_on_it():
    assert not {"pad", "threshold", "iou"} & make_preprocessing_record(parse_card(CARD)).keys()
    boxes = CARD | {
        "task": "detection",
        "input": {"size": [4, 6], "resize": "letterbox"},
        "output": {"kind": "yolo"},
    }
    assert {"pad", "pad_position", "threshold", "iou"} <= make_preprocessing_record(
        parse_card(boxes)
    ).keys()
    actual = make_preprocessing_record(parse_card(boxes | {"output": {"kind": "yolo_end2end"}}))
    assert "iou" not in actual
    assert "threshold" in make_preprocessing_record(
        parse_card(boxes | {"task": "instance", "output": {"kind": "instance_masks"}})
    )
