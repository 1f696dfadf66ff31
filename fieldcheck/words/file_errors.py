"""Sentences about files, footage, cameras and disks."""

from __future__ import annotations

from dataclasses import astuple

from fieldcheck import errors
from fieldcheck.errors import FieldcheckError
from fieldcheck.msgid import msgid
from fieldcheck.paths import get_app_paths
from fieldcheck.words.formatting import Sentence, make_message, make_message_by_code, to_one_line
from fieldcheck.words.language import tr
from fieldcheck.words.remedies import format_command, format_remedy


def _describe_video_unreadable(error: errors.VideoUnreadable) -> str:
    said = {
        "no_frames": tr("{path} contains no readable frame. Nothing was added. Check that it plays, or record it again."),
        "interlaced": tr(
            "{path} is interlaced and cannot be deinterlaced here. Nothing was added. Deinterlace it and save it as MP4 with H.264{how}."
        ),
        "frame_missing": tr("A frame of {path} is no longer readable. Saved data is unchanged. Check the disk."),
        "no_decoder": tr("Cannot read {path}: no decoder for {detail}. Nothing was added. Convert it to MP4 with H.264{how}."),
        "crashed": tr("{path} crashed the video decoder and was skipped. Nothing was added. Convert it to MP4 with H.264{how}."),
        "busy": tr(
            "{path} could not be checked: this computer is too busy. Nothing was added. Close other programs, then add the file again."
        ),
        "time": tr("Reading {path} timed out. Nothing was added. Check that it plays, or convert it to MP4."),
        "index": tr(
            "The index of recording {path} is invalid. The recording was moved to {detail}; the rest of the "
            "project is unchanged. Record it again, or copy it again from its source."
        ),
    }.get(error.problem, tr("{path} is not a readable video. Nothing was added. Check that it plays, or convert it to MP4."))
    how = format_command("ffmpeg -i FILE -vf bwdif -crf 12 NEW.mp4" if error.problem == "interlaced" else "ffmpeg -i FILE -crf 12 NEW.mp4")
    return said.format(path=to_one_line(error.path), detail=to_one_line(error.detail), how=how)


def _describe_disk_full(error: errors.DiskFull) -> str:
    if error.kept_free:
        said = tr(
            "Disk full: cannot write {path} (200 MB are reserved for labels and report). Data saved before is "
            "safe. Free up space, then try again."
        )
    else:
        said = tr("Disk full: cannot write {path}. Data saved before is safe. Free up space, then try again.")
    return said.format(path=to_one_line(error.path))


def _describe_camera_refused(error: errors.CameraRefused) -> str:
    said = {
        "unknown": tr("{camera} not found. Nothing was changed. Connect it, or choose an available camera{remedy}."),
        "address": tr("{camera} is not a camera address. Nothing was changed. Use the form http://… or rtsp://…."),
        "unreachable": tr("{camera} does not respond. Nothing was changed. Check address, cable and power."),
        "no_frames": tr(
            "{camera} sent no image while it was monitored. The shift was saved without images. Check address, cable and power."
        ),
        "password": tr(
            "{camera} rejected the user name or password. Nothing was changed. Put the user name in the address "
            "(http://name@…) and enter the password when prompted, or set FIELDCHECK_CAMERA_PASSWORD."
        ),
        "not_a_stream": tr(
            "{camera} is not a video stream ({detail}). Nothing was changed. Look up the stream address in the camera manual."
        ),
        "redirect": tr(
            "{camera} redirects to another address ({detail}); redirects are not followed. Nothing was changed. "
            "Enter that address if it belongs to the camera."
        ),
        "busy": tr("{camera} is in use by another program. Nothing was changed. Close the other program, then open the camera again."),
        "extra_missing": tr("{camera} requires an extra component. Nothing was changed. Install the extra “{detail}”{pip}."),
    }.get(error.problem, tr("Cannot open {camera}. Nothing was changed. Disconnect and reconnect it, then try again."))
    detail = to_one_line(error.detail)
    return said.format(
        camera=to_one_line(error.camera),
        detail=detail,
        remedy=format_remedy("cameras"),
        pip=format_command(f"pip install fieldcheck[{detail}]"),
    )


def _describe_extra_missing(error: errors.ExtraMissing) -> str:
    return tr("{what} requires an extra component. Nothing was written. Install the extra “{extra}”{pip}.").format(
        what=to_one_line(error.what), extra=to_one_line(error.extra), pip=format_command(f"pip install fieldcheck[{error.extra}]")
    )


def _make_place_message(otherwise: Sentence) -> Sentence:
    """Where this user's own folders cannot be made or written, who reads it has named no place, so the way to another one is told."""

    def describe_error(error: errors.ReadOnlyPlace | errors.PathMissing) -> str:
        if not any(error.path in (own, own.parent) or own in error.path.parents for own in astuple(get_app_paths())):
            return otherwise(error)
        return tr(
            "Cannot write to {path}, the folder for this user's files. Nothing was changed. Set the environment "
            "variable FIELDCHECK_HOME to a writable folder."
        ).format(path=to_one_line(error.path))

    return describe_error


FILE_ERRORS: dict[type[FieldcheckError], Sentence] = {
    errors.PathMissing: _make_place_message(
        make_message(msgid("{path} not found. Nothing was changed. Check the name and whether the disk is connected."))
    ),
    errors.FolderGone: make_message(
        msgid(
            "{path} is no longer accessible (disk removed or folder moved). Data saved before is safe there. "
            "Reconnect the disk or move the folder back, then try again."
        )
    ),
    errors.PathRefused: make_message_by_code(
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
    errors.VideoUnreadable: _describe_video_unreadable,
    errors.PictureUnreadable: make_message_by_code(
        msgid("{path} is not a readable image. It was not used. Check the file, or leave it out."),
        {
            "no_decoder": msgid(
                "{path} has an unsupported image format (for example HEIC or raw). It was not used. Export it as JPEG or PNG."
            ),
            "too_large": msgid("{path} exceeds 120 megapixels or 1 GB. It was not used. Reduce its size, or leave it out."),
            "damaged": msgid("{path} is damaged. It was not used. Copy it again from the camera, or leave it out."),
        },
    ),
    errors.NoPictures: make_message(
        msgid("{path} contains no readable image. Nothing was added. Specify a video, or a folder with images or videos.")
    ),
    errors.DiskFull: _describe_disk_full,
    errors.ReadOnlyPlace: _make_place_message(
        make_message(msgid("No permission to write {path}. Nothing was changed. Choose another location, or ask for write permission."))
    ),
    errors.NotStored: make_message(
        msgid(
            "Write error on {path}; the disk may be failing. Data saved before is safe. Copy the project to "
            "another disk and continue there."
        )
    ),
    errors.ReadBackDiffers: make_message(
        msgid("{path} failed verification after writing; the disk is not reliable. The project is safe. Export to another disk.")
    ),
    errors.CameraLost: make_message(
        msgid("{camera} stopped sending images. Footage recorded before is safe. Check the cable, then open the camera again.")
    ),
    errors.CameraRefused: _describe_camera_refused,
    errors.ExtraMissing: _describe_extra_missing,
    errors.NoDisplay: make_message(
        msgid("Cannot open the window: no display. Nothing was changed. Use a command that works without a display{remedy}."),
        does="help",
    ),
    errors.ArgumentRefused: make_message_by_code(
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
    errors.PandasMissing: make_message(
        msgid("pandas is not installed. Nothing was changed. Install pandas, or use the method rows instead of to_dataframe.")
    ),
}
