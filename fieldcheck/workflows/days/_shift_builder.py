"""Results of a shift while they come in: figures of all of them, and a hundred drawn at random, in bounded memory."""

from __future__ import annotations

from array import array
from random import Random

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.camera_health import CameraShift
from fieldcheck.domain.shift import BINS, SampledResult, ShiftStatistics
from fieldcheck.drift.shift_charts import centroid_shift, median_upper
from fieldcheck.exchange.prediction_log import LoggedResult

SAMPLED = 100
SMALLEST_SPREAD = 1e-6  # of a dimension that tells something

Vector = NDArray[np.float64]


class ShiftBuilder:
    """Takes results of one shift in any order. Of each it keeps the confidence, eight bytes; of a hundred everything."""

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)
        self._by_class: dict[str, array[float]] = {}
        self._n = self._n_vectors = self._n_entropies = 0
        self._entropy = 0.0
        self._total: Vector | None = None
        self._squares: Vector | None = None
        self._drawn: list[LoggedResult] = []

    @property
    def dimensions(self) -> int | None:
        """Of the embeddings so far, None without any."""
        return self._total.size if self._total is not None else None

    def add(self, one: LoggedResult) -> None:
        """The next result."""
        found = self._by_class.get(one.prediction)
        if found is None:
            found = self._by_class[one.prediction] = array("d")
        found.append(one.confidence)
        if self._n < SAMPLED:
            self._drawn.append(one)
        elif (at := int(self._random.random() * (self._n + 1))) < SAMPLED:
            self._drawn[at] = one
        self._n += 1
        if one.entropy is not None:
            self._entropy, self._n_entropies = self._entropy + one.entropy, self._n_entropies + 1
        if one.embedding:
            vector = np.array(one.embedding)
            if self._total is None or self._squares is None:
                self._total, self._squares = np.zeros(vector.size), np.zeros(vector.size)
            self._n_vectors += 1
            self._total += vector
            self._squares += vector**2

    def statistics(self, began: str, reference: ShiftStatistics | None, cameras: tuple[CameraShift, ...] = ()) -> ShiftStatistics:
        """Figures of the whole shift. `reference`: the earlier shifts together, from whose centre distances are measured; this shift's own
        where there are none."""
        sures = {name: np.frombuffer(found, np.float64) for name, found in sorted(self._by_class.items())}
        mean = self._total / self._n_vectors if self._total is not None else np.zeros(0)
        spread = np.sqrt(np.maximum(0, self._squares / self._n_vectors - mean**2)) if self._squares is not None else np.zeros(0)
        centre, width = mean, spread
        if reference is not None and len(reference.centre) == mean.size:
            centre, width = np.array(reference.centre), np.array(reference.spread)
        return ShiftStatistics(
            began,
            self._n,
            {name: int(one.size) for name, one in sures.items()},
            {name: float(one.mean()) for name, one in sures.items()},
            {name: upper for name, one in sures.items() if (upper := median_upper(one)) <= 1},
            tuple(mean.tolist()),
            tuple(spread.tolist()),
            self._entropy / self._n_entropies if self._n_entropies and self._n_entropies == self._n else None,
            {name: tuple(int(bar) for bar in np.histogram(one, BINS, (0, 1))[0]) for name, one in sures.items()},
            tuple(_sampled(one, centre, width) for one in sorted(self._drawn, key=lambda one: one.at)),
            cameras,
        )


def _sampled(one: LoggedResult, centre: Vector, spread: Vector) -> SampledResult:
    distance = None
    if one.embedding and len(one.embedding) == centre.size:
        distance = centroid_shift(np.array(one.embedding), centre, np.maximum(spread, SMALLEST_SPREAD))
    return SampledResult(one.at.isoformat(), one.prediction, one.confidence, one.picture, distance, one.entropy)
