"""State of the evidence, read at once: seal, PIN, how many runs are stored, and how many frames two people differ on."""

from __future__ import annotations

from fieldcheck.domain.evidence_state import EvidenceState
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.workflows.evidence.merge_labels import list_label_conflicts
from fieldcheck.workflows.evidence.seal_project import get_seal_state
from fieldcheck.workflows.project.admin import has_admin
from fieldcheck.workflows.runs.list_runs import list_runs


def get_evidence_state(project: Project) -> EvidenceState:
    """Seal, PIN, runs, labels and conflicts of the project as it is open here."""
    conflicts = list_label_conflicts(project)
    n_open, n_labels = sum(not one.settled for one in conflicts), project.read(labels_table.count_labels)
    n_runs = list_runs(project, 1)[0]
    return EvidenceState(get_seal_state(project), has_admin(project), project.admin, n_runs, n_labels, len(conflicts), n_open)
