from PIL import Image

from fieldcheck.domain.frame import PICTURE_ENDINGS, UNREAD_ENDINGS, VIDEO_ENDINGS, format_patterns
from fieldcheck.imaging import codec


def test_every_ending_of_a_picture_is_one_of_the_decoders():
    Image.init()
    assert {Image.EXTENSION[ending] for ending in PICTURE_ENDINGS} == set(codec.FORMATS)


def test_no_ending_is_of_two_kinds():
    actual = len(PICTURE_ENDINGS | UNREAD_ENDINGS | VIDEO_ENDINGS)
    assert actual == len(PICTURE_ENDINGS) + len(UNREAD_ENDINGS) + len(VIDEO_ENDINGS)


def test_a_file_dialog_takes_them_as_patterns():
    assert format_patterns(frozenset({".png", ".jpg"}), frozenset({".avi"})) == "*.avi *.jpg *.png"
