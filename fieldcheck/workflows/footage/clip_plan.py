"""Clip plan: how many clips there are of those worth having, and how wide the camera interval over them will be (methods 2.7)."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.measure.camera_interval import FEWEST_CLIPS
from fieldcheck.measure.clip_planner import ICC_BEFORE, plan_half_width
from fieldcheck.project.folder import Project
from fieldcheck.workflows.footage.sampling_list import list_sampling_lines

WANTED_CLIPS = 20  # twenty clips of equal length, three to five labels each
ACCURACY_BEFORE = 0.9  # assumed until frames are labelled


@dataclass(frozen=True, slots=True)
class ClipPlan:
    """`clips` listed so far of `wanted`; `labels` of a hundred that each gets; `half_width` of the camera interval to come, a
    fraction, None below three clips."""

    clips: int
    wanted: int
    labels: int
    half_width: float | None


def compute_clip_plan(project: Project, count: int = 100) -> ClipPlan:
    """The plan for `count` labels spread over the clips of the sampling list, before anything is known of accuracy and correlation."""
    listed = [line.clip.clip_id for line in project.read(list_sampling_lines)]
    return plan_for_clips(len(set(listed)), min(count, len(listed)))


def plan_for_clips(clips: int, count: int) -> ClipPlan:
    """The plan for `count` labels over so many clips."""
    labels = max(1, count // clips) if clips else 0
    width = plan_half_width(clips, labels, ACCURACY_BEFORE, ICC_BEFORE) if clips >= FEWEST_CLIPS else None
    return ClipPlan(clips, WANTED_CLIPS, labels, width)
