from math import nan

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.robustness import CLEAN, MODERATE_FIRST, SEVERITIES, Sweep, SweepRow

NOTHING = Estimate.not_measured("clean")


def row(corruption, severity, on="field", tipping=None):
    return SweepRow(corruption, "", severity, on, NOTHING, NOTHING, NOTHING, NOTHING, nan, tipping)


def test_tipping_names_each_corruption_of_each_set_once_and_never_the_clean_row():
    rows = (
        row(CLEAN, 0.0),
        row("dark", 1.0, tipping=2.5),
        row("dark", 3.0, tipping=2.5),
        row("dark", 3.0, on="benchmark"),
    )
    expected = (("dark", "field", 2.5), ("dark", "benchmark", None))
    assert Sweep("net", 0, rows, ()).get_tipping_severities() == expected


def test_the_three_named_severities_are_worked_on_moderate_first():
    assert [SEVERITIES[name] for name in ("moderate", "mild", "severe")] == list(MODERATE_FIRST)
