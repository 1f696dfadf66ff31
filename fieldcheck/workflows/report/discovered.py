"""Discovered slices of a project: image statistics and metadata of the labelled frames, handed to the tree (methods 6.3)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.discovered import Discovery
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.scoring.adversarial import KINDS, make_cause_statistics
from fieldcheck.scoring.discovery import discover_slices
from fieldcheck.workflows.footage.sampling_list import SamplingLine
from fieldcheck.workflows.report.two_sides import BOOTSTRAP_SEED, load_field_side


def compute_discovered_slices(project: Project) -> Discovery | None:
    """None before a labelled frame of the draw was answered."""
    side = load_field_side(project, project.read(models_table.get_newest_model))
    weight = side.scores.weight[side.at]
    drawn = weight > 0
    if side.judgement is None or not drawn.any():
        return None
    lines = [side.lines[k] for k in side.at[drawn].tolist()]
    facts = {fact.frame_id: fact.statistics for fact in project.read(frames_table.list_frame_facts)}
    pixels = np.array([line.frame.width * line.frame.height for line in lines], np.float64)
    figures = make_cause_statistics(np.stack([facts[line.frame.frame_id] for line in lines]), pixels)
    told, names = _build_metadata_columns(lines)
    clip = np.array([line.clip.clip_id for line in lines], np.str_)
    right = np.asarray(side.judgement.right[drawn], np.bool_)
    return discover_slices(np.concatenate([figures, told], axis=1), [*KINDS, *names], right, weight[drawn], clip, BOOTSTRAP_SEED)


def _build_metadata_columns(lines: Sequence[SamplingLine]) -> tuple[NDArray[np.float64], list[str]]:
    """(n, k) 0/1 of each condition, camera and place that some frames have and others do not, and their names, `key=value`."""
    said = [
        {
            *(f"condition={name}" for name in line.clip.conditions),
            *((f"camera={line.clip.camera}",) if line.clip.camera else ()),
            *((f"location={line.clip.location}",) if line.clip.location else ()),
        }
        for line in lines
    ]
    names = [name for name in sorted(set().union(*said)) if not all(name in one for one in said)]
    return np.array([[name in one for name in names] for one in said], np.float64).reshape(len(lines), len(names)), names
