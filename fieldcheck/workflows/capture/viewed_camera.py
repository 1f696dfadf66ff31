"""A camera that somebody looks at: watched and recorded, shown, and set by hand."""

from __future__ import annotations

from fieldcheck.capture.camera import ControlChange
from fieldcheck.capture.recorder import RecordingProgress
from fieldcheck.capture.watchdog import CameraStatus, WatchdogLimits
from fieldcheck.project.folder import Project
from fieldcheck.workflows.capture.live_picture import LiveImageFeed
from fieldcheck.workflows.capture.record import CaptureStatus, LiveCamera
from fieldcheck.workflows.footage.import_footage import FootageInfo

__all__ = ["CameraStatus", "CaptureStatus", "FootageInfo", "Project", "RecordingProgress", "ViewedCamera"]

STEP = 2 ** (1 / 3)  # of exposure: a third of a stop, as photographers count


class ViewedCamera:
    """From `start` to `stop`, once. `stop` belongs off the main thread, for it may wait for a driver; so do `record` and what is told of a
    recording, for they wait for the disk."""

    def __init__(self, source: str, password: str = "", limits: WatchdogLimits | None = None) -> None:
        """Nothing is opened yet. Raises CameraRefused, NoPictures where no camera can be meant."""
        self.live = LiveCamera(source, password, limits)
        self.picture = LiveImageFeed(self.live.ring)

    def start(self) -> None:
        """Opens the camera, and opens it again whenever it is lost."""
        self.picture.start()
        self.live.start()

    def stop(self) -> None:
        """Lets go of it. May be called twice, and without a start."""
        self.picture.stop()
        self.live.stop()

    def get_status(self) -> CaptureStatus:
        """Everything about it, to be polled."""
        return self.live.get_status()

    def step_exposure(self, by: int) -> None:
        """Thirds of a stop longer or shorter, within what it can; ends the automatic. Nothing where it cannot be set."""
        sign = self.get_status().camera_status
        reach, told = sign.abilities.exposure_ms, sign.settings.exposure_ms if sign.settings else None
        if reach is not None and told is not None:
            wanted = min(reach.high, max(reach.low, told * STEP**by))
            self.live.adjust(ControlChange(exposure_ms=wanted, auto_exposure=False))

    def toggle_auto_exposure(self) -> None:
        """The camera chooses the exposure, or keeps what it has."""
        settings = self.get_status().camera_status.settings
        self.live.adjust(ControlChange(auto_exposure=not (settings is not None and settings.auto_exposure)))

    def set_locked(self, on: bool) -> None:
        """Holds exposure, gain and white balance where they are, or lets go of them."""
        self.live.adjust(ControlChange(locked=on))
