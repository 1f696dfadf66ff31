from dataclasses import replace

import pytest

from fieldcheck.analyses.temperature_scaling import (
    Calibration,
    CalibrationError,
    ReliabilityBin,
    SideCalibration,
)
from fieldcheck.report import plots
from tests.report.example_report import estimate, example_report
from tests.report.made_facts import decision


def counted(report):
    """The facts of the first page with the counts of these very frames."""
    tenths = [[0] * 10, [0] * 10]
    for row in plots.list_scored_rows(report):
        tenths[not row.right][min(int(row.confidence * 10), 9)] += 1
    return replace(
        report, facts={"decision": decision(right=tuple(tenths[0]), wrong=tuple(tenths[1]))}
    )


def test_each_bar_of_the_confidence_names_the_frames_behind_it():
    report = counted(example_report())
    made = plots.build_confidence_plot(report)
    assert (
        sum(len(mark.frames) for mark in made.marks) == len(plots.list_scored_rows(report)) == 100
    )
    for mark in made.marks:
        assert len(mark.frames) == abs(mark.y) == int(mark.row[2])
    assert "at 0.9 or more" in made.alt_text


def test_bars_that_count_boxes_name_no_frame():
    report = replace(example_report(), facts={"decision": decision()})
    assert not any(mark.frames for mark in plots.build_confidence_plot(report).marks if mark.y)


def test_each_frequent_class_has_its_own_with_its_median():
    report = example_report()
    made = plots.build_class_plots(report)
    assert [one.title for one in made] == ["Confidence, predicted OK"]
    assert "100 wrong" in made[0].alt_text
    assert "median confidence 0.7" in made[0].alt_text


@pytest.mark.parametrize(("spread", "shown"), [((0.9, 0.1), True), ((0.9, 0.9), False)])
def test_entropy_is_told_of_probabilities_only(spread, shown):
    report = example_report()
    rows = plots.list_scored_rows(report)
    one = report.prediction_rows[0]
    answers = [
        replace(one, on="field", frame_id=row.frame_id, rank=rank, score=score, x=None)
        for row in rows
        for rank, score in enumerate(spread, 1)
    ]
    report = replace(
        report, prediction_rows=tuple(answers), model=replace(report.model, classes=("a", "b"))
    )
    made = plots.build_entropy_plot(report)
    assert (made is not None) is shown
    if made is not None:
        assert sum(abs(mark.y) for mark in made.marks) == len(rows)
        assert "0.47" in made.alt_text  # of 0.9 and 0.1, in shares of one bit


def test_bins_of_the_reliability_hold_frames_by_rising_confidence_over_the_band():
    report = example_report()
    rows = sorted(plots.list_scored_rows(report), key=lambda row: row.confidence)
    bins = (
        ReliabilityBin(0.6, estimate(0.5, 0.4, 0.6, 60)),
        ReliabilityBin(0.9, estimate(0.4, 0.3, 0.6, 40)),
    )
    error = CalibrationError(0.3, 0.5, 100, 2, "equal_mass", 0.1)
    half = estimate(0.5, 0.4, 0.6, 100)
    nan = float("nan")
    side = SideCalibration(
        "field", 100, 0, half, half, half, None, error, error, nan, 0.2, nan, True, bins
    )
    made = plots.build_reliability_plot(
        replace(report, facts={"calibration": Calibration("frame", (side,), None, ())})
    )
    assert [len(mark.frames) for mark in made.marks] == [60, 40]
    assert (
        plots.build_reliability_plot(
            replace(
                report, facts={"calibration": Calibration("frame", (replace(side, n=9),), None, ())}
            )
        )
        is None
    )
    assert made.marks[0].frames[0] == rows[0].frame_id
    band = made.series[0].marks[1]
    assert made.marks[1].y < band.base < 0.9 < band.y
