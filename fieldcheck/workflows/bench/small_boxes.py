"""Labelled boxes that are smaller than a cell of the model's finest feature map, in the pixels of the frames they lie on."""

from __future__ import annotations

import numpy as np
from sqlite_utils import Database

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.model_memory import ModelMemory
from fieldcheck.inference.graph_memory import add_frame_scale
from fieldcheck.measure.camera_interval import estimate_camera_interval
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.workflows.footage.sampling_list import list_sampling_lines


def estimate_small_box_share(project: Project, card: Card, graph: ModelMemory) -> Estimate | None:
    """Share of labelled boxes that are less wide and less high than a cell; crowds, which stand for many objects, are left out. None
    without boxes or without a feature map; without a range where fewer than three clips have boxes. Of what is labelled, not weighted."""
    if graph.grid is None:
        return None
    sides, clips = project.read(_load_boxes)
    if not sides:
        return None
    cells = dict[tuple[int, int], tuple[float, float]]()
    for *_, frame in sides:
        if frame not in cells:
            grid = add_frame_scale(graph, card.input, frame).grid
            cells[frame] = (grid.cell if grid is not None else None) or (0.0, 0.0)
    small = np.array([wide < cells[frame][0] and high < cells[frame][1] for wide, high, frame in sides])
    found = estimate_camera_interval(small, np.ones(small.size), np.array(clips))
    return found if found.measured else Estimate.not_measured(found.note, small.size, float(small.mean()))


def _load_boxes(db: Database) -> tuple[list[tuple[float, float, tuple[int, int]]], list[str]]:
    """Width, height and frame (width, height) of each labelled box, and its clip."""
    boxed = {one.frame_id: one.boxes for one in labels_table.list_labels(db) if one.boxes}
    sides, clips = list[tuple[float, float, tuple[int, int]]](), list[str]()
    if not boxed:
        return sides, clips
    for line in list_sampling_lines(db, with_frozen=True):
        frame = line.frame
        for box in boxed.get(frame.frame_id, ()):
            if not box.crowd:
                sides.append((box.w, box.h, (frame.width, frame.height)))
                clips.append(line.clip.clip_id)
    return sides, clips
