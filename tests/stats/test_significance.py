import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from fieldcheck.stats.significance import compute_mcnemar_p, compute_q_values

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
