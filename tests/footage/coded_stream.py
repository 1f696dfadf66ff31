"""Frames of H.264 as an RTSP camera sent them – a ball that moves, every fifteenth needs no other –
and the extra netcam."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fieldcheck.footage.camera.camera import CapturedFrame, DecodedImage
from fieldcheck.footage.camera.network_rtsp_mjpeg import import_pyav
from fieldcheck.imaging.raw import RawImage
from tests.footage.made_recordings import SECOND, START, UTC

PACKETS = Path(__file__).with_name("packets")
NETCAM = Path(__file__).parent.parent.parent / ".netcam"  # packaging/test.sh puts PyAV there
SAID = json.loads((PACKETS / "ball.json").read_text("utf-8"))
SETUP = bytes.fromhex(SAID["setup"])
FPS = 30.0


def packets() -> Iterator[tuple[bytes, bool]]:
    """The bytes of each, and whether it needs those before it."""
    data, at = (PACKETS / "ball.h264").read_bytes(), 0
    for length, key in SAID["packets"]:
        yield data[at : at + length], not key
        at += length


def coded() -> list[CapturedFrame]:
    """The frames as a camera delivers them."""
    made = []
    for index, (data, dependent) in enumerate(packets()):
        raw = RawImage("h264", data, SAID["width"], SAID["height"], dependent, SETUP)
        passed = round(index / FPS * SECOND)
        made.append(
            CapturedFrame(
                raw, index, index / FPS, "ball", monotonic_ns=START + passed, utc_ns=UTC + passed
            )
        )
    return made


def seen(value: int) -> DecodedImage:
    """What a decoder shows: all of one brightness."""
    luma = np.full((120, 160), value, np.uint8)
    return DecodedImage(luma, lambda: np.full((120, 160, 3), value, np.uint8))


@pytest.fixture
def netcam(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """PyAV can be imported, as where the extra is installed."""
    if not NETCAM.is_dir():
        missing = "not run: the extra netcam is not there; packaging/test.sh puts it into .netcam"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    monkeypatch.syspath_prepend(str(NETCAM))
    import_pyav.cache_clear()
    yield NETCAM
    import_pyav.cache_clear()
    for name in [name for name in sys.modules if name.split(".")[0] == "av"]:
        sys.modules.pop(name)
