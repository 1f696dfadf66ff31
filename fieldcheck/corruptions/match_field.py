"""Corruption matching: which corruption makes the benchmark look like the field, or that none does
(methods 5.5). Similarity is no proof of cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruptions.catalogue import CORE, apply_corruption, get_family, order_by_light_path
from fieldcheck.corruptions.fit_camera import FittedCorruption, FrameFit, fit_corruptions, fit_frame
from fieldcheck.domain.decimals import DECIMALS
from fieldcheck.domain.label import Benchmark
from fieldcheck.domain.robustness import CandidateCorruption, FieldMatch, Reason, RunnerUp
from fieldcheck.errors.files import NoPictures
from fieldcheck.errors.labels import NoBenchmark, NoFootage
from fieldcheck.files import join_inside_data_set
from fieldcheck.footage.clips_and_scene_cuts import SamplingLine, list_sampling_lines
from fieldcheck.footage.frame_pixels import iter_frames
from fieldcheck.imaging.codec import read_image
from fieldcheck.imaging.quality import measure_statistics
from fieldcheck.imaging.thumbnail import downscale_image
from fieldcheck.models.evaluate import compute_image_seed
from fieldcheck.models.run import compute_benchmark_key, compute_picks_key, find_readable
from fieldcheck.parallel import map_chunks
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.similarity import compute_mean_distances

FLOORS = np.array(
    [2, 4, 2, 0.005, 0.005, 0.1, 0.1, 0.1, 0.01, 0.02, 0.05, 0.05, 0.05, 0.5, 0.5, 0.5]
)
"""The least that a statistic counts as spread by, in the order of `imaging.quality.NAMES`."""
FARTHEST = 8.0
ENOUGH_EXPLAINED, ENOUGH_WINS = 0.5, 0.6
NEARLY_ALL = 0.9  # Share explained by one corruption from which no second one is tried.
FALLS = 0.25  # by as much at least what is left must fall with a second
MOST_MIXED = 4  # clouds of a pair: of eleven there are two thousand choices
RESAMPLES = 500
ROUNDING = 1e-9
LEAST = 10  # pictures of either side below which nothing is said

Cell = tuple[str, float]  # corruption and severity


def standardize_statistics(
    cloud: NDArray[np.floating], benchmark: NDArray[np.floating]
) -> NDArray[np.float64]:
    """(n, 16) statistics in spreads of the benchmark's (m, 16) about its medians, clipped to ±8."""
    low, middle, high = np.percentile(benchmark, [25, 50, 75], axis=0)
    spread = np.maximum((high - low) / 1.349, FLOORS)
    return np.asarray(np.clip((cloud - middle) / spread, -FARTHEST, FARTHEST), np.float64)


def match_corruptions(
    benchmark: NDArray[np.floating],
    clouds: Mapping[Cell, NDArray[np.floating]],
    field: NDArray[np.floating],
    clips: NDArray[np.intp],
    seed: int,
) -> FieldMatch:
    """`benchmark` (n, 16) and `field` (m, 16) statistics, `clips` (m,) the clip of each frame,
    `clouds` those of the corrupted benchmark.

    Clips differ in light and dirt, so a field has no single severity: each corruption is compared
    as that mixture of its severities, 0 among them, which lies nearest to the field.
    """
    counts = (None, len(benchmark), len(field), len(np.unique(clips)))
    if min(len(benchmark), len(field)) < LEAST:
        return FieldMatch(None, "too_few", (), 0.0, *counts)
    cells: list[Cell] = [("", 0.0), *clouds]
    among = _Distances.compute(field, benchmark, clouds)
    mean, apart = among.near.mean(axis=0), among.compute_energy_distances()
    if apart[0] <= 0 or apart.argmin() == 0:
        return FieldMatch(None, "alike", (), 0.0, *counts)
    names = list(dict.fromkeys(name for name, _ in clouds))
    mixers = [
        Mixer(among.within, [0, *(index for index, cell in enumerate(cells) if cell[0] == name)])
        for name in names
    ]
    top = _select_best_families(
        [_make_ranked(mixer, cells, mean, among.own, float(apart[0])) for mixer in mixers]
    )
    nearest = np.stack(
        [
            mixer.find_nearest_mixture(_resample_clips(among.near, clips, seed))[0]
            for mixer in mixers
        ]
    ).argmin(axis=0)
    wins = float(np.mean([get_family(names[int(index)]) == top[0].family for index in nearest]))
    reason: Reason = (
        "unexplained"
        if top[0].explained < ENOUGH_EXPLAINED
        else "undecided"
        if wins < ENOUGH_WINS
        else ""
    )
    return FieldMatch(None if reason else top[0], reason, top, wins, *counts)


def can_have_second(field_match: FieldMatch) -> bool:
    """Whether a second corruption is worth looking for: the best one leaves more than a tenth, and
    clips do not disagree which that is."""
    return field_match.reason in ("", "unexplained") and field_match.top[0].explained < NEARLY_ALL


def add_second_match(
    field_match: FieldMatch,
    benchmark: NDArray[np.floating],
    clouds: Mapping[Cell, NDArray[np.floating]],
    pairs: Mapping[Cell, NDArray[np.floating]],
    beside: float,
    field: NDArray[np.floating],
    clips: NDArray[np.intp],
    seed: int,
) -> FieldMatch:
    """Second corruption beside the best one, if what is left unexplained falls by a quarter, no
    more than half is left, and that second one is the best for most of the resampled clips too;
    else `field_match` as it is.

    `benchmark`: (n, 16), `field`: (m, 16), `clips`: (m,) and `clouds` as in `match_corruptions`;
    `pairs` those of the benchmark corrupted by the best corruption, at severity `beside`, and by
    another one.
    """
    first = field_match.top[0]
    alone = {cell: cloud for cell, cloud in clouds.items() if cell[0] == first.corruption}
    among = _Distances.compute(field, benchmark, {**alone, **pairs})
    cells = np.array(
        [
            (0.0, 0.0),
            *((severity, 0.0) for _, severity in alone),
            *((beside, severity) for _, severity in pairs),
        ]
    )
    names, n_alone = list(dict.fromkeys(name for name, _ in pairs)), 1 + len(alone)
    positions = [
        [*range(n_alone), *(n_alone + index for index, cell in enumerate(pairs) if cell[0] == name)]
        for name in names
    ]
    mixers = [Mixer(among.within, some, MOST_MIXED) for some in positions]
    tried = []
    for name, mixer in zip(names, mixers, strict=True):
        least, shares = mixer.find_nearest_mixture(among.near.mean(axis=0)[None])
        first_severity, severity = shares[0] @ cells[mixer.list_ranked_cells()]
        explained = float(1 - (least[0] - among.own) / among.compute_energy_distances()[0])
        tried.append(
            RunnerUp(
                name,
                get_family(name),
                *(round(float(x), DECIMALS) for x in (severity, first_severity, explained)),
            )
        )
    best = max(tried, key=lambda runner_up: runner_up.explained)
    if best.explained < ENOUGH_EXPLAINED or 1 - best.explained > (1 - FALLS) * (
        1 - first.explained
    ):
        return field_match
    nearest = np.stack(
        [
            mixer.find_nearest_mixture(_resample_clips(among.near, clips, seed))[0]
            for mixer in mixers
        ]
    ).argmin(axis=0)
    wins = np.mean([get_family(names[int(index)]) == best.family for index in nearest])
    return replace(field_match, second=best) if wins >= ENOUGH_WINS else field_match


@dataclass(frozen=True, slots=True, eq=False)
class _Distances:
    """Mean distances in spreads of the benchmark. `near` (m, 1 + c) from each frame of the field to
    the benchmark and to each cloud, `within` (1 + c, 1 + c) between those, `own` within the field.
    """

    near: NDArray[np.float64]
    within: NDArray[np.float64]
    own: float

    @classmethod
    def compute(
        cls,
        field: NDArray[np.floating],
        benchmark: NDArray[np.floating],
        clouds: Mapping[Cell, NDArray[np.floating]],
    ) -> _Distances:
        there = standardize_statistics(field, benchmark)
        every = [
            standardize_statistics(cloud, benchmark) for cloud in (benchmark, *clouds.values())
        ]
        near = np.stack([compute_mean_distances(there, cloud) for cloud in every], axis=1)
        within = np.array([[compute_mean_distances(a, b).mean() for b in every] for a in every])
        return cls(near, within, float(compute_mean_distances(there, there).mean()))

    def compute_energy_distances(self) -> NDArray[np.float64]:
        """(1 + c,) energy distances of the field to the benchmark and to each cloud."""
        distances: NDArray[np.float64] = (
            2 * self.near.mean(axis=0) - self.within.diagonal() - self.own
        )
        return distances


class Mixer:
    """Finds the mixture of some clouds that lies nearest to a field.

    The energy distance of a field to a mixture is quadratic in the shares and convex, so the best
    shares are, for some choice of the clouds, those at which its slope is the same towards each of
    the chosen: one linear system a choice, and there are few.
    """

    def __init__(
        self, within: NDArray[np.float64], cells: Sequence[int], most: int | None = None
    ) -> None:
        """`within` (c, c) mean distances between all clouds, `cells` the numbers of those that may
        be mixed, `most` how many at once."""
        self._cells = np.array(cells)
        self._within = within[np.ix_(self._cells, self._cells)]
        positions = range(len(cells))
        choices = [
            list(choice)
            for many in range(1, (most or len(cells)) + 1)
            for choice in combinations(positions, many)
        ]
        self._solved = [
            (choice, _make_share_solver(self._within[np.ix_(choice, choice)])) for choice in choices
        ]

    def find_nearest_mixture(
        self, near: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """`near` (r, c) mean distances of r fields to all clouds → (r,) their distances to the best
        mixture, each but for the field's own part, and (r, cells) its shares."""
        to = near[:, self._cells]
        least, shares = np.full(len(to), np.inf), np.zeros(to.shape)
        for choice, solve in self._solved:
            nearest = np.zeros(to.shape)
            nearest[:, choice] = np.hstack([to[:, choice], np.ones((len(to), 1))]) @ solve.T
            distance = (2 * nearest * to).sum(axis=1) - np.einsum(
                "ri,ij,rj->r", nearest, self._within, nearest
            )
            better = (
                (nearest >= -ROUNDING).all(axis=1)
                & (abs(nearest.sum(axis=1) - 1) < 1e-6)
                & (distance < least)
            )
            least, shares = (
                np.where(better, distance, least),
                np.where(better[:, None], nearest, shares),
            )
        return least, np.maximum(shares, 0)

    def list_ranked_cells(self) -> list[int]:
        """The numbers of the clouds, in the order of their shares."""
        return [int(index) for index in self._cells]


def _make_share_solver(within: NDArray[np.float64]) -> NDArray[np.float64]:
    """(k, k + 1): times (distances of the field to the k clouds, 1) gives the shares, which sum to
    one."""
    k = len(within)
    system = np.ones((k + 1, k + 1))
    system[:k, :k], system[k, k] = within, 0
    return np.asarray(np.linalg.pinv(system)[:k], np.float64)


def _make_ranked(
    mixer: Mixer, cells: Sequence[Cell], mean: NDArray[np.float64], own: float, before: float
) -> CandidateCorruption:
    """The corruption of a mixer at its best."""
    least, shares = mixer.find_nearest_mixture(mean[None])
    positions = mixer.list_ranked_cells()
    severity = sum(
        share * cells[index][1] for share, index in zip(shares[0], positions, strict=True)
    )
    figures = (severity, 1 - (least[0] - own) / before, shares[0, 0])
    name = cells[positions[-1]][0]
    return CandidateCorruption(
        name, get_family(name), *(round(float(figure), DECIMALS) for figure in figures)
    )


def _select_best_families(
    candidate_corruptions: Sequence[CandidateCorruption],
) -> tuple[CandidateCorruption, ...]:
    """The three families that explain most, each by its best corruption."""
    best: dict[str, CandidateCorruption] = {}
    for candidate_corruption in sorted(
        candidate_corruptions, key=lambda candidate_corruption: -candidate_corruption.explained
    ):
        best.setdefault(candidate_corruption.family, candidate_corruption)
    return tuple(best.values())[:3]


def _resample_clips(
    near: NDArray[np.float64], clips: NDArray[np.intp], seed: int
) -> NDArray[np.float64]:
    """(500, c) mean distances of as many clips, drawn with replacement."""
    names = np.unique(clips)
    of_clip = np.stack([near[clips == name].sum(axis=0) for name in names])
    sizes = np.array([(clips == name).sum() for name in names])
    drawn = np.random.default_rng(seed).integers(0, len(names), (RESAMPLES, len(names)))
    return np.asarray(of_clip[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)[:, None], np.float64)


# This camera's corruptions: what its footage shows of them, and which one makes the benchmark look
# like it (methods 5.5).

PICTURES, FRAMES = 80, 120
SEVERITIES = (1.0, 2.0, 3.0, 4.0, 5.0)


@dataclass(frozen=True, slots=True)
class CameraFit:
    """Image degradation by the camera, estimated from as many frames and pictures of the benchmark
    as the match counts."""

    fitted: tuple[FittedCorruption, ...]
    match: FieldMatch


@dataclass(frozen=True, slots=True)
class StatisticsChunk:
    """Benchmark pictures under one corruption at every severity; the empty name leaves them as they
    are. `beside`: a corruption and its severity that is done too, before or after as light meets
    the two."""

    files: tuple[str, ...]
    corruption: str
    side: int
    seed: int
    beside: tuple[str, float] | None = None


def fit_field(project: Project, seed: int, progress: Progress) -> CameraFit:
    """Reads frames spread over the footage and pictures drawn from the benchmark. Raises NoFootage,
    NoBenchmark, Cancelled."""
    chosen, files = _select_frames_and_files(project, seed, progress)
    pictures = [read_image(file) for file in files]
    side = int(np.median([min(rgb.shape[:2]) for rgb in pictures]))
    field, fits, clips = _measure_field(project, chosen, side, progress)
    names = tuple(str(file) for file in files)
    clouds = _compute_all_statistics(
        [StatisticsChunk(names, name, side, seed) for name in ("", *CORE)], progress
    )
    clean = clouds.pop(("", 0.0))
    field_match = match_corruptions(clean, clouds, field, clips, seed)
    if can_have_second(field_match):
        first = _get_mean_step(field_match.top[0])
        others = [
            StatisticsChunk(names, name, side, seed, first)
            for name in CORE
            if get_family(name) != field_match.top[0].family
        ]
        field_match = add_second_match(
            field_match,
            clean,
            clouds,
            _compute_all_statistics(others, progress),
            first[1],
            field,
            clips,
            seed,
        )
    return CameraFit(fit_corruptions(fits, [fit_frame(rgb) for rgb in pictures]), field_match)


def fit_camera_severities(
    project: Project, seed: int, progress: Progress
) -> tuple[FittedCorruption, ...]:
    """Compute the severities that `fit_field` calls fitted, without matching a corruption to the
    field; takes seconds. Raises as `fit_field`."""
    chosen, files = _select_frames_and_files(project, seed, progress)
    recordings = {line.recording.recording_id: line.recording for line in chosen}
    fits = []
    for _, rgb in iter_frames(project, recordings, [line.frame for line in chosen]):
        progress.check()
        fits.append(fit_frame(rgb))
        progress.report(len(fits), len(chosen), "frames")
    return fit_corruptions(fits, [fit_frame(read_image(file)) for file in files])


def draw_benchmark_files(
    project: Project, benchmark: Benchmark, n: int, seed: int
) -> tuple[Path, ...]:
    """Some of the benchmark's pictures, each as likely as another."""
    chosen = np.sort(np.random.default_rng(seed).permutation(len(benchmark.items))[:n])
    root = get_benchmark_root(project, benchmark)
    return tuple(join_inside_data_set(root, benchmark.items[int(index)].path) for index in chosen)


def _select_frames_and_files(
    project: Project, seed: int, progress: Progress
) -> tuple[list[SamplingLine], tuple[Path, ...]]:
    """Frames spread over the footage, and those of the benchmark's drawn pictures that can be
    read."""
    listed = project.read(list_sampling_lines)
    benchmark = project.read(models_table.get_benchmark)
    if not listed:
        raise NoFootage(project.path)
    if benchmark is None or not benchmark.items:
        raise NoBenchmark(project.path)
    chosen = [
        listed[index] for index in np.unique(np.linspace(0, len(listed) - 1, FRAMES).astype(int))
    ]
    files = draw_benchmark_files(project, benchmark, PICTURES, seed)
    there = tuple(
        file
        for file, is_there in zip(
            files, find_readable([str(file) for file in files], progress).tolist(), strict=True
        )
        if is_there
    )
    if not there:
        raise NoPictures(files[0].parent)
    return chosen, there


def compute_statistics(chunk: StatisticsChunk) -> NDArray[np.float32]:
    """(s, n, 16) statistics of the chunk's pictures at `s` severities; one severity for the empty
    name. Pure."""
    pictures = [shrink_to_side(read_image(Path(file)), chunk.side) for file in chunk.files]
    if not chunk.corruption:
        return np.stack([[measure_statistics(rgb) for rgb in pictures]])
    rows = []
    for severity in SEVERITIES:
        steps = order_by_light_path(
            [*((chunk.beside,) if chunk.beside else ()), (chunk.corruption, severity)]
        )
        rows.append(
            [
                measure_statistics(_apply_step(rgb, Path(file).name, steps, chunk.seed))
                for rgb, file in zip(pictures, chunk.files, strict=True)
            ]
        )
    return np.stack(rows)


def _apply_step(
    rgb: NDArray[np.uint8], name: str, steps: Sequence[tuple[str, float]], seed: int
) -> NDArray[np.uint8]:
    for corruption, severity in steps:
        rgb = apply_corruption(
            rgb, corruption, severity, compute_image_seed(name, corruption, seed)
        )
    return rgb


def shrink_to_side(rgb: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The (H, W, 3) picture with a shorter side of at most `side` pixels: both sets are looked at
    in one size, that of the benchmark."""
    return downscale_image(rgb, round(side * max(rgb.shape[:2]) / min(rgb.shape[:2])))


def _measure_field(
    project: Project, chosen: Sequence[SamplingLine], side: int, progress: Progress
) -> tuple[NDArray[np.float32], list[FrameFit], NDArray[np.intp]]:
    """Statistics at the benchmark's size, what each frame shows at its own, and the clip of
    each."""
    clip_of = {
        line.frame.frame_id: (line.recording.recording_id, line.clip.first_index) for line in chosen
    }
    recordings = {line.recording.recording_id: line.recording for line in chosen}
    vectors, fits, clips = [], [], []
    for frame, rgb in iter_frames(project, recordings, [line.frame for line in chosen]):
        progress.check()
        vectors.append(measure_statistics(shrink_to_side(rgb, side)))
        fits.append(fit_frame(rgb))
        clips.append(clip_of[frame.frame_id])
        progress.report(len(fits), len(chosen), "frames")
    names = {clip: number for number, clip in enumerate(dict.fromkeys(clips))}
    return np.stack(vectors), fits, np.array([names[clip] for clip in clips])


def _get_mean_step(first: CandidateCorruption) -> tuple[str, float]:
    """The corruption at the mean severity of what it changes at all."""
    return first.corruption, round(first.severity / (1 - first.untouched), 1)


def _compute_all_statistics(
    chunks: Sequence[StatisticsChunk], progress: Progress
) -> dict[tuple[str, float], NDArray[np.float32]]:
    """(n, 16) statistics by corruption and severity; severity 0 of the empty name is of the
    pictures as they are."""
    statistics: dict[tuple[str, float], NDArray[np.float32]] = {}
    n_done = 0

    def on_chunk(chunk: StatisticsChunk, chunk_statistics: NDArray[np.float32]) -> None:
        nonlocal n_done
        severities = SEVERITIES if chunk.corruption else (0.0,)
        statistics.update(
            {
                (chunk.corruption, severity): statistics
                for severity, statistics in zip(severities, chunk_statistics, strict=True)
            }
        )
        n_done += 1
        progress.report(n_done, len(chunks), "corruptions")

    map_chunks(compute_statistics, chunks, on_chunk, progress)
    return {
        (chunk.corruption, severity): statistics[chunk.corruption, severity]
        for chunk in chunks
        for severity in (SEVERITIES if chunk.corruption else (0.0,))
    }


# Corruption that makes the benchmark look like this footage: found once for the two as they stand,
# and kept.

KIND = "matched"  # A fact about images; no model is involved.


def get_match(project: Project) -> FieldMatch | None:
    """Return the stored match of the current footage and benchmark; None where it was not computed
    since either changed."""
    about = get_compared_images(project)
    fact = (
        project.read(lambda db: models_table.get_newest_fact(db, KIND, "", "", about))
        if about
        else None
    )
    return FieldMatch.from_json(fact) if fact else None


def match_field(project: Project, seed: int, progress: Progress, now: str) -> FieldMatch | None:
    """Return the stored match, or compute and store it; None without footage or benchmark. Raises
    Cancelled."""
    about = get_compared_images(project)
    if not about:
        return None
    if stored := get_match(project):
        return stored
    field_match = fit_field(project, seed, progress).match
    project.write(
        lambda db: models_table.put_fact(db, KIND, "", "", about, field_match.to_json(), now)
    ).result()
    return field_match


def get_compared_images(project: Project) -> str:
    """Compared pictures: those of the benchmark and frames of the list, by name. Empty where one of
    the two is missing."""
    benchmark, listed = (
        project.read(models_table.get_benchmark),
        project.read(frames_table.list_frames),
    )
    if benchmark is None or not benchmark.items or not listed:
        return ""
    frames_key = compute_picks_key([frame.frame_id for frame in listed])
    return f"{compute_benchmark_key(benchmark)}-{frames_key}"
