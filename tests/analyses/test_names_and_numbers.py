from typing import get_args

import pytest

from fieldcheck.analyses import names_and_numbers, score_charts
from fieldcheck.analyses import names_and_numbers as named
from fieldcheck.analyses.names_and_numbers import (
    get_facet_name,
    get_facet_value_name,
    get_figure_name,
)
from fieldcheck.domain.estimate import CheckState, Estimate, Readiness
from fieldcheck.domain.items import FACETS, FIGURES
from fieldcheck.domain.label import DESIGNS
from fieldcheck.domain.recording import CONDITIONS
from fieldcheck.footage.messages import get_condition_name
from fieldcheck.i18n import language
from fieldcheck.models.messages import get_readiness_name
from fieldcheck.timestamp import parse_local_time


def score(value, lo, hi, n):
    return Estimate.from_limits(value, lo, hi, n=n, n_eff=float(n), method="wilson")


def test_a_score_comes_with_its_range_and_its_n():
    said = names_and_numbers.format_estimate(score(0.614, 0.512, 0.7, 100))
    assert all(part in said for part in ("61", "51", "70", "n = 100"))
    assert "61.4" not in said


def test_five_hundred_frames_earn_a_decimal_on_site_and_a_thousand_pictures_on_the_benchmark():
    assert "61.4" in names_and_numbers.format_value(score(0.614, 0.57, 0.65, 500))
    assert "61.4" not in names_and_numbers.format_benchmark_value(score(0.614, 0.57, 0.65, 999))
    assert "61.4" in names_and_numbers.format_benchmark_value(score(0.614, 0.58, 0.64, 1000))


def test_below_ten_frames_words_stand_for_the_percentage_but_the_range_stays():
    said = names_and_numbers.format_estimate(score(0.5, 0.19, 0.81, 6))
    assert "50" not in said
    assert all(part in said for part in ("too few", "19", "81", "n = 6"))


def test_nothing_measured_is_never_nought_per_cent():
    assert names_and_numbers.format_estimate(Estimate.not_measured("no_labels")) == "not measured"
    assert names_and_numbers.format_range(Estimate.not_measured("no_labels")) == ""


def test_a_few_frames_that_are_all_there_are_have_a_score():
    estimate = Estimate.from_limits(5 / 6, 5 / 6, 5 / 6, n=6, n_eff=6.0, method="stratified_wilson")
    actual = names_and_numbers.format_value_with_range(estimate)
    assert actual == "83% (census, n = 6)"


def test_a_resampled_score_without_spread_is_no_census():
    estimate = Estimate.from_limits(1.0, 1.0, 1.0, n=18, n_eff=18.0, method="bootstrap_frames")
    assert names_and_numbers.format_estimate(estimate) == ("100% (no CI, n = 18)")


def test_differences_are_in_points():
    gap = Estimate.from_limits(0.361, 0.18, 0.58, n=100, n_eff=32.0, method="square_and_add")
    assert names_and_numbers.format_gap(gap) == "gap 36 pp"
    assert all(
        part in names_and_numbers.format_gap_with_range(gap) for part in ("gap 36 pp", "18", "58")
    )


@pytest.mark.parametrize(
    ("iso", "said"),
    [
        ("2026-11-25T00:31:00Z", "2026-11-25 00:31 UTC"),
        ("2026-11-25T00:31:00.125+00:00", "2026-11-25 00:31 UTC"),
        ("2026-11-25T06:01:00.125+05:30", "2026-11-25 06:01 UTC+05:30"),
        ("2026-11-25", "2026-11-25"),
        ("", ""),
    ],
    ids=["utc", "no offset", "offset", "day", "none"],
)
def test_a_moment_reads_the_same_in_every_language(iso, said):
    assert names_and_numbers.format_timestamp(iso) == said


def test_a_duration_is_in_minutes_and_seconds():
    assert names_and_numbers.format_duration(602.4) == "10 min 2 s"


def test_a_decimal_has_the_sign_of_the_language():
    with language.use_language("de"):
        assert names_and_numbers.format_decimal(2.44, 1) == "2,4"
    assert names_and_numbers.format_decimal(2.44, 1) == "2.4"


def test_one_frame_is_no_frames():
    assert names_and_numbers.format_frame_count(1) == "1 frame"
    assert names_and_numbers.format_frame_count(2) == "2 frames"


def test_sureness_is_a_share():
    assert "99" in names_and_numbers.format_confidence(0.99)


def test_a_census_prints_no_interval():
    estimate = Estimate.from_limits(0.8, 0.8, 0.8, n=120, n_eff=120.0, method="stratified_wilson")
    actual = names_and_numbers.format_estimate(estimate)
    assert actual == "80% (census, n = 120)"


@pytest.mark.parametrize("code", get_args(Readiness))
def test_every_verdict_has_a_word_and_a_shape(code):
    assert get_readiness_name(code)
    assert "<svg" in score_charts.draw_sign(named.get_readiness_sign(code))


def test_every_verdict_has_a_word_of_its_own():
    """Three words follow from the limits; the others say what precedes them (methods 11.1)."""
    codes = get_args(Readiness)
    by_word = {}
    for code in codes:
        by_word.setdefault(get_readiness_name(code), set()).add(code)
    assert by_word == {
        "Not ready": {"not_ready"},
        "Ready for a supervised trial": {"supervised_trial"},
        "Inconclusive": {"not_enough"},
        "Not comparable": {"not_comparable"},
        "Not judgeable": {"not_judgeable"},
        "No verdict yet": {"no_verdict"},
    }
    signs = {code: named.get_readiness_sign(code) for code in codes}
    assert signs["no_verdict"] == signs["not_enough"] == "ring"  # both are open
    assert len(set(signs.values())) == len(codes) - 1


def test_nothing_is_ever_called_safe():
    assert not any("safe" in get_readiness_name(code).lower() for code in get_args(Readiness))


@pytest.mark.parametrize("state", get_args(CheckState))
def test_a_checklist_line_has_a_shape_and_a_word(state):
    shape, word = named.get_check_state_label(state)
    assert len(shape) == 1
    assert word


def test_every_condition_and_every_design_has_its_words():
    assert all(get_condition_name(code) for code in CONDITIONS)
    assert get_condition_name("dirty_lens") == "dirty lens"
    assert all(named.get_design_name(code) for code in DESIGNS)


def test_a_code_that_is_not_known_stands_for_itself():
    assert (
        named.get_metric_name("kappa")
        == named.get_interval_method_name("kappa")
        == get_condition_name("kappa")
        == named.get_slice_key_name("kappa")
        == "kappa"
    )


def test_a_slice_of_light_is_called_by_its_word_and_one_of_a_camera_by_its_name():
    assert named.get_slice_value_name("condition", "dirty_lens") == "dirty lens"
    assert named.get_slice_value_name("camera", "dark") == "dark"


def test_a_slice_of_a_clip_is_called_by_the_name_that_people_know():
    actual = named.get_slice_value_name("clip", "ab12.0", {"ab12.0": "c2_oiling_dusk, 05:52"})
    assert actual == "c2_oiling_dusk, 05:52"


def test_every_facet_and_figure_has_a_name_of_its_own_in_both_languages():
    for lang in ("en", "de"):
        with language.use_language(lang):
            assert len({get_facet_name(facet) for facet in FACETS}) == len(FACETS)
            assert len({get_figure_name(figure) for figure in FIGURES}) == len(FIGURES)


@pytest.mark.parametrize(("facet", "value", "said"), [
    ("light", "low_contrast", "little contrast"),
    ("condition", "dust", "dust or steam"),
    ("hour", "08", "08:00–08:59"),
    ("clip", "c1", "c1"),
    ("stratum", "hard", "Hardest 20%"),
    ("class", "crack", "crack"),
    ("camera", "normal", "normal"),
    ("second_look", "cannot_tell", "can't tell"),
])  # fmt: skip
def test_values_are_in_words_and_names_stand_for_themselves(facet, value, said):
    with language.use_language("en"):
        assert get_facet_value_name(facet, value) == said


def test_a_moment_of_footage_is_on_the_clock_of_the_site():
    at = "2026-11-25T00:31:00+00:00"
    assert names_and_numbers.format_site_time(at, 3600) == "2026-11-25 01:31 UTC+01:00"
    assert names_and_numbers.format_site_time(at, -18000) == "2026-11-24 19:31 UTC-05:00"
    here = names_and_numbers.format_timestamp(parse_local_time(at).isoformat())
    assert names_and_numbers.format_site_time(at, None) == here
