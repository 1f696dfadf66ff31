import pytest

from tests.claims import KINDS, STEEP, list_jobs, shortfalls, study

RUNS = 1000  # visits a cell, at least


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.full(f"claims_{kind}")) for kind in KINDS]
)
def test_no_claim_is_false_more_often_than_promised(kind, counts, evidence):
    """Every row of methods-3 and the bars of its sections, a thousand visits a cell."""
    runs = counts(ci=0, full=RUNS)
    found = list(study(runs, (kind,)))
    wrong = shortfalls(found, runs)
    evidence(runs=runs, cells=[row for _, row in found], wrong=wrong)
    assert len(found) == len(KINDS[kind].cells)
    assert wrong == []


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("kind", KINDS)
def test_a_cell_of_each_kind_is_counted_and_judged(kind):
    """Thirty visits of its first cell, by which a claim that is mostly false would be seen."""
    row = KINDS[kind].count(*KINDS[kind].cells[0], 30, 7)
    checks = {"change": row.get("covers", 0) >= 0.7, "pair": row.get("covers", 0) >= 0.7}
    assert checks.get(kind, True)
    assert shortfalls([(kind, row)], 30) == []


def test_a_claim_that_is_often_false_falls_short():
    row = {"sizes": "12 × 8", "before": 0.8, "after": 0.8, "icc": 0.3, "covers": 0.95}
    often, seldom = row | {"better": 0.127, "worse": 0.01}, row | {"better": 0.02, "worse": 0.01}
    assert len(shortfalls([("pair", often), ("pair", seldom)], RUNS)) == 1
    narrow = {"covers": 0.897}
    assert len(shortfalls([("change", narrow)], RUNS)) == 1
    limit = {
        "rate": 0.1, "limit": 0.1, "met": 0.113, "not_met": 0, "part_met": 0, "part_not_met": 0,
    }  # fmt: skip
    assert len(shortfalls([("limit", limit | {"sizes": "12 × 8", "seen": 1})], RUNS)) == 1
    assert shortfalls([("limit", limit | {"sizes": STEEP[0], "seen": 1})], RUNS) == []


def test_the_study_has_every_cell_of_the_sections():
    assert len(list_jobs(1)) == sum(len(kind.cells) for kind in KINDS.values()) == 338
