import numpy as np
import pytest

from tests.coverage import (
    CORRELATIONS,
    DESIGNS,
    Cell,
    as_figures,
    cells,
    older_interval,
    promised,
    shortfalls,
    simulate,
    study,
    table,
    wider,
)

WIDEST = 1.10  # times the mean width of the older interval


def test_the_study_has_168_cells():
    assert len(list(cells())) == 168


def test_the_hard_frames_of_the_weighted_design_are_answered_worse_and_the_mean_is_kept():
    found = simulate(Cell("10 × 10, 40/60", 0.8, 0.0), 60)
    assert found.coverage >= 0.9
    assert found.clips == 10


@pytest.mark.full("coverage")
def test_the_camera_interval_covers_in_every_kind_of_visit(counts, evidence):
    """No cell of eight clips or more below 93.5 %, none of five to seven below 93 %; 4,000 visits a
    cell in the full share."""
    runs = counts(ci=0, full=4000)
    found = study(runs)
    evidence(
        runs=runs, cells=as_figures(found), lowest=min(one.coverage for one in found),
        below=as_figures(shortfalls(found)), wider=wider(found),
    )  # fmt: skip
    assert len(table(found).splitlines()) == 2 + len(DESIGNS) * len(CORRELATIONS)
    assert shortfalls(found) == []
    assert wider(found) <= WIDEST


@pytest.mark.parametrize("design", ["5 × 20", "10 unequal", "20 × 5"])
def test_a_share_of_the_study_covers(design):
    """With 150 visits a cell the standard error is 1.9 points; a cell that fell to where the older
    interval was would be seen."""
    found = simulate(Cell(design, 0.9, 0.3), 150)
    assert found.coverage >= promised(found) - 0.06


def test_the_older_interval_is_that_of_the_page():
    """Golden of methods 2.4a: ten clips of ten frames."""
    n_right = [9, 10, 4, 8, 10, 7, 10, 2, 9, 10]
    right = np.concatenate([np.arange(10) < n for n in n_right])
    actual = older_interval(right, np.ones(100), np.repeat(np.arange(10), 10))
    assert actual == pytest.approx((0.544504, 0.922110), abs=1e-6)
