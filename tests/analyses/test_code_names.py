from typing import get_args

import pytest

from fieldcheck.analyses import names_and_numbers as named
from fieldcheck.analyses import score_charts
from fieldcheck.analyses.gap_headline import get_readiness_name
from fieldcheck.domain.estimate import CheckState, Readiness
from fieldcheck.domain.label import DESIGNS
from fieldcheck.domain.recording import CONDITIONS
from fieldcheck.footage.messages import get_condition_name


@pytest.mark.parametrize("code", get_args(Readiness))
def test_every_verdict_has_a_word_and_a_shape(code):
    assert get_readiness_name(code)
    assert "<svg" in score_charts.draw_sign(named.get_readiness_sign(code))


def test_no_two_verdicts_share_a_shape_and_only_the_undecided_ones_a_word():
    """Neither enough frames nor every line of the checklist: both are undecided, so both have the
    third of the three words (methods 3, section 4), and the reason beside it tells them apart."""
    codes = get_args(Readiness)
    by_word = {}
    for code in codes:
        by_word.setdefault(get_readiness_name(code), set()).add(code)
    assert by_word == {
        "Not ready": {"not_ready"},
        "Ready for a supervised trial": {"supervised_trial"},
        "Inconclusive": {"not_enough", "not_shown"},
        "Not comparable": {"not_comparable"},
    }
    assert len({named.get_readiness_sign(code) for code in codes}) == len(codes)


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
