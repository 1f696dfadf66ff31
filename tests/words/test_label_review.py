from fieldcheck.domain.estimate import Estimate
from fieldcheck.measure.interval import wilson
from fieldcheck.words import language
from fieldcheck.words.label_review import after_line, before_line, share_line, to_look_at


def test_scores_stand_with_their_ranges():
    with language.spoken("en"):
        assert before_line("field", wilson(61, 100)) == "With original labels: 61% (51–70%, n = 100)"
        assert before_line("benchmark", wilson(61, 100)) == "With benchmark labels: 61% (51–70%, n = 100)"
        assert after_line("field", wilson(70, 100), 12) == "After label review, 12 reviewed: 70% (60–78%, n = 100)"
        assert share_line(9, 12, wilson(9, 12)) == "9 of 12 reviewed labels wrong (47–91%)"


def test_before_the_first_look_nothing_is_said_of_it():
    nothing = Estimate.na("no_labels")
    with language.spoken("en"):
        assert before_line("field", nothing) == "No score yet."
        assert after_line("field", wilson(70, 100), 0) == share_line(0, 0, nothing) == ""


def test_how_far_the_reviews_are_is_said_and_why_there_are_none():
    with language.spoken("en"):
        assert to_look_at(5, 2, 0) == "2 of 5 disagreements reviewed."
        assert to_look_at(0, 0, 0) == "No disagreements to review."
        assert to_look_at(0, 0, 1) == "1 picked frame has no label yet."
