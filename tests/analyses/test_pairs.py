from dataclasses import replace
from math import nan

from fieldcheck.analyses import report_data
from fieldcheck.analyses import robustness as breaking
from fieldcheck.analyses.blocks import Gallery
from fieldcheck.analyses.report_data import ReportedPair
from fieldcheck.domain.robustness import SavedComparison
from fieldcheck.i18n import language
from tests.report.example_report import example_report, picture

PAIR = SavedComparison(
    "k", "night.mp4", "a", "b", (("dark", 1.0), ("motion", 3.0)), 0, ("crack",), (), 0.934, nan,
    "2026-03-01T08:00:00+00:00",
)  # fmt: skip


def test_a_pair_is_two_pictures_with_what_the_model_said_of_each():
    with language.use_language("en"):
        _heading, gallery = report_data.build_pair_blocks(
            [ReportedPair(PAIR, picture(1), picture(2))]
        )
    before, after = gallery.pictures
    assert before.lines == (("Model", "crack 0.93"),)
    assert after.lines == (("Model", "nothing detected"),)
    assert after.small == "Low light, mild + Motion blur, moderate"


def test_several_boxes_are_listed_without_a_share():
    with language.use_language("en"):
        _heading, gallery = report_data.build_pair_blocks(
            [ReportedPair(replace(PAIR, said_before=("crack", "burr")), picture(1), picture(2))]
        )
    assert gallery.pictures[0].lines == (("Model", "crack, burr"),)


def test_pairs_stand_in_the_section_with_or_without_a_sweep():
    report = example_report(pairs=(ReportedPair(PAIR, picture(1), picture(2)),))
    with language.use_language("en"):
        assert isinstance(breaking.build_robustness_section(report).blocks[-1], Gallery)
    assert report_data.build_pair_blocks([]) == []
