"""Images saved for an alarm or for labels, and retention of shifts: how many weeks and megabytes a
project keeps, and what was dropped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.run import StoredModel
from fieldcheck.domain.shift import (
    SHIFT_LABELS,
    DroppedShifts,
    SampledResult,
    SavedAlarmFrames,
    ShiftRetention,
)
from fieldcheck.errors.files import FieldcheckError, PathMissing, PathRefused
from fieldcheck.errors.labels import ShiftUnknown
from fieldcheck.files import join_inside, map_os_errors, write_bytes
from fieldcheck.footage.video.index import load_video_index
from fieldcheck.footage.video.reader import read_frame
from fieldcheck.imaging.codec import encode_png, read_image
from fieldcheck.models.store import find_model
from fieldcheck.monitoring.log_monitor import count_alarms, load_model_shifts
from fieldcheck.monitoring.prediction_log import find_image_file
from fieldcheck.monitoring.shifts import (
    APART,
    KIND,
    copy_shifts,
    delete_shifts,
    load_shifts,
    restore_shifts,
)
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as facts_table

KEPT = "shift_frames"  # of facts about a model
FOLDER, LABEL_FOLDER = "alarms", "shifts"  # of the project
MOST = 20  # frames of an alarm
LARGEST = 50_000_000  # bytes of a frame as it is kept
OWN_NAME = re.compile(r"\d{2,3}\.png")  # of a copy


def store_alarm_frames(
    project: Project, began: str, model: str | None, progress: Progress, now: str
) -> SavedAlarmFrames:
    """Writes the images of the twenty least confident sampled results of a shift into `alarms/` of
    the project; kept again, they are replaced, unless none can be read any more. Frames of a camera
    that was watched live were not stored and are missing. Raises ShiftUnknown, NoModel,
    ModelUnknown, PathRefused, DiskFull, ReadOnlyPlace; Cancelled, and the shift is not marked."""
    stored, kept = find_model(project, model), load_model_shifts(project, model)
    if began not in kept:
        raise ShiftUnknown(began, tuple(kept))
    listed = sorted(kept[began].sampled, key=lambda sampled_result: sampled_result.confidence)[
        :MOST
    ]
    where = f"{FOLDER}/{_make_folder_name(stored, began)}"
    copied = _FrameCopies(join_inside(project.path, where), progress)
    missing = copied.add_results(listed, MOST)
    saved_alarm_frames = SavedAlarmFrames(began, where if copied.n else "", copied.n, missing)
    former = load_kept_frames(project, model).get(began)
    if copied.n or former is None or not former.folder:
        project.write(
            lambda db: facts_table.replace_fact(
                db, KEPT, stored.sha256, "", began, asdict(saved_alarm_frames), now
            )
        ).result()
    if copied.n and former is not None and former.folder != where:
        _remove_former(project, former)
    return saved_alarm_frames


def store_label_frames(
    project: Project, began: str, model: str | None, progress: Progress
) -> SavedAlarmFrames:
    """Writes twenty frames of a shift, drawn at random among its sampled results, into `shifts/` of
    the project, from where they are labelled in a project of their own: those of one shift say
    nothing of the footage. Written again, they are replaced. Raises ShiftUnknown, NoModel,
    ModelUnknown, PathRefused, DiskFull, ReadOnlyPlace, Cancelled."""
    stored, kept = find_model(project, model), load_model_shifts(project, model)
    if began not in kept:
        raise ShiftUnknown(began, tuple(kept))
    sampled = kept[began].sampled
    order = np.random.default_rng(len(sampled)).permutation(len(sampled)).tolist()
    where = f"{LABEL_FOLDER}/{_make_folder_name(stored, began)}"
    copied = _FrameCopies(join_inside(project.path, where), progress)
    missing = copied.add_results([sampled[position] for position in order], SHIFT_LABELS)
    return SavedAlarmFrames(began, where if copied.n else "", copied.n, missing)


def _make_folder_name(model: StoredModel, began: str) -> str:
    """Name of the folder for the frames of one shift of one model: of the same hour there are two
    where the clocks go back."""
    return f"{datetime.fromisoformat(began):%Y-%m-%d-%H%M%z}-{model.sha256[:8]}"


def _remove_former(project: Project, former: SavedAlarmFrames) -> None:
    """Remove the frames that an earlier version kept under another name, unless another shift has
    the same folder."""
    rows = project.read(lambda db: facts_table.list_facts(db, KEPT))
    if former.folder in {document["folder"] for _, _, document, _ in rows}:
        return
    with suppress(OSError):
        for file in _list_copies(project, former):
            if OWN_NAME.fullmatch(file.name):
                file.unlink()
        join_inside(project.path, former.folder).rmdir()


def load_kept_frames(project: Project, model: str | None = None) -> dict[str, SavedAlarmFrames]:
    """Kept frames by the start of their shift. Raises NoModel, ModelUnknown."""
    stored = find_model(project, model)
    return {
        about: SavedAlarmFrames(**document)
        for about, document in project.read(
            lambda db: facts_table.list_facts_of_model(db, KEPT, stored.sha256, "")
        )
    }


def find_first_frame(
    project: Project,
    began: str,
    results: Sequence[SampledResult],
    model: str | None,
    progress: Progress,
) -> tuple[SampledResult | None, NDArray[np.uint8]] | None:
    """The first of these results whose image can be read, with its pixels, (H, W, 3) uint8 RGB;
    else the first frame that was kept of the shift, of which the result is not known. None where
    there is neither. Raises NoModel, ModelUnknown, Cancelled."""
    for result in results:
        progress.check()
        with suppress(OSError, FieldcheckError):  # Missing; the next image may exist.
            return result, read_sampled_frame(result)
    kept = load_kept_frames(project, model).get(began)
    for file in _list_copies(project, kept) if kept is not None and kept.folder else ():
        progress.check()
        with suppress(OSError, FieldcheckError):
            return None, read_image(file)
    return None


def read_sampled_frame(sampled_result: SampledResult) -> NDArray[np.uint8]:
    """Pixels of a sampled result, (H, W, 3) uint8 RGB, from an image or a video below the folder of
    its log.

    Raises PathRefused, PathMissing, PictureUnreadable, VideoUnreadable.
    """
    file, second = find_image_file(sampled_result.folder, sampled_result.picture)
    if not second:
        return read_image(file)
    index, moment = load_video_index(file), round(float(second) * 1000)
    for number in range(len(index)):
        if round(index.get_time_s(number) * 1000) == moment:
            return read_frame(file, number).rgb
    raise PathMissing(file)


def _list_copies(project: Project, kept: SavedAlarmFrames) -> list[Path]:
    """Files of the frames that were kept, the least confident first; none where the project names
    no folder of its own."""
    try:
        return sorted(join_inside(project.path, kept.folder).iterdir())
    except (OSError, PathRefused):
        return []


@dataclass(slots=True)
class _FrameCopies:
    """Copies in a folder, numbered in the order in which they come. Each is decoded and encoded
    again, which drops metadata such as GPS positions."""

    folder: Path
    progress: Progress
    n: int = 0
    _written: set[str] = field(default_factory=set)

    def add_results(self, results: Sequence[SampledResult], most: int) -> int:
        """The first so many whose image can be read, in place of earlier copies; returns how many
        before them cannot. Where none can, the earlier copies stay."""
        missing = self._copy_results(results, most)
        if self.n:
            self._remove_earlier_copies()
        return missing

    def _copy_results(self, results: Sequence[SampledResult], most: int) -> int:
        for index, result in enumerate(results, 1):
            if self.n == most:
                return index - 1 - most
            self.progress.check()
            self.progress.report(index - 1, len(results), "frames")
            data = b""
            with suppress(OSError, FieldcheckError):  # Missing, and counted as missing.
                data = encode_png(read_sampled_frame(result))
            if 0 < len(data) <= LARGEST:
                self._write_copy(index, data)
        return len(results) - self.n

    def _write_copy(self, number: int, data: bytes) -> None:
        with map_os_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{number:02d}.png"
        write_bytes(self.folder / name, data)
        self._written.add(name)
        self.n += 1

    def _remove_earlier_copies(self) -> None:
        with map_os_errors(self.folder):
            for file in self.folder.iterdir():
                if OWN_NAME.fullmatch(file.name) and file.name not in self._written:
                    file.unlink()


# Retention of shifts: how many weeks and megabytes of them a project keeps, and what was dropped.
# Shifts with kept frames stay.

RETENTION = "shift_retention"  # of facts about a model
MB = 1_000_000


def get_retention(project: Project, model: str | None = None) -> ShiftRetention:
    """The retention that was set; by default all shifts up to 200 MB. Raises NoModel,
    ModelUnknown."""
    stored = find_model(project, model)
    fact = project.read(
        lambda db: facts_table.get_newest_fact(db, RETENTION, stored.sha256, "", "")
    )
    return ShiftRetention(int(fact["weeks"]), int(fact["megabytes"])) if fact else ShiftRetention()


def set_retention(
    project: Project,
    new_retention: ShiftRetention,
    model: str | None,
    now: str,
    days: int | None = None,
) -> DroppedShifts:
    """Set the retention and drop what exceeds it, as `drop_old_shifts`. Raises NoModel,
    ModelUnknown, DiskFull."""
    stored, retention = (
        find_model(project, model),
        {"weeks": new_retention.weeks, "megabytes": new_retention.megabytes},
    )
    project.write(
        lambda db: facts_table.replace_fact(db, RETENTION, stored.sha256, "", "", retention, now)
    ).result()
    return drop_old_shifts(project, model, now, days)


def restore_from_copy(project: Project, file: Path, model: str | None, now: str) -> int:
    """Restore the shifts of a copy and keep all shifts from now on, with enough megabytes for them.
    Raises NoModel, ModelUnknown, PathMissing, PredictionLogRefused `copy`."""
    stored, stored_retention = find_model(project, model), get_retention(project, model)
    n = restore_shifts(project, file)
    sizes = project.read(
        lambda db: facts_table.get_fact_sizes(db, KIND, stored.sha256, stored.card_sha256)
    )
    retention = {
        "weeks": 0,
        "megabytes": max(stored_retention.megabytes, sum(sizes.values()) // MB + 1),
    }
    project.write(
        lambda db: facts_table.replace_fact(db, RETENTION, stored.sha256, "", "", retention, now)
    ).result()
    count_alarms(project, model, now)
    return n


def drop_old_shifts(
    project: Project, model: str | None, now: str, days: int | None = None
) -> DroppedShifts:
    """Drops the oldest shifts beyond the project's retention, and those older than so many `days`;
    their age is counted from `now`. They are copied into `backups/` first. The newest one stays,
    and those whose frames were kept. Raises NoModel, ModelUnknown, DiskFull."""
    stored, retention = find_model(project, model), get_retention(project, model)
    begun, spared = tuple(load_shifts(project, stored)), set(load_kept_frames(project, model))
    sizes = dict.fromkeys(begun, 0)
    for about, n in project.read(
        lambda db: facts_table.get_fact_sizes(db, KIND, stored.sha256, stored.card_sha256)
    ).items():
        began = about.partition(APART)[0]
        if began in sizes:  # what is set aside is neither counted nor dropped
            sizes[began] += n
    ages = [
        *([timedelta(weeks=retention.weeks)] if retention.weeks else []),
        *([timedelta(days=days)] if days is not None else []),
    ]
    old = _list_expired(begun, min(ages, default=None), now)
    n_kept = sum(sizes[start] for start in begun if start not in old)
    for start in begun[:-1]:
        if n_kept <= retention.megabytes * MB:
            break
        if start not in old and start not in spared:
            old.append(start)
            n_kept -= sizes[start]
    dropped = [start for start in begun if start in set(old) - spared]
    copies: tuple[str, ...] = ()
    if dropped:
        copies = (copy_shifts(project, stored, frozenset(dropped)),)
        delete_shifts(project, stored, dropped)
        count_alarms(project, model, now)
    return DroppedShifts(
        len(dropped),
        dropped[0] if dropped else "",
        dropped[-1] if dropped else "",
        len(set(old) & spared),
        copies,
    )


def _list_expired(begun: Sequence[str], most: timedelta | None, now: str) -> list[str]:
    """List shifts that started longer ago, except the newest one. Age is counted from now, so that
    a row dated in the future expires nothing."""
    time = datetime.fromisoformat(now)
    return [
        start
        for start in begun[:-1]
        if most is not None and time - datetime.fromisoformat(start) > most
    ]
