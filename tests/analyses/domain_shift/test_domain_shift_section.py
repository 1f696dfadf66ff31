from dataclasses import replace
from math import nan

import pytest

from fieldcheck.analyses.adversarial_validation import KINDS
from fieldcheck.analyses.domain_shift import build_domain_section
from fieldcheck.analyses.domain_shift_result import Cause, DomainShift
from fieldcheck.domain.estimate import Estimate
from fieldcheck.i18n import language
from fieldcheck.report.checklist import with_checklist
from tests.report.example_report import example_report


def area(value, lo, hi):
    return Estimate.from_limits(value, lo, hi, n=120, n_eff=12.0, method="bootstrap_clips")


def cause(name="brightness", value=0.03, named=True):
    return Cause(name, area(value, max(0, value - 0.05), min(1, value + 0.05)), 41.2, 118.4, named)


def shift(auc=None, causes=(), **changes):
    figures = {
        "balanced_accuracy": 0.9, "statistics_auc": 0.97, "control": 0.52, "control_most": 0.66,
        "p": 0.01,
    }  # fmt: skip
    counts = {
        "n_frames": 120, "n_clips": 12, "n_pictures": 600, "field_like": ("a",),
        "benchmark_like": ("f",),
    }  # fmt: skip
    told = {
        "source": "statistics", "separation": "alarm", "content": False, "causes": tuple(causes),
    }  # fmt: skip
    found = DomainShift(auc=auc or area(0.97, 0.93, 0.99), **figures, **counts, **told)
    return replace(found, **changes)


def report(found):
    return replace(example_report(), facts={"domain": found})


def said(found):
    return [block.text for block in build_domain_section(found).blocks if hasattr(block, "text")]


def judged(found):
    return {row.rule: (row.state, row.figure) for row in with_checklist(found).checklist}["domain"]


def test_the_verdict_stands_beside_its_controls():
    first, second, *_ = said(report(shift()))
    assert first == (
        "A classifier distinguishes field and benchmark: AUC 0.97 (0.93–0.99), balanced "
        "accuracy 90%."
    )
    assert "Control: halves of the field's own clips reach AUC 0.52 (maximum 0.66)." in second
    few = replace(shift(), control=nan, control_most=nan, p=nan)
    assert "No control with so few clips" in said(report(few))[1]


@pytest.mark.parametrize(
    ("separation", "auc", "begins"),
    [
        (
            "quiet",
            area(0.55, 0.48, 0.70),
            "A classifier hardly distinguishes field and benchmark: AUC 0.55 (0.48–0.70)",
        ),
        (
            "quiet",
            area(0.62, 0.45, 0.80),
            (
                "Not demonstrated that a classifier distinguishes field and benchmark: AUC 0.62 "
                "(0.45–0.80)"
            ),
        ),
        (
            "amber",
            area(0.80, 0.44, 0.97),
            (
                "A classifier distinguishes field and benchmark, but with so few clips this may "
                "be chance: AUC 0.80 (0.44–0.97)"
            ),
        ),
        (
            "alarm",
            Estimate(0.97, nan, nan, 120, nan, "", "na", "few_clips"),
            (
                "A classifier distinguishes field and benchmark, but with so few clips this may "
                "be chance: AUC 0.97"
            ),
        ),
    ],
)
def test_the_verdict_is_no_stronger_than_the_range_of_its_area(separation, auc, begins):
    assert said(report(shift(auc, separation=separation)))[0].startswith(begins)


def test_a_cause_is_told_in_words_with_both_medians():
    found = said(report(shift(causes=[cause(), cause("noise", named=False)])))
    assert found[2] == "Darker: median luma 41 vs 118 on the benchmark."
    assert said(report(shift(causes=[cause(value=0.98)])))[2].startswith("Brighter")


def test_without_a_cause_content_is_told_only_where_embeddings_differ():
    expected = "No cause reported: no image statistic differs beyond what so few clips can show."
    assert said(report(shift()))[2] == expected
    expected = "No image statistic differs clearly; the content may differ."
    assert said(report(shift(content=True, source="embedding")))[2] == expected


def test_every_image_statistic_has_words_in_both_languages():
    found = report(shift(causes=[cause(name) for name in KINDS]))
    for spoken in ("en", "de"):
        with language.use_language(spoken):
            (table,) = [
                block for block in build_domain_section(found).blocks if hasattr(block, "rows")
            ]
            assert len({row[0].text for row in table.rows}) == len(KINDS)


def test_what_was_not_compared_is_said():
    assert said(example_report())[0] == (
        "Field and benchmark not compared yet, or fewer than 10 readable images on one side "
        "(Report)."
    )


@pytest.mark.parametrize(
    ("auc", "state"),
    [
        (area(0.6, 0.5, 0.8), "pass"),
        (area(0.97, 0.93, 0.99), "fail"),
        (area(0.92, 0.8, 0.97), "too_few"),
        (Estimate.not_measured("too_few_clips", 9, 0.97), "too_few"),
    ],
)
def test_the_checklist_goes_by_the_limits_of_the_auc(auc, state):
    assert judged(report(shift(auc))) == (state, auc.value)


def test_nobody_looked_is_not_measured():
    assert judged(example_report()) == ("not_measured", None)
