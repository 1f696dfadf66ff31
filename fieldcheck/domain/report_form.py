"""Form of a report: which sections of its appendix somebody left out on purpose, and what they wrote beside the figures."""

from __future__ import annotations

from dataclasses import dataclass

MOST_NOTES = 4_000
"""Characters of the notes that a report holds."""


@dataclass(frozen=True, slots=True)
class ReportForm:
    """`left_out` are keys of sections; `notes` free text, its paragraphs apart by line ends. Nothing of either changes a figure."""

    left_out: tuple[str, ...] = ()
    notes: str = ""
