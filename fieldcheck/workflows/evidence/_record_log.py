"""Log of a pack: frames, picks, labels and runs of its database and the figures of its summary, as records of one chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldcheck.project.folder import Project
from fieldcheck.project.tables import evidence_rows, seals
from fieldcheck.workflows.evidence._figures import list_figures


def list_log_records(project: Project, summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every record, in the order in which a pack holds them: rows first, then figures."""
    rows = project.read(lambda db: list(evidence_rows.iter_evidence_records(db)))
    return [*rows, *({"kind": "figure", "key": path, "body": {"value": value}} for path, value in list_figures(summary))]


def list_seal_records(project: Project) -> list[dict[str, Any]]:
    """The chain of the seal, as it stands in the database."""
    return [one.link for one in project.read(seals.list_seals)]


def find_first_difference_in_records(stored: tuple[dict[str, Any], ...], now: list[dict[str, Any]]) -> str:
    """Kind and key of the first record that differs, empty where none does."""
    for told, found in zip(stored, now, strict=False):
        if told != found:
            return f"{found['kind']} {found['key']}" if told.get("kind") == found["kind"] else f"{told.get('kind')} {told.get('key')}"
    longer = [*stored[len(now) :], *now[len(stored) :]]
    return f"{longer[0].get('kind')} {longer[0].get('key')}" if longer else ""
