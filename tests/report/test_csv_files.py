import csv
import io
import json
import shutil
from collections import Counter
from dataclasses import replace
from math import nan

import numpy as np
import pytest

from fieldcheck.analyses import confident_errors
from fieldcheck.analyses.report_data import PredictionRow
from fieldcheck.analyses.robustness import load_reported_pairs
from fieldcheck.corruptions.live_frame import add_kept_pair, list_kept_pairs
from fieldcheck.csv_json_xml import format_csv
from fieldcheck.domain.label import Box, Label
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.frame_pixels import load_pixels
from fieldcheck.imaging.codec import decode_image
from fieldcheck.labels.formats.coco_fiftyone import read_coco
from fieldcheck.labels.store import LabelDecision, mark_person, set_label
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.scored_sides import load_benchmark_side, load_field_side
from fieldcheck.models.store import find_model, get_card
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.report import csv_files
from tests import makers
from tests.corruptions.still_result import make_still_result
from tests.models.live_models import colours_of
from tests.report.example_report import boxes_report, empty_report, example_report


def rows_of(project):
    model = find_model(project)
    return csv_files.build_frame_rows(project, load_field_side(project, model), get_card(model))


def answers_of(project):
    model = find_model(project)
    card = get_card(model)
    field = load_field_side(project, model)
    found = csv_files.build_prediction_rows(
        model.name, card, field, load_benchmark_side(project, model)
    )
    return list(found)


def test_every_listed_frame_has_a_row_in_list_order_with_its_stratum(labelled):
    rows = rows_of(labelled)
    actual = [row.frame_id for row in rows]
    assert actual == [line.frame.frame_id for line in labelled.read(list_sampling_lines)]
    assert Counter(row.stratum for row in rows) == {"hard": 24, "rest": 96}
    assert all(
        row.probability is None and row.weight is None and row.label_state == ""
        for row in rows
        if not row.picked
    )
    expected = {("left", "line 1", ("dark", "glare"), 1)}
    assert {(row.camera, row.location, row.conditions, row.draw) for row in rows} == expected
    assert rows[4].taken_at == "2026-03-01T08:00:02+00:00"
    assert (rows[4].source, rows[4].source_index, rows[4].t_s) == ("belt.avi", 8, 2.0)


def test_weights_are_those_of_the_draw_until_labels_are_in(drawn):
    expected = {("hard", 3.0), ("rest", 8.0)}
    assert {(row.stratum, row.weight) for row in rows_of(drawn) if row.picked} == expected
    frames = [row.frame_id for row in rows_of(drawn) if row.picked and row.stratum == "rest"]
    makers.label_all(drawn)
    for frame in frames[:4]:
        set_label(drawn, frame, LabelDecision(unsure=True), annotator="", now=makers.NOW)
    done = [row for row in rows_of(drawn) if row.label_state == "done"]
    assert {(row.stratum, row.weight) for row in done} == {("hard", 24 / 8), ("rest", 96 / 8)}
    assert sum(row.weight for row in done) == pytest.approx(120)


def test_right_is_where_label_and_answer_agree(labelled):
    for row in rows_of(labelled):
        assert (row.right is not None) == (row.label_state == "done")
        if row.right is not None:
            assert row.right == (row.label == row.prediction)


def test_every_answer_has_its_ranks(labelled):
    rows = answers_of(labelled)
    expected = {"field": 20, "footage": 100, "benchmark": 18}
    assert Counter(row.on for row in rows if row.rank == 1) == expected
    first = [row for row in rows if row.frame_id == rows[0].frame_id]
    assert [row.rank for row in first] == [1, 2, 3]
    assert sum(row.score for row in first) == pytest.approx(1, abs=1e-5)
    assert [row.score for row in first] == sorted((row.score for row in first), reverse=True)
    assert all(row.truth == "" and row.right is None for row in rows if row.rank > 1)
    assert all(row.truth for row in rows if row.on in ("field", "benchmark") and row.rank == 1)
    assert next(row for row in rows if row.frame_id == "red/000.png").right is False


def test_answers_of_the_footage_name_the_run_they_came_from(drawn):
    rows = answers_of(drawn)
    assert {row.on for row in rows} == {"field", "footage"}
    assert len({row.run_id for row in rows}) == 1  # the picks have had no run of their own
    run_and_score(drawn, None, "field", NullProgress(), makers.NOW)
    assert len({row.run_id for row in answers_of(drawn)}) == 2


@pytest.mark.long
def test_a_frame_without_a_finite_answer_has_one_row_of_rank_0(material, tmp_path):
    with makers.empty_project(
        tmp_path / "p.fieldcheck", makers.half_nan_model(tmp_path / "nan.onnx")
    ) as project:
        makers.add_footage(project, material / "night.avi")
        makers.draw(project, 10)
        makers.label_all(project, lambda line: "blue")
        run_and_score(project, None, "all", NullProgress(), makers.NOW)
        silent = [row for row in answers_of(project) if row.rank == 0]
        n = makers.cycle(60, start=1)[::2].count("blue")
        assert len({row.frame_id for row in silent}) == len(silent) == n
        assert {row.right for row in silent if row.on == "field"} == {False}
        shown = [
            row for row in rows_of(project) if row.frame_id in {one.frame_id for one in silent}
        ]
        assert {(row.prediction, row.confidence) for row in shown} == {("", None)}


@pytest.mark.long
def test_boxes_have_ranks_and_places_and_no_box_is_rank_0(material, tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck", material / "box.onnx") as project:
        makers.add_footage(project, material / "night.avi")
        makers.draw(project, 10)
        makers.label_all_nothing(project)
        run_and_score(project, None, "all", NullProgress(), makers.NOW)
        rows = answers_of(project)
        box = next(row for row in rows if row.rank == 1)
        assert (box.class_name, box.x, box.y, box.w, box.h) == ("part", 0.0, 0.0, 32.0, 24.0)
        red = {name for name, colour in enumerate(makers.cycle(60, start=1)) if colour == "red"}
        for row in rows_of(project):
            assert row.label == ""
            assert row.prediction == ("part" if row.source_index in red else "")
            if row.picked:
                assert row.right == (row.source_index not in red)


def test_without_a_model_rows_have_no_answers(material, tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck") as project:
        makers.add_footage(project, material / "night.avi")
        rows = csv_files.build_frame_rows(project, load_field_side(project, None), None)
        assert len(rows) == 30
        assert {(row.stratum, row.prediction, row.draw) for row in rows} == {("", "", None)}


def test_the_worst_frames_are_those_the_model_was_most_surely_wrong_on(labelled):
    model = find_model(labelled)
    side = load_field_side(labelled, model)
    worst = confident_errors.find_worst_frames(labelled, side, get_card(model))
    n_wrong = int((~side.judgement.right).sum())
    assert 0 < len(worst) <= min(confident_errors.MOST_WORST, n_wrong)
    actual = [one.confidence for one in worst]
    assert actual == sorted((one.confidence for one in worst), reverse=True)
    assert all(one.truth != one.prediction for one in worst)


def test_a_saved_picture_that_is_gone_is_shown_from_the_footage(labelled):
    model = find_model(labelled)
    side = load_field_side(labelled, model)
    before = confident_errors.find_worst_frames(labelled, side, get_card(model))
    for path in (labelled.path / "frames").iterdir():
        path.unlink()
    after = confident_errors.find_worst_frames(labelled, side, get_card(model))
    assert after == before


def test_a_kept_pair_of_a_frame_with_a_person_is_not_in_the_report(labelled, tmp_path):
    """It was kept from the footage, or from another recording of the same thing: it is known by
    what it shows."""
    pick = labelled.read(picks_table.list_picks)[0]
    model = colours_of(tmp_path)
    other = (
        np.random.default_rng(0).integers(0, 256, (12, 16, 3), np.uint8).repeat(10, 0).repeat(10, 1)
    )
    pairs = [
        add_kept_pair(labelled, make_still_result(rgb, model, "dark", 2.0, 1), makers.NOW)
        for rgb in (load_pixels(labelled, pick.frame_id), other)
    ]
    assert [one.pair for one in load_reported_pairs(labelled)] == pairs
    mark_person(labelled, [pick.frame_id], marked=True, annotator="tester")
    assert [one.pair for one in load_reported_pairs(labelled)] == pairs[1:]
    assert list_kept_pairs(labelled) == tuple(pairs)


def test_images_of_a_detector_show_both_boxes_of_a_classifier_none(made_boxed, tmp_path, labelled):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as boxed:
        found = {
            name: _worst_of(project) for name, project in (("boxes", boxed), ("classes", labelled))
        }
    assert found["boxes"]
    assert all(frame.marked for frame in found["boxes"])
    assert not any(frame.marked for frame in found["classes"])
    white = [(decode_image(frame.jpeg).min(axis=2) > 230).sum() for frame in found["boxes"]]
    assert max(white) > 40  # the line of a label


@pytest.mark.parametrize(("labels", "overlap"), [
    ((Box("part", 2, 1, 32, 24),), None),  # both there, covered well enough
    ((Box("part", 20, 12, 32, 24),), 12 * 12 / (2 * 32 * 24 - 12 * 12)),
    ((Box("hole", 20, 12, 32, 24),), None),  # another class
    ((Box("part", 20, 12, 32, 24), Box("part", 0, 0, 32, 24)), None),  # one too many
])  # fmt: skip
def test_an_error_of_place_alone_has_its_overlap(made_boxed, tmp_path, labels, overlap):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as boxed:
        model = find_model(boxed)
        side = load_field_side(boxed, model)
        found = next(
            pick.frame_id
            for pick in side.picks
            if (side.answers[pick.frame_id].answer[:, 4] >= 0.5).sum() == 1
        )
        set_label(boxed, found, LabelDecision(boxes=labels), annotator="", now=makers.NOW)
        worst = confident_errors.find_worst_frames(
            boxed, load_field_side(boxed, model), get_card(model)
        )
    shown = {frame.frame_id: frame.overlap for frame in worst}
    assert shown.get(found) == (None if overlap is None else pytest.approx(overlap, abs=0.01))


def _worst_of(project):
    model = find_model(project)
    return confident_errors.find_worst_frames(
        project, load_field_side(project, model), get_card(model)
    )


def test_classes_go_into_a_two_column_table_of_answered_frames():
    name, text = csv_files.build_label_file(example_report())
    assert name == "labels.csv"
    assert text == "file,class\nnight.mp4#75,crack\n"


def test_boxes_go_into_a_coco_file():
    name, text = csv_files.build_label_file(boxes_report())
    found = json.loads(text)
    assert name == "labels.coco.json"
    assert [image["file_name"] for image in found["images"]] == ["night.mp4#75", "night/0007.png"]
    expected = [[10.0, 20.5, 30.0, 40.0], [1.0, 2.0, 3.0, 4.0]]
    assert [annotation["bbox"] for annotation in found["annotations"]] == expected
    assert [annotation["iscrowd"] for annotation in found["annotations"]] == [0, 1]


def test_a_box_refers_to_its_class_by_the_models_order():
    found = csv_files.build_coco_document(boxes_report())
    names = {category["id"]: category["name"] for category in found["categories"]}
    expected = ["crack", "burr"]
    assert [names[annotation["category_id"]] for annotation in found["annotations"]] == expected


def test_a_frame_with_nothing_on_it_is_an_image_without_annotations():
    found = csv_files.build_coco_document(boxes_report())
    assert {annotation["image_id"] for annotation in found["annotations"]} == {1}
    assert len(found["images"]) == 2


def test_boxes_and_frames_with_nothing_on_them_come_back_from_the_coco_file(tmp_path):
    report = boxes_report()
    first, nothing = report.labels
    boxes = (replace(first.boxes[0], occluded=True), replace(first.boxes[1], truncated=True))
    report = replace(report, labels=(replace(first, boxes=boxes), nothing))
    name, text = csv_files.build_label_file(report)
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = read_coco(tmp_path / name)
    assert [(item.path, item.boxes) for item in found.items] == [
        ("night.mp4#75", boxes), ("night/0007.png", ())
    ]  # fmt: skip
    assert found.skipped.unlabelled == ()


def test_a_class_that_the_model_does_not_know_is_listed_behind_its_own():
    report = boxes_report()
    label = Label(report.frame_rows[0].frame_id, "done", boxes=(Box("rag", 0.0, 0.0, 1.0, 1.0),))
    assert (
        csv_files.build_coco_document(replace(report, labels=(label,)))["categories"][-1]["name"]
        == "rag"
    )


def test_without_labels_there_is_a_header_and_nothing_else():
    assert csv_files.format_classes_csv(empty_report()) == "file,class\n"


CONTRACT_FRAMES = [  # interfaces.md, frames.csv
    "frame_id",
    "clip_id",
    "camera",
    "location",
    "taken_at",
    "source",
    "source_index",
    "t_s",
    "width",
    "height",
    "conditions",
    "stratum",
    "hardness",
    "picked",
    "probability",
    "weight",
    "reason",
    "label",
    "label_state",
    "prediction",
    "confidence",
    "right",
    "sha256",
    "file",
]
CONTRACT_PREDICTIONS = [
    "on", "model", "run_id", "frame_id", "rank", "class", "class_index", "score", "x", "y", "w",
    "h", "truth", "right",
]  # fmt: skip


def read(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_frames_stand_in_list_order_under_the_columns_of_the_contract():
    report = example_report()
    text = csv_files.format_frames_csv(report)
    assert text.split("\n", 1)[0].split(",") == [*CONTRACT_FRAMES, "draw"]
    assert [row["frame_id"] for row in read(text)] == [row.frame_id for row in report.frame_rows]


def test_a_frame_that_was_not_picked_has_empty_cells_and_no_zeroes():
    row = read(csv_files.format_frames_csv(example_report()))[0]
    assert (row["picked"], row["probability"]) == ("0", "")
    assert (row["weight"], row["right"], row["draw"]) == ("", "", "")


def test_floats_read_back_the_same():
    report = example_report()
    for row, sent in zip(read(csv_files.format_frames_csv(report)), report.frame_rows, strict=True):
        assert float(row["hardness"]) == sent.hardness
        assert float(row["confidence"]) == sent.confidence


def test_conditions_are_joined_by_a_bar_and_flags_are_digits():
    row = read(csv_files.format_frames_csv(example_report()))[5]
    assert (row["conditions"], row["picked"], row["right"]) == ("dark|glare", "1", "0")


def test_the_predictions_stand_under_the_columns_of_the_contract():
    rows = read(csv_files.format_predictions_csv(example_report()))
    assert list(rows[0]) == CONTRACT_PREDICTIONS
    assert (rows[0]["class"], rows[0]["score"]) == ("OK", "0.75")
    assert (rows[0]["x"], rows[0]["right"]) == ("", "0")
    assert (rows[2]["rank"], rows[2]["class"], rows[2]["truth"]) == ("0", "", "OK")


@pytest.mark.parametrize("text", ["=1+1", "+49", "-7", "@here", "\tx", "\rx"])
def test_a_text_that_a_spreadsheet_would_calculate_is_disarmed(text):
    (row,) = read(format_csv(("name",), [(text,)]))
    assert row["name"] == "'" + text


def test_a_negative_number_is_not_taken_for_a_formula():
    report = replace(
        example_report(), prediction_rows=(PredictionRow("field", "m", "r", "f", 1, "a", 0, -0.5),)
    )
    assert read(csv_files.format_predictions_csv(report))[0]["score"] == "-0.5"


@pytest.mark.parametrize("text", ["a,b", 'the "big" one', "two\nlines", "cr\rinside", "ä中"])
def test_any_text_comes_back_through_the_quotes(text):
    (row,) = read(format_csv(("name",), [(text,)]))
    assert row["name"] == text


def test_lines_end_with_a_bare_line_feed():
    assert "\r" not in csv_files.format_frames_csv(example_report())


def test_a_figure_that_is_not_finite_and_a_numpy_figure_are_printed_plainly():
    assert format_csv(("a", "b"), [(nan, np.float64(0.1))]) == "a,b\n,0.1\n"
