import pytest

from fieldcheck.corruptions.messages import describe_match, format_candidate
from fieldcheck.domain.robustness import CandidateCorruption, FieldMatch, RunnerUp
from fieldcheck.i18n import language

BEST = CandidateCorruption("shot_noise", "gauss_noise", 2.34, 0.708, 0.25)


def test_what_is_named_is_told_with_its_share_and_that_it_is_no_cause():
    with language.use_language("en"):
        said = describe_match(FieldMatch(BEST, "", (BEST,), 0.75))
        assert said.startswith("Best match for the field: sensor noise, mean severity 2.3 of 5;")
        assert "71%" in said
        assert said.endswith("not cause.")
        assert format_candidate(BEST) == "sensor noise 71%"


def test_what_is_said_is_said_with_what_it_rests_on():
    with language.use_language("en"):
        several = describe_match(FieldMatch(BEST, "", (BEST,), 0.75, None, 80, 120, 6))
        one_clip = describe_match(FieldMatch(None, "unexplained", (BEST,), 1.0, None, 80, 1, 1))
        alike = describe_match(FieldMatch(None, "alike", (), 0.0, None, 80, 120, 6))
    expected = "Similarity, not cause. Compared: 80 benchmark images with 120 frames from 6 clips."
    assert expected in several
    expected = "Bootstrap over clips: the best match stays the best in 75% of samples."
    assert several.endswith(expected)
    assert one_clip.endswith(
        "Compared: 80 benchmark images with 1 frame from 1 clip. Only one clip: stability "
        "across clips unknown."
    )
    assert alike.endswith("Compared: 80 benchmark images with 120 frames from 6 clips.")
    with language.use_language("de"):
        german = describe_match(FieldMatch(BEST, "", (BEST,), 0.75, None, 80, 120, 6))
    assert "Verglichen: 80 Benchmark-Bilder und 120 Bilder aus 6 Clips." in german


@pytest.mark.parametrize("reason", ["too_few", "alike", "unexplained", "undecided"])
def test_where_nothing_is_named_the_sentence_says_why(reason):
    said = set()
    for spoken in ("en", "de"):
        with language.use_language(spoken):
            said.add(describe_match(FieldMatch(None, reason, (BEST,), 0.5)))
    assert len(said) == 2


def test_a_second_one_is_told_with_what_both_explain():
    second = RunnerUp("dark", "dark", 2.0, 1.5, 0.82)
    with language.use_language("en"):
        alone = describe_match(FieldMatch(None, "unexplained", (BEST,), 0.5, second))
        named = describe_match(FieldMatch(BEST, "", (BEST,), 0.75, second))
    assert alone.startswith(
        "No single corruption explains the field; two together explain 82% of the difference: "
        "sensor noise (mean"
    )
    assert "(mean severity 1.5 of 5) + Low light (2.0)." in alone
    assert alone.endswith("not cause.")
    assert named.endswith("With a second corruption, Low light (2.0 of 5), 82% is explained.")
