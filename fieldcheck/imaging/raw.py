"""Raw camera images and how they become RGB, chains of predicted frames, and the lossless codec for
packed pixels."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import zstandard
from numpy.typing import NDArray

from fieldcheck.errors.files import PictureUnreadable
from fieldcheck.imaging.codec import MOST_PIXELS, decode_image
from fieldcheck.imaging.contrast_and_colour import to_rgb_from_bgr

# Pictures that a camera coded by the help of those before them: a chain begins with one that needs
# none, and is decoded from there.

CODED = frozenset({"h264", "h265"})


class CodecPipeline:
    """Decodes one chain of dependent frames. `stream`: decoder setup and the frames' bytes in
    order, as sent.

    Frames are requested by index in the chain. Going forward decodes each once; going back starts
    again. One thread."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self._capture: cv2.VideoCapture | None = None
        self._next = 0
        self._last: NDArray[np.uint8] | None = None

    def decode_image(self, index: int) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 BGR. Raises PictureUnreadable with an empty path where the chain yields
        fewer frames."""
        if self._capture is None or index < self._next - 1:
            # OpenCV reads from anything that has `read` and `seek`; its stubs know files only.
            self._capture = cv2.VideoCapture(io.BytesIO(self._stream), cv2.CAP_FFMPEG, [])  # type: ignore[call-overload]
            self._next = 0
        while self._next <= index:
            has_image, bgr = self._capture.read()
            if not has_image or bgr is None:
                self._capture = None
                raise PictureUnreadable(Path(), "damaged")
            self._last = np.asarray(bgr, np.uint8)
            self._next += 1
        assert self._last is not None
        return self._last


JPEG = "jpeg"
OWN_CODING = frozenset({JPEG, *CODED})  # the camera's own bytes, kept as they are
COLOURS = {"rgb8": 3, "bgr8": 3, "yuyv8": 2}
SENSOR = re.compile(r"(mono|bayer_(?:rg|gr|gb|bg))(8|10|12|14|16)")
MOSAICS = {
    "bayer_rg": cv2.COLOR_BayerRGGB2RGB,
    "bayer_gr": cv2.COLOR_BayerGRBG2RGB,
    "bayer_gb": cv2.COLOR_BayerGBRG2RGB,
    "bayer_bg": cv2.COLOR_BayerBGGR2RGB,
}
# JPEG segments that begin a frame
SIZES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
BARE = frozenset({0x01, *range(0xD0, 0xD9)})  # segments without a length
SCAN = 0xDA
MOST_HEADER = 1 << 16  # bytes before the size that are looked at


@dataclass(frozen=True, slots=True, eq=False)
class RawImage:
    """One picture just as it was delivered. `format` says what `data` is:

    - `jpeg`: the camera's own JPEG, bytes from FF D8 to FF D9;
    - `h264`, `h265`: the camera's own packet, whose size must be told. `setup`: what a decoder must
      know before the first of them.
      `dependent`: it cannot be decoded without those before it, back to the last one that is not;
    - `rgb8`, `bgr8`: (H, W, 3) uint8 in that order; `yuyv8`: (H, W, 2) uint8, two bytes a pixel as
      Y U Y V;
    - `mono8`, `bayer_rg8` (also `gr`, `gb`, `bg`, by the upper left two pixels of the mosaic): (H,
      W) uint8;
    - the same ending in 10, 12, 14 or 16: (H, W) uint16 whose lowest so many bits count.

    Arrays are made not writeable. `width`, `height`: pixels, of a JPEG as its header says. Raises
    ValueError for anything else, also for a JPEG without a size.
    """

    format: str
    data: bytes | NDArray[np.uint8] | NDArray[np.uint16]
    width: int = 0
    height: int = 0
    dependent: bool = False
    setup: bytes = b""

    def __post_init__(self) -> None:
        if isinstance(self.data, bytes):
            if self.format not in OWN_CODING:
                raise ValueError(f"bytes are no {self.format}")
            width, height = (
                read_jpeg_size(self.data) if self.format == JPEG else (self.width, self.height)
            )
            if min(width, height) < 1:
                raise ValueError(f"{self.format} of no size")
        else:
            if (
                self.data.dtype != get_raw_dtype(self.format)
                or self.data.shape[2:] != get_raw_shape(self.format, 0, 0)[2:]
                or self.data.ndim < 2
            ):
                raise ValueError(
                    f"a frame is not {self.format}: {self.data.shape} {self.data.dtype}"
                )
            height, width = self.data.shape[:2]
            self.data.flags.writeable = False
        object.__setattr__(self, "width", width)
        object.__setattr__(self, "height", height)

    @property
    def n_bytes(self) -> int:
        """Bytes that it takes up as delivered."""
        return len(self.data) if isinstance(self.data, bytes) else self.data.nbytes

    @property
    def encoded(self) -> bytes | None:
        """The camera's own coded bytes; None where it delivers pixels."""
        return self.data if isinstance(self.data, bytes) else None

    @property
    def pixels(self) -> NDArray[np.uint8] | NDArray[np.uint16] | None:
        """Pixels in the order in which they came, (H, W, 3), (H, W, 2) or (H, W) as the format
        says; None where they are coded."""
        return None if isinstance(self.data, bytes) else self.data


def get_raw_shape(pixel_format: str, width: int, height: int) -> tuple[int, ...]:
    """Array shape of this format. Raises ValueError for an unknown format."""
    if pixel_format in COLOURS:
        return height, width, COLOURS[pixel_format]
    get_raw_dtype(pixel_format)
    return height, width


def get_raw_dtype(pixel_format: str) -> type[np.uint8] | type[np.uint16]:
    """Array dtype of this format. Raises ValueError for an unknown format."""
    if pixel_format in COLOURS:
        return np.uint8
    return np.uint8 if _parse_sensor_format(pixel_format)[1] == 8 else np.uint16


def decode_raw(raw: RawImage) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB for display, read-only: decoded, demosaiced bilinearly, upper eight bits.

    Raises PictureUnreadable with an empty path for damaged bytes, and for a frame that depends on
    others."""
    rgb = (
        _decode_stream(raw, raw.data)
        if isinstance(raw.data, bytes)
        else _convert_pixels(raw.format, raw.data)
    )
    rgb.flags.writeable = False
    return rgb


def read_jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height from a JPEG's header, without decoding. Raises ValueError where it has
    none."""
    index, stop = 2, min(len(data) - 8, MOST_HEADER)
    if data[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    while index < stop and data[index] == 0xFF:
        kind = data[index + 1]
        if kind in SIZES:
            height, width = (
                int.from_bytes(data[index + 5 : index + 7], "big"),
                int.from_bytes(data[index + 7 : index + 9], "big"),
            )
            if width and height:
                return width, height
            break
        if kind == SCAN:
            break
        index += (
            1
            if kind == 0xFF
            else 2
            if kind in BARE
            else 2 + int.from_bytes(data[index + 2 : index + 4], "big")
        )
    raise ValueError("a JPEG without a size")


def _parse_sensor_format(pixel_format: str) -> tuple[str, int]:
    match = SENSOR.fullmatch(pixel_format)
    if match is None:
        raise ValueError(f"no format of pixels: {pixel_format}")
    return match[1], int(match[2])


def _decode_stream(raw: RawImage, data: bytes) -> NDArray[np.uint8]:
    if raw.format == JPEG:
        return decode_image(data)
    if raw.dependent:
        raise PictureUnreadable(Path(), "damaged")
    return to_rgb_from_bgr(CodecPipeline(raw.setup + data).decode_image(0))


def _convert_pixels(
    pixel_format: str, pixels: NDArray[np.uint8] | NDArray[np.uint16]
) -> NDArray[np.uint8]:
    if pixel_format == "rgb8":
        return np.asarray(pixels, np.uint8).view()
    if pixel_format == "bgr8":
        return to_rgb_from_bgr(np.asarray(pixels, np.uint8))
    if pixel_format == "yuyv8":
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_YUV2RGB_YUYV), np.uint8)
    kind, bits = _parse_sensor_format(pixel_format)
    grey = np.asarray(np.minimum(pixels >> (bits - 8), 255), np.uint8)
    if kind == "mono":
        return np.repeat(grey[:, :, None], 3, axis=2)
    if min(grey.shape) < 2:
        raise PictureUnreadable(Path(), "damaged")
    return np.asarray(cv2.cvtColor(grey, MOSAICS[kind]), np.uint8)


# The one lossless codec for cameras that deliver pixels: rows as differences from the row above,
# packed by Zstandard.

CODEC = "zstd-rows"
LEVEL = 1  # of Zstandard; level 3 takes three times as long and packs sensor noise no better


def pack_pixels(pixels: NDArray[np.uint8] | NDArray[np.uint16], pixel_format: str) -> bytes:
    """Lossless coding of pixels in a `RawImage` format: (H, W), (H, W, 2) or (H, W, 3) uint8 or (H,
    W) uint16 → bytes."""
    rows = _as_rows(pixels)
    above = _get_row_distance(pixel_format)
    differences = rows.copy()
    differences[above:] -= rows[:-above]
    return zstandard.ZstdCompressor(level=LEVEL).compress(differences.data)


def unpack_pixels(packed: bytes, pixel_format: str, width: int, height: int) -> RawImage:
    """The pixels given to `pack_pixels`. Raises ValueError for bytes that do not fit this size and
    format."""
    shape, dtype = get_raw_shape(pixel_format, width, height), get_raw_dtype(pixel_format)
    n_bytes = int(np.prod(shape)) * np.dtype(dtype).itemsize
    try:
        if not 0 < width * height <= MOST_PIXELS or zstandard.frame_content_size(packed) != n_bytes:
            raise ValueError(f"not a frame of {width} x {height} {pixel_format}")
        plain = zstandard.ZstdDecompressor().decompress(packed, max_output_size=n_bytes)
    except zstandard.ZstdError as error:
        raise ValueError("not a packed frame") from error
    rows = np.frombuffer(plain, np.uint8).reshape(
        n_bytes // (width * (shape[2] if len(shape) == 3 else 1)), -1
    )
    above = _get_row_distance(pixel_format)
    restored = np.empty_like(rows)
    for first in range(above):
        np.add.accumulate(rows[first::above], axis=0, dtype=np.uint8, out=restored[first::above])
    return RawImage(pixel_format, _from_rows(restored, shape, dtype))


def _get_row_distance(pixel_format: str) -> int:
    return 2 if pixel_format.startswith("bayer") else 1


def _as_rows(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
    """(rows, bytes a row) uint8."""
    height = pixels.shape[0]
    if pixels.dtype == np.uint8:
        return np.ascontiguousarray(pixels, np.uint8).reshape(height, -1)
    samples = np.ascontiguousarray(pixels, np.dtype("<u2")).view(np.uint8).reshape(height, -1, 2)
    return np.concatenate([samples[..., 0], samples[..., 1]])


def _from_rows(
    rows: NDArray[np.uint8], shape: tuple[int, ...], dtype: type[np.uint8] | type[np.uint16]
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    if dtype is np.uint8:
        return rows.reshape(shape)
    low, high = rows.reshape(2, *shape)
    return np.asarray(high.astype(np.uint16) << 8 | low, np.uint16)
