"""This camera's corruptions: what its footage shows of them, and which one makes the benchmark look like it (methods 5.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruption.apply import apply_corruption
from fieldcheck.corruption.catalog import CORE, get_family, order_by_light_path
from fieldcheck.corruption.fit import FittedCorruption, FrameFit, fit_corruptions, fit_frame
from fieldcheck.corruption.match_field import add_second_match, can_have_second, match_corruptions
from fieldcheck.domain.benchmark import Benchmark
from fieldcheck.domain.field_match import CandidateCorruption, FieldMatch
from fieldcheck.errors import NoBenchmark, NoFootage, NoPictures
from fieldcheck.files import join_inside_data_set
from fieldcheck.imaging.codec import read_image
from fieldcheck.imaging.statistics import measure_statistics
from fieldcheck.imaging.thumbnail import downscale_image
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.workflows.chunks import map_chunks
from fieldcheck.workflows.footage.frame_pixels import iter_frames
from fieldcheck.workflows.footage.sampling_list import SamplingLine, list_sampling_lines
from fieldcheck.workflows.models.held_out import compute_image_seed
from fieldcheck.workflows.models.run_model import get_benchmark_root
from fieldcheck.workflows.models.unreadable_pictures import find_readable

PICTURES, FRAMES = 80, 120
SEVERITIES = (1.0, 2.0, 3.0, 4.0, 5.0)


@dataclass(frozen=True, slots=True)
class CameraFit:
    """Image degradation by the camera, estimated from as many frames and pictures of the benchmark as the match counts."""

    fitted: tuple[FittedCorruption, ...]
    match: FieldMatch


@dataclass(frozen=True, slots=True)
class StatisticsChunk:
    """Benchmark pictures under one corruption at every severity; the empty name leaves them as they are. `beside`: a corruption
    and its severity that is done too, before or after as light meets the two."""

    files: tuple[str, ...]
    corruption: str
    side: int
    seed: int
    beside: tuple[str, float] | None = None


def fit_field(project: Project, seed: int, progress: Progress) -> CameraFit:
    """Reads frames spread over the footage and pictures drawn from the benchmark. Raises NoFootage, NoBenchmark, Cancelled."""
    chosen, files = _select_frames_and_files(project, seed, progress)
    pictures = [read_image(file) for file in files]
    side = int(np.median([min(rgb.shape[:2]) for rgb in pictures]))
    field, fits, clips = _measure_field(project, chosen, side, progress)
    names = tuple(str(file) for file in files)
    clouds = _compute_all_statistics([StatisticsChunk(names, name, side, seed) for name in ("", *CORE)], progress)
    clean = clouds.pop(("", 0.0))
    found = match_corruptions(clean, clouds, field, clips, seed)
    if can_have_second(found):
        first = _get_mean_step(found.top[0])
        others = [StatisticsChunk(names, name, side, seed, first) for name in CORE if get_family(name) != found.top[0].family]
        found = add_second_match(found, clean, clouds, _compute_all_statistics(others, progress), first[1], field, clips, seed)
    return CameraFit(fit_corruptions(fits, [fit_frame(rgb) for rgb in pictures]), found)


def fit_camera_severities(project: Project, seed: int, progress: Progress) -> tuple[FittedCorruption, ...]:
    """Severities that `fit_field` calls fitted, without asking which corruption the field looks like: seconds. Raises as `fit_field`."""
    chosen, files = _select_frames_and_files(project, seed, progress)
    recordings = {line.recording.recording_id: line.recording for line in chosen}
    fits = []
    for _, rgb in iter_frames(project, recordings, [line.frame for line in chosen]):
        progress.check()
        fits.append(fit_frame(rgb))
        progress.report(len(fits), len(chosen), "frames")
    return fit_corruptions(fits, [fit_frame(read_image(file)) for file in files])


def draw_benchmark_files(project: Project, benchmark: Benchmark, n: int, seed: int) -> tuple[Path, ...]:
    """Some of the benchmark's pictures, each as likely as another."""
    chosen = np.sort(np.random.default_rng(seed).permutation(len(benchmark.items))[:n])
    root = get_benchmark_root(project, benchmark)
    return tuple(join_inside_data_set(root, benchmark.items[int(at)].path) for at in chosen)


def _select_frames_and_files(project: Project, seed: int, progress: Progress) -> tuple[list[SamplingLine], tuple[Path, ...]]:
    """Frames spread over the footage, and those of the benchmark's drawn pictures that can be read."""
    listed = project.read(list_sampling_lines)
    benchmark = project.read(benchmarks_table.get_benchmark)
    if not listed:
        raise NoFootage(project.path)
    if benchmark is None or not benchmark.items:
        raise NoBenchmark(project.path)
    chosen = [listed[at] for at in np.unique(np.linspace(0, len(listed) - 1, FRAMES).astype(int))]
    files = draw_benchmark_files(project, benchmark, PICTURES, seed)
    there = tuple(
        file for file, is_there in zip(files, find_readable([str(file) for file in files], progress).tolist(), strict=True) if is_there
    )
    if not there:
        raise NoPictures(files[0].parent)
    return chosen, there


def compute_statistics(chunk: StatisticsChunk) -> NDArray[np.float32]:
    """(severities, n, 16) statistics of the chunk's pictures; one severity for the empty name. Pure."""
    pictures = [shrink_to_side(read_image(Path(file)), chunk.side) for file in chunk.files]
    if not chunk.corruption:
        return np.stack([[measure_statistics(rgb) for rgb in pictures]])
    rows = []
    for severity in SEVERITIES:
        steps = order_by_light_path([*((chunk.beside,) if chunk.beside else ()), (chunk.corruption, severity)])
        rows.append(
            [
                measure_statistics(_apply_step(rgb, Path(file).name, steps, chunk.seed))
                for rgb, file in zip(pictures, chunk.files, strict=True)
            ]
        )
    return np.stack(rows)


def _apply_step(rgb: NDArray[np.uint8], name: str, steps: Sequence[tuple[str, float]], seed: int) -> NDArray[np.uint8]:
    for corruption, severity in steps:
        rgb = apply_corruption(rgb, corruption, severity, compute_image_seed(name, corruption, seed))
    return rgb


def shrink_to_side(rgb: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The picture with a shorter side of at most `side` pixels: both sets are looked at in one size, that of the benchmark."""
    return downscale_image(rgb, round(side * max(rgb.shape[:2]) / min(rgb.shape[:2])))


def _measure_field(
    project: Project, chosen: Sequence[SamplingLine], side: int, progress: Progress
) -> tuple[NDArray[np.float32], list[FrameFit], NDArray[np.intp]]:
    """Statistics at the benchmark's size, what each frame shows at its own, and the clip of each."""
    clip_of = {line.frame.frame_id: (line.recording.recording_id, line.clip.first_index) for line in chosen}
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


def _compute_all_statistics(chunks: Sequence[StatisticsChunk], progress: Progress) -> dict[tuple[str, float], NDArray[np.float32]]:
    """(n, 16) statistics by corruption and severity; severity 0 of the empty name is of the pictures as they are."""
    found: dict[tuple[str, float], NDArray[np.float32]] = {}
    n_done = 0

    def on_chunk(chunk: StatisticsChunk, made: NDArray[np.float32]) -> None:
        nonlocal n_done
        severities = SEVERITIES if chunk.corruption else (0.0,)
        found.update({(chunk.corruption, severity): one for severity, one in zip(severities, made, strict=True)})
        n_done += 1
        progress.report(n_done, len(chunks), "corruptions")

    map_chunks(compute_statistics, chunks, on_chunk, progress)
    return {(chunk.corruption, by): found[chunk.corruption, by] for chunk in chunks for by in (SEVERITIES if chunk.corruption else (0.0,))}
