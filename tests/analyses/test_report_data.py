from dataclasses import FrozenInstanceError, fields, replace

import pytest

from fieldcheck.analyses import label_noise, report_data
from fieldcheck.labels.store import RepeatAgreement
from fieldcheck.report.csv_files import KNOWN_COLUMNS, PREDICTION_COLUMNS
from fieldcheck.stats.agreement import measure_agreement


def test_a_confusion_table_has_a_row_and_a_column_for_every_class():
    with pytest.raises(ValueError, match="2 x 2"):
        report_data.Confusion(("ok", "crack"), ((3, 1),), ((3.0, 1.0), (0.0, 2.0)))


def test_a_report_part_cannot_be_altered():
    worst = report_data.WorstFrame("a-000001", b"", ("crack",), ("ok",), 0.99)
    with pytest.raises(FrozenInstanceError):
        worst.confidence = 0.5


def test_a_picture_does_not_flood_the_log():
    assert (
        len(repr(report_data.WorstFrame("a-000001", b"x" * 10_000, ("crack",), ("ok",), 0.99)))
        < 300
    )


def test_the_rows_hold_their_files_columns_in_the_order_of_the_contract():
    assert tuple(field.name for field in fields(report_data.FrameRow)) == (*KNOWN_COLUMNS, "later")
    actual = tuple(
        field.name.replace("class_name", "class") for field in fields(report_data.PredictionRow)
    )
    assert actual == PREDICTION_COLUMNS


def test_a_frame_without_an_answer_leaves_its_cells_empty():
    row = report_data.PredictionRow("field", "net", "r1", "f1", 0)
    assert {row.class_index, row.score, row.x, row.y, row.w, row.h, row.right} == {None}


PACE = report_data.LabellingPace(
    n_frames=100, seconds=252.0, n_keys=106, n_clicks=0, n_corrected=5, n_not_blind=0
)


def provenance(**changes):
    return report_data.Provenance(versions={}, seeds={}, hashes={}, machine={}, **changes)


def test_the_pace_line_is_the_one_of_the_design():
    expected = "100 frames in 4:12, 1.06 keys per label, 5 corrected, all blind"
    assert label_noise.format_labelling_pace(PACE) == expected


def test_clicks_and_sight_of_the_answer_are_told():
    said = label_noise.format_labelling_pace(replace(PACE, n_clicks=200, n_not_blind=3))
    assert said.endswith("2.00 clicks per label, 5 corrected, 3 not blind")


def test_labels_from_files_have_their_median_at_most():
    assert label_noise.list_labelling_rows(provenance()) == []
    expected = [("Labelling speed", "2.5 s per frame (median)")]
    assert label_noise.list_labelling_rows(provenance(seconds_per_label=2.5)) == expected


def test_repeats_say_who_agreed_and_what_no_model_can_exceed():
    first, second = ["a"] * 14 + ["b"] * 16, ["a"] * 13 + ["b"] * 17
    one = measure_agreement(first, second, 2)
    told = [
        RepeatAgreement(how, one.n, one.agreement, one.kappa, one.error, one.ceiling)
        for how in ("same", "other")
    ]
    labelled_by = ("K. M.", "A. B.")
    rows = label_noise.list_labelling_rows(provenance(repeats=tuple(told), labelled_by=labelled_by))
    assert [name for name, _ in rows] == [
        "Labelled by", "Intra-annotator agreement (minutes apart)", "Label ceiling",
        "Inter-annotator agreement", "Label ceiling",
    ]  # fmt: skip
    expected = "29 of 30 frames in agreement, 97% (83–99%); beyond chance (kappa) 0.93"
    assert rows[1][1].startswith(expected)
    assert rows[2][1].startswith("a model scores at most 98% (")
