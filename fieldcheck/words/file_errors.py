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
        "no_frames": text("{path} holds no frame that can be read; nothing of it was added: check that it plays, or record it again."),
        "interlaced": text(
            "{path} is interlaced, and its fields cannot be joined here; nothing of it was added: deinterlace it first, and store it "
            "as an MP4 in H.264{how}."
        ),
        "frame_missing": text(
            "{path} does not give a frame any more that it gave when it was listed; what is stored stands: check the disk."
        ),
        "no_decoder": text(
            "There is no decoder for {detail} here, so {path} cannot be read; nothing of it was added: convert it to an MP4 in H.264{how}."
        ),
        "crashed": text(
            "{path} ended the process that tried it first, so it is not read; nothing of it was added: convert it to an MP4 in H.264{how}."
        ),
        "busy": text("{path} had no time to be tried on this computer; nothing of it was added: close other programs, then add it again."),
        "time": text("{path} takes too long to read; nothing of it was added: check that it plays, or convert it to MP4."),
        "index": text(
            "The index of the recording {path} does not fit what a camera can have delivered, so the recording was put aside in {detail}; "
            "the rest of the project is as it was: record it again, or copy it again from where it came."
        ),
    }.get(error.problem, text("{path} is no video that can be read; nothing of it was added: check that it plays, or convert it to MP4."))
    how = typed("ffmpeg -i FILE -vf bwdif -crf 12 NEW.mp4" if error.problem == "interlaced" else "ffmpeg -i FILE -crf 12 NEW.mp4")
    return said.format(path=plain(error.path), detail=plain(error.detail), how=how)


def _disk_full(error: errors.DiskFull) -> str:
    if error.kept_free:
        said = text(
            "There is no room left on the disk for {path} (200 MB stay free for labels and the report); everything stored before is "
            "safe: make room, then do it again."
        )
    else:
        said = text("There is no room left on the disk for {path}; everything stored before is safe: make room, then do it again.")
    return said.format(path=plain(error.path))


def _camera_refused(error: errors.CameraRefused) -> str:
    said = {
        "unknown": text(
            "There is no camera {camera} here; nothing was changed: plug it in, or choose one of those that there are{remedy}."
        ),
        "address": text("{camera} is no address of a camera; nothing was changed: write it as http://… or rtsp://…."),
        "unreachable": text("The camera at {camera} does not answer; nothing was changed: check its address, its cable and its power."),
        "no_frames": text(
            "No image came from {camera} while it was watched. The shift is stored as one without images. "
            "Check its address, its cable and its power."
        ),
        "password": text(
            "The camera at {camera} wants another name or password; nothing was changed: write the name into the address "
            "(http://name@…) and give the password when asked, or in FIELDCHECK_CAMERA_PASSWORD."
        ),
        "not_a_stream": text(
            "What answers at {camera} is no video stream ({detail}); nothing was changed: look up the address of the stream in the "
            "camera's manual."
        ),
        "redirect": text(
            "The camera at {camera} sends to another address ({detail}), which is not followed; nothing was changed: enter that address "
            "if it is the camera's."
        ),
        "busy": text("The camera {camera} is in use by another program; nothing was changed: close that program, then open it again."),
        "extra_missing": text(
            "For the camera {camera} a part of Fieldcheck is missing; nothing was changed: install its extra “{detail}”{pip}."
        ),
    }.get(error.problem, text("The camera {camera} could not be opened; nothing was changed: unplug it, plug it in, then open it again."))
    detail = plain(error.detail)
    return said.format(camera=plain(error.camera), detail=detail, remedy=remedy("cameras"), pip=typed(f"pip install fieldcheck[{detail}]"))


def _extra_missing(error: errors.ExtraMissing) -> str:
    return text("For {what} a part of Fieldcheck is missing; nothing was written: install its extra “{extra}”{pip}.").format(
        what=plain(error.what), extra=plain(error.extra), pip=typed(f"pip install fieldcheck[{error.extra}]")
    )


def _unless_at_home(otherwise: Sentence) -> Sentence:
    """Where this user's own folders cannot be made or written, who reads it has named no place, so the way to another one is told."""

    def say(error: errors.ReadOnlyPlace | errors.PathMissing) -> str:
        if not any(error.path in (own, own.parent) or own in error.path.parents for own in astuple(places())):
            return otherwise(error)
        return text(
            "{path} is where this user's own files belong and cannot be written; nothing was changed: set the environment variable "
            "FIELDCHECK_HOME to a folder that can be."
        ).format(path=plain(error.path))

    return say


FILE_ERRORS: dict[type[FieldcheckError], Sentence] = {
    errors.PathMissing: _unless_at_home(
        told(msgid("There is nothing at {path}; nothing was changed: check the name, and that its disk is connected."))
    ),
    errors.FolderGone: told(
        msgid(
            "{path} cannot be reached any more, as when its disk was unplugged or the folder was moved; everything stored before is safe "
            "there: connect the disk or move the folder back, then do it again."
        )
    ),
    errors.PathRefused: coded(
        msgid("{path} is not taken as a path; nothing was changed: put the file inside the folder it belongs to."),
        {
            "empty": msgid("An empty path stands where a file should be named; nothing was changed: correct the file that names it."),
            "absolute": msgid(
                "{path} is a path of one computer, or an address; nothing was changed: name it relative to the folder it belongs to."
            ),
            "outside": msgid("{path} leads out of the folder it belongs to; nothing was changed: put the file inside that folder."),
            "link": msgid("{path} is a link, which is not followed; nothing was changed: put the file itself there."),
            "device": msgid("{path} is no ordinary file; nothing was changed: put a file there."),
            "right": msgid(
                "{path} may not be opened by this user; what was stored before is safe: ask for permission, or copy it elsewhere."
            ),
            "long": msgid("{path} is longer than a database may be named; nothing was changed: choose a place with a shorter path."),
            "project": msgid("{path} is a project and no footage; nothing of it was added: name the videos or pictures themselves."),
            "name": msgid("{path} is no name that a file or folder can have here; nothing was changed: give it another name."),
        },
    ),
    errors.VideoUnreadable: _video_unreadable,
    errors.PictureUnreadable: coded(
        msgid("{path} is no picture that can be read; nothing of it was used: check the file, or leave it out."),
        {
            "no_decoder": msgid(
                "{path} is in a format of phones or cameras that is not read here; nothing of it was used: export it as JPEG or PNG."
            ),
            "too_large": msgid(
                "{path} is larger than 120 megapixels or one gigabyte; nothing of it was used: make it smaller, or leave it out."
            ),
            "damaged": msgid("{path} is damaged; nothing of it was used: copy it again from the camera, or leave it out."),
        },
    ),
    errors.NoPictures: told(
        msgid("There is no picture that can be read in {path}; nothing of it was added: name a video, or a folder with pictures or videos.")
    ),
    errors.DiskFull: _disk_full,
    errors.ReadOnlyPlace: _unless_at_home(
        told(msgid("{path} may not be written; nothing was changed: choose another place, or ask for the right to write there."))
    ),
    errors.NotStored: told(
        msgid(
            "The disk did not take what was to be written to {path}, as one does that begins to fail; everything stored before is safe: "
            "copy the project to another disk, then do it again there."
        )
    ),
    errors.ReadBackDiffers: told(
        msgid("{path} does not read back as it was written, so this disk cannot be trusted; the project is safe: write to another disk.")
    ),
    errors.CameraLost: told(
        msgid("The camera {camera} gives no pictures any more; what was stored before is safe: check its cable, then open it again.")
    ),
    errors.CameraRefused: _camera_refused,
    errors.ExtraMissing: _extra_missing,
    errors.NoDisplay: told(
        msgid("There is no display here, so the window cannot open; nothing was changed: use a command that works without one{remedy}."),
        does="help",
    ),
    errors.ArgumentRefused: coded(
        msgid("{name} cannot be {value}; nothing was changed: look up what the function takes."),
        {
            "text": msgid("{name} cannot be {value}; nothing was changed: pass a text."),
            "texts": msgid("{name} cannot be {value}; nothing was changed: pass a list of texts."),
            "path": msgid("{name} cannot be {value}; nothing was changed: pass a path, as text or as a Path."),
            "truth": msgid("{name} cannot be {value}; nothing was changed: pass True or False."),
            "count": msgid("{name} cannot be {value}; nothing was changed: pass a whole number from 1."),
            "seed": msgid("{name} cannot be {value}; nothing was changed: pass a whole number from 0 to 2⁶³ − 1."),
            "fraction": msgid("{name} cannot be {value}; nothing was changed: pass a fraction from 0 to 1, such as 0.971."),
            "time": msgid("{name} cannot be {value}; nothing was changed: pass a time such as 2026-11-25T06:30:00+01:00."),
            "choice": msgid("{name} cannot be {value}; nothing was changed: pass one of {allowed}."),
            "objects": msgid("{name} cannot be {value}; nothing was changed: pass a list of {allowed}."),
            "one_label": msgid(
                "Frame {value} has several labels at once; nothing was changed: pass one of class_name, boxes, points, unsure, skip and "
                "nothing."
            ),
        },
    ),
    errors.PandasMissing: told(
        msgid("There is no pandas here, which makes data frames; nothing was changed: install pandas, or take the rows as they are.")
    ),
}
