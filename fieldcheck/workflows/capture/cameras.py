"""The cameras there are, by identity, and the one that is asked for."""

from __future__ import annotations

import threading

from fieldcheck.capture.address import is_address, parse_address
from fieldcheck.capture.camera import Camera
from fieldcheck.capture.discover import CameraList, FoundCamera
from fieldcheck.capture.gige_camera import list_gige_cameras
from fieldcheck.capture.sources import list_all_cameras, list_plugged_cameras, make_camera
from fieldcheck.child_process import CAMERA_PASSWORD, read_secret
from fieldcheck.newest import LatestValue

__all__ = ["CameraSearch", "FoundCamera", "get_environment_password", "list_cameras", "list_connected", "needs_password", "open_camera"]

LOOK_EVERY_S = 2.0


def list_cameras() -> CameraList:
    """Every attached camera and every industrial camera that answers. None is opened, so none is taken from whoever uses it."""
    return list_all_cameras()


def list_connected() -> tuple[FoundCamera, ...]:
    """Those that are plugged in: known at once, and nobody is asked over a network."""
    return list_plugged_cameras()


def open_camera(source: str) -> Camera:
    """The camera that `source` names, to be opened by whoever reads it. Raises CameraRefused, NoPictures.

    An address may carry a name; a password comes from there, or from FIELDCHECK_CAMERA_PASSWORD.
    """
    return make_camera(source, get_environment_password())


def needs_password(source: str) -> bool:
    """Whether `source` is an address that names a person, and nobody has told that person's password yet."""
    if not is_address(source) or get_environment_password():
        return False
    where = parse_address(source)
    return bool(where.user) and not where.password


def get_environment_password() -> str:
    """Camera password that the environment tells; empty where it says nothing."""
    return read_secret(CAMERA_PASSWORD)


class CameraSearch:
    """Looks from time to time which cameras are plugged in, from `start` to `stop`, once; the newest list stands in `latest`, and in
    `why_not` why industrial ones may be missing from it.

    Industrial cameras are searched for over the network, so only when somebody asks for it; they stay on the list from then on.
    """

    def __init__(self, every_s: float = LOOK_EVERY_S) -> None:
        self.latest = LatestValue[tuple[FoundCamera, ...]]()
        self.why_not = LatestValue[str]()
        self._every_s = every_s
        self._stopping, self._woken = threading.Event(), threading.Event()
        self._wanted = False
        self._industrial: tuple[FoundCamera, ...] = ()
        self._thread = threading.Thread(target=self._run_search, name="camera search", daemon=True)

    def start(self) -> None:
        """Looks at once."""
        self._thread.start()

    def stop(self) -> None:
        """Looks no more. Does not wait for a search that is under way."""
        self._stopping.set()
        self._woken.set()

    def search_network(self) -> None:
        """Asks which industrial cameras answer; takes about a second."""
        self._wanted = True
        self._woken.set()

    def _run_search(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            if self._wanted:
                self._wanted = False
                searched = list_gige_cameras()
                if searched.why_not:  # those that were found before stay
                    self.why_not.put_value(searched.why_not)
                else:
                    self._industrial = searched.cameras
            self.latest.put_value((*list_plugged_cameras(), *self._industrial))
            self._woken.wait(self._every_s)
