"""Frames of an alarm kept: pictures of its least confident sampled results are copied into the project before the source drops them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from fieldcheck.domain.shift import KeptFrames, SampledResult
from fieldcheck.errors import FieldcheckError, ShiftUnknown
from fieldcheck.files import write_bytes
from fieldcheck.imaging.codec import encode_lossless
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.workflows.days.monitor import shifts_of
from fieldcheck.workflows.days.watch_frames import footage_frames
from fieldcheck.workflows.models.models import find_model

KEPT = "shift_frames"  # of facts about a model
FOLDER = "alarms"  # of the project
MOST = 20  # frames of an alarm
MOMENT = re.compile(r"(.+)#t=([0-9.]+)")  # of a frame of a video
LARGEST = 50_000_000  # bytes of a picture


def keep_frames(project: Project, began: str, model: str | None, progress: Progress, now: str) -> KeptFrames:
    """Copies the pictures of the twenty least confident sampled results of a shift into `alarms/` of the project; kept again, they are
    replaced. Frames of a camera that was watched live were not stored and are missing. Raises ShiftUnknown, NoModel, ModelUnknown,
    PathRefused; Cancelled, and the shift is not marked."""
    stored, kept = find_model(project, model), shifts_of(project, model)
    if began not in kept:
        raise ShiftUnknown(began, tuple(kept))
    listed = sorted(kept[began].sampled, key=lambda one: one.confidence)[:MOST]
    where = f"{FOLDER}/{datetime.fromisoformat(began).strftime('%Y-%m-%d-%H%M')}"
    copied = _AlarmCopies(project.path / where, progress)
    copied.take(listed)
    found = KeptFrames(began, where if copied.n else "", copied.n, len(listed) - copied.n)
    project.write(lambda db: facts_table.replace(db, KEPT, stored.sha256, "", began, asdict(found), now)).result()
    return found


def frames_kept(project: Project, model: str | None = None) -> dict[str, KeptFrames]:
    """Kept frames by the start of their shift. Raises NoModel, ModelUnknown."""
    stored = find_model(project, model)
    return {about: KeptFrames(**found) for about, found in project.read(lambda db: facts_table.of_model(db, KEPT, stored.sha256, ""))}


@dataclass(slots=True)
class _AlarmCopies:
    """Copies in a folder, numbered by confidence, the least confident first."""

    folder: Path
    progress: Progress
    n: int = 0

    def take(self, listed: Sequence[SampledResult]) -> None:
        moments = defaultdict[str, dict[str, list[int]]](lambda: defaultdict(list))
        for place, one in enumerate(listed):
            self.progress.check()
            named = MOMENT.fullmatch(one.picture)
            if named is not None and not Path(one.picture).exists():
                moments[named[1]][named[2]].append(place)
            elif one.picture and Path(one.picture).is_file():
                source = Path(one.picture)
                self._put(place, source.suffix.lower(), lambda source=source: _bytes(source))  # type: ignore[misc]
        for video, wanted in moments.items():
            if Path(video).is_file():
                self._of_video(Path(video), wanted)

    def _of_video(self, video: Path, wanted: dict[str, list[int]]) -> None:
        """Frames of a video by their second, until all of them came."""
        left = set(wanted)
        try:
            for number, frame in zip(count(), footage_frames(video, self.progress)[1], strict=False):
                self.progress.check()
                self.progress.report(number, None, "frames")
                second = f"{frame.t_s:.3f}"
                if second in left:
                    left.remove(second)
                    for place in wanted[second]:
                        self._put(place, ".png", lambda rgb=frame.rgb: encode_lossless(rgb))  # type: ignore[misc]
                if not left:
                    return
        except FieldcheckError:
            return  # what came before counts; the rest is missing, and said to be

    def _put(self, place: int, ending: str, data: Callable[[], bytes]) -> None:
        try:
            told = data()
        except (OSError, FieldcheckError):
            return  # missing, and said to be
        self.folder.mkdir(parents=True, exist_ok=True)
        write_bytes(self.folder / f"{place + 1:02d}{ending}", told)
        self.n += 1


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise OSError(str(path))
    return path.read_bytes()
