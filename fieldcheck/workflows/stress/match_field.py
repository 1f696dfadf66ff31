"""Corruption that makes the benchmark look like this footage: found once for the two as they stand, and kept."""

from __future__ import annotations

from fieldcheck.domain.field_match import Match
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.workflows.models.run_model import benchmark_key, picks_key
from fieldcheck.workflows.stress.fit_field import fit_field

KIND = "matched"  # a fact of pictures, for which no model is asked


def matched_of(project: Project) -> Match | None:
    """Match found for the footage and the benchmark as they are; None where nobody looked since one of them changed."""
    about = compared(project)
    found = project.read(lambda db: facts_table.newest(db, KIND, "", "", about)) if about else None
    return Match.from_json(found) if found else None


def match_field(project: Project, seed: int, progress: Progress, now: str) -> Match | None:
    """Match that is known already, or found now and kept; None without footage or without a benchmark. Raises Cancelled."""
    about = compared(project)
    if not about:
        return None
    if known := matched_of(project):
        return known
    found = fit_field(project, seed, progress).match
    project.write(lambda db: facts_table.put(db, KIND, "", "", about, found.to_json(), now)).result()
    return found


def compared(project: Project) -> str:
    """Compared pictures: those of the benchmark and frames of the list, by name. Empty where one of the two is missing."""
    benchmark, listed = project.read(benchmarks_table.get), project.read(frames_table.listed)
    if benchmark is None or not benchmark.items or not listed:
        return ""
    return f"{benchmark_key(benchmark)}-{picks_key([frame.frame_id for frame in listed])}"
