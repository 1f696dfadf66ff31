from fieldcheck.domain.label import DESIGNS, Draw, ReviewRequest, Stratum


def test_a_draw_was_made_from_the_frames_of_all_its_strata():
    strata = (Stratum("hard", 20, 8), Stratum("rest", 80, 12))
    draw = Draw(
        1, "balanced", 0, False, 20, False, strata, (("U", 1.0),), "", "2026-01-01T00:00:00+00:00",
        False,
    )  # fmt: skip
    assert draw.n_listed == 100


def test_the_first_design_is_the_one_that_stands_for_the_whole():
    assert DESIGNS[0] == "balanced"


def test_a_blank_mark_says_nothing():
    assert not ReviewRequest("a").person
    assert not ReviewRequest("a").expert
