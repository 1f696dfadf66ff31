"""Frames as a webcam and as an industrial camera deliver them, and recordings of them."""

from pathlib import Path

import numpy as np

from fieldcheck.footage.camera.camera import CapturedFrame
from fieldcheck.footage.camera.exposure_control import CameraSettings
from fieldcheck.footage.recording_container import RecordingWriter, pack_frame
from fieldcheck.imaging.codec import encode_jpeg
from fieldcheck.imaging.raw import RawImage
from tests.footage import made

SECOND = 1_000_000_000
START = 5 * SECOND
UTC = 1_790_000_000 * SECOND


def webcam(
    index: int, fps: float = 10.0, size: tuple[int, int] = made.SIZE, exposure: float | None = None
) -> CapturedFrame:
    """A frame that carries its number, as the camera's own JPEG."""
    rgb = np.ascontiguousarray(made.numbered(index % 4096, size)[..., ::-1])
    return _stamped(RawImage("jpeg", encode_jpeg(rgb, 90)), index, fps, exposure)


def sensor(index: int, fps: float = 10.0, pixel_format: str = "bayer_rg8") -> CapturedFrame:
    """A frame of noise in the sensor's own order, different for every number."""
    pixels = np.random.default_rng(index).integers(0, 256, (12, 16), dtype=np.uint8)
    return _stamped(RawImage(pixel_format, pixels), index, fps, None)


def _stamped(raw: RawImage, index: int, fps: float, exposure: float | None) -> CapturedFrame:
    passed = round(index / fps * SECOND)
    settings = None if exposure is None else CameraSettings(exposure_ms=exposure, gain=2.0)
    return CapturedFrame(
        raw, index, index / fps, "left", monotonic_ns=START + passed, utc_ns=UTC + passed,
        settings=settings,
    )  # fmt: skip


def write_recording(
    folder: Path, frames: list[CapturedFrame], about: dict[str, object] | None = None,
    pair_bytes: int = 1 << 30,
) -> str:  # fmt: skip
    """One segment of these frames; returns the hash of its content."""
    with RecordingWriter(folder, folder.name, about or {}, pair_bytes) as writer:
        for place, frame in enumerate(frames):
            ready = pack_frame(frame)
            if not place:
                writer.begin_segment(ready, None)
            writer.append_frame(ready)
    return writer.compute_sha256()
