"""The demonstrated change of a fix search, written out: the repaired card, the repaired model where
the change can live in its graph, camera settings as text, and what it costs here."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from numpy.typing import NDArray

from fieldcheck.corruptions.export import write_folder_atomically
from fieldcheck.corruptions.fix_candidates import FixCandidate, FixTrial, WrittenFix
from fieldcheck.corruptions.fix_messages import list_camera_settings
from fieldcheck.domain.model_card import Card, InputSpec
from fieldcheck.domain.run import StoredModel
from fieldcheck.files import TEMPORARY, join_inside, write_bytes, write_text
from fieldcheck.footage.frame_pixels import list_intact_picks
from fieldcheck.imaging.codec import read_image
from fieldcheck.imaging.contrast_and_colour import apply_changes
from fieldcheck.models.compare import ModelComparison, compare_models
from fieldcheck.models.fixed_graph import (
    FRAME,
    PROBABILITIES,
    GraphRepair,
    find_graph_problem,
    make_fixed_card,
    read_inlined,
    write_fixed_graph,
    write_frame_graph,
)
from fieldcheck.models.letterbox import fit_image
from fieldcheck.models.preprocess import normalize_into
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.quantise import measure_run_times
from fieldcheck.models.session import OpenModel, open_model
from fieldcheck.models.store import CARD_ENDING, add_model, get_card, write_card
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project

CHECKED, TIMED = 12, 20  # frames that answers are compared on, and runs that are timed
LARGEST_DIFFERENCE = 1e-4  # of any output value for which two ways to ask count as the same
SETTINGS_FILE, RECORD_FILE = "camera_settings.txt", "fix.json"


def write_fix(
    project: Project,
    model: StoredModel,
    trial: FixTrial,
    out: Path,
    temperature: float,
    progress: Progress,
) -> WrittenFix:
    """Writes a demonstrated change into the new folder `out`.

    Args:
        project: the project that the search was made in.
        model: the model that was searched for.
        trial: the change.
        out: the folder.
        temperature: by which logits are divided, 1 for none.
        progress: of the frames that are compared and timed.

    Raises:
        PathOccupied, DiskFull, ReadOnlyPlace, ModelRejected, PictureUnreadable, Cancelled.
    """
    writer = _FixWriter(project, model, trial.candidate, temperature, progress)
    with write_folder_atomically(out) as folder:
        written = writer.write(folder)
        settings = list_camera_settings(trial.candidate)
        if settings:
            write_text(folder / SETTINGS_FILE, "\n".join(settings) + "\n")
        files = sorted([*(path.name for path in folder.iterdir()), RECORD_FILE])
        written = replace(written, folder=out, files=tuple(files))
        record = {**written.to_json(), "gain": trial.verdict.to_json()}
        write_text(folder / RECORD_FILE, json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    return written


def apply_fix(
    project: Project, model: StoredModel, written: WrittenFix, now: str, progress: Progress
) -> ModelComparison | None:
    """Adds the repaired model to the project as its newest and compares it with the old one on the
    same labelled frames; where only the card changes, the same file with that card. None for a
    change that is made at the camera or in a program."""
    candidate = written.candidate
    if written.model_file:
        added = add_model(project, written.folder / written.model_file, None, now)
    elif candidate.steps or candidate.views:
        return None
    else:
        card = written.folder / f"{model.name}{CARD_ENDING}"
        added = add_model(project, project.path / model.file, card, now)
    return compare_models(project, model.name, added.name, progress, now)


def add_fixed_model(
    project: Project,
    model: StoredModel,
    trial: FixTrial,
    temperature: float,
    now: str,
    progress: Progress,
) -> ModelComparison | None:
    """`write_fix` and `apply_fix` without a folder that stays."""
    with TemporaryDirectory(prefix=TEMPORARY) as folder:
        written = write_fix(project, model, trial, Path(folder) / "fix", temperature, progress)
        return apply_fix(project, model, written, now, progress)


class _FixWriter:
    """One change of one model, and the frames that its files are compared on."""

    def __init__(
        self,
        project: Project,
        model: StoredModel,
        candidate: FixCandidate,
        temperature: float,
        progress: Progress,
    ) -> None:
        self._model, self._candidate, self._progress = model, candidate, progress
        self._path = project.path / model.file
        self._own = get_card(model)
        self._opened = open_model(self._path, threads=1, sha256=model.sha256)
        self._repair = GraphRepair(
            candidate.steps,
            candidate.apply_to_card(self._own),
            1.0 if self._own.output.thresholds or candidate.output else temperature,
        )
        picks = list_intact_picks(project)
        spread = np.unique(np.linspace(0, len(picks) - 1, CHECKED).astype(int)).tolist()
        files = [join_inside(project.path, picks[index].file) for index in spread]
        self._frames = [read_image(file) for file in files]

    def write(self, folder: Path) -> WrittenFix:
        """Card and, where the change can live in the graph, both models."""
        name, card = self._model.name, self._repair.card
        write_card(folder / f"{name}{CARD_ENDING}", card)
        written = WrittenFix(
            folder, self._candidate, (), "", "", None, "", None, 0.0, 0.0, self._repair.temperature,
            len(self._frames),
        )  # fmt: skip
        graph = None if self._candidate.views else read_inlined(str(self._path))
        problem = "views" if self._candidate.views else "size"
        if graph is not None:
            problem = find_graph_problem(graph, self._repair)
        if graph is None or problem:
            before, after = self._time_changes()
            return replace(written, problem=problem, ms_before=before, ms_after=after)
        file = f"{name}-fixed.onnx"
        fixed_card = make_fixed_card(self._repair)
        write_bytes(folder / file, write_fixed_graph(graph, self._repair).SerializeToString())
        fixed = open_model(folder / file, threads=1)
        if self._measure_fixed_difference(fixed, fixed_card) > LARGEST_DIFFERENCE:
            (folder / file).unlink()
            before, after = self._time_changes()
            return replace(written, problem="answers", ms_before=before, ms_after=after)
        write_card((folder / file).with_suffix(CARD_ENDING), fixed_card)
        seconds = measure_run_times(
            (ModelRunner(self._opened, self._own, 1), ModelRunner(fixed, fixed_card, 1)),
            self._iter_timed_frames(),
        )
        before, after = (np.median(seconds, axis=0) * 1000).tolist()
        written = replace(written, model_file=file, ms_before=before, ms_after=after)
        return self._write_frame_model(folder, graph, written)

    def _write_frame_model(
        self, folder: Path, graph: onnx.ModelProto, written: WrittenFix
    ) -> WrittenFix:
        """The model for whole frames, where all of them have one size."""
        sizes = {frame.shape[:2] for frame in self._frames}
        if len(sizes) != 1:
            return written
        (size,) = sizes
        file = f"{self._model.name}-fixed-frame.onnx"
        fixed = write_frame_graph(graph, self._repair, (size[0], size[1]))
        write_bytes(folder / file, fixed.SerializeToString())
        difference = self._measure_frame_difference(open_model(folder / file, threads=1))
        return replace(
            written, frame_file=file, frame_size=(size[0], size[1]), difference=difference
        )

    def _time_changes(self) -> tuple[float, float]:
        """Median milliseconds of a frame before and after a change that is made outside the
        graph."""
        card = self._repair.card
        runners = [ModelRunner(self._opened, model_card, 1) for model_card in (self._own, card)]
        seconds: list[list[float]] = [[], []]
        steps_by_side = ((), self._candidate.steps)
        for frame in self._iter_timed_frames():
            for side, (runner, steps) in enumerate(zip(runners, steps_by_side, strict=True)):
                began = time.perf_counter()
                for view in ((), *((view,) for view in self._candidate.views if side)):
                    runner.predict([apply_changes(frame, (*steps, *view))])
                seconds[side].append(time.perf_counter() - began)
        return 1000 * median(seconds[0]), 1000 * median(seconds[1])

    def _iter_timed_frames(self) -> Iterator[NDArray[np.uint8]]:
        for index in range(TIMED):
            self._progress.check()
            yield self._frames[index % len(self._frames)]
            self._progress.report(index + 1, TIMED, "pictures")

    def _measure_fixed_difference(self, fixed: OpenModel, card: Card) -> float:
        """Largest difference of an output value between the repaired graph and the old one that is
        fed the changed pixels of the fitted image."""
        return max(
            _compare_outputs(
                self._ask_old(_change_fitted(frame, self._repair)),
                fixed.run({fixed.inputs[0].name: _feed_fitted(frame, card.input)}),
                fixed,
                self._repair,
            )
            for frame in self._frames
        )

    def _measure_frame_difference(self, fixed: OpenModel) -> float:
        """The same of the graph for whole frames and this program's own way from the frame."""
        spec, steps = self._repair.card.input, self._repair.steps
        return max(
            _compare_outputs(
                self._ask_old(_feed_fitted(apply_changes(frame, steps), spec)),
                [np.asarray(value) for value in fixed.session.run(None, {FRAME: frame})],
                fixed,
                self._repair,
            )
            for frame in self._frames
        )

    def _ask_old(self, tensor: NDArray[np.float32]) -> list[NDArray[np.generic]]:
        return self._opened.run({self._opened.inputs[0].name: tensor})


def _feed_fitted(rgb: NDArray[np.uint8], spec: InputSpec) -> NDArray[np.float32]:
    """(1, …) float32 input tensor of a frame on this input."""
    tensor = np.empty((1, *spec.shape), np.float32)
    normalize_into(tensor[0], fit_image(rgb, spec), spec)
    return tensor


def _change_fitted(rgb: NDArray[np.uint8], repair: GraphRepair) -> NDArray[np.float32]:
    """(1, …) float32 input tensor of a frame whose fitted pixels, border included, are changed."""
    spec = repair.card.input
    plain = make_fixed_card(repair).input
    pixels = _feed_fitted(rgb, plain)[0]
    image = pixels if spec.layout == "NHWC" else pixels.transpose(1, 2, 0)
    whole = np.ascontiguousarray(image.astype(np.uint8))
    if repair.steps:
        whole = apply_changes(whole, repair.steps)
    changed = np.repeat(whole, 3, axis=2) if spec.channels == 1 else whole
    fitted = replace(fit_image(rgb, spec), picture=changed, position=(0, 0))
    tensor = np.empty((1, *spec.shape), np.float32)
    normalize_into(tensor[0], fitted, spec)
    return tensor


def _compare_outputs(
    old: Sequence[NDArray[np.generic]],
    new: Sequence[NDArray[np.generic]],
    fixed: OpenModel,
    repair: GraphRepair,
) -> float:
    """Largest difference between outputs of the same name; of calibrated ones between the old
    output at the temperature and the new probabilities."""
    names = [tensor.name for tensor in fixed.outputs]
    if PROBABILITIES in names:
        figures = np.asarray(old[0], np.float64)
        if repair.card.output.kind == "softmax":
            figures = np.log(np.maximum(figures, np.finfo(np.float32).tiny))
        scaled = np.exp((figures - figures.max(axis=-1, keepdims=True)) / repair.temperature)
        expected = scaled / scaled.sum(axis=-1, keepdims=True)
        return float(np.abs(expected - np.asarray(new[0], np.float64)).max())
    return max(
        float(np.abs(np.asarray(a, np.float64) - np.asarray(b, np.float64)).max(initial=0.0))
        for a, b in zip(old, new, strict=True)
    )
