import base64
from dataclasses import replace

from fieldcheck.analyses.blocks import Gallery, Paragraph, Table
from fieldcheck.analyses.failures import (
    MOST_BYTES,
    MOST_CLASSES,
    build_error_section,
    build_failure_section,
)
from fieldcheck.analyses.report_data import Confusion, SliceResult
from tests.report.example_report import (
    boxes_report,
    empty_report,
    estimate,
    example_report,
    slices,
    worst_frames,
)


def tables(section, kind):
    return [block for block in section.blocks if isinstance(block, Table) and block.kind == kind]


def names(table):
    return [row[0].text for row in table.rows]


def pictures(section):
    return [
        picture
        for block in section.blocks
        if isinstance(block, Gallery)
        for picture in block.pictures
    ]


def test_the_worst_stands_first_and_too_few_frames_stand_last():
    by_class = next(
        table
        for table in tables(build_failure_section(example_report()), "ranges")
        if table.caption == "By class"
    )
    expected = ["crack", "scratch", "porosity", "OK", "burr", "wrong part", "missing hole"]
    assert names(by_class) == expected


def test_slices_are_grouped_by_what_they_were_cut_by():
    found = {
        table.caption: names(table)
        for table in tables(build_failure_section(example_report(slices=slices())), "ranges")
    }
    assert found["By light"] == ["dark", "glare", "normal light"]
    assert found["By camera"] == ["camera 3"]


def test_a_blind_spot_carries_a_sign_and_a_mere_low_figure_does_not():
    light = next(
        table
        for table in tables(build_failure_section(example_report(slices=slices())), "ranges")
        if table.caption == "By light"
    )
    assert [row[0].sign for row in light.rows] == ["▲", "", ""]


def test_every_row_has_its_n_and_its_range():
    for table in tables(build_failure_section(example_report(slices=slices())), "ranges"):
        for row in table.rows:
            assert row[1].text.isdigit()
            assert "–" in row[2].text


def test_the_confusion_table_counts_in_every_cell_and_shades_only_what_occurred():
    (table,) = tables(build_failure_section(example_report()), "counts")
    cells = [cell for row in table.rows for cell in row[1:]]
    assert sum(int(cell.text) for cell in cells) == 100
    assert all((cell.colours is None) == (cell.text == "0") for cell in cells)


def test_a_class_that_never_occurs_has_no_row():
    (table,) = tables(
        build_failure_section(
            example_report(
                confusion=Confusion(
                    ("a", "b", "c"), ((3, 1, 0), (0, 2, 0), (0, 0, 0)), ((0.0,) * 3,) * 3
                )
            )
        ),
        "counts",
    )
    assert names(table) == ["a", "b"]


def test_of_many_classes_the_most_frequent_are_shown_and_it_is_said():
    k = 20
    counts = tuple(
        tuple(row + 1 if row == column else 0 for column in range(k)) for row in range(k)
    )
    section = build_failure_section(
        example_report(
            confusion=Confusion(tuple(f"c{i}" for i in range(k)), counts, ((0.0,) * k,) * k)
        )
    )
    (table,) = tables(section, "counts")
    assert names(table) == [f"c{i}" for i in range(k - MOST_CLASSES, k)]
    assert isinstance(section.blocks[-1], Paragraph)


def test_a_picture_says_what_both_said_and_how_sure_the_model_was():
    first = pictures(build_error_section(example_report()))[0]
    assert first.lines == (("Assigned label", "crack"), ("Prediction", "OK"))
    assert first.small.startswith("confidence 0.99")
    assert first.small.endswith("0.99 · dark · camera 1")
    assert first.alt == "Frame r1-000000: label crack, prediction OK."


def test_there_are_at_most_twelve_pictures():
    assert len(pictures(build_error_section(example_report(worst=worst_frames(15))))) == 12


def test_the_pictures_stay_within_three_megabytes():
    heavy = tuple(replace(frame, jpeg=b"\xff" * 400_000) for frame in worst_frames())
    found = pictures(build_error_section(example_report(worst=heavy)))
    assert 0 < len(found) < 12
    assert sum(len(base64.b64encode(picture.jpeg)) for picture in found) <= MOST_BYTES


def test_boxes_are_counted_by_class_and_nothing_is_called_nothing():
    frame = replace(
        worst_frames(1)[0], truth=("cup", "cup", "plate"), prediction=(), confidence=float("nan")
    )
    (picture,) = pictures(build_error_section(replace(boxes_report(), worst=(frame,))))
    assert picture.lines == (("Assigned label", "cup ×2, plate"), ("Prediction", "empty frame"))
    assert picture.small.startswith("no prediction")


def test_without_labels_nothing_is_claimed():
    expected = ["No labelled frame has a prediction yet."]
    assert [block.text for block in build_failure_section(empty_report()).blocks] == expected
    expected = ["No labelled frame has a prediction yet."]
    assert [block.text for block in build_error_section(empty_report()).blocks] == expected


def test_a_model_that_is_never_wrong_has_no_worst_frames():
    report = example_report(worst=())
    right = tuple(replace(row, right=row.labelled) for row in report.field.strata)
    never_wrong = replace(report, field=replace(report.field, strata=right))
    expected = ["No wrong predictions on labelled frames."]
    assert [block.text for block in build_error_section(never_wrong).blocks] == expected


def test_wrong_answers_without_a_picture_are_not_denied():
    (block,) = build_error_section(example_report(worst=())).blocks
    assert block.text == "None of the wrongly predicted frames may be shown."


def suspicion(**changed):
    row = SliceResult(
        "location", "Oiling station", 12, estimate(0.5, 0.25, 0.75, 12), "suspect", 0.2, 0.2, 0.3,
        28, 4, None, 40,
    )  # fmt: skip
    report = replace(example_report(), slices=(replace(row, **changed),))
    return next(
        block.text
        for block in build_failure_section(report).blocks
        if isinstance(block, Paragraph) and block.text.startswith("△")
    )


def test_more_labels_are_asked_for_only_where_frames_are_left():
    assert suspicion().endswith("28 more labelled frames of this slice may decide.")
    assert suspicion(left=None).endswith("28 more labelled frames of this slice may decide.")
    expected = "Requires 28 more labelled frames of this slice; 5 are available: record more clips."
    assert suspicion(left=5).endswith(expected)
    expected = "Based on 2 clips: record more clips with and without this condition."
    assert suspicion(p=None, clips=2).endswith(expected)
