"""Pictures of frames and of the benchmark as Qt paints them, read off the main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from fieldcheck.project.project import Project


def small(project: Project, subjects: Sequence[str]) -> dict[str, QImage]:
    """Small pictures by subject, of those that are still there."""
    from fieldcheck.workflows.footage.thumbnails import thumbnails

    return {subject: QImage.fromData(jpeg) for subject, jpeg in thumbnails(project, subjects).items()}


def whole(project: Project, subject: str) -> QImage | None:
    """The picture at its own size, None where it is gone."""
    from fieldcheck.errors import PathRefused
    from fieldcheck.workflows.footage.thumbnails import GONE, whole_picture

    try:
        return QImage.fromData(whole_picture(project, subject))
    except (*GONE, PathRefused):
        return None
