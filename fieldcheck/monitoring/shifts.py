"""Shifts as the project keeps them: built from streamed results, joined by start and source,
grouped in epochs, and saved before they are dropped."""

from __future__ import annotations

import hashlib
import json
import os
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.domain.run import StoredModel
from fieldcheck.domain.shift import (
    BINS,
    SAMPLED,
    CameraShift,
    ModelEpoch,
    SampledResult,
    ShiftStatistics,
    combine_shifts,
)
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import PredictionLogRefused
from fieldcheck.files import join_inside, write_text
from fieldcheck.models.store import find_model
from fieldcheck.monitoring.drift_ewma import compute_centroid_shift, compute_median_upper_limit
from fieldcheck.monitoring.log_columns import EPOCH
from fieldcheck.monitoring.prediction_log import LoggedBlock, LoggedResult, get_relative_image_path
from fieldcheck.paths import BACKUPS
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.safe_json_yaml import InvalidDocument, parse_json

# Results of a shift while they come in: figures of all of them, and a hundred drawn at random, in
# bounded memory.

SMALLEST_SPREAD = 1e-6  # of a dimension that tells something

Vector = NDArray[np.float64]


class ShiftBuilder:
    """Takes results of one shift in any order. Of each it keeps the confidence, eight bytes; of a
    hundred everything."""

    def __init__(self, seed: int = 0) -> None:
        self._random = np.random.RandomState([seed])
        self._by_class: dict[str, array[float]] = {}
        self._n = self._n_vectors = self._n_entropies = 0
        self._entropy = 0.0
        self._total: Vector | None = None
        self._squares: Vector | None = None
        self._drawn: list[LoggedResult] = []
        self._repeats = _RepeatCounter()

    @property
    def has_vectors(self) -> bool:
        """Whether a result came with its embedding."""
        return self._total is not None

    def find_odd_vector(self, block: LoggedBlock) -> int | None:
        """Index of the first embedding with other dimensions than those before it; None where all
        have the same."""
        size = self._total.size if self._total is not None else 0
        for index, embedding in enumerate(block.embeddings):
            size = size or len(embedding)
            if embedding and len(embedding) != size:
                return index
        return None

    def add_results(self, block: LoggedBlock) -> None:
        """The next results."""
        order = np.argsort(block.predictions, kind="stable")  # once, however many classes there are
        codes, starts = np.unique(block.predictions[order], return_index=True)
        for code, sure in zip(
            codes.tolist(), np.split(block.confidences[order], starts[1:]), strict=True
        ):
            self._by_class.setdefault(block.names[code], array("d")).frombytes(sure.tobytes())
        self._sample_results(block)
        self._repeats.add_results(block)
        self._n += len(block)
        entropies = block.entropies[np.isfinite(block.entropies)]
        self._entropy, self._n_entropies = (
            self._entropy + float(entropies.sum()),
            self._n_entropies + entropies.size,
        )
        vectors = [embedding for embedding in block.embeddings if embedding]
        if vectors:
            embeddings = np.array(vectors)
            if self._total is None or self._squares is None:
                self._total, self._squares = (
                    np.zeros(embeddings.shape[1]),
                    np.zeros(embeddings.shape[1]),
                )
            self._n_vectors += len(vectors)
            self._total += embeddings.sum(axis=0)
            self._squares += (embeddings**2).sum(axis=0)

    def _sample_results(self, block: LoggedBlock) -> None:
        """Reservoir sampling (Vitter 1985): each result replaces a sampled one with the probability
        that makes all results of a shift equally likely."""
        n_first = min(len(block), max(0, SAMPLED - self._n))
        self._drawn += [block[index] for index in range(n_first)]
        n_before = np.arange(self._n + n_first, self._n + len(block))
        positions = self._random.random_sample(n_before.size) * (n_before + 1)
        taken = {
            int(positions[index]): n_first + index
            for index in np.flatnonzero(positions < SAMPLED).tolist()
        }
        for key, index in taken.items():
            self._drawn[key] = block[index]

    def make_statistics(
        self,
        began: str,
        reference: ShiftStatistics | None,
        cameras: tuple[CameraShift, ...] = (),
        folder: str = "",
    ) -> ShiftStatistics:
        """Figures of the whole shift. `reference`: the earlier shifts together, from whose centre
        distances are measured; this shift's own where there are none. `folder`: below which the
        images lie."""
        sures = {
            name: np.frombuffer(values, np.float64)
            for name, values in sorted(self._by_class.items())
        }
        mean = self._total / self._n_vectors if self._total is not None else np.zeros(0)
        spread = (
            np.sqrt(np.maximum(0, self._squares / self._n_vectors - mean**2))
            if self._squares is not None
            else np.zeros(0)
        )
        centre, width = mean, spread
        if reference is not None and len(reference.centre) == mean.size:
            centre, width = np.array(reference.centre), np.array(reference.spread)
        return ShiftStatistics(
            began,
            self._n,
            {name: int(values.size) for name, values in sures.items()},
            {name: float(values.mean()) for name, values in sures.items()},
            {
                name: upper
                for name, values in sures.items()
                if (upper := compute_median_upper_limit(values)) <= 1
            },
            tuple(mean.tolist()),
            tuple(spread.tolist()),
            self._entropy / self._n_entropies
            if self._n_entropies and self._n_entropies == self._n
            else None,
            {
                name: tuple(int(bar) for bar in np.histogram(values, BINS, (0, 1))[0])
                for name, values in sures.items()
            },
            tuple(
                _make_sampled_result(values, centre, width, folder)
                for values in sorted(self._drawn, key=lambda logged_result: logged_result.at)
            ),
            cameras,
            self._repeats.longest,
        )


DIGITS = 5  # of a confidence, to which results are alike


class _RepeatCounter:
    """Longest run of results with the same class and confidence, in the order of the log. A
    confidence of 0 or 1 may repeat by rounding, and so may one that is logged with fewer digits:
    they are no run."""

    def __init__(self) -> None:
        self.longest = self._here = 0
        self._last: tuple[str, int] | None = None

    def add_results(self, block: LoggedBlock) -> None:
        """The next results."""
        if not len(block):
            return
        scaled = np.round(block.confidences * 10**DIGITS).astype(np.int64)
        changes = np.flatnonzero((np.diff(scaled) != 0) | (np.diff(block.predictions) != 0)) + 1
        starts = np.concatenate(([0], changes))
        lengths = np.diff(np.append(starts, len(block)))
        first, last = (
            (block.names[int(block.predictions[index])], int(scaled[index])) for index in (0, -1)
        )
        if first == self._last:
            lengths[0] += self._here
        self._last, self._here = last, int(lengths[-1])
        values = scaled[starts]
        may_count = (values % 10 != 0) & (values < 10**DIGITS)
        self.longest = max(self.longest, int(lengths[may_count].max(initial=0)))


def _make_sampled_result(
    logged_result: LoggedResult, centre: Vector, spread: Vector, folder: str
) -> SampledResult:
    distance = None
    if logged_result.embedding and len(logged_result.embedding) == centre.size:
        distance = compute_centroid_shift(
            np.array(logged_result.embedding), centre, np.maximum(spread, SMALLEST_SPREAD)
        )
    picture = get_relative_image_path(folder, logged_result.picture)
    return SampledResult(
        logged_result.at.isoformat(),
        logged_result.prediction,
        logged_result.confidence,
        picture,
        distance,
        logged_result.entropy,
        folder,
    )


# Shifts of a model as the project keeps them: figures by start and source, joined when they are
# read.

KIND = "shift"  # of facts about a model
APART = "\n"  # between a shift's start and its source
AHEAD = timedelta(days=1)


def store_shifts(
    project: Project,
    model: StoredModel,
    shift_statistics: Sequence[ShiftStatistics],
    source: str,
    now: str,
    repeated: Collection[str] = (),
) -> None:
    """Store the figures of one source for these shifts, replacing its earlier ones and the parts
    that it has `repeated`."""

    def keep(db: Database) -> None:
        for about in repeated:
            models_table.remove_facts_alone(db, KIND, model.sha256, model.card_sha256, about)
        for statistics in shift_statistics:
            about = make_part_key(statistics.began, source)
            models_table.replace_fact(
                db, KIND, model.sha256, model.card_sha256, about, statistics.to_json(), now
            )

    project.write(keep).result()


def make_part_key(began: str, source: str) -> str:
    """Key of what one source gave of the shift that began then."""
    return began + (APART + source if source else "")


# Logs among the sources: which file a part of a shift is of, and which parts a log holds again.

LOG = "log:"  # begins the source of a log; earlier versions kept all logs as one without a name


def make_log_source(log: Path, first: str) -> str:
    """Source of a log: its file, named by a hash that tells no path, and the time of its `first`
    row. A log that grows stays the same source, one that begins anew under its name does not."""
    place = f"{os.path.normcase(log.resolve())}{APART}{first}"
    return LOG + hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def is_log_part(about: str) -> bool:
    """Whether a stored part of a shift is of a log, and not of footage or a camera."""
    source = about.partition(APART)[2]
    return not source or source.startswith(LOG)


class RepeatedResults:
    """Looks for the sampled results of stored logs in a log that is being read: a part of a shift
    that stands there again is replaced, so that no result counts twice."""

    def __init__(self, parts: Mapping[str, ShiftStatistics]) -> None:
        self._parts = {about: part for about, part in parts.items() if is_log_part(about)}
        self._n_sampled = dict.fromkeys(self._parts, 0)
        self._n_found = dict.fromkeys(self._parts, 0)
        self._of: dict[tuple[int, str, float, str], list[str]] = {}
        for about, part in self._parts.items():
            keys = (_make_result_key(result) for result in part.sampled)
            for key in {key for key in keys if key is not None}:
                self._of.setdefault(key, []).append(about)
                self._n_sampled[about] += 1
        self._moments = np.array(sorted({key[0] for key in self._of}), np.int64)

    def add_rows(self, block: LoggedBlock) -> None:
        """The next rows of the log that is being read."""
        if not self._moments.size:
            return
        times = block.times.timestamps_us
        nearest = np.minimum(np.searchsorted(self._moments, times), self._moments.size - 1)
        for index in np.flatnonzero(self._moments[nearest] == times).tolist():
            result = block[index]
            key = (
                int(times[index]), result.prediction, round(result.confidence, 9),
                _get_last_name(result.picture),
            )  # fmt: skip
            for about in self._of.pop(key, ()):
                self._n_found[about] += 1

    def sort_parts(
        self, read: Sequence[ShiftStatistics], source: str
    ) -> tuple[list[ShiftStatistics], list[str]]:
        """Which of the shifts that were `read` from a log are stored, and the keys of the parts
        that they replace. A part is repeated where half or more of its sampled results stand in the
        log; then the larger of the two stays. A part without any is replaced, as it always was."""
        kept, replaced = list[ShiftStatistics](), list[str]()
        for statistics in read:
            same = [
                about
                for about in self._parts
                if about.partition(APART)[0] == statistics.began
                and about != make_part_key(statistics.began, source)
                and 2 * self._n_found[about] >= self._n_sampled[about]
            ]
            if any(self._is_larger(about, statistics) for about in same):
                continue
            kept.append(statistics)
            replaced += same
        return kept, replaced

    def _is_larger(self, about: str, statistics: ShiftStatistics) -> bool:
        is_whole = self._n_found[about] == self._n_sampled[about]
        return not is_whole and self._parts[about].n > statistics.n


def _make_result_key(result: SampledResult) -> tuple[int, str, float, str] | None:
    """What tells a sampled result from others; None for one of an earlier version, which kept no
    time."""
    try:
        time = datetime.fromisoformat(result.at)
    except ValueError:
        return None
    if time.tzinfo is None:
        return None
    moment = (time - EPOCH) // timedelta(microseconds=1)
    return moment, result.prediction, round(result.confidence, 9), _get_last_name(result.picture)


def _get_last_name(picture: str) -> str:
    return picture.replace("\\", "/").rpartition("/")[2]


def load_parts(project: Project, model: StoredModel) -> dict[str, ShiftStatistics]:
    """What each source gave of each shift of a model, by its key."""
    rows = project.read(
        lambda db: models_table.list_facts_of_model(db, KIND, model.sha256, model.card_sha256)
    )
    return {about: ShiftStatistics.from_json(document) for about, document in rows}


def get_latest_time(now: str) -> datetime:
    """Latest time that does not count as future. Clocks of two computers may differ by a time
    zone."""
    return datetime.fromisoformat(now) + AHEAD


def load_shifts(project: Project, model: StoredModel) -> dict[str, ShiftStatistics]:
    """Shifts by their start, oldest first: another model, or another card, has others."""
    return load_epoch_shifts(project, model.sha256, model.card_sha256)


def load_epoch_shifts(
    project: Project, sha256: str, card_sha256: str
) -> dict[str, ShiftStatistics]:
    """Shifts by their start, oldest first, of the model and the card with these hashes. Those that
    an earlier version took in from the future are set aside: they would stand as the newest."""
    rows = project.read(lambda db: models_table.list_facts_of_model(db, KIND, sha256, card_sha256))
    parts: dict[str, dict[str, ShiftStatistics]] = {}
    ahead = _find_future_facts(project, sha256, card_sha256)
    for about, document in rows:
        if about in ahead:
            continue
        began, _, source = about.partition(APART)
        parts.setdefault(began, {})[source] = ShiftStatistics.from_json(document)
    return {
        began: combine_shifts(list(parts[began].values()))
        for began in sorted(parts, key=datetime.fromisoformat)
    }


def count_future_shifts(project: Project, model_name: str | None) -> int:
    """Stored shifts that are set aside, since they began after they were stored. Raises NoModel,
    ModelUnknown."""
    model = find_model(project, model_name)
    ahead = _find_future_facts(project, model.sha256, model.card_sha256)
    return len({about.partition(APART)[0] for about in ahead})


def _find_future_facts(project: Project, sha256: str, card_sha256: str) -> frozenset[str]:
    """Stored parts of shifts that begin more than a day after they were stored."""
    rows = project.read(lambda db: models_table.list_fact_subjects(db, KIND))
    return frozenset(
        about
        for of_model, of_card, about, created in rows
        if (of_model, of_card) == (sha256, card_sha256)
        and datetime.fromisoformat(about.partition(APART)[0]) > get_latest_time(created)
    )


def delete_shifts(project: Project, model: StoredModel, begun: Sequence[str]) -> None:
    """Delete these shifts of all sources."""

    def forget(db: Database) -> None:
        for began in begun:
            models_table.remove_fact(db, KIND, model.sha256, model.card_sha256, began)

    project.write(forget).result()


KEPT = 20  # copies
NAME, ENDING = "shifts-", ".jsonl"
LONGEST = 1 << 26  # bytes of a line
TROUBLES = (ValueError, TypeError, KeyError, AttributeError)  # of a line that holds no shift


def copy_shifts(project: Project, model: StoredModel, begun: Collection[str]) -> str:
    """Writes these shifts of a model into a file of the project's `backups/` and returns its path
    in the project. The newest twenty are kept, by the number in their names, for clocks go wrong.
    Raises DiskFull, ReadOnlyPlace."""
    folder = join_inside(project.path, BACKUPS)
    created = {
        about: began
        for sha256, card, about, began in project.read(
            lambda db: models_table.list_fact_subjects(db, KIND)
        )
        if (sha256, card) == (model.sha256, model.card_sha256)
    }
    rows = project.read(
        lambda db: models_table.list_facts_of_model(db, KIND, model.sha256, model.card_sha256)
    )
    wanted = [(about, document) for about, document in rows if about.partition(APART)[0] in begun]
    head = {"model_sha256": model.sha256, "card_sha256": model.card_sha256}
    lines = [
        json.dumps({**head, "about": about, "found": document, "created": created.get(about, "")})
        for about, document in wanted
    ]
    number = max(map(_get_copy_number, folder.glob(f"{NAME}*{ENDING}")), default=0) + 1
    folder.mkdir(exist_ok=True)
    name = f"{NAME}{number:04d}{ENDING}"
    write_text(folder / name, "\n".join([*lines, ""]))
    for old in sorted(folder.glob(f"{NAME}*{ENDING}"), key=_get_copy_number)[:-KEPT]:
        with suppress(OSError):
            old.unlink()
    return f"{BACKUPS}/{name}"


def restore_shifts(project: Project, file: Path) -> int:
    """Restore the shifts of a copy and return their number; existing shifts are kept. Raises
    PathMissing, PredictionLogRefused `copy`; nothing is restored then."""
    rows = tuple(_iter_rows(file))
    if not rows:
        raise PredictionLogRefused(file, "copy")
    stored_keys = {
        (sha256, card, about)
        for sha256, card, about, _ in project.read(
            lambda db: models_table.list_fact_subjects(db, KIND)
        )
    }
    new = {
        (row["model_sha256"], row["card_sha256"], row["about"]): row
        for row in rows
        if (row["model_sha256"], row["card_sha256"], row["about"]) not in stored_keys
    }

    def store_shifts(db: Database) -> None:
        for (sha256, card, about), document in new.items():
            models_table.put_fact(
                db, KIND, sha256, card, about, document["found"], document["created"]
            )

    project.write(store_shifts).result()
    return len({about.partition(APART)[0] for _, _, about in new})


def _iter_rows(file: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the lines of a copy, each checked, since it may come from another person."""
    if not file.is_file():
        raise PathMissing(file)
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(iter(lambda: lines.readline(LONGEST), ""), 1):
                yield _parse_row(file, line, number)
    except UnicodeDecodeError as error:
        raise PredictionLogRefused(file, "copy") from error


def _parse_row(file: Path, line: str, number: int) -> Mapping[str, Any]:
    try:
        row = parse_json(line)
        shift, began = ShiftStatistics.from_json(row["found"]), row["about"].partition(APART)[0]
        texts = all(
            isinstance(row[name], str) for name in ("model_sha256", "card_sha256", "created")
        )
        if (
            not texts
            or shift.began != began
            or datetime.fromisoformat(began).tzinfo is None
            or not _is_count_consistent(shift)
        ):
            raise ValueError(number)
    except (InvalidDocument, *TROUBLES) as error:
        raise PredictionLogRefused(file, "copy", f"{number}") from error
    return dict(row)


def _is_count_consistent(shift: ShiftStatistics) -> bool:
    """Whether the counts of a shift by class make up the whole, and each class has its
    confidence."""
    figures = [shift.n, *shift.counts.values()]
    counted = (
        all(isinstance(figure, int) and figure >= 0 for figure in figures)
        and sum(shift.counts.values()) == shift.n
    )
    return counted and all(0 <= shift.confidence[name] <= 1 for name in shift.counts)


def _get_copy_number(path: Path) -> int:
    digits = path.name.removeprefix(NAME).removesuffix(ENDING)
    return int(digits) if digits.isdecimal() and len(digits) < 10 else 0


# Epochs of the monitor: shifts by model and card, since a chart begins anew with each; and how far
# back a log reached.

LONGEST_GAP = timedelta(days=7)  # within a log


def list_epoch_keys(project: Project) -> tuple[tuple[str, str], ...]:
    """Hash of the model and of the card of each epoch that has shifts."""
    rows = project.read(lambda db: models_table.list_fact_subjects(db, KIND))
    return tuple(dict.fromkeys((sha256, card) for sha256, card, _, _ in rows))


def list_other_epochs(project: Project, model: str | None = None) -> tuple[ModelEpoch, ...]:
    """Shifts that are not those of this model as it is used now, by model and card, oldest first.
    Raises NoModel, ModelUnknown."""
    stored = find_model(project, model)
    names = {model.sha256: model.name for model in project.read(models_table.list_models)}
    begun: dict[tuple[str, str], set[str]] = {}
    for sha256, card, about, _ in project.read(
        lambda db: models_table.list_fact_subjects(db, KIND)
    ):
        begun.setdefault((sha256, card), set()).add(about.partition(APART)[0])
    begun.pop((stored.sha256, stored.card_sha256), None)
    model_epochs = [
        _make_epoch(names.get(sha256, sha256[:12]), starts, sha256 == stored.sha256)
        for (sha256, _), starts in begun.items()
    ]
    return tuple(
        sorted(model_epochs, key=lambda model_epoch: datetime.fromisoformat(model_epoch.first))
    )


def get_log_days(project: Project) -> float | None:
    """Days that the longest log reached over when it was taken in, without a gap of over a week;
    None where none was. Shifts that were taken in from footage are no log."""
    taken: dict[tuple[str, str], set[datetime]] = {}
    for sha256, _, about, created in project.read(
        lambda db: models_table.list_fact_subjects(db, KIND)
    ):
        if is_log_part(about):
            began = datetime.fromisoformat(about.partition(APART)[0])
            taken.setdefault((sha256, created), set()).add(began)
    return max(
        (_compute_time_span(sorted(starts)) / timedelta(days=1) for starts in taken.values()),
        default=None,
    )


def _compute_time_span(starts: list[datetime]) -> timedelta:
    """From the start of the first shift to the end of the last, which is as long as the shortest
    step between two."""
    longest = here = timedelta(0)
    for before, after in pairwise(starts):
        here = here + (after - before) if after - before <= LONGEST_GAP else timedelta(0)
        longest = max(longest, here)
    return longest + min(
        (after - before for before, after in pairwise(starts)), default=timedelta(0)
    )


def _make_epoch(model: str, starts: set[str], same: bool) -> ModelEpoch:
    inorder = sorted(starts, key=datetime.fromisoformat)
    return ModelEpoch(model, len(inorder), inorder[0], inorder[-1], same)
