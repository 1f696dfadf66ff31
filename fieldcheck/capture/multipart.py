"""The pictures of a multipart stream, byte for byte as the camera sent them."""

from __future__ import annotations

import re

MOST_HEAD = 1 << 16  # bytes of the lines before a picture
MOST_PART = 64 << 20  # bytes of a picture
MOST_DIGITS = 15  # of a length; a number with thousands of them is no number to Python
LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d+)")
BOUNDARY = re.compile(r'(?i)boundary="?([^";,\s]+)"?')


class NotMultipartStream(ValueError):
    """Not a multipart stream of pictures, or its parts are larger than any picture."""


def parse_boundary(content_type: str) -> bytes:
    """The line that stands between parts, with its two dashes. Raises NotAStream where the type names none."""
    found = BOUNDARY.search(content_type)
    if not content_type.lower().startswith("multipart/") or found is None:
        raise NotMultipartStream(content_type)
    word = found[1].encode("latin-1")
    return word if word.startswith(b"--") else b"--" + word  # some cameras count the dashes as part of the word


class MultipartParser:
    """Takes bytes as they come and gives the parts that are whole. A part that says its length is taken at its word."""

    def __init__(self, boundary: bytes) -> None:
        self._boundary = boundary
        self._held = bytearray()
        self._length: int | None = None  # of the part whose head was read; -1: its end must be looked for
        self._searched = 0

    def parse_bytes(self, data: bytes) -> list[bytes]:
        """The parts that end within these bytes. Raises NotAStream."""
        self._held += data
        found = []
        while (part := self._take_part()) is not None:
            found.append(part)
        return found

    def _take_part(self) -> bytes | None:
        if self._length is None and not self._skip_part_header():
            return None
        return self._take_by_length() if self._length is not None and self._length >= 0 else self._find_boundary()

    def _skip_part_header(self) -> bool:
        """Goes past the boundary and the lines after it."""
        start = self._held.find(self._boundary)
        if start < 0:
            del self._held[: max(0, len(self._held) - len(self._boundary) - MOST_HEAD)]
            return False
        begin = start + len(self._boundary)
        ends = [(at, wide) for mark, wide in ((b"\r\n\r\n", 4), (b"\n\n", 2)) if (at := self._held.find(mark, begin)) >= 0]
        if not ends:
            if len(self._held) - start > MOST_HEAD:
                raise NotMultipartStream("a part without an end to its head")
            return False
        at, wide = min(ends)
        lengths = LENGTH.findall(self._held, begin, at)
        if lengths and len(lengths[-1]) > MOST_DIGITS:
            raise NotMultipartStream("a part larger than any picture")
        self._length = int(lengths[-1]) if lengths else -1
        if self._length > MOST_PART:
            raise NotMultipartStream("a part larger than any picture")
        del self._held[: at + wide]
        self._searched = 0
        return True

    def _take_by_length(self) -> bytes | None:
        assert self._length is not None
        if len(self._held) < self._length:
            return None
        return self._take_bytes(self._length)

    def _find_boundary(self) -> bytes | None:
        """A part that does not say its length ends before the line that begins with the boundary."""
        at = self._held.find(b"\n" + self._boundary, self._searched)
        if at < 0:
            if len(self._held) > MOST_PART:
                raise NotMultipartStream("a part larger than any picture")
            self._searched = max(0, len(self._held) - len(self._boundary))
            return None
        return self._take_bytes(at - 1 if at and self._held[at - 1 : at] == b"\r" else at)

    def _take_bytes(self, length: int) -> bytes:
        part = bytes(self._held[:length])
        del self._held[:length]
        self._length = None
        return part
