import pytest

from fieldcheck.domain.field_match import Match, Ranked, Second
from fieldcheck.words import language
from fieldcheck.words.matching import matched, ranked

BEST = Ranked("shot_noise", "gauss_noise", 2.34, 0.708, 0.25)


def test_what_is_named_is_told_with_its_share_and_that_it_is_no_cause():
    with language.spoken("en"):
        said = matched(Match(BEST, "", (BEST,), 0.75))
        assert said.startswith("Best match for the field: sensor noise, mean severity 2.3 of 5;")
        assert "71%" in said
        assert said.endswith("not cause.")
        assert ranked(BEST) == "sensor noise 71%"


def test_what_is_said_is_said_with_what_it_rests_on():
    with language.spoken("en"):
        several = matched(Match(BEST, "", (BEST,), 0.75, None, 80, 120, 6))
        one_clip = matched(Match(None, "unexplained", (BEST,), 1.0, None, 80, 1, 1))
        alike = matched(Match(None, "alike", (), 0.0, None, 80, 120, 6))
    assert "Similarity, not cause. Compared: 80 benchmark images with 120 frames from 6 clips." in several
    assert several.endswith("Bootstrap over clips: the best match stays the best in 75% of samples.")
    assert one_clip.endswith("Compared: 80 benchmark images with 1 frame from 1 clip. Only one clip: stability across clips unknown.")
    assert alike.endswith("Compared: 80 benchmark images with 120 frames from 6 clips.")
    with language.spoken("de"):
        german = matched(Match(BEST, "", (BEST,), 0.75, None, 80, 120, 6))
    assert "Verglichen: 80 Benchmark-Bilder und 120 Bilder aus 6 Clips." in german


@pytest.mark.parametrize("reason", ["too_few", "alike", "unexplained", "undecided"])
def test_where_nothing_is_named_the_sentence_says_why(reason):
    said = set()
    for spoken in ("en", "de"):
        with language.spoken(spoken):
            said.add(matched(Match(None, reason, (BEST,), 0.5)))
    assert len(said) == 2


def test_a_second_one_is_told_with_what_both_explain():
    second = Second("dark", "dark", 2.0, 1.5, 0.82)
    with language.spoken("en"):
        alone = matched(Match(None, "unexplained", (BEST,), 0.5, second))
        named = matched(Match(BEST, "", (BEST,), 0.75, second))
    assert alone.startswith("No single corruption explains the field; two together explain 82% of the difference: sensor noise (mean")
    assert "(mean severity 1.5 of 5) + Low light (2.0)." in alone
    assert alone.endswith("not cause.")
    assert named.endswith("With a second corruption, Low light (2.0 of 5), 82% is explained.")
