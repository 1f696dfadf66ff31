import json

from fieldcheck.domain.robustness import CandidateCorruption, FieldMatch, RunnerUp

BEST = CandidateCorruption("shot_noise", "gauss_noise", 2.3, 0.71, 0.25)


def test_what_was_found_reads_back_the_same():
    with_second = FieldMatch(
        None, "unexplained", (BEST,), 0.5, RunnerUp("defocus", "defocus", 2.0, 1.5, 0.62), 80, 120,
        6,
    )  # fmt: skip
    for found in (
        FieldMatch(BEST, "", (BEST,), 0.75),
        FieldMatch(None, "too_few", (), 0.0),
        with_second,
    ):
        assert FieldMatch.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_what_an_earlier_version_kept_has_no_second_and_no_counts():
    kept = FieldMatch(None, "unexplained", (BEST,), 0.5, None, 80, 120, 6).to_json()
    for later in ("second", "n_pictures", "n_frames", "n_clips"):
        del kept[later]
    assert FieldMatch.from_json(kept) == FieldMatch(None, "unexplained", (BEST,), 0.5)


def test_the_family_is_that_of_the_named_one():
    assert FieldMatch(BEST, "", (BEST,), 0.75).family == "gauss_noise"
    assert FieldMatch(None, "undecided", (BEST,), 0.5).family == ""


def test_one_or_two_are_told_or_none():
    second = RunnerUp("defocus", "defocus", 2.0, 1.5, 0.62)
    assert FieldMatch(None, "unexplained", (BEST,), 0.5).named_corruptions == ()
    assert FieldMatch(BEST, "", (BEST,), 0.75).named_corruptions == (("shot_noise", 2.3),)
    expected = (("shot_noise", 1.5), ("defocus", 2.0))
    assert FieldMatch(None, "unexplained", (BEST,), 0.5, second).named_corruptions == expected
