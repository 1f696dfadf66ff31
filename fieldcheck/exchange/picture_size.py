"""How large a picture is, from its header alone."""

from __future__ import annotations

from pathlib import Path

from fieldcheck.errors import PathMissing, PictureUnreadable
from fieldcheck.exchange.untrusted import make_refusal
from fieldcheck.imaging import codec


def read_image_size(path: Path) -> tuple[int, int]:
    """Width and height as the picture is shown, that is after its EXIF orientation. Raises LabelsRefused where it is no picture, or one
    that nobody may decode."""
    try:
        return codec.read_image_size(path)
    except (PathMissing, PictureUnreadable, OSError) as error:
        raise make_refusal(path, path.name, "image") from error
