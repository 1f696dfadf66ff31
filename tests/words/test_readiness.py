from typing import get_args

from fieldcheck.scoring.verdict import Readiness
from fieldcheck.words.readiness import readiness


def test_every_outcome_has_a_word_and_none_promises_safety():
    words = {readiness(code) for code in get_args(Readiness)}
    assert len(words) == len(get_args(Readiness))
    assert not any("safe" in word.lower() for word in words)


def test_a_code_that_is_not_known_stands_for_itself():
    assert readiness("maybe") == "maybe"
