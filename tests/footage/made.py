"""Small real videos whose frames carry their own number, written with OpenCV."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

SIZE = (160, 120)
BITS = 12


def numbered(index: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A (H, W, 3) BGR frame with `index` in squares that survive coding, over moving texture."""
    width, height = size
    texture = np.random.default_rng(7).integers(60, 120, (height + 64, width + 64), dtype=np.uint8)
    shift = index * 3 % 64
    blurred = cv2.blur(texture[shift : shift + height, shift : shift + width], (5, 5))
    frame = cv2.merge([blurred] * 3)
    side = width // BITS
    for bit in range(BITS):
        frame[8 : 8 + side, bit * side : (bit + 1) * side] = 255 if index >> bit & 1 else 0
    return frame


def number_of(rgb: np.ndarray) -> int:
    """The number that a decoded frame carries."""
    side = rgb.shape[1] // BITS
    return sum(
        1 << bit
        for bit in range(BITS)
        if rgb[
            8 + side // 4 : 8 + side * 3 // 4, bit * side + side // 4 : (bit + 1) * side - side // 4
        ].mean()
        > 128
    )


def write_video(
    path: Path, n: int, fps: float = 30.0, code: str = "mp4v", size: tuple[int, int] = SIZE
) -> Path:
    """`n` numbered frames at an even rate. MJPG and HFYU are of key frames only, mp4v is not."""
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*code), fps, size)
    assert writer.isOpened(), f"no encoder for {code}"
    for index in range(n):
        writer.write(numbered(index, size))
    writer.release()
    return path


def write_uneven(path: Path, ticks: Sequence[int], fps: float = 30.0, code: str = "mp4v") -> Path:
    """One numbered frame at each of `ticks` / `fps` seconds: the packets of an even video, stamped
    anew. `path` ends in .mkv."""
    even = write_video(path.with_suffix(".even.mkv"), len(ticks), fps, code)
    packets = cv2.VideoCapture(str(even), cv2.CAP_FFMPEG, [cv2.CAP_PROP_FORMAT, -1])
    writer = cv2.VideoWriter(
        str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*code), fps, SIZE,
        [cv2.VIDEOWRITER_PROP_RAW_VIDEO, 1],
    )  # fmt: skip
    for index, tick in enumerate(ticks):
        _, packet = packets.read()
        writer.set(cv2.VIDEOWRITER_PROP_PTS, tick)
        # as OpenCV's encoder is set
        writer.set(cv2.VIDEOWRITER_PROP_KEY_FLAG, float(index % 12 == 0))
        writer.write(packet)
    writer.release()
    packets.release()
    return path


def moov_first(path: Path, target: Path) -> Path:
    """The MP4 with its table before its pictures, as cameras and the web have it: when its end is
    torn off, it still opens."""
    data = path.read_bytes()
    boxes = _boxes(data)
    table = bytearray(boxes[b"moov"])
    at = table.index(b"stco") + 8
    for entry in range(int.from_bytes(table[at : at + 4], "big")):
        place = at + 4 + 4 * entry
        moved = int.from_bytes(table[place : place + 4], "big") + len(table)
        table[place : place + 4] = moved.to_bytes(4, "big")
    rest = b"".join(box for kind, box in boxes.items() if kind not in (b"ftyp", b"moov"))
    target.write_bytes(boxes[b"ftyp"] + bytes(table) + rest)
    return target


def _boxes(data: bytes) -> dict[bytes, bytes]:
    found, at = {}, 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        found[data[at + 4 : at + 8]] = data[at : at + size]
        at += size
    return found
