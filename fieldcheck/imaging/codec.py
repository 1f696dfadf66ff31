"""Image files and bytes: read with orientation applied, written without loss. OpenCV is limited to
one thread here.

Pillow reads, because OpenCV prints what it finds wrong with a JPEG or PNG; their pixels are the
same. With TIFF it is the other way round.
"""

from __future__ import annotations

import hashlib
import logging
import os
import struct
import warnings
import zlib
from datetime import UTC, datetime
from io import SEEK_CUR, BytesIO
from pathlib import Path
from stat import S_ISREG
from typing import IO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from fieldcheck.domain.frame import UNREAD_ENDINGS
from fieldcheck.errors.files import PathMissing, PictureUnreadable
from fieldcheck.imaging.contrast_and_colour import to_bgr, to_rgb_from_bgr
from fieldcheck.progress import time_stage

# Pillow's others start programs, or follow links
FORMATS = ("JPEG", "PNG", "BMP", "WEBP", "TIFF", "GIF", "PPM")
BEGINNINGS = (
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"BM",
    b"RIFF",
    b"II*\0",
    b"MM\0*",
    b"GIF8",
    b"P5",
    b"P6",
)
MOST_PIXELS = 120_000_000  # a small file may claim gigabytes
# 120 million pixels of four values with 16 bits, as they are; a file may be longer and hold nothing
MOST_BYTES = 1 << 30
# of a JPEG: each goes over all its pixels again, however short it is; cameras write at most a dozen
MOST_SCANS, SCAN = 500, b"\xff\xda"
# Half the time of the usual settings; what they would gain more is lost on sensor noise. From the
# row above it is quicker and smaller than
# from the pixel before.
PNG_FAST = [
    *(cv2.IMWRITE_PNG_COMPRESSION, 1),
    *(cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE),
    *(cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_UP),
]
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    OverflowError,
    TypeError,
    struct.error,
    zlib.error,
    MemoryError,
)
# EXIF tags: where the camera's notes are, and those of time
CAMERA_PART, TAKEN, FRACTION, CHANGED = 0x8769, 0x9003, 0x9291, 0x0132
NOTED = "%Y:%m:%d %H:%M:%S"
ORIENTATION = 0x0112  # EXIF tag; its values are 1 to 8, 1 is upright
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
PNG_HEAD, PNG_END = 8, b"IEND"  # its signature's length, and its last chunk
PNG_NOTES = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt"})  # chunks for EXIF, and for XMP in text
ON_THEIR_SIDE = frozenset({5, 6, 7, 8})

# without a handler it would speak on stderr
logging.getLogger("PIL").addHandler(logging.NullHandler())
# Once for the process: as many threads as cores work on images of their own, and OpenCV's own would
# spin-wait against them.
cv2.setNumThreads(1)
# A damaged picture is told by an error of ours; what Pillow remarks on it is for nobody's terminal.
warnings.filterwarnings("ignore", module=r"PIL\.")
# its limit warns below and raises above; ours is checked before a pixel is decoded
Image.MAX_IMAGE_PIXELS = None


def read_image(path: Path) -> NDArray[np.uint8]:
    """Reads an image file as (H, W, 3) uint8 RGB with EXIF orientation applied; greyscale becomes
    three equal channels, transparency is dropped, 16 bits become 8.

    Raises PathMissing; PictureUnreadable `not_a_picture`, `no_decoder`, `damaged`, `too_large`
    (above 120 million pixels, or a gigabyte)."""
    with time_stage("read_images"):
        return _decode_bytes(_read_file(path), path)


def read_image_and_hash(path: Path, hashed: bool = True) -> tuple[NDArray[np.uint8], str]:
    """The image, (H, W, 3) uint8 RGB as of `read_image`, and the SHA-256 of the bytes it was
    decoded from, 64 hexadecimal digits, or empty unless `hashed`. Raises as `read_image`."""
    with time_stage("read_images"):
        data = _read_file(path)
        return _decode_bytes(data, path), hashlib.sha256(data).hexdigest() if hashed else ""


def read_index_image(path: Path) -> NDArray[np.uint8]:
    """(H, W) uint8 values of an image with one value per pixel, such as a mask: 8-bit greyscale,
    palette indices (not colours), or three equal channels. EXIF is ignored. Raises as `read_image`,
    `not_a_picture` also for colours."""
    return decode_index_image(_read_file(path), path)


def decode_index_image(data: bytes, path: Path = Path()) -> NDArray[np.uint8]:
    """(H, W) uint8 values of such an image in memory. Raises PictureUnreadable."""
    try:
        picture, _ = _open_image(BytesIO(data), path)
        indices = np.array(picture.convert("L") if picture.mode == "1" else picture)
    except UnidentifiedImageError as error:
        raise PictureUnreadable(path, "not_a_picture") from error
    except BROKEN as error:
        raise PictureUnreadable(path, "damaged") from error
    if indices.ndim == 3 and (indices[..., :1] == indices[..., :3]).all():
        indices = indices[..., 0]
    if indices.ndim != 2 or indices.min() < 0 or indices.max() > 255:
        raise PictureUnreadable(path, "not_a_picture")
    return indices.astype(np.uint8)


def read_drawn_pixels(path: Path) -> NDArray[np.bool_]:
    """(H, W) bool, True where an image is not black; 16 bits of grey count in full, and palettes by
    their colours. EXIF orientation is applied. Raises as `read_image`."""
    data = _read_file(path)
    deep = _find_deep_grey(data, path)
    return np.asarray(_decode_bytes(data, path).any(axis=2)) if deep is None else deep


def read_capture_time(path: Path) -> float | None:
    """Capture time from EXIF in seconds, without a time zone; None where there is none.

    Raises PathMissing; PictureUnreadable `damaged`, also where the file is no image, and
    `too_large`."""
    try:
        with _check_regular_file(path).open("rb") as file:
            picture, _ = _open_image(file, path)
            notes = picture.getexif()
            part = notes.get_ifd(CAMERA_PART)
    except FileNotFoundError as error:
        raise PathMissing(path) from error
    except BROKEN as error:
        raise PictureUnreadable(path, "damaged") from error
    try:
        second = (
            datetime.strptime(str(part.get(TAKEN) or notes.get(CHANGED)), NOTED)
            .replace(tzinfo=UTC)
            .timestamp()
        )
    except ValueError:
        return None
    fraction = str(part.get(FRACTION, "")).strip()
    return second + (float(f"0.{fraction}") if fraction.isdecimal() else 0.0)


def read_image_size(path: Path) -> tuple[int, int]:
    """Width and height with EXIF orientation applied, which Pillow has already done to those of a
    TIFF. Raises as `read_capture_time`."""
    try:
        with _check_regular_file(path).open("rb") as file:
            picture, orientation = _open_image(file, path)
    except FileNotFoundError as error:
        raise PathMissing(path) from error
    except BROKEN as error:
        raise PictureUnreadable(path, "damaged") from error
    is_swapped = orientation in ON_THEIR_SIDE and picture.format != "TIFF"
    return picture.size[::-1] if is_swapped else picture.size


def encode_png(rgb: NDArray[np.uint8]) -> bytes:
    """(H, W, 3) uint8 RGB → PNG. Raises ValueError for what PNG cannot hold."""
    return _encode_image(".png", rgb, PNG_FAST)


def encode_index_png(mask: NDArray[np.uint8]) -> bytes:
    """(H, W) uint8, such as class indices → PNG with one channel, which `decode_index_image` reads
    back."""
    is_encoded, data = cv2.imencode(".png", mask, PNG_FAST)
    if not is_encoded:
        raise ValueError(f"indices of {mask.shape} that cannot be encoded")
    return data.tobytes()


def encode_jpeg(rgb: NDArray[np.uint8], quality: int) -> bytes:
    """(H, W, 3) uint8 RGB → JPEG of `quality` 1-100."""
    return _encode_image(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, quality])


def decode_image(data: bytes) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB of a picture in memory. Raises PictureUnreadable with an empty path."""
    return _decode_bytes(data, Path())


def compute_pixels_sha256(rgb: NDArray[np.uint8]) -> str:
    """SHA-256 of an image's raw bytes, row by row, as 64 hex digits. `rgb`: (H, W, 3) uint8 RGB."""
    return hashlib.sha256(np.ascontiguousarray(rgb).data).hexdigest()


def _read_file(path: Path) -> bytes:
    try:
        with _check_regular_file(path).open("rb", buffering=0) as file:
            if os.fstat(file.fileno()).st_size > MOST_BYTES:
                raise PictureUnreadable(path, "too_large")
            return file.readall()
    except FileNotFoundError as error:
        raise PathMissing(path) from error
    except OSError as error:
        raise PictureUnreadable(path, "damaged") from error


def _decode_bytes(data: bytes, path: Path) -> NDArray[np.uint8]:
    try:
        picture, orientation = _open_image(BytesIO(data), path)
        if picture.format == "TIFF":
            return _decode_tiff(data)
        if picture.format == "JPEG" and data.count(SCAN) > MOST_SCANS:
            raise ValueError("a JPEG of endless scans")
        return _to_uint8(
            picture.transpose(UPRIGHT[orientation]) if orientation in UPRIGHT else picture
        )
    except UnidentifiedImageError as error:
        raise PictureUnreadable(
            path, "damaged" if data.startswith(BEGINNINGS) else _get_decode_problem(path)
        ) from error
    except BROKEN as error:
        raise PictureUnreadable(path, "damaged") from error


def _find_deep_grey(data: bytes, path: Path) -> NDArray[np.bool_] | None:
    """(H, W) bool, True where a greyscale image of more than 8 bits is not black; None of any other
    file."""
    try:
        picture, orientation = _open_image(BytesIO(data), path)
        if not picture.mode.startswith("I"):
            return None
        if picture.format != "TIFF" and orientation in UPRIGHT:  # Pillow turns a TIFF itself
            picture = picture.transpose(UPRIGHT[orientation])
        return np.asarray(np.asarray(picture) != 0)
    except UnidentifiedImageError:
        return None
    except BROKEN as error:
        raise PictureUnreadable(path, "damaged") from error


def _get_decode_problem(path: Path) -> str:
    return "no_decoder" if path.suffix.lower() in UNREAD_ENDINGS else "not_a_picture"


def _check_regular_file(path: Path) -> Path:
    """The path, once it is known that opening it does not wait for somebody who writes, as a pipe
    with a name would."""
    if not S_ISREG(path.stat().st_mode):
        raise PictureUnreadable(path, "not_a_picture")
    return path


def _open_image(file: IO[bytes], path: Path) -> tuple[Image.Image, object]:
    """The picture and its orientation. A camera's broken notes are no reason to speak, nor to
    refuse its picture.

    Pillow looks for the notes of a PNG by decoding it, so the size in its header is held against
    the limit before, and one that has none is not asked.
    """
    picture = Image.open(file, formats=FORMATS)
    if picture.width * picture.height > MOST_PIXELS:
        raise PictureUnreadable(path, "too_large")
    if picture.format == "PNG" and not _has_exif_chunk(file):
        return picture, None
    try:
        return picture, picture.getexif().get(ORIENTATION)
    except BROKEN:
        return picture, None


def _has_exif_chunk(png: IO[bytes]) -> bool:
    """Whether a PNG has a chunk in which a camera's notes may stand, before its pixels or after
    them. It is left where it was read to."""
    read_to = png.tell()
    png.seek(PNG_HEAD)
    try:
        while len(head := png.read(8)) == 8:
            length, kind = struct.unpack(">I4s", head)
            if kind in PNG_NOTES:
                return True
            if kind == PNG_END:
                return False
            png.seek(length + 4, SEEK_CUR)  # and its check sum
    finally:
        png.seek(read_to)
    return False


def _to_uint8(picture: Image.Image) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 of whatever a picture is stored as. Raises ValueError for fractions, whose
    white nobody knows."""
    if picture.mode == "F":
        raise ValueError("a picture of fractions")
    # grey of 16 bits, the upper eight of which are what 8 bits would hold
    if picture.mode.startswith("I"):
        grey = np.clip(np.asarray(picture).astype(np.int64) >> 8, 0, 255).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)
    if picture.mode == "P" and "transparency" in picture.info:
        picture = picture.convert("RGBA")
    return np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"), np.uint8)


def _decode_tiff(data: bytes) -> NDArray[np.uint8]:
    """(H, W, 3) uint8. Raises ValueError where nothing can be decoded."""
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        raise ValueError("no TIFF that OpenCV decodes")
    return to_rgb_from_bgr(np.asarray(bgr, np.uint8))


def _encode_image(ending: str, rgb: NDArray[np.uint8], settings: list[int]) -> bytes:
    is_encoded, data = cv2.imencode(ending, to_bgr(rgb), settings)
    if not is_encoded:
        raise ValueError(f"a picture of {rgb.shape} that cannot be encoded as {ending}")
    return data.tobytes()
