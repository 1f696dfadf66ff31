import pytest

from fieldcheck.domain.report import RateLimit
from fieldcheck.project.limits import get_rate_limits, set_rate_limits


def test_nobody_s_limit_is_no_limit(empty):
    assert get_rate_limits(empty) == ()


def test_a_limit_stands_beside_those_set_before(empty):
    set_rate_limits(empty, {"escape_rate": 0.01}, " Q. Manager ")
    set_rate_limits(empty, {"confident_errors": 0.05}, "")
    assert get_rate_limits(empty) == (
        RateLimit("escape_rate", 0.01, "Q. Manager"),
        RateLimit("confident_errors", 0.05, ""),
    )


@pytest.mark.parametrize(
    "limits", [{"escape_rate": 1.5}, {"speed": 0.1}], ids=["no share", "no target"]
)
def test_what_is_no_share_of_a_known_rate_is_refused(empty, limits):
    with pytest.raises(ValueError, match="shares between 0 and 1"):
        set_rate_limits(empty, limits, "")
