"""One press of Record or one import, and the clips that it is cut into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["video", "folder", "capture"]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file of a picture folder, or a stretch of a video, that could not be read. `why` is a code."""

    file: str
    why: str


@dataclass(frozen=True, slots=True)
class Recording:
    """Footage as it came in. `taken_at` is ISO 8601 UTC of the first frame, empty where nobody said.

    `kind` `capture`: recorded here; `path` is the folder of its pairs of files (architecture 7), `sha256` empty until it has ended.
    `list_fps` is the grid of methods.md 3.1 its list was made with. `n_frames` counts readable source frames (0 until `closed`).
    """

    recording_id: str
    kind: Kind
    source: str
    path: str
    sha256: str
    camera: str
    location: str
    taken_at: str
    conditions: tuple[str, ...]
    list_fps: float
    fps: float
    width: int
    height: int
    seconds: float = 0.0
    n_frames: int = 0
    n_unreadable: int = 0
    skipped: tuple[Skipped, ...] = ()
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Clip:
    """Begins at source index `first_index` of its recording and ends before the next clip. Times are seconds.

    `start_s` counts from the first frame of the recording.
    """

    clip_id: str
    recording_id: str
    first_index: int
    start_s: float
    camera: str
    location: str
    conditions: tuple[str, ...]


def clip_id(recording_id: str, first_index: int) -> str:
    """The name of the clip that begins there; it never changes while the border stays."""
    return f"{recording_id}.{first_index}"
