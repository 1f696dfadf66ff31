"""Report as it was worked out for the project as it stands: its figures are computed once, whoever asks for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.memoise import memo_scope
from fieldcheck.project.tables.content_state import compute_content_state
from fieldcheck.report.report import Report
from fieldcheck.workflows.report._provenance import add_report_history
from fieldcheck.workflows.report.report_form import KEY, load_report_form

STATE = partial(compute_content_state, without=(KEY,))
"""Notes and sections left out change no figure, nor do reports that were written."""


def get_stored_report(project: Project, lang: str, work_out: Callable[[], Report], progress: Progress, now: str) -> Report:
    """Report in the language `lang` with the form that is chosen, made at `now`, of what `work_out` gives. Raises Cancelled."""

    def build_once() -> Report:
        with memo_scope():
            return work_out()

    made = project.results.get_or_compute(("report", lang), lambda: project.read(STATE), build_once, progress.check)
    form, provenance = load_report_form(project), add_report_history(project, made.provenance)
    return replace(made, created=now, provenance=provenance, facts={**(made.facts or {}), "form": form})
