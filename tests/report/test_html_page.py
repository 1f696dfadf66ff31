import ast
import json
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

import fieldcheck.analyses
import fieldcheck.report
from fieldcheck.analyses.blocks import (
    Columns,
    Lines,
    LinkLine,
    OptionalBlock,
    Panels,
    Paragraph,
    Table,
)
from fieldcheck.analyses.failures import get_failures
from fieldcheck.analyses.report_data import CheckRow, Confusion
from fieldcheck.domain.report import ReportForm
from fieldcheck.i18n import language
from fieldcheck.i18n.numbers import format_percent, format_points
from fieldcheck.report.folder import build_summary
from fieldcheck.report.html_page import (
    build_evidence_page,
    build_page,
    format_sentence,
    render_html,
)
from fieldcheck.report.key_figures import build_key_figures
from tests.report.example_report import (
    boxes_report,
    change_report,
    empty_report,
    estimate,
    example_report,
    probed,
    slices,
    stressed,
    worst_frames,
)
from tests.report.made_facts import decision, finding
from tests.source import nodes

# The page as a reader gets it: parsed, searched for what must not be in it, and its figures held
# against summary.json.


VOID = {"meta", "img", "br", "hr", "input", "link", "wbr"}
REPORTS = {
    "whole": example_report(slices=slices()), "boxes": boxes_report(), "empty": empty_report(),
    "no benchmark": example_report(benchmark=None),
    "german": example_report(slices=slices(), language="de"),
}  # fmt: skip


class Reader(HTMLParser):
    """Collects what is visible and refuses tags that are not closed in order."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.visible = [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "title"} & set(self.open) and data.strip():
            self.visible.append(data.strip())


def read(text):
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(params=REPORTS, ids=str)
def rich(request):
    return REPORTS[request.param]


def test_the_page_parses_and_every_tag_is_closed(rich):
    assert read(render_html(rich)).tags[0][0] == "html"


def test_the_page_runs_nothing_and_asks_the_network_for_nothing(rich):
    text = render_html(rich)
    assert "<script" not in text
    assert not re.search(r"\son\w+=", text)
    assert not re.findall(r"https?://", text.replace('xmlns="http://www.w3.org/2000/svg"', ""))
    assert "default-src 'none'" in text
    assert not {"link", "iframe", "object", "form", "base"} & {tag for tag, _ in read(text).tags}


def test_every_picture_and_chart_has_words_or_is_left_to_the_cells_beside_it(rich):
    for tag, attributes in read(render_html(rich)).tags:
        if tag == "img":
            assert attributes["alt"]
            assert attributes["src"].startswith("data:image/jpeg;base64,")
        if tag == "svg":
            assert attributes.get("aria-label") or attributes.get("aria-hidden") == "true"


def test_the_page_names_its_language_and_has_headings_in_order(rich):
    tags = read(render_html(rich)).tags
    assert tags[0][1]["lang"] == rich.language
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_table_heads_are_header_cells_with_a_scope(rich):
    heads = [attributes for tag, attributes in read(render_html(rich)).tags if tag == "th"]
    assert heads
    assert all(attributes.get("scope") in ("row", "col") for attributes in heads)


def test_links_lead_somewhere(rich):
    tags = read(render_html(rich)).tags
    anchors = {attributes["id"] for _, attributes in tags if "id" in attributes}
    assert {attributes["href"][1:] for tag, attributes in tags if tag == "a"} <= anchors


@cache
def fixed_numbers():
    """Numbers that stand in the sentences themselves: limits, the 95 % of the intervals,
    SHA-256."""
    found = set()
    for source in (
        source
        for room in (fieldcheck.analyses, fieldcheck.report)
        for source in Path(room.__file__).parent.glob("*.py")
    ):
        docstrings = {id(node.value) for node in nodes(source) if isinstance(node, ast.Expr)}
        for node in nodes(source):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in docstrings
            ):
                found |= set(
                    re.findall(r"\d+(?:\.\d+)?", re.sub(r"(\d),(\d)", r"\1.\2", node.value))
                )
    # the scale of the charts and the numbers of a list
    return found | {"0", "25", "50", "75", "100", "1", "2", "3"}


def known_numbers(value):
    """Every way in which the page may print a figure of the summary."""
    if isinstance(value, dict):
        return set().union(*map(known_numbers, value.values()), *map(known_numbers, value))
    if isinstance(value, list):
        return set().union(*map(known_numbers, value))
    if isinstance(value, str):
        return set(re.findall(r"\d+(?:\.\d+)?", value)) | set(re.findall(r"\d+", value))
    if value is None or isinstance(value, bool):
        return set()
    forms = [
        f"{value:g}", f"{value:.0f}", f"{value:.1f}", f"{value:.2f}", str(value),
        f"{value // 60:.0f}", f"{value % 60:.0f}",
    ]  # fmt: skip
    forms.append(f"{value:,.0f}".replace(",", "."))  # the separator of thousands, as read above
    forms += [
        printed(value, digits) for printed in (format_percent, format_points) for digits in (0, 1)
    ]
    return {number for form in forms for number in re.findall(r"\d+(?:\.\d+)?", form)}


@pytest.mark.long
def test_every_number_on_the_page_stands_in_the_summary(rich):
    visible = [re.sub(r"(\d),(\d)", r"\1.\2", text) for text in read(render_html(rich)).visible]
    shown = {number for text in visible for number in re.findall(r"\d+(?:\.\d+)?", text)}
    known = known_numbers(json.loads(json.dumps(build_summary(rich)))) | fixed_numbers()
    assert shown - known == set()


def test_a_stranger_s_names_cannot_become_markup():
    evil = '<img src=x onerror="alert(1)">'
    worst = (replace(worst_frames(1)[0], truth=(evil,), camera=evil),)
    report = example_report(site=evil, worst=worst)
    model = replace(report.model, name=evil, preprocessing_record={evil: evil})
    report = replace(report, model=model)
    report = change_report(report, results={**report.results, "form": ReportForm(notes=evil)})
    assert len([tag for tag, _ in read(render_html(report)).tags if tag == "img"]) == 1
    assert "onerror=" not in re.sub(r"&lt;.*?&gt;", "", render_html(report))


def test_no_name_turns_what_stands_around_it_in_sentences_attributes_and_tables():
    evil, arabic = "\u202egnp.\u2066part", "حديد"
    worst = (replace(worst_frames(1)[0], truth=(evil,), prediction=(arabic,), camera=arabic),)
    report = example_report(site=evil, worst=worst)
    model = replace(report.model, name=evil, preprocessing_record={evil: evil})
    report = replace(report, model=model)
    made = render_html(report)
    assert not re.search("[\u202a-\u202e\u2066\u2067]", made)
    assert made.count("\u2068") == made.count("\u2069") == made.count(arabic) >= 2
    assert re.search(f'alt="[^"]*\u2068{arabic}\u2069', made)
    assert "�gnp.�part" in made


def test_the_verdict_is_the_first_thing_after_the_links():
    visible = " ".join(" ".join(read(render_html(example_report())).visible).split())
    assert visible.index("Not ready") < visible.index("Gap 36 pp") < visible.index("Weakest slices")


def test_the_page_speaks_the_language_of_the_report_and_leaves_ours_alone():
    german = read(render_html(example_report(language="de"))).visible
    assert "Error analysis" not in german
    assert "Genauigkeit" in german
    assert "Error analysis" in read(render_html(example_report())).visible


def test_a_rendered_sample_says_so():
    assert "rendered, not real" in render_html(example_report())
    assert "rendered, not filmed" not in render_html(example_report(notes=()))


def test_figures_stay_on_one_line_and_commands_are_set_apart():
    expected = '<span class="kept">61%</span> <span class="kept">(51–70%)</span>'
    assert format_sentence("61% (51–70%)") == expected
    assert format_sentence("run `fieldcheck pick`") == "run <code>fieldcheck pick</code>"
    assert format_sentence("a < b") == "a &lt; b"


def test_the_page_with_twelve_pictures_stays_below_four_megabytes():
    heavy = tuple(replace(frame, jpeg=b"\xff" * 400_000) for frame in worst_frames())
    assert len(render_html(example_report(worst=heavy))) < 4_000_000


def test_the_same_report_gives_the_same_page_twice():
    assert render_html(example_report()) == render_html(example_report())


def test_colours_of_cells_are_classes_and_no_element_has_a_style_of_its_own():
    shown = render_html(example_report())
    assert ' style="' not in shown
    assert 'class="figure tone0"' in shown
    assert "td.tone0 { background: #" in shown


def test_the_sections_come_in_reading_order():
    assert [section.anchor for section in build_page(example_report()).sections] == [
        "where", "worst", "sets", "calibration", "benchmark", "trained", "limits", "not_measured",
        "checklist", "made", "appendix",
    ]  # fmt: skip


def test_the_foot_names_site_and_model():
    expected = "Fieldcheck · Line 4 night · line4_v3"
    assert build_page(example_report()).foot == expected


def test_without_site_and_model_the_foot_names_the_project():
    assert build_page(empty_report()).foot == "Fieldcheck · line4"


def test_the_page_is_in_the_language_that_is_spoken():
    with language.use_language("de"):
        page = build_page(example_report())
    assert page.title == "Feldbericht: Line 4 night"
    assert "{page}" in page.number
    assert "{pages}" in page.number


def blocks(report):
    found = []
    for block in build_evidence_page(report).blocks:
        found += (
            [*block.left, *block.right]
            if isinstance(block, Columns)
            else [block.block if isinstance(block, OptionalBlock) else block]
        )
    return found


def said(report):
    return " ".join(block.text for block in blocks(report) if isinstance(block, Paragraph))


def test_slices_of_metadata_stand_before_classes_and_too_few_is_one_line():
    report = example_report(
        slices=slices(),
        results={"decision": decision(findings=(finding(key="light", value="dark"),))},
    )
    (table,) = [
        block for block in blocks(report) if isinstance(block, Table) and block.kind == "slices"
    ]
    names = [row[0].text for row in table.rows]
    assert names[0] == "dark (light)"
    assert all(name.endswith("(class)") for name in names[1:])
    assert table.rows[0][0].sign == "▲"
    expected = "Too few frames (under 10): camera 3 (camera), missing hole, burr, wrong part."
    assert expected in said(report)


def test_a_class_that_is_demonstrated_stands_once():
    score = estimate(0.2, 0.1, 0.4, 20)
    row = replace(slices()[0], key="class", value="crack", n=20, estimate=score)
    report = example_report(
        slices=(*slices(), row),
        results={"decision": decision(findings=(finding(key="class", value="crack"),))},
    )
    (table,) = [
        block for block in blocks(report) if isinstance(block, Table) and block.kind == "slices"
    ]
    names = [line[0].text for line in table.rows]
    assert names.count("crack (class)") == 1
    assert table.rows[names.index("crack (class)")][0].sign == "▲"


def test_the_confusion_matrix_stands_beside_the_slices_and_the_confidence_below():
    report = example_report(results={"decision": decision()})
    columns, confidence = (
        block
        for block in build_evidence_page(report).blocks
        if isinstance(block, Columns) or hasattr(getattr(block, "block", None), "panels")
    )
    assert columns.left[0].kind == "slices"
    assert columns.right[0].kind == "counts"
    assert confidence.block.panels[0].title == "Confidence of correct and wrong predictions"


def test_a_matrix_of_many_classes_is_a_link_into_the_appendix():
    names = tuple(f"class {k}" for k in range(9))
    counts = tuple(tuple(1 for _ in names) for _ in names)
    found = blocks(example_report(confusion=Confusion(names, counts, counts)))
    assert not [block for block in found if isinstance(block, Table) and block.kind == "counts"]
    assert [block.anchor for block in found if isinstance(block, LinkLine)] == ["where"]


def test_many_names_with_too_few_frames_are_cut_and_counted():
    row = get_failures(example_report()).per_class[-1]
    report = example_report(per_class=tuple(replace(row, name=f"rare {k}") for k in range(60)))
    (few,) = [block for block in blocks(report) if isinstance(block, Paragraph) and block.short]
    assert few.short.endswith("rare 11 and 48 more.")
    assert few.text.endswith("rare 58, rare 59."), "HTML has the whole list"


def test_every_part_that_may_give_way_leads_to_a_section_that_stands():
    anchors = {section.anchor for section in build_page(stressed()).sections}
    spared = [
        block
        for block in build_evidence_page(stressed()).blocks
        if isinstance(block, OptionalBlock)
    ]
    assert spared
    assert {block.instead.anchor for block in spared} <= anchors


def test_at_most_six_severity_curves_with_the_costliest_first():
    (curves,) = [block for block in blocks(stressed()) if isinstance(block, Panels)]
    assert len(curves.panels) == 2
    assert "40%" in curves.panels[0].drawing
    assert "▼: severity that the field resembles." in curves.legend


def test_the_key_figures_stand_before_the_slices():
    first, heading, *_ = build_evidence_page(example_report()).blocks
    assert first == build_key_figures(example_report())
    assert heading.text == "Weakest slices"


def test_blank_pictures_have_their_line_with_its_interval():
    assert "on 110 of 200 (49–61%)." in said(probed())


def test_the_checklist_is_counts_by_phase_and_the_failed_lines():
    report = example_report()
    assert "Before a supervised trial: 0 met, 1 not met, 0 too few, 0 not measured." in said(report)
    assert "Before release: 1 met, 0 not met, 1 too few, 1 not measured." in said(report)
    row = CheckRow("latency", "not_applicable", None, "QM", "2026-11-28")
    exempted = replace(report, checklist=(row, *report.checklist[1:]))
    assert "0 not measured. 1 does not apply." in said(exempted)
    *_, failed, still = (block for block in blocks(report) if isinstance(block, Lines))
    assert [line.rest for line in failed.lines] == [
        "Ten-minute load test passed on the target computer: 31.0 ms"
    ]
    assert [line.mark for line in still.lines] == ["◔", "–"]
    assert all(line.name and line.rest for line in still.lines)


def test_a_project_without_anything_says_how_much_is_labelled():
    assert said(empty_report()).startswith("0 of 0 sampled frames labelled")
