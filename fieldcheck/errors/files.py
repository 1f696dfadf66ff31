"""The root of all expected errors, and errors with files, footage, cameras and the display."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

# The root of everything that can be expected to go wrong.


@dataclass(eq=False, repr=False)
class FieldcheckError(Exception):
    """Root of all expected errors. A subclass is a dataclass whose fields are the facts of the
    case, with `repr=False`: they share the `__repr__` here, because generating one for each of the
    fifty classes takes a third of their time at every start."""

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{one.name}={getattr(self, one.name)!r}' for one in fields(self))})"

    def __str__(self) -> str:
        return str(vars(self).get("_sentence", "")) or repr(self)

    def set_message(self, sentence: str) -> None:
        """`str()` is this sentence from now on, also in another process; until then it is the class
        and its facts."""
        vars(self)["_sentence"] = sentence

    def __reduce__(self) -> tuple[type[FieldcheckError], tuple[Any, ...], dict[str, Any]]:
        """A dataclass does not hand its facts on to Exception, which would forget them between
        processes."""
        return type(self), tuple(getattr(self, one.name) for one in fields(self)), dict(vars(self))


@dataclass(eq=False, repr=False)
class PathMissing(FieldcheckError):
    """Nothing lies at `path`."""

    path: Path


@dataclass(eq=False, repr=False)
class FolderGone(FieldcheckError):
    """Disk unplugged: `path` was there and cannot be reached any more, as of a stick that was
    pulled out or a folder that was moved."""

    path: Path


@dataclass(eq=False, repr=False)
class PathRefused(FieldcheckError):
    """`path` points outside the folder it belongs to, or is a link, a device or a network path."""

    path: str
    problem: str


@dataclass(eq=False, repr=False)
class VideoUnreadable(FieldcheckError):
    """`problem`: `not_a_video`, `no_frames`, `frame_missing` (one that decoded before does not any
    more), `interlaced`, `crashed` or `time` (of the process that tried it), `no_decoder` (`detail`:
    the codec), `index` (no recorder wrote it; `detail`: where it was put)."""

    path: Path
    problem: str
    detail: str = ""


@dataclass(eq=False, repr=False)
class PictureUnreadable(FieldcheckError):
    """`problem`: `not_a_picture`, `no_decoder` (a format of phones or cameras that is not read),
    `too_large`, `damaged`."""

    path: Path
    problem: str


@dataclass(eq=False, repr=False)
class NoPictures(FieldcheckError):
    """A folder in which no picture could be read."""

    path: Path


@dataclass(eq=False, repr=False)
class DiskFull(FieldcheckError):
    """No room left to write `path`; what was acknowledged before stands. `kept_free`: what there is
    stays free, for labels and the report."""

    path: Path
    kept_free: bool = False


@dataclass(eq=False, repr=False)
class ReadOnlyPlace(FieldcheckError):
    """`path` cannot be written by this user."""

    path: Path


@dataclass(eq=False, repr=False)
class NotStored(FieldcheckError):
    """Write refused by the disk itself: it has room and can be reached, and yet did not take, or
    did not keep, what was written to `path`."""

    path: Path


@dataclass(eq=False, repr=False)
class ReadBackDiffers(FieldcheckError):
    """Written file differs: what lies at `path` is not what was written, the medium cannot be
    trusted."""

    path: Path


@dataclass(eq=False, repr=False)
class CameraLost(FieldcheckError):
    """The camera, by the name people know it by, gives no frames any more."""

    camera: str


@dataclass(eq=False, repr=False)
class CameraRefused(FieldcheckError):
    """The camera, by a name or an address that holds no password, cannot be opened. `problem`:
    `unknown` (none of that identity is there), `address`, `unreachable`, `password`,
    `not_a_stream`, `redirect` (`detail`: where to), `busy`, `not_opened` (the driver does not say
    why), `no_frames` (none while it was watched), `extra_missing` (`detail` names the extra).
    `detail`: what was seen."""

    camera: str
    problem: str
    detail: str = ""


@dataclass(eq=False, repr=False)
class ExtraMissing(FieldcheckError):
    """`what` needs libraries that are not installed with Fieldcheck; `extra` is the name that
    installs them."""

    what: str
    extra: str


@dataclass(eq=False, repr=False)
class NoDisplay(FieldcheckError):
    """There is nothing here that a window could be shown on."""


@dataclass(eq=False, repr=False)
class ArgumentRefused(FieldcheckError, TypeError, ValueError):
    """An argument `name` of a script's call; `problem`: `text`, `texts`, `path`, `truth`, `count`,
    `seed`, `fraction`, `time`, `choice` (of `allowed`), `objects` (of the class `allowed`),
    `one_label` (several were named)."""

    name: str
    problem: str
    value: str
    allowed: tuple[str, ...] = ()


@dataclass(eq=False, repr=False)
class PandasMissing(FieldcheckError):
    """A table was asked for as a data frame, and pandas is not installed."""
