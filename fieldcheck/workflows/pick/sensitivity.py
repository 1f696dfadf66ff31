"""The sensitivity pass: how often four mild corruptions change the model's answer to a listed frame (methods 3.2, component S)."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruption.apply import apply_corruption
from fieldcheck.corruption.catalog import MILD_FOUR
from fieldcheck.domain.answer_kind import ByKind
from fieldcheck.domain.frame import make_frame_id
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.recording import SkippedFile
from fieldcheck.domain.run import StoredModel
from fieldcheck.measure.answers import compute_f1_agreement
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import components as components_table
from fieldcheck.workflows.chunks import map_chunks
from fieldcheck.workflows.footage.sampling_list import list_sampling_lines
from fieldcheck.workflows.footage.triage import TriageChunk, get_shared_runner, read_chunk
from fieldcheck.workflows.models.judge_answers import get_shown_boxes, get_top_class, list_mask_classes
from fieldcheck.workflows.models.run_model import has_missing_frame, iter_footage_chunks

SEVERITY = 1.0


def get_component_name(model: StoredModel) -> str:
    """The name S is stored under beside the model's hash: another card feeds the same file otherwise, so it has an S of its own."""
    return "S-" + model.card_sha256[:16]


def make_frame_seed(name: str, corruption: str) -> int:
    """The seed of one corruption of one frame: the same in every process and on every machine."""
    return int.from_bytes(hashlib.sha256(f"{name}/{corruption}/{SEVERITY}".encode()).digest()[:4], "big")


def measure_chunk_sensitivity(chunk: TriageChunk) -> tuple[tuple[str, float], ...]:
    """(frame id, S in [0, 1]) of every listed frame of the chunk. Pure."""
    assert chunk.model is not None, "only a model has a sensitivity"
    runner, found = get_shared_runner(chunk.model), []
    for frame in read_chunk(chunk):
        if isinstance(frame, SkippedFile):
            continue
        name = make_frame_id(chunk.recording_id, frame.index)
        shown = [frame.rgb, *(apply_corruption(frame.rgb, kind, SEVERITY, make_frame_seed(name, kind)) for kind in MILD_FOUR)]
        answers = [answer for picture in shown for answer, _ in runner.predict([picture])]
        found.append((name, float(np.mean([compute_answer_change(answers[0], other, runner.card) for other in answers[1:]]))))
    return tuple(found)


def compute_answer_change(clean: NDArray[np.float32], other: NDArray[np.float32], card: Card) -> float:
    """How much an answer differs from the clean one, 0 to 1: another class, boxes that do not match, or other things that are marked."""
    return CHANGES[card.answers](clean, other, card)


def _compute_class_change(clean: NDArray[np.float32], other: NDArray[np.float32], _card: Card) -> float:
    return float(get_top_class(clean)[0] != get_top_class(other)[0])


def _compute_boxes_change(clean: NDArray[np.float32], other: NDArray[np.float32], card: Card) -> float:
    return 1.0 - compute_f1_agreement(get_shown_boxes(clean, card), get_shown_boxes(other, card))


def _compute_things_change(clean: NDArray[np.float32], other: NDArray[np.float32], card: Card) -> float:
    return float(set(list_mask_classes(clean, card)) != set(list_mask_classes(other, card)))


CHANGES = ByKind(
    one_class=_compute_class_change, several_classes=_compute_class_change, boxes=_compute_boxes_change, class_map=_compute_things_change
)


def run_sensitivity(project: Project, model: StoredModel, progress: Progress) -> dict[str, float]:
    """S of every listed frame by frame id; what was found before is not run again."""
    name = get_component_name(model)
    known = project.read(lambda db: components_table.get_component(db, name, model.sha256))
    missing = {line.frame.frame_id for line in project.read(list_sampling_lines)} - set(known)
    chunks = [chunk for chunk in iter_footage_chunks(project, model, missing) if has_missing_frame(chunk, missing)]
    done = 0

    def store_rows(_chunk: TriageChunk, rows: tuple[tuple[str, float], ...]) -> None:
        nonlocal done
        project.write(lambda db: components_table.put_component(db, name, model.sha256, dict(rows))).result()
        done = min(done + len(rows), len(missing))
        progress.report(done, len(missing), "frames")

    map_chunks(measure_chunk_sensitivity, chunks, store_rows, progress)
    return project.read(lambda db: components_table.get_component(db, name, model.sha256))
