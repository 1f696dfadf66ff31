"""Content hashes of a project's files, one each: the same that was stored when they came in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from fieldcheck.capture.container import recording_sha256
from fieldcheck.capture.picture_folder import list_pictures
from fieldcheck.files import sha256_file
from fieldcheck.imaging.codec import pixels_sha256, read_picture
from fieldcheck.progress import Progress

Hash = Callable[[Path, Progress], str]


def folder_sha256(folder: Path, names: Sequence[str], progress: Progress) -> str:
    """Hash of a folder of pictures: their names in this order, and their contents. Raises PathMissing, Cancelled."""
    digest = hashlib.sha256()
    for done, name in enumerate(names):
        progress.check()
        progress.report(done, len(names), "hash")
        digest.update(f"{name}\0{sha256_file(folder / name)}\n".encode())
    return digest.hexdigest()


def folder_sha256_as_copied(folder: Path, progress: Progress) -> str:
    """Hash of a folder of copied pictures: all that are in it, as `folder_sha256` reads them. Raises PathMissing, Cancelled."""
    return folder_sha256(folder, list_pictures(folder), progress)


def capture_sha256(folder: Path, progress: Progress) -> str:
    """Hash of a recording that was made here. Raises PathMissing, Cancelled."""
    progress.check()
    return recording_sha256(folder)


def file_sha256(path: Path, progress: Progress) -> str:
    """Hash of a video's bytes. Raises PathMissing, Cancelled."""
    return sha256_file(path, progress)


def model_file_sha256(path: Path, progress: Progress) -> str:
    """Hash of a model and of all files that hold its weights. Raises PathMissing, Cancelled."""
    from fieldcheck.inference.onnx_file import model_sha256  # with it comes ONNX, which a project that opens has no use for

    return model_sha256(path, progress)


def weights_of(path: Path) -> tuple[Path, ...]:
    """Files beside a model that it keeps its weights in, there or not."""
    from fieldcheck.inference.onnx_file import weights_beside  # as above

    return weights_beside(path)


def picture_sha256(path: Path, progress: Progress) -> str:
    """Hash of a saved frame's raw RGB bytes. Raises PictureUnreadable, Cancelled."""
    progress.check()
    return pixels_sha256(read_picture(path))
