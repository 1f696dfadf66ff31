import pytest

from fieldcheck.models.doctor.findings import describe_no_better_guess, list_claim_lines
from fieldcheck.stats.intervals import estimate_wilson


def test_claim_and_measurement_stand_side_by_side():
    said = list_claim_lines(0.97, estimate_wilson(142, 200), True, False)
    assert said[0] == (
        "Reference score 97.0%. Measured here on a spot check of 200 benchmark images: 71.0% "
        "(64.4–76.8%)."
    )
    assert said[1].startswith("Reference score contradicted by 200 images")
    expected = "Reference score not contradicted by 100 images."
    assert list_claim_lines(0.7, estimate_wilson(71, 100), False, True)[1] == expected
    expected = "on 100 benchmark images"
    assert expected in list_claim_lines(0.7, estimate_wilson(71, 100), False, True)[0]


@pytest.mark.parametrize(
    ("claimed", "score", "met"),
    [(None, estimate_wilson(1, 2), None), (0.9, None, None), (0.9, estimate_wilson(0, 0), None)],
)
def test_nothing_is_said_where_nothing_can_be_held_against_a_claim(claimed, score, met):
    assert list_claim_lines(claimed, score, False, met) == ()


def test_the_best_guess_is_said_with_its_score():
    said = list_claim_lines(
        0.97, estimate_wilson(142, 200), True, False, ({"colour": "RGB"}, estimate_wilson(93, 96))
    )
    assert said[2] == (
        "Most likely preprocessing: colour RGB. With it, the labelled benchmark images give "
        "97% (91–99%, n = 96)."
    )


def test_what_was_looked_for_in_vain_is_said():
    expected = "Other preprocessing was tested on 64 labelled images: no gain demonstrated."
    assert describe_no_better_guess(64) == expected
