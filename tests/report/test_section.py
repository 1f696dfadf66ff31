from dataclasses import dataclass, replace
from math import inf, nan

import pytest

from fieldcheck.analyses.blocks import LinkLine, Paragraph, Section
from fieldcheck.analyses.precision_recall import PrecisionRecall, ThresholdPoint
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.report import ReportForm
from fieldcheck.report import folder, html_page, registry
from fieldcheck.report.folder import build_summary
from fieldcheck.report.html_page import build_page, render_html
from fieldcheck.report.pdf import render_pdf
from fieldcheck.report.registry import OPTIONAL, SECTIONS
from fieldcheck.report.section import (
    ReportSection,
    describe_left_out_sections,
    get_report_form,
    get_section_names,
    link_to_notes,
    list_all_plots,
    to_json_estimate,
    to_json_number,
    to_json_value,
)
from fieldcheck.report.summary_page import list_limitations
from tests.report.example_report import estimate, example_report


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


def with_form(**form):
    report = example_report()
    return replace(report, facts={**(report.facts or {}), "form": ReportForm(**form)})


def test_a_section_left_out_keeps_its_heading_and_says_so_and_so_does_page_1():
    report = with_form(left_out=("robustness",))
    (left,) = [one for one in build_page(report).sections if one.anchor == "breaks"]
    sentence = "Excluded from this report by choice; the measured values are in summary.json."
    assert left.blocks == (Paragraph(sentence),)
    expected = ["Excluded by choice; values may exist: Robustness to corruptions."]
    assert describe_left_out_sections(report, SECTIONS) == expected
    assert list_limitations(report)[-1] == describe_left_out_sections(report, SECTIONS)[0]
    assert build_summary(report)["stress"] == build_summary(example_report())["stress"]


def test_every_link_leads_somewhere_with_all_of_the_appendix_left_out():
    report = with_form(left_out=OPTIONAL)
    shown = render_html(report)
    assert all(
        f'id="{anchor}"' in shown
        for anchor in {part.split('"')[0] for part in shown.split('href="#')[1:]}
    )
    assert render_pdf(report).data.startswith(b"%PDF")


def test_notes_open_the_appendix_and_page_1_leads_to_them():
    report = with_form(notes="Belt cleaned on Monday.\n\nLamp 2 was off.")
    first = build_page(report).sections[0]
    assert first.anchor == "notes"
    assert [block.text for block in first.blocks] == ["Belt cleaned on Monday.", "Lamp 2 was off."]
    (link,) = link_to_notes(report)
    assert isinstance(link, LinkLine)
    assert link.anchor == "notes"
    expected = {"left_out": [], "notes": "Belt cleaned on Monday.\n\nLamp 2 was off."}
    assert build_summary(report)["form"] == expected


def test_without_a_choice_nothing_of_it_stands_anywhere():
    report = example_report()
    assert get_report_form(report) == ReportForm()
    assert link_to_notes(report) == describe_left_out_sections(report, SECTIONS) == []
    assert "notes" not in {one.anchor for one in build_page(report).sections}


def test_each_section_of_the_appendix_can_be_named_and_the_first_pages_cannot():
    assert tuple(get_section_names(example_report(), SECTIONS)) == OPTIONAL
    assert "decision" not in OPTIONAL


def test_how_charts_of_a_kind_are_read_is_told_once_beside_what_each_says():
    point = ThresholdPoint(0.5, estimate(0.8, 0.6, 0.9, 30), estimate(0.4, 0.3, 0.5, 60))
    curves = tuple(
        PrecisionRecall(name, "field", n, (point, point))
        for name, n in (("crack", 60), ("burr", 30))
    )
    report = replace(example_report(), facts={"precision_recall": curves})
    (section,) = [one for one in build_page(report).sections if one.anchor == "thresholds"]
    said = section.blocks[-1].said
    assert said.count("Precision against recall by threshold") == 1
    assert "crack: field n = 60. Precision-recall curve, burr: field n = 30." in said
    assert all(
        "Precision against recall by threshold" in plot.alt_text
        for plot in list_all_plots(report)
        if plot.section == "thresholds"
    )


@dataclass(frozen=True)
class Row:
    names: tuple[str, ...]
    share: float
    score: Estimate


def test_a_figure_that_is_none_is_null():
    expected = [0.5, 1.0, None, None, None]
    assert [to_json_number(value) for value in (0.5, 1, nan, inf, None)] == expected


def test_a_dataclass_is_told_field_by_field():
    score = Estimate.not_measured("no_labels")
    actual = to_json_value(Row(("a",), nan, score))
    assert actual == {"names": ["a"], "share": None, "score": score.to_json()}
    assert to_json_value({1: (Row((), 0.5, score),)})["1"][0]["share"] == 0.5


def test_an_estimate_may_be_missing():
    assert to_json_estimate(None) is None
    assert to_json_estimate(Estimate.not_measured("no_labels"))["status"] == "na"


@dataclass(frozen=True)
class Weather:
    cloudy: bool


WEATHER = ReportSection(
    "weather",
    lambda report: Section("weather", "", "", ()),
    lambda report: {"line": report.line},
    facts=Weather,
)


def test_facts_stand_under_the_sections_key_beside_its_own_keys():
    report = replace(example_report(), line="4", facts={"weather": Weather(cloudy=True)})
    assert WEATHER.to_document(report) == {"line": "4", "weather": {"cloudy": True}}


def test_facts_that_were_not_found_are_null():
    assert WEATHER.to_document(replace(example_report(), line="4", facts=None))["weather"] is None


def test_a_section_without_facts_has_no_key_for_them():
    plain = ReportSection("weather", WEATHER.blocks)
    assert plain.to_document(example_report()) == {}
