"""The cameras there are, by identity, and the one that is asked for."""

from __future__ import annotations

import os

from fieldcheck.capture.camera import Camera
from fieldcheck.capture.discover import FoundCamera
from fieldcheck.capture.sources import camera_of, found_cameras, industrial_known

__all__ = ["FoundCamera", "cameras", "industrial_known", "open_camera", "password_told"]

PASSWORD = "FIELDCHECK_CAMERA_PASSWORD"


def cameras() -> tuple[FoundCamera, ...]:
    """Every attached camera and every industrial camera that answers. None is opened, so none is taken from whoever uses it."""
    return found_cameras()


def open_camera(source: str, password: str = "") -> Camera:
    """The camera that `source` names, to be opened by whoever reads it. Raises CameraRefused, NoPictures.

    An address may carry a name; a password comes from there, from whoever was asked, or from FIELDCHECK_CAMERA_PASSWORD.
    """
    return camera_of(source, password or password_told())


def password_told() -> str:
    """What the environment says; empty where it says nothing."""
    return os.environ.get(PASSWORD, "")
