from dataclasses import dataclass, replace

import pytest

from fieldcheck.analyses.blocks import Paragraph, Section
from fieldcheck.report import folder, html_page, registry
from fieldcheck.report.html_page import build_page
from fieldcheck.report.registry import SECTIONS
from fieldcheck.report.section import ReportSection
from tests.report.example_report import example_report


@dataclass(frozen=True)
class Mood:
    n: int


def blocks(report):
    return Section("mood", "Mood", "Mood", (Paragraph(f"{report.facts['mood'].n} smiles"),))


@pytest.fixture
def mood(monkeypatch):
    """The list with one section more, in each module that reads it."""
    more = (
        *SECTIONS,
        ReportSection(
            "mood", blocks, sheets={"mood.csv": lambda report: "n\n3\n"}, facts=Mood,
            computed_by="mood",
        ),
    )  # fmt: skip
    for room in (registry, html_page, folder):
        monkeypatch.setattr(room, "SECTIONS", more)
    return replace(example_report(), facts={"mood": Mood(3)})


def test_every_section_stands_once():
    keys = [one.key for one in SECTIONS]
    assert len(set(keys)) == len(keys)
    expected = ["where", "worst"]
    assert [section.anchor for section in build_page(example_report()).sections][:2] == expected


def test_a_section_says_what_finds_its_facts():
    # found of the report itself
    actual = {one.key for one in SECTIONS if (one.facts is None) is not (one.computed_by == "")}
    assert actual == {"change"}


def test_page_summary_and_sheets_follow_from_the_list(mood):
    assert build_page(mood).sections[-1].blocks == (Paragraph("3 smiles"),)
    assert folder.build_summary(mood)["mood"] == {"n": 3}
    assert folder.build_folder_contents(mood)["mood.csv"] == b"n\n3\n"


def test_facts_that_a_project_does_not_have_are_null(mood):
    assert folder.build_summary(replace(mood, facts=None))["mood"] is None
