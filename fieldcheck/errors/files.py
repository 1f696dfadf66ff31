"""The root of all expected errors, and errors with files, footage, cameras and the display."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from fieldcheck.errors.message_format import (
    format_command,
    format_in_brackets,
    format_names,
    format_remedy,
    to_one_line,
)
from fieldcheck.i18n.language import Msgid, msgid, tr_msgid
from fieldcheck.paths import get_app_paths

# The root of everything that can be expected to go wrong.


@dataclass(eq=False, repr=False)
class FieldcheckError(Exception):
    """Root of all expected errors. A subclass is a dataclass whose fields are the facts of the
    case, with `repr=False`: they share the `__repr__` here, because generating one for each of the
    fifty classes takes a third of their time at every start.

    `message` is its sentence, `problems` holds one for each `problem` that has its own. Their
    braces are filled in by `get_values`. `remedy`: what to do next, as a code of `REMEDIES`;
    `command`: what a person types to do it.
    """

    message: ClassVar[Msgid]
    problems: ClassVar[Mapping[str, Msgid]] = MappingProxyType({})
    remedy: ClassVar[str] = ""
    command: ClassVar[str] = ""

    def format_message(self) -> str:
        """Formats the message in the language that is spoken, for the audience that is told."""
        return tr_msgid(self.get_sentence(), **self.get_values())

    def get_sentence(self) -> Msgid:
        """The sentence that fits the facts, before it is translated."""
        return self.problems.get(getattr(self, "problem", ""), self.message)

    def get_values(self) -> dict[str, object]:
        """What stands in the braces of the sentence: the fields by their names, the detail in
        brackets as `{seen}`, the remedy, and as `{how}` the command."""
        values = {
            name: format_names(value) if isinstance(value, tuple) else to_one_line(value)
            for name, value in vars(self).items()
        }
        return {
            **values,
            "seen": format_in_brackets(getattr(self, "detail", "")),
            "remedy": format_remedy(self.remedy) if self.remedy else "",
            "how": format_command(self.command) if self.command else "",
        }

    def __repr__(self) -> str:
        facts = (f"{field.name}={getattr(self, field.name)!r}" for field in fields(self))
        return f"{type(self).__qualname__}({', '.join(facts)})"

    def __str__(self) -> str:
        return str(vars(self).get("_sentence", "")) or repr(self)

    def set_message(self, sentence: str) -> None:
        """`str()` is this sentence from now on, also in another process; until then it is the class
        and its facts."""
        vars(self)["_sentence"] = sentence

    def __reduce__(self) -> tuple[type[FieldcheckError], tuple[Any, ...], dict[str, Any]]:
        """A dataclass does not hand its facts on to Exception, which would forget them between
        processes."""
        return (
            type(self),
            tuple(getattr(self, field.name) for field in fields(self)),
            dict(vars(self)),
        )


OWN_FOLDER_MESSAGE = msgid(
    "Cannot write to {path}, the folder for this user's files. Nothing was changed. Set the "
    "environment variable FIELDCHECK_HOME to a writable folder."
)


def _is_own_folder(path: Path) -> bool:
    """Whether a path is one of this user's own folders: who reads of it has named no place, so the
    way to another one is told."""
    folders = astuple(get_app_paths())
    return any(path in (own, own.parent) or own in path.parents for own in folders)


@dataclass(eq=False, repr=False)
class PathMissing(FieldcheckError):
    """Nothing lies at `path`."""

    path: Path

    message = msgid(
        "{path} not found. Nothing was changed. Check the name and whether the disk is connected."
    )

    def get_sentence(self) -> Msgid:
        return OWN_FOLDER_MESSAGE if _is_own_folder(self.path) else self.message


@dataclass(eq=False, repr=False)
class FolderGone(FieldcheckError):
    """Disk unplugged: `path` was there and cannot be reached any more, as of a stick that was
    pulled out or a folder that was moved."""

    path: Path

    message = msgid(
        "{path} is no longer accessible (disk removed or folder moved). Data saved before "
        "is safe there. "
        "Reconnect the disk or move the folder back, then try again."
    )


@dataclass(eq=False, repr=False)
class PathRefused(FieldcheckError):
    """`path` points outside the folder it belongs to, or is a link, a device or a network path."""

    path: str
    problem: str

    message = msgid(
        "{path} is not an allowed path. Nothing was changed. Move the file into its folder."
    )
    problems: ClassVar = {
        "empty": msgid(
            "A file name is missing (empty path). Nothing was changed. Correct the file "
            "that contains the empty path."
        ),
        "absolute": msgid(
            "{path} is an absolute path or a URL. Nothing was changed. Use a path "
            "relative to its folder."
        ),
        "outside": msgid(
            "{path} points outside its folder. Nothing was changed. Move the file into that folder."
        ),
        "link": msgid(
            "{path} is a symbolic link; links are not followed. Nothing was changed. "
            "Replace it with the file itself."
        ),
        "device": msgid(
            "{path} is not a regular file. Nothing was changed. Replace it with a file."
        ),
        "right": msgid(
            "No permission to open {path}. Data saved before is safe. Ask for read "
            "permission, or choose another file."
        ),
        "long": msgid(
            "{path} is too long for a database path. Nothing was changed. Choose a "
            "location with a shorter path."
        ),
        "project": msgid(
            "{path} is a Fieldcheck project, not footage. Nothing was added. Select the "
            "videos or images."
        ),
        "name": msgid(
            "{path} is not a valid file or folder name. Nothing was changed. Choose another name."
        ),
    }


@dataclass(eq=False, repr=False)
class VideoUnreadable(FieldcheckError):
    """`problem`: `not_a_video`, `no_frames`, `frame_missing` (one that decoded before does not any
    more), `interlaced`, `crashed` or `time` (of the process that tried it), `no_decoder` (`detail`:
    the codec), `index` (no recorder wrote it; `detail`: where it was put)."""

    path: Path
    problem: str
    detail: str = ""

    message = msgid(
        "{path} is not a readable video. Nothing was added. Check that it plays, or convert "
        "it to MP4."
    )
    problems: ClassVar = {
        "no_frames": msgid(
            "{path} contains no readable frame. Nothing was added. Check that it plays, or "
            "record it again."
        ),
        "interlaced": msgid(
            "{path} is interlaced and cannot be deinterlaced here. Nothing was added. "
            "Deinterlace it and save it as MP4 with H.264{how}."
        ),
        "frame_missing": msgid(
            "A frame of {path} is no longer readable. Saved data is unchanged. Check the disk."
        ),
        "no_decoder": msgid(
            "Cannot read {path}: no decoder for {detail}. Nothing was added. Convert it to "
            "MP4 with H.264{how}."
        ),
        "crashed": msgid(
            "{path} crashed the video decoder and was skipped. Nothing was added. Convert it "
            "to MP4 with H.264{how}."
        ),
        "busy": msgid(
            "{path} could not be checked: this computer is too busy. Nothing was added. Close "
            "other programs, then add the file again."
        ),
        "time": msgid(
            "Reading {path} timed out. Nothing was added. Check that it plays, or convert it "
            "to MP4."
        ),
        "index": msgid(
            "The index of recording {path} is invalid. The recording was moved to {detail}; "
            "the rest of the "
            "project is unchanged. Record it again, or copy it again from its source."
        ),
    }

    def get_values(self) -> dict[str, object]:
        deinterlace = "-vf bwdif " if self.problem == "interlaced" else ""
        how = format_command(f"ffmpeg -i FILE {deinterlace}-crf 12 NEW.mp4")
        return {**super().get_values(), "how": how}


@dataclass(eq=False, repr=False)
class PictureUnreadable(FieldcheckError):
    """`problem`: `not_a_picture`, `no_decoder` (a format of phones or cameras that is not read),
    `too_large`, `damaged`."""

    path: Path
    problem: str

    message = msgid(
        "{path} is not a readable image. It was not used. Check the file, or leave it out."
    )
    problems: ClassVar = {
        "no_decoder": msgid(
            "{path} has an unsupported image format (for example HEIC or raw). It was not "
            "used. Export it as JPEG or PNG."
        ),
        "too_large": msgid(
            "{path} exceeds 120 megapixels or 1 GB. It was not used. Reduce its size, or "
            "leave it out."
        ),
        "damaged": msgid(
            "{path} is damaged. It was not used. Copy it again from the camera, or leave it out."
        ),
    }


@dataclass(eq=False, repr=False)
class NoPictures(FieldcheckError):
    """A folder in which no picture could be read."""

    path: Path

    message = msgid(
        "{path} contains no readable image. Nothing was added. Specify a video, or a "
        "folder with images or videos."
    )


@dataclass(eq=False, repr=False)
class DiskFull(FieldcheckError):
    """No room left to write `path`; what was acknowledged before stands. `kept_free`: what there is
    stays free, for labels and the report."""

    path: Path
    kept_free: bool = False

    message = msgid(
        "Disk full: cannot write {path}. Data saved before is safe. Free up space, then try again."
    )
    reserved_message = msgid(
        "Disk full: cannot write {path} (200 MB are reserved for labels and report). Data saved "
        "before is safe. Free up space, then try again."
    )

    def get_sentence(self) -> Msgid:
        return self.reserved_message if self.kept_free else self.message


@dataclass(eq=False, repr=False)
class ReadOnlyPlace(FieldcheckError):
    """`path` cannot be written by this user."""

    path: Path

    message = msgid(
        "No permission to write {path}. Nothing was changed. Choose another location, or "
        "ask for write permission."
    )

    def get_sentence(self) -> Msgid:
        return OWN_FOLDER_MESSAGE if _is_own_folder(self.path) else self.message


@dataclass(eq=False, repr=False)
class NotStored(FieldcheckError):
    """Write refused by the disk itself: it has room and can be reached, and yet did not take, or
    did not keep, what was written to `path`."""

    path: Path

    message = msgid(
        "Write error on {path}; the disk may be failing. Data saved before is safe. Copy "
        "the project to "
        "another disk and continue there."
    )


@dataclass(eq=False, repr=False)
class ReadBackDiffers(FieldcheckError):
    """Written file differs: what lies at `path` is not what was written, the medium cannot be
    trusted."""

    path: Path

    message = msgid(
        "{path} failed verification after writing; the disk is not reliable. The project "
        "is safe. Export to another disk."
    )


@dataclass(eq=False, repr=False)
class CameraLost(FieldcheckError):
    """The camera, by the name people know it by, gives no frames any more."""

    camera: str

    message = msgid(
        "{camera} stopped sending images. Footage recorded before is safe. Check the "
        "cable, then open the camera again."
    )


@dataclass(eq=False, repr=False)
class CameraRefused(FieldcheckError):
    """The camera, by a name or an address that holds no password, cannot be opened. `problem`:
    `unknown` (none of that identity is there), `address`, `unreachable`, `password`,
    `not_a_stream`, `redirect` (`detail`: where to), `busy`, `not_opened` (the driver does not say
    why), `no_frames` (none while it was watched), `no_controls`, `extra_missing` (`detail` names
    the extra). `detail`: what was seen."""

    camera: str
    problem: str
    detail: str = ""

    message = msgid(
        "Cannot open {camera}. Nothing was changed. Disconnect and reconnect it, then try again."
    )
    problems: ClassVar = {
        "unknown": msgid(
            "{camera} not found. Nothing was changed. Connect it, or choose an available "
            "camera{remedy}."
        ),
        "address": msgid(
            "{camera} is not a camera address. Nothing was changed. Use the form http://… or "
            "rtsp://…."
        ),
        "unreachable": msgid(
            "{camera} does not respond. Nothing was changed. Check address, cable and power."
        ),
        "no_frames": msgid(
            "{camera} sent no image while it was monitored. The shift was saved without "
            "images. Check address, cable and power."
        ),
        "password": msgid(
            "{camera} rejected the user name or password. Nothing was changed. Put the user "
            "name in the address "
            "(http://name@…) and enter the password when prompted, or set "
            "FIELDCHECK_CAMERA_PASSWORD."
        ),
        "not_a_stream": msgid(
            "{camera} is not a video stream ({detail}). Nothing was changed. Look up the "
            "stream address in the camera manual."
        ),
        "redirect": msgid(
            "{camera} redirects to another address ({detail}); redirects are not followed. "
            "Nothing was changed. "
            "Enter that address if it belongs to the camera."
        ),
        "busy": msgid(
            "{camera} is in use by another program. Nothing was changed. Close the other "
            "program, then open the camera again."
        ),
        "no_controls": msgid(
            "{camera} offers no control of exposure, gain, white balance or focus. Nothing was "
            "changed. Set it in the maker's program and record a clip of each setting."
        ),
        "extra_missing": msgid(
            "{camera} requires an extra component. Nothing was changed. Install the extra "
            "“{detail}”{pip}."
        ),
    }
    remedy = "cameras"

    def get_values(self) -> dict[str, object]:
        pip = format_command(f"pip install fieldcheck[{to_one_line(self.detail)}]")
        return {**super().get_values(), "pip": pip}


@dataclass(eq=False, repr=False)
class ExtraMissing(FieldcheckError):
    """`what` needs libraries that are not installed with Fieldcheck; `extra` is the name that
    installs them."""

    what: str
    extra: str

    message = msgid(
        "{what} requires an extra component. Nothing was written. Install the extra “{extra}”{pip}."
    )

    def get_values(self) -> dict[str, object]:
        pip = format_command(f"pip install fieldcheck[{self.extra}]")
        return {**super().get_values(), "pip": pip}


@dataclass(eq=False, repr=False)
class ClusterRefused(FieldcheckError):
    """A Dask scheduler cannot be used; `problem`: `no_answer`, `no_workers`, `versions` (`detail`:
    the library, both versions and the worker), `certificate`, `unusable` (no certificate has its
    key), `untrusted`, `needs_certificate`, `needs_tls`, `lost` (scheduler or workers are gone and
    did not come back), `killed` (a chunk ended several workers)."""

    address: str
    problem: str
    detail: str = ""

    message = msgid(
        "Scheduler {address} does not respond. Nothing was changed. Start the scheduler, or run "
        "without --cluster."
    )
    problems: ClassVar = {
        "no_workers": msgid(
            "Scheduler {address} has no workers. Nothing was changed. Start a worker, or run "
            "without --cluster."
        ),
        "versions": msgid(
            "A worker has another version: {detail}. Nothing was changed. Install the same version "
            "on both sides."
        ),
        "certificate": msgid(
            "Certificate {address} does not exist. Nothing was changed. Select a PEM file."
        ),
        "unusable": msgid(
            "{address} has no certificate with a matching key. Nothing was changed. Select a PEM "
            "file with authority, certificate, and key without a password."
        ),
        "untrusted": msgid(
            "Scheduler {address} and this computer do not trust each other's certificate. Nothing "
            "was changed. Use certificates of the same authority."
        ),
        "needs_certificate": msgid(
            "Scheduler {address} uses TLS. Nothing was changed. Add --cluster-cert FILE."
        ),
        "needs_tls": msgid(
            "A certificate was given, but {address} is an address without TLS. Nothing was "
            "changed. Use an address that begins with tls://."
        ),
        "lost": msgid(
            "The connection to scheduler {address} was lost. Completed work is saved. Run the same "
            "command again."
        ),
        "killed": msgid(
            "Several workers of {address} ended on one chunk. Completed work is saved. Run the "
            "same command without --cluster."
        ),
    }


@dataclass(eq=False, repr=False)
class ParquetUnreadable(FieldcheckError):
    """A Parquet file is damaged, or another program wrote it; `detail`: what DuckDB says."""

    path: Path
    detail: str = ""

    message = msgid(
        "Cannot read Parquet file {path}{seen}. Nothing was changed. Write the file again."
    )


@dataclass(eq=False, repr=False)
class NoDisplay(FieldcheckError):
    """There is nothing here that a window could be shown on."""

    message = msgid(
        "Cannot open the window: no display. Nothing was changed. Use a command that "
        "works without a display{remedy}."
    )
    remedy = "help"


@dataclass(eq=False, repr=False)
class ArgumentRefused(FieldcheckError, TypeError, ValueError):
    """An argument `name` of a script's call; `problem`: `text`, `texts`, `path`, `function`,
    `truth`, `count`, `seed`, `fraction`, `milliseconds`, `seconds`, `time`, `choice` (of
    `allowed`), `objects` (of the class `allowed`), `one_label` (several were named)."""

    name: str
    problem: str
    value: str
    allowed: tuple[str, ...] = ()

    message = msgid(
        "{name} cannot be {value}. Nothing was changed. See the documentation of the function."
    )
    problems: ClassVar = {
        "text": msgid("{name} cannot be {value}. Nothing was changed. Pass a text."),
        "texts": msgid("{name} cannot be {value}. Nothing was changed. Pass a list of texts."),
        "path": msgid(
            "{name} cannot be {value}. Nothing was changed. Pass a path, as text or as a Path."
        ),
        "function": msgid("{name} cannot be {value}. Nothing was changed. Pass a function."),
        "truth": msgid("{name} cannot be {value}. Nothing was changed. Pass True or False."),
        "count": msgid(
            "{name} cannot be {value}. Nothing was changed. Pass a whole number from 1."
        ),
        "seed": msgid(
            "{name} cannot be {value}. Nothing was changed. Pass a whole number from 0 to 2⁶³ − 1."
        ),
        "fraction": msgid(
            "{name} cannot be {value}. Nothing was changed. Pass a fraction from 0 to 1, "
            "such as 0.971."
        ),
        "milliseconds": msgid(
            "{name} cannot be {value}. Nothing was changed. Pass milliseconds above 0."
        ),
        "seconds": msgid("{name} cannot be {value}. Nothing was changed. Pass seconds from 0."),
        "time": msgid(
            "{name} cannot be {value}. Nothing was changed. Pass a time such as "
            "2026-11-25T06:30:00+01:00."
        ),
        "choice": msgid("{name} cannot be {value}. Nothing was changed. Pass one of {allowed}."),
        "objects": msgid(
            "{name} cannot be {value}. Nothing was changed. Pass a list of {allowed}."
        ),
        "one_label": msgid(
            "Frame {value} has several labels at once. Nothing was changed. Pass one of "
            "class_name, boxes, "
            "points, unsure, skip and nothing."
        ),
    }


@dataclass(eq=False, repr=False)
class PandasMissing(FieldcheckError):
    """A table was asked for as a data frame, and pandas is not installed."""

    message = msgid(
        "pandas is not installed. Nothing was changed. Install pandas, or use the method "
        "rows instead of to_dataframe."
    )


@dataclass(eq=False, repr=False)
class UpdateRefused(FieldcheckError):
    """An update file is not installed, or an update cannot be taken back. `problem`: `not_update`,
    `damaged`, `foreign` (signatures), `expired`, `replayed` (signed before one that was accepted),
    `older`, `platform`, `hostile` (a file in it), `space`, `self_test`, `python` and `system` (this
    installation is updated in another way), `no_before`. `detail`: a version, a file or a date;
    `reason`: what the new version said, or the free space."""

    path: Path
    problem: str
    detail: str = ""
    reason: str = ""

    message = msgid(
        "{path} is damaged ({detail}). Nothing was changed. Copy the update file again from its "
        "source."
    )
    problems: ClassVar = {
        "not_update": msgid(
            "{path} is not a Fieldcheck update. Nothing was changed. Select an .fcupdate file."
        ),
        "foreign": msgid(
            "{path} is not signed with the keys that this Fieldcheck trusts. Nothing was changed. "
            "Get the update from the publisher of your Fieldcheck."
        ),
        "expired": msgid(
            "{path} was valid until {detail}. Nothing was changed. Check the date of this "
            "computer, or get a newer update file."
        ),
        "replayed": msgid(
            "{path} was signed before an update that is already installed. Nothing was changed. "
            "Get the newest update file."
        ),
        "older": msgid(
            "{path} contains version {detail}, which is not newer than the installed one. Nothing "
            "was changed. Get a newer update file, or go back to the version before{remedy}."
        ),
        "platform": msgid(
            "{path} is an update for another system ({detail}). Nothing was changed. Get the "
            "update file for this system."
        ),
        "hostile": msgid(
            "{path} contains a file that no update may contain ({detail}). Nothing was changed. "
            "Delete it and get the update from the publisher."
        ),
        "space": msgid(
            "{path} requires {detail} of free disk space; {reason} are free. Nothing was changed. "
            "Free up space, then try again."
        ),
        "self_test": msgid(
            "Version {detail} failed its self-test on this computer{why}. The installed version "
            "is unchanged. Continue with it, and report the failure to the publisher."
        ),
        "python": msgid(
            "This Fieldcheck was installed with pip or runs from a checkout. Nothing was changed. "
            "Update it with pip."
        ),
        "system": msgid(
            "This Fieldcheck was installed for all users. Nothing was changed. Update it with the "
            "package manager, or install the update for yourself only{remedy}."
        ),
        "no_before": msgid(
            "No earlier version is installed. Nothing was changed. Continue with this version."
        ),
    }

    def get_values(self) -> dict[str, object]:
        code = "update_for_me" if self.problem == "system" else "update_back"
        values = {"remedy": format_remedy(code), "why": format_in_brackets(self.reason)}
        return {**super().get_values(), **values}
