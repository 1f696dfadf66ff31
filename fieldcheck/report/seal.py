"""Seal on the page: what was settled before the first label, who signed it, and every limit that changed afterwards."""

from __future__ import annotations

from fieldcheck.domain.seal import SealState
from fieldcheck.report.blocks import Paragraph, Section
from fieldcheck.report.report import Report
from fieldcheck.words import evidence as words
from fieldcheck.words.language import tr

FACTS = SealState


def build_seal_section(report: Report) -> Section:
    """State of the seal and its changes, a line each."""
    title, short = tr("Sealed before the first label"), tr("Seal")
    lines = [Paragraph(line) for line in words.list_seal_lines(_get_seal(report))]
    guarded = _get_seal(report)
    if guarded is not None and guarded.admin:
        said = tr("The PIN prevents accidental changes to the limits. It is not a protection against manipulation.")
        lines.append(Paragraph(said, quiet=True))
    return Section("seal", short, title, tuple(lines))


def list_seal_warnings(report: Report) -> list[str]:
    """Sentences for the first page: criteria that changed after labelling began."""
    found = _get_seal(report)
    return words.list_seal_changes(found) if found is not None else []


def _get_seal(report: Report) -> SealState | None:
    found = (report.facts or {}).get("seal")
    return found if isinstance(found, SealState) else None
