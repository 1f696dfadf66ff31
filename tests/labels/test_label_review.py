from fieldcheck.domain.estimate import Estimate
from fieldcheck.i18n import language
from fieldcheck.labels.messages import (
    describe_review_progress,
    describe_score_after,
    describe_score_before,
    describe_wrong_share,
)
from fieldcheck.stats.intervals import estimate_wilson


def test_scores_stand_with_their_ranges():
    with language.use_language("en"):
        expected = "With original labels: 61% (51–70%, n = 100)"
        assert describe_score_before("field", estimate_wilson(61, 100)) == expected
        expected = "With benchmark labels: 61% (51–70%, n = 100)"
        assert describe_score_before("benchmark", estimate_wilson(61, 100)) == expected
        expected = "After label review, 12 reviewed: 70% (60–78%, n = 100)"
        assert describe_score_after("field", estimate_wilson(70, 100), 12) == expected
        expected = "9 of 12 reviewed labels wrong (47–91%)"
        assert describe_wrong_share(9, 12, estimate_wilson(9, 12)) == expected


def test_before_the_first_look_nothing_is_said_of_it():
    nothing = Estimate.not_measured("no_labels")
    with language.use_language("en"):
        assert describe_score_before("field", nothing) == "No score yet."
        assert (
            describe_score_after("field", estimate_wilson(70, 100), 0)
            == describe_wrong_share(0, 0, nothing)
            == ""
        )


def test_how_far_the_reviews_are_is_said_and_why_there_are_none():
    with language.use_language("en"):
        assert describe_review_progress(5, 2, 0) == "2 of 5 disagreements reviewed."
        assert describe_review_progress(0, 0, 0) == "No disagreements to review."
        assert describe_review_progress(0, 0, 1) == "1 picked frame has no label yet."
