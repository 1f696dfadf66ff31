"""The fix finder over 100 labelled frames of 720p in ten clips, saved frames to proof – against a
naive grid of bare `session.run`."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from benchmarks.graphs import mobilenet
from benchmarks.row import Row, row
from fieldcheck.corruptions.fix_candidates import FixCandidate, list_card_candidates
from fieldcheck.corruptions.fix_finder import find_fix
from fieldcheck.domain.model_card import Card, parse_card
from fieldcheck.footage.camera.playback import SyntheticCamera
from fieldcheck.footage.import_footage import FootageInfo, import_footage
from fieldcheck.imaging.contrast_and_colour import CHANGES, apply_changes
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.models.preprocess import preprocess_image
from fieldcheck.models.run import run_on_set
from fieldcheck.models.store import find_model, get_card
from fieldcheck.progress import NullProgress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.safe_json_yaml import parse_json_file
from fieldcheck.sampling.pick_frames import pick_frames

BAR = 3.0
WIDTH, HEIGHT = 1280, 720
NOW = "2026-01-01T00:00:00+00:00"
# every label is what the model says under it, so that a change is demonstrated
TRUE = FixCandidate(("clahe",))
NAIVE_FRAMES = 10  # the grid takes as long for each; its median frame stands for all

# candidate, file → the model's first output
Grid: TypeAlias = dict[tuple[str, str], NDArray[np.float32]]


def rows(smoke: bool) -> list[Row]:
    """The row `fix`: seconds for the whole search, the frames answered as they are before; medians
    of both sides, run in turn."""
    clips, each, times = (6, 2, 1) if smoke else (10, 10, 5)
    n, size = clips * each, (WIDTH // 4, HEIGHT // 4) if smoke else (WIDTH, HEIGHT)
    ours, other, again = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        model = mobilenet(Path(folder) / "mobilenet.onnx")
        with project_with(Path(folder), model, clips, each, size) as project:
            card = get_card(find_model(project))
            files = [project.path / pick.file for pick in project.read(picks_table.list_picks)][
                : 2 if smoke else NAIVE_FRAMES
            ]
            every = candidates(card)
            for _ in range(times):
                began = time.perf_counter()
                fix_result = find_fix(project, None, 0, NullProgress(), NOW)
                ours.append(time.perf_counter() - began)
                other.append(naive(model, card, every, files)[1] * n)
                again.append(naive(model, card, every, files)[1] * n)
            if not fix_result.tried:
                raise RuntimeError(
                    f"nothing was tried, so less was done than is measured: {fix_result}"
                )
    ours_s, naive_s = statistics.median(ours), statistics.median(other)
    other_is = (
        f"seconds: {len(every)} candidates on every frame, each read, changed, prepared and "
        "run alone; its median frame times all"
    )
    return [
        row(
            "fix", ours_s, naive_s, other_is, BAR, ">=", n, ratio=naive_s / ours_s,
            floor=statistics.median(again) / naive_s,
        ),
    ]  # fmt: skip


def candidates(card: Card) -> tuple[FixCandidate, ...]:
    """Every single change that the search tries for a card."""
    return (*(FixCandidate((name,)) for name in CHANGES), *list_card_candidates(card.input))


def naive(
    model: Path, card: Card, tried: Sequence[FixCandidate], files: Sequence[Path]
) -> tuple[Grid, float]:
    """A session as it is made when nothing is said to it, asked about one prepared picture at a
    time: its outputs, and the median seconds for one frame under every candidate."""
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    entry, outputs, seconds = session.get_inputs()[0].name, Grid(), []
    for file in files:
        began = time.perf_counter()
        for candidate in tried:
            rgb = cv2.cvtColor(np.asarray(cv2.imread(str(file))), cv2.COLOR_BGR2RGB)
            tensor = preprocess_image(
                apply_changes(np.asarray(rgb, np.uint8), candidate.steps),
                candidate.apply_to_spec(card.input),
            ).tensor
            outputs[candidate.name, file.stem] = session.run(None, {entry: tensor[None]})[0][0]
        seconds.append(time.perf_counter() - began)
    return outputs, statistics.median(seconds)


def project_with(
    folder: Path, model: Path, clips: int, each: int, size: tuple[int, int]
) -> Project:
    """Rendered frames as PNG, a folder for each clip, all picked, answered, and labelled as the
    model answers under `TRUE`."""
    camera, files = SyntheticCamera(*size), list[Path]()
    for number in range(clips * each):
        files.append(folder / f"clip {number // each}" / f"{number:04d}.png")
        files[-1].parent.mkdir(exist_ok=True)
        cv2.imwrite(str(files[-1]), camera.render_frame(number)[:, :, ::-1])
    card = parse_card(parse_json_file(model.with_suffix(".card.json")))
    centre(model, card, files[::each])
    project = set_up_project(
        folder / "site.fieldcheck", NewProjectRequest(model=model), NOW
    ).project
    for clip_folder in dict.fromkeys(file.parent for file in files):
        import_footage(project, [clip_folder], FootageInfo(), NullProgress(), NOW)
    pick_frames(
        project,
        count=len(files),
        seed=0,
        design="even",
        required=[],
        progress=NullProgress(),
        now=NOW,
    )
    run_on_set(project, find_model(project), "field", NullProgress(), NOW)
    picks = {
        pick.frame_id: project.path / pick.file for pick in project.read(picks_table.list_picks)
    }
    outputs, _ = naive(model, card, (TRUE,), list(picks.values()))
    for frame_id, file in picks.items():
        best = card.classes[int(outputs[TRUE.name, file.stem].argmax())]
        set_label(project, frame_id, LabelDecision(best), annotator="", now=NOW)
    return project


def centre(model: Path, card: Card, files: Sequence[Path]) -> None:
    """Writes the median outputs for some frames, changed or not, into the bias, so that random
    weights give more than one answer."""
    outputs, _ = naive(model, card, (FixCandidate(), TRUE), files)
    graph = onnx.load(model)
    bias = graph.graph.initializer[-1]
    bias.CopyFrom(
        onnx.numpy_helper.from_array(
            -np.median(list(outputs.values()), axis=0).astype(np.float32), bias.name
        )
    )
    onnx.save(graph, model)
