import time

import click
import pytest

from fieldcheck.cli.labels import LABEL_FORMAT
from fieldcheck.cli.values import (
    CONDITIONS,
    COUNTS,
    FRACTION,
    PROVIDERS,
    SEED,
    UTC_TIME,
    FigureRange,
)


def test_conditions_come_in_one_word_with_commas():
    assert CONDITIONS.convert("glare, dark,dark", None, None) == ("dark", "glare")
    assert CONDITIONS.convert("", None, None) == ()
    pattern = "fog is not a valid value; choose from: normal, dark, "
    with pytest.raises(click.BadParameter, match=pattern):
        CONDITIONS.convert("dark,fog", None, None)


def test_a_time_with_an_offset_becomes_utc():
    assert UTC_TIME.convert("2026-03-01T08:00:00+01:00", None, None) == "2026-03-01T07:00:00+00:00"
    assert UTC_TIME.convert("2026-03-01T08:00:00Z", None, None) == "2026-03-01T08:00:00+00:00"
    assert UTC_TIME.convert("", None, None) == ""
    pattern = r"yesterday is not an ISO 8601 time such as 2026-11-25T06:30:00\+01:00"
    with pytest.raises(click.BadParameter, match=pattern):
        UTC_TIME.convert("yesterday", None, None)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system has no TZ variable")
def test_a_time_without_an_offset_is_the_time_of_this_computer(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        assert UTC_TIME.convert("2026-07-01T08:00:00", None, None) == "2026-07-01T06:00:00+00:00"
        assert UTC_TIME.convert("2026-01-01T08:00:00", None, None) == "2026-01-01T07:00:00+00:00"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_format_auto_is_none():
    assert LABEL_FORMAT.convert("auto", None, None) is None
    assert LABEL_FORMAT.convert("voc", None, None) == "voc"
    with pytest.raises(click.BadParameter):
        LABEL_FORMAT.convert("xls", None, None)


def test_numbers_of_threads_come_with_commas_each_once():
    assert COUNTS.convert("2, 1,2", None, None) == (2, 1)
    for wrong in ("", "1,", "0", "257", "1000", "²", "-1", "two"):
        with pytest.raises(click.BadParameter, match="is not an integer from 1 to 256"):
            COUNTS.convert(wrong, None, None)


def test_only_providers_that_are_installed_can_be_named():
    assert PROVIDERS.convert("cpu,cpu", None, None) == ("cpu",)
    with pytest.raises(click.BadParameter, match="quantum is not installed; available: cpu"):
        PROVIDERS.convert("cpu,quantum", None, None)


def test_nan_lies_within_no_bounds():
    assert FigureRange(0, 1).convert("0.03", None, None) == 0.03
    with pytest.raises(click.BadParameter, match="nan is not a number"):
        FigureRange(0, 1).convert("nan", None, None)


@pytest.mark.parametrize(
    ("said", "found"),
    [("0.971", 0.971), ("97.1%", 0.971), ("97.1 %", 0.971), ("1", 1.0), ("0%", 0.0), (0.5, 0.5)],
)
def test_a_share_is_a_fraction_or_a_percentage(said, found):
    assert FRACTION.convert(said, None, None) == pytest.approx(found)


@pytest.mark.parametrize(("said", "why"), [
    ("97.1", r"97\.1 is not a fraction from 0 to 1; use 0\.971 or 97\.1%"),
    ("-0.1", "range"),
    ("101%", "range"),
    ("971", "range"),
    ("x", "x"),
])  # fmt: skip
def test_what_is_no_share_says_how_to_write_it(said, why):
    with pytest.raises(click.BadParameter, match=why):
        FRACTION.convert(said, None, None)


def test_a_seed_is_what_the_database_holds():
    assert SEED.convert(str(2**63 - 1), None, None) == 2**63 - 1
    with pytest.raises(click.BadParameter, match="larger"):
        SEED.convert(str(2**63), None, None)


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_outside_the_years_there_are_is_no_time(said):
    pattern = r"is not an ISO 8601 time such as 2026-11-25T06:30:00\+01:00"
    with pytest.raises(click.BadParameter, match=pattern):
        UTC_TIME.convert(said, None, None)
