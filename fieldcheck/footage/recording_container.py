"""A recording on disk as pairs of `NNN.frames` and `NNN.idx`, safe against a kill at any moment:
written, read, checked and played back.

Frames are appended as they come: a camera's own JPEGs or packets one after another (players open
such a file), or packed pixels. The index names each frame's place, so any of them is found in
constant time. Frames go to disk before their records, every half second.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from math import floor
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.frame import Frame
from fieldcheck.domain.recording import RecordingGap
from fieldcheck.errors.files import PathMissing, PictureUnreadable, VideoUnreadable
from fieldcheck.files import Closeable, map_os_errors, sync_folder
from fieldcheck.footage.camera.camera import CapturedFrame, FrameFormat
from fieldcheck.footage.camera.playback import PlaybackClock, Timetable
from fieldcheck.footage.recording_index import (
    HEADER_BYTES,
    LONGEST_S,
    NOT_TOLD,
    RECORD_BYTES,
    ContainerHeader,
    FrameEntry,
    compute_checksum,
    count_records,
    decode_entry,
    decode_header,
    encode_entry,
    encode_header,
)
from fieldcheck.imaging.raw import (
    CODEC,
    CODED,
    JPEG,
    OWN_CODING,
    CodecPipeline,
    RawImage,
    decode_raw,
    pack_pixels,
    unpack_pixels,
)

PAIR_BYTES = 1 << 30
READ_BYTES = 1 << 24
SYNC_S = 0.5
MOST_INDEX_BYTES = 1 << 30
MOST_LOST = 1_000_000  # frames between two pairs whose records are gone
NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class PackedFrame:
    """A frame ready to be written: `data` as stored in the file, `sha256` its hash."""

    data: bytes
    sha256: bytes
    frame_format: FrameFormat
    entry: FrameEntry


def pack_frame(
    frame: CapturedFrame, skipped: int = 0, repeated: bool = False, asked_for: bool = False
) -> PackedFrame:
    """Packs a captured frame for storing: the camera's own bytes unchanged, pixels compressed
    without loss."""
    raw = frame.raw
    data = raw.encoded if raw.encoded is not None else pack_pixels(raw.data, raw.format)  # type: ignore[arg-type]
    settings = replace(frame.settings, auto_exposure=None, fps=None) if frame.settings else NOT_TOLD
    sha256 = hashlib.sha256(data).digest()
    entry = FrameEntry(
        0,
        len(data),
        frame.monotonic_ns,
        frame.utc_ns,
        frame.index,
        compute_checksum(sha256),
        settings,
        skipped,
        repeated,
        asked_for,
        raw.dependent,
    )
    return PackedFrame(data, sha256, frame.frame_format, entry)


class RecordingWriter(Closeable):
    """Appends frames to a new folder. One thread. Raises DiskFull, ReadOnlyPlace; frames stored
    before are kept.

    `n_frames`, `n_bytes`: what is stored so far."""

    def __init__(
        self,
        folder: Path,
        recording_id: str,
        about: dict[str, object],
        pair_bytes: int = PAIR_BYTES,
    ) -> None:
        self._folder, self._id, self._about, self._pair_bytes = (
            folder,
            recording_id,
            about,
            pair_bytes,
        )
        self._frames: BinaryIO | None = None
        self._idx: BinaryIO | None = None
        self._n_pairs, self._began_ns, self._segment = 0, 0, -1
        self._head: ContainerHeader | None = None
        self._offset = 0
        self._synced = time.monotonic()
        self._hashes: list[tuple[str, str]] = []
        self.n_frames, self.n_bytes = 0, 0
        with map_os_errors(folder):
            # Only this folder: a moved project must not be recreated in its old place.
            folder.parent.mkdir(exist_ok=True)
            folder.mkdir()
            sync_folder(folder.parent)

    def begin_segment(self, frame: PackedFrame, gap: RecordingGap | None) -> None:
        """Starts a segment of frames in the format of this one, after `gap`, which is None for the
        first segment."""
        self.close()
        self._began_ns = self._began_ns or frame.entry.monotonic_ns
        self._segment += 1
        packing = frame.frame_format.format if frame.frame_format.format in OWN_CODING else CODEC
        self._open_pair(
            ContainerHeader(
                self._id,
                frame.frame_format,
                packing,
                self.n_frames,
                self._segment,
                self._began_ns,
                gap,
                self._about,
            )
        )

    def append_frame(self, frame: PackedFrame) -> int:
        """Stores a frame and returns its index. It survives a kill of this process at once, and a
        power cut after half a second."""
        assert self._head is not None, "a segment is begun first"
        if (
            self._offset
            and self._offset + len(frame.data) > self._pair_bytes
            and not frame.entry.dependent
        ):
            self.close()
            self._open_pair(replace(self._head, first=self.n_frames, gap=None))
        assert self._frames is not None
        assert self._idx is not None
        with map_os_errors(self._folder):
            _write_all(self._frames, frame.data, self._offset)
            record = encode_entry(replace(frame.entry, offset=self._offset))
            _write_all(
                self._idx, record, HEADER_BYTES + (self.n_frames - self._head.first) * RECORD_BYTES
            )
        self._frames_hash.update(frame.sha256)
        self._idx_hash.update(record)
        self._offset += len(frame.data)
        self.n_frames += 1
        self.n_bytes += len(frame.data)
        self.sync_if_due()
        return self.n_frames - 1

    def sync_if_due(self) -> None:
        """Flushes frames, then their records, to disk if the last time is half a second ago."""
        if self._frames is not None and time.monotonic() - self._synced >= SYNC_S:
            self._sync_to_disk()

    def close(self) -> None:
        """Finishes the pair that is open. May be called twice."""
        frames, idx = self._frames, self._idx
        if frames is None or idx is None:
            return
        assert self._head is not None
        try:
            with frames, idx:
                # A half-written frame on a full disk is not part of the recording.
                with map_os_errors(self._folder):
                    frames.truncate(self._offset)
                    idx.truncate(HEADER_BYTES + (self.n_frames - self._head.first) * RECORD_BYTES)
                self._sync_to_disk()
        finally:
            self._frames = self._idx = None
            self._hashes += [
                (Path(frames.name).name, self._frames_hash.hexdigest()),
                (Path(idx.name).name, self._idx_hash.hexdigest()),
            ]

    def compute_sha256(self) -> str:
        """Hash of everything written, as `compute_recording_sha256` computes it from the files.
        Only after `close`."""
        return _combine_hashes(self._hashes)

    def _open_pair(self, head: ContainerHeader) -> None:
        names = [self._folder / f"{self._n_pairs:03d}.{ending}" for ending in ("frames", "idx")]
        header = encode_header(head)
        with map_os_errors(self._folder):
            self._frames, self._idx = (name.open("xb", buffering=0) for name in names)
            _write_all(self._idx, header, 0)
            sync_folder(self._folder)
        self._frames_hash, self._idx_hash = hashlib.sha256(), hashlib.sha256(header)
        self._head, self._offset = head, 0
        self._n_pairs += 1

    def _sync_to_disk(self) -> None:
        assert self._frames is not None
        assert self._idx is not None
        with map_os_errors(self._folder):
            for file in (self._frames, self._idx):
                _sync_file(file)
        self._synced = time.monotonic()


class _FilePair:
    """One pair of files, its index read whole: 64 bytes a frame."""

    def __init__(self, idx: Path, data: bytes, head: ContainerHeader) -> None:
        self.frames, self.head, self._data = idx.with_suffix(".frames"), head, data
        self._size = self.frames.stat().st_size if is_regular_file(self.frames) else 0
        self.n = count_records(data)
        while self.n and self.get_entry(self.n - 1) is None:
            self.n -= 1

    def get_entry(self, index: int) -> FrameEntry | None:
        """None for a damaged record, and for one whose frame was torn off."""
        entry = decode_entry(self._data, index) if index < self.n else None
        return (
            entry
            if entry is not None and entry.length and entry.offset + entry.length <= self._size
            else None
        )


class RecordingReader(Closeable):
    """Reads any frame of a recording in constant time, also after a kill or damage. Raises
    PathMissing where the folder does not exist.

    `len` counts positions: a frame whose record or bytes are lost keeps its position and cannot be
    read. Thread-safe until it is closed."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise PathMissing(folder)
        self._folder = folder
        self._pairs: tuple[_FilePair, ...] = tuple(_iter_pairs(folder))
        self._firsts = [pair.head.first for pair in self._pairs]
        self._decoding = threading.Lock()
        # the one decoded last, by the index of its first frame
        self._chain: tuple[int, CodecPipeline] | None = None

    def __len__(self) -> int:
        return self._pairs[-1].head.first + self._pairs[-1].n if self._pairs else 0

    def close(self) -> None:
        """Closes the index."""
        self._pairs, self._firsts, self._chain = (), [], None

    @property
    def headers(self) -> tuple[ContainerHeader, ...]:
        """Headers of the pairs of files, in order."""
        return tuple(pair.head for pair in self._pairs)

    @property
    def gaps(self) -> tuple[RecordingGap, ...]:
        """The gaps between segments."""
        return tuple(head.gap for head in self.headers if head.gap is not None)

    def get_entry(self, index: int) -> FrameEntry | None:
        """Where and when a frame is; None where its record is lost."""
        pair, offset = self._find_pair(index)
        return pair.get_entry(offset) if pair is not None else None

    def iter_entries(self) -> Iterator[tuple[int, FrameEntry]]:
        """Index and entry of every frame that has one, in order."""
        for pair in self._pairs:
            for index in range(pair.n):
                entry = pair.get_entry(index)
                if entry is not None:
                    yield pair.head.first + index, entry

    def get_time_s(self, index: int) -> float:
        """Time of a frame from the recording's first one on. Raises VideoUnreadable where its
        record is lost."""
        entry = self.get_entry(index)
        if entry is None:
            raise VideoUnreadable(self._folder, "frame_missing")
        return (entry.monotonic_ns - self._pairs[0].head.began_ns) / 1e9

    def read_raw(self, index: int) -> RawImage:
        """The frame as it was delivered; one that was coded by the help of others as its pixels.
        Raises VideoUnreadable where lost."""
        pair, offset = self._find_pair(index)
        if pair is None:
            raise VideoUnreadable(self._folder, "frame_missing")
        delivery = pair.head.delivery
        try:
            if pair.head.packing in CODED:
                return RawImage("bgr8", self._decode_at(pair, offset))
            data = self._read_verified(pair, offset)
            return (
                RawImage(JPEG, data)
                if pair.head.packing == JPEG
                else unpack_pixels(data, delivery.format, delivery.width, delivery.height)
            )
        except (ValueError, PictureUnreadable) as error:
            raise VideoUnreadable(self._folder, "frame_missing") from error

    def read_stored_bytes(self, index: int) -> bytes:
        """The bytes of a frame as they stand in the file. Raises VideoUnreadable where they are not
        those that were stored."""
        pair, offset = self._find_pair(index)
        try:
            if pair is None:
                raise ValueError(f"no pair holds frame {index}")
            return self._read_verified(pair, offset)
        except ValueError as error:
            raise VideoUnreadable(self._folder, "frame_missing") from error

    def _decode_at(self, pair: _FilePair, index: int) -> NDArray[np.uint8]:
        """Decode the image at an index from the nearest earlier key frame."""
        key = index
        while key and (entry := pair.get_entry(key)) is not None and entry.dependent:
            key -= 1
        with self._decoding:
            if self._chain is None or self._chain[0] != pair.head.first + key:
                stream = bytes.fromhex(pair.head.delivery.setup) + b"".join(
                    self._iter_chain(pair, key)
                )
                self._chain = (pair.head.first + key, CodecPipeline(stream))
            return self._chain[1].decode_image(index - key)

    def _iter_chain(self, pair: _FilePair, key: int) -> Iterator[bytes]:
        """Yield the packets from a key frame on, as far as they are undamaged."""
        yield self._read_verified(pair, key)
        for index in range(key + 1, pair.n):
            entry = pair.get_entry(index)
            if entry is None or not entry.dependent:
                return
            try:
                yield self._read_verified(pair, index)
            except ValueError:
                return

    def _read_verified(self, pair: _FilePair, index: int) -> bytes:
        entry = pair.get_entry(index)
        if entry is None:
            raise ValueError(f"no record at {index}")
        data = self._read_bytes(pair, entry)
        if compute_checksum(hashlib.sha256(data).digest()) != entry.check:
            raise ValueError(f"other bytes at {index}")
        return data

    def _find_pair(self, index: int) -> tuple[_FilePair | None, int]:
        position = bisect_right(self._firsts, index) - 1
        return (
            (self._pairs[position], index - self._firsts[position]) if position >= 0 else (None, 0)
        )

    @staticmethod
    def _read_bytes(pair: _FilePair, entry: FrameEntry) -> bytes:
        """Read bytes of a frame file, which is opened for this call only, so that a thread that
        ends leaves no open file."""
        try:
            with pair.frames.open("rb", buffering=0) as file:
                file.seek(entry.offset)
                return file.read(entry.length)
        except OSError:
            return b""


def compute_recording_sha256(folder: Path) -> str:
    """Hash of a recording: of the names of its files in order, each with the hash of what is in it.
    Raises PathMissing.

    An index is hashed as it is; of frames, the SHA-256 of each stands for it, so that one hash
    proves a frame and the whole.
    """
    if not folder.is_dir():
        raise PathMissing(folder)
    hashes: list[tuple[str, str]] = []
    for idx in _list_index_files(folder):
        records, frames = idx.read_bytes(), idx.with_suffix(".frames")
        if is_regular_file(frames):
            hashes.append((frames.name, _compute_frames_sha256(frames, records)))
        hashes.append((idx.name, hashlib.sha256(records).hexdigest()))
    return _combine_hashes(hashes)


def _compute_frames_sha256(frames: Path, records: bytes) -> str:
    """Of the SHA-256 of each piece between the places that the sound records name: of each frame,
    and of what no record names."""
    digest, size = hashlib.sha256(), frames.stat().st_size
    entries = (decode_entry(records, index) for index in range(count_records(records)))
    ends = {
        end
        for entry in entries
        if entry is not None
        for end in (entry.offset, entry.offset + entry.length)
    }
    cuts = sorted({0, size, *(end for end in ends if end < size)})
    with frames.open("rb") as file:
        for start, stop in pairwise(cuts):
            digest.update(_next_sha256(file, stop - start))
    return digest.hexdigest()


def _next_sha256(file: BinaryIO, n_bytes: int) -> bytes:
    """Hash the next bytes in blocks; where records are lost, they may be a whole file."""
    digest = hashlib.sha256()
    while n_bytes and (part := file.read(min(n_bytes, READ_BYTES))):
        digest.update(part)
        n_bytes -= len(part)
    return digest.digest()


def _combine_hashes(hashes: list[tuple[str, str]]) -> str:
    return hashlib.sha256(
        "".join(f"{name}\0{sha256}\n" for name, sha256 in hashes).encode()
    ).hexdigest()


def _list_index_files(folder: Path) -> list[Path]:
    paths = (
        path
        for path in folder.glob("*.idx")
        if NUMBER.fullmatch(path.stem) and is_regular_file(path)
    )
    return sorted(
        (path for path in paths if path.stat().st_size <= MOST_INDEX_BYTES),
        key=lambda path: int(path.stem),
    )


def is_regular_file(path: Path) -> bool:
    """Whether the path is a regular file, neither a link nor a pipe."""
    return path.is_file() and not path.is_symlink()


def _iter_pairs(folder: Path) -> Iterator[_FilePair]:
    """The pairs whose header can be read, in order, each behind the one before it and not further
    than records can have been lost."""
    end = 0
    for path in _list_index_files(folder):
        data = path.read_bytes()
        head = decode_header(data)
        if head is not None and end <= head.first <= end + MOST_LOST:
            pair = _FilePair(path, data, head)
            end = head.first + pair.n
            yield pair


def _write_all(file: BinaryIO, data: bytes, offset: int) -> None:
    """Write at a given offset, so that the next write replaces what a full disk left half
    written."""
    file.seek(offset)
    unwritten = memoryview(data)
    while unwritten:
        unwritten = unwritten[file.write(unwritten) :]


def _sync_file(file: BinaryIO) -> None:
    # Windows and macOS have none that leaves the times out
    sync = getattr(os, "fdatasync", os.fsync)
    sync(file.fileno())


# Whether the indexes of a recording can have been written by a recorder: a project may come from a
# stranger, and so may its
# recordings.

LAST_UTC_NS = 253_402_300_799 * 10**9  # the year 9999, where dates end
MOST_NUMBER = 1 << 53  # of a camera's own count


def find_index_fault(folder: Path) -> str:
    """What is wrong with the indexes of a recording: `header`, `name`, `order` (frames overlap),
    `number`, `time`, or empty for nothing. Damaged records are ignored.

    Raises PathMissing."""
    with RecordingReader(folder) as reader:
        if not reader.headers:
            frames = (path for path in folder.glob("*.frames") if is_regular_file(path))
            return "header" if any(path.stat().st_size for path in frames) else ""
        if any(head.recording_id != folder.name for head in reader.headers):
            return "name"
        return _find_record_fault(reader)


def _find_record_fault(reader: RecordingReader) -> str:
    firsts = {head.first for head in reader.headers}
    end, last_ns = 0, reader.headers[0].began_ns
    latest_ns, pairs = last_ns + LONGEST_S * 1e9, sorted(firsts, reverse=True)
    for index, entry in reader.iter_entries():
        if pairs and index >= pairs[-1]:  # the first sound record of a pair: its file begins anew
            end = 0
            while pairs and index >= pairs[-1]:
                pairs.pop()
        if entry.offset < end:
            return "order"
        if not last_ns <= entry.monotonic_ns <= latest_ns or not 0 <= entry.utc_ns < LAST_UTC_NS:
            return "time"
        if entry.number > MOST_NUMBER:
            return "number"
        end, last_ns = entry.offset + entry.length, entry.monotonic_ns
    return ""


# A recording of ours as footage: its listed frames, any single one, and played like the camera that
# it came from.

GRID_SLACK = 1e-3  # of a grid step: a frame that is due counts as due
STUCK_S = 2.0  # of the same bytes again and again
AFTER_LAST_S = 1.0  # a round of one frame lasts that long


class RecordedFootage(Closeable):
    """Reads the listed frames of a recording: the first, and each that is the first at or after an
    instant of a grid of `list_fps` frames per second, by the true times. Raises PathMissing,
    VideoUnreadable. For one thread."""

    def __init__(self, folder: Path, list_fps: float) -> None:
        self._folder, self._grid = folder, list_fps
        self._reader = RecordingReader(folder)
        self.ended_at: int | None = None
        self.n_unreadable = 0

    def __len__(self) -> int:
        return len(self._reader)

    def close(self) -> None:
        """Closes the files."""
        self._reader.close()

    def read_listed(self, first: int, stop: int) -> Iterator[Frame]:
        """The listed frames with `first` <= index < `stop`, in order.

        When it is through, `n_unreadable` counts the frames of that stretch that are damaged or
        lost; `ended_at` is the number of frames where the stretch holds the end, else None.
        """
        self.ended_at, self.n_unreadable = None, 0
        stop = min(stop, len(self))
        for index in range(first, stop):
            if self._reader.get_entry(index) is None:
                self.n_unreadable += 1
            elif self._is_listed(index):
                try:
                    yield self.read_frame(index)
                except VideoUnreadable:
                    self.n_unreadable += 1
        if stop >= len(self):
            self.ended_at = len(self)

    def read_frame(self, index: int) -> Frame:
        """One frame by its index. Raises VideoUnreadable where it is lost or cannot be decoded."""
        raw = self._reader.read_raw(index)
        try:
            return Frame(decode_raw(raw), index, self._reader.get_time_s(index))
        except PictureUnreadable as error:
            raise VideoUnreadable(self._folder, "frame_missing") from error

    @cached_property
    def times(self) -> dict[int, float]:
        """Seconds from the first frame on, of every frame whose record is sound."""
        return {index: self._reader.get_time_s(index) for index, _ in self._reader.iter_entries()}

    @cached_property
    def stuck(self) -> frozenset[int]:
        """Indices of frames in stretches where the camera delivered identical bytes for two seconds
        or longer."""
        indices: set[int] = set()
        run: list[int] = []
        for index, entry in self._reader.iter_entries():
            if not entry.repeated:
                run = []
            run.append(index)
            if len(run) > 1 and self.times[index] - self.times[run[0]] >= STUCK_S:
                indices.update(run)
        return frozenset(indices)

    def _is_listed(self, index: int) -> bool:
        before = next((index for index in range(index - 1, -1, -1) if index in self.times), None)
        if before is None:
            return True
        now, then = (
            floor(self.times[index] * self._grid + GRID_SLACK) for index in (index, before)
        )
        return now > then


def read_recorded_frame(folder: Path, index: int) -> Frame:
    """One frame of a recording. Raises PathMissing, VideoUnreadable."""
    with RecordedFootage(folder, list_fps=1) as footage:
        return footage.read_frame(index)


class RecordedCamera:
    """Plays a recording in a loop at its original times; damaged frames count as dropped."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder
        self._reader: RecordingReader | None = None
        self._pace: PlaybackClock | None = None
        self._indices: list[int] = []

    def open(self) -> None:
        """Raises PathMissing; VideoUnreadable where nothing was recorded."""
        self._reader = RecordingReader(self._folder)
        self._indices = [index for index, _ in self._reader.iter_entries()]
        if not self._indices:
            raise VideoUnreadable(self._folder, "no_frames")
        began = self._reader.get_time_s(self._indices[0])
        times = [self._reader.get_time_s(index) - began for index in self._indices]
        usual = times[-1] / (len(times) - 1) if len(times) > 1 and times[-1] > 0 else AFTER_LAST_S
        self._pace = PlaybackClock(Timetable(times, times[-1] + usual))

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The next frame once it is due."""
        assert self._reader is not None, "a camera is opened before it is read"
        assert self._pace is not None
        number = self._pace.wait_for_next(wait_s)
        if number is None:
            return None
        try:
            raw = self._reader.read_raw(self._indices[number % len(self._indices)])
        except VideoUnreadable:
            return None
        return CapturedFrame(
            raw, number, self._pace.timetable.get_due_s(number), self.name, decoded_from="file"
        )

    def close(self) -> None:
        """Closes the files."""
        if self._reader is not None:
            self._reader.close()
        self._reader = self._pace = None
