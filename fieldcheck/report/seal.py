"""Seal on the page: what was settled before the first label, who signed it, and every limit that changed afterwards."""

from __future__ import annotations

from fieldcheck.domain.seal import Sealed
from fieldcheck.report.blocks import Paragraph, Section
from fieldcheck.report.report import Report
from fieldcheck.words import evidence as words
from fieldcheck.words.language import text

FACTS = Sealed


def section(report: Report) -> Section:
    """State of the seal and its changes, a line each."""
    title, short = text("Sealed before the first label"), text("Seal")
    lines = [Paragraph(line) for line in words.seal_lines(_found(report))]
    guarded = _found(report)
    if guarded is not None and guarded.admin:
        said = text("The PIN prevents accidental changes to the limits. It is not a protection against manipulation.")
        lines.append(Paragraph(said, quiet=True))
    return Section("seal", short, title, tuple(lines))


def warning(report: Report) -> list[str]:
    """Sentences for the first page: criteria that changed after labelling began."""
    found = _found(report)
    return words.changes_said(found) if found is not None else []


def _found(report: Report) -> Sealed | None:
    found = (report.facts or {}).get("seal")
    return found if isinstance(found, Sealed) else None
