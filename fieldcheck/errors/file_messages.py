"""Messages of errors about files, footage, cameras, disks, project folders and the history of acts."""

from __future__ import annotations

from dataclasses import astuple

from fieldcheck import errors
from fieldcheck.domain.project_state import get_act_name
from fieldcheck.errors.files import FieldcheckError
from fieldcheck.errors.message_format import (
    Sentence,
    format_command,
    format_remedy,
    make_message,
    make_message_by_code,
    to_one_line,
)
from fieldcheck.i18n.language import msgid, tr
from fieldcheck.paths import get_app_paths
from fieldcheck.timestamp import parse_local_time


def _describe_video_unreadable(error: errors.VideoUnreadable) -> str:
    said = {
        "no_frames": tr(
            "{path} contains no readable frame. Nothing was added. Check that it plays, or "
            "record it again."
        ),
        "interlaced": tr(
            "{path} is interlaced and cannot be deinterlaced here. Nothing was added. "
            "Deinterlace it and save it as MP4 with H.264{how}."
        ),
        "frame_missing": tr(
            "A frame of {path} is no longer readable. Saved data is unchanged. Check the disk."
        ),
        "no_decoder": tr(
            "Cannot read {path}: no decoder for {detail}. Nothing was added. Convert it to "
            "MP4 with H.264{how}."
        ),
        "crashed": tr(
            "{path} crashed the video decoder and was skipped. Nothing was added. Convert it "
            "to MP4 with H.264{how}."
        ),
        "busy": tr(
            "{path} could not be checked: this computer is too busy. Nothing was added. Close "
            "other programs, then add the file again."
        ),
        "time": tr(
            "Reading {path} timed out. Nothing was added. Check that it plays, or convert it "
            "to MP4."
        ),
        "index": tr(
            "The index of recording {path} is invalid. The recording was moved to {detail}; "
            "the rest of the "
            "project is unchanged. Record it again, or copy it again from its source."
        ),
    }.get(
        error.problem,
        tr(
            "{path} is not a readable video. Nothing was added. Check that it plays, or convert "
            "it to MP4."
        ),
    )
    how = format_command(
        "ffmpeg -i FILE -vf bwdif -crf 12 NEW.mp4"
        if error.problem == "interlaced"
        else "ffmpeg -i FILE -crf 12 NEW.mp4"
    )
    return said.format(path=to_one_line(error.path), detail=to_one_line(error.detail), how=how)


def _describe_disk_full(error: errors.DiskFull) -> str:
    if error.kept_free:
        said = tr(
            "Disk full: cannot write {path} (200 MB are reserved for labels and report). Data "
            "saved before is "
            "safe. Free up space, then try again."
        )
    else:
        said = tr(
            "Disk full: cannot write {path}. Data saved before is safe. Free up space, then "
            "try again."
        )
    return said.format(path=to_one_line(error.path))


def _describe_camera_refused(error: errors.CameraRefused) -> str:
    said = {
        "unknown": tr(
            "{camera} not found. Nothing was changed. Connect it, or choose an available "
            "camera{remedy}."
        ),
        "address": tr(
            "{camera} is not a camera address. Nothing was changed. Use the form http://… or "
            "rtsp://…."
        ),
        "unreachable": tr(
            "{camera} does not respond. Nothing was changed. Check address, cable and power."
        ),
        "no_frames": tr(
            "{camera} sent no image while it was monitored. The shift was saved without "
            "images. Check address, cable and power."
        ),
        "password": tr(
            "{camera} rejected the user name or password. Nothing was changed. Put the user "
            "name in the address "
            "(http://name@…) and enter the password when prompted, or set "
            "FIELDCHECK_CAMERA_PASSWORD."
        ),
        "not_a_stream": tr(
            "{camera} is not a video stream ({detail}). Nothing was changed. Look up the "
            "stream address in the camera manual."
        ),
        "redirect": tr(
            "{camera} redirects to another address ({detail}); redirects are not followed. "
            "Nothing was changed. "
            "Enter that address if it belongs to the camera."
        ),
        "busy": tr(
            "{camera} is in use by another program. Nothing was changed. Close the other "
            "program, then open the camera again."
        ),
        "extra_missing": tr(
            "{camera} requires an extra component. Nothing was changed. Install the extra "
            "“{detail}”{pip}."
        ),
    }.get(
        error.problem,
        tr(
            "Cannot open {camera}. Nothing was changed. Disconnect and reconnect it, then try "
            "again."
        ),
    )
    detail = to_one_line(error.detail)
    return said.format(
        camera=to_one_line(error.camera),
        detail=detail,
        remedy=format_remedy("cameras"),
        pip=format_command(f"pip install fieldcheck[{detail}]"),
    )


def _describe_extra_missing(error: errors.ExtraMissing) -> str:
    return tr(
        "{what} requires an extra component. Nothing was written. Install the extra “{extra}”{pip}."
    ).format(
        what=to_one_line(error.what),
        extra=to_one_line(error.extra),
        pip=format_command(f"pip install fieldcheck[{error.extra}]"),
    )


def _make_place_message(otherwise: Sentence) -> Sentence:
    """Where this user's own folders cannot be made or written, who reads it has named no place, so
    the way to another one is told."""

    def describe_error(error: errors.ReadOnlyPlace | errors.PathMissing) -> str:
        if not any(
            error.path in (own, own.parent) or own in error.path.parents
            for own in astuple(get_app_paths())
        ):
            return otherwise(error)
        return tr(
            "Cannot write to {path}, the folder for this user's files. Nothing was changed. "
            "Set the environment "
            "variable FIELDCHECK_HOME to a writable folder."
        ).format(path=to_one_line(error.path))

    return describe_error


FILE_ERRORS: dict[type[FieldcheckError], Sentence] = {
    errors.PathMissing: _make_place_message(
        make_message(
            msgid(
                "{path} not found. Nothing was changed. Check the name and whether the disk is "
                "connected."
            )
        )
    ),
    errors.FolderGone: make_message(
        msgid(
            "{path} is no longer accessible (disk removed or folder moved). Data saved before "
            "is safe there. "
            "Reconnect the disk or move the folder back, then try again."
        )
    ),
    errors.PathRefused: make_message_by_code(
        msgid("{path} is not an allowed path. Nothing was changed. Move the file into its folder."),
        {
            "empty": msgid(
                "A file name is missing (empty path). Nothing was changed. Correct the file "
                "that contains the empty path."
            ),
            "absolute": msgid(
                "{path} is an absolute path or a URL. Nothing was changed. Use a path "
                "relative to its folder."
            ),
            "outside": msgid(
                "{path} points outside its folder. Nothing was changed. Move the file into "
                "that folder."
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
                "permission, or copy it elsewhere."
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
                "{path} is not a valid file or folder name. Nothing was changed. Choose "
                "another name."
            ),
        },
    ),
    errors.VideoUnreadable: _describe_video_unreadable,
    errors.PictureUnreadable: make_message_by_code(
        msgid("{path} is not a readable image. It was not used. Check the file, or leave it out."),
        {
            "no_decoder": msgid(
                "{path} has an unsupported image format (for example HEIC or raw). It was not "
                "used. Export it as JPEG or PNG."
            ),
            "too_large": msgid(
                "{path} exceeds 120 megapixels or 1 GB. It was not used. Reduce its size, or "
                "leave it out."
            ),
            "damaged": msgid(
                "{path} is damaged. It was not used. Copy it again from the camera, or leave "
                "it out."
            ),
        },
    ),
    errors.NoPictures: make_message(
        msgid(
            "{path} contains no readable image. Nothing was added. Specify a video, or a "
            "folder with images or videos."
        )
    ),
    errors.DiskFull: _describe_disk_full,
    errors.ReadOnlyPlace: _make_place_message(
        make_message(
            msgid(
                "No permission to write {path}. Nothing was changed. Choose another location, or "
                "ask for write permission."
            )
        )
    ),
    errors.NotStored: make_message(
        msgid(
            "Write error on {path}; the disk may be failing. Data saved before is safe. Copy "
            "the project to "
            "another disk and continue there."
        )
    ),
    errors.ReadBackDiffers: make_message(
        msgid(
            "{path} failed verification after writing; the disk is not reliable. The project "
            "is safe. Export to another disk."
        )
    ),
    errors.CameraLost: make_message(
        msgid(
            "{camera} stopped sending images. Footage recorded before is safe. Check the "
            "cable, then open the camera again."
        )
    ),
    errors.CameraRefused: _describe_camera_refused,
    errors.ExtraMissing: _describe_extra_missing,
    errors.NoDisplay: make_message(
        msgid(
            "Cannot open the window: no display. Nothing was changed. Use a command that "
            "works without a display{remedy}."
        ),
        does="help",
    ),
    errors.ArgumentRefused: make_message_by_code(
        msgid(
            "{name} cannot be {value}. Nothing was changed. See the documentation of the function."
        ),
        {
            "text": msgid("{name} cannot be {value}. Nothing was changed. Pass a text."),
            "texts": msgid("{name} cannot be {value}. Nothing was changed. Pass a list of texts."),
            "path": msgid(
                "{name} cannot be {value}. Nothing was changed. Pass a path, as text or as a Path."
            ),
            "truth": msgid("{name} cannot be {value}. Nothing was changed. Pass True or False."),
            "count": msgid(
                "{name} cannot be {value}. Nothing was changed. Pass a whole number from 1."
            ),
            "seed": msgid(
                "{name} cannot be {value}. Nothing was changed. Pass a whole number from 0 to "
                "2⁶³ − 1."
            ),
            "fraction": msgid(
                "{name} cannot be {value}. Nothing was changed. Pass a fraction from 0 to 1, "
                "such as 0.971."
            ),
            "time": msgid(
                "{name} cannot be {value}. Nothing was changed. Pass a time such as "
                "2026-11-25T06:30:00+01:00."
            ),
            "choice": msgid(
                "{name} cannot be {value}. Nothing was changed. Pass one of {allowed}."
            ),
            "objects": msgid(
                "{name} cannot be {value}. Nothing was changed. Pass a list of {allowed}."
            ),
            "one_label": msgid(
                "Frame {value} has several labels at once. Nothing was changed. Pass one of "
                "class_name, boxes, "
                "points, unsure, skip and nothing."
            ),
        },
    ),
    errors.PandasMissing: make_message(
        msgid(
            "pandas is not installed. Nothing was changed. Install pandas, or use the method "
            "rows instead of to_dataframe."
        )
    ),
}


# Sentences about project folders and the history of acts.


def _describe_project_locked(error: errors.ProjectLocked) -> str:
    if not error.machine:
        return tr(
            "{path} is open in another program. Nothing was changed. Close it there, then try "
            "again."
        ).format(path=to_one_line(error.path))
    return tr(
        "{path} is open on {machine} (process {process}, since {since}). Nothing was changed. "
        "Close it there, then try again."
    ).format(
        path=to_one_line(error.path),
        machine=to_one_line(error.machine),
        process=error.process,
        since=_format_minute(error.since),
    )


def _format_minute(iso: str) -> str:
    """A moment to the minute on this computer's clock; as it was written where it is none: the lock
    is a file that anybody can write."""
    try:
        return f"{parse_local_time(iso):%Y-%m-%d %H:%M}"
    except (OverflowError, ValueError):
        return to_one_line(iso)


def _describe_project_newer(error: errors.ProjectNewer) -> str:
    return tr(
        "{path} was last saved by Fieldcheck {its}; this is {ours}. The project is open "
        "read-only. Update Fieldcheck to edit it."
    ).format(
        path=to_one_line(error.path),
        its=to_one_line(error.its_version),
        ours=to_one_line(error.our_version),
    )


def _describe_project_damaged(error: errors.ProjectDamaged) -> str:
    if error.repaired is not None:
        return tr(
            "The database of {path} is damaged ({problem}). The original is unchanged; a "
            "repaired copy is at "
            "{repaired}. Check the copy before you continue with it."
        ).format(
            path=to_one_line(error.path),
            problem=_describe_damage(error.problem),
            repaired=to_one_line(error.repaired),
        )
    if error.problem == "nothing_left":
        return tr(
            "The database of {path} is damaged and cannot be repaired. It was not changed. "
            "Continue with the "
            "newest file in the backups folder."
        ).format(path=to_one_line(error.path))
    return tr(
        "The database of {path} is damaged ({problem}). It was not changed. Create a repaired "
        "copy{remedy}."
    ).format(
        path=to_one_line(error.path),
        problem=_describe_damage(error.problem),
        remedy=format_remedy("repair"),
    )


def _describe_damage(problem: str) -> str:
    """What SQLite said, or what our codes mean."""
    return {
        "not_sqlite": tr("not a database header"),
        "foreign_schema": tr("unexpected table structure"),
        "journal": tr("a journal next to the database names another file"),
    }.get(problem, to_one_line(problem.partition("\n")[0]))


def _describe_nothing_to_undo(error: errors.NothingToUndo) -> str:
    if error.act:
        said = (
            tr(
                "Nothing to redo on this screen. Nothing was changed. The next action, "
                "“{act}”, belongs to another screen."
            )
            if error.direction == "redo"
            else tr(
                "Nothing to undo on this screen. Nothing was changed. The last action, "
                "“{act}”, belongs to another screen."
            )
        )
        return said.format(act=get_act_name(error.act))
    if error.direction == "redo":
        return tr("Nothing to redo. Nothing was changed.")
    return tr("Nothing to undo. Nothing was changed.")


def _describe_pack_refused(error: errors.PackRefused) -> str:
    if error.problem == "not_pack":
        return tr(
            "{path} is not an evidence pack. Nothing was changed. Select an .fcpack file{remedy}."
        ).format(path=to_one_line(error.path), remedy=format_remedy("pack"))
    if error.problem == "large":
        return tr(
            "The pack {path} would exceed 4 GB. Nothing was written. Leave out the recordings."
        ).format(path=to_one_line(error.path))
    if error.problem == "newer":
        return tr(
            "{path} was created by a newer Fieldcheck, {version}. Nothing was unpacked. "
            "Update Fieldcheck."
        ).format(path=to_one_line(error.path), version=to_one_line(error.detail))
    if error.problem == "database":
        return tr(
            "The database in {path} failed verification ({problem}). Nothing was unpacked. "
            "Ask the sender for a new pack."
        ).format(path=to_one_line(error.path), problem=_describe_damage(error.detail))
    return tr(
        "{path} failed verification: {record}, {what}. Nothing was unpacked. Ask the sender "
        "for a new pack."
    ).format(
        path=to_one_line(error.path),
        record=to_one_line(error.detail),
        what=describe_pack_fault(error.problem),
    )


def describe_pack_fault(problem: str) -> str:
    """What is wrong with a part of a pack, in words."""
    return {
        "end": tr("archive truncated or extended"),
        "header": tr("archive entry modified"),
        "content": tr("content differs from the packed file"),
        "size": tr("too large"),
        "name": tr("file name not allowed"),
        "absolute": tr("path outside the pack"),
        "outside": tr("path outside the pack"),
        "duplicate": tr("duplicate file name"),
        "link": tr("symbolic link"),
        "compressed": tr("unexpected compression"),
        "missing": tr("missing"),
        "unknown": tr("unexpected file in the pack"),
        "chain": tr("hash chain broken"),
        "statement": tr("statement covers other files"),
        "signature": tr("signature does not match the key"),
        "signatures": tr("more signatures than a pack may have"),
        "record": tr("value differs from the database"),
        "figure": tr("value differs when recomputed from labels and predictions"),
        "figures": tr("its values cannot be computed again"),
        "count": tr("record count differs"),
    }.get(problem, tr("hash differs from the packed file"))


def _describe_merge_refused(error: errors.MergeRefused) -> str:
    if error.problem == "class":
        return tr(
            "{path} has labels of class {name}, which is not in this project. Nothing was "
            "merged. Label with the same model."
        ).format(path=to_one_line(error.path), name=to_one_line(error.detail))
    return tr(
        "No labelled frame of {path} is a picked frame of this project (first: {name}). "
        "Nothing was merged. "
        "Use a pack shared from this project."
    ).format(path=to_one_line(error.path), name=to_one_line(error.detail))


PROJECT_ERRORS: dict[type[FieldcheckError], Sentence] = {
    errors.ProjectExists: make_message(
        msgid("{path} already exists. It was not changed. Choose another name.")
    ),
    errors.PathOccupied: make_message(
        msgid("{path} already contains other data. It was not changed. Choose another path.")
    ),
    errors.NotAProject: make_message_by_code(
        msgid(
            "{path}: project.db is not a database. It was not changed. Choose another folder, "
            "or a backup."
        ),
        {
            "no_database": msgid(
                "{path} is not a project folder (no project.db). Nothing was changed. Select "
                "a project folder, or create a project{remedy}."
            ),
            "around": msgid(
                "{path} is not a project folder; it only contains {detail}. Nothing was "
                "changed. Select the project inside it."
            ),
            "foreign_schema": msgid(
                "{path} contains a database of another program. It was not changed. Choose "
                "another folder."
            ),
        },
        does="new",
    ),
    errors.ProjectLocked: _describe_project_locked,
    errors.ProjectOnlyRead: make_message(
        msgid(
            "{path} is open read-only. Nothing was changed. Correct the cause reported on "
            "opening, then open it again."
        )
    ),
    errors.ProjectClosed: make_message_by_code(
        msgid("{path} is closed. Data saved before is safe. Open it again, then try again."),
        {
            "forked": msgid(
                "{path} was opened before this process was forked. Data saved before is safe. "
                "Open it in the process that uses it."
            )
        },
    ),
    errors.ProjectNewer: _describe_project_newer,
    errors.ProjectDamaged: _describe_project_damaged,
    errors.UndoRefused: make_message(
        msgid(
            "Cannot undo or redo {act}: {key} has a newer value. Nothing was changed. Make "
            "the change manually."
        )
    ),
    errors.NothingToUndo: _describe_nothing_to_undo,
    errors.ReportRefused: make_message_by_code(
        msgid(
            "{path} is not a summary of a Fieldcheck report. Nothing was written. Specify a "
            "report folder, or its summary.json."
        ),
        {
            "none": msgid(
                "No report in {path}. Nothing was written. Specify a report folder, its "
                "summary.json, or a project with a report."
            ),
            "unreadable": msgid(
                "{path} is not readable JSON. Nothing was written. Copy the report folder again."
            ),
        },
    ),
    errors.PackRefused: _describe_pack_refused,
    errors.MergeRefused: _describe_merge_refused,
    errors.KeyRefused: make_message_by_code(
        msgid(
            "{path} contains no readable private key. Nothing was signed. Use a PKCS #8 or "
            "OpenSSH key."
        ),
        {
            "encrypted": msgid(
                "The key {path} is encrypted. Nothing was signed. Use a key without a passphrase."
            ),
            "kind": msgid(
                "The key {path} is not an Ed25519 key. Nothing was signed. Create one{how}."
            ),
            "often": msgid(
                "The seal already has the maximum number of signatures. Nothing was signed "
                "with {path}. Continue with"
                " the existing signatures."
            ),
        },
        types="ssh-keygen -t ed25519",
    ),
    errors.AdminNeeded: make_message_by_code(
        msgid(
            "The limits of {path} are protected by an admin PIN. Nothing was changed. Enter "
            "the PIN first{remedy}."
        ),
        {
            "wrong": msgid(
                "Wrong admin PIN for {path}. Nothing was changed. Ask the person who set it."
            ),
            "unset": msgid(
                "No admin PIN set for {path}. Nothing was changed. Change the limits without a PIN."
            ),
        },
        does="admin",
    ),
}
