"""Content hashes of a project's files, one each: the same that was stored when they came in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from fieldcheck.capture.container import compute_recording_sha256
from fieldcheck.capture.picture_folder import list_images
from fieldcheck.files import sha256_file
from fieldcheck.imaging.codec import compute_pixels_sha256, read_image
from fieldcheck.progress import Progress

Hash = Callable[[Path, Progress], str]


def compute_folder_sha256(folder: Path, names: Sequence[str], progress: Progress) -> str:
    """Hash of a folder of pictures: their names in this order, and their contents. Raises PathMissing, Cancelled."""
    digest = hashlib.sha256()
    for done, name in enumerate(names):
        progress.check()
        progress.report(done, len(names), "hash")
        digest.update(f"{name}\0{sha256_file(folder / name)}\n".encode())
    return digest.hexdigest()


def compute_copied_folder_sha256(folder: Path, progress: Progress) -> str:
    """Hash of a folder of copied pictures: all that are in it, as `compute_folder_sha256` reads them. Raises PathMissing, Cancelled."""
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
    from fieldcheck.inference.onnx_file import compute_model_sha256  # with it comes ONNX, which a project that opens has no use for

    return compute_model_sha256(path, progress)


def list_weight_files(path: Path) -> tuple[Path, ...]:
    """Files beside a model that it keeps its weights in, there or not."""
    from fieldcheck.inference.onnx_file import list_weight_files  # as above

    return list_weight_files(path)


def compute_picture_sha256(path: Path, progress: Progress) -> str:
    """Hash of a saved frame's raw RGB bytes. Raises PictureUnreadable, Cancelled."""
    progress.check()
    return compute_pixels_sha256(read_image(path))
