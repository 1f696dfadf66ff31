"""The sensitivity pass: how often four mild corruptions change the model's answer to a listed frame (methods 3.2, component S)."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruption.apply import corrupt
from fieldcheck.corruption.catalog import MILD_FOUR
from fieldcheck.domain.answer_kind import ByKind
from fieldcheck.domain.frame import frame_id
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.recording import Skipped
from fieldcheck.domain.run import StoredModel
from fieldcheck.measure.answers import f1_agreement
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import components as components_table
from fieldcheck.workflows.chunks import map_chunks
from fieldcheck.workflows.footage.sampling_list import lines
from fieldcheck.workflows.footage.triage import TriageChunk, read_chunk, runner_for
from fieldcheck.workflows.models.judge_answers import painted, shown_boxes, top_class
from fieldcheck.workflows.models.run_model import footage_chunks, holds

SEVERITY = 1.0


def component(model: StoredModel) -> str:
    """The name S is stored under beside the model's hash: another card feeds the same file otherwise, so it has an S of its own."""
    return "S-" + model.card_sha256[:16]


def frame_seed(name: str, corruption: str) -> int:
    """The seed of one corruption of one frame: the same in every process and on every machine."""
    return int.from_bytes(hashlib.sha256(f"{name}/{corruption}/{SEVERITY}".encode()).digest()[:4], "big")


def sensitivity(chunk: TriageChunk) -> tuple[tuple[str, float], ...]:
    """(frame id, S in [0, 1]) of every listed frame of the chunk. Pure."""
    assert chunk.model is not None, "only a model has a sensitivity"
    runner, found = runner_for(chunk.model), []
    for frame in read_chunk(chunk):
        if isinstance(frame, Skipped):
            continue
        name = frame_id(chunk.recording_id, frame.index)
        shown = [frame.rgb, *(corrupt(frame.rgb, kind, SEVERITY, frame_seed(name, kind)) for kind in MILD_FOUR)]
        answers = [answer for picture in shown for answer, _ in runner.answers([picture])]
        found.append((name, float(np.mean([changed(answers[0], other, runner.card) for other in answers[1:]]))))
    return tuple(found)


def changed(clean: NDArray[np.float32], other: NDArray[np.float32], card: Card) -> float:
    """How much an answer differs from the clean one, 0 to 1: another class, boxes that do not match, or other things that are marked."""
    return CHANGES[card.answers](clean, other, card)


def _class_changed(clean: NDArray[np.float32], other: NDArray[np.float32], _card: Card) -> float:
    return float(top_class(clean)[0] != top_class(other)[0])


def _boxes_changed(clean: NDArray[np.float32], other: NDArray[np.float32], card: Card) -> float:
    return 1.0 - f1_agreement(shown_boxes(clean, card), shown_boxes(other, card))


def _things_changed(clean: NDArray[np.float32], other: NDArray[np.float32], card: Card) -> float:
    return float(set(painted(clean, card)) != set(painted(other, card)))


CHANGES = ByKind(one_class=_class_changed, several_classes=_class_changed, boxes=_boxes_changed, class_map=_things_changed)


def run_sensitivity(project: Project, model: StoredModel, progress: Progress) -> dict[str, float]:
    """S of every listed frame by frame id; what was found before is not run again."""
    name = component(model)
    known = project.read(lambda db: components_table.get(db, name, model.sha256))
    missing = {line.frame.frame_id for line in project.read(lines)} - set(known)
    chunks = [chunk for chunk in footage_chunks(project, model, missing) if holds(chunk, missing)]
    done = 0

    def keep(_chunk: TriageChunk, rows: tuple[tuple[str, float], ...]) -> None:
        nonlocal done
        project.write(lambda db: components_table.put(db, name, model.sha256, dict(rows))).result()
        done = min(done + len(rows), len(missing))
        progress.report(done, len(missing), "frames")

    map_chunks(sensitivity, chunks, keep, progress)
    return project.read(lambda db: components_table.get(db, name, model.sha256))
