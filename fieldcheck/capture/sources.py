"""A camera by what a person or a script calls it: an identity, an address, a file, a folder, or the synthetic one."""

from __future__ import annotations

import re
import sys
from functools import partial
from pathlib import Path

from fieldcheck.capture.address import Address, address, is_address, shown
from fieldcheck.capture.camera import Camera
from fieldcheck.capture.discover import V4L2, CameraList, FoundCamera, attached, device_path
from fieldcheck.capture.file_camera import PictureCamera, file_camera
from fieldcheck.capture.gige_camera import GIGE, GigeCamera, gige_cameras
from fieldcheck.capture.network_camera import network_camera
from fieldcheck.capture.opencv_camera import OpencvCamera
from fieldcheck.capture.synthetic_camera import SyntheticCamera
from fieldcheck.capture.windows import MSMF, attached_here, number_of
from fieldcheck.domain.file_kinds import PICTURE_ENDINGS
from fieldcheck.errors import CameraRefused, NoPictures

SYNTHETIC = re.compile(r"synthetic(?::([1-9]\d{0,3})x([1-9]\d{0,3})(?:@([1-9]\d{0,3}(?:\.\d{1,3})?|0\.\d{0,2}[1-9]))?)?")


def found_cameras() -> CameraList:
    """Every camera that can be opened by its identity: those that are plugged in, and industrial ones that answer."""
    industrial = gige_cameras()
    return CameraList((*plugged_in(), *industrial.cameras), industrial.why_not)


def plugged_in() -> tuple[FoundCamera, ...]:
    """Those that are plugged in."""
    return attached() if sys.platform == "linux" else attached_here() if sys.platform == "win32" else ()


def meant(source: str, password: str = "") -> Address | str:
    """Camera source that a person typed, to be kept: an address with its secrets behind a text that shows none. Raises CameraRefused
    (`address`)."""
    return address(source, password) if is_address(source) else source


def camera_of(source: str | Address, password: str = "") -> Camera:
    """The camera that `source` names; nothing is opened yet.

    `source`: `v4l2:…`, `msmf:…` or `gige:SERIAL` as `found_cameras` tells them, an address (http, https, rtsp), a video, a picture, a
    folder of pictures, or `synthetic[:WIDTHxHEIGHT[@FPS]]`. A device node (/dev/video2) stands for the camera that is there now, and
    stays that one.
    Raises CameraRefused (`unknown`, `address`), NoPictures.
    """
    where = meant(source, password) if isinstance(source, str) else source
    return network_camera(where) if isinstance(where, Address) else _camera_here(where)


def _camera_here(source: str) -> Camera:
    kind, _, rest = source.partition(":")
    if kind == GIGE:
        return GigeCamera(rest)
    if kind == V4L2:
        return _attached_camera(source)
    if kind == MSMF:
        name = next((camera.name for camera in plugged_in() if camera.id == source), source)
        return OpencvCamera(name, partial(number_of, source))
    if made := SYNTHETIC.fullmatch(source):
        return SyntheticCamera(int(made[1] or 1280), int(made[2] or 720), float(made[3] or 30))
    if re.fullmatch(r"/dev/video\d+", source):
        return _attached_camera(_identity_at(source))
    return _played(Path(source), source)


def _attached_camera(identity: str) -> OpencvCamera:
    name = next((camera.name for camera in attached() if camera.id == identity), identity)
    return OpencvCamera(name, partial(device_path, identity))


def _identity_at(path: str) -> str:
    for camera in attached():
        if camera.path == path:
            return camera.id
    raise CameraRefused(path, "unknown")


def _played(path: Path, source: str) -> Camera:
    if source and path.is_dir():
        pictures = sorted(one for one in path.iterdir() if one.suffix.lower() in PICTURE_ENDINGS)
        if not pictures:
            raise NoPictures(path)
        return PictureCamera(path.name, pictures)
    if not path.is_file():
        raise CameraRefused(shown(source), "unknown")
    return file_camera(path)
