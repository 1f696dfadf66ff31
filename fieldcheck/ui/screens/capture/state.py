"""State of the Capture screen: known cameras, selected options, lighting, footage. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from fieldcheck.domain.recording import LIGHTS
from fieldcheck.sampling import messages

if TYPE_CHECKING:
    from fieldcheck.footage.camera.reconnect import CameraStatus
    from fieldcheck.footage.camera.usb import FoundCamera
    from fieldcheck.footage.clips_and_scene_cuts import ClipPlan, FootageSummary
    from fieldcheck.footage.recorder import RecordingProgress
    from fieldcheck.ui.screens.capture.source_panel import ExposureControls

NORMAL = "normal"
Next = Literal["stop", "pick", "record"]
Trouble = Literal["none", "over", "say", "ask_password"]


class KnownCamera(NamedTuple):
    """A camera that was found, or an address or file that was entered."""

    identity: str
    name: str
    driver: str


class CaptureState:
    """`hatch`: stripes over what is clipped; `info`: figures over the picture; `locked`: the
    exposure is held; `single`: the recording ends with its first frame; `conditions`: the light, in
    the order of the chips."""

    def __init__(self) -> None:
        self.hatch, self.info, self.locked = True, False, False
        self.single = self.every_frame = False
        self.conditions: tuple[str, ...] = ()
        self.lines: tuple[FootageSummary, ...] = ()
        self.running: frozenset[str] = frozenset()
        self.plan: ClipPlan | None = None
        self.searched = False  # whether it is known which cameras there are
        self._cameras: tuple[FoundCamera, ...] = ()
        self._added: dict[str, str] = {}
        self._asked_for = ""  # the address whose password is asked for

    def clear_footage(self) -> None:
        """Discard footage data, because the project changed."""
        self.lines, self.plan, self.running = (), None, frozenset()

    @property
    def has_frames(self) -> bool:
        """Whether there are frames that can be picked from."""
        return any(line.closed and line.n_listed for line in self.lines)

    @property
    def n_open(self) -> int:
        """Imports that were broken off; what is recorded or listed just now is none."""
        return sum(not line.closed and line.recording_id not in self.running for line in self.lines)

    @property
    def plan_text(self) -> str:
        """How many clips there are of those worth having, and the width they lead to; empty without
        footage."""
        plan = self.plan
        return (
            messages.describe_clip_plan(plan.clips, plan.wanted, plan.half_width)
            if plan is not None and self.lines
            else ""
        )

    def count_clips(self, recording: int) -> int | None:
        """Clips so far, with those that are recorded now; None while it is not known."""
        return self.plan.clips + recording if self.plan is not None else None

    @property
    def cameras(self) -> tuple[KnownCamera, ...]:
        """All that can be looked at, what was entered last."""
        cameras = (
            KnownCamera(found_camera.id, found_camera.name, found_camera.driver)
            for found_camera in self._cameras
        )
        added = (
            KnownCamera(source, name, "network" if "://" in name else "file")
            for source, name in self._added.items()
        )
        return (*cameras, *added)

    def set_found_cameras(self, found_cameras: tuple[FoundCamera, ...]) -> bool:
        """The cameras that are plugged in now. False where they are those of before in this
        search."""
        other, self._cameras = found_cameras != self._cameras or not self.searched, found_cameras
        self.searched = True
        return other

    def add_source(self, source: str, name: str) -> None:
        """Add an address or file. `name` contains no password."""
        self._added[source] = name

    def get_camera_name(self, identity: str) -> str:
        """Name of a camera; by itself where it is not known."""
        return next(
            (camera.name for camera in self.cameras if camera.identity == identity and camera.name),
            identity,
        )

    def get_next_camera(self, shown: str) -> str:
        """Return the camera after the shown one, wrapping around; empty where none is known."""
        identities = [camera.identity for camera in self.cameras]
        index = identities.index(shown) if shown in identities else -1
        return identities[(index + 1) % len(identities)] if identities else ""

    def reset_camera_options(self) -> None:
        """Reset the options of the camera shown before."""
        self._asked_for, self.locked = "", False

    def pop_password_source(self) -> str:
        """A password was given. The address that it is for, empty where none is asked for any
        more."""
        source, self._asked_for = self._asked_for, ""
        return source

    def find_trouble(self, status: CameraStatus, shown: str) -> Trouble:
        """Whether a camera that was never live has to say why. One that wants a password is asked
        for it once."""
        error = status.error
        if status.state != "opening" or error is None or status.n_frames:
            return "over" if status.state == "live" else "none"
        if getattr(error, "problem", "") == "password" and self._asked_for != shown:
            self._asked_for = shown
            return "ask_password"
        return "say"

    def stop_after_single_frame(self, recorded: RecordingProgress | None) -> bool:
        """Whether a recording of one single frame has it now."""
        if not self.single or recorded is None or not recorded.n_frames:
            return False
        self.single = False
        return True

    def get_next_step(self, recording: bool, n_done: int) -> Next:
        """The primary action's next step. After a recording of this visit one goes on to the
        picks."""
        if recording:
            return "stop"
        return "pick" if n_done and self.has_frames else "record"

    def toggle_condition(self, code: str) -> None:
        """Select or deselect a lighting condition. Normal light excludes all others."""
        chosen = set(self.conditions) ^ {code}
        if code in chosen:
            chosen = {NORMAL} if code == NORMAL else chosen - {NORMAL}
        self.conditions = tuple(name for name in LIGHTS if name in chosen)


def get_enabled_actions(
    settings: ExposureControls | None, writable: bool, recording: bool, in_use: bool = False
) -> dict[str, bool]:
    """Which actions of the live page can be done. `settings` of the camera that is shown, None
    without one; `in_use`: a series of settings is tried on it."""
    exposes = settings is not None and settings.can_expose
    shows = settings is not None
    free = writable and not in_use
    return {
        "record": shows and free,
        "single": shows and free,
        "mark": recording,
        "darker": exposes,
        "brighter": exposes,
        "auto": settings is not None and settings.can_auto,
        "lock": settings is not None and settings.can_lock,
        "series": settings is not None and settings.can_series and free and not recording,
        "hatch": shows,
        "info": shows,
    }
