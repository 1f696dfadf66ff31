"""Frames of an alarm, shown and kept: images of its least confident results, from below the folder of their log alone."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.capture.video_file import read_frame
from fieldcheck.capture.video_index import video_index
from fieldcheck.domain.shift import KeptFrames, SampledResult
from fieldcheck.errors import FieldcheckError, PathMissing, PathRefused, ShiftUnknown
from fieldcheck.exchange.logged_picture import picture_file
from fieldcheck.files import inside, map_os_errors, write_bytes
from fieldcheck.imaging.codec import encode_lossless, read_picture
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.workflows.days.monitor import shifts_of
from fieldcheck.workflows.models.models import find_model

KEPT = "shift_frames"  # of facts about a model
FOLDER = "alarms"  # of the project
MOST = 20  # frames of an alarm
LARGEST = 50_000_000  # bytes of a frame as it is kept


def keep_frames(project: Project, began: str, model: str | None, progress: Progress, now: str) -> KeptFrames:
    """Writes the images of the twenty least confident sampled results of a shift into `alarms/` of the project; kept again, they are
    replaced. Frames of a camera that was watched live were not stored and are missing. Raises ShiftUnknown, NoModel, ModelUnknown,
    PathRefused, DiskFull, ReadOnlyPlace; Cancelled, and the shift is not marked."""
    stored, kept = find_model(project, model), shifts_of(project, model)
    if began not in kept:
        raise ShiftUnknown(began, tuple(kept))
    listed = sorted(kept[began].sampled, key=lambda one: one.confidence)[:MOST]
    where = f"{FOLDER}/{datetime.fromisoformat(began).strftime('%Y-%m-%d-%H%M')}"
    copied = _AlarmCopies(inside(project.path, where), progress)
    copied.take(listed)
    found = KeptFrames(began, where if copied.n else "", copied.n, len(listed) - copied.n)
    project.write(lambda db: facts_table.replace(db, KEPT, stored.sha256, "", began, asdict(found), now)).result()
    return found


def frames_kept(project: Project, model: str | None = None) -> dict[str, KeptFrames]:
    """Kept frames by the start of their shift. Raises NoModel, ModelUnknown."""
    stored = find_model(project, model)
    return {about: KeptFrames(**found) for about, found in project.read(lambda db: facts_table.of_model(db, KEPT, stored.sha256, ""))}


def first_frame(
    project: Project, began: str, results: Sequence[SampledResult], model: str | None, progress: Progress
) -> tuple[SampledResult | None, NDArray[np.uint8]] | None:  # fmt: skip
    """The first of these results whose image can be read, with its pixels, (H, W, 3) uint8 RGB; else the first frame that was kept of the
    shift, of which the result is not known. None where there is neither. Raises NoModel, ModelUnknown, Cancelled."""
    for one in results:
        progress.check()
        with suppress(OSError, FieldcheckError):  # missing: the next one may be there
            return one, frame_of(one)
    kept = frames_kept(project, model).get(began)
    for file in _copies(project, kept) if kept is not None and kept.folder else ():
        progress.check()
        with suppress(OSError, FieldcheckError):
            return None, read_picture(file)
    return None


def frame_of(one: SampledResult) -> NDArray[np.uint8]:
    """Pixels of a sampled result, (H, W, 3) uint8 RGB, from an image or a video below the folder of its log.

    Raises PathRefused, PathMissing, PictureUnreadable, VideoUnreadable.
    """
    file, second = picture_file(one.folder, one.picture)
    if not second:
        return read_picture(file)
    index, moment = video_index(file), round(float(second) * 1000)
    for number in range(len(index)):
        if round(index.seconds(number) * 1000) == moment:
            return read_frame(file, number).rgb
    raise PathMissing(file)


def _copies(project: Project, kept: KeptFrames) -> list[Path]:
    """Files of the frames that were kept, the least confident first; none where the project names no folder of its own."""
    try:
        return sorted(inside(project.path, kept.folder).iterdir())
    except (OSError, PathRefused):
        return []


@dataclass(slots=True)
class _AlarmCopies:
    """Copies in a folder, numbered by confidence, the least confident first; each is decoded and written anew, without what a camera noted
    beside its pixels, such as where it stood."""

    folder: Path
    progress: Progress
    n: int = 0

    def take(self, results: Sequence[SampledResult]) -> None:
        for place, one in enumerate(results, 1):
            self.progress.check()
            self.progress.report(place - 1, len(results), "frames")
            data = b""
            with suppress(OSError, FieldcheckError):  # missing, and counted as such
                data = encode_lossless(frame_of(one))
            if 0 < len(data) <= LARGEST:
                self._put(place, data)

    def _put(self, place: int, data: bytes) -> None:
        with map_os_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        write_bytes(self.folder / f"{place:02d}.png", data)
        self.n += 1
