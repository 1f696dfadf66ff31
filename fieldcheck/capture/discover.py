"""Which cameras are attached, by identity, without opening one: a camera that somebody else looks through goes on undisturbed.

An identity names the very device – maker, model and serial number, or the socket where there is no serial – and never a number that
another camera gets at the next plugging in.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fieldcheck.errors import CameraRefused

V4L2 = "v4l2"
CAPTURE_NODE = "0"  # of the nodes of one camera, the first gives pictures; the others carry data about them
NO_SERIALS = frozenset({"", "0", "0000", "00000000", "SN0001", "01.00.00", "200901010001"})  # what makers print on every camera alike


@dataclass(frozen=True, slots=True)
class VideoMode:
    """One way in which a camera can deliver."""

    width: int
    height: int
    fps: float
    pixel: str


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """`id` opens this camera and no other, today and tomorrow. `path`: where it is now. `busy`: a program has it open.

    `formats` is empty where they are only told by an open camera.
    """

    id: str
    name: str
    driver: str
    path: str
    serial: str
    busy: bool = False
    formats: tuple[VideoMode, ...] = ()


@dataclass(frozen=True, slots=True)
class CameraList:
    """Search result. `why_not` of industrial cameras, empty where all that answer are listed: `extra_missing`, `unfinished` (the search
    ended, or was ended, before it had looked)."""

    cameras: tuple[FoundCamera, ...]
    why_not: str = ""


def list_usb_cameras(root: Path = Path("/")) -> tuple[FoundCamera, ...]:
    """The cameras that Linux sees, in the order of their identities. Reads names from /sys and /dev, and opens no device."""
    nodes = sorted((root / "sys/class/video4linux").glob("video*"))
    links = {kind: _read_links(root / "dev/v4l" / kind) for kind in ("by-id", "by-path")}
    busy = _find_open_devices(root / "proc")
    found = [_read_camera(node, root, links, busy) for node in nodes if _read_line(node / "index") in (CAPTURE_NODE, "")]
    return tuple(sorted(drop_duplicate_ids(found), key=lambda camera: camera.id))


def find_device_path(identity: str, root: Path = Path("/")) -> str:
    """Where the camera of this identity is now. Raises CameraRefused (`unknown`) where it is not plugged in."""
    for camera in list_usb_cameras(root):
        if camera.id == identity:
            return camera.path
    raise CameraRefused(identity, "unknown")


def _read_camera(node: Path, root: Path, links: dict[str, dict[str, str]], busy: frozenset[str]) -> FoundCamera:
    usb = _find_usb_device(node, root)
    serial = _read_line(usb / "serial") if usb is not None else ""
    serial = "" if serial in NO_SERIALS else serial
    own = links["by-id"].get(node.name, "") if serial else ""
    path = str(root / "dev" / node.name)
    identity = own or links["by-path"].get(node.name, "") or _get_bus_location(node, root)
    return FoundCamera(f"{V4L2}:{identity}", _read_camera_name(node, usb), V4L2, path, serial, node.name in busy)


def drop_duplicate_ids(found: Iterable[FoundCamera]) -> list[FoundCamera]:
    """Two devices never share an identity: where they would, neither can be told from the other and both are left out."""
    cameras = list(found)
    ids = [camera.id for camera in cameras]
    return [camera for camera in cameras if ids.count(camera.id) == 1]


def _read_camera_name(node: Path, usb: Path | None) -> str:
    """What people call it. Drivers write `Camera: Camera`, the second one cut short, where model and function have one name."""
    said = _read_line(node / "name")
    first, _, second = said.partition(": ")
    said = first if second and first.startswith(second) else said
    return said or (_read_line(usb / "product") if usb is not None else "") or node.name


def _find_usb_device(node: Path, root: Path) -> Path | None:
    """The folder of the USB device that the node belongs to; None for a camera that is not on USB."""
    device = (node / "device").resolve()
    for folder in (device, *device.parents):
        if (folder / "idVendor").exists():
            return folder
        if folder == root.resolve():
            return None
    return None


def _get_bus_location(node: Path, root: Path) -> str:
    """The place of the device in the machine, where no link names it."""
    device = (node / "device").resolve()
    try:
        return device.relative_to((root / "sys/devices").resolve()).as_posix()
    except ValueError:
        return device.name


def _read_links(folder: Path) -> dict[str, str]:
    """Node name → the link that points to it."""
    found: dict[str, str] = {}
    for link in sorted(folder.glob("*")):
        found.setdefault(Path(os.path.realpath(link)).name, link.name)
    return found


def _find_open_devices(proc: Path) -> frozenset[str]:
    """Names of the video nodes that a process has open, as far as this user may see."""
    found = set()
    for descriptor in proc.glob("[0-9]*/fd/*"):
        try:
            target = os.readlink(descriptor)
        except OSError:  # it ended, or belongs to somebody else
            continue
        if "/dev/video" in target:
            found.add(Path(target).name)
    return frozenset(found)


def _read_line(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
