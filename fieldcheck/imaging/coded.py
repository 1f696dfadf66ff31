"""Pictures that a camera coded by the help of those before them: a chain begins with one that needs none, and is decoded from there."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.errors import PictureUnreadable

CODED = frozenset({"h264", "h265"})


class CodecPipeline:
    """Decodes one chain. `stream`: what a decoder must know first, and the bytes of its pictures one after another, as they were sent.

    Pictures are asked for by their place in the chain. Going forward decodes each once; going back begins anew. One thread.
    """

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self._capture: cv2.VideoCapture | None = None
        self._next = 0
        self._last: NDArray[np.uint8] | None = None

    def decode_image(self, place: int) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 BGR. Raises PictureUnreadable with an empty path where so many pictures do not come out of it."""
        if self._capture is None or place < self._next - 1:
            # OpenCV reads from anything that has `read` and `seek`; its stubs know files only.
            self._capture = cv2.VideoCapture(io.BytesIO(self._stream), cv2.CAP_FFMPEG, [])  # type: ignore[call-overload]
            self._next = 0
        while self._next <= place:
            got, bgr = self._capture.read()
            if not got or bgr is None:
                self._capture = None
                raise PictureUnreadable(Path(), "damaged")
            self._last = np.asarray(bgr, np.uint8)
            self._next += 1
        assert self._last is not None
        return self._last
