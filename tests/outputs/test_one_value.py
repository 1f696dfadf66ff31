"""Stored reports print one value for one quantity, on paper, in JSON and in CSV."""

import csv
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pypdf
import pytest

from fieldcheck.analyses.label_noise import MOST, SHOWN
from tests.outputs.stored import EXPECTED

PROJECTS = sorted(path.parent.parent.name for path in EXPECTED.glob("*/report/summary.json"))
SHARE = r"(\d+(?:\.\d+)?)%"
POINTS = r"(−?\d+(?:\.\d+)?) pp"


@dataclass
class Table:
    """The cells of a table as they are read, a row each; the first row is its head."""

    rows: list[list[str]] = field(default_factory=list)


class Page(HTMLParser):
    """Text and tables of a report."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Table] = []
        self.text = ""
        self._cell: list[str] | None = None
        self._hidden = 0
        self.feed(text.replace("<wbr>", ""))

    def handle_starttag(self, tag, attrs):
        if tag in ("style", "svg", "title"):
            self._hidden += 1
        if tag == "table":
            self.tables.append(Table())
        if tag == "tr" and self.tables:
            self.tables[-1].rows.append([])
        if tag in ("td", "th"):
            self._cell = []
        if tag in ("p", "li", "tr", "h1", "h2", "h3", "dt", "dd", "div", "figcaption"):
            self.text += "\n"

    def handle_endtag(self, tag):
        if tag in ("style", "svg", "title"):
            self._hidden -= 1
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1].rows[-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data):
        if self._hidden:
            return
        self.text += data
        if self._cell is not None:
            self._cell.append(data)


def page_of(project: str) -> Page:
    return Page((EXPECTED / project / "report" / "report.html").read_text("utf-8"))


def summary_of(project: str) -> dict:
    return json.loads((EXPECTED / project / "report" / "summary.json").read_text("utf-8"))


def is_rounded(printed: str, value: float) -> bool:
    """Whether a printed figure is the rounded value; halves may fall to either side."""
    digits = len(printed.partition(".")[2])
    return abs(float(printed.replace("−", "-")) - 100 * value) <= 0.5000001 * 10**-digits


def assert_printed(found: list[str], value: float, what: str) -> None:
    assert [one for one in found if not is_rounded(one, value)] == [], f"{what} is {value}"


def score_of_the_gap(summary: dict) -> dict:
    """The benchmark's score by the metric of the gap."""
    benchmark, metric = summary["benchmark"], summary["gap"]["metric"]
    return (
        benchmark["score"] if metric in ("", benchmark["metric"]) else benchmark["metrics"][metric]
    )


def assert_one_value_each(text: str, summary: dict) -> None:
    """Every field score, benchmark score and gap in an English report is that of its summary."""
    gap, benchmark = summary["gap"], score_of_the_gap(summary)
    footage, score = gap["footage"], gap["camera"]
    if gap["basis"] != "camera" or score is None or score["value"] is None:
        score = footage
    assert_printed(re.findall(rf"\bField {SHARE}", text), score["value"], "field")
    circle = re.findall(rf"circle: {SHARE}", text)
    assert_printed(circle, footage["value"], "field on this footage")
    swept = r"(?! \([^)]*\) at severity)"  # the same name stands for a corrupted benchmark
    clean = re.findall(rf"\b[Bb]enchmark {SHARE}{swept}", text)
    assert_printed(clean, benchmark["value"], "benchmark")
    assert_printed(re.findall(rf"\b[Gg]ap {POINTS} \(", text), gap["value"], "gap")
    classes = summary["shared_classes"] or {"benchmark_only": []}
    if gap["value"] is not None and not classes["benchmark_only"]:
        assert gap["value"] == pytest.approx(benchmark["value"] - score["value"], abs=1e-9)


def read_pdf(path: Path) -> str:
    """The words of a PDF in one line, since lines end elsewhere on paper."""
    pages = [page.extract_text() for page in pypdf.PdfReader(path).pages]
    return re.sub(r"\s+", " ", " ".join(pages).replace("\u00a0", " "))


@pytest.mark.short_cases(4)
@pytest.mark.parametrize("project", PROJECTS)
def test_the_page_prints_one_field_score_one_benchmark_score_and_one_gap(project):
    assert_one_value_each(page_of(project).text, summary_of(project))


@pytest.mark.parametrize("project", PROJECTS)
def test_a_printed_headline_is_a_sum_that_comes_out(project):
    sentence = summary_of(project)["gap"]["sentence"]
    found = re.search(rf"Benchmark {SHARE}.*? → Field {SHARE}.*?Gap {POINTS}", sentence)
    if found is None:
        assert "too few" in sentence or "Gap" not in sentence
        return
    digits = len(found[3].partition(".")[2])
    apart = round(float(found[1]) - float(found[2]), digits)
    assert apart == float(found[3].replace("−", "-")), sentence


@pytest.mark.parametrize("project", PROJECTS)
def test_a_class_has_one_recall_on_paper_and_in_json(project):
    summary, rows = summary_of(project), []
    recall = {one["class"]: one["recall"] for one in summary["per_class"]}
    for table in page_of(project).tables:
        head = [cell.lower() for cell in table.rows[0]]
        if head[:1] in (["by class"], ["class"]) and ("score" in head or head[2:3] == ["recall"]):
            rows += [(row[0], row[2]) for row in table.rows[1:] if len(row) > 2]
        if head[:1] == ["recall"]:
            rows += [(row[0], row[head.index("field")]) for row in table.rows[1:]]
        if head[:1] == ["slices, then classes"]:
            rows += [
                (row[0].removesuffix(" (class)"), row[2])
                for row in table.rows[1:]
                if row and row[0].endswith(" (class)")
            ]
    shown = {}
    for name, cell in rows:
        if name in recall and (found := re.match(rf"{SHARE} \(({SHARE}|\d[\d.]*)–{SHARE}", cell)):
            shown.setdefault(name, set()).add(found[0])
            assert is_rounded(found[1], recall[name]["value"]), (name, cell)
    assert {name: cells for name, cells in shown.items() if len(cells) > 1} == {}


@pytest.mark.parametrize("project", PROJECTS)
def test_slices_classes_and_groups_of_classes_agree_in_json(project):
    summary = summary_of(project)
    recall = {one["class"]: one["recall"] for one in summary["per_class"]}
    sides = {one["name"]: one["recall_field"] for one in summary["class_sides"] or ()}
    slices = {
        one["value"]: one["estimate"] for one in summary["slices"] or () if one["key"] == "class"
    }
    groups = {
        one["classes"][0]: one["error"]
        for one in (summary["imbalance"] or {"groups": ()})["groups"]
        if len(one["classes"]) == 1
    }
    for name in {*recall, *sides}:
        known = recall.get(name) or sides[name]
        limits = [known["value"], known["lo"], known["hi"]]
        for other in (sides.get(name), slices.get(name)):
            if other is not None and known["value"] is not None:
                assert [other[key] for key in ("value", "lo", "hi")] == pytest.approx(limits), name
        if name in groups and known["value"] is not None:
            wrong = [1 - groups[name][key] for key in ("value", "hi", "lo")]
            assert wrong == pytest.approx(limits), name


@pytest.mark.parametrize("project", PROJECTS)
def test_as_many_suspected_labels_are_listed_as_are_counted(project):
    page, counted = page_of(project), summary_of(project)["suspected_labels"] or ()
    tables = [
        len(table.rows) - 1 for table in page.tables if "label confidence" in table.rows[0]
    ]  # fmt: skip
    assert tables == [min(side["flagged"], SHOWN) for side in counted if side["flagged"]]
    for side in counted:
        assert len(side["labels"]) == min(side["flagged"], MOST)
        said = f"the model contradicts {side['flagged']} of {side['n']} labels"
        assert f"{side['on'].capitalize()}: {said}" in page.text


@pytest.mark.parametrize("project", PROJECTS)
def test_the_table_of_frames_gives_the_score_of_this_footage(project):
    folder, footage = EXPECTED / project / "report", summary_of(project)["field"]["footage"]
    with (folder / "frames.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["weight"] and row["right"]]
    weight = [float(row["weight"]) for row in rows]
    right = sum(
        one for one, row in zip(weight, rows, strict=True) if row["right"].lower() in ("1", "true")
    )
    assert len(rows) == footage["n"]
    assert right / sum(weight) == pytest.approx(footage["value"], abs=1e-6)


@pytest.mark.short_cases(4)
@pytest.mark.parametrize("project", PROJECTS)
def test_nothing_prints_as_all_or_none_that_is_neither(project):
    """Shares of the summary whose rounded form is 0 or 100 appear nowhere on the page as such."""
    text = page_of(project).text
    summary = summary_of(project)
    for name in ("footage", "camera", "hard"):
        score = summary["field"][name]
        if score and score["value"] is not None and 0.995 <= score["value"] < 1:
            assert "Field 100%" not in text, name
    assert not re.search(r"\bat most [\d.]+%? \(upper limit", text)
    assert not re.search(r"△|\bsuspected, not\b", text)
