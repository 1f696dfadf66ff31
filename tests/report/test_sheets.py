import csv
import io
from dataclasses import replace
from math import nan

import numpy as np
import pytest

from fieldcheck.analyses.report_data import PredictionRow
from fieldcheck.csv_and_xml import format_csv
from fieldcheck.report.csv_files import format_frames_csv, format_predictions_csv
from tests.report.example_report import example_report

CONTRACT_FRAMES = [  # interfaces.md, frames.csv
    *(
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
    ),
    *(
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
    ),
    *("right", "sha256", "file"),
]
CONTRACT_PREDICTIONS = [
    "on", "model", "run_id", "frame_id", "rank", "class", "class_index", "score", "x", "y", "w",
    "h", "truth", "right",
]  # fmt: skip


def read(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_frames_stand_in_list_order_under_the_columns_of_the_contract():
    report = example_report()
    text = format_frames_csv(report)
    assert text.split("\n", 1)[0].split(",") == [*CONTRACT_FRAMES, "draw"]
    assert [row["frame_id"] for row in read(text)] == [row.frame_id for row in report.frame_rows]


def test_a_frame_that_was_not_picked_has_empty_cells_and_no_zeroes():
    row = read(format_frames_csv(example_report()))[0]
    assert (row["picked"], row["probability"]) == ("0", "")
    assert (row["weight"], row["right"], row["draw"]) == ("", "", "")


def test_floats_read_back_the_same():
    report = example_report()
    for row, sent in zip(read(format_frames_csv(report)), report.frame_rows, strict=True):
        assert float(row["hardness"]) == sent.hardness
        assert float(row["confidence"]) == sent.confidence


def test_conditions_are_joined_by_a_bar_and_flags_are_digits():
    row = read(format_frames_csv(example_report()))[5]
    assert (row["conditions"], row["picked"], row["right"]) == ("dark|glare", "1", "0")


def test_the_predictions_stand_under_the_columns_of_the_contract():
    rows = read(format_predictions_csv(example_report()))
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
    assert read(format_predictions_csv(report))[0]["score"] == "-0.5"


@pytest.mark.parametrize("text", ["a,b", 'the "big" one', "two\nlines", "cr\rinside", "ä中"])
def test_any_text_comes_back_through_the_quotes(text):
    (row,) = read(format_csv(("name",), [(text,)]))
    assert row["name"] == text


def test_lines_end_with_a_bare_line_feed():
    assert "\r" not in format_frames_csv(example_report())


def test_a_figure_that_is_not_finite_and_a_numpy_figure_are_printed_plainly():
    assert format_csv(("a", "b"), [(nan, np.float64(0.1))]) == "a,b\n,0.1\n"
