"""Refusals of a stranger's file: one sentence, within seconds."""

import time

from fieldcheck.errors import FieldcheckError
from fieldcheck.words.sentences import SENTENCES, sentence

MOST_S = 5.0


def told(work):
    """What was refused, in a sentence of its own; nothing where it was taken."""
    began, refused = time.monotonic(), None
    try:
        work()
    except FieldcheckError as error:
        refused = error
    assert time.monotonic() - began < MOST_S
    if refused is None:
        return ""
    assert type(refused) in SENTENCES
    assert 20 < len(sentence(refused)) < 2000
    return sentence(refused)
