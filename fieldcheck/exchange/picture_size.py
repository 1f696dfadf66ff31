"""How large a picture is, from its header alone."""

from __future__ import annotations

import struct
import warnings
from pathlib import Path

from PIL import ExifTags, Image

from fieldcheck.exchange.untrusted import refused

TURNED = frozenset({5, 6, 7, 8})  # EXIF orientations that lie on their side
NOT_A_PICTURE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    struct.error,
    Image.DecompressionBombError,
)


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height as the picture is shown, that is after its EXIF orientation. Raises LabelsRefused where it is no picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nothing is decoded, so neither its size nor a broken EXIF block is a danger
            with Image.open(path) as picture:
                width, height = picture.size
                turned = picture.getexif().get(ExifTags.Base.Orientation) in TURNED
    except NOT_A_PICTURE as error:
        raise refused(path, path.name) from error
    return (height, width) if turned else (width, height)
