"""Near-duplicates of a project: within the benchmark, between benchmark and field, and of either in the training folder.

Fingerprints are kept in the cache picture by picture, so that a search of a large training folder goes on where it was broken off, and
pictures of it are held against the others in blocks: memory does not grow with the folder.
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

from fieldcheck.domain.items import benchmark_subject
from fieldcheck.errors import NoPictures, PathMissing, PathRefused, PictureUnreadable
from fieldcheck.exchange.imagefolder import pictures
from fieldcheck.files import inside_set, json_key
from fieldcheck.imaging.codec import read_picture
from fieldcheck.imaging.fingerprint import detail, phash64
from fieldcheck.imaging.thumbnail import look
from fieldcheck.measure.near_duplicates import NOBODY, FinePrints, nearest, packed
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.workflows.chunks import map_chunks, portions
from fieldcheck.workflows.footage.sampling_list import lines
from fieldcheck.workflows.footage.thumbnails import looks_of
from fieldcheck.workflows.models.run_model import benchmark_key, benchmark_of, benchmark_root, picks_key

KIND = "near_duplicates"
TRAINING = "training_folder"  # setting: where the training pictures lie, absolute
PRINTS = "near_duplicates/1"
MOST_FOLDERS = 1000  # names of folders that are kept: as many as there are classes anywhere
BLOCK = 4096  # pictures of the training folder that are held in memory at once


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """Pictures → their nearest near-duplicate: `within` the benchmark, of benchmark pictures `in_field` and `in_training`, and of field
    frames in training (`field_in_training`). `benchmark`, `listed`: what was looked at; `n_training` and `n_unreadable` pictures of the
    folder, None where none is named; `training_folders`: how many lie in a folder of each name, as classes have them."""

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
        """Benchmark pictures with a near-duplicate within, in the field, in training, and the pictures there."""
        return len(self.within), len(self.in_field), None if self.n_training is None else len(self.in_training), self.n_training


@dataclass(frozen=True, slots=True)
class _Files:
    """Pictures to be fingerprinted: (name in the cache, file) each."""

    pictures: tuple[tuple[str, str], ...]


def set_training(project: Project, folder: Path) -> None:
    """Training folder of the model, for the search for leaks. Raises PathMissing, NoPictures."""
    _check_training(folder)
    place = str(folder.resolve())
    project.write(lambda db: settings_table.keep(db, TRAINING, place)).result()


def _check_training(folder: Path) -> None:
    """Among no pictures at all there is no duplicate, which says nothing of the model."""
    if not folder.is_dir():
        raise PathMissing(folder)
    if next(pictures(folder), None) is None:
        raise NoPictures(folder)


def search_leaks(project: Project, training: Path, progress: Progress, now: str) -> NearDuplicates:
    """Names the training folder and looks for near-duplicates. Raises as `find_near_duplicates`."""
    set_training(project, training)
    return find_near_duplicates(project, progress, now)


def find_near_duplicates(project: Project, progress: Progress, now: str) -> NearDuplicates:
    """Near-duplicates by pHash, confirmed by fine structure (methods 3.4b); what was found is kept for the report.

    What was fingerprinted before is not read again; a training folder that is gone holds no picture. Raises NoBenchmark, Cancelled.
    """
    benchmark = benchmark_of(project)
    root = benchmark_root(project, benchmark)
    paths = [item.path for item in benchmark.items]
    listing = [line.frame.frame_id for line in project.read(lines)]
    there, paths = _prints(project, root, paths, benchmark_subject(""), progress)
    here, listing = _frame_prints(project, listing, progress)
    about, folder = _about(project), _training_of(project)
    training = _Training(project, folder, progress) if folder else None
    found = NearDuplicates(
        benchmark_key(benchmark),
        len(listing),
        _pairs(paths, paths, nearest(there)[0]),
        _pairs(paths, listing, nearest(there, here)[0]),
        *(training.against(there, paths, here, listing) if training else ()),
    )
    found = replace(found, training_folders=training.folders) if training else found
    if (about, found) != (_last_about(project), known_near_duplicates(project)):
        kept = asdict(found)
        project.write(lambda db: facts_table.put(db, KIND, "", "", about, kept, now)).result()
    return found


def is_searched(project: Project) -> bool:
    """Whether benchmark, frames and training folder are those of the last search. Of a folder that is gone stays what was found in it.

    Raises NoBenchmark.
    """
    folder, last, about = _training_of(project), _last_about(project), _about(project)
    gone = folder is not None and not _state_of(folder)
    return last.startswith(about) if gone else last == about


def _about(project: Project) -> str:
    """What a search is about: the benchmark, the frames of the list and, where it is there, the training folder as it is."""
    folder, listed = _training_of(project), [line.frame.frame_id for line in project.read(lines)]
    both = f"{benchmark_key(benchmark_of(project))}-{picks_key(listed)}"
    state = _state_of(folder) if folder is not None else []
    return f"{both}-{json_key(state)}" if state else both


def _state_of(folder: Path) -> list[str | int]:
    """A folder and the folders in it, with when something was last put into or taken out of each: a large one is not gone through again.
    Empty where it is gone or cannot be read."""
    try:
        inside = sorted(Path(one.path) for one in os.scandir(folder) if one.is_dir())
        return [part for one in (folder, *inside) for part in (str(one), one.stat().st_mtime_ns)]
    except OSError:
        return []


def _training_of(project: Project) -> Path | None:
    told = project.read(lambda db: settings_table.get(db, TRAINING))
    return Path(str(told)) if told else None


def _last_about(project: Project) -> str:
    rows = project.read(lambda db: facts_table.subjects(db, KIND))
    return rows[-1][2] if rows else ""


def twins_in(
    project: Project, folder: Path, paths: Sequence[str], frames: Sequence[str], progress: Progress
) -> tuple[dict[str, str], dict[str, str], int, int]:
    """Near-duplicates in any folder of training pictures: of benchmark pictures, by path, and of frames, by id; the pictures there, and how
    many of them cannot be read. Fingerprints are kept in the cache, and nothing else. Raises PathMissing, NoPictures, NoBenchmark,
    Cancelled."""
    benchmark = benchmark_of(project)
    _check_training(folder)
    there, read = _prints(project, benchmark_root(project, benchmark), list(paths), benchmark_subject(""), progress)
    here, listing = _frame_prints(project, list(frames), progress)
    return _Training(project, folder.resolve(), progress).against(there, read, here, listing)


def known_near_duplicates(project: Project) -> NearDuplicates | None:
    """Near-duplicates that the last search found, None before one."""
    rows = project.read(lambda db: facts_table.all(db, KIND))
    kept: dict[str, Any] | None = rows[-1][2] if rows else None
    return NearDuplicates(**kept) if kept else None


class _Training:
    """The training folder, held against both sides block by block."""

    def __init__(self, project: Project, folder: Path, progress: Progress) -> None:
        self._project, self._folder, self._progress = project, folder, progress
        self._names = tuple(pictures(folder)) if folder.is_dir() else ()

    @property
    def folders(self) -> dict[str, int]:
        """Name of a folder → the pictures that lie in one of this name; the commonest ones."""
        return dict(Counter(PurePath(name).parent.name for name in self._names).most_common(MOST_FOLDERS))

    def against(
        self, there: FinePrints, paths: Sequence[str], here: FinePrints, listing: Sequence[str]
    ) -> tuple[dict[str, str], dict[str, str], int, int]:
        """As the four fields of NearDuplicates from `in_training` on."""
        names = self._names
        best = [_Best(there.phash.size), _Best(here.phash.size)]
        n_read = 0
        for block in (names[at : at + BLOCK] for at in range(0, len(names), BLOCK)):
            self._progress.check()  # of a block that is known already nothing else asks
            prints, read = _prints(self._project, self._folder, block, f"training:{self._folder}/", self._progress)
            n_read += len(read)
            for one, side in zip(best, (there, here), strict=True):
                one.take(nearest(side, prints), read)
            self._progress.report(n_read, len(names), "pictures")
        return best[0].named(paths), best[1].named(listing), len(names), len(names) - n_read


class _Best:
    """The most alike picture so far of each of n."""

    def __init__(self, n: int) -> None:
        self._alike, self._names = np.zeros(n, np.float32), [""] * n

    def take(self, found: tuple[NDArray[np.int64], NDArray[np.float32]], names: Sequence[str]) -> None:
        place, alike = found
        for at in np.flatnonzero(alike > self._alike).tolist():
            self._names[at] = names[place[at]]
        self._alike = np.maximum(self._alike, alike)

    def named(self, subjects: Sequence[str]) -> dict[str, str]:
        return {subject: name for subject, name in zip(subjects, self._names, strict=True) if name}


def _pairs(names: Sequence[str], others: Sequence[str], place: NDArray[np.int64]) -> dict[str, str]:
    return {name: others[at] for name, at in zip(names, place.tolist(), strict=True) if at != NOBODY}


def _frame_prints(project: Project, listing: Sequence[str], progress: Progress) -> tuple[FinePrints, list[str]]:
    """Of the listed frames whose look can be had, from the cache or from what it is made of."""
    known = project.cache.vectors(PRINTS, listing)
    made = {name: _print_of_look(luma) for name, luma in looks_of(project, [one for one in listing if one not in known], progress).items()}
    if made:
        project.cache.put_vectors(PRINTS, "", made)
    whole = known | {name: vector.astype(np.float32) for name, vector in made.items()}
    there = [name for name in listing if name in whole]
    return FinePrints.unpacked([whole[name] for name in there]), there


def _prints(
    project: Project, root: Path, names: Sequence[str], prefix: str, progress: Progress
) -> tuple[FinePrints, list[str]]:  # fmt: skip
    """Of the pictures below `root` that can be read, and their names. A file that changed since is read again."""
    stamped = dict(_stamped(root, names, prefix))
    known = project.cache.vectors(PRINTS, list(stamped.values()))
    missing = [(key, str(root / name)) for name, key in stamped.items() if key not in known]
    chunks, done = [_Files(some) for some in portions(missing)], 0

    def keep(chunk: _Files, found: dict[str, NDArray[np.float16]]) -> None:
        nonlocal done
        project.cache.put_vectors(PRINTS, "", found)
        known.update({key: vector.astype(np.float32) for key, vector in found.items()})
        done += len(chunk.pictures)
        progress.report(done, len(missing), "pictures")

    map_chunks(_print_files, chunks, keep, progress)
    read = [name for name, key in stamped.items() if key in known and known[key][:64].any()]
    return FinePrints.unpacked([known[stamped[name]] for name in read]), read


def _stamped(root: Path, names: Sequence[str], prefix: str) -> Iterator[tuple[str, str]]:
    """Name → its key in the cache, which another content of the file does not have; none for a file that is gone."""
    for name in names:
        with suppress(OSError, PathRefused):
            found = inside_set(root, name).stat()
            yield name, f"{prefix}{name}|{found.st_size}|{found.st_mtime_ns}"


def _print_files(chunk: _Files) -> dict[str, NDArray[np.float16]]:
    """Fingerprints by name; of a file that is no picture only zeros, so that nobody reads it again. Pure."""
    found = {}
    for key, file in chunk.pictures:
        try:
            found[key] = _print_of_look(look(read_picture(Path(file))))
        except (PictureUnreadable, PathMissing):
            found[key] = np.zeros(64, np.float16)
    return found


def _print_of_look(luma: NDArray[np.uint8]) -> NDArray[np.float16]:
    return packed(phash64(luma), detail(luma))
