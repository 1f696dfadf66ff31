import re
from dataclasses import replace
from itertools import product
from typing import get_args

import pytest

from fieldcheck.domain.estimate import Estimate
from fieldcheck.measure.interval import StratumCount, difference, finite_wilson, wilson
from fieldcheck.scoring.verdict import Readiness
from fieldcheck.words import language, remedies
from fieldcheck.words.gap import NOT_RUN, GapFacts, counts, headline, readiness

BENCHMARK = wilson(1942, 2000)
FIELD = finite_wilson(StratumCount(61, 100, 1200))
EVEN = GapFacts(
    benchmark=BENCHMARK,
    field=FIELD,
    footage=FIELD,
    hard=None,
    chosen=None,
    gap=difference(BENCHMARK, FIELD),
    basis="footage",
    verdict="fail",
    design="even",
    census=False,
    interim=False,
    strata=(("even", 61, 100),),
    n_listed=1200,
    n_picked=100,
    n_labelled=100,
    n_open=1100,
    n_cameras=1,
    more_frames=None,
)
BALANCED = replace(EVEN, design="balanced", basis="camera", strata=(("hard", 18, 40), ("rest", 47, 60)), n_cameras=2)
UNKNOWN = Estimate.na("no_labels")


def test_the_headline_is_the_one_of_the_design():
    """ux A16: even design, one clip, 61 of 100 from 1,200, benchmark 1,942 of 2,000."""
    assert headline(EVEN) == "Benchmark 97.1% → Field 61% (52–70%) on this footage. Gap 36 pp (27–46)."


def test_with_the_cameras_range_the_words_on_this_footage_are_gone():
    assert headline(BALANCED) == "Benchmark 97.1% → Field 61% (52–70%). Gap 36 pp (27–46)."


def test_a_small_benchmark_has_no_decimal_and_a_large_field_has_one():
    small = wilson(194, 200)
    large = wilson(305, 500)
    facts = replace(BALANCED, benchmark=small, field=large, gap=difference(small, large))
    assert headline(facts) == "Benchmark 97% → Field 61.0% (56.7–65.2%). Gap 36.0 pp (30.6–40.6)."


def test_few_frames_are_never_a_bare_percentage():
    few = wilson(4, 6)
    facts = replace(EVEN, field=few, footage=few, gap=difference(BENCHMARK, few))
    assert headline(facts) == "Benchmark 97.1% → Field too few frames (30–90%, n = 6). Gap 7–67 pp."
    assert "67%" not in headline(replace(facts, gap=UNKNOWN))
    assert headline(replace(EVEN, benchmark=wilson(6, 6))).startswith("Benchmark too few pictures (61–100%, n = 6) → Field 61% (52–70%)")
    by_kind = (("hard", 2, 3), ("rest", 2, 3))
    assert counts(replace(facts, strata=by_kind)).startswith("Right on 2 of the 3 hardest frames and 2 of the other 3. ")


def test_frames_that_nobody_could_judge_are_not_called_unlabelled():
    facts = replace(EVEN, verdict="not_enough", field=Estimate.na("no_labels"), n_labelled=0, n_picked=20, n_unsure=20)
    assert headline(facts) == "No gap: a person could not judge any of the 20 picked frames."
    assert "Label them" in headline(replace(facts, n_unsure=19))


def test_more_labels_than_frames_are_left_are_not_asked_for():
    facts = replace(EVEN, verdict="not_enough", n_open=30, more_frames=31)
    assert "takes about 31 more labels, and 30 can be made here: record more clips." in headline(facts)
    without = headline(replace(facts, n_open=0))
    assert without.endswith("Not decided yet, and no frame here waits for a label: record more clips.")
    assert "label about 30 more frames." in headline(replace(facts, more_frames=30))


def test_a_census_has_no_interval():
    counted = Estimate.of(0.61, 0.61, 0.61, n=100, n_eff=100.0, method="stratified_wilson")
    facts = replace(EVEN, field=counted, footage=counted, gap=difference(BENCHMARK, counted))
    assert "Field 61% (census)" in headline(facts)
    assert counts(facts).endswith("that is a count, without an interval.")


@pytest.mark.parametrize(
    ("more", "why", "said"),
    [
        (1, "", "Not decided yet: label about 1 more frame."),
        (140, "", "Not decided yet: label about 140 more frames."),
        (None, "census", "record more clips"),
        (None, "more_clips", "record more clips"),
        (None, "undecidable", "Not decidable by labelling: the gap"),
        (None, "few_pictures", "Not decidable by labelling: the 2000 pictures of the benchmark are too few"),
    ],
)
def test_an_open_verdict_says_what_would_decide_it(more, why, said):
    assert said in headline(replace(EVEN, verdict="not_enough", more_frames=more, why_not=why))


def test_an_interim_figure_says_so():
    assert headline(replace(EVEN, interim=True, n_labelled=37)).endswith("This is interim: 37 of 100 frames are labelled.")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"verdict": None, "n_listed": 0}, "`fieldcheck import`"),
        ({"verdict": None}, "`fieldcheck pick`"),
        ({"verdict": "not_enough", "field": UNKNOWN, "footage": UNKNOWN, "gap": UNKNOWN, "n_labelled": 0}, "none of the 100 picked frames"),
        ({"verdict": "not_enough", "field": UNKNOWN, "footage": UNKNOWN, "gap": UNKNOWN}, "`fieldcheck run`"),
        ({"verdict": "not_enough", "benchmark": None, "gap": UNKNOWN}, "`fieldcheck benchmark set`"),
        ({"verdict": "not_enough", "benchmark": UNKNOWN, "gap": UNKNOWN}, "no picture of the benchmark"),
        ({"verdict": "not_enough", "gap": Estimate.na("no_spread", 30, 0.1)}, "every frame was answered alike"),
        ({"verdict": "not_comparable"}, "`fieldcheck model check`"),
    ],
)
def test_what_is_missing_is_named_with_the_next_step(changes, said):
    facts = replace(EVEN, **changes)
    with remedies.told_by("terminal"):
        assert said in headline(facts)
    assert "`" not in headline(facts)


def test_without_a_benchmark_the_field_stands_alone():
    assert headline(replace(EVEN, benchmark=None, gap=UNKNOWN, verdict="not_enough")).startswith(
        "Field 61% (52–70%) on this footage. No gap yet"
    )


def test_a_benchmark_that_the_model_has_not_answered_is_not_asked_for_again():
    facts = replace(EVEN, benchmark=NOT_RUN, gap=UNKNOWN, verdict="not_enough")
    assert "No gap yet: the model has not answered the benchmark (Explore, “Run the model”)." in headline(facts)
    with remedies.told_by("terminal"):
        assert "No gap yet: the model has not answered the benchmark (`fieldcheck run --on benchmark`)." in headline(facts)


def test_chosen_frames_are_a_count_and_no_gap():
    facts = replace(EVEN, verdict="chosen_only", design="hard", chosen=wilson(9, 30), field=UNKNOWN, footage=UNKNOWN, gap=UNKNOWN)
    assert headline(facts).startswith("Score on these chosen frames: right on 9 of 30.")
    assert "another design" in headline(facts)
    assert counts(facts) == ""
    assert headline(replace(facts, chosen=None)).startswith("No gap from chosen frames.")


def test_an_even_draw_and_a_census_count_times():
    said = "Out of 100 field frames the model was right 61 times."
    assert counts(EVEN) == f"{said} Over all of this footage that is between 52 and 70 of every 100 frames (95% range)."
    assert counts(replace(EVEN, census=True, strata=(("even", 1, 1),))).startswith("Out of 1 field frame the model was right 1 time.")


def test_the_forty_and_sixty_are_counted_apart_and_weighted():
    assert counts(BALANCED) == (
        "Right on 18 of the 40 hardest frames and 47 of the other 60; weighted by how common each kind "
        "is: 61%. On other clips of these cameras that is between 52 and 70 of every 100 frames (95% "
        "range)."
    )


def test_a_second_draw_is_added_to_its_kind_and_frames_asked_for_are_told_apart():
    facts = replace(BALANCED, n_cameras=1, strata=(*BALANCED.strata, ("hard@2", 2, 4), ("rest@2", 3, 6), ("must", 1, 1), ("extra", 0, 0)))
    assert counts(facts).startswith("Right on 20 of the 44 hardest frames and 50 of the other 66;")
    assert "Right on 1 of the 1 frame that was asked for." in counts(facts)
    assert "this camera" in counts(facts)


def test_the_worst_light_is_named_where_it_was_asked_for():
    assert "18 of the 40 frames in the worst light" in counts(replace(BALANCED, design="light"))


def test_draws_of_different_designs_are_summed():
    facts = replace(BALANCED, strata=(("even", 40, 60), ("hard@2", 10, 20)))
    assert counts(facts).startswith("Right on 50 of 80 frames; weighted by how common each kind is: 61%.")


@pytest.mark.parametrize("verdict", [None, "not_enough"])
def test_nothing_scored_has_no_counts(verdict):
    assert counts(replace(EVEN, verdict=verdict, field=UNKNOWN, footage=UNKNOWN)) == ""


def test_the_headline_speaks_german():
    with language.spoken("de"):
        assert headline(EVEN) == "Benchmark 97,1 % → Feld 61 % (52–70 %) auf diesen Aufnahmen. Abweichung 36 Prozentpunkte (27–46)."


def test_no_sentence_uses_words_that_the_design_forbids():
    for facts in (EVEN, BALANCED, replace(EVEN, verdict="not_comparable"), replace(EVEN, verdict=None)):
        said = f"{headline(facts)} {counts(facts)}".lower()
        assert not any(word in said.split() for word in ("ai", "robust", "accuracy", "safe", "hallucination"))


def test_every_outcome_has_a_word_and_none_promises_safety():
    words = {readiness(code) for code in get_args(Readiness)}
    assert len(words) == len(get_args(Readiness))
    assert not any("safe" in word.lower() for word in words)


def test_a_code_that_is_not_known_stands_for_itself():
    assert readiness("maybe") == "maybe"


@pytest.mark.parametrize("design", ["balanced", "light"])
@pytest.mark.parametrize("code", ["en", "de"])
def test_no_count_of_nought_or_one_reads_as_many(design, code):
    for n_hard, n_rest in product((1, 2), repeat=2):
        facts = replace(BALANCED, design=design, strata=(("hard", 0, n_hard), ("rest", 1, n_rest)))
        with language.spoken(code):
            said = counts(facts)
        assert not re.search(r"\b(the|other|der|anderen) 1\b", said), said
        assert ("0 of 1 of the" in said or "0 von 1 der" in said) is (n_hard == 1)
