"""Exposure and the other settings of a camera: what it reports, what can be set, and the change
that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

EXPOSURE_STEP = 2 ** (1 / 3)  # a third of a stop, as photographers count


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """Current settings as the driver reports them; None for those it does not report. `gain` is in
    the driver's own unit, times are milliseconds.

    `auto_exposure`: the camera controls exposure (and gain, where it can) itself, as
    `auto_white_balance`, `auto_focus` and, where it is apart, `auto_gain` say of those; `fps`: the
    rate it was set to, not a measured one; `focus` is in the driver's own unit."""

    exposure_ms: float | None = None
    gain: float | None = None
    white_balance_k: float | None = None
    auto_exposure: bool | None = None
    fps: float | None = None
    focus: float | None = None
    auto_white_balance: bool | None = None
    auto_focus: bool | None = None
    auto_gain: bool | None = None


@dataclass(frozen=True, slots=True)
class ControlRange:
    """Range of a camera control, both ends included, and its step (0: any value)."""

    low: float
    high: float
    step: float = 0.0


@dataclass(frozen=True, slots=True)
class CameraCapabilities:
    """Controls that an open camera has; None and False for those it lacks."""

    exposure_ms: ControlRange | None = None
    gain: ControlRange | None = None
    auto_exposure: bool = False
    lock: bool = False
    white_balance_k: ControlRange | None = None
    focus: ControlRange | None = None


@dataclass(frozen=True, slots=True)
class ControlChange:
    """Change of a camera's controls; None leaves one as it is, and a value ends what controls it by
    itself. `locked` True holds exposure, gain and white balance at their present values."""

    exposure_ms: float | None = None
    gain: float | None = None
    auto_exposure: bool | None = None
    locked: bool | None = None
    white_balance_k: float | None = None
    focus: float | None = None
    auto_white_balance: bool | None = None
    auto_focus: bool | None = None
    auto_gain: bool | None = None


@runtime_checkable
class HasExposureControl(Protocol):
    """A camera with adjustable controls. Both methods are called by the thread that reads it,
    between `open` and `close`.

    The result of a change is reported in the `settings` of later frames."""

    def get_capabilities(self) -> CameraCapabilities:
        """The controls that can be set."""

    def adjust(self, wish: ControlChange) -> None:
        """Sets each control to the nearest possible value and ignores those it lacks."""


def compute_exposure_step(
    current_ms: float, allowed_ms: ControlRange, steps: int
) -> ControlChange | None:
    """The exposure some thirds of a stop longer or shorter, by one step of the control at least,
    and without automatic exposure.

    Args:
        current_ms: Present exposure in milliseconds.
        allowed_ms: What the camera can be set to, in milliseconds.
        steps: Thirds of a stop; negative for a shorter exposure.

    Returns:
        The change, kept within the range; None where the range holds one value or no time at all,
        as of a driver that knows no range.
    """
    shortest_ms, longest_ms = sorted((allowed_ms.low, allowed_ms.high))
    if longest_ms <= 0 or shortest_ms == longest_ms:
        return None
    wanted_ms = current_ms * EXPOSURE_STEP**steps
    if steps > 0:
        wanted_ms = max(wanted_ms, current_ms + allowed_ms.step)
    elif steps < 0:
        wanted_ms = min(wanted_ms, current_ms - allowed_ms.step)
    if shortest_ms <= 0:  # a range from 0 on: no time at all is no exposure
        shortest_ms = allowed_ms.step
    wanted_ms = min(longest_ms, max(shortest_ms, wanted_ms))
    return ControlChange(exposure_ms=wanted_ms, auto_exposure=False) if wanted_ms > 0 else None
