"""The pictures of every probe, made where they are answered: a chunk names them by family, number and seed, and carries none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruption.apply import apply_corruption
from fieldcheck.domain.box import Box
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import StoredModel
from fieldcheck.files import join_inside, join_inside_data_set
from fieldcheck.imaging import ood as probes
from fieldcheck.imaging.codec import read_image
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.workflows.footage.saved_frames import list_intact_picks
from fieldcheck.workflows.footage.triage import BatchPredictor, ModelFile
from fieldcheck.workflows.models.held_out import compute_image_seed
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.models.run_model import get_benchmark_root, run_on_set
from fieldcheck.workflows.models.unreadable_pictures import UNREADABLE
from fieldcheck.workflows.report.two_sides import load_benchmark_side, load_field_side
from fieldcheck.workflows.stress._sweep_plan import draw_items

GRIDS = (4, 8)
SHUFFLED, BLURRED = 8, 5.0  # patches a side, and severity of the blur, of the shortcut probes
Corners = tuple[float, float, float, float]
MOST_FRAMES = 200


@dataclass(frozen=True, slots=True)
class PatchSource:
    """A frame of the model's own kind by its file, with the boxes of its objects where there are any."""

    subject: str
    file: str
    boxes: tuple[Corners, ...] = ()


@dataclass(frozen=True, slots=True)
class SyntheticChunk:
    """Pictures `first` to before `stop` of a family that is made from numbers; `mean` and `deviation` belong to `gauss`."""

    model: ModelFile
    family: str
    first: int
    stop: int
    total: int
    seed: int
    size: tuple[int, int]
    mean: tuple[float, ...] = ()
    deviation: tuple[float, ...] = ()

    @property
    def n_pictures(self) -> int:
        """How many pictures are decoded or made for it."""
        return self.stop - self.first


@dataclass(frozen=True, slots=True)
class FrameChunk:
    """Frames of the model's own kind, or pictures of another world, each under some probes: a file is read once for all."""

    model: ModelFile
    probes: tuple[str, ...]
    seed: int
    sources: tuple[PatchSource, ...]

    @property
    def n_pictures(self) -> int:
        """How many pictures are decoded or made for it."""
        return len(self.sources)


def predict_ood(chunk: SyntheticChunk | FrameChunk) -> tuple[tuple[str, Prediction], ...]:
    """Each probe with the model's answer to one of its pictures. Pure. Raises PictureUnreadable."""
    answers, asked = BatchPredictor(chunk.model), list[str]()
    for probe, subject, rgb in _iter_synthetic(chunk) if isinstance(chunk, SyntheticChunk) else _iter_changed(chunk):
        asked.append(probe)
        answers.add_image(subject, rgb)
    return tuple(zip(asked, answers.get_predictions(), strict=True))


def _iter_synthetic(chunk: SyntheticChunk) -> Iterator[tuple[str, str, NDArray[np.uint8]]]:
    for number in range(chunk.first, chunk.stop):
        name = f"{number:03d}"
        seed = compute_image_seed(name, chunk.family, chunk.seed)
        if chunk.family == "blank":
            rgb = probes.make_blank_image(number / (chunk.total - 1), chunk.size)
        elif chunk.family == "noise":
            rgb = probes.make_uniform_noise(chunk.size, seed)
        else:
            rgb = probes.make_gaussian_noise(chunk.size, np.array(chunk.mean), np.array(chunk.deviation), seed)
        yield chunk.family, name, rgb


def _iter_changed(chunk: FrameChunk) -> Iterator[tuple[str, str, NDArray[np.uint8]]]:
    for source in chunk.sources:
        rgb = read_image(Path(source.file))
        for probe in chunk.probes:
            seed = compute_image_seed(source.subject, probe, chunk.seed)
            if probe == "permuted":
                for grid in GRIDS:
                    yield probe, f"{source.subject}/{grid}", probes.shuffle_patches(rgb, grid, seed)
            elif probe not in ("object_hidden", "background_hidden") or source.boxes:
                yield probe, source.subject, _apply_probe(rgb, probe, source, seed)


def _apply_probe(rgb: NDArray[np.uint8], probe: str, source: PatchSource, seed: int) -> NDArray[np.uint8]:
    if probe == "patches_shuffled":
        return probes.shuffle_patches(rgb, SHUFFLED, seed)
    if probe in ("strong_blur", "defocus"):
        return apply_corruption(rgb, "defocus", BLURRED, seed)
    if probe == "object_hidden":
        return probes.remove_object(rgb, source.boxes)
    if probe == "background_hidden":
        return probes.remove_background(rgb, source.boxes)
    return {"grey": probes.convert_to_grey, "mirrored": probes.flip_horizontally}[probe](rgb) if probe in ("grey", "mirrored") else rgb


def select_own_frames(project: Project, model: StoredModel, seed: int, progress: Progress, now: str) -> tuple[PatchSource, ...]:
    """At most 200: a draw of the benchmark, filled up with picks in their order; run clean first where they are not answered yet."""
    sources: list[PatchSource] = []
    benchmark = project.read(benchmarks_table.get_benchmark)
    if benchmark is not None:
        with suppress(*UNREADABLE):  # not one can be read, which is told where the sources are looked through
            run_on_set(project, model, "benchmark", progress, now)
        root = get_benchmark_root(project, benchmark)
        for item in draw_items(benchmark, get_card(model), seed):
            sources.append(PatchSource(item.path, str(join_inside_data_set(root, item.path)), tuple(map(_to_corners, item.boxes))))
    picks = list_intact_picks(project, progress)[: MOST_FRAMES - len(sources)]
    if picks:
        run_on_set(project, model, "field", progress, now)
        labels = {label.frame_id: label for label in project.read(labels_table.list_labels)}
        for pick in picks:
            boxes = labels[pick.frame_id].boxes if pick.frame_id in labels else ()
            sources.append(PatchSource(pick.frame_id, str(join_inside(project.path, pick.file)), tuple(map(_to_corners, boxes))))
    return tuple(sources)


def load_clean_predictions(project: Project, model: StoredModel) -> dict[str, Prediction]:
    """Clean answers of the model, to benchmark and picks as they are, by the frame's name."""
    side = load_benchmark_side(project, model)
    return {**(side.answers if side else {}), **load_field_side(project, model).answers}


def _to_corners(box: Box) -> Corners:
    return box.x, box.y, box.x + box.w, box.y + box.h
