from dataclasses import dataclass, replace

import pytest

from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.blocks import LinkLine, Paragraph, Section
from fieldcheck.analyses.precision_recall import PrecisionRecall, ThresholdPoint
from fieldcheck.analyses.registry import ANALYSES
from fieldcheck.domain.report import MOST_NOTES, ReportForm
from fieldcheck.report import assemble, folder, html_page
from fieldcheck.report.folder import build_summary
from fieldcheck.report.html_page import build_page, render_html
from fieldcheck.report.pdf import render_pdf
from fieldcheck.report.section import (
    FOLLOWING,
    OPTIONAL,
    SECTIONS,
    describe_left_out_sections,
    get_report_form,
    get_section_names,
    link_to_notes,
    list_all_plots,
    load_report_form,
    set_report_form,
)
from fieldcheck.report.summary_page import list_limitations
from tests.analyses.test_acceptance import nothing_given
from tests.report.example_report import (
    change_report,
    empty_report,
    estimate,
    example_report,
    slices,
)


@dataclass(frozen=True)
class Mood:
    n: int


def build_mood_section(result):
    return Section("mood", "Mood", "Mood", (Paragraph(f"{result.n} smiles"),))


MOOD = Analysis(
    key="mood",
    result=Mood,
    compute=lambda project: Mood(len(project.path.name)),
    section=build_mood_section,
    summary=lambda report: {"weather": report.line},
    sheets={"mood.csv": lambda report: "n\n3\n"},
)


@pytest.fixture
def mood(monkeypatch):
    """The list with one analysis more, in each module that reads it."""
    for module in (assemble, html_page, folder):
        monkeypatch.setattr(module, "SECTIONS", (*SECTIONS, MOOD))
    return change_report(example_report(), line="rain", results={"mood": Mood(3)})


def test_every_section_stands_once_and_every_analysis_is_one():
    keys = [one.key for one in SECTIONS]
    assert len(set(keys)) == len(keys)
    assert [one for one in SECTIONS if one in ANALYSES] == list(ANALYSES)
    assert set(FOLLOWING) < {one.key for one in ANALYSES}
    assert [section.anchor for section in build_page(example_report()).sections][:2] == [
        "where",
        "worst",
    ]


def test_what_has_a_result_is_computed_but_for_the_change_that_follows_from_the_report():
    assert {one.key for one in SECTIONS if one.result is not None and not one.is_computed} == {
        "change",
        "limits",
    }


@pytest.mark.long
def test_page_summary_and_sheets_follow_from_the_list(mood):
    assert build_page(mood).sections[-1].blocks == (Paragraph("3 smiles"),)
    summary = folder.build_summary(mood)
    assert (summary["mood"], summary["weather"]) == ({"n": 3}, "rain")
    assert folder.build_folder_contents(mood)["mood.csv"] == b"n\n3\n"


def test_a_result_that_a_project_does_not_have_is_null(mood):
    without = replace(mood, results={"mood": None})
    assert MOOD.get_result(without) is MOOD.get_result(replace(mood, results={})) is None
    assert folder.build_summary(replace(without, results={}))["mood"] is None


def test_no_key_is_written_by_two_sections():
    keys = [
        key
        for one in SECTIONS
        for key in (
            *(one.summary(example_report()) if one.summary else ()),
            *([one.key] if one.result else []),
        )
    ]
    assert len(set(keys)) == len(keys)
    assert set(keys) < set(folder.build_summary(example_report()))


def with_form(**form):
    report = example_report()
    return change_report(report, results={**report.results, "form": ReportForm(**form)})


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
    notes = "Belt cleaned on Monday.\n\nLamp 2 was off."
    expected = {"left_out": [], "notes": notes, "everything": False}
    assert build_summary(report)["form"] == expected


def test_without_a_choice_nothing_of_it_stands_anywhere():
    report = example_report()
    assert get_report_form(report) == ReportForm()
    assert link_to_notes(report) == describe_left_out_sections(report, SECTIONS) == []
    assert "notes" not in {one.anchor for one in build_page(report).sections}


def test_each_section_of_the_appendix_can_be_named_and_the_first_pages_cannot():
    without = tuple(get_section_names(example_report(), SECTIONS))
    # where nothing was entered or measured, and of segmenters alone
    absent = ("acceptance", "flicker", "mask_scores")
    assert without == tuple(key for key in OPTIONAL if key not in absent)
    report = example_report(results={"acceptance": nothing_given()})
    named = tuple(get_section_names(report, SECTIONS))
    assert named == tuple(key for key in OPTIONAL if key not in absent[1:])
    assert "decision" not in OPTIONAL


def test_how_charts_of_a_kind_are_read_is_told_once_beside_what_each_says():
    point = ThresholdPoint(0.5, estimate(0.8, 0.6, 0.9, 30), estimate(0.4, 0.3, 0.5, 60))
    curves = tuple(
        PrecisionRecall(name, "field", n, (point, point))
        for name, n in (("crack", 60), ("burr", 30))
    )
    report = change_report(example_report(), results={"precision_recall": curves})
    (section,) = [one for one in build_page(report).sections if one.anchor == "thresholds"]
    said = section.blocks[-1].legend
    assert said.count("Precision against recall by threshold") == 1
    assert "crack: field n = 60. Precision-recall curve, burr: field n = 30." in said
    assert all(
        "Precision against recall by threshold" in plot.alt_text
        for plot in list_all_plots(report)
        if plot.section == "thresholds"
    )


def test_sections_and_notes_are_kept_logged_and_undone(empty):
    assert load_report_form(empty) == ReportForm()
    actual = set_report_form(empty, ReportForm(("latency", "where"), " Lamp 2 was off. ")).act
    assert actual == "report.form"
    assert load_report_form(empty) == ReportForm(("where", "latency"), "Lamp 2 was off.")
    set_report_form(empty, ReportForm(one_page=True))
    assert load_report_form(empty) == ReportForm(one_page=True)
    empty.undo()
    empty.undo()
    assert load_report_form(empty) == ReportForm()


@pytest.mark.parametrize(
    "form", [ReportForm(("decision",)), ReportForm(notes="x" * (MOST_NOTES + 1))]
)
def test_the_first_page_cannot_be_left_out_and_notes_have_an_end(empty, form):
    with pytest.raises(ValueError, match="no form of a report"):
        set_report_form(empty, form)


def test_slices_are_absent_where_nothing_cuts_the_footage():
    assert "slices" not in build_summary(empty_report())
    assert "slices" in build_summary(example_report(slices=slices()))
