"""The frames behind one cell of a sweep: those whose answer is another than the clean one, with both answers and the corrupted picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fieldcheck.corruption.apply import corrupt
from fieldcheck.domain.run import On
from fieldcheck.imaging.codec import encode_jpeg, read_picture
from fieldcheck.imaging.thumbnail import smaller
from fieldcheck.project.folder import Project
from fieldcheck.workflows.footage.thumbnails import pixels_of
from fieldcheck.workflows.models.held_out import picture_seed
from fieldcheck.workflows.models.judge_answers import named_classes
from fieldcheck.workflows.models.models import card_of, find_model
from fieldcheck.workflows.pick.sensitivity import changed
from fieldcheck.workflows.stress._sweep_plan import cell_run, pictures
from fieldcheck.workflows.stress._sweep_sets import sweep_set
from fieldcheck.workflows.stress.sweep_scores import FLIP, Cell, kept_of, stored_cell

LONGER_SIDE, QUALITY = 240, 80


@dataclass(frozen=True, slots=True)
class Changed:
    """`before` and `after` are class names, empty on footage, of which only that an answer changed is kept; `wrong`: that it is wrong now,
    never said of footage."""

    subject: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    wrong: bool = False


def changed_frames(project: Project, on: On, cell: Cell, seed: int) -> tuple[Changed, ...]:
    """Of the newest model, in the order of the set. Raises NoModel."""
    model = find_model(project)
    if on == "footage":
        run_id = cell_run(project, model, on, *cell, seed).run_id
        return tuple(Changed(name) for name, flip in kept_of(project, model, FLIP, run_id).items() if flip > 0)
    one, card = sweep_set(project, model, on, seed), card_of(model)
    if one is None:
        return ()
    stored = stored_cell(project, model, on, cell, seed)
    answers = [stored.get(subject, clean) for subject, clean in zip(one.subjects, one.clean, strict=True)]
    rows = zip(one.subjects, one.clean, answers, one.right(answers).tolist(), strict=True)
    return tuple(
        Changed(subject, named_classes(before.answer, card), named_classes(after.answer, card), not right)
        for subject, before, after, right in rows
        if changed(before.answer, after.answer, card) > 0
    )


def corrupted_pictures(project: Project, on: On, cell: Cell, seed: int, subjects: Sequence[str]) -> dict[str, bytes]:
    """Small JPEG of each frame as the model was asked about it. A picture that is gone is left out."""
    files = {} if on == "footage" else dict(pictures(project, find_model(project), on, seed))
    found = {}
    for subject in subjects:
        if on == "footage":
            rgb = pixels_of(project, subject)
        elif Path(files.get(subject, "")).is_file():
            rgb = read_picture(Path(files[subject]))
        else:
            continue
        corrupted = corrupt(rgb, *cell, picture_seed(subject, cell[0], seed))
        found[subject] = encode_jpeg(np.ascontiguousarray(smaller(corrupted, LONGER_SIDE)), QUALITY)
    return found
