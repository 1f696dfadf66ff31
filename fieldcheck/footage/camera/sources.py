"""Cameras by identity, address, file, folder or `synthetic`: the list of those available, and
opening one."""

from __future__ import annotations

import logging
import re
import sys
import threading
from functools import partial
from pathlib import Path

from fieldcheck.child_process import CAMERA_PASSWORD, read_secret
from fieldcheck.domain.frame import PICTURE_ENDINGS
from fieldcheck.errors.files import CameraRefused, NoPictures
from fieldcheck.footage.camera.camera import Camera
from fieldcheck.footage.camera.gige import GIGE, GigeCamera, list_gige_cameras
from fieldcheck.footage.camera.http_stream import (
    Address,
    format_redacted_source,
    is_address,
    parse_address,
)
from fieldcheck.footage.camera.network_rtsp_mjpeg import make_network_camera
from fieldcheck.footage.camera.playback import ImageCamera, SyntheticCamera, open_file_camera
from fieldcheck.footage.camera.usb import (
    MSMF,
    V4L2,
    CameraList,
    FoundCamera,
    OpencvCamera,
    find_camera_number,
    find_device_path,
    list_usb_cameras,
    list_windows_cameras,
)
from fieldcheck.progress import LatestValue

log = logging.getLogger(__name__)

SYNTHETIC = re.compile(
    r"synthetic(?::([1-9]\d{0,3})x([1-9]\d{0,3})(?:@([1-9]\d{0,3}(?:\.\d{1,3})?|0\.\d{0,2}[1-9]))?)?"
)


def list_all_cameras() -> CameraList:
    """List every camera that can be opened by its identity: attached ones, and industrial ones that
    answer."""
    industrial = list_gige_cameras()
    return CameraList((*list_plugged_cameras(), *industrial.cameras), industrial.why_not)


def list_plugged_cameras() -> tuple[FoundCamera, ...]:
    """Those that are plugged in."""
    return (
        list_usb_cameras()
        if sys.platform == "linux"
        else list_windows_cameras()
        if sys.platform == "win32"
        else ()
    )


def parse_source(source: str, password: str = "") -> Address | str:
    """Parses a camera source as typed by a person; secrets of an address are kept apart from its
    text. Raises CameraRefused (`address`)."""
    return parse_address(source, password) if is_address(source) else source


def make_camera(source: str | Address, password: str = "") -> Camera:
    """The camera that `source` names; nothing is opened yet.

    `source`: `v4l2:…`, `msmf:…` or `gige:SERIAL` as `list_all_cameras` tells them, an address
    (http, https, rtsp), a video, a picture, a folder of pictures, or
    `synthetic[:WIDTHxHEIGHT[@FPS]]`. A device node (/dev/video2) stands for the camera that is
    there now, and stays that one. Raises CameraRefused (`unknown`, `address`), NoPictures.
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
        name = next(
            (camera.name for camera in list_plugged_cameras() if camera.id == source), source
        )
        return OpencvCamera(name, partial(find_camera_number, source))
    if match := SYNTHETIC.fullmatch(source):
        return SyntheticCamera(int(match[1] or 1280), int(match[2] or 720), float(match[3] or 30))
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
    try:
        if source and path.is_dir():
            pictures = sorted(
                path for path in path.iterdir() if path.suffix.lower() in PICTURE_ENDINGS
            )
            if not pictures:
                raise NoPictures(path)
            return ImageCamera(path.name, pictures)
        if path.is_file():
            return open_file_camera(path)
    except OSError as error:  # A name that is too long, or a folder of another user.
        raise CameraRefused(format_redacted_source(source), "unknown") from error
    raise CameraRefused(format_redacted_source(source), "unknown")


# The cameras there are, by identity, and the one that is asked for.

LOOK_EVERY_S = 2.0


def list_cameras() -> CameraList:
    """Every attached camera and every industrial camera that answers. None is opened, so no other
    program is disturbed."""
    return list_all_cameras()


def list_connected() -> tuple[FoundCamera, ...]:
    """Attached cameras only: a fast list without any network search."""
    return list_plugged_cameras()


def open_camera(source: str) -> Camera:
    """The camera that `source` names; its reader opens the device. Raises CameraRefused,
    NoPictures.

    An address may contain a user name; the password comes from the address or from
    FIELDCHECK_CAMERA_PASSWORD."""
    return make_camera(source, get_environment_password())


def needs_password(source: str) -> bool:
    """Whether `source` is an address with a user name whose password is not known yet."""
    if not is_address(source) or get_environment_password():
        return False
    where = parse_address(source)
    return bool(where.user) and not where.password


def get_environment_password() -> str:
    """Camera password from the environment; empty where none is set."""
    return read_secret(CAMERA_PASSWORD)


class CameraSearch:
    """Polls the attached cameras between `start` and `stop`, once. `latest`: the newest list;
    `why_not`: why industrial cameras may be missing from it.

    Industrial cameras are searched over the network, so only on request; found ones stay on the
    list."""

    def __init__(self, every_s: float = LOOK_EVERY_S) -> None:
        self.latest = LatestValue[tuple[FoundCamera, ...]]()
        self.why_not = LatestValue[str]()
        self._every_s = every_s
        self._stopping, self._woken = threading.Event(), threading.Event()
        self._wanted = False
        self._industrial: tuple[FoundCamera, ...] = ()
        self._thread = threading.Thread(target=self._run_search, name="camera search", daemon=True)

    def start(self) -> None:
        """Starts polling with a first search."""
        self._thread.start()

    def stop(self) -> None:
        """Stops polling, without waiting for a running search."""
        self._stopping.set()
        self._woken.set()

    def search_network(self) -> None:
        """Searches the network for industrial cameras, which takes about a second."""
        self._wanted = True
        self._woken.set()

    def _run_search(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                self._search_once()
            except Exception:  # A device that is unplugged meanwhile: the next search is another.
                log.exception("cameras cannot be listed")
            self._woken.wait(self._every_s)

    def _search_once(self) -> None:
        if self._wanted:
            self._wanted = False
            searched = list_gige_cameras()
            if searched.why_not:  # Cameras found earlier stay on the list.
                self.why_not.put_value(searched.why_not)
            else:
                self._industrial = searched.cameras
        self.latest.put_value((*list_plugged_cameras(), *self._industrial))
