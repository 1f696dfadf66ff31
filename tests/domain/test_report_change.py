from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.report import ReportChange, ScoreChange


def test_a_change_keeps_both_scores_beside_their_difference():
    half, whole = (
        Estimate.from_limits(value, 0.0, 1.0, n=20, n_eff=20.0, method="wilson")
        for value in (0.5, 1.0)
    )
    one = ScoreChange("field", False, half, whole, half)
    actual = ReportChange("2026-03-01", "p", "m", True, False, (), (one,), (), ()).scores[0].before
    assert actual == half
