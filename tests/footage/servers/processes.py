"""Cameras that are programs of their own: they can be stopped and let go on like a hung one,
killed, and started again."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType

import pytest

from fieldcheck.footage.camera import gige as gige_camera
from tests.programs import run_program

SYSTEM_PYTHON = "/usr/bin/python3"
FAKE_CAMERA = "arv-fake-gv-camera-0.8"
SERIAL = "FC01"
RUNS_S, RESTS_S = 0.1, 0.3
GVCP = ":0F74 "  # the port of GigE Vision cameras, 3956, as the system lists it
HANG_S = 60.0


class Process:
    """A program that stands for a camera."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Starts it, and waits until it can be asked."""
        raise AssertionError("each camera says how")

    def __enter__(self) -> Process:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.kill()

    def kill(self) -> None:
        """Ends it without a farewell."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None

    def pause(self) -> None:
        """It stays and says nothing."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """It goes on."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)

    @contextmanager
    def slowed(self) -> Iterator[None]:
        """Meanwhile it runs a quarter of the time, as on a machine with too much to do."""
        assert self._process is not None
        done, process = threading.Event(), self._process

        def hinder() -> None:
            while not done.wait(RUNS_S):
                os.kill(process.pid, signal.SIGSTOP)
                done.wait(RESTS_S)
                os.kill(process.pid, signal.SIGCONT)

        thread = threading.Thread(target=hinder, name="slow camera")
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


class RtspServer(Process):
    """H.264 at 320 x 240 and 30 frames a second. Starts again on the port it had."""

    def __init__(self, name: str = "", password: str = "") -> None:
        super().__init__()
        self._name, self._password, self._port = name, password, "0"

    def start(self) -> None:
        script = Path(__file__).with_name("rtsp_camera.py")
        command = [SYSTEM_PYTHON, str(script), self._port, self._name, self._password]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        self._port = self._process.stdout.readline().strip()
        assert self._port, "the RTSP server did not start"

    @property
    def url(self) -> str:
        """Without a name or password in it."""
        return f"rtsp://127.0.0.1:{self._port}/video"

    @property
    def secret_url(self) -> str:
        """With name and password in it."""
        return f"rtsp://{self._name}:{self._password}@127.0.0.1:{self._port}/video"


class GigeCamera(Process):
    """The fake camera of Aravis on the loopback interface: 512 x 512, Mono8. One at a time on a
    machine, because all of them answer at the same port: another test process waits."""

    def __init__(self, serial: str = SERIAL, lost_of_thousand: int = 0) -> None:
        super().__init__()
        self.serial, self._lost = serial, lost_of_thousand
        self._alone = ExitStack()

    def __enter__(self) -> GigeCamera:
        # where it does not start, the next test shall not wait for this one
        with ExitStack() as failing:
            failing.enter_context(gige_network())
            failing.callback(self.kill)
            super().__enter__()
            self._alone = failing.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._alone.close()

    def start(self) -> None:
        command = [FAKE_CAMERA, "-i", "lo", "-s", self.serial, "-r", str(self._lost)]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
        )
        until = time.monotonic() + HANG_S
        while GVCP not in Path("/proc/net/udp").read_text("ascii"):
            assert self._process.poll() is None, "the fake camera did not start"
            assert time.monotonic() < until, "the fake camera does not listen"
            time.sleep(0.01)


@contextmanager
def gige_network() -> Iterator[None]:
    """The loopback interface without the fake camera of another test process, for a test that
    counts cameras or has none. What a busy machine takes its time for is waited for."""
    with (Path(tempfile.gettempdir()) / f"fieldcheck-gige-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.MonkeyPatch.context() as patient:
            patient.setattr(gige_camera, "OPEN_S", HANG_S)
            patient.setattr(gige_camera, "LIST_S", HANG_S)
            yield


def needs_gstreamer() -> None:
    """Skips, or on the build machine fails, where the RTSP server cannot run."""
    there = _system_has("gi.require_version('GstRtspServer', '1.0')")
    _need(there, "no GStreamer RTSP server on this machine")


def needs_aravis() -> None:
    """Skips, or on the build machine fails, where the fake camera cannot run."""
    there = shutil.which(FAKE_CAMERA) is not None and _system_has(
        "gi.require_version('Aravis', '0.8')"
    )
    _need(there, "no Aravis on this machine")


def _need(there: bool, missing: str) -> None:
    if not there:
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)


def _system_has(line: str) -> bool:
    if not Path(SYSTEM_PYTHON).exists():
        return False
    return run_program([SYSTEM_PYTHON, "-c", f"import gi; {line}"], text=False).returncode == 0
