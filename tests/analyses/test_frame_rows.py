from dataclasses import fields

from fieldcheck.analyses.report_data import FrameRow, PredictionRow
from fieldcheck.report.csv_files import KNOWN_COLUMNS, PREDICTION_COLUMNS


def test_the_rows_hold_their_files_columns_in_the_order_of_the_contract():
    assert tuple(field.name for field in fields(FrameRow)) == (*KNOWN_COLUMNS, "later")
    actual = tuple(field.name.replace("class_name", "class") for field in fields(PredictionRow))
    assert actual == PREDICTION_COLUMNS


def test_a_frame_without_an_answer_leaves_its_cells_empty():
    row = PredictionRow("field", "net", "r1", "f1", 0)
    assert {row.class_index, row.score, row.x, row.y, row.w, row.h, row.right} == {None}
