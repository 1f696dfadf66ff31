"""Frames of a label review read ahead with the marks on them: the next ones are there before anybody comes to them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtGui import QImage

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.explore.pictures import read_image

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.label import label_review
    from fieldcheck.workflows.label.label_review import ReviewBasis, ReviewOverlay
else:
    label_review = LazyModule("fieldcheck.workflows.label.label_review")

KEPT = 8
AHEAD = 4
Read = tuple[QImage, "ReviewOverlay"]


class ProjectReader(Protocol):
    """The open project, as far as it is read."""

    def query(self, question: Callable[[Project], tuple[str, Read]], then: Callable[[tuple[str, Read]], None]) -> None: ...


class ReadAhead:
    """`came(subject)` is called when a frame is there. A null image stands for one whose picture is gone."""

    def __init__(self, current: ProjectReader, came: Callable[[str], None]) -> None:
        self._current, self._came = current, came
        self._basis: ReviewBasis | None = None
        self._read: OrderedDict[str, Read] = OrderedDict()
        self._asked: set[str] = set()

    def reset(self, basis: ReviewBasis | None) -> None:
        """Labels and answers were read anew: what was read with the older ones is forgotten."""
        self._basis = basis
        self._read.clear()
        self._asked.clear()

    def get_frame(self, subject: str) -> Read | None:
        """Picture and marks of a frame, None while they are still being read."""
        return self._read.get(subject)

    def request_frames(self, subjects: Sequence[str]) -> None:
        """These, the first one first; each by itself, so that an answer never waits for more than one."""
        for subject in subjects[: AHEAD + 1]:
            if subject in self._read:
                self._read.move_to_end(subject)
            elif subject not in self._asked:
                self._asked.add(subject)
                basis = self._basis
                self._current.query(partial(_read_frame, subject, basis), partial(self._on_frame_read, basis))

    def _on_frame_read(self, basis: ReviewBasis | None, found: tuple[str, Read]) -> None:
        subject, read = found
        if basis is not self._basis:
            return
        self._asked.discard(subject)
        self._read[subject] = read
        while len(self._read) > KEPT:
            self._read.popitem(last=False)
        self._came(subject)


def _read_frame(subject: str, basis: ReviewBasis | None, project: Project) -> tuple[str, Read]:
    return subject, (read_image(project, subject) or QImage(), label_review.get_review_overlay(project, subject, basis))
