"""Which cameras are attached to a Windows machine, by identity, without opening one, as Media Foundation lists them.

An identity is the link by which Windows knows the device: maker and model, and its serial number or, without one, its socket. OpenCV
opens by number only, so the number is looked up right before an opening, and again after it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldcheck.capture.discover import FoundCamera, drop_duplicate_ids
from fieldcheck.child_process import make_child_environment
from fieldcheck.errors import CameraRefused
from fieldcheck.plain_json import parse_json

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
    """All of them in Media Foundation's order; none where it does not answer."""
    if getattr(sys, "frozen", False):
        return ()  # the program of a bundle is no Python that could run the bridge
    asks = [sys.executable, "-I", str(BRIDGE)]
    try:
        got = subprocess.run(asks, capture_output=True, check=False, timeout=LIST_S, env=make_child_environment())
        return (
            tuple(MediaFoundationCamera(str(one["name"]), str(one["link"])) for one in parse_json(got.stdout))
            if got.returncode == 0
            else ()
        )
    except (OSError, subprocess.TimeoutExpired, ValueError, TypeError, KeyError):
        return ()


def list_windows_cameras(cameras: Sequence[MediaFoundationCamera] | None = None) -> tuple[FoundCamera, ...]:
    """The cameras in the order of their identities. Who has one open is not told on Windows."""
    found = [_parse_windows_camera(one) for one in (list_media_foundation() if cameras is None else cameras) if one.link]
    return tuple(sorted(drop_duplicate_ids(found), key=lambda camera: camera.id))


def find_camera_number(identity: str, cameras: Sequence[MediaFoundationCamera] | None = None) -> int:
    """By which number OpenCV opens it now. Raises CameraRefused (`unknown`) where it is not plugged in."""
    for number, one in enumerate(list_media_foundation() if cameras is None else cameras):
        if one.link and _parse_windows_camera(one).id == identity:
            return number
    raise CameraRefused(identity, "unknown")


def _parse_windows_camera(one: MediaFoundationCamera) -> FoundCamera:
    """The link is `\\\\?\\usb#vid_…&pid_…&mi_00#INSTANCE#{kind of use}\\global`; an instance with `&` in it was made up by Windows."""
    bare = one.link.removeprefix(PREFIX).partition("#{")[0].lower()
    instance = bare.rpartition("#")[2]
    serial = "" if "&" in instance else instance
    return FoundCamera(f"{MSMF}:{bare}", one.name or bare, MSMF, one.link, serial)
