from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.domain.estimate import Estimate
from fieldcheck.i18n import language, numbers


@pytest.mark.parametrize(("value", "digits", "said"), [
    (0.971, 1, "97.1%"), (0.61, 0, "61%"), (0.605, 0, "61%"), (0.145, 0, "15%"),
    (0.9995, 1, "99.95%"), (0.0, 0, "0%"), (1, 0, "100%"),
])  # fmt: skip
def test_a_share_is_a_percentage_with_the_digits_asked_for(value, digits, said):
    assert numbers.format_percent(value, digits) == said


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [(0.36, 0, "36"), (-0.02, 0, "−2"), (-0.004, 0, "0"), (0.0365, 1, "3.7"), (-0.0365, 1, "−3.7")],
)
def test_points_carry_a_real_minus_and_never_minus_nought(value, digits, said):
    assert numbers.format_points(value, digits) == said


def test_ranges_stand_with_a_dash_or_with_to_where_a_limit_is_negative():
    assert numbers.format_percent_range(0.512, 0.7) == "51–70%"
    assert numbers.format_points_range(0.271, 0.459) == "27–46"
    assert numbers.format_points_range(-0.05, 0.12) == "−5 to 12"


def test_german_has_a_decimal_comma_and_its_own_to():
    with language.use_language("de"):
        assert numbers.format_percent(0.971, 1) == "97,1 %"
        assert numbers.format_points_range(-0.051, 0.12, 1) == "−5,1 bis 12,0"
        assert numbers.format_limit(0.025) == "2,5"


@pytest.mark.parametrize(
    ("value", "said"), [(0.03, "3"), (0.025, "2.5"), (0.1, "10"), (0.0, "0"), (1, "100")]
)
def test_a_limit_keeps_the_digits_it_was_given_with(value, said):
    assert numbers.format_limit(value) == said


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_finite_is_no_figure(value):
    with pytest.raises(ValueError, match="no figure"):
        numbers.format_percent(value)


@given(st.floats(-1, 1), st.integers(0, 3))
def test_the_printed_figure_is_within_half_a_last_digit(value, digits):
    off_by = abs(float(numbers.format_points(value, digits).replace("−", "-")) - value * 100)
    assert off_by <= 0.5 * 10**-digits + 1e-9


def test_a_plain_figure_is_rounded_as_on_paper():
    rounded = numbers.format_number(1.55, 1)
    assert (rounded, numbers.format_number(20.0), numbers.format_number(0.5)) == ("1.6", "20", "1")
    with language.use_language("de"):
        assert numbers.format_number(1.55, 1) == "1,6"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0:00"), (59.9, "0:59"), (252.4, "4:12"), (3600, "60:00")]
)
def test_minutes_and_seconds_are_those_that_have_passed(seconds, said):
    assert numbers.format_minutes(seconds) == said


def test_limits_that_would_print_alike_get_a_digit_more():
    assert numbers.format_percent_range(0.998, 1.0) == "99.8–100.0%"
    assert numbers.format_points_range(0.0101, 0.0109) == "1.0–1.1"


def test_an_interval_of_nothing_says_what_it_is():
    counted = Estimate.from_limits(0.61, 0.61, 0.61, n=100, n_eff=100.0, method="wilson")
    shown = (numbers.format_interval(counted), numbers.format_points_interval(counted))
    assert shown == ("census", "census")
    assert numbers.format_interval(replace(counted, method="bootstrap_clips")) == "no CI"
    assert numbers.format_interval(replace(counted, hi=0.7)) == "61–70%"


@pytest.mark.parametrize(("value", "said"), [
    (1234, "1,200"), (0.0346, "0.035"), (99.6, "100"), (7.04, "7"), (7.06, "7.1"), (0, "0"),
    (2.5e6, "2,500,000"),
])  # fmt: skip
def test_a_figure_of_any_size_has_two_digits_that_count(value, said):
    assert numbers.format_approximate(value) == said


def test_limits_are_rounded_outwards_and_never_made_stronger():
    assert numbers.format_approximate_range(121, 384) == "120–390"
    assert numbers.format_approximate_range(0, 0.0301) == "0–0.031"


def test_what_was_entered_keeps_its_digits():
    assert numbers.format_as_entered(8000.0) == "8,000"
    assert (numbers.format_as_entered(2.5), numbers.format_as_entered(0.0)) == ("2.5", "0")
    with language.use_language("de"):
        shown = (numbers.format_as_entered(8000.0), numbers.format_as_entered(2.5))
        assert shown == ("8.000", "2,5")


def test_a_rate_of_which_nothing_was_seen_is_a_count_with_an_upper_limit():
    none = Estimate.from_limits(0.0, 0.0, 0.0351, n=105, n_eff=105.0, method="wilson")
    assert numbers.format_rate(none) == "0 of 105"
    assert numbers.format_rate_limits(none) == "upper limit 3.6%"
    some = Estimate.from_limits(0.12, 0.05, 0.24, n=50, n_eff=50.0, method="wilson")
    assert numbers.format_rate(some) == "12%"
    assert numbers.format_rate_limits(some) == "5–24%"
    census = Estimate.from_limits(0.0, 0.0, 0.0, n=12, n_eff=12.0, method="wilson")
    assert (numbers.format_rate(census), numbers.format_rate_limits(census)) == ("0%", "census")


@pytest.mark.parametrize(
    ("share", "digits", "said"),
    [
        (0.996, 0, "99.6%"), (0.9951, 0, "99.5%"), (0.9999, 0, "99.99%"), (0.999999, 0, "99.99%"),
        (0.004, 0, "0.4%"), (0.0004, 0, "0.04%"), (0.000001, 0, "0.01%"), (0.99996, 1, "99.99%"),
        (1.0, 0, "100%"), (0.0, 0, "0%"), (1.0, 1, "100.0%"), (1 - 1e-12, 0, "100%"),
        (478 / 480, 0, "99.6%"), (0.994, 0, "99%"), (-0.004, 0, "−0.4%"), (1.004, 0, "100.4%"),
    ],
)  # fmt: skip
def test_only_all_and_none_print_as_all_and_none(share, digits, said):
    assert numbers.format_percent(share, digits) == said


def test_limits_that_are_neither_all_nor_none_do_not_print_so():
    assert numbers.format_percent_range(0.985, 0.9989) == "99–99.9%"
    assert numbers.format_percent_range(0.0004, 0.6) == "0.04–60%"
    assert numbers.format_percent_range(0.72, 1.0) == "72–100%"
    assert numbers.format_percent_range(0.0, 0.28) == "0–28%"
    with language.use_language("de"):
        assert numbers.format_percent_range(0.97, 0.9989) == "97–99,9 %"


def test_a_share_of_few_labels_names_them():
    few = Estimate.from_limits(0.83, 0.52, 0.95, n=12, n_eff=12.0, method="wilson")
    many = Estimate.from_limits(0.83, 0.61, 0.94, n=20, n_eff=20.0, method="wilson")
    assert numbers.format_share(few) == "83% (52–95%, n = 12)"
    assert numbers.format_share(many) == "83% (61–94%)"
    assert numbers.format_share_with_count(few) == "83% (n = 12)"
    assert numbers.format_share_with_count(many) == "83%"
    with language.use_language("de"):
        assert numbers.format_share(few) == "83 % (52–95 %, n = 12)"


@pytest.mark.parametrize(("first", "second", "apart", "digits", "same"), [
    ((0.96, 0), (0.83, 0), 0.13, 0, True), ((0.964, 0), (0.826, 0), 0.138, 0, False),
    ((0.964, 1), (0.826, 1), 0.138, 1, True), ((0.971, 1), (0.606, 0), 0.365, 0, False),
    ((0.971, 1), (0.606, 1), 0.365, 1, True), ((float("nan"), 0), (0.5, 0), 0.1, 0, True),
])  # fmt: skip
def test_a_printed_gap_is_the_difference_of_the_printed_scores(first, second, apart, digits, same):
    assert numbers.is_printed_difference(first, second, apart, digits) == same
