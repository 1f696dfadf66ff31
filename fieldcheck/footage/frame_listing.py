"""The sampling list of a recording: read once, measured, stored chunk by chunk, then cut into clips
and closed; and which part on the line each frame shows, by file name, by a pause, or by a list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck import __version__
from fieldcheck.domain.frame import PART_CALLS, PART_SOURCES, ListedFrame, PartCall, PartRule
from fieldcheck.domain.project_state import Changes
from fieldcheck.domain.recording import (
    CONDITIONS,
    Clip,
    LightingChange,
    Recording,
    SkippedFile,
    list_conditions_between,
    make_clip_id,
)
from fieldcheck.domain.run import Run, StoredModel
from fieldcheck.errors.files import NoPictures, VideoUnreadable
from fieldcheck.errors.imported_files import PartsRefused
from fieldcheck.files import make_json_key
from fieldcheck.footage.clips_and_scene_cuts import find_clip_starts
from fieldcheck.footage.frame_analysis import TriageChunk, TriageRows, analyse_frames
from fieldcheck.footage.frame_pixels import compute_frame_look
from fieldcheck.footage.image_folder import SECONDS_APART, remove_copy
from fieldcheck.footage.recording_container import RecordedFootage
from fieldcheck.footage.video.index import load_promised_index, load_video_index, read_frame_rate
from fieldcheck.imaging.camera_health import find_frozen_frames
from fieldcheck.imaging.thumbnail import THUMBNAIL_SIDE
from fieldcheck.models.providers import insert_run
from fieldcheck.models.store import can_ask, make_model_file, make_run
from fieldcheck.parallel import map_chunks
from fieldcheck.progress import Progress
from fieldcheck.project.memoise import memoisable
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import project_state as chunks_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables import runs as predictions_table
from fieldcheck.project.tables import values as settings_table
from fieldcheck.safe_text import clean_name
from fieldcheck.verify_pack import to_canonical_json

KEY = "parts"
ACT = "parts.set"
GROUP = "part"
LONGEST_PATTERN = 200
STRETCH, STRETCHES_HELD = 500, 4  # looks that are read at once, and stretches that are held


@dataclass(frozen=True, slots=True)
class PartCounts:
    """How many parts there are, `n_frames` of which show one, and `n_without` frames that show
    none by the rule."""

    n_parts: int
    n_frames: int
    n_without: int


def get_part_rule(project: Project) -> PartRule | None:
    """The rule in effect; None where frames carry no part."""
    return _parse_rule(project.read(settings_table.list_settings).get(KEY))


def load_parts(project: Project) -> dict[str, str]:
    """Parts of the listed frames: frame id → part. Empty where frames carry none."""
    return project.read(_load_parts)


@memoisable
def _load_parts(db: Database) -> dict[str, str]:
    rule = _parse_rule(settings_table.list_settings(db).get(KEY))
    return frames_table.get_parts(db, rule.list_id) if rule else {}


def list_frames_of_part(project: Project, frame_id: str) -> tuple[str, ...]:
    """Listed frames that show the same part as this one; only itself where frames carry none."""
    rule = get_part_rule(project)
    if rule is None:
        return (frame_id,)
    return project.read(lambda db: frames_table.list_frames_of_part(db, rule.list_id, frame_id))


def count_parts(project: Project) -> PartCounts:
    """Counts of the rule in effect."""
    parts = load_parts(project)
    n_listed = project.read(frames_table.count_listed_frames)
    return PartCounts(len(set(parts.values())), len(parts), n_listed - len(parts))


def set_part_rule(project: Project, rule: PartRule) -> Changes:
    """Parts by a pattern of file names or by a pause from now on, also of footage that is imported
    later, as one undoable act. Raises PartsRefused."""
    frames = project.read(frames_table.list_frames)
    parts = assign_parts(rule, frames)
    if frames and not parts:
        raise PartsRefused(rule.definition, "no_match", frames[0].source)
    return store_parts(project, rule, parts)


def store_parts(project: Project, rule: PartRule, parts: Mapping[str, str]) -> Changes:
    """These parts, frame id → part, from now on, as one undoable act."""
    named = replace(rule, list_id=_make_list_id(rule, parts if rule.source == "csv" else {}))
    project.write(lambda db: frames_table.insert_parts(db, named.list_id, parts)).result()
    return _store_rule(project, named)


def set_part_call(project: Project, rule: PartRule, call: PartCall, least: int) -> Changes:
    """When a part of this rule is called defective from now on, as one undoable act."""
    if call not in PART_CALLS or least < 1:
        raise ValueError(f"a part is called by {PART_CALLS}, at least one frame: {call} {least}")
    return _store_rule(project, replace(rule, call=call, least=least if call == "at_least" else 1))


def clear_parts(project: Project) -> Changes:
    """Frames carry no part from now on, as one undoable act."""
    return project.edit(ACT, deletes=[settings_table.make_setting_key(KEY)])


def add_parts_of_frames(db: Database, frames: Iterable[ListedFrame]) -> None:
    """Gives frames of a recording that was just listed their parts by the rule in effect; a list
    from a file knows only the frames that it names."""
    rule = _parse_rule(settings_table.list_settings(db).get(KEY))
    if rule and rule.source != "csv":
        frames_table.insert_parts(db, rule.list_id, assign_parts(rule, frames))


def assign_parts(rule: PartRule, frames: Iterable[ListedFrame]) -> dict[str, str]:
    """Parts of frames by a pattern or a pause: frame id → part; a frame that fits no pattern is
    left out. Raises PartsRefused for a pattern that is none."""
    if rule.source == "pause":
        return _assign_by_pause(float(rule.definition), frames)
    pattern = compile_pattern(rule.definition)
    parts: dict[str, str] = {}
    for frame in frames:
        match = pattern.search(frame.source)
        if match and match[GROUP]:
            name = clean_name(match[GROUP])
            parts[frame.frame_id] = name if rule.across else f"{frame.recording_id}/{name}"
    return parts


def _assign_by_pause(pause_s: float, frames: Iterable[ListedFrame]) -> dict[str, str]:
    """A new part begins where no frame was listed for longer than the pause."""
    parts: dict[str, str] = {}
    last: ListedFrame | None = None
    number = 0
    for frame in frames:
        if last is None or frame.recording_id != last.recording_id:
            number = 1
        elif frame.t_s - last.t_s > pause_s:
            number += 1
        parts[frame.frame_id] = f"{frame.recording_id}/{number:04d}"
        last = frame
    return parts


def compile_pattern(text: str) -> re.Pattern[str]:
    """A regular expression with a group named part, searched in `folder/file`; or a template such
    as `{part}_*.png` for the file's name, where `*` is any text. Raises PartsRefused."""
    if "(?P<part>" not in text:
        if text.count("{part}") != 1:
            raise PartsRefused(text, "pattern")
        name = re.escape(PurePosixPath(text).name).replace(r"\{part\}", "{part}")
        body = name.replace(r"\*", "[^/]*").replace("{part}", "(?P<part>[^/]+?)")
        return re.compile(rf"(?:^|/){body}$")
    try:
        if len(text) > LONGEST_PATTERN:
            raise PartsRefused(text[:LONGEST_PATTERN], "pattern")
        return re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise PartsRefused(text, "pattern", str(error)) from error


def _make_list_id(rule: PartRule, parts: Mapping[str, str]) -> str:
    """The same rule and the same list have the same name, so that undo and redo find theirs."""
    body = [rule.source, rule.definition, rule.across, sorted(parts.items())]
    return sha256(to_canonical_json(body)).hexdigest()[:16]


def _store_rule(project: Project, rule: PartRule) -> Changes:
    return project.edit(ACT, puts=[settings_table.make_setting_row(KEY, asdict(rule))])


def _parse_rule(value: Any) -> PartRule | None:
    """The rule that was stored; None for anything else."""
    names = {field.name for field in fields(PartRule)}
    if not isinstance(value, dict) or set(value) != names:
        return None
    rule = PartRule(**value)
    texts = (rule.source, rule.definition, rule.list_id, rule.by)
    if not all(isinstance(text, str) for text in texts) or rule.source not in PART_SOURCES:
        return None
    if rule.call not in PART_CALLS or not isinstance(rule.least, int) or rule.least < 1:
        return None
    try:
        if rule.source != "csv":
            assign_parts(rule, ())
    except (PartsRefused, ValueError):
        return None
    return replace(rule, by=clean_name(rule.by))


CHUNK_S = 5.0  # a kill loses at most this much footage a worker
CHUNK_PICTURES = 16
TO_THE_END = 2**62


@dataclass(frozen=True, slots=True)
class ImportedRecording:
    """One recording after the import. `resumed`: some of it was there from a broken import;
    `known`: all of it was there already."""

    recording: Recording
    clips: tuple[Clip, ...]
    frames: tuple[ListedFrame, ...]
    resumed: bool
    known: bool


def build_frame_list(
    project: Project,
    recording: Recording,
    names: Sequence[str],
    progress: Progress,
    now: str,
    unread: Sequence[SkippedFile] = (),
) -> ImportedRecording:
    """Lists the frames of a recording whose files lie in the project, and closes it; what an
    earlier try finished is not done again.

    `names`: a folder's pictures; `unread`: those that were left out. Raises VideoUnreadable or
    NoPictures where nothing of it can be read, or where it is interlaced further on (then nothing
    is left of it), DiskFull, Cancelled (then what is finished stands).
    """
    model = project.read(models_table.get_newest_model)
    model = model if model is not None and can_ask(model) else None
    plan = list(plan_recording_chunks(project, recording, names, model))
    job = _make_job_name(recording, plan)
    finished = project.read(lambda db: chunks_table.get_finished_chunks(db, job))
    if not finished:  # counted anew, as an earlier import may have counted with another model
        # never copied
        left_out = {
            *unread,
            *(
                skipped_file
                for skipped_file in recording.skipped
                if recording.kind == "folder" and skipped_file.file not in names
            ),
        }
        skipped = tuple(sorted(left_out, key=lambda skipped_file: skipped_file.file))
        recording = replace(recording, n_frames=0, n_unreadable=len(skipped), skipped=skipped)
    project.write(lambda db: recordings_table.put_recording(db, recording)).result()
    run = make_run(model, "footage", "footage", 0, now) if model else None
    n = _count_frames(project.path / recording.path, recording, names)
    sizes = {chunk.number: max(1, min(chunk.stop, n) - chunk.first) for chunk in plan}
    keeper = _FrameStore(
        project,
        recording,
        run,
        job,
        sizes,
        progress,
        done=sum(sizes[number] for number in finished),
    )
    missing = [chunk for chunk in plan if chunk.number not in finished]
    try:
        is_as_promised = _list_missing_chunks(
            project.path / recording.path, missing, keeper, progress
        )
    except VideoUnreadable as error:
        if error.problem != "interlaced":
            raise
        _remove_recording(project, recording, job)
        raise VideoUnreadable(Path(recording.source), "interlaced") from error
    if not is_as_promised:
        project.write(lambda db: _forget_frames(db, recording, job)).result()
        return build_frame_list(project, recording, names, progress, now, unread)
    return _close_recording(project, recording, job, resumed=bool(finished))


def _list_missing_chunks(
    path: Path, missing: Sequence[TriageChunk], keeper: _FrameStore, progress: Progress
) -> bool:
    """Lists the frames of the missing chunks of a recording. Returns whether the frames of a video
    have the times that its packets promise, by which it is listed: who decodes all of it has proven
    them, so that no frame is decoded for the proof alone."""
    if path.is_dir():
        map_chunks(analyse_frames, missing, keeper.store_chunk, progress)
        return True
    promised = load_promised_index(path)
    chunks = [replace(chunk, is_promise_enough=True) for chunk in missing]
    map_chunks(analyse_frames, chunks, keeper.store_chunk, progress)
    return replace(load_video_index(path), is_proven=True) == replace(promised, is_proven=True)


def plan_recording_chunks(
    project: Project, recording: Recording, names: Sequence[str], model: StoredModel | None
) -> Iterator[TriageChunk]:
    """The recording in chunks. The last one of a video is open: what the container says of its
    length is only a hint."""
    path = project.path / recording.path
    named = (recording.recording_id, recording.source, recording.list_fps)
    spec = make_model_file(project, model) if model else None
    if recording.kind == "folder":
        for number, first in enumerate(range(0, len(names), CHUNK_PICTURES)):
            part = tuple(names[first : first + CHUNK_PICTURES])
            yield TriageChunk(
                number, str(path), "folder", *named, first, first + len(part), part, spec
            )
        return
    size = max(1, round(CHUNK_S * recording.fps))
    n = max(1, -(-_count_frames(path, recording, names) // size))
    for number in range(n):
        stop = TO_THE_END if number == n - 1 else (number + 1) * size
        yield TriageChunk(number, str(path), recording.kind, *named, number * size, stop, (), spec)


def _count_frames(path: Path, recording: Recording, names: Sequence[str]) -> int:
    """How many pictures there are to go through; of a video what the container says, 0 where that
    is not credible."""
    if recording.kind == "folder":
        return len(names)
    return (
        _count_recorded_frames(path)
        if recording.kind == "capture"
        else read_frame_rate(path)[1]  # its index is made by who reads it
    )


def _make_job_name(recording: Recording, plan: Sequence[TriageChunk]) -> str:
    """Name of the job: equal for the same footage, chunks, version and model."""
    model = plan[0].model if plan else None
    key = [
        recording.sha256,
        recording.list_fps,
        len(plan),
        __version__,
        (model.sha256, model.card) if model else None,
    ]
    return "triage-" + make_json_key(key)


class _FrameStore:
    """Stores each chunk's rows as they come: pictures into the cache first, then every row and the
    chunk's mark in one transaction. `sizes`: pictures of each chunk by its number; `done`: how many
    of them an earlier try went through."""

    def __init__(
        self,
        project: Project,
        recording: Recording,
        run: Run | None,
        job: str,
        sizes: Mapping[int, int],
        progress: Progress,
        done: int,
    ) -> None:
        self._project, self._recording, self._job, self._progress = (
            project,
            recording,
            job,
            progress,
        )
        self._run, self._sizes, self._done = run, sizes, done

    def store_chunk(self, chunk: TriageChunk, rows: TriageRows) -> None:
        # small pictures are read anew as fast as a look is unpacked
        frames, quick = rows.frames, chunk.kind == "folder"
        frame_looks = [
            None if quick and max(frame.width, frame.height) <= THUMBNAIL_SIDE else luma
            for frame, luma in zip(frames, rows.looks, strict=True)
        ]
        self._project.cache.put_thumbnails(
            zip([frame.frame_id for frame in frames], rows.thumbnails, frame_looks, strict=True)
        )
        self._project.write(lambda db: self._store_rows(db, chunk, rows)).result()
        self._done += self._sizes[chunk.number]
        self._progress.report(self._done, sum(self._sizes.values()), self._recording.source)

    def _store_rows(self, db: Database, chunk: TriageChunk, rows: TriageRows) -> None:
        stored = recordings_table.get_recording(db, self._recording.recording_id) or self._recording
        if rows.frames and not stored.width:
            stored = replace(stored, width=rows.frames[0].width, height=rows.frames[0].height)
        n_frames = rows.ended_at if rows.ended_at is not None else stored.n_frames
        if chunk.kind == "folder":
            n_frames = stored.n_frames + len(rows.frames)
        skipped = tuple(
            sorted({*stored.skipped, *rows.skipped}, key=lambda skipped_file: skipped_file.file)
        )
        unreadable = stored.n_unreadable + rows.n_unreadable
        recordings_table.put_recording(
            db, replace(stored, n_frames=n_frames, n_unreadable=unreadable, skipped=skipped)
        )
        frames_table.insert_frames(db, rows.frames, rows.facts)
        if self._run is not None and chunk.model is not None:
            insert_run(db, self._run, chunk.model.provider)
            predictions_table.insert_predictions(db, self._run.run_id, rows.predictions)
        chunks_table.mark_chunk_finished(db, self._job, chunk.number)


def _close_recording(
    project: Project, begun: Recording, job: str, resumed: bool
) -> ImportedRecording:
    """Finds what stood still and where clips begin, and closes the recording in one transaction.

    Raises VideoUnreadable or NoPictures where nothing of it could be read; then nothing is left of
    it.
    """
    recording = (
        project.read(lambda db: recordings_table.get_recording(db, begun.recording_id)) or begun
    )
    frames = project.read(
        lambda db: frames_table.list_frames_of_recording(db, recording.recording_id)
    )
    # What a camera delivered is kept, even if no image can be decoded.
    if not frames and recording.kind == "capture":
        closed = replace(recording, closed=True)
        project.write(lambda db: recordings_table.put_recording(db, closed)).result()
        return load_imported(project, closed, resumed=resumed, known=False)
    if not frames:
        _remove_recording(project, recording, job)
        raise (
            NoPictures(Path(recording.source))
            if recording.kind == "folder"
            else VideoUnreadable(Path(recording.source), "no_frames")
        )
    starts, frozen = _find_clip_starts(project, recording, frames)
    closed = replace(recording, closed=True, seconds=_compute_duration(recording, frames))
    lights = project.read(lambda db: recordings_table.list_lights(db, recording.recording_id))
    clips = _make_clips(recording, frames, starts, lights)

    def store(db: Database) -> None:
        frames_table.mark_frozen(
            db, [frame.frame_id for frame, still in zip(frames, frozen, strict=True) if still]
        )
        recordings_table.put_clips(db, clips)
        recordings_table.put_recording(db, closed)
        add_parts_of_frames(db, frames)

    project.write(store).result()
    return load_imported(project, closed, resumed=resumed, known=False)


def _remove_recording(project: Project, recording: Recording, job: str) -> None:
    """Remove an unusable recording and the frames listed of it."""

    def remove(db: Database) -> None:
        _forget_frames(db, recording, job)
        recordings_table.remove_recording(db, recording.recording_id)

    project.write(remove).result()
    remove_copy(project.path, recording.recording_id)


def _forget_frames(db: Database, recording: Recording, job: str) -> None:
    """Remove the frames listed of a recording, so that they are listed anew."""
    chunks_table.remove_chunks(db, job)
    frames_table.remove_frames(db, recording.recording_id)


class RecordingLooks(Sequence[NDArray[np.uint8]]):
    """(90, 160) uint8 luma of the frames of a recording, from the cache or, where that was lost,
    from the footage. Some stretches are held at a time: those of ten hours take a gigabyte."""

    def __init__(
        self, project: Project, recording: Recording, frames: Sequence[ListedFrame]
    ) -> None:
        self._project, self._recording, self._frames = project, recording, frames
        self._load = lru_cache(STRETCHES_HELD)(self._load_stretch)

    def __len__(self) -> int:
        return len(self._frames)

    @overload
    def __getitem__(self, index: int) -> NDArray[np.uint8]: ...
    @overload
    def __getitem__(self, index: slice) -> list[NDArray[np.uint8]]: ...
    def __getitem__(self, index: int | slice) -> NDArray[np.uint8] | list[NDArray[np.uint8]]:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        position = range(len(self))[index]
        return self._load(position // STRETCH)[position % STRETCH]

    def _load_stretch(self, number: int) -> list[NDArray[np.uint8]]:
        frames = self._frames[number * STRETCH : (number + 1) * STRETCH]
        stored = self._project.cache.get_looks([frame.frame_id for frame in frames])
        return [
            stored[frame.frame_id]
            if frame.frame_id in stored
            else compute_frame_look(self._project, self._recording, frame)
            for frame in frames
        ]


def _compute_duration(recording: Recording, frames: Sequence[ListedFrame]) -> float:
    """How long the recording lasts: its last frame stands for one frame's time."""
    if recording.kind == "folder":
        return frames[-1].t_s + SECONDS_APART
    if recording.kind == "capture":
        return max(recording.seconds, frames[-1].t_s)  # measured while it was made: gaps count
    return max(frames[-1].t_s + 1 / recording.fps, recording.n_frames / recording.fps)


def _find_clip_starts(
    project: Project, recording: Recording, frames: Sequence[ListedFrame]
) -> tuple[Sequence[int], NDArray[np.bool_]]:
    """Where clips begin, and (n,) which frames show a stretch in which the sensor stood still; of a
    recording of ours it is known whether the bytes did. Pictures of a folder are one clip, and none
    stands still."""
    if recording.kind == "folder":
        return (0,), np.zeros(len(frames), bool)
    looks, times = (
        RecordingLooks(project, recording, frames),
        np.array([frame.t_s for frame in frames]),
    )
    frozen = find_frozen_frames(looks, times)
    if recording.kind == "capture":
        with RecordedFootage(project.path / recording.path, recording.list_fps) as footage:
            frozen |= np.array([frame.source_index in footage.stuck for frame in frames])
    return find_clip_starts(looks, times), frozen


def _make_clips(
    recording: Recording,
    frames: Sequence[ListedFrame],
    starts: Sequence[int],
    lights: Sequence[LightingChange],
) -> tuple[Clip, ...]:
    """One clip from each start; where the light was told while it was recorded, with all that was
    told of that stretch."""
    ends = [*(frames[start].t_s for start in starts[1:]), float("inf")]
    clips = []
    for start, end in zip(starts, ends, strict=True):
        first = frames[start]
        conditions_between = (
            list_conditions_between(lights, first.t_s, end)
            if lights
            else frozenset(recording.conditions)
        )
        conditions = tuple(name for name in CONDITIONS if name in conditions_between)
        clips.append(
            Clip(
                make_clip_id(recording.recording_id, first.source_index),
                recording.recording_id,
                first.source_index,
                first.t_s,
                recording.camera,
                recording.location,
                conditions,
            )
        )
    return tuple(clips)


def _count_recorded_frames(folder: Path) -> int:
    with RecordedFootage(folder, list_fps=1) as footage:
        return len(footage)


def load_imported(
    project: Project, recording: Recording, resumed: bool, known: bool
) -> ImportedRecording:
    """A recording with its clips and frames as they stand now."""
    clips = project.read(
        lambda db: recordings_table.list_clips_of_recording(db, recording.recording_id)
    )
    frames = project.read(
        lambda db: frames_table.list_frames_of_recording(db, recording.recording_id)
    )
    return ImportedRecording(recording, clips, frames, resumed, known)
