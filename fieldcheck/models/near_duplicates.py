"""Near-duplicates within the benchmark, between benchmark and field, and of either in the training
folder; leakage of a candidate's training images.

Fingerprints are kept in the cache picture by picture, so that a search of a large training folder
goes on where it was broken off, and pictures of it are held against the others in blocks: memory
does not grow with the folder.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.errors.files import NoPictures, PathMissing, PathRefused, PictureUnreadable
from fieldcheck.files import join_inside_data_set, make_json_key, sha256_file
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.frame_pixels import iter_looks
from fieldcheck.imaging.codec import read_image
from fieldcheck.imaging.quality import compute_detail_vector, compute_phash
from fieldcheck.imaging.thumbnail import make_look
from fieldcheck.labels.formats.label_set import list_images
from fieldcheck.models.run import compute_benchmark_key, compute_picks_key, get_benchmark
from fieldcheck.parallel import map_chunks, split_into_chunks
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import models as facts_table
from fieldcheck.project.tables import values as settings_table
from fieldcheck.stats.similarity import (
    NOBODY,
    FineFingerprints,
    match_near_duplicates,
    pack_fingerprint,
)

KIND = "near_duplicates"
TRAINING = "training_folder"  # setting: where the training pictures lie, absolute
PRINTS = "near_duplicates/1"
MOST_FOLDERS = 1000  # names of folders that are kept: as many as there are classes anywhere
BLOCK = 4096  # pictures of the training folder that are held in memory at once


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """Pictures → their nearest near-duplicate: `within` the benchmark, of benchmark pictures
    `in_field` and `in_training`, and of field frames in training (`field_in_training`).
    `benchmark`, `listed`: what was looked at; `n_training` and `n_unreadable` pictures of the
    folder, None where none is named; `training_folders`: how many lie in a folder of each name, as
    classes have them."""

    benchmark: str
    listed: int
    within: dict[str, str]
    in_field: dict[str, str]
    in_training: dict[str, str] = field(default_factory=dict)
    field_in_training: dict[str, str] = field(default_factory=dict)
    n_training: int | None = None
    n_unreadable: int = 0
    training_folders: dict[str, int] = field(default_factory=dict)

    @property
    def counts(self) -> tuple[int, int, int | None, int | None]:
        """Benchmark pictures with a near-duplicate within, in the field, in training, and the
        pictures there."""
        return (
            len(self.within),
            len(self.in_field),
            None if self.n_training is None else len(self.in_training),
            self.n_training,
        )


@dataclass(frozen=True, slots=True)
class _FileChunk:
    """Pictures to be fingerprinted: (name in the cache, file) each."""

    pictures: tuple[tuple[str, str], ...]


def set_training(project: Project, folder: Path) -> None:
    """Store the folder of the model's training images, in which leaks are searched for.

    Raises:
        PathMissing, NoPictures.
    """
    _check_training(folder)
    path = str(folder.resolve())
    project.write(lambda db: settings_table.store_setting(db, TRAINING, path)).result()


def _check_training(folder: Path) -> None:
    """Raises NoPictures for an empty folder: finding no duplicates in it would say nothing about
    the model."""
    if not folder.is_dir():
        raise PathMissing(folder)
    if next(list_images(folder), None) is None:
        raise NoPictures(folder)


def set_training_and_search(
    project: Project, training: Path, progress: Progress, now: str
) -> NearDuplicates:
    """Names the training folder and looks for near-duplicates. Raises as `find_near_duplicates`."""
    set_training(project, training)
    return find_near_duplicates(project, progress, now)


def find_near_duplicates(project: Project, progress: Progress, now: str) -> NearDuplicates:
    """Near-duplicates by pHash, confirmed by fine structure (methods 3.4b); what was found is kept
    for the report.

    What was fingerprinted before is not read again; a training folder that is gone holds no
    picture. Raises NoBenchmark, Cancelled.
    """
    benchmark = get_benchmark(project)
    root = get_benchmark_root(project, benchmark)
    paths = [item.path for item in benchmark.items]
    listing = [line.frame.frame_id for line in project.read(list_sampling_lines)]
    there, paths = _load_prints(project, root, paths, make_benchmark_subject(""), progress)
    here, listing = _load_frame_prints(project, listing, progress)
    about, folder = _get_search_subject(project), _get_training_folder(project)
    training = _TrainingSearch(project, folder, progress) if folder else None
    near_duplicates = NearDuplicates(
        compute_benchmark_key(benchmark),
        len(listing),
        _make_pairs(paths, paths, match_near_duplicates(there)[0]),
        _make_pairs(paths, listing, match_near_duplicates(there, here)[0]),
        *(training.match(there, paths, here, listing) if training else ()),
    )
    near_duplicates = (
        replace(near_duplicates, training_folders=training.folders) if training else near_duplicates
    )
    if (about, near_duplicates) != (_get_last_subject(project), get_known_near_duplicates(project)):
        kept = asdict(near_duplicates)
        project.write(lambda db: facts_table.put_fact(db, KIND, "", "", about, kept, now)).result()
    return near_duplicates


def is_search_current(project: Project) -> bool:
    """Whether benchmark, frames and training folder are those of the last search. Results of a
    missing folder are kept. Raises NoBenchmark."""
    folder, last, about = (
        _get_training_folder(project),
        _get_last_subject(project),
        _get_search_subject(project),
    )
    is_folder_gone = folder is not None and not _get_folder_state(folder)
    return last.startswith(about) if is_folder_gone else last == about


def _get_search_subject(project: Project) -> str:
    """Identify what a search covers: the benchmark, the sampled frames and, where it exists, the
    training folder with its state."""
    folder, listed = (
        _get_training_folder(project),
        [line.frame.frame_id for line in project.read(list_sampling_lines)],
    )
    both = f"{compute_benchmark_key(get_benchmark(project))}-{compute_picks_key(listed)}"
    state = _get_folder_state(folder) if folder is not None else []
    return f"{both}-{make_json_key(state)}" if state else both


def _get_folder_state(folder: Path) -> list[str | int]:
    """State of a folder and its sub-folders by their times of change, so that a large folder is not
    scanned again. Empty where it is missing or cannot be read."""
    try:
        inside = sorted(Path(entry.path) for entry in os.scandir(folder) if entry.is_dir())
        return [part for path in (folder, *inside) for part in (str(path), path.stat().st_mtime_ns)]
    except OSError:
        return []


def _get_training_folder(project: Project) -> Path | None:
    setting = project.read(lambda db: settings_table.get_setting(db, TRAINING))
    return Path(str(setting)) if setting else None


def _get_last_subject(project: Project) -> str:
    rows = project.read(lambda db: facts_table.list_fact_subjects(db, KIND))
    return rows[-1][2] if rows else ""


def find_twins_in_folder(
    project: Project, folder: Path, paths: Sequence[str], frames: Sequence[str], progress: Progress
) -> tuple[dict[str, str], dict[str, str], int, int]:
    """Near-duplicates in any folder of training pictures: of benchmark pictures, by path, and of
    frames, by id; the pictures there, and how many of them cannot be read. Fingerprints are kept in
    the cache, and nothing else. Raises PathMissing, NoPictures, NoBenchmark, Cancelled."""
    benchmark = get_benchmark(project)
    _check_training(folder)
    there, read = _load_prints(
        project,
        get_benchmark_root(project, benchmark),
        list(paths),
        make_benchmark_subject(""),
        progress,
    )
    here, listing = _load_frame_prints(project, list(frames), progress)
    return _TrainingSearch(project, folder.resolve(), progress).match(there, read, here, listing)


def get_known_near_duplicates(project: Project) -> NearDuplicates | None:
    """Near-duplicates that the last search found, None before one."""
    rows = project.read(lambda db: facts_table.list_facts(db, KIND))
    kept: dict[str, Any] | None = rows[-1][2] if rows else None
    return NearDuplicates(**kept) if kept else None


class _TrainingSearch:
    """The training folder, compared with both sides block by block."""

    def __init__(self, project: Project, folder: Path, progress: Progress) -> None:
        self._project, self._folder, self._progress = project, folder, progress
        self._names = tuple(list_images(folder)) if folder.is_dir() else ()

    @property
    def folders(self) -> dict[str, int]:
        """Name of a folder → the pictures that lie in one of this name; the commonest ones."""
        return dict(
            Counter(PurePath(name).parent.name for name in self._names).most_common(MOST_FOLDERS)
        )

    def match(
        self,
        there: FineFingerprints,
        paths: Sequence[str],
        here: FineFingerprints,
        listing: Sequence[str],
    ) -> tuple[dict[str, str], dict[str, str], int, int]:
        """Return the matches as the four fields of NearDuplicates from `in_training` on."""
        names = self._names
        best = [_NearestMatches(there.phash.size), _NearestMatches(here.phash.size)]
        n_read = 0
        for block in (names[index : index + BLOCK] for index in range(0, len(names), BLOCK)):
            self._progress.check()  # Known blocks need no further lookup.
            prints, read = _load_prints(
                self._project, self._folder, block, f"training:{self._folder}/", self._progress
            )
            n_read += len(read)
            for nearest_matches, side in zip(best, (there, here), strict=True):
                nearest_matches.update(match_near_duplicates(side, prints), read)
            self._progress.report(n_read, len(names), "pictures")
        return best[0].to_names(paths), best[1].to_names(listing), len(names), len(names) - n_read


class _NearestMatches:
    """The most similar image so far for each of n images."""

    def __init__(self, n: int) -> None:
        self._alike, self._names = np.zeros(n, np.float32), [""] * n

    def update(
        self, matches: tuple[NDArray[np.int64], NDArray[np.float32]], names: Sequence[str]
    ) -> None:
        positions, alike = matches
        for index in np.flatnonzero(alike > self._alike).tolist():
            self._names[index] = names[positions[index]]
        self._alike = np.maximum(self._alike, alike)

    def to_names(self, subjects: Sequence[str]) -> dict[str, str]:
        return {subject: name for subject, name in zip(subjects, self._names, strict=True) if name}


def _make_pairs(
    names: Sequence[str], others: Sequence[str], positions: NDArray[np.int64]
) -> dict[str, str]:
    return {
        name: others[index]
        for name, index in zip(names, positions.tolist(), strict=True)
        if index != NOBODY
    }


def _load_frame_prints(
    project: Project, listing: Sequence[str], progress: Progress
) -> tuple[FineFingerprints, list[str]]:
    """Of the listed frames whose look can be had, from the cache or from what it is made of."""
    stored = project.cache.get_vectors(PRINTS, listing)
    computed = {
        name: _compute_print(luma)
        for name, luma in iter_looks(
            project, [name for name in listing if name not in stored], progress
        )
    }
    if computed:
        project.cache.put_vectors(PRINTS, "", computed)
    whole = stored | {name: vector.astype(np.float32) for name, vector in computed.items()}
    there = [name for name in listing if name in whole]
    return FineFingerprints.from_vectors([whole[name] for name in there]), there


def _load_prints(
    project: Project, root: Path, names: Sequence[str], prefix: str, progress: Progress
) -> tuple[FineFingerprints, list[str]]:  # fmt: skip
    """Of the pictures below `root` that can be read, and their names. A file that changed since is
    read again."""
    stamped = dict(_iter_cache_keys(root, names, prefix))
    print_by_key = project.cache.get_vectors(PRINTS, list(stamped.values()))
    missing = [(key, str(root / name)) for name, key in stamped.items() if key not in print_by_key]
    chunks, done = [_FileChunk(some) for some in split_into_chunks(missing)], 0

    def on_chunk(chunk: _FileChunk, prints: dict[str, NDArray[np.float16]]) -> None:
        nonlocal done
        project.cache.put_vectors(PRINTS, "", prints)
        print_by_key.update({key: vector.astype(np.float32) for key, vector in prints.items()})
        done += len(chunk.pictures)
        progress.report(done, len(missing), "pictures")

    map_chunks(_compute_file_prints, chunks, on_chunk, progress)
    read = [
        name
        for name, key in stamped.items()
        if key in print_by_key and print_by_key[key][:64].any()
    ]
    return FineFingerprints.from_vectors([print_by_key[stamped[name]] for name in read]), read


def _iter_cache_keys(root: Path, names: Sequence[str], prefix: str) -> Iterator[tuple[str, str]]:
    """Name → its key in the cache, which another content of the file does not have; none for a file
    that is gone."""
    for name in names:
        with suppress(OSError, PathRefused):
            info = join_inside_data_set(root, name).stat()
            yield name, f"{prefix}{name}|{info.st_size}|{info.st_mtime_ns}"


def _compute_file_prints(chunk: _FileChunk) -> dict[str, NDArray[np.float16]]:
    """Fingerprints by name; zeros for a file that is not an image, so that it is not read again.
    Pure."""
    prints = {}
    for key, file in chunk.pictures:
        try:
            prints[key] = _compute_print(make_look(read_image(Path(file))))
        except (PictureUnreadable, PathMissing):
            prints[key] = np.zeros(64, np.float16)
    return prints


def _compute_print(luma: NDArray[np.uint8]) -> NDArray[np.float16]:
    return pack_fingerprint(compute_phash(luma), compute_detail_vector(luma))


# Leakage of a candidate's training pictures into what it is tested on: the same files, and
# near-duplicates of the pictures.


@dataclass(frozen=True, slots=True)
class TrainingLeaks:
    """Pictures → the training picture that is the same or nearly so: `benchmark` by path, `field`
    by frame. `n_training` and `n_unreadable` pictures of the folder."""

    benchmark: dict[str, str]
    field: dict[str, str]
    n_training: int
    n_unreadable: int


def find_training_leaks(
    project: Project,
    benchmark: Sequence[tuple[str, Path]],
    field: Sequence[tuple[str, Path]],
    folder: Path,
    progress: Progress,
) -> TrainingLeaks:
    """Which benchmark pictures (path, file) and field frames (id, saved file) lie below `folder`,
    as the very file or as a near-duplicate (methods 3.4b). Pictures without structure, which are
    nobody's near-duplicate, are found as the file alone.

    Raises PathMissing, NoPictures, NoBenchmark, Cancelled.
    """
    paths, frames = [name for name, _ in benchmark], [name for name, _ in field]
    twins, frame_twins, n_training, n_unreadable = find_twins_in_folder(
        project, folder, paths, frames, progress
    )
    same = find_same_files([*benchmark, *field], folder, progress)
    seen = [
        {name: twin for name in names if (twin := same.get(name) or near.get(name))}
        for names, near in ((paths, twins), (frames, frame_twins))
    ]
    return TrainingLeaks(seen[0], seen[1], n_training, n_unreadable)


def find_same_files(
    files: Sequence[tuple[str, Path]], folder: Path, progress: Progress
) -> dict[str, str]:
    """Name → path below `folder` of the very same file, whatever it is called there. Only files of
    equal size are read.

    Raises PathMissing, Cancelled.
    """
    if not folder.is_dir():
        raise PathMissing(folder)
    wanted = {path.stat().st_size for _, path in files}
    trained: dict[int, dict[str, str]] = {}
    for name in list_images(folder):
        size = (folder / name).stat().st_size
        if size in wanted:
            progress.check()
            trained.setdefault(size, {}).setdefault(sha256_file(folder / name), name)
    candidates = ((name, trained.get(path.stat().st_size), path) for name, path in files)
    return {
        name: of_size[digest]
        for name, of_size, path in candidates
        if of_size and (digest := sha256_file(path)) in of_size
    }
