"""The frames behind one cell of a sweep: those whose answer is another than the clean one, with both answers and the corrupted picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fieldcheck.corruption.apply import apply_corruption
from fieldcheck.domain.run import On
from fieldcheck.imaging.codec import encode_jpeg, read_image
from fieldcheck.imaging.thumbnail import downscale_image
from fieldcheck.project.folder import Project
from fieldcheck.workflows.footage.thumbnails import load_pixels
from fieldcheck.workflows.models.held_out import compute_image_seed
from fieldcheck.workflows.models.judge_answers import get_named_classes
from fieldcheck.workflows.models.models import find_model, get_card
from fieldcheck.workflows.pick.sensitivity import compute_answer_change
from fieldcheck.workflows.stress._sweep_plan import list_images, make_cell_run
from fieldcheck.workflows.stress._sweep_sets import load_sweep_set
from fieldcheck.workflows.stress.sweep_scores import FLIP, Cell, load_cell, load_kept_figures

LONGER_SIDE, QUALITY = 240, 80


@dataclass(frozen=True, slots=True)
class ChangedFrame:
    """`before` and `after` are class names, empty on footage, of which only that an answer changed is kept; `wrong`: that it is wrong now,
    never said of footage."""

    subject: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    wrong: bool = False


def list_changed_frames(project: Project, on: On, cell: Cell, seed: int) -> tuple[ChangedFrame, ...]:
    """Of the newest model, in the order of the set. Raises NoModel."""
    model = find_model(project)
    if on == "footage":
        run_id = make_cell_run(project, model, on, *cell, seed).run_id
        return tuple(ChangedFrame(name) for name, flip in load_kept_figures(project, model, FLIP, run_id).items() if flip > 0)
    one, card = load_sweep_set(project, model, on, seed), get_card(model)
    if one is None:
        return ()
    stored = load_cell(project, model, on, cell, seed)
    answers = [stored.get(subject, clean) for subject, clean in zip(one.subjects, one.clean, strict=True)]
    rows = zip(one.subjects, one.clean, answers, one.is_right(answers).tolist(), strict=True)
    return tuple(
        ChangedFrame(subject, get_named_classes(before.answer, card), get_named_classes(after.answer, card), not right)
        for subject, before, after, right in rows
        if compute_answer_change(before.answer, after.answer, card) > 0
    )


def make_corrupted_images(project: Project, on: On, cell: Cell, seed: int, subjects: Sequence[str]) -> dict[str, bytes]:
    """Small JPEG of each frame as the model was asked about it. A picture that is gone is left out."""
    files = {} if on == "footage" else dict(list_images(project, find_model(project), on, seed))
    found = {}
    for subject in subjects:
        if on == "footage":
            rgb = load_pixels(project, subject)
        elif Path(files.get(subject, "")).is_file():
            rgb = read_image(Path(files[subject]))
        else:
            continue
        corrupted = apply_corruption(rgb, *cell, compute_image_seed(subject, cell[0], seed))
        found[subject] = encode_jpeg(np.ascontiguousarray(downscale_image(corrupted, LONGER_SIDE)), QUALITY)
    return found
