"""The pages as pictures that a window can show. It is done beside the window, in the job that sets the pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from fieldcheck.ui.widgets.decoded import decode_image

SHARP = 2
"""Small pictures have this many pixels for one of the window, so that they are sharp on a fine screen."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page, and the same page `thumb_width` px wide for the list."""

    page: QImage = field(repr=False)
    thumb: QImage = field(repr=False)


@dataclass(frozen=True, slots=True)
class ErrorImage:
    """A frame that the model was surely wrong on, and what was said of it."""

    picture: QImage = field(repr=False)
    truth: str
    prediction: str


def build_error_images(frames: Iterable[tuple[bytes, str, str]], height: int) -> tuple[ErrorImage, ...]:
    """From (JPEG, what the person said, what the model said); each picture is `height` px high. Safe in any thread."""
    found = []
    for jpeg, truth, prediction in frames:
        picture = decode_image(jpeg).scaledToHeight(height * SHARP, Qt.TransformationMode.SmoothTransformation)
        picture.setDevicePixelRatio(SHARP)
        found.append(ErrorImage(picture, truth, prediction))
    return tuple(found)


def build_page_images(images: tuple[bytes, ...], thumb_width: int) -> tuple[PageImage, ...]:
    """Every PNG decoded. Safe in any thread."""
    found = []
    for data in images:
        page = decode_image(data)
        thumb = page.scaledToWidth(thumb_width * SHARP, Qt.TransformationMode.SmoothTransformation)
        thumb.setDevicePixelRatio(SHARP)
        found.append(PageImage(page, thumb))
    return tuple(found)
