"""Corruption that makes the benchmark look like this footage: found once for the two as they stand, and kept."""

from __future__ import annotations

from fieldcheck.domain.field_match import FieldMatch
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.workflows.models.run_model import compute_benchmark_key, compute_picks_key
from fieldcheck.workflows.stress.fit_field import fit_field

KIND = "matched"  # a fact of pictures, for which no model is asked


def get_match(project: Project) -> FieldMatch | None:
    """Match found for the footage and the benchmark as they are; None where nobody looked since one of them changed."""
    about = get_compared_images(project)
    found = project.read(lambda db: facts_table.get_newest_fact(db, KIND, "", "", about)) if about else None
    return FieldMatch.from_json(found) if found else None


def match_field(project: Project, seed: int, progress: Progress, now: str) -> FieldMatch | None:
    """Match that is known already, or found now and kept; None without footage or without a benchmark. Raises Cancelled."""
    about = get_compared_images(project)
    if not about:
        return None
    if known := get_match(project):
        return known
    found = fit_field(project, seed, progress).match
    project.write(lambda db: facts_table.put_fact(db, KIND, "", "", about, found.to_json(), now)).result()
    return found


def get_compared_images(project: Project) -> str:
    """Compared pictures: those of the benchmark and frames of the list, by name. Empty where one of the two is missing."""
    benchmark, listed = project.read(benchmarks_table.get_benchmark), project.read(frames_table.list_frames)
    if benchmark is None or not benchmark.items or not listed:
        return ""
    return f"{compute_benchmark_key(benchmark)}-{compute_picks_key([frame.frame_id for frame in listed])}"
