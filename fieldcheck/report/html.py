"""The report as one HTML file: no scripts, no network, everything inline."""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from fieldcheck import resources
from fieldcheck.report import charts
from fieldcheck.report.page import build_page
from fieldcheck.report.phrases import Kind, split_phrases
from fieldcheck.report.report import Report
from fieldcheck.words import language
from fieldcheck.words.direction import isolate_rtl_names

TONES = "/* tones of the cells */"
_FORMS: dict[Kind, Markup] = {
    "plain": Markup("{}"),
    "kept": Markup('<span class="kept">{}</span>'),
    "code": Markup("<code>{}</code>"),
}


def render_html(report: Report) -> str:
    """The whole page in the report's language."""
    folder = resources.get_resource_path("report")
    style = Markup((folder / "report.css").read_text(encoding="utf-8"))
    with language.use_language(report.language):
        tones = _CellColours()
        shown = (
            _make_environment(folder)
            .get_template("report.html.jinja")
            .render(page=build_page(report), style=style + TONES, toned=tones.get_class_name)
        )
    return shown.replace(TONES, tones.format_css_rules(), 1)


class _CellColours:
    """Colours of cells as classes of the style sheet, since a style on an element is no valid style of a page."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], str] = {}

    def get_class_name(self, colours: tuple[str, str]) -> str:
        """Class of a cell with this background and this text colour."""
        return self._seen.setdefault(colours, f"tone{len(self._seen)}")

    def format_css_rules(self) -> str:
        """Rules of every class that was named."""
        return "\n".join(f"td.{name} {{ background: {ground}; color: {ink}; }}" for (ground, ink), name in self._seen.items())


@lru_cache(maxsize=1)
def _make_environment(folder: Path) -> jinja2.Environment:
    """Where the template is compiled: once in a process, since that takes a sixth of a small report. Only files of our own are templates;
    every text that reaches them is escaped."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=_finalize_value,
    )  # fmt: skip
    made.filters["dumbbell"] = charts.draw_gap_chart
    made.filters["flowing"] = format_sentence
    made.filters["inline"] = encode_data_uri
    made.filters["name"] = format_breakable_name
    return made


def _finalize_value(value: Any) -> Any:
    """Whatever the template puts anywhere, in sentences and attributes: names in it turn nothing around them."""
    return isolate_rtl_names(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def format_sentence(said: str) -> Markup:
    """A sentence as markup: figures are kept on one line, what stands in backticks is set as a command."""
    return Markup("").join(_FORMS[kind].format(escape(piece)) for kind, piece in split_phrases(isolate_rtl_names(said)))


def format_breakable_name(said: str) -> Markup:
    """A name that may break where file names have a joint; a search finds it whole, since the place to break is no character."""
    parts = re.findall(r"[^_/\\]*[_/\\]+|[^_/\\]+", isolate_rtl_names(said))
    return Markup("<wbr>").join(parts)


def encode_data_uri(jpeg: bytes) -> str:
    """A picture as an address that holds the picture itself."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode('ascii')}"
