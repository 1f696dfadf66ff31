"""Industrial cameras (GigE Vision, USB3 Vision): Bayer and mono pixels as delivered, by serial
number. Aravis runs in a child process, so that a driver that crashes or hangs cannot end the
program, and the child may be the system's Python, which has PyGObject where ours cannot install
it."""

from __future__ import annotations

import json
import os
import queue
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import numpy as np

from fieldcheck.child_process import make_child_environment
from fieldcheck.errors.files import CameraLost, CameraRefused
from fieldcheck.footage.camera.camera import CapturedFrame
from fieldcheck.footage.camera.exposure_control import (
    CameraCapabilities,
    CameraSettings,
    ControlChange,
    ControlRange,
)
from fieldcheck.footage.camera.usb import CameraList, FoundCamera
from fieldcheck.imaging.raw import RawImage, get_raw_dtype, get_raw_shape
from fieldcheck.safe_json_yaml import parse_json

BRIDGE = Path(__file__).with_name("gige_bridge.py")
SYSTEM_PYTHON = "/usr/bin/python3"
GIGE = "gige"
LIST_S, OPEN_S, STOP_S = 10.0, 10.0, 2.0
# messages that wait for a late reader; then the pipe fills, and the camera's own buffers after it
MOST_WAITING = 4
WHY_NOT = {3: "extra_missing", 4: "unknown"}  # exit codes of the child


@cache
def find_interpreter() -> str:
    """A Python that has PyGObject: ours with `fieldcheck[gige]`, else the system's; empty where
    neither has."""
    if find_spec("gi") is not None:
        return sys.executable
    if not os.access(SYSTEM_PYTHON, os.X_OK):
        return ""
    try:
        command = [SYSTEM_PYTHON, "-c", "import gi"]
        completed = subprocess.run(
            command, capture_output=True, check=False, timeout=LIST_S, env=make_child_environment()
        )
    except subprocess.TimeoutExpired:
        # Finding no camera is an exit code of its own, so this means that the machine is busy.
        return SYSTEM_PYTHON
    return SYSTEM_PYTHON if completed.returncode == 0 else ""


def list_gige_cameras() -> CameraList:
    """List every industrial camera that answers on network and USB. Takes about a second; the
    result says which searches could not be made."""
    if not find_interpreter():
        return CameraList((), "extra_missing")
    command = [find_interpreter(), "-I", str(BRIDGE), "list"]
    try:
        completed = subprocess.run(
            command, capture_output=True, check=False, timeout=LIST_S, env=make_child_environment()
        )
    except subprocess.TimeoutExpired:
        return CameraList((), "unfinished")
    if completed.returncode:
        return CameraList((), WHY_NOT.get(completed.returncode, "unfinished"))
    return CameraList(tuple(_parse_camera(device) for device in parse_json(completed.stdout)))


class GigeCamera:
    """The camera with this serial number. Frames that lost packets on their way count as
    dropped."""

    def __init__(self, serial: str, name: str = "") -> None:
        self.name = name or f"{GIGE}:{serial}"
        self._serial = serial
        self._child: subprocess.Popen[bytes] | None = None
        self._messages: queue.Queue[tuple[dict[str, Any], bytes] | None] = queue.Queue(MOST_WAITING)
        self._listening: threading.Thread | None = None
        self._abilities = CameraCapabilities()
        self._began = 0.0

    def open(self) -> None:
        """Raises CameraRefused."""
        if not find_interpreter():
            raise CameraRefused(self.name, "extra_missing", GIGE)
        command = [find_interpreter(), "-I", str(BRIDGE), "serve", self._serial]
        pipe = subprocess.PIPE
        self._child = subprocess.Popen(
            command,
            stdin=pipe,
            stdout=pipe,
            stderr=subprocess.DEVNULL,
            env=make_child_environment(),
        )
        assert self._child.stdout is not None
        self._messages = queue.Queue(MOST_WAITING)
        work = threading.Thread(
            target=_read_messages,
            args=(self._child.stdout, self._messages),
            name=f"listen {self.name}",
            daemon=True,
        )
        work.start()
        self._listening = work
        try:
            opened = self._messages.get(timeout=OPEN_S)
        except queue.Empty:
            opened = None
        if opened is None:
            code, self._child = self._stop_child(self._child), None
            raise CameraRefused(self.name, WHY_NOT.get(code, "not_opened"), GIGE)
        self._abilities = _parse_capabilities(opened[0]["abilities"])
        self._began = time.monotonic()

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The next frame. Raises CameraLost where the child ended."""
        assert self._child is not None, "a camera is opened before it is read"
        until = time.monotonic() + wait_s
        while (left_s := until - time.monotonic()) > 0:
            try:
                message = self._messages.get(timeout=left_s)
            except queue.Empty:
                return None
            if message is None:
                raise CameraLost(self.name)
            if message[0]["kind"] == "frame":
                return self._make_frame(*message)
        return None

    def close(self) -> None:
        """End the child process, which releases the camera."""
        child, self._child = self._child, None
        if child is not None:
            self._stop_child(child)

    def get_capabilities(self) -> CameraCapabilities:
        """Return the controls that the camera reported when it was opened."""
        return self._abilities

    def adjust(self, wish: ControlChange) -> None:
        """Send the change to the camera; the settings of later frames show the result."""
        assert self._child is not None, "a camera is opened before it is set"
        assert self._child.stdin is not None
        requested = {
            "exposure_ms": wish.exposure_ms,
            "gain": wish.gain,
            "auto_exposure": wish.auto_exposure,
            "locked": wish.locked,
            "auto_gain": wish.auto_gain,
        }
        try:
            self._child.stdin.write(json.dumps(requested).encode() + b"\n")
            self._child.stdin.flush()
        except OSError:
            raise CameraLost(self.name) from None

    def _stop_child(self, child: subprocess.Popen[bytes]) -> int:
        """End the child process and return its exit code."""
        assert child.stdin is not None
        with suppress(OSError):  # The process may have ended already.
            child.stdin.close()
        try:
            child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        while self._listening is not None and self._listening.is_alive():
            with suppress(queue.Empty):
                # Discard the message rather than block the reading thread.
                self._messages.get(timeout=0.02)
        return child.returncode

    def _make_frame(self, head: dict[str, Any], data: bytes) -> CapturedFrame:
        pixel, width, height = head["format"], head["width"], head["height"]
        shape, dtype = get_raw_shape(pixel, width, height), get_raw_dtype(pixel)
        count = int(np.prod(shape))
        flat = (
            np.frombuffer(data, np.uint8, count)
            if dtype is np.uint8
            else np.frombuffer(data, np.uint16, count)
        )
        settings = CameraSettings(**head["settings"])
        seconds = time.monotonic() - self._began
        return CapturedFrame(
            RawImage(pixel, flat.reshape(shape)),
            head["index"],
            seconds,
            self.name,
            settings=settings,
        )


def _read_messages(
    pipe: IO[bytes], messages: queue.Queue[tuple[dict[str, Any], bytes] | None]
) -> None:
    """Read messages until the pipe ends, and mark the end with None."""
    with pipe:
        while len(lengths := pipe.read(8)) == 8:
            text, picture = struct.unpack("<II", lengths)
            head, data = pipe.read(text), pipe.read(picture)
            if len(head) + len(data) < text + picture:
                break
            messages.put((parse_json(head), data))
    messages.put(None)


def _parse_camera(device: dict[str, str]) -> FoundCamera:
    name = f"{device['vendor']} {device['model']}".strip()
    return FoundCamera(
        f"{GIGE}:{device['serial']}",
        name,
        GIGE,
        device["address"] or device["device"],
        device["serial"],
    )


def _parse_capabilities(device: dict[str, Any]) -> CameraCapabilities:
    exposure = ControlRange(*device["exposure_ms"]) if device["exposure_ms"] else None
    gain = ControlRange(*device["gain"]) if device["gain"] else None
    return CameraCapabilities(exposure, gain, device["auto_exposure"], device["lock"])
