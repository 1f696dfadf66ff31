from dataclasses import replace

from fieldcheck.analyses.label_noise import (
    LabelEffect,
    build_label_noise_section,
    get_label_ceiling,
    list_label_noise_notes,
)
from fieldcheck.analyses.score_charts import draw_gap_chart
from fieldcheck.domain.estimate import Estimate
from fieldcheck.report.summary_page import build_first_page
from fieldcheck.stats.agreement import correct_for_label_noise, get_worst_case, measure_agreement
from fieldcheck.stats.intervals import estimate_wilson
from tests.report.example_report import example_report

SCORE = estimate_wilson(65, 100)
ERROR = measure_agreement(["a"] * 40, ["a"] * 36 + ["b"] * 4, 3).error


def report(how="other", single=True):
    error = ERROR.value
    alone = (
        correct_for_label_noise(SCORE, error, 3)
        if single
        else Estimate.not_measured("not_single", 100)
    )
    found = LabelEffect(how, 40, ERROR, SCORE, get_worst_case(SCORE, error), alone, 1 - error)
    return replace(example_report(), facts={"label_effect": found})


def said(found):
    return [block.text for block in build_label_noise_section(found).blocks]


def test_band_correction_and_ceiling_are_told():
    lines = said(report())
    assert lines[0].startswith("Two annotators labelled 40 frames, blind: about 5.2% (")
    assert "field score 65%, within 50–79%" in lines[1]
    assert lines[2].startswith("If label errors are independent of model errors, the")
    assert lines[3] == "With such labels, the estimated maximum score of any model is 94.8%."
    assert "a gap of about 5.2 pp" in lines[4]


def test_one_person_twice_is_said_and_boxes_are_not_corrected():
    lines = said(report("same", single=False))
    assert lines[0].startswith("One annotator labelled 40 frames twice")
    assert len(lines) == 4


def test_the_first_page_has_the_band_beside_the_gap_and_the_ceiling_in_its_chart():
    found = report()
    assert get_label_ceiling(found) == 1 - ERROR.value
    assert any(
        line.startswith("Label noise: an estimated 5.2% of the labels are wrong")
        for line in build_first_page(found).counts
    )
    assert build_first_page(example_report()).chart.ceiling is None
    drawn = draw_gap_chart(build_first_page(found).chart)
    assert (drawn.count('stroke-dasharray="1 4"'), drawn.count('stroke-dasharray="4 3"')) == (
        1,
        1,
    ), "the limit is dashed"


def test_without_repeats_nothing_is_drawn_and_the_section_says_so():
    assert list_label_noise_notes(example_report()) == []
    assert get_label_ceiling(example_report()) is None
    assert said(example_report()) == ["Not measured: no frame was labelled twice."]
