"""Picture files that claim more than they are, or break off."""

import struct
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image


def png(width: int, height: int, data: bytes = b"", more: bytes = b"") -> bytes:
    """A PNG whose header says this size, whatever its data hold."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    head = _chunk(b"IHDR", header)
    return b"\x89PNG\r\n\x1a\n" + head + more + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _saved(kind: str, **how: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, kind, **how)  # type: ignore[arg-type]
    return out.getvalue()


def _jpeg(width: int, height: int) -> bytes:
    data = _saved("JPEG")
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def _scans(n: int) -> bytes:
    """A progressive JPEG whose last scan is there `n` times: of 120 megapixels each takes its time
    and next to no bytes."""
    data = _saved("JPEG", progressive=True)
    return data[:-2] + data[data.rindex(b"\xff\xda") : -2] * n + data[-2:]


MAKERS: dict[str, Callable[[], bytes]] = {
    "74bytes.png": lambda: png(2**31 - 1, 2**31 - 1),
    "wide.png": lambda: png(50_000, 50_000, zlib.compress(bytes(10_000_000), 9)),
    "notes_after.png": lambda: png(2**31 - 1, 2**31 - 1, zlib.compress(bytes(100))),
    "text_bomb.png": lambda: png(
        40, 30, b"", _chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(200_000_000), 9)),
    ),
    "wide.jpg": lambda: _jpeg(65_500, 65_500),
    "wide.gif": lambda: b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + _saved("GIF")[10:],
    "wide.bmp": lambda: (
        _saved("BMP")[:18] + struct.pack("<ii", 2**31 - 1, 2**31 - 1) + _saved("BMP")[26:]
    ),
    "wide.ppm": lambda: b"P6\n99999999 99999999\n255\n" + bytes(60),
    "wide.tif": lambda: _saved("TIFF").replace(
        struct.pack("<HHII", 256, 4, 1, 40), struct.pack("<HHII", 256, 4, 1, 2**31 - 1),
    ),
    "scans.jpg": lambda: _scans(600), "cut.webp": lambda: _saved("WEBP")[:30],
    "cut.jpg": lambda: _saved("JPEG")[:25], "empty.png": lambda: b"",
    "letters.jpg": lambda: b"no picture",
    "script.gif": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
}  # fmt: skip
"""By file name: none of them is a picture of at most 120 megapixels that is whole and ends."""


@cache
def hostile() -> dict[str, bytes]:
    """What they hold. Made when it is asked for: one takes a second."""
    return {name: make() for name, make in MAKERS.items()}


def write(folder: Path) -> list[str]:
    """All of them in a folder; their names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in hostile().items():
        (folder / name).write_bytes(data)
    return sorted(hostile())
