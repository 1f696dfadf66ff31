"""Results of a shift while they come in: figures of all of them, and a hundred drawn at random, in bounded memory."""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.camera_health import CameraShift
from fieldcheck.domain.shift import BINS, SampledResult, ShiftStatistics
from fieldcheck.drift.shift_charts import compute_centroid_shift, compute_median_upper_limit
from fieldcheck.exchange.logged_picture import get_relative_image_path
from fieldcheck.exchange.prediction_log import LoggedBlock, LoggedResult

SAMPLED = 100
SMALLEST_SPREAD = 1e-6  # of a dimension that tells something

Vector = NDArray[np.float64]


class ShiftBuilder:
    """Takes results of one shift in any order. Of each it keeps the confidence, eight bytes; of a hundred everything."""

    def __init__(self, seed: int = 0) -> None:
        self._random = np.random.RandomState([seed])
        self._by_class: dict[str, array[float]] = {}
        self._n = self._n_vectors = self._n_entropies = 0
        self._entropy = 0.0
        self._total: Vector | None = None
        self._squares: Vector | None = None
        self._drawn: list[LoggedResult] = []

    @property
    def has_vectors(self) -> bool:
        """Whether a result came with its embedding."""
        return self._total is not None

    def find_odd_vector(self, block: LoggedBlock) -> int | None:
        """Place of the first embedding with other dimensions than those before it, None where all are alike."""
        size = self._total.size if self._total is not None else 0
        for at, one in enumerate(block.embeddings):
            size = size or len(one)
            if one and len(one) != size:
                return at
        return None

    def add_results(self, block: LoggedBlock) -> None:
        """The next results."""
        order = np.argsort(block.predictions, kind="stable")  # once, however many classes there are
        codes, starts = np.unique(block.predictions[order], return_index=True)
        for code, sure in zip(codes.tolist(), np.split(block.confidences[order], starts[1:]), strict=True):
            self._by_class.setdefault(block.names[code], array("d")).frombytes(sure.tobytes())
        self._sample_results(block)
        self._n += len(block)
        told = block.entropies[np.isfinite(block.entropies)]
        self._entropy, self._n_entropies = self._entropy + float(told.sum()), self._n_entropies + told.size
        vectors = [one for one in block.embeddings if one]
        if vectors:
            found = np.array(vectors)
            if self._total is None or self._squares is None:
                self._total, self._squares = np.zeros(found.shape[1]), np.zeros(found.shape[1])
            self._n_vectors += len(vectors)
            self._total += found.sum(axis=0)
            self._squares += (found**2).sum(axis=0)

    def _sample_results(self, block: LoggedBlock) -> None:
        """Keeps each result in place of one drawn before by the chance that makes all of a shift equally likely (Vitter 1985)."""
        n_first = min(len(block), max(0, SAMPLED - self._n))
        self._drawn += [block[at] for at in range(n_first)]
        n_before = np.arange(self._n + n_first, self._n + len(block))
        places = self._random.random_sample(n_before.size) * (n_before + 1)
        taken = {int(places[at]): n_first + at for at in np.flatnonzero(places < SAMPLED).tolist()}
        for place, at in taken.items():
            self._drawn[place] = block[at]

    def make_statistics(
        self, began: str, reference: ShiftStatistics | None, cameras: tuple[CameraShift, ...] = (), folder: str = ""
    ) -> ShiftStatistics:  # fmt: skip
        """Figures of the whole shift. `reference`: the earlier shifts together, from whose centre distances are measured; this shift's own
        where there are none. `folder`: below which the images lie."""
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
            {name: upper for name, one in sures.items() if (upper := compute_median_upper_limit(one)) <= 1},
            tuple(mean.tolist()),
            tuple(spread.tolist()),
            self._entropy / self._n_entropies if self._n_entropies and self._n_entropies == self._n else None,
            {name: tuple(int(bar) for bar in np.histogram(one, BINS, (0, 1))[0]) for name, one in sures.items()},
            tuple(_make_sampled_result(one, centre, width, folder) for one in sorted(self._drawn, key=lambda one: one.at)),
            cameras,
        )


def _make_sampled_result(one: LoggedResult, centre: Vector, spread: Vector, folder: str) -> SampledResult:
    distance = None
    if one.embedding and len(one.embedding) == centre.size:
        distance = compute_centroid_shift(np.array(one.embedding), centre, np.maximum(spread, SMALLEST_SPREAD))
    picture = get_relative_image_path(folder, one.picture)
    return SampledResult(one.at.isoformat(), one.prediction, one.confidence, picture, distance, one.entropy, folder)
