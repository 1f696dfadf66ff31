"""Turns a finished recording into footage; one whose process was killed is finished at the next
opening."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from math import fsum
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.recording import (
    CONDITIONS,
    LIST_FPS,
    LightingChange,
    Recording,
    RecordingGap,
    RecordingStorage,
)
from fieldcheck.errors.files import (
    DiskFull,
    FieldcheckError,
    NotStored,
    PathMissing,
    ReadOnlyPlace,
    VideoUnreadable,
)
from fieldcheck.errors.projects import ProjectDamaged, ProjectLocked, ProjectNewer
from fieldcheck.files import join_inside, map_os_errors
from fieldcheck.footage.frame_listing import ImportedRecording, build_frame_list
from fieldcheck.footage.image_folder import remove_copy
from fieldcheck.footage.recorder import RecordingProgress
from fieldcheck.footage.recording_container import (
    RecordingReader,
    compute_recording_sha256,
    find_index_fault,
)
from fieldcheck.footage.recording_index import (
    HEADER_BYTES,
    ContainerHeader,
    FrameEntry,
    decode_header,
)
from fieldcheck.imaging.raw import OWN_CODING
from fieldcheck.paths import RECORDINGS, TRASH
from fieldcheck.progress import Progress, WarningSink
from fieldcheck.project.folder import open_project
from fieldcheck.project.lock import is_held
from fieldcheck.project.project import Project
from fieldcheck.project.tables import recordings as recordings_table

FIRST_INDEX = "000.idx"

log = logging.getLogger(__name__)


def finish_recording(
    project: Project,
    recording_id: str,
    progress: Progress,
    now: str,
    recorded: RecordingProgress | None = None,
) -> ImportedRecording | None:
    """Notes what was stored, lists the frames as an import does, and closes the recording. None
    where not one frame was stored: then nothing is left of it.

    `recorded`: what its recorder counted; without it, as after a kill, everything is read from the
    files. May be done again after it was cancelled. Raises VideoUnreadable, DiskFull, Cancelled;
    KeyError for a recording that the project does not have.
    """
    recording = project.read(lambda db: recordings_table.get_recording(db, recording_id))
    if recording is None:
        raise KeyError(recording_id)
    project.recording.add(recording_id)
    try:
        return _store_recording(project, recording, progress, now, recorded)
    finally:
        project.recording.discard(recording_id)


def _store_recording(
    project: Project,
    recording: Recording,
    progress: Progress,
    now: str,
    recorded: RecordingProgress | None,
) -> ImportedRecording | None:
    folder = join_inside(project.path, recording.path)
    if folder.is_dir() and (problem := find_index_fault(folder)):
        log.warning("the index of recording %s does not fit: %s", recording.recording_id, problem)
        raise VideoUnreadable(
            Path(recording.recording_id), "index", str(_move_to_trash(project, recording, folder))
        )
    try:
        with RecordingReader(folder) as reader:
            ended = (
                _store_result(project, recording, reader, recorded)
                if any(True for _ in reader.iter_entries())
                else None
            )
    except PathMissing:
        ended = None
    if ended is None:
        project.write(
            lambda db: recordings_table.remove_recording(db, recording.recording_id)
        ).result()
        remove_copy(project.path, recording.recording_id)
        return None
    return build_frame_list(project, ended, (), progress, now)


def _move_to_trash(project: Project, recording: Recording, folder: Path) -> Path:
    """Removes an unusable recording from the project; its files are kept in `trash/`."""
    aside = (
        project.path
        / TRASH
        / f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
        / RECORDINGS
        / recording.recording_id
    )
    with map_os_errors(aside):
        aside.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(aside)

    def forget(db: Database) -> None:
        recordings_table.put_recording(db, replace(recording, closed=True))
        # one with listed frames is a fact and stays
        recordings_table.remove_recording(db, recording.recording_id)

    project.write(forget).result()
    return aside


def recover_recordings(
    project: Project, progress: Progress, now: str
) -> tuple[ImportedRecording, ...]:
    """Finishes every recording of which a killed process left the files, with its row or without.
    Raises as `finish_recording`."""
    for folder in _list_unregistered_folders(project):
        log.info("a recording without a row: %s", folder.name)
        project.write(
            partial(insert_recording, recording=make_recording(folder.name, _read_metadata(folder)))
        ).result()
    unfinished = [
        recording
        for recording in project.read(recordings_table.list_recordings)
        if is_left_open(project, recording)
    ]
    imported_recordings: list[ImportedRecording | None] = []
    refused: list[VideoUnreadable] = []
    for recording in unfinished:
        try:
            imported_recordings.append(
                finish_recording(project, recording.recording_id, progress, now)
            )
        except VideoUnreadable as error:
            if error.problem != "index":
                raise
            refused.append(error)
    if refused:
        # Only now that all others are finished; those moved to the trash are not found again.
        raise refused[0]
    return tuple(
        imported_recording
        for imported_recording in imported_recordings
        if imported_recording is not None
    )


def recover_before_repair(path: Path, progress: Progress, now: str) -> None:
    """Finish recordings of a killed process before `check --repair` could treat their files as
    orphans. Changes nothing in a damaged project. Raises as `open_with_recovery`."""
    with suppress(ProjectDamaged), open_with_recovery(path, progress, now):
        pass


def recover_before_check(path: Path, progress: Progress, now: str) -> None:
    """Finishes recordings that a killed process left, so that `check` does not report them as
    faults.

    Writes nothing where no process was killed, where another process uses the project, or where the
    project is read-only. Raises what `open_project` raises for reading, Cancelled."""
    if is_held(path):
        return
    with suppress(ProjectDamaged, ProjectLocked, ProjectNewer, ReadOnlyPlace, DiskFull, NotStored):
        with open_project(path, write=False) as project:
            killed = has_unfinished_recordings(project)
        if killed:
            with open_with_recovery(path, progress, now):
                pass


def has_unfinished_recordings(project: Project) -> bool:
    """Whether there are recordings to recover."""
    return any(
        is_left_open(project, recording)
        for recording in project.read(recordings_table.list_recordings)
    ) or bool(_list_unregistered_folders(project))


def is_left_open(project: Project, recording: Recording) -> bool:
    """Whether the recording was started by a process that no longer runs."""
    return (
        recording.kind == "capture"
        and not recording.closed
        and recording.recording_id not in project.recording
    )


def _list_unregistered_folders(project: Project) -> list[Path]:
    """List folders of recordings made here that are missing from the database, for instance because
    a backup was restored."""
    registered = {
        recording.recording_id for recording in project.read(recordings_table.list_recordings)
    } | project.recording
    path = project.path / RECORDINGS
    paths = sorted(path.glob(f"*/{FIRST_INDEX}")) if path.is_dir() else []
    folders = [
        path.parent
        for path in paths
        if path.parent.name not in registered and not path.parent.is_symlink()
    ]
    return [
        folder
        for folder in folders
        if (head := _read_header(folder)) is not None and head.recording_id == folder.name
    ]


def _read_header(folder: Path) -> ContainerHeader | None:
    path = folder / FIRST_INDEX
    if not path.is_file() or path.is_symlink():
        return None
    with path.open("rb") as file:
        return decode_header(file.read(HEADER_BYTES))


def _read_metadata(folder: Path) -> Mapping[str, Any]:
    head = _read_header(folder)
    return head.about if head is not None else {}


def make_recording(recording_id: str, about: Mapping[str, Any]) -> Recording:
    """Make the row of a recording from its files."""
    texts = {key: str(about.get(key, "")) for key in ("source", "camera", "location", "taken_at")}
    conditions = tuple(name for name in CONDITIONS if name in about.get("conditions", ()))
    list_fps = float(about.get("list_fps", LIST_FPS))
    return Recording(
        recording_id,
        "capture",
        texts["source"],
        f"{RECORDINGS}/{recording_id}",
        "",
        texts["camera"],
        texts["location"],
        texts["taken_at"],
        conditions,
        list_fps,
        0.0,
        0,
        0,
    )


def insert_recording(db: Database, recording: Recording) -> None:
    """A recording that is about to be made, and the light that was told before it."""
    recordings_table.put_recording(db, recording)
    if recording.conditions:
        recordings_table.add_light(
            db, recording.recording_id, LightingChange(0.0, recording.conditions)
        )


def _store_result(
    project: Project,
    recording: Recording,
    reader: RecordingReader,
    recorded: RecordingProgress | None,
) -> Recording:
    """Store the result of a recording that has ended."""
    entries = dict(reader.iter_entries())
    times = [reader.get_time_s(index) for index in entries]
    first, head = next(iter(entries.values())), reader.headers[0]
    stored = (
        project.read(lambda db: recordings_table.get_capture(db, recording.recording_id))
        if recorded is None
        else None
    )
    captured = stored or _make_captured(recording, reader, entries, recorded)
    gaps = recorded.gaps if recorded is not None else reader.gaps
    if stored is not None:  # its frames were not all listed when it ended
        gaps = project.read(lambda db: recordings_table.list_gaps(db, recording.recording_id))
    ended = replace(
        recording,
        sha256=(recorded.sha256 if recorded is not None else "")
        or compute_recording_sha256(join_inside(project.path, recording.path)),
        taken_at=datetime.fromtimestamp(first.utc_ns / 1e9, UTC).isoformat(timespec="milliseconds"),
        fps=_compute_frame_rate(times, gaps),
        width=head.delivery.width,
        height=head.delivery.height,
        seconds=max(times[-1], recorded.seconds if recorded is not None else 0.0),
    )

    def store(db: Database) -> None:
        recordings_table.put_recording(db, ended)
        recordings_table.put_capture(db, captured, gaps)

    project.write(store).result()
    return ended


def _make_captured(
    recording: Recording,
    reader: RecordingReader,
    entries: Mapping[int, FrameEntry],
    recorded: RecordingProgress | None,
) -> RecordingStorage:
    head, n_bytes = reader.headers[0], sum(entry.length for entry in entries.values())
    delivery = head.delivery
    if recorded is not None:
        return RecordingStorage(
            recording.recording_id,
            n_bytes,
            recorded.n_dropped,
            recorded.n_skipped,
            delivery.format,
            delivery.decoded_from,
            recorded.on_grid,
            recorded.ended or "failed",
        )
    on_grid = bool(head.about.get("on_grid", False)) and delivery.format not in OWN_CODING
    n_skipped = sum(entry.skipped for entry in entries.values())
    return RecordingStorage(
        recording.recording_id,
        n_bytes,
        _count_dropped(reader, entries),
        n_skipped,
        delivery.format,
        delivery.decoded_from,
        on_grid,
        "killed",
    )


def _compute_frame_rate(times: list[float], gaps: tuple[RecordingGap, ...]) -> float:
    """Stored frames a second, while frames came."""
    seconds = times[-1] - fsum(gap.seconds for gap in gaps if gap.at_s < times[-1])
    return (len(times) - 1) / seconds if seconds > 0 and len(times) > 1 else 1.0


def _count_dropped(reader: RecordingReader, entries: Mapping[int, FrameEntry]) -> int | None:
    """Count frames missing from the camera's own numbering; None where only a grid of frames was
    stored, since the number is then unknown."""
    if reader.headers[0].delivery.format not in OWN_CODING:
        return None
    borders = {head.first for head in reader.headers if head.gap is not None}
    return sum(
        max(0, entry.number - before.number - 1 - entry.skipped)
        for (_, before), (index, entry) in pairwise(entries.items())
        if index not in borders
    )


@contextmanager
def open_with_recovery(path: Path, progress: Progress, now: str) -> Iterator[Project]:
    """Opens a project for writing and finishes the recordings that a killed process left.

    A recording that cannot be finished now is left for the next time and does not prevent opening.
    Raises what `open_project` raises, Cancelled."""
    with open_project(path, progress=progress) as project:
        try:
            recover_recordings(project, progress, now)
        except FieldcheckError as error:
            log.warning("a recording was not adopted: %r", error)
            if getattr(error, "problem", "") == "index" and isinstance(progress, WarningSink):
                progress.warn(error)
        yield project
