"""Encoded pictures as images of Qt, decoded on any thread."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QImage

JPEG = b"\xff\xd8"


def decode_image(data: bytes) -> QImage:
    """A JPEG or a PNG as an image, a null one where it is neither.

    The format is named. Without it Qt asks every plugin, and that of SVG connects a signal on the way: with the interpreter's lock held
    here, and Qt's lock of connections held by a main thread that waits for the interpreter, neither would ever go on.
    """
    named: Any = "JPG" if data.startswith(JPEG) else "PNG"  # the library's own types ask for bytes, which it refuses
    return QImage.fromData(data, named)
