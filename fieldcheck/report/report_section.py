"""One section of the report: its blocks on the page, its keys of `summary.json`, its sheets and the facts it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import GenericAlias
from typing import Any

from fieldcheck.report.blocks import Section
from fieldcheck.report.plain import to_json_value
from fieldcheck.report.report import Report


def _make_empty_summary(report: Report) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class ReportSection:
    """One section. `blocks`: what the appendix shows, None for what stands on page 1 and 2. `summary`: its keys of `summary.json`.
    `sheets`: its CSV files by name.

    `facts`: a frozen dataclass, or a tuple of them, that the function `computed_by` (`module:function`, called with the project) computes,
    None where there are none; `computed_by` is empty for what is computed from the finished report itself. They stand
    in `Report.facts` under `key`, and in `summary.json` under it too, field by field; the schema of that part is made from the class.
    """

    key: str
    blocks: Callable[[Report], Section] | None
    summary: Callable[[Report], Mapping[str, Any]] = _make_empty_summary
    sheets: Mapping[str, Callable[[Report], str]] = field(default_factory=dict)
    facts: type | GenericAlias | None = None
    computed_by: str = ""

    def to_document(self, report: Report) -> dict[str, Any]:
        """Its part of `summary.json`."""
        own = {self.key: to_json_value((report.facts or {}).get(self.key))} if self.facts is not None else {}
        return {**self.summary(report), **own}
