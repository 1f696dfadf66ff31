"""Pictures of frames and of the benchmark as Qt paints them, read off the main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from fieldcheck.errors import PathRefused
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.widgets.decoded import decode_image

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.footage import thumbnails
else:
    thumbnails = LazyModule("fieldcheck.workflows.footage.thumbnails")


def read_thumbnails(project: Project, subjects: Sequence[str]) -> dict[str, QImage]:
    """Small pictures by subject, of those that are still there."""
    return {subject: decode_image(jpeg) for subject, jpeg in thumbnails.load_thumbnails(project, subjects).items()}


def read_image(project: Project, subject: str) -> QImage | None:
    """The picture at its own size, None where it is gone."""
    try:
        rgb = thumbnails.load_pixels(project, subject)
        height, width = rgb.shape[:2]
        return QImage(rgb.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(QImage.Format.Format_RGB32)
    except (*thumbnails.GONE, PathRefused):
        return None
