import cv2
import numpy as np
import pytest

from fieldcheck.ui.widgets.image_view import decode_image

PICTURE = np.full((6, 8, 3), (10, 200, 90), np.uint8)


@pytest.mark.parametrize("ending", [".jpg", ".png"])
def test_jpeg_and_png_are_told_apart_by_their_first_bytes(qapp, ending):
    image = decode_image(cv2.imencode(ending, PICTURE)[1].tobytes())
    assert (image.width(), image.height()) == (8, 6)
    assert abs(image.pixelColor(3, 3).green() - 200) <= 4


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8torn", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a"]
)
def test_anything_else_is_no_image(qapp, data):
    assert decode_image(data).isNull()
