"""Facts that sections of the report show of a project, each found by the module that its entry names."""

from __future__ import annotations

from importlib import import_module

from fieldcheck.project.folder import Project
from fieldcheck.report.sections import SECTIONS


def section_facts(project: Project) -> dict[str, object]:
    """Key of a section → its facts, None where this project has none."""
    asked = [section for section in SECTIONS if section.computed_by]
    return {one.key: import_module(f"fieldcheck.workflows.report.{one.computed_by}").facts_of(project) for one in asked}
