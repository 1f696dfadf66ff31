from PIL import Image

from fieldcheck.domain.picture_kinds import PATTERNS, PICTURE_ENDINGS, UNREAD_ENDINGS
from fieldcheck.imaging import codec


def test_every_ending_that_is_read_is_one_of_the_decoders_and_none_is_also_unread():
    Image.init()
    assert {Image.EXTENSION[ending] for ending in PICTURE_ENDINGS} == set(codec.FORMATS)
    assert not PICTURE_ENDINGS & UNREAD_ENDINGS


def test_a_file_dialog_shows_every_one_of_them():
    assert set(PATTERNS.split()) == {f"*{ending}" for ending in PICTURE_ENDINGS}
