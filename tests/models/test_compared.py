from fieldcheck.domain.estimate import Estimate
from fieldcheck.models.messages import (
    describe_exported_frames,
    describe_interval_verdict,
    describe_recall_by_size,
    describe_test_verdict,
    format_change,
    list_comparison_lines,
)
from fieldcheck.stats.intervals import estimate_bonett_price


def test_the_four_counts_the_change_and_what_it_shows():
    said = list_comparison_lines(
        "old", "new", (70, 5, 15, 10), 0.0414, estimate_bonett_price(15, 5, 100)
    )
    assert said == (
        "old and new on the same 100 labelled frames:",
        "correct in both 70, only in old 5, only in new 15, in neither 10",
        "Change: 10.0 pp (1.0–18.6).",
        "new is better, statistically significant (exact McNemar test, p = 0.041).",
    )


def interval(value, lo, hi):
    return Estimate.from_limits(value, lo, hi, n=100, n_eff=100.0, method="bootstrap_frames")


def test_a_metric_that_is_no_share_of_frames_is_told_with_both_scores_and_judged_by_its_limits():
    scores = interval(0.4, 0.3, 0.5), interval(0.6, 0.5, 0.7)
    said = list_comparison_lines(
        "old", "new", (70, 5, 15, 10), 0.9, interval(0.2, 0.05, 0.3), "map50", scores
    )
    assert said[2:] == (
        "old: mAP at IoU 0.50 40.0% (30.0–50.0%, n = 100)",
        "new: mAP at IoU 0.50 60.0% (50.0–70.0%, n = 100)",
        "Change: 20.0 pp (5.0–30.0).",
        "new is better in mAP at IoU 0.50: the 95% CI of the change excludes 0.",
    )
    assert describe_interval_verdict("old", "new", "recall", interval(0.2, -0.05, 0.3)).startswith(
        "No difference in object recall demonstrated"
    )
    assert describe_interval_verdict("old", "new", "recall", interval(-0.2, -0.3, -0.1)).startswith(
        "old is better"
    )


def test_recall_is_told_by_size_of_object():
    said = describe_recall_by_size(
        "old", "new", "small", 12, (interval(0.9, 0.8, 1.0), interval(0.6, 0.5, 0.7)),
        interval(-0.3, -0.4, -0.1),
    )  # fmt: skip
    assert said == (
        "Recall, small objects (below 32 × 32 px), 12 objects: old 90.0% (80.0–100.0%), new 60.0% "
        "(50.0–70.0%). Change: −30.0 pp (−40.0 to −10.0)."
    )
    nothing = Estimate.not_measured("often_undefined", 3)
    assert describe_recall_by_size("old", "new", "large", 1, (nothing, nothing), nothing) == (
        "Recall, large objects (96 × 96 px or more), 1 object: cannot be determined from "
        "these frames."
    )


def test_figures_that_cannot_be_compared_say_so():
    nothing = Estimate.not_measured("often_undefined", 3)
    said = list_comparison_lines(
        "old", "new", (1, 1, 1, 0), 0.9, nothing, "balanced_accuracy", (nothing, nothing)
    )
    assert said[2] == "old: balanced accuracy cannot be determined from these frames"
    assert said[-1] == "balanced accuracy not comparable: too few objects on these frames."


def test_chance_is_not_called_better():
    assert describe_test_verdict("old", "new", 0.5, estimate_bonett_price(5, 3, 100)).startswith(
        "No difference demonstrated"
    )
    assert describe_test_verdict(
        "old", "new", 0.00001, estimate_bonett_price(0, 40, 100)
    ).startswith("old is better")
    assert describe_test_verdict("old", "new", 0.04, interval(0.1, -0.01, 0.2)) == (
        "No difference demonstrated: the 95% CI of the change includes 0 (exact McNemar test, "
        "p = 0.040)."
    )
    actual = describe_test_verdict("old", "new", 0.00001, estimate_bonett_price(0, 40, 100))
    assert "below 0.001" in actual


def test_no_frames_no_change():
    assert format_change(Estimate.not_measured("no_labels")) == "Change: unknown."


def test_frames_that_were_given_to_training_are_said():
    assert describe_exported_frames(3, 20) == (
        "Not a valid test for a model trained since: 3 of 20 frames were exported for training."
    )
