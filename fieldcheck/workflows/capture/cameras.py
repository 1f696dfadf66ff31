"""The cameras there are, by identity, and the one that is asked for."""

from __future__ import annotations

import threading

from fieldcheck.capture.address import address, is_address
from fieldcheck.capture.camera import Camera
from fieldcheck.capture.discover import CameraList, FoundCamera
from fieldcheck.capture.gige_camera import gige_cameras
from fieldcheck.capture.sources import camera_of, found_cameras, plugged_in
from fieldcheck.child_process import CAMERA_PASSWORD, read_secret
from fieldcheck.newest import Newest

__all__ = ["CameraSearch", "FoundCamera", "cameras", "open_camera", "password_told", "plugged", "wants_password"]

LOOK_EVERY_S = 2.0


def cameras() -> CameraList:
    """Every attached camera and every industrial camera that answers. None is opened, so none is taken from whoever uses it."""
    return found_cameras()


def plugged() -> tuple[FoundCamera, ...]:
    """Those that are plugged in: known at once, and nobody is asked over a network."""
    return plugged_in()


def open_camera(source: str) -> Camera:
    """The camera that `source` names, to be opened by whoever reads it. Raises CameraRefused, NoPictures.

    An address may carry a name; a password comes from there, or from FIELDCHECK_CAMERA_PASSWORD.
    """
    return camera_of(source, password_told())


def wants_password(source: str) -> bool:
    """Whether `source` is an address that names a person, and nobody has told that person's password yet."""
    if not is_address(source) or password_told():
        return False
    where = address(source)
    return bool(where.user) and not where.password


def password_told() -> str:
    """Camera password that the environment tells; empty where it says nothing."""
    return read_secret(CAMERA_PASSWORD)


class CameraSearch:
    """Looks from time to time which cameras are plugged in, from `start` to `stop`, once; the newest list stands in `found`, and in
    `why_not` why industrial ones may be missing from it.

    Industrial cameras are searched for over the network, so only when somebody asks for it; they stay on the list from then on.
    """

    def __init__(self, every_s: float = LOOK_EVERY_S) -> None:
        self.found = Newest[tuple[FoundCamera, ...]]()
        self.why_not = Newest[str]()
        self._every_s = every_s
        self._stopping, self._woken = threading.Event(), threading.Event()
        self._wanted = False
        self._industrial: tuple[FoundCamera, ...] = ()
        self._thread = threading.Thread(target=self._run, name="camera search", daemon=True)

    def start(self) -> None:
        """Looks at once."""
        self._thread.start()

    def stop(self) -> None:
        """Looks no more. Does not wait for a search that is under way."""
        self._stopping.set()
        self._woken.set()

    def look_on_the_network(self) -> None:
        """Asks which industrial cameras answer; takes about a second."""
        self._wanted = True
        self._woken.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            if self._wanted:
                self._wanted = False
                searched = gige_cameras()
                if searched.why_not:  # those that were found before stay
                    self.why_not.put(searched.why_not)
                else:
                    self._industrial = searched.cameras
            self.found.put((*plugged_in(), *self._industrial))
            self._woken.wait(self._every_s)
