"""Place of a tag beside its box over a picture, where it covers no other tag."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSizeF

GAP = 3.0  # pixels between a box and its tag


def find_tag_rect(box: QRectF, size: QSizeF, others: Sequence[QRectF], room: QRectF) -> QRectF:
    """Free place for a tag of `size`: above its box, below it, in it at its top, then on down the frame; above where none is free.

    Always within `room`; all in pixels of the widget.
    """
    left = max(room.left(), min(box.left(), room.right() - size.width()))
    lowest = max(room.top(), room.bottom() - size.height())
    tops = [box.top() - size.height() - GAP, box.bottom() + GAP, box.top() + GAP]
    tops += [tops[1] + step * size.height() for step in range(1, 4)]
    places = [QRectF(left, max(room.top(), min(top, lowest)), size.width(), size.height()) for top in tops]
    return next((place for place in places if not any(place.intersects(other) for other in others)), places[0])
