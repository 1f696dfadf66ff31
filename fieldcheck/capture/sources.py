"""A camera by what a person or a script calls it: an identity, an address, a file, a folder, or the synthetic one."""

from __future__ import annotations

import re
import sys
from functools import partial
from pathlib import Path

from fieldcheck.capture.address import Address, format_redacted_source, is_address, parse_address
from fieldcheck.capture.camera import Camera
from fieldcheck.capture.discover import V4L2, CameraList, FoundCamera, find_device_path, list_usb_cameras
from fieldcheck.capture.file_camera import ImageCamera, open_file_camera
from fieldcheck.capture.gige_camera import GIGE, GigeCamera, list_gige_cameras
from fieldcheck.capture.network_camera import make_network_camera
from fieldcheck.capture.opencv_camera import OpencvCamera
from fieldcheck.capture.synthetic_camera import SyntheticCamera
from fieldcheck.capture.windows import MSMF, find_camera_number, list_windows_cameras
from fieldcheck.domain.file_kinds import PICTURE_ENDINGS
from fieldcheck.errors import CameraRefused, NoPictures

SYNTHETIC = re.compile(r"synthetic(?::([1-9]\d{0,3})x([1-9]\d{0,3})(?:@([1-9]\d{0,3}(?:\.\d{1,3})?|0\.\d{0,2}[1-9]))?)?")


def list_all_cameras() -> CameraList:
    """Every camera that can be opened by its identity: those that are plugged in, and industrial ones that answer."""
    industrial = list_gige_cameras()
    return CameraList((*list_plugged_cameras(), *industrial.cameras), industrial.why_not)


def list_plugged_cameras() -> tuple[FoundCamera, ...]:
    """Those that are plugged in."""
    return list_usb_cameras() if sys.platform == "linux" else list_windows_cameras() if sys.platform == "win32" else ()


def parse_source(source: str, password: str = "") -> Address | str:
    """Camera source that a person typed, to be kept: an address with its secrets behind a text that shows none. Raises CameraRefused
    (`address`)."""
    return parse_address(source, password) if is_address(source) else source


def make_camera(source: str | Address, password: str = "") -> Camera:
    """The camera that `source` names; nothing is opened yet.

    `source`: `v4l2:…`, `msmf:…` or `gige:SERIAL` as `list_all_cameras` tells them, an address (http, https, rtsp), a video, a picture, a
    folder of pictures, or `synthetic[:WIDTHxHEIGHT[@FPS]]`. A device node (/dev/video2) stands for the camera that is there now, and
    stays that one.
    Raises CameraRefused (`unknown`, `address`), NoPictures.
    """
    where = parse_source(source, password) if isinstance(source, str) else source
    return make_network_camera(where) if isinstance(where, Address) else _make_local_camera(where)


def _make_local_camera(source: str) -> Camera:
    kind, _, rest = source.partition(":")
    if kind == GIGE:
        return GigeCamera(rest)
    if kind == V4L2:
        return _make_usb_camera(source)
    if kind == MSMF:
        name = next((camera.name for camera in list_plugged_cameras() if camera.id == source), source)
        return OpencvCamera(name, partial(find_camera_number, source))
    if made := SYNTHETIC.fullmatch(source):
        return SyntheticCamera(int(made[1] or 1280), int(made[2] or 720), float(made[3] or 30))
    if re.fullmatch(r"/dev/video\d+", source):
        return _make_usb_camera(_find_identity_at(source))
    return _make_file_camera(Path(source), source)


def _make_usb_camera(identity: str) -> OpencvCamera:
    name = next((camera.name for camera in list_usb_cameras() if camera.id == identity), identity)
    return OpencvCamera(name, partial(find_device_path, identity))


def _find_identity_at(path: str) -> str:
    for camera in list_usb_cameras():
        if camera.path == path:
            return camera.id
    raise CameraRefused(path, "unknown")


def _make_file_camera(path: Path, source: str) -> Camera:
    if source and path.is_dir():
        pictures = sorted(one for one in path.iterdir() if one.suffix.lower() in PICTURE_ENDINGS)
        if not pictures:
            raise NoPictures(path)
        return ImageCamera(path.name, pictures)
    if not path.is_file():
        raise CameraRefused(format_redacted_source(source), "unknown")
    return open_file_camera(path)
