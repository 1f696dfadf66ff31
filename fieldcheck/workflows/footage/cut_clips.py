"""Clip borders moved by a person who knows better than the cut detector. Every act stands in the history and can be undone."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.recording import make_clip_id
from fieldcheck.errors import BorderMissing, FrameUnknown
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import clips as clips_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.workflows.footage.sampling_list import find_clip


def split_clip(project: Project, frame_id: str) -> Changes:
    """A clip begins at this frame from now on; it keeps camera, place and light of the one it was cut from.

    Raises FrameUnknown; BorderMissing where one begins there already.
    """
    frame = project.read(lambda db: frames_table.get_frame(db, frame_id))
    if frame is None:
        raise FrameUnknown(frame_id)
    now = list(project.read(lambda db: clips_table.list_clips_of_recording(db, frame.recording_id)))
    whole = find_clip(now, frame.source_index)
    if whole.first_index == frame.source_index:
        raise BorderMissing(frame_id, "begins_here")
    new = replace(
        whole, clip_id=make_clip_id(frame.recording_id, frame.source_index), first_index=frame.source_index, start_s=frame.t_s
    )  # fmt: skip
    return project.edit("clip.cut", puts=[clips_table.make_clip_row(new)])


def move_clip_start(project: Project, name: str, inside: str, seconds: float) -> Changes:
    """The clip `name` begins at the frame nearest to `seconds` after the beginning of `inside`, which is itself or the clip before it.
    Both keep a frame at least, and each its camera, place and light.

    Raises BorderMissing for the first clip of a recording, for one that is not there, and where it begins at that frame already.
    """
    every = project.read(clips_table.list_clips)
    at = next((place for place, one in enumerate(every) if one.clip_id == name), 0)
    if not at or every[at - 1].recording_id != every[at].recording_id:
        raise BorderMissing(name, "first")
    before, moved = every[at - 1], every[at]
    stop = every[at + 1].first_index if every[at + 1 : at + 2] and every[at + 1].recording_id == moved.recording_id else inf
    frames = project.read(lambda db: frames_table.list_frames_of_recording(db, moved.recording_id))
    both = [frame for frame in frames if before.first_index <= frame.source_index < stop]
    wanted = (before if inside == before.clip_id else moved).start_s + seconds
    new = min(both[1:], key=lambda frame: abs(frame.t_s - wanted))
    if new.source_index == moved.first_index:
        raise BorderMissing(new.frame_id, "begins_here")
    row = replace(moved, clip_id=make_clip_id(moved.recording_id, new.source_index), first_index=new.source_index, start_s=new.t_s)
    return project.edit("clip.move", puts=[clips_table.make_clip_row(row)], deletes=[clips_table.make_clip_key(name)])


def join_previous_clip(project: Project, name: str) -> Changes:
    """The clip goes on from the one before it in its recording: one clip, with the camera, place and light of the earlier one.

    Raises BorderMissing for the first clip of a recording, and for one that is not there.
    """
    every = project.read(clips_table.list_clips)
    found = next((one for one in every if one.clip_id == name), None)
    if found is None or found.clip_id == next(one.clip_id for one in every if one.recording_id == found.recording_id):
        raise BorderMissing(name, "first")
    return project.edit("clip.join", deletes=[clips_table.make_clip_key(name)])
