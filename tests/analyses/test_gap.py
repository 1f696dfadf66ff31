import re
from dataclasses import replace
from itertools import product
from typing import get_args

import pytest

from fieldcheck.analyses.gap_headline import (
    NOT_RUN,
    GapFacts,
    describe_counts,
    describe_gap,
    has_named_metric,
)
from fieldcheck.domain.estimate import Estimate, Readiness
from fieldcheck.errors import message_format
from fieldcheck.i18n import language
from fieldcheck.models.messages import get_readiness_name
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.report.assemble import build_report
from fieldcheck.stats.wilson_interval import (
    StratumCount,
    estimate_difference,
    estimate_finite_wilson,
    estimate_wilson,
)
from tests import makers

BENCHMARK = estimate_wilson(1942, 2000)
FIELD = estimate_finite_wilson(StratumCount(61, 100, 1200))
EVEN = GapFacts(
    benchmark=BENCHMARK, field=FIELD, footage=FIELD, hard=None, chosen=None,
    gap=estimate_difference(BENCHMARK, FIELD), basis="footage", verdict="fail", design="even",
    census=False, interim=False, strata=(("even", 61, 100),), n_listed=1200, n_picked=100,
    n_labelled=100, n_cameras=1,
)  # fmt: skip
BALANCED = replace(
    EVEN, design="balanced", basis="camera", strata=(("hard", 18, 40), ("rest", 47, 60)),
    n_cameras=2,
)  # fmt: skip
UNKNOWN = Estimate.not_measured("no_labels")


def test_the_headline_is_the_one_of_the_design():
    """ux A16: even design, one clip, 61 of 100 from 1,200, benchmark 1,942 of 2,000."""
    expected = "Benchmark 97.1% → Field 61% (52–70%) on this footage. Gap 36 pp (27–46)."
    assert describe_gap(EVEN) == expected


def test_with_the_cameras_range_the_words_on_this_footage_are_gone():
    assert describe_gap(BALANCED) == "Benchmark 97.1% → Field 61% (52–70%). Gap 36 pp (27–46)."


def test_a_score_with_rivals_is_named_and_a_classifiers_accuracy_is_not():
    named = replace(EVEN, metric="frame_score")
    assert describe_gap(named) == describe_gap(EVEN) + " Metric: frames without errors."
    assert describe_counts(named) == describe_counts(EVEN) != ""
    assert describe_counts(replace(named, metric="map", by_frames=False)) == ""


@pytest.mark.parametrize(("own", "metric", "named"), [
    ("accuracy", "", False), ("accuracy", "accuracy", False), ("accuracy", "balanced_accuracy", True),
    ("frame_score", "", True), ("frame_score", "frame_score", True), ("point_score", "", True),
    ("", "", False),
])  # fmt: skip
def test_which_scores_are_named(own, metric, named):
    assert has_named_metric(own, metric) == named


def test_a_small_benchmark_has_no_decimal_and_a_large_field_has_one():
    small = estimate_wilson(194, 200)
    large = estimate_wilson(305, 500)
    facts = replace(BALANCED, benchmark=small, field=large, gap=estimate_difference(small, large))
    expected = "Benchmark 97% → Field 61.0% (56.7–65.2%). Gap 36.0 pp (30.6–40.6)."
    assert describe_gap(facts) == expected


def test_few_frames_are_never_a_bare_percentage():
    few = estimate_wilson(4, 6)
    facts = replace(EVEN, field=few, footage=few, gap=estimate_difference(BENCHMARK, few))
    expected = "Benchmark 97.1% → Field: too few frames (30–90%, n = 6). Gap 7–67 pp."
    assert describe_gap(facts) == expected
    without = replace(facts, gap=replace(facts.gap, lo=facts.gap.value, hi=facts.gap.value))
    assert describe_gap(without) == "Benchmark 97.1% → Field: too few frames (30–90%, n = 6)."
    assert "67%" not in describe_gap(replace(facts, gap=UNKNOWN))
    expected = "Benchmark too few images (61–100%, n = 6) → Field 61% (52–70%)"
    assert describe_gap(replace(EVEN, benchmark=estimate_wilson(6, 6))).startswith(expected)
    by_kind = (("hard", 2, 3), ("rest", 2, 3))
    expected = "Correct on 2 of 3 hard frames and 2 of 3 other frames. "
    assert describe_counts(replace(facts, strata=by_kind)).startswith(expected)


def test_frames_that_nobody_could_judge_are_not_called_unlabelled():
    facts = replace(
        EVEN, verdict="not_enough", field=Estimate.not_measured("no_labels"), n_labelled=0,
        n_picked=20, n_unsure=20,
    )  # fmt: skip
    assert describe_gap(facts) == "No gap: all 20 picked frames are labelled “unsure”."
    assert "Label them" in describe_gap(replace(facts, n_unsure=19))


def test_a_census_has_no_interval():
    counted = Estimate.from_limits(0.61, 0.61, 0.61, n=100, n_eff=100.0, method="stratified_wilson")
    gap = estimate_difference(BENCHMARK, counted)
    facts = replace(EVEN, field=counted, footage=counted, gap=gap)
    assert "Field 61% (census)" in describe_gap(facts)
    assert describe_counts(facts).endswith("a census, without a CI.")


def test_an_interim_figure_says_so():
    expected = "Interim result: 37 of 100 frames labelled."
    assert describe_gap(replace(EVEN, interim=True, n_labelled=37)).endswith(expected)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"verdict": None, "n_listed": 0}, "`fieldcheck import`"),
        ({"verdict": None}, "`fieldcheck pick`"),
        (
            {
                "verdict": "not_enough", "field": UNKNOWN, "footage": UNKNOWN, "gap": UNKNOWN,
                "n_labelled": 0,
            },
            "none of the 100 picked frames",
        ),
        (
            {"verdict": "not_enough", "field": UNKNOWN, "footage": UNKNOWN, "gap": UNKNOWN},
            "`fieldcheck run`",
        ),
        (
            {"verdict": "not_enough", "benchmark": None, "gap": UNKNOWN},
            "`fieldcheck benchmark set`",
        ),
        (
            {"verdict": "not_enough", "benchmark": UNKNOWN, "gap": UNKNOWN},
            "no benchmark image could be scored",
        ),
        (
            {"verdict": "not_enough", "gap": Estimate.not_measured("no_spread", 30, 0.1)},
            "all frames on one side have the same result",
        ),
        ({"verdict": "not_comparable"}, "`fieldcheck model check`"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_with_the_next_step(changes, said):
    facts = replace(EVEN, **changes)
    with message_format.use_audience("terminal"):
        assert said in describe_gap(facts)
    assert "`" not in describe_gap(facts)


def test_without_a_benchmark_the_field_stands_alone():
    facts = replace(EVEN, benchmark=None, gap=UNKNOWN, verdict="not_enough")
    assert describe_gap(facts).startswith("Field 61% (52–70%) on this footage. No gap yet")


def test_a_benchmark_that_the_model_has_not_answered_is_not_asked_for_again():
    facts = replace(EVEN, benchmark=NOT_RUN, gap=UNKNOWN, verdict="not_enough")
    expected = "No gap yet: the model has not been run on the benchmark (Explore, “Run model”)."
    assert expected in describe_gap(facts)
    with message_format.use_audience("terminal"):
        assert (
            "No gap yet: the model has not been run on the benchmark (`fieldcheck run --on "
            "benchmark`)."
        ) in describe_gap(facts)


def test_chosen_frames_are_a_count_and_no_gap():
    facts = replace(
        EVEN,
        verdict="chosen_only",
        design="hard",
        chosen=estimate_wilson(9, 30),
        field=UNKNOWN,
        footage=UNKNOWN,
        gap=UNKNOWN,
    )
    assert describe_gap(facts).startswith("Score on these “hard only” frames: correct on 9 of 30.")
    assert "another sampling design" in describe_gap(facts)
    assert describe_counts(facts) == ""
    assert describe_gap(replace(facts, chosen=None)).startswith("No gap from “hard only” frames.")


def test_an_even_draw_and_a_census_count_times():
    said = "The model was correct 61 times on 100 field frames."
    expected = f"{said} Over all of this footage: 52 to 70 of every 100 frames correct (95% CI)."
    assert describe_counts(EVEN) == expected
    facts = replace(EVEN, census=True, strata=(("even", 1, 1),))
    assert describe_counts(facts).startswith("The model was correct 1 time on 1 field frame.")


def test_the_forty_and_sixty_are_counted_apart_and_weighted():
    assert describe_counts(BALANCED) == (
        "Correct on 18 of 40 hard frames and 47 of 60 other frames; weighted by frequency: 61%. On "
        "other clips of these cameras: 52 to 70 of every 100 frames correct (95% CI)."
    )


def test_a_second_draw_is_added_to_its_kind_and_frames_asked_for_are_told_apart():
    strata = (*BALANCED.strata, ("hard@2", 2, 4), ("rest@2", 3, 6), ("must", 1, 1), ("extra", 0, 0))
    facts = replace(BALANCED, n_cameras=1, strata=strata)
    expected = "Correct on 20 of 44 hard frames and 50 of 66 other frames;"
    assert describe_counts(facts).startswith(expected)
    assert "Correct on 1 of 1 required frame." in describe_counts(facts)
    assert "this camera" in describe_counts(facts)


def test_the_worst_conditions_are_named_where_they_were_asked_for():
    expected = "18 of 40 frames in the worst conditions"
    assert expected in describe_counts(replace(BALANCED, design="light"))


def test_draws_of_different_designs_are_summed():
    facts = replace(BALANCED, strata=(("even", 40, 60), ("hard@2", 10, 20)))
    expected = "Correct on 50 of 80 frames; weighted by frequency: 61%."
    assert describe_counts(facts).startswith(expected)


@pytest.mark.parametrize("verdict", [None, "not_enough"])
def test_nothing_scored_has_no_counts(verdict):
    assert describe_counts(replace(EVEN, verdict=verdict, field=UNKNOWN, footage=UNKNOWN)) == ""


def test_the_headline_speaks_german():
    with language.use_language("de"):
        assert describe_gap(EVEN) == (
            "Benchmark 97,1 % → Feld 61 % (52–70 %) auf diesen Aufnahmen. Abweichung 36 "
            "Prozentpunkte (27–46)."
        )


def test_no_sentence_uses_words_that_the_design_forbids():
    cases = (EVEN, BALANCED, replace(EVEN, verdict="not_comparable"), replace(EVEN, verdict=None))
    for facts in cases:
        said = f"{describe_gap(facts)} {describe_counts(facts)}".lower()
        assert not any(
            word in said.split() for word in ("ai", "robust", "accuracy", "safe", "hallucination")
        )


def test_the_word_of_a_report_of_before_is_still_known():
    assert get_readiness_name("not_shown") == "Inconclusive"
    assert not any("safe" in get_readiness_name(code) for code in get_args(Readiness))


def test_a_code_that_is_not_known_stands_for_itself():
    assert get_readiness_name("maybe") == "maybe"


@pytest.mark.parametrize("design", ["balanced", "light"])
@pytest.mark.parametrize("code", ["en", "de"])
def test_no_count_of_nought_or_one_reads_as_many(design, code):
    for n_hard, n_rest in product((1, 2), repeat=2):
        facts = replace(BALANCED, design=design, strata=(("hard", 0, n_hard), ("rest", 1, n_rest)))
        with language.use_language(code):
            said = describe_counts(facts)
        assert not re.search(r"\b(the|other|der|anderen) 1\b", said), said
        assert (
            "0 of 1 hard frame and" in said or "0 of 1 frame in" in said or "0 von 1 " in said
        ) is (n_hard == 1)


@pytest.mark.long
def test_a_hard_only_draw_makes_no_headline(footed):
    """A17."""
    makers.draw(footed, 10, design="hard")
    makers.label_all(footed)
    run_and_score(footed, None, "all", NullProgress(), makers.NOW)
    found = build_report(footed, "en", NullProgress(), makers.NOW)
    assert found.gap.verdict == "chosen_only"
    assert (found.gap.estimate.measured, found.field.footage.measured) == (False, False)
    assert found.field.chosen.n == 10


def test_the_gap_is_what_the_field_loses_and_an_open_verdict_has_a_plan(labelled):
    found = build_report(labelled, "en", NullProgress(), makers.NOW)
    lost = found.benchmark.score.value - found.field.footage.value
    assert found.gap.estimate.value == lost
    assert (found.gap.basis, found.gap.verdict) == ("footage", "not_enough")
    # of one clip no number of labels decides; its 100 frames without a pick can be drawn still
    assert (found.gap.plan.more_same, found.gap.plan.open_labels) == (None, 100)


def test_a_visit_is_as_long_as_its_recordings_and_none_without_footage(labelled, tmp_path):
    (visit,) = build_report(labelled, "en", NullProgress(), makers.NOW).visits
    assert (visit.n_frames_listed, visit.n_labelled, visit.n_clips) == (120, 20, 1)
    assert visit.seconds > 0
    with makers.empty_project(tmp_path / "bare.fieldcheck") as bare:
        found = build_report(bare, "en", NullProgress(), makers.NOW)
    assert (found.visits, found.model, found.benchmark) == ((), None, None)


def test_both_sides_are_scored_with_the_metric_of_the_task(labelled):
    found = build_report(labelled, "en", NullProgress(), makers.NOW)
    assert (found.benchmark.metric, found.benchmark.claimed) == ("accuracy", 0.95)
    assert list(found.field.metrics) == list(found.benchmark.metrics)
    assert sum(row.labelled for row in found.field.strata) == found.field.n_labelled == 20
