from fieldcheck.domain.report import CONFIDENT, HALF, RateLimit


def test_an_error_is_confident_from_nine_tenths_on_and_half_the_frames_make_one_finding():
    assert (CONFIDENT, HALF) == (0.9, 0.5)


def test_a_limit_names_its_rate_its_figure_and_who_set_it():
    limit = RateLimit("escape_rate", 0.01, "Q. Manager")
    assert (limit.rate, limit.limit, limit.by) == ("escape_rate", 0.01, "Q. Manager")
