"""Sentences about files, footage, cameras and disks."""

from __future__ import annotations

from dataclasses import astuple

from fieldcheck import errors
from fieldcheck.errors import FieldcheckError
from fieldcheck.msgid import msgid
from fieldcheck.paths import places
from fieldcheck.words.formatting import Sentence, coded, plain, told
from fieldcheck.words.language import text
from fieldcheck.words.remedies import remedy, typed


def _video_unreadable(error: errors.VideoUnreadable) -> str:
    said = {
        "no_frames": text("{path} contains no readable frame. Nothing was added. Check that it plays, or record it again."),
        "interlaced": text(
            "{path} is interlaced and cannot be deinterlaced here. Nothing was added. Deinterlace it and save it as MP4 with H.264{how}."
        ),
        "frame_missing": text("A frame of {path} is no longer readable. Saved data is unchanged. Check the disk."),
        "no_decoder": text("Cannot read {path}: no decoder for {detail}. Nothing was added. Convert it to MP4 with H.264{how}."),
        "crashed": text("{path} crashed the video decoder and was skipped. Nothing was added. Convert it to MP4 with H.264{how}."),
        "busy": text(
            "{path} could not be checked: this computer is too busy. Nothing was added. Close other programs, then add the file again."
        ),
        "time": text("Reading {path} timed out. Nothing was added. Check that it plays, or convert it to MP4."),
        "index": text(
            "The index of recording {path} is invalid. The recording was moved to {detail}; the rest of the "
            "project is unchanged. Record it again, or copy it again from its source."
        ),
    }.get(error.problem, text("{path} is not a readable video. Nothing was added. Check that it plays, or convert it to MP4."))
    how = typed("ffmpeg -i FILE -vf bwdif -crf 12 NEW.mp4" if error.problem == "interlaced" else "ffmpeg -i FILE -crf 12 NEW.mp4")
    return said.format(path=plain(error.path), detail=plain(error.detail), how=how)


def _disk_full(error: errors.DiskFull) -> str:
    if error.kept_free:
        said = text(
            "Disk full: cannot write {path} (200 MB are reserved for labels and report). Data saved before is "
            "safe. Free up space, then try again."
        )
    else:
        said = text("Disk full: cannot write {path}. Data saved before is safe. Free up space, then try again.")
    return said.format(path=plain(error.path))


def _camera_refused(error: errors.CameraRefused) -> str:
    said = {
        "unknown": text("{camera} not found. Nothing was changed. Connect it, or choose an available camera{remedy}."),
        "address": text("{camera} is not a camera address. Nothing was changed. Use the form http://… or rtsp://…."),
        "unreachable": text("{camera} does not respond. Nothing was changed. Check address, cable and power."),
        "no_frames": text(
            "{camera} sent no image while it was monitored. The shift was saved without images. Check address, cable and power."
        ),
        "password": text(
            "{camera} rejected the user name or password. Nothing was changed. Put the user name in the address "
            "(http://name@…) and enter the password when prompted, or set FIELDCHECK_CAMERA_PASSWORD."
        ),
        "not_a_stream": text(
            "{camera} is not a video stream ({detail}). Nothing was changed. Look up the stream address in the camera manual."
        ),
        "redirect": text(
            "{camera} redirects to another address ({detail}); redirects are not followed. Nothing was changed. "
            "Enter that address if it belongs to the camera."
        ),
        "busy": text("{camera} is in use by another program. Nothing was changed. Close the other program, then open the camera again."),
        "extra_missing": text("{camera} requires an extra component. Nothing was changed. Install the extra “{detail}”{pip}."),
    }.get(error.problem, text("Cannot open {camera}. Nothing was changed. Disconnect and reconnect it, then try again."))
    detail = plain(error.detail)
    return said.format(camera=plain(error.camera), detail=detail, remedy=remedy("cameras"), pip=typed(f"pip install fieldcheck[{detail}]"))


def _extra_missing(error: errors.ExtraMissing) -> str:
    return text("{what} requires an extra component. Nothing was written. Install the extra “{extra}”{pip}.").format(
        what=plain(error.what), extra=plain(error.extra), pip=typed(f"pip install fieldcheck[{error.extra}]")
    )


def _unless_at_home(otherwise: Sentence) -> Sentence:
    """Where this user's own folders cannot be made or written, who reads it has named no place, so the way to another one is told."""

    def say(error: errors.ReadOnlyPlace | errors.PathMissing) -> str:
        if not any(error.path in (own, own.parent) or own in error.path.parents for own in astuple(places())):
            return otherwise(error)
        return text(
            "Cannot write to {path}, the folder for this user's files. Nothing was changed. Set the environment "
            "variable FIELDCHECK_HOME to a writable folder."
        ).format(path=plain(error.path))

    return say


FILE_ERRORS: dict[type[FieldcheckError], Sentence] = {
    errors.PathMissing: _unless_at_home(
        told(msgid("{path} not found. Nothing was changed. Check the name and whether the disk is connected."))
    ),
    errors.FolderGone: told(
        msgid(
            "{path} is no longer accessible (disk removed or folder moved). Data saved before is safe there. "
            "Reconnect the disk or move the folder back, then try again."
        )
    ),
    errors.PathRefused: coded(
        msgid("{path} is not an allowed path. Nothing was changed. Move the file into its folder."),
        {
            "empty": msgid("A file name is missing (empty path). Nothing was changed. Correct the file that contains the empty path."),
            "absolute": msgid("{path} is an absolute path or a URL. Nothing was changed. Use a path relative to its folder."),
            "outside": msgid("{path} points outside its folder. Nothing was changed. Move the file into that folder."),
            "link": msgid("{path} is a symbolic link; links are not followed. Nothing was changed. Replace it with the file itself."),
            "device": msgid("{path} is not a regular file. Nothing was changed. Replace it with a file."),
            "right": msgid("No permission to open {path}. Data saved before is safe. Ask for read permission, or copy it elsewhere."),
            "long": msgid("{path} is too long for a database path. Nothing was changed. Choose a location with a shorter path."),
            "project": msgid("{path} is a Fieldcheck project, not footage. Nothing was added. Select the videos or images."),
            "name": msgid("{path} is not a valid file or folder name. Nothing was changed. Choose another name."),
        },
    ),
    errors.VideoUnreadable: _video_unreadable,
    errors.PictureUnreadable: coded(
        msgid("{path} is not a readable image. It was not used. Check the file, or leave it out."),
        {
            "no_decoder": msgid(
                "{path} has an unsupported image format (for example HEIC or raw). It was not used. Export it as JPEG or PNG."
            ),
            "too_large": msgid("{path} exceeds 120 megapixels or 1 GB. It was not used. Reduce its size, or leave it out."),
            "damaged": msgid("{path} is damaged. It was not used. Copy it again from the camera, or leave it out."),
        },
    ),
    errors.NoPictures: told(
        msgid("{path} contains no readable image. Nothing was added. Specify a video, or a folder with images or videos.")
    ),
    errors.DiskFull: _disk_full,
    errors.ReadOnlyPlace: _unless_at_home(
        told(msgid("No permission to write {path}. Nothing was changed. Choose another location, or ask for write permission."))
    ),
    errors.NotStored: told(
        msgid(
            "Write error on {path}; the disk may be failing. Data saved before is safe. Copy the project to "
            "another disk and continue there."
        )
    ),
    errors.ReadBackDiffers: told(
        msgid("{path} failed verification after writing; the disk is not reliable. The project is safe. Export to another disk.")
    ),
    errors.CameraLost: told(
        msgid("{camera} stopped sending images. Footage recorded before is safe. Check the cable, then open the camera again.")
    ),
    errors.CameraRefused: _camera_refused,
    errors.ExtraMissing: _extra_missing,
    errors.NoDisplay: told(
        msgid("Cannot open the window: no display. Nothing was changed. Use a command that works without a display{remedy}."),
        does="help",
    ),
    errors.ArgumentRefused: coded(
        msgid("{name} cannot be {value}. Nothing was changed. See the documentation of the function."),
        {
            "text": msgid("{name} cannot be {value}. Nothing was changed. Pass a text."),
            "texts": msgid("{name} cannot be {value}. Nothing was changed. Pass a list of texts."),
            "path": msgid("{name} cannot be {value}. Nothing was changed. Pass a path, as text or as a Path."),
            "truth": msgid("{name} cannot be {value}. Nothing was changed. Pass True or False."),
            "count": msgid("{name} cannot be {value}. Nothing was changed. Pass a whole number from 1."),
            "seed": msgid("{name} cannot be {value}. Nothing was changed. Pass a whole number from 0 to 2⁶³ − 1."),
            "fraction": msgid("{name} cannot be {value}. Nothing was changed. Pass a fraction from 0 to 1, such as 0.971."),
            "time": msgid("{name} cannot be {value}. Nothing was changed. Pass a time such as 2026-11-25T06:30:00+01:00."),
            "choice": msgid("{name} cannot be {value}. Nothing was changed. Pass one of {allowed}."),
            "objects": msgid("{name} cannot be {value}. Nothing was changed. Pass a list of {allowed}."),
            "one_label": msgid(
                "Frame {value} has several labels at once. Nothing was changed. Pass one of class_name, boxes, "
                "points, unsure, skip and nothing."
            ),
        },
    ),
    errors.PandasMissing: told(
        msgid("pandas is not installed. Nothing was changed. Install pandas, or use the method rows instead of to_dataframe.")
    ),
}
