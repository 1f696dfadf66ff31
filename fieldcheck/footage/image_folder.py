"""A folder of images as footage in name order, and the copying of footage into the project under a
name made from its content."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fieldcheck.domain.frame import PICTURE_ENDINGS, UNREAD_ENDINGS, VIDEO_ENDINGS, Frame
from fieldcheck.domain.recording import Kind, SkippedFile
from fieldcheck.errors.files import (
    DiskFull,
    NoPictures,
    PathMissing,
    PathRefused,
    PictureUnreadable,
)
from fieldcheck.files import (
    is_project,
    join_inside,
    map_os_errors,
    require_utf8,
    sha256_file,
    sync_folder,
)
from fieldcheck.footage.recording_container import compute_recording_sha256
from fieldcheck.imaging.codec import compute_pixels_sha256, read_capture_time, read_image
from fieldcheck.paths import RECORDINGS
from fieldcheck.progress import Progress

SECONDS_APART = 0.5
# of the reasons why one is left out, those of its content
OF_PICTURES = ("not_a_picture", "no_decoder", "too_large", "damaged")


def list_images(folder: Path) -> tuple[str, ...]:
    """Names, relative and with `/`, of every file with a picture's ending, in name order; those of
    folders inside it too.

    Whether they can be read shows when they are. Links are left out: they may lead anywhere. Raises
    PathMissing, PathRefused (a name that cannot be kept).
    """
    if not folder.is_dir():
        raise PathMissing(folder)
    return _list_files(folder, PICTURE_ENDINGS)


def list_unreadable_images(folder: Path) -> tuple[SkippedFile, ...]:
    """Pictures that `list_images` leaves out, in name order: those in a format of phones or cameras
    that is not read here (`no_decoder`), and links to pictures, videos or folders (`link`)."""
    unread = [SkippedFile(name, "no_decoder") for name in _list_files(folder, UNREAD_ENDINGS)]
    return tuple(
        sorted(
            [*unread, *(SkippedFile(name, "link") for name in _iter_links(folder))],
            key=lambda skipped_file: skipped_file.file,
        )
    )


def find_image_folders(folder: Path) -> tuple[Path, ...]:
    """The folders in one that are footage of their own, in name order: where it holds no picture
    itself and several in it do, those; else the folder. Links and projects are not entered."""
    with os.scandir(folder) as scandir_iterator:
        entries = sorted(scandir_iterator, key=lambda entry: entry.name)
    if any(
        Path(entry.name).suffix.lower() in PICTURE_ENDINGS | UNREAD_ENDINGS
        for entry in entries
        if not entry.is_dir()
    ):
        return (folder,)
    inner = [
        Path(entry.path)
        for entry in entries
        if entry.is_dir(follow_symlinks=False) and not is_project(Path(entry.path))
    ]
    own = [each for path in inner if _has_images(path) for each in find_image_folders(path)]
    return tuple(own) if len(own) > 1 else (folder,)


def _has_images(folder: Path) -> bool:
    """Whether a picture, read here or not, lies in a folder or below it."""
    for folder_name, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not is_project(Path(folder_name, name))]
        if any(Path(name).suffix.lower() in PICTURE_ENDINGS | UNREAD_ENDINGS for name in files):
            return True
    return False


def make_refusal(
    folder: Path, left_out: SkippedFile
) -> PathMissing | PathRefused | PictureUnreadable:
    """Error that says why a picture of the folder was left out."""
    path = folder / left_out.file
    if left_out.why == "missing":
        return PathMissing(path)
    return (
        PictureUnreadable(path, left_out.why)
        if left_out.why in OF_PICTURES
        else PathRefused(str(path), left_out.why)
    )


def _iter_links(folder: Path) -> Iterator[str]:
    for folder_name, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not is_project(Path(folder_name, name))]
        named = [
            name
            for name in files
            if Path(name).suffix.lower() in PICTURE_ENDINGS | UNREAD_ENDINGS | VIDEO_ENDINGS
        ]
        for name in (*folders, *named):
            if (path := Path(folder_name, name)).is_symlink():
                yield require_utf8(path.relative_to(folder).as_posix())


def list_videos(folder: Path) -> tuple[str, ...]:
    """Names, as `list_images` gives them, of the videos in a folder and the folders inside it."""
    return _list_files(folder, VIDEO_ENDINGS)


def _list_files(folder: Path, endings: frozenset[str]) -> tuple[str, ...]:
    """Files of these endings, relative, in name order; no link is followed, and a project that lies
    in the folder is no footage."""
    paths: list[Path] = []
    for folder_name, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not is_project(Path(folder_name, name))]
        paths += (Path(folder_name, name) for name in files if Path(name).suffix.lower() in endings)
    return tuple(
        sorted(
            require_utf8(path.relative_to(folder).as_posix())
            for path in paths
            if path.is_file() and not path.is_symlink()
        )
    )


def read_images(
    folder: Path, names: Sequence[str], first_index: int
) -> Iterator[Frame | SkippedFile]:
    """Each picture as a frame; `names` stand from place `first_index` on in the folder's list. What
    cannot be read is told and skipped."""
    for index, name in enumerate(names, first_index):
        try:
            yield read_image_frame(folder, name, index)
        except (PictureUnreadable, PathRefused, PathMissing) as error:
            yield SkippedFile(
                name,
                error.problem if isinstance(error, PictureUnreadable | PathRefused) else "missing",
            )


def read_image_frame(folder: Path, name: str, index: int) -> Frame:
    """One picture of the folder. Raises PictureUnreadable, PathRefused, PathMissing."""
    rgb = read_image(join_inside(folder, name))
    times = _read_capture_times(folder, folder.stat().st_mtime_ns)
    return Frame(rgb, index, times.get(name, index * SECONDS_APART), name)


@lru_cache(maxsize=4)
def _read_capture_times(folder: Path, _changed: int) -> Mapping[str, float]:
    """Seconds from the first picture on, where every picture carries its time and none is older
    than the one before; else nothing."""
    times: dict[str, float] = {}
    for name in list_images(folder):
        try:
            time = read_capture_time(join_inside(folder, name))
        except (PictureUnreadable, PathRefused, PathMissing):
            continue  # Files that are not images are ignored.
        if time is None or (times and time < next(reversed(times.values()))):
            return {}
        times[name] = time
    return {name: time - next(iter(times.values())) for name, time in times.items()}


# Footage into the project folder: copied, so that the folder alone is the whole project, and named
# by its content.

# Content hashes of a project's files, one each: the same that was stored when they came in.

Hash = Callable[[Path, Progress], str]


def compute_folder_sha256(folder: Path, names: Sequence[str], progress: Progress) -> str:
    """Hash of a folder of pictures: their names in this order, and their contents. Raises
    PathMissing, Cancelled."""
    digest = hashlib.sha256()
    for done, name in enumerate(names):
        progress.check()
        progress.report(done, len(names), "hash")
        digest.update(f"{name}\0{sha256_file(folder / name)}\n".encode())
    return digest.hexdigest()


def compute_copied_folder_sha256(folder: Path, progress: Progress) -> str:
    """Hash of a folder of copied pictures: all that are in it, as `compute_folder_sha256` reads
    them. Raises PathMissing, Cancelled."""
    return compute_folder_sha256(folder, list_images(folder), progress)


def compute_capture_sha256(folder: Path, progress: Progress) -> str:
    """Hash of a recording that was made here. Raises PathMissing, Cancelled."""
    progress.check()
    return compute_recording_sha256(folder)


def compute_file_sha256(path: Path, progress: Progress) -> str:
    """Hash of a video's bytes. Raises PathMissing, Cancelled."""
    return sha256_file(path, progress)


def compute_model_sha256(path: Path, progress: Progress) -> str:
    """Hash of a model and of all files that hold its weights. Raises PathMissing, Cancelled."""
    # Imported late: it loads ONNX, which opening a project does not need.
    from fieldcheck.models.onnx_file import compute_model_sha256

    return compute_model_sha256(path, progress)


def list_weight_files(path: Path) -> tuple[Path, ...]:
    """Files beside a model that it keeps its weights in, there or not."""
    from fieldcheck.models.onnx_file import list_weight_files  # as above

    return list_weight_files(path)


def compute_picture_sha256(path: Path, progress: Progress) -> str:
    """Hash of a saved frame's raw RGB bytes. Raises PictureUnreadable, Cancelled."""
    progress.check()
    return compute_pixels_sha256(read_image(path))


RESERVE_BYTES = 200_000_000  # Space reserved for labels and the report.
ID_LENGTH = 12
PIECE = 1 << 23


@dataclass(frozen=True, slots=True)
class FootageSource:
    """Footage outside the project. `sha256` of a folder covers names and contents of its images;
    `names` are a folder's images, `unread` links and images in formats that are not read."""

    path: Path
    kind: Kind
    sha256: str
    names: tuple[str, ...] = ()
    unread: tuple[SkippedFile, ...] = ()

    @property
    def recording_id(self) -> str:
        """Name by content: the same content always gets the same name, so a second import finds
        what the first one left."""
        return self.sha256[:ID_LENGTH]

    @property
    def stored_path(self) -> str:
        """Where its copy lies in a project, `recordings/ID/NAME`."""
        return f"{RECORDINGS}/{self.recording_id}/{self.path.name}"


def inspect_source(path: Path, progress: Progress) -> FootageSource:
    """Reads the whole content once to name it. Raises PathMissing, NoPictures, PictureUnreadable
    `no_decoder`, PathRefused (a name that cannot be kept, a project, nothing but links), Cancelled.
    """
    if not path.exists():
        raise PathMissing(path)
    require_utf8(path.resolve().name)
    if path.is_file():
        if path.suffix.lower() in UNREAD_ENDINGS:
            raise PictureUnreadable(path, "no_decoder")
        return FootageSource(path.resolve(), "video", sha256_file(path, progress))
    if is_project(path):
        raise PathRefused(str(path), "project")
    names, unread = list_images(path), list_unreadable_images(path)
    if not names:
        raise make_refusal(path, unread[0]) if unread else NoPictures(path)
    return FootageSource(
        path.resolve(), "folder", compute_folder_sha256(path, names, progress), names, unread
    )


def copy_into_project(source: FootageSource, project: Path, progress: Progress) -> None:
    """Copies the footage to its place in the project. What is already there is not copied again.

    The folder gets its name only when it is whole, so a killed copy leaves nothing but a `.part`.
    Raises DiskFull, ReadOnlyPlace, Cancelled; then nothing is left of it.
    """
    folder, target = project / RECORDINGS / source.recording_id, project / source.stored_path
    if target.exists():
        return
    files = (
        [source.path] if source.kind == "video" else [source.path / name for name in source.names]
    )
    _check_disk_space(sum(file.stat().st_size for file in files), project, target)
    part = folder.with_name(folder.name + ".part")
    _remove_folder(part)
    try:
        _copy_to_folder(source, part / source.path.name, progress)
        _remove_folder(folder)
        part.replace(folder)
    except BaseException:
        _remove_folder(part)
        raise
    sync_folder(folder.parent)


def remove_copy(project: Path, recording_id: str) -> None:
    """Removes the copy of footage in which nothing could be read."""
    _remove_folder(project / RECORDINGS / recording_id)


def _copy_to_folder(source: FootageSource, target: Path, progress: Progress) -> None:
    if source.kind == "video":
        copy_file(source.path, target, progress)
        return
    for done, name in enumerate(source.names):
        progress.report(done, len(source.names), "copy")
        copy_file(source.path / name, target / name, progress)


def copy_file(source: Path, target: Path, progress: Progress) -> None:
    """The file's bytes, on disk when this returns; the folder is made where it is missing, what
    lies at `target` is taken away, a link never followed. Raises DiskFull, ReadOnlyPlace,
    Cancelled."""
    with map_os_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        with source.open("rb") as read, target.open("xb") as written:
            while piece := read.read(PIECE):
                progress.check()
                written.write(piece)
            written.flush()
            os.fsync(written.fileno())


def _remove_folder(path: Path) -> None:
    """Removes a folder that this program made. A link is taken away, never followed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _check_disk_space(n_bytes: int, project: Path, target: Path) -> None:
    if shutil.disk_usage(project).free < n_bytes + RESERVE_BYTES:
        raise DiskFull(target, kept_free=True)
