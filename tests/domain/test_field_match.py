import json

from fieldcheck.domain.field_match import Match, Ranked, Second

BEST = Ranked("shot_noise", "gauss_noise", 2.3, 0.71, 0.25)


def test_what_was_found_reads_back_the_same():
    with_second = Match(None, "unexplained", (BEST,), 0.5, Second("defocus", "defocus", 2.0, 1.5, 0.62), 80, 120, 6)
    for found in (Match(BEST, "", (BEST,), 0.75), Match(None, "too_few", (), 0.0), with_second):
        assert Match.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_what_an_earlier_version_kept_has_no_second_and_no_counts():
    kept = Match(None, "unexplained", (BEST,), 0.5, None, 80, 120, 6).to_json()
    for later in ("second", "n_pictures", "n_frames", "n_clips"):
        del kept[later]
    assert Match.from_json(kept) == Match(None, "unexplained", (BEST,), 0.5)


def test_the_family_is_that_of_the_named_one():
    assert Match(BEST, "", (BEST,), 0.75).family == "gauss_noise"
    assert Match(None, "undecided", (BEST,), 0.5).family == ""


def test_one_or_two_are_told_or_none():
    second = Second("defocus", "defocus", 2.0, 1.5, 0.62)
    assert Match(None, "unexplained", (BEST,), 0.5).told == ()
    assert Match(BEST, "", (BEST,), 0.75).told == (("shot_noise", 2.3),)
    assert Match(None, "unexplained", (BEST,), 0.5, second).told == (("shot_noise", 1.5), ("defocus", 2.0))
