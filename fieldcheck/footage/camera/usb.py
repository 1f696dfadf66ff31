"""Cameras attached to this computer, listed by identity without opening one (also on Windows), and
read through OpenCV.

An identity names the very device – maker, model and serial number, or the socket where there is no
serial – and never a number that another camera gets at the next plugging in.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.child_process import make_child_environment
from fieldcheck.errors.files import CameraLost, CameraRefused
from fieldcheck.footage.camera.camera import CapturedFrame
from fieldcheck.footage.camera.exposure_control import (
    CameraCapabilities,
    CameraSettings,
    ControlChange,
    ControlRange,
)
from fieldcheck.imaging.raw import RawImage
from fieldcheck.safe_json_yaml import parse_json

V4L2 = "v4l2"
# of the nodes of one camera, the first gives pictures; the others carry data about them
CAPTURE_NODE = "0"
# what makers print on every camera alike
NO_SERIALS = frozenset({"", "0", "0000", "00000000", "SN0001", "01.00.00", "200901010001"})


@dataclass(frozen=True, slots=True)
class VideoMode:
    """One delivery mode of a camera."""

    width: int
    height: int
    fps: float
    pixel: str


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """An attached camera. `id` always identifies this very device; `path`: where it is now; `busy`:
    a program has it open.

    `formats` is empty where only an open camera would report them."""

    id: str
    name: str
    driver: str
    path: str
    serial: str
    busy: bool = False
    formats: tuple[VideoMode, ...] = ()


@dataclass(frozen=True, slots=True)
class CameraList:
    """Search result. `why_not` of industrial cameras, empty where all that answer are listed:
    `extra_missing`, `unfinished` (the search ended, or was ended, before it had looked)."""

    cameras: tuple[FoundCamera, ...]
    why_not: str = ""


def list_usb_cameras(root: Path = Path("/")) -> tuple[FoundCamera, ...]:
    """The cameras that Linux sees, ordered by identity. Reads names from /sys and /dev only and
    opens no device."""
    nodes = sorted((root / "sys/class/video4linux").glob("video*"))
    links = {kind: _read_links(root / "dev/v4l" / kind) for kind in ("by-id", "by-path")}
    busy = _find_open_devices(root / "proc")
    found_cameras = [
        _read_camera(node, root, links, busy)
        for node in nodes
        if _read_line(node / "index") in (CAPTURE_NODE, "")
    ]
    return tuple(sorted(drop_duplicate_ids(found_cameras), key=lambda camera: camera.id))


def find_device_path(identity: str, root: Path = Path("/")) -> str:
    """Present device path of the camera with this identity. Raises CameraRefused (`unknown`) where
    it is not plugged in."""
    for camera in list_usb_cameras(root):
        if camera.id == identity:
            return camera.path
    raise CameraRefused(identity, "unknown")


def _read_camera(
    node: Path, root: Path, links: dict[str, dict[str, str]], busy: frozenset[str]
) -> FoundCamera:
    usb = _find_usb_device(node, root)
    serial = _read_line(usb / "serial") if usb is not None else ""
    serial = "" if serial in NO_SERIALS else serial
    own = links["by-id"].get(node.name, "") if serial else ""
    path = str(root / "dev" / node.name)
    identity = own or links["by-path"].get(node.name, "") or _get_bus_location(node, root)
    return FoundCamera(
        f"{V4L2}:{identity}", _read_camera_name(node, usb), V4L2, path, serial, node.name in busy
    )


def drop_duplicate_ids(found_cameras: Iterable[FoundCamera]) -> list[FoundCamera]:
    """Drop devices that share an identity, since they cannot be told apart."""
    cameras = list(found_cameras)
    ids = [camera.id for camera in cameras]
    return [camera for camera in cameras if ids.count(camera.id) == 1]


def _read_camera_name(node: Path, usb: Path | None) -> str:
    """Return the camera's display name. Drivers write `Camera: Camera`, the second one truncated,
    where model and function have the same name."""
    name = _read_line(node / "name")
    first, _, second = name.partition(": ")
    name = first if second and first.startswith(second) else name
    return name or (_read_line(usb / "product") if usb is not None else "") or node.name


def _find_usb_device(node: Path, root: Path) -> Path | None:
    """The folder of the USB device that the node belongs to; None for a camera that is not on
    USB."""
    device = (node / "device").resolve()
    for folder in (device, *device.parents):
        if (folder / "idVendor").exists():
            return folder
        if folder == root.resolve():
            return None
    return None


def _get_bus_location(node: Path, root: Path) -> str:
    """Return the device's location on the bus where no link names it."""
    device = (node / "device").resolve()
    try:
        return device.relative_to((root / "sys/devices").resolve()).as_posix()
    except ValueError:
        return device.name


def _read_links(folder: Path) -> dict[str, str]:
    """Node name → the link that points to it."""
    links: dict[str, str] = {}
    for link in sorted(folder.glob("*")):
        links.setdefault(Path(os.path.realpath(link)).name, link.name)
    return links


def _find_open_devices(proc: Path) -> frozenset[str]:
    """Names of the video nodes that a process has open, as far as this user may see."""
    devices = set()
    for descriptor in proc.glob("[0-9]*/fd/*"):
        try:
            target = os.readlink(descriptor)
        except OSError:  # The process ended, or belongs to another user.
            continue
        if "/dev/video" in target:
            devices.add(Path(target).name)
    return frozenset(devices)


def _read_line(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


# Which cameras are attached to a Windows machine, by identity, without opening one, as Media
# Foundation lists them.

MSMF = "msmf"
BRIDGE = Path(__file__).with_name("windows_bridge.py")
LIST_S = 10.0
PREFIX = "\\\\?\\"


@dataclass(frozen=True, slots=True)
class MediaFoundationCamera:
    """One camera as Media Foundation tells it."""

    name: str
    link: str


def list_media_foundation() -> tuple[MediaFoundationCamera, ...]:
    """List all cameras in Media Foundation's order; none where it does not answer."""
    if getattr(sys, "frozen", False):
        return ()  # The executable of a bundled program cannot run the bridge as a Python script.
    command = [sys.executable, "-I", str(BRIDGE)]
    try:
        completed = subprocess.run(
            command, capture_output=True, check=False, timeout=LIST_S, env=make_child_environment()
        )
        return (
            tuple(
                MediaFoundationCamera(str(device["name"]), str(device["link"]))
                for device in parse_json(completed.stdout)
            )
            if completed.returncode == 0
            else ()
        )
    except (OSError, subprocess.TimeoutExpired, ValueError, TypeError, KeyError):
        return ()


def list_windows_cameras(
    cameras: Sequence[MediaFoundationCamera] | None = None,
) -> tuple[FoundCamera, ...]:
    """Windows cameras ordered by identity. Windows does not report which are in use."""
    found_cameras = [
        _parse_windows_camera(media_foundation_camera)
        for media_foundation_camera in (list_media_foundation() if cameras is None else cameras)
        if media_foundation_camera.link
    ]
    return tuple(sorted(drop_duplicate_ids(found_cameras), key=lambda camera: camera.id))


def find_camera_number(
    identity: str, cameras: Sequence[MediaFoundationCamera] | None = None
) -> int:
    """OpenCV's present number of the camera. Raises CameraRefused (`unknown`) where it is not
    plugged in."""
    for number, media_foundation_camera in enumerate(
        list_media_foundation() if cameras is None else cameras
    ):
        if (
            media_foundation_camera.link
            and _parse_windows_camera(media_foundation_camera).id == identity
        ):
            return number
    raise CameraRefused(identity, "unknown")


def _parse_windows_camera(media_foundation_camera: MediaFoundationCamera) -> FoundCamera:
    """The link is `\\\\?\\usb#vid_…&pid_…&mi_00#INSTANCE#{kind of use}\\global`; an instance with
    `&` in it was made up by Windows."""
    bare = media_foundation_camera.link.removeprefix(PREFIX).partition("#{")[0].lower()
    instance = bare.rpartition("#")[2]
    serial = "" if "&" in instance else instance
    return FoundCamera(
        f"{MSMF}:{bare}",
        media_foundation_camera.name or bare,
        MSMF,
        media_foundation_camera.link,
        serial,
    )


# A camera that is plugged in, read through OpenCV: its own JPEG or YUYV bytes where the driver
# hands them over, else decoded.

MJPEG = cv2.VideoWriter.fourcc(*"MJPG")
READ_MS = 2000
# How Video4Linux counts: exposure in tenths of a millisecond; automatic is 3 ("aperture priority"),
# by hand 1.
EXPOSURE_MS, AUTOMATIC, BY_HAND = 0.1, 3.0, 1.0
EXPOSURES = ControlRange(0.1, 1000.0, 0.1)
GAINS = ControlRange(0.0, 255.0, 1.0)
# kelvins of the usual cameras, and steps of their focus: a driver takes the nearest that it can
WHITE_BALANCES, FOCUSES = ControlRange(2800.0, 6500.0, 10.0), ControlRange(1.0, 255.0, 1.0)


class OpencvCamera:
    """A camera read through OpenCV. `where()` gives its device at every opening, so that it is the
    same one after it was plugged in elsewhere."""

    def __init__(
        self, name: str, where: Callable[[], str | int], size: tuple[int, int] | None = None
    ) -> None:
        """`size`: width and height to ask for; without, the largest that the driver gives as
        JPEG."""
        self.name = name
        self._where, self._size = where, size
        self._capture: cv2.VideoCapture | None = None
        self._reports_settings = True
        self._began, self._next = 0.0, 0

    def open(self) -> None:
        """Opens the device. Raises CameraRefused. On Windows a device number may meanwhile belong
        to another camera, so it is checked."""
        source = self._where()
        self._reports_settings = isinstance(source, str)
        if isinstance(source, str):
            capture = cv2.VideoCapture(
                source, cv2.CAP_V4L2, [cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_MS]
            )
        else:
            capture = cv2.VideoCapture(source, cv2.CAP_MSMF, [])
        if not capture.isOpened() or self._where() != source:
            capture.release()
            raise CameraRefused(self.name, "busy" if isinstance(source, str) else "not_opened")
        capture.set(cv2.CAP_PROP_FOURCC, MJPEG)
        for wanted_value, prop in zip(
            self._size or (10_000, 10_000),
            (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT),
            strict=True,
        ):
            capture.set(prop, wanted_value)
        capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
        self._capture, self._began, self._next = capture, time.monotonic(), 0

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The next frame; waits as long as the driver does. Raises CameraLost."""
        assert self._capture is not None, "a camera is opened before it is read"
        has_frame, data = self._capture.read()
        if not has_frame or data is None:
            raise CameraLost(self.name)
        index, self._next = self._next, self._next + 1
        raw, decoded_from = to_raw_image(np.asarray(data, np.uint8))
        seconds = time.monotonic() - self._began
        return (
            None
            if raw is None
            else CapturedFrame(
                raw,
                index,
                seconds,
                self.name,
                settings=self._read_settings(),
                decoded_from=decoded_from,
            )
        )

    def close(self) -> None:
        """Releases the device."""
        if self._capture is not None:
            self._capture.release()
        self._capture = None

    def get_capabilities(self) -> CameraCapabilities:
        """Return the controls that the driver supports; none on Windows, whose drivers use other
        units."""
        exposure = EXPOSURES if self._read_property(cv2.CAP_PROP_EXPOSURE) is not None else None
        gain = GAINS if self._read_property(cv2.CAP_PROP_GAIN) is not None else None
        automatic = self._read_property(cv2.CAP_PROP_AUTO_EXPOSURE) is not None
        white = self._read_property(cv2.CAP_PROP_WB_TEMPERATURE)
        focus = self._read_property(cv2.CAP_PROP_FOCUS)
        return CameraCapabilities(
            exposure,
            gain,
            automatic,
            automatic and exposure is not None,
            WHITE_BALANCES if white is not None else None,
            FOCUSES if focus is not None else None,
        )

    def adjust(self, wish: ControlChange) -> None:
        """Set the controls: a lock holds exposure and white balance at their values, and a manual
        exposure ends automatic exposure."""
        assert self._capture is not None, "a camera is opened before it is set"
        by_hand = wish.auto_exposure is False or wish.locked or wish.exposure_ms is not None
        if by_hand or wish.auto_exposure or wish.locked is False:
            self._capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, BY_HAND if by_hand else AUTOMATIC)
        if wish.exposure_ms is not None:
            self._capture.set(cv2.CAP_PROP_EXPOSURE, round(wish.exposure_ms / EXPOSURE_MS))
        if wish.gain is not None:
            self._capture.set(cv2.CAP_PROP_GAIN, wish.gain)
        if wish.locked is not None:
            self._capture.set(cv2.CAP_PROP_AUTO_WB, 0 if wish.locked else 1)
        for value, prop, automatic, auto_prop in (
            (
                wish.white_balance_k,
                cv2.CAP_PROP_WB_TEMPERATURE,
                wish.auto_white_balance,
                cv2.CAP_PROP_AUTO_WB,
            ),
            (wish.focus, cv2.CAP_PROP_FOCUS, wish.auto_focus, cv2.CAP_PROP_AUTOFOCUS),
        ):
            if value is not None or automatic is not None:
                self._capture.set(auto_prop, 1 if automatic else 0)
            if value is not None and not automatic:
                self._capture.set(prop, value)

    def _read_settings(self) -> CameraSettings:
        exposure, automatic = (
            self._read_property(cv2.CAP_PROP_EXPOSURE),
            self._read_property(cv2.CAP_PROP_AUTO_EXPOSURE),
        )
        return CameraSettings(
            None if exposure is None else exposure * EXPOSURE_MS,
            self._read_property(cv2.CAP_PROP_GAIN),
            self._read_property(cv2.CAP_PROP_WB_TEMPERATURE),
            None if automatic is None else automatic == AUTOMATIC,
            self._read_property(cv2.CAP_PROP_FPS),
            self._read_property(cv2.CAP_PROP_FOCUS),
            self._read_switch(cv2.CAP_PROP_AUTO_WB),
            self._read_switch(cv2.CAP_PROP_AUTOFOCUS),
        )

    def _read_switch(self, prop: int) -> bool | None:
        """Return whether something is automatic; None where the driver does not tell."""
        assert self._capture is not None, "a camera is opened before it is asked"
        value = self._capture.get(prop) if self._reports_settings else -1.0
        return None if value == -1.0 else value > 0

    def _read_property(self, prop: int) -> float | None:
        """Return a driver property; None without one, which OpenCV reports as 0 or -1."""
        assert self._capture is not None, "a camera is opened before it is asked"
        if not self._reports_settings:
            return None
        value = self._capture.get(prop)
        return None if value in (-1.0, 0.0) else float(value)


def to_raw_image(data: NDArray[np.uint8]) -> tuple[RawImage | None, str]:
    """Frame from OpenCV as a raw picture: the driver's own bytes in one row, two bytes a pixel, or
    a picture that somebody decoded.

    Returns the picture, and what it was decoded from; no picture where the bytes are a damaged
    JPEG.
    """
    if data.ndim == 2 and 1 in data.shape:
        try:
            return RawImage("jpeg", data.tobytes()), ""
        except ValueError:
            return None, ""
    if data.ndim == 3 and data.shape[2] == 2:
        return RawImage("yuyv8", data.copy()), ""
    if data.ndim == 2:
        return RawImage("mono8", data.copy()), ""
    return RawImage("bgr8", data), "unknown"
