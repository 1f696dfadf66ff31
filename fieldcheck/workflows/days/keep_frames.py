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
from fieldcheck.capture.video_index import load_video_index
from fieldcheck.domain.shift import SampledResult, SavedAlarmFrames
from fieldcheck.errors import FieldcheckError, PathMissing, PathRefused, ShiftUnknown
from fieldcheck.exchange.logged_picture import find_image_file
from fieldcheck.files import join_inside, map_os_errors, write_bytes
from fieldcheck.imaging.codec import encode_png, read_image
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.workflows.days.monitor import load_model_shifts
from fieldcheck.workflows.models.models import find_model

KEPT = "shift_frames"  # of facts about a model
FOLDER = "alarms"  # of the project
MOST = 20  # frames of an alarm
LARGEST = 50_000_000  # bytes of a frame as it is kept


def store_alarm_frames(project: Project, began: str, model: str | None, progress: Progress, now: str) -> SavedAlarmFrames:
    """Writes the images of the twenty least confident sampled results of a shift into `alarms/` of the project; kept again, they are
    replaced. Frames of a camera that was watched live were not stored and are missing. Raises ShiftUnknown, NoModel, ModelUnknown,
    PathRefused, DiskFull, ReadOnlyPlace; Cancelled, and the shift is not marked."""
    stored, kept = find_model(project, model), load_model_shifts(project, model)
    if began not in kept:
        raise ShiftUnknown(began, tuple(kept))
    listed = sorted(kept[began].sampled, key=lambda one: one.confidence)[:MOST]
    where = f"{FOLDER}/{datetime.fromisoformat(began).strftime('%Y-%m-%d-%H%M')}"
    copied = _AlarmCopies(join_inside(project.path, where), progress)
    copied.add_results(listed)
    found = SavedAlarmFrames(began, where if copied.n else "", copied.n, len(listed) - copied.n)
    project.write(lambda db: facts_table.replace_fact(db, KEPT, stored.sha256, "", began, asdict(found), now)).result()
    return found


def load_kept_frames(project: Project, model: str | None = None) -> dict[str, SavedAlarmFrames]:
    """Kept frames by the start of their shift. Raises NoModel, ModelUnknown."""
    stored = find_model(project, model)
    return {
        about: SavedAlarmFrames(**found)
        for about, found in project.read(lambda db: facts_table.list_facts_of_model(db, KEPT, stored.sha256, ""))
    }


def find_first_frame(
    project: Project, began: str, results: Sequence[SampledResult], model: str | None, progress: Progress
) -> tuple[SampledResult | None, NDArray[np.uint8]] | None:  # fmt: skip
    """The first of these results whose image can be read, with its pixels, (H, W, 3) uint8 RGB; else the first frame that was kept of the
    shift, of which the result is not known. None where there is neither. Raises NoModel, ModelUnknown, Cancelled."""
    for one in results:
        progress.check()
        with suppress(OSError, FieldcheckError):  # missing: the next one may be there
            return one, read_sampled_frame(one)
    kept = load_kept_frames(project, model).get(began)
    for file in _list_copies(project, kept) if kept is not None and kept.folder else ():
        progress.check()
        with suppress(OSError, FieldcheckError):
            return None, read_image(file)
    return None


def read_sampled_frame(one: SampledResult) -> NDArray[np.uint8]:
    """Pixels of a sampled result, (H, W, 3) uint8 RGB, from an image or a video below the folder of its log.

    Raises PathRefused, PathMissing, PictureUnreadable, VideoUnreadable.
    """
    file, second = find_image_file(one.folder, one.picture)
    if not second:
        return read_image(file)
    index, moment = load_video_index(file), round(float(second) * 1000)
    for number in range(len(index)):
        if round(index.get_time_s(number) * 1000) == moment:
            return read_frame(file, number).rgb
    raise PathMissing(file)


def _list_copies(project: Project, kept: SavedAlarmFrames) -> list[Path]:
    """Files of the frames that were kept, the least confident first; none where the project names no folder of its own."""
    try:
        return sorted(join_inside(project.path, kept.folder).iterdir())
    except (OSError, PathRefused):
        return []


@dataclass(slots=True)
class _AlarmCopies:
    """Copies in a folder, numbered by confidence, the least confident first; each is decoded and written anew, without what a camera noted
    beside its pixels, such as where it stood."""

    folder: Path
    progress: Progress
    n: int = 0

    def add_results(self, results: Sequence[SampledResult]) -> None:
        for place, one in enumerate(results, 1):
            self.progress.check()
            self.progress.report(place - 1, len(results), "frames")
            data = b""
            with suppress(OSError, FieldcheckError):  # missing, and counted as such
                data = encode_png(read_sampled_frame(one))
            if 0 < len(data) <= LARGEST:
                self._write_copy(place, data)

    def _write_copy(self, place: int, data: bytes) -> None:
        with map_os_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        write_bytes(self.folder / f"{place:02d}.png", data)
        self.n += 1
