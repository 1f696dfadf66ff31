"""What stands at a place of a painted widget."""

from PySide6.QtGui import QColor

REACH, CLOSE = 3, 60


def near(image, place, colour):
    """Whether a pixel at the place or right beside it has about this colour."""
    wanted = QColor(colour)
    around = range(-REACH, REACH + 1)
    pixels = [image.pixelColor(place.x() + dx, place.y() + dy) for dx in around for dy in around]
    apart = [
        sum(abs(a - b) for a, b in zip(one.getRgb()[:3], wanted.getRgb()[:3], strict=True))
        for one in pixels
    ]
    return min(apart) < CLOSE
