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
from fieldcheck.report.page import assemble
from fieldcheck.report.phrases import Kind, phrases
from fieldcheck.report.report import Report
from fieldcheck.words import language
from fieldcheck.words.direction import isolated

TONES = "/* tones of the cells */"
_FORMS: dict[Kind, Markup] = {
    "plain": Markup("{}"),
    "kept": Markup('<span class="kept">{}</span>'),
    "code": Markup("<code>{}</code>"),
}


def page(report: Report) -> str:
    """The whole page in the report's language."""
    folder = resources.path("report")
    style = Markup((folder / "report.css").read_text(encoding="utf-8"))
    with language.spoken(report.language):
        tones = _Tones()
        shown = _room(folder).get_template("report.html.jinja").render(page=assemble(report), style=style + TONES, toned=tones.name)
    return shown.replace(TONES, tones.rules(), 1)


class _Tones:
    """Colours of cells as classes of the style sheet, since a style on an element is no valid style of a page."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], str] = {}

    def name(self, colours: tuple[str, str]) -> str:
        """Class of a cell with this background and this text colour."""
        return self._seen.setdefault(colours, f"tone{len(self._seen)}")

    def rules(self) -> str:
        """Rules of every class that was named."""
        return "\n".join(f"td.{name} {{ background: {ground}; color: {ink}; }}" for (ground, ink), name in self._seen.items())


@lru_cache(maxsize=1)
def _room(folder: Path) -> jinja2.Environment:
    """Where the template is compiled: once in a process, since that takes a sixth of a small report. Only files of our own are templates;
    every text that reaches them is escaped."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=_finished,
    )  # fmt: skip
    made.filters["dumbbell"] = charts.dumbbell
    made.filters["flowing"] = flowing
    made.filters["inline"] = inline
    made.filters["name"] = name
    return made


def _finished(value: Any) -> Any:
    """Whatever the template puts anywhere, in sentences and attributes: names in it turn nothing around them."""
    return isolated(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def flowing(said: str) -> Markup:
    """A sentence as markup: figures are kept on one line, what stands in backticks is set as a command."""
    return Markup("").join(_FORMS[kind].format(escape(piece)) for kind, piece in phrases(isolated(said)))


def name(said: str) -> Markup:
    """A name that may break where file names have a joint; a search finds it whole, since the place to break is no character."""
    parts = re.findall(r"[^_/\\]*[_/\\]+|[^_/\\]+", isolated(said))
    return Markup("<wbr>").join(parts)


def inline(jpeg: bytes) -> str:
    """A picture as an address that holds the picture itself."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode('ascii')}"
