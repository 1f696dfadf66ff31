import sys
from types import ModuleType

from fieldcheck.report.sections import SECTIONS, ReportSection
from fieldcheck.workflows.report import _section_facts


def test_facts_are_found_by_the_module_that_the_entry_names(monkeypatch, drawn):
    module = ModuleType("fieldcheck.workflows.report.names")
    module.facts_of = lambda project: project.path.name
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(_section_facts, "SECTIONS", (*SECTIONS, ReportSection("names", SECTIONS[0].blocks, facts=str, computed_by="names")))
    assert _section_facts.section_facts(drawn)["names"] == drawn.path.name


def test_sections_without_facts_of_their_own_are_left_to_the_report(drawn):
    assert set(_section_facts.section_facts(drawn)) == {section.key for section in SECTIONS if section.computed_by}
