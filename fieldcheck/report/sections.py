"""The sections of the report, one entry each: the page, `summary.json` and the sheets follow from this list, in its order.

A new one is its facts, what computes them, its blocks, an entry here and its test: `docs/extending.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import GenericAlias
from typing import Any

from fieldcheck.report import (
    abstention,
    background,
    calibration,
    confidence,
    coverage,
    decomposition,
    discovered,
    domain_shift,
    evaluation_sets,
    failure_modes,
    failures,
    imbalance,
    independence,
    inspection,
    label_effect,
    latency,
    prior_shift,
    quantised,
    releases,
    retrain,
    robustness,
    shared_classes,
    sheets,
    summary_parts,
    suspected_labels,
    thresholds,
    training_info,
)
from fieldcheck.report.blocks import Section
from fieldcheck.report.plain import plain
from fieldcheck.report.report import Report


def _nothing(report: Report) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class ReportSection:
    """One section. `blocks`: what the appendix shows, None for what stands on page 1 and 2. `summary`: its keys of `summary.json`.
    `sheets`: its CSV files by name.

    `facts`: a frozen dataclass, or a tuple of them, that a module of `workflows.report`, `computed_by`, finds of a project
    (`facts_of(project)`, None where there are none). They stand in `Report.facts` under `key`, and in `summary.json` under it too, field by
    field; the schema of that part is made from the class.
    """

    key: str
    blocks: Callable[[Report], Section] | None
    summary: Callable[[Report], Mapping[str, Any]] = _nothing
    sheets: Mapping[str, Callable[[Report], str]] = field(default_factory=dict)
    facts: type | GenericAlias | None = None
    computed_by: str = ""

    def told(self, report: Report) -> dict[str, Any]:
        """Its part of `summary.json`."""
        own = {self.key: plain((report.facts or {}).get(self.key))} if self.facts is not None else {}
        return {**self.summary(report), **own}


SECTIONS = (
    ReportSection("decision", None, summary_parts.decided, facts=summary_parts.DECISION, computed_by="decision"),
    ReportSection("where", failures.where, summary_parts.where),
    ReportSection("worst", failures.rest_of_worst, summary_parts.worst),
    ReportSection("discovered", discovered.section, facts=discovered.FACTS, computed_by="discovered"),
    ReportSection("failure_modes", failure_modes.section, facts=failure_modes.FACTS, computed_by="failure_modes"),
    ReportSection("decomposition", decomposition.section, facts=decomposition.FACTS, computed_by="decomposition"),
    ReportSection("label_effect", label_effect.section, facts=label_effect.FACTS, computed_by="label_effect"),
    ReportSection("suspected_labels", suspected_labels.section, facts=suspected_labels.FACTS, computed_by="suspected_labels"),
    ReportSection("inspection", inspection.section, facts=inspection.FACTS, computed_by="inspection"),
    ReportSection("imbalance", imbalance.section, facts=imbalance.FACTS, computed_by="imbalance"),
    ReportSection("thresholds", thresholds.section, facts=thresholds.FACTS, computed_by="thresholds"),
    ReportSection("abstention", abstention.section, facts=abstention.FACTS, computed_by="abstention"),
    ReportSection("prior_shift", prior_shift.section, facts=prior_shift.FACTS, computed_by="prior_shift"),
    ReportSection("coverage", coverage.section, facts=coverage.FACTS, computed_by="coverage"),
    ReportSection("evaluation_sets", evaluation_sets.section, summary_parts.tested_on),
    ReportSection("robustness", robustness.section, summary_parts.breaking, {"stress.csv": sheets.stress_csv}),
    ReportSection("calibration", calibration.section, facts=calibration.FACTS, computed_by="calibration"),
    ReportSection("confidence", confidence.section, summary_parts.knowing),
    ReportSection("domain", domain_shift.section, facts=domain_shift.FACTS, computed_by="domain_shift"),
    ReportSection("benchmark", background.benchmark, summary_parts.benchmark),
    ReportSection("shared_classes", shared_classes.section, facts=shared_classes.SharedClasses, computed_by="shared_classes"),
    ReportSection("independence", independence.section, facts=independence.Independence, computed_by="independence"),
    ReportSection("training", training_info.section, summary_parts.trained),
    ReportSection("quantised", quantised.section, summary_parts.lighter),
    ReportSection("latency", latency.section, facts=latency.FACTS, computed_by="latency"),
    ReportSection("releases", releases.section, facts=releases.FACTS, computed_by="releases"),
    ReportSection("retrain", retrain.section, facts=retrain.FACTS, computed_by="retrain"),
    ReportSection("ready", background.ready, summary_parts.ready),
    ReportSection("made", background.made),
    ReportSection("appendix", background.appendix),
)
"""In reading order."""
