"""The page as the typesetting program takes it: one JSON document, and the drawings and pictures as files beside it.

A stranger's text is a JSON value here and nothing else; it never becomes part of a template.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import singledispatchmethod
from typing import Any

from markupsafe import Markup

from fieldcheck.report import charts
from fieldcheck.report.blocks import (
    Cell,
    Columns,
    FindingCard,
    FindingCards,
    Gallery,
    Heading,
    KeyFigure,
    KeyFigures,
    Lines,
    LinkLine,
    Opening,
    Pairs,
    Panels,
    Paragraph,
    PictureBlock,
    ReportPage,
    Section,
    Spare,
    Table,
)
from fieldcheck.report.glyphs import breakable, printable, shortened
from fieldcheck.report.phrases import phrases

WIDE, NARROW, SLIM, PANEL = 729, 300, 113, 220
"""Pixels of a drawing as wide as the text, of one in a column of a table, of a table in half a sheet, and of a small chart; the template
shows each at 0.7 pt a pixel."""
_LINE, _CELL, _TIGHT = 64, 16, 10  # characters that a word may have before it is broken: in a line (a SHA-256 fits), a column, a narrow one
# Characters of a line of the header, of the foot, of a name beside a drawing, of one in half a sheet, of one in a table of counts.
_HEADER, _FOOT, _NAME, _SLICE, _TURNED = 180, 110, 60, 27, 28


@dataclass(frozen=True, slots=True)
class Handed:
    """`document` is what JSON knows; `files` are named in it."""

    document: dict[str, Any]
    files: dict[str, bytes]


def handed(page: ReportPage) -> Handed:
    """Everything that the template needs."""
    return _Hand().page(page)


class _Hand:
    """Turns blocks into JSON and collects the files that they name."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def page(self, page: ReportPage) -> Handed:
        document = {
            "language": page.language,
            "title": printable(page.title),
            "opening": self.opening(page.opening),
            "evidence": self.section(page.evidence),
            "contents": printable(page.contents),
            "sections": [self.section(section) for section in page.sections],
            "foot": breakable(shortened(printable(page.foot), _FOOT), _LINE),
            "number": printable(page.number),
        }
        return Handed(document, self.files)

    def opening(self, opening: Opening) -> dict[str, Any]:
        return {
            "eyebrow": _line(shortened(opening.eyebrow, _HEADER)),
            "about": [_line(shortened(line, _HEADER)) for line in opening.about],
            "because": _flowing(opening.because),
            "tiles": self.block(opening.tiles),
            "sign": self.drawing(opening.sign, 40),
            "verdict": printable(opening.verdict),
            "headline": [_flowing(line) for line in opening.headline],
            "under": [_flowing(line) for line in opening.under],
            "chart": None if opening.chart is None else self.drawing(charts.dumbbell(opening.chart), WIDE),
            "key": _flowing(opening.key),
            "counts": [_flowing(line) for line in opening.counts],
            "blocks": [self.block(block) for block in opening.blocks],
        }

    def section(self, section: Section) -> dict[str, Any]:
        return {"anchor": section.anchor, "title": printable(section.title), "blocks": [self.block(block) for block in section.blocks]}

    def drawing(self, drawing: Markup, width: int) -> dict[str, str]:
        svg, alt = charts.standing_alone(drawing, width)
        return {"file": self.put(svg.encode("utf-8"), "svg"), "alt": alt}

    def put(self, data: bytes, ending: str) -> str:
        name = f"{len(self.files) + 1}.{ending}"
        self.files[name] = data
        return name

    @singledispatchmethod
    def block(self, block: Any) -> dict[str, Any]:
        raise TypeError(f"no way to print a {type(block).__name__}")

    @block.register
    def _(self, block: Paragraph) -> dict[str, Any]:
        return {"kind": "paragraph", "text": _flowing(block.short or block.text), "quiet": block.quiet}

    @block.register
    def _(self, block: Heading) -> dict[str, Any]:
        return {"kind": "heading", "text": printable(block.text)}

    @block.register
    def _(self, block: Lines) -> dict[str, Any]:
        rows = [{"mark": printable(row.mark), "name": _line(row.name), "rest": _flowing(row.rest)} for row in block.lines]
        return {"kind": "lines", "rows": rows}

    @block.register
    def _(self, block: Pairs) -> dict[str, Any]:
        return {"kind": "pairs", "rows": [[breakable(printable(name), _CELL), _flowing(value)] for name, value in block.rows]}

    @block.register
    def _(self, block: Gallery) -> dict[str, Any]:
        return {"kind": "gallery", "pictures": [self.picture(picture) for picture in block.pictures]}

    @block.register
    def _(self, block: KeyFigures) -> dict[str, Any]:
        return {"kind": "tiles", "tiles": [self.tile(one) for one in block.tiles]}

    @block.register
    def _(self, block: FindingCards) -> dict[str, Any]:
        return {"kind": "findings", "cards": [self.card(one) for one in block.cards]}

    @block.register
    def _(self, block: Panels) -> dict[str, Any]:
        shown = [{"title": printable(one.title), "drawing": self.drawing(one.drawing, PANEL)} for one in block.panels]
        return {"kind": "panels", "columns": block.columns, "panels": shown, "said": _flowing(block.said)}

    @block.register
    def _(self, block: Columns) -> dict[str, Any]:
        sides = ([self.block(one) for one in side] for side in (block.left, block.right))
        return {"kind": "columns", "sides": list(sides)}

    @block.register
    def _(self, block: LinkLine) -> dict[str, Any]:
        return {"kind": "link", "text": printable(block.text), "anchor": block.anchor}

    @block.register
    def _(self, block: Spare) -> dict[str, Any]:
        return {"kind": "spare", "block": self.block(block.block), "instead": self.block(block.instead), "rank": block.rank}

    @block.register
    def _(self, block: Table) -> dict[str, Any]:
        found = {"ranges": (_CELL, _NAME), "slices": (_LINE, _SLICE), "counts": (_TIGHT, _TURNED)}
        longest, most = found.get(block.kind, (_CELL, None))
        width = SLIM if block.kind == "slices" else NARROW
        # A name in a table that must stand on one sheet is shortened; the page in HTML has it whole.
        return {
            "kind": block.kind,
            "caption": _line(block.caption),
            "turned": block.turned,
            "heads": [self.cell(replace(cell, head=True), longest, most, width) for cell in block.heads],
            "rows": [[self.cell(cell, longest, most, width) for cell in row] for row in block.rows],
        }

    def tile(self, tile: KeyFigure) -> dict[str, Any]:
        return {
            "name": printable(tile.name),
            "value": printable(tile.value),
            "range": printable(tile.range),
            "under": [_flowing(shortened(line, _FOOT), _CELL) for line in tile.under],
            "judged": printable(f"{tile.mark} {tile.word}".strip()),
        }

    def card(self, card: FindingCard) -> dict[str, Any]:
        return {
            "sign": printable(card.mark),
            "name": _below(card.name),
            "lines": [_flowing(line, _CELL) for line in card.lines],
            "picture": None if card.picture is None else self.picture(card.picture),
        }

    def picture(self, picture: PictureBlock) -> dict[str, Any]:
        return {
            "file": self.put(picture.jpeg, "jpg"),
            "alt": printable(picture.alt),
            "lines": [[_below(who), _below(what)] for who, what in picture.lines],
            "small": _below(picture.small),
        }

    def cell(self, cell: Cell, longest: int, most: int | None, width: int) -> dict[str, Any]:
        text = cell.short or cell.text
        text = text if most is None else shortened(text, most)
        # What heads a row or a column is a name: backticks and figures in it mean nothing.
        return {
            "text": [["plain", breakable(printable(text), longest)]] if cell.head else _flowing(text, longest),
            "head": cell.head,
            "figure": cell.figure,
            "colours": None if cell.colours is None else list(cell.colours),
            "drawing": None if cell.drawing is None else self.drawing(cell.drawing, width),
            "sign": printable(cell.sign),
        }


def _flowing(said: str, longest: int = _LINE) -> list[list[str]]:
    return [[kind, printable(piece) if kind == "kept" else breakable(printable(piece), longest)] for kind, piece in phrases(said)]


def _line(said: str) -> str:
    return breakable(printable(said), _LINE)


def _below(said: str) -> str:
    return breakable(shortened(printable(said), _NAME), _CELL)
