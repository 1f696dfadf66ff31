"""What an analysis of the report consists of: key, result, computation, section, checklist rules.

Each analysis is one object in its own module; `analyses/registry.py` lists them in reading order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import GenericAlias
from typing import Any, Generic, TypeVar, cast

from fieldcheck.analyses.blocks import Section
from fieldcheck.analyses.names_and_numbers import format_decimal
from fieldcheck.analyses.report_data import Report
from fieldcheck.domain.estimate import CheckState, Phase
from fieldcheck.i18n.language import tr_points
from fieldcheck.i18n.numbers import format_points
from fieldcheck.progress import Progress, time_stage
from fieldcheck.project.project import Project

Result = TypeVar("Result")
CheckResult = tuple[CheckState, float | None]  # state of a rule, and the number it was judged by
NOT_MEASURED: CheckResult = ("not_measured", None)


def format_plain_figure(figure: float) -> str:
    """Whole numbers without decimals, others with two."""
    return format_decimal(figure, 0 if figure == round(figure) else 2)


def format_points_figure(figure: float) -> str:
    """Percentage points with their unit."""
    points = format_points(figure)
    return tr_points("{points} pp", points).format(points=points)


@dataclass(frozen=True, slots=True)
class ChecklistRule:
    """One line of the readiness checklist (methods 11.4).

    Attributes:
        key: Its name in `summary.json`.
        position: Its number in the methods; lines of a phase stand in this order.
        phase: What it is to be met before: a trial, the release; or during operation.
        demand: Returns the requirement as a sentence.
        how_to_measure: Returns what to do while the rule is open.
        judge: Judges a report; the figure is None where there is none.
        format_figure: Formats the figure for the page.
        by_labels: Judged by a score of labelled frames, which is not printed below ten frames.
        by_predictions: Not judged where the benchmark's reference score was not reproduced.
    """

    key: str
    position: int
    demand: Callable[[], str]
    how_to_measure: Callable[[], str]
    judge: Callable[[Report], CheckResult]
    phase: Phase = "release"
    format_figure: Callable[[float], str] = format_plain_figure
    by_labels: bool = False
    by_predictions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis(Generic[Result]):
    """One analysis, or a section of the report that has no result of its own.

    Attributes:
        key: Name of the result in `Report.results` and in `summary.json`.
        result: Class of the result that is published under `key`; its JSON schema follows from it.
            None where `summary` publishes the result, or there is none.
        compute: Computes the result; None where the project lacks what it requires. An analysis
            with a result and without `compute` is filled in by the report itself.
        compute_with_progress: The same for what may take seconds and can be cancelled.
        section: Builds the section of the appendix from the result alone.
        report_section: Builds the section where it prints other parts of the report too; None
            where this report has none.
        summary: Returns further keys of `summary.json`.
        sheets: CSV files by name; one without text is not written.
        checklist: The rules of the readiness checklist that it answers.
        measured: Whether the report holds what the section needs; without it, whether there is a
            result.
    """

    key: str
    result: type | GenericAlias | None = None
    compute: Callable[[Project], Result | None] | None = None
    compute_with_progress: Callable[[Project, Progress], Result | None] | None = None
    section: Callable[[Result | None], Section] | None = None
    report_section: Callable[[Report], Section | None] | None = None
    summary: Callable[[Report], Mapping[str, Any]] | None = None
    sheets: Mapping[str, Callable[[Report], str]] = field(default_factory=dict)
    checklist: tuple[ChecklistRule, ...] = ()
    measured: Callable[[Report], bool] | None = None

    def is_measured(self, report: Report) -> bool:
        """Whether the section has anything to show but what it requires."""
        if self.measured is not None:
            return self.measured(report)
        return self.result is None or self.get_result(report) is not None

    def get_result(self, report: Report) -> Result | None:
        """Returns the result that the report holds, None where there is none."""
        return self.find_result(report.results)

    def find_result(self, results: Mapping[str, object]) -> Result | None:
        """Returns its result among those of all analyses, None where there is none."""
        return cast("Result | None", results.get(self.key))

    @property
    def is_computed(self) -> bool:
        """Whether its result is computed of a project."""
        return self.compute is not None or self.compute_with_progress is not None

    def compute_result(self, project: Project, progress: Progress) -> Result | None:
        """Computes its result, None where the project lacks what it requires. Raises Cancelled."""
        progress.check()
        with time_stage(f"analysis {self.key}"):
            if self.compute_with_progress is not None:
                return self.compute_with_progress(project, progress)
            return None if self.compute is None else self.compute(project)

    @property
    def has_section(self) -> bool:
        """Whether it has a section in the appendix."""
        return self.section is not None or self.report_section is not None

    def build_section(self, report: Report) -> Section | None:
        """Builds its section of the appendix, None where it has none."""
        if self.report_section is not None:
            return self.report_section(report)
        return None if self.section is None else self.section(self.get_result(report))
