from dataclasses import replace

import numpy as np

from fieldcheck.analyses.decomposition import (
    BenchmarkAnswers,
    FieldAnswers,
    build_decomposition_section,
    decompose_gap,
)
from fieldcheck.report.plots import list_curve_plots
from tests.report.example_report import example_report


def parts(reason="", clips=10, absent=0):
    truth = np.arange(200) % 2
    drop = np.full(200, np.nan) if reason else (np.arange(200) % 10 == 0) * 1.0
    own = np.arange(100) % 4 // 3
    own[:absent] = 2
    frames = FieldAnswers(
        own, np.arange(100) % 3 > 0, np.ones(100), np.arange(100) % clips, own != 2
    )
    return decompose_gap(
        BenchmarkAnswers(truth, np.arange(200) % 20 > 0, drop), frames, ("a", "b", "c"), reason,
        "dark", 2.3, 0,
    )  # fmt: skip


def report(**changes):
    return replace(example_report(), facts={"decomposition": parts(**changes)})


def told(found):
    table, *others = build_decomposition_section(found).blocks
    return [[cell.text for cell in row] for row in table.rows], [block.text for block in others]


def test_the_parts_stand_with_their_ranges_and_both_orders():
    rows, notes = told(report())
    assert [row[0] for row in rows][:2] == ["class mix", "image quality (Low light, severity 2.3)"]
    assert all(row[2] and row[3] for row in rows[:2])
    assert rows[3][1] == "29"
    assert notes == [
        (
            "Remainder: new appearance, unusual poses, wrong labels, or corruptions that cannot "
            "be simulated."
        )
    ]


def test_what_is_not_estimated_is_said_and_not_zero():
    rows, notes = told(report(reason="no_match"))
    assert rows[1][:2] == ["image quality", "not estimated"]
    assert notes[0].startswith("Contribution of image quality not estimated: no single corruption")
    assert "field has not been matched to a corruption" in told(report(reason="not_compared"))[1][0]
    assert "on the benchmark up to severity 2.3" in told(report(reason="not_swept"))[1][0]


def test_absent_classes_stand_beside_the_gap_and_few_clips_have_no_range():
    rows, notes = told(report(absent=20))
    assert rows[-1][0] == "additionally: classes missing from the benchmark"
    assert "Not in the benchmark: c." in notes
    assert told(report(clips=2))[0][0][2] == "not enough clips"


def test_without_a_gap_there_is_nothing_to_split():
    (block,) = build_decomposition_section(example_report()).blocks
    assert block.text.startswith("Not estimated. Requires a")


def test_nine_labels_are_not_split():
    few = report()
    few = replace(few, field=replace(few.field, footage=replace(few.field.footage, n=9)))
    (said,) = build_decomposition_section(few).blocks
    assert said.text == "Insufficient data: 9 labelled frames are too few to decompose the gap."
    assert not [plot for plot in list_curve_plots(few) if plot.section == "decomposition"]
    assert [plot for plot in list_curve_plots(report()) if plot.section == "decomposition"]
