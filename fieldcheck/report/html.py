"""The report as one HTML file: no scripts, no network, everything inline."""

from __future__ import annotations

import re

import jinja2
from markupsafe import Markup, escape

from fieldcheck import resources
from fieldcheck.report import background, failures
from fieldcheck.report.blocks import Page
from fieldcheck.report.opening import opening
from fieldcheck.report.report import Report
from fieldcheck.words import language
from fieldcheck.words.language import text

# "61 %", "51–70 %", "(18–58)", "n = 100)": figures that a line must not end in the middle of.
_FIGURE = re.compile(r"\(?[-−]?\d[\d.,]*(?:–[-−]?\d[\d.,]*)?\s?%\)?|\(?[-−]?\d[\d.,]*–[-−]?\d[\d.,]*\)?|n = \d+\)?")
_COMMAND = re.compile(r"`([^`]+)`")


def page(report: Report) -> str:
    """The whole page in the report's language."""
    folder = resources.path("report")
    # Only files of our own are templates; every text that reaches them is escaped.
    room = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    room.filters["flowing"] = flowing
    style = Markup((folder / "report.css").read_text(encoding="utf-8"))
    with language.spoken(report.language):
        return room.get_template("report.html.jinja").render(page=assemble(report), style=style)


def flowing(said: str) -> Markup:
    """A sentence as markup: figures are kept on one line, what stands in backticks is set as a command."""
    kept = _FIGURE.sub(lambda found: f'<span class="kept">{found[0]}</span>', str(escape(said)))
    return Markup(_COMMAND.sub(r"<code>\1</code>", kept))


def assemble(report: Report) -> Page:
    """Texts and drawings in reading order, in the language that is set."""
    site = report.site or report.project
    return Page(
        language=report.language,
        title=text("Field report: {site}").format(site=site),
        contents=text("In this report"),
        opening=opening(report),
        sections=(
            failures.where(report),
            failures.worst(report),
            background.benchmark(report),
            background.ready(report),
            background.made(report),
            background.appendix(report),
        ),
        foot=" · ".join(["Fieldcheck", site, *([f"{report.model.name}, SHA-256 {report.model.sha256[:12]}"] if report.model else [])]),
    )
