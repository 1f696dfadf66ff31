"""The page as a reader gets it: parsed, searched for what must not be in it, and its figures held
against summary.json."""

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
from fieldcheck.domain.report import ReportForm
from fieldcheck.i18n.numbers import format_percent, format_points
from fieldcheck.report.folder import build_summary
from fieldcheck.report.html_page import format_sentence, render_html
from tests.report.example_report import (
    boxes_report,
    empty_report,
    example_report,
    slices,
    worst_frames,
)
from tests.source import nodes

VOID = {"meta", "img", "br", "hr", "input", "link", "wbr"}
REPORTS = {
    "whole": example_report(slices=slices()),
    "boxes": boxes_report(),
    "empty": empty_report(),
    "no benchmark": example_report(benchmark=None),
    "german": example_report(slices=slices(), language="de"),
}


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
def report(request):
    return REPORTS[request.param]


def test_the_page_parses_and_every_tag_is_closed(report):
    assert read(render_html(report)).tags[0][0] == "html"


def test_the_page_runs_nothing_and_asks_the_network_for_nothing(report):
    text = render_html(report)
    assert "<script" not in text
    assert not re.search(r"\son\w+=", text)
    assert not re.findall(r"https?://", text.replace('xmlns="http://www.w3.org/2000/svg"', ""))
    assert "default-src 'none'" in text
    assert not {"link", "iframe", "object", "form", "base"} & {tag for tag, _ in read(text).tags}


def test_every_picture_and_chart_has_words_or_is_left_to_the_cells_beside_it(report):
    for tag, attributes in read(render_html(report)).tags:
        if tag == "img":
            assert attributes["alt"]
            assert attributes["src"].startswith("data:image/jpeg;base64,")
        if tag == "svg":
            assert attributes.get("aria-label") or attributes.get("aria-hidden") == "true"


def test_the_page_names_its_language_and_has_headings_in_order(report):
    tags = read(render_html(report)).tags
    assert tags[0][1]["lang"] == report.language
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_table_heads_are_header_cells_with_a_scope(report):
    heads = [attributes for tag, attributes in read(render_html(report)).tags if tag == "th"]
    assert heads
    assert all(attributes.get("scope") in ("row", "col") for attributes in heads)


def test_links_lead_somewhere(report):
    tags = read(render_html(report)).tags
    anchors = {attributes["id"] for _, attributes in tags if "id" in attributes}
    assert {attributes["href"][1:] for tag, attributes in tags if tag == "a"} <= anchors


@cache
def fixed_numbers():
    """Numbers that stand in the sentences themselves: limits, the 95 % of the intervals, SHA-256."""
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


def test_every_number_on_the_page_stands_in_the_summary(report):
    visible = [re.sub(r"(\d),(\d)", r"\1.\2", text) for text in read(render_html(report)).visible]
    shown = {number for text in visible for number in re.findall(r"\d+(?:\.\d+)?", text)}
    known = known_numbers(json.loads(json.dumps(build_summary(report)))) | fixed_numbers()
    assert shown - known == set()


def test_a_stranger_s_names_cannot_become_markup():
    evil = '<img src=x onerror="alert(1)">'
    report = example_report(
        site=evil, worst=(replace(worst_frames(1)[0], truth=(evil,), camera=evil),)
    )
    report = replace(
        report, model=replace(report.model, name=evil, preprocessing_record={evil: evil})
    )
    report = replace(report, facts={**(report.facts or {}), "form": ReportForm(notes=evil)})
    assert len([tag for tag, _ in read(render_html(report)).tags if tag == "img"]) == 1
    assert "onerror=" not in re.sub(r"&lt;.*?&gt;", "", render_html(report))


def test_no_name_turns_what_stands_around_it_in_sentences_attributes_and_tables():
    evil, arabic = "\u202egnp.\u2066part", "حديد"
    report = example_report(
        site=evil,
        worst=(replace(worst_frames(1)[0], truth=(evil,), prediction=(arabic,), camera=arabic),),
    )
    report = replace(
        report, model=replace(report.model, name=evil, preprocessing_record={evil: evil})
    )
    made = render_html(report)
    assert not re.search("[\u202a-\u202e\u2066\u2067]", made)
    assert made.count("\u2068") == made.count("\u2069") == made.count(arabic) > 2
    assert re.search(f'alt="[^"]*\u2068{arabic}\u2069', made)
    assert "�gnp.�part" in made


def test_the_verdict_is_the_first_thing_after_the_links():
    visible = " ".join(" ".join(read(render_html(example_report())).visible).split())
    assert visible.index("Not ready") < visible.index("Gap 36 pp") < visible.index("Weakest slices")


def test_the_page_speaks_the_language_of_the_report_and_leaves_ours_alone():
    german = read(render_html(example_report(language="de"))).visible
    assert "Error analysis" not in german
    assert "Trefferquote (Accuracy)" in german
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
