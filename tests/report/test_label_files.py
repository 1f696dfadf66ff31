import json
from dataclasses import replace

from fieldcheck.domain.label import Box, Label
from fieldcheck.report.csv_files import build_coco_document, build_label_file, format_classes_csv
from tests.report.example_report import boxes_report, empty_report, example_report


def test_classes_go_into_a_two_column_table_of_answered_frames():
    name, text = build_label_file(example_report())
    assert name == "labels.csv"
    assert text == "file,class\nnight.mp4#75,crack\n"


def test_boxes_go_into_a_coco_file():
    name, text = build_label_file(boxes_report())
    found = json.loads(text)
    assert name == "labels.coco.json"
    assert [image["file_name"] for image in found["images"]] == ["night.mp4#75", "night/0007.png"]
    expected = [[10.0, 20.5, 30.0, 40.0], [1.0, 2.0, 3.0, 4.0]]
    assert [annotation["bbox"] for annotation in found["annotations"]] == expected
    assert [annotation["iscrowd"] for annotation in found["annotations"]] == [0, 1]


def test_a_box_refers_to_its_class_by_the_models_order():
    found = build_coco_document(boxes_report())
    names = {category["id"]: category["name"] for category in found["categories"]}
    expected = ["crack", "burr"]
    assert [names[annotation["category_id"]] for annotation in found["annotations"]] == expected


def test_a_frame_with_nothing_on_it_is_an_image_without_annotations():
    found = build_coco_document(boxes_report())
    assert {annotation["image_id"] for annotation in found["annotations"]} == {1}
    assert len(found["images"]) == 2


def test_a_class_that_the_model_does_not_know_is_listed_behind_its_own():
    report = boxes_report()
    label = Label(report.frame_rows[0].frame_id, "done", boxes=(Box("rag", 0.0, 0.0, 1.0, 1.0),))
    assert build_coco_document(replace(report, labels=(label,)))["categories"][-1]["name"] == "rag"


def test_without_labels_there_is_a_header_and_nothing_else():
    assert format_classes_csv(empty_report()) == "file,class\n"
