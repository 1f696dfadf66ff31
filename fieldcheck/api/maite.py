"""A project as MAITE's data set and model, the protocols by which DataEval, NRTK and XAITK take
images, labels and models. They are told by their shape: nothing of MAITE is imported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.api.arguments import IMAGES, check_arguments
from fieldcheck.api.project import ScriptProject
from fieldcheck.corruptions.sweep_scores import list_labelled_picks
from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.domain.label import BenchmarkItem, Label
from fieldcheck.domain.prediction import BOXES, ONE_CLASS, get_answer_kind
from fieldcheck.errors.files import ArgumentRefused
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.frame_analysis import get_shared_runner
from fieldcheck.footage.frame_pixels import load_pixels
from fieldcheck.models.run import get_benchmark
from fieldcheck.models.store import (
    find_model,
    get_card,
    get_project_task,
    list_project_classes,
    make_model_file,
)
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.stats.iou_of_boxes_and_masks import CLASS, SCORE

SETS = ("field", "benchmark")
Image: TypeAlias = NDArray[np.uint8]
Metadata: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class MaiteBoxes:
    """Boxes of one image. `boxes`: (n, 4) x0, y0, x1, y1 in pixels; `labels`: (n,) class numbers;
    `scores`: (n,) 0 to 1, of a label 1."""

    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    scores: NDArray[np.float32]


Target: TypeAlias = NDArray[np.float32] | MaiteBoxes


class MaiteDataset:
    """Labelled frames of the field, or images of the benchmark, as a MAITE data set.

    An entry is an image, (3, H, W) uint8 RGB, its label (classification: (K,) 1 for the class;
    detection: `MaiteBoxes`), and what is known of the frame: `id`, and of the field `clip`,
    `camera`, `location`, `t_s`, `stratum` and `weight`. Frames without a label are not in it, nor
    is a benchmark image of a class that the project does not know."""

    @check_arguments
    def __init__(self, project: ScriptProject, *, on: str = "field") -> None:
        if on not in SETS:
            raise ArgumentRefused("on", "choice", repr(on), SETS)
        self._project = project._check_open()
        self._task = _check_task(self._project, get_project_task(self._project))
        names = list_project_classes(self._project)
        self._index = {name: number for number, name in enumerate(names)}
        self.metadata: Metadata = {
            "id": f"{project.path.stem}/{on}",
            "index2label": dict(enumerate(names)),
        }
        labelled = _iter_field(self._project) if on == "field" else _iter_benchmark(self._project)
        self._entries = [
            (label, metadata) for label, metadata in labelled if set(label.names) <= set(names)
        ]

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, index: int, /) -> tuple[Image, Target, Metadata]:
        return self.get_input(index), self.get_target(index), self.get_metadata(index)

    def get_input(self, index: int, /) -> Image:
        """The image, (3, H, W) uint8 RGB. Raises PictureUnreadable, PathMissing."""
        rgb = load_pixels(self._project, self._entries[index][1]["id"])
        return np.ascontiguousarray(rgb.transpose(2, 0, 1))

    def get_target(self, index: int, /) -> Target:
        """The label."""
        label = self._entries[index][0]
        if get_answer_kind(self._task) is ONE_CLASS:
            target = np.zeros(len(self._index), np.float32)
            target[[self._index[name] for name in label.names]] = 1
            return target
        sides = [(box.x, box.y, box.x + box.w, box.y + box.h) for box in label.boxes]
        return MaiteBoxes(
            np.array(sides, np.float32).reshape(-1, 4),
            np.array([self._index[box.class_name] for box in label.boxes], np.int64),
            np.ones(len(label.boxes), np.float32),
        )

    def get_metadata(self, index: int, /) -> Metadata:
        """What is known of the frame."""
        return dict(self._entries[index][1])


class MaiteModel:
    """A model of the project as a MAITE model: a batch of images, (3, H, W) uint8 RGB or floats
    from 0 to 255 each, to an answer each – classification: (K,) probabilities; detection:
    `MaiteBoxes` at and above the card's threshold. The images are prepared as the card says."""

    @check_arguments
    def __init__(self, project: ScriptProject, *, model: str | None = None) -> None:
        opened = project._check_open()
        stored = find_model(opened, model)
        self._card = get_card(stored)
        _check_task(opened, self._card.task)
        self._runner = get_shared_runner(make_model_file(opened, stored))
        self.metadata: Metadata = {
            "id": f"{stored.name}/{stored.sha256[:12]}",
            "index2label": dict(enumerate(self._card.classes)),
        }

    @check_arguments
    def __call__(self, batch: Sequence[ArrayLike], /) -> list[Target]:
        waiting = self._runner.start_frames()
        answers: list[NDArray[np.float32]] = []
        for image in batch:
            waiting.add(_to_frame(image))
            if waiting.is_full:
                answers += [result.answer for result in waiting.predict_all()]
        answers += [result.answer for result in waiting.predict_all()]
        return [self._make_target(answer) for answer in answers]

    def _make_target(self, answer: NDArray[np.float32]) -> Target:
        if self._card.answers is not BOXES:
            return answer
        shown = answer[answer[:, SCORE] >= self._card.output.threshold]
        return MaiteBoxes(shown[:, :4], shown[:, CLASS].astype(np.int64), shown[:, SCORE])


def _to_frame(image: ArrayLike) -> NDArray[np.uint8]:
    """(3, H, W) of any number type → (H, W, 3) uint8. Raises ArgumentRefused."""
    array = np.asarray(image)
    if array.ndim != 3 or array.shape[0] != 3 or not array.size or array.dtype.kind not in "uif":
        raise ArgumentRefused("batch", "objects", str(array.shape), IMAGES)
    levels = array if array.dtype == np.uint8 else np.clip(np.rint(array), 0, 255)
    return np.ascontiguousarray(levels.transpose(1, 2, 0), np.uint8)


def _check_task(project: Project, task: str) -> str:
    """The task. Raises ArgumentRefused for one that MAITE has no protocol for."""
    if get_answer_kind(task) not in (ONE_CLASS, BOXES):
        raise ArgumentRefused(
            "project", "choice", f"{project.path.name}: {task}", ("classification", "detection")
        )
    return task


def _iter_field(project: Project) -> Iterator[tuple[Label, Metadata]]:
    labels = {label.frame_id: label for label in project.read(labels_table.list_labels)}
    lines = project.read(lambda db: list_sampling_lines(db, with_frozen=True))
    line_by_frame = {line.frame.frame_id: line for line in lines}
    for pick in list_labelled_picks(project):
        metadata: Metadata = {"id": pick.frame_id, "stratum": pick.stratum, "weight": pick.weight}
        if (line := line_by_frame.get(pick.frame_id)) is not None:
            clip = line.clip
            metadata |= {"clip": clip.clip_id, "camera": clip.camera, "location": clip.location}
            metadata["t_s"] = line.t_s
        yield labels[pick.frame_id], metadata


def _iter_benchmark(project: Project) -> Iterator[tuple[BenchmarkItem, Metadata]]:
    for item in get_benchmark(project).items:
        yield item, {"id": make_benchmark_subject(item.path), "path": item.path}
