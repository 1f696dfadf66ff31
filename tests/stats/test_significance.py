"""A default limit stands in one place: whoever uses it follows when it is another."""

import json
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from fieldcheck.stats.significance import (
    compare_paired,
    compute_chance_rate,
    compute_mcnemar_p,
    compute_q_values,
    is_at_chance,
    is_beyond_chance,
)
from tests.programs import run_python

cells = st.tuples(*[st.integers(0, 60)] * 4).filter(lambda table: sum(table) > 0)


def test_the_golden_q_values():
    p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205]
    q = [0.008, 0.032, 0.0672, 0.0672, 0.0672, 0.08, 0.084571, 0.205]
    assert compute_q_values(p) == pytest.approx(q, abs=1e-6)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_q_values_agree_with_statsmodels(p):
    assert compute_q_values(p) == pytest.approx(multipletests(p, method="fdr_bh")[1], abs=1e-12)


def test_no_tests_give_no_q_values():
    assert compute_q_values(np.array([])).size == 0


def test_the_golden_p_of_before_and_after():
    assert compute_mcnemar_p(15, 5) == pytest.approx(0.041389, abs=1e-6)
    assert compute_mcnemar_p(0, 0) == 1.0


@given(st.integers(0, 50), st.integers(0, 50))
def test_before_and_after_agrees_with_statsmodels(b, c):
    if b + c:
        actual = compute_mcnemar_p(b, c)
        assert actual == pytest.approx(mcnemar([[9, b], [c, 9]], exact=True).pvalue, abs=1e-9)
    assert compute_mcnemar_p(b, c) == compute_mcnemar_p(c, b)


TRUTH = np.arange(40) % 4


def answered(right: int) -> np.ndarray:
    return np.where(np.arange(40) < right, TRUTH, (TRUTH + 1) % 4)


def test_chance_is_the_share_of_the_commonest_class():
    assert compute_chance_rate(np.array([0, 0, 0, 1])) == 0.75
    assert compute_chance_rate(np.array([2, 2])) == 0.5


@pytest.mark.parametrize(
    ("right", "beyond", "chance"),
    [(10, False, True), (15, False, True), (16, True, False), (40, True, False)],
)
def test_answers_are_beyond_chance_from_the_binomial_tests_number_on(right, beyond, chance):
    assert is_beyond_chance(answered(right), TRUTH) == beyond
    assert is_at_chance(answered(right), TRUTH) == chance


def test_few_frames_that_are_mostly_right_are_not_called_chance():
    truth = np.array([0, 1] * 3)
    given = truth.copy()
    given[0] = 1
    assert (is_beyond_chance(given, truth), is_at_chance(given, truth)) == (False, False)
    assert not is_at_chance(truth[:0], truth[:0])
    assert not is_beyond_chance(truth[:0], truth[:0])


def table(both, only_a, only_b, neither):
    """Answers of a and b with these four counts."""
    a = [True] * (both + only_a) + [False] * (only_b + neither)
    b = [True] * both + [False] * only_a + [True] * only_b + [False] * neither
    return np.array(a), np.array(b)


def test_fifteen_against_five_of_a_hundred_is_the_golden_change():
    found = compare_paired(*table(70, 5, 15, 10))
    assert (found.n, found.both_right, found.only_a, found.only_b, found.both_wrong) == (
        100, 70, 5, 15, 10,
    )  # fmt: skip
    assert (found.change.value, found.change.lo, found.change.hi) == pytest.approx(
        (0.10, 0.009942, 0.186136), abs=1e-6
    )
    assert found.change.method == "bonett_price"


@pytest.mark.long
@given(st.tuples(*[st.integers(0, 40)] * 4).filter(lambda four: sum(four) > 0))
def test_the_p_is_that_of_statsmodels(four):
    both, only_a, only_b, neither = four
    reference = mcnemar([[both, only_a], [only_b, neither]], exact=True).pvalue
    p = compute_mcnemar_p(only_a, only_b)
    assert p == pytest.approx(min(1.0, reference), abs=1e-9)
    if only_a + only_b:
        assert p == pytest.approx(binomtest(only_a, only_a + only_b).pvalue, abs=1e-9)


@given(st.tuples(*[st.integers(0, 40)] * 4).filter(lambda four: sum(four) > 0))
def test_exchanging_the_models_turns_the_change_round(four):
    a, b = table(*four)
    there, back = compare_paired(a, b), compare_paired(b, a)
    assert there.change.value == pytest.approx(-back.change.value)
    assert (there.change.lo, there.change.hi) == pytest.approx((-back.change.hi, -back.change.lo))


def test_strata_are_joined_by_what_they_stand_for():
    hard, rest = table(20, 2, 10, 8), table(50, 3, 1, 6)
    a, b = np.concatenate([hard[0], rest[0]]), np.concatenate([hard[1], rest[1]])
    found = compare_paired(a, b, ["hard"] * 40 + ["rest"] * 60, {"hard": 240, "rest": 960}).change
    one, other = compare_paired(*hard).change, compare_paired(*rest).change
    assert found.value == pytest.approx(0.2 * 8 / 40 - 0.8 * 2 / 60)
    above = sqrt((0.2 * (one.hi - one.value)) ** 2 + (0.8 * (other.hi - other.value)) ** 2)
    assert found.hi - found.value == pytest.approx(above)
    below = sqrt((0.2 * (one.value - one.lo)) ** 2 + (0.8 * (other.value - other.lo)) ** 2)
    assert found.value - found.lo == pytest.approx(below)
    assert (found.n, found.status, found.method) == (100, "ok", "stratified_bonett_price")


def test_one_stratum_is_the_plain_change():
    a, b = table(70, 5, 15, 10)
    assert compare_paired(a, b, ["even"] * 100, {"even": 1200}) == compare_paired(a, b)


def test_a_stratum_without_a_label_may_have_changed_by_anything():
    a, b = table(70, 5, 15, 10)
    found = compare_paired(a, b, ["rest"] * 100, {"hard": 240, "rest": 960}).change
    assert found.value == pytest.approx(0.10)
    assert found.lo < 0.10 - 0.2 * 1.0
    assert (found.status, found.note) == ("weak", "empty_stratum")


def test_no_frames_are_no_change_and_no_evidence():
    found = compare_paired([], [])
    assert (found.n, found.change.status) == (0, "na")
    assert compare_paired([], [], [], {"hard": 3}).change.status == "na"


def test_what_does_not_belong_together_is_refused():
    with pytest.raises(ValueError, match="different frames"):
        compare_paired([True], [True, False])
    with pytest.raises(ValueError, match="unknown size"):
        compare_paired([True], [True], ["hard"], {})
    with pytest.raises(ValueError, match="2 strata"):
        compare_paired([True], [True], ["hard", "rest"], {"hard": 1, "rest": 1})


FOLLOWERS = """
import inspect, json, pathlib, tempfile
from fieldcheck.stats import gap
gap.DEFAULT_GAP_LIMIT, gap.LARGEST_GATE_DROP = 0.07, 0.09
from fieldcheck.analyses import gap as analysis, release_gate, releases_and_ranking, retraining
from fieldcheck.models import compare
from fieldcheck.project import criteria, limits
from fieldcheck.project.folder import create_project
with create_project(pathlib.Path(tempfile.mkdtemp()) / "p.fieldcheck") as project:
    of_project = limits.get_set_limits(project).gap.tolerance
print(json.dumps({
    "limits": limits.GapLimits().tolerance,
    "page": of_project,
    "sealed": criteria.DEFAULT_GAP_LIMIT,
    "gate": release_gate.DEFAULT_GAP_LIMIT,
    "sets": inspect.signature(compare.check_gate_sets).parameters["tolerance"].default,
    "checklist": releases_and_ranking.LARGEST_GATE_DROP,
    "retraining": retraining.LARGEST_GATE_DROP,
}))
"""


@pytest.mark.long
def test_gate_report_page_and_checklist_follow_the_one_default():
    shown = run_python("-c", FOLLOWERS, check=True)
    followed = json.loads(shown.stdout)
    drops = {followed.pop(name) for name in ("sets", "checklist", "retraining")}
    assert (set(followed.values()), drops) == ({0.07}, {0.09})
