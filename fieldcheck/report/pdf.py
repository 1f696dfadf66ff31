"""The report on paper: which sections it has, and its pages as PDF and as images, typeset by
`resources/report/report.typ` from one JSON document.

The template is our own file; everything else reaches typst as `json()` and as files of a temporary
root, which is all that it can read.
"""

from __future__ import annotations

import json
import logging
import re
import tempfile
import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import singledispatchmethod
from pathlib import Path
from typing import Any

import typst
from markupsafe import Markup

from fieldcheck import paths
from fieldcheck.analyses import (
    acceptance,
    failures,
    names_and_numbers,
    score_charts,
    shared_classes,
)
from fieldcheck.analyses.blocks import (
    Block,
    Cell,
    Columns,
    FindingCard,
    FindingCards,
    FirstPage,
    Gallery,
    Heading,
    ImageBlock,
    KeyFigure,
    KeyFigures,
    Lines,
    LinkLine,
    NarrowingCard,
    OptionalBlock,
    Pairs,
    Panels,
    Paragraph,
    ReportPage,
    ResultCards,
    Section,
    Table,
)
from fieldcheck.analyses.confident_errors import build_image_blocks, build_mark_legend
from fieldcheck.analyses.report_data import Report
from fieldcheck.domain.estimate import FEW_FRAMES
from fieldcheck.domain.report import AcceptanceTerms
from fieldcheck.files import TEMPORARY, map_os_errors
from fieldcheck.i18n import language
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.progress import time_stage
from fieldcheck.report import background, verdict_and_checklist
from fieldcheck.report.findings import list_test_facts
from fieldcheck.report.html_page import build_evidence_page, build_page
from fieldcheck.report.key_figures import build_key_figures
from fieldcheck.report.print_text import (
    get_font_folder,
    insert_break_points,
    split_phrases,
    to_printable,
)
from fieldcheck.report.section import SECTIONS, get_report_form, list_unmeasured_names
from fieldcheck.safe_text import shorten_middle

MOST_SLICES, MOST_CLASSES, MOST_ERRORS = 12, 20, 12
DIGEST = re.compile(r"[0-9a-f]{64}")
CHECKLIST, METHOD = "ready", "made"  # keys of sections
WHERE, CLASSES = "where", "appendix"
ACCEPTANCE = "acceptance"  # anchor, and a sheet with the classes where something was entered


def build_paper(report: Report) -> ReportPage:
    """The pages that are printed, in the language that is set."""
    page = build_page(report)
    form = get_report_form(report)
    if form.one_page:
        figures = OptionalBlock(build_key_figures(report), None, rank=4)
        opening = replace(page.opening, blocks=(figures, *page.opening.blocks))
        evidence = replace(page.evidence, blocks=())
        return replace(page, opening=opening, evidence=evidence, sections=())
    if form.everything:
        sections = tuple(_drop_digests(section) for section in page.sections)
        return replace(page, sections=sections)
    built = [
        (WHERE, _build_where_sheet(report)),
        (METHOD, _build_method_sheet(report)),
        (CLASSES, _build_class_sheet(report)),
    ]
    agreed = acceptance.ANALYSIS.get_result(report)
    entered = agreed is not None and agreed.terms != AcceptanceTerms()
    accepted = tuple(
        section for section in page.sections if entered and section.anchor == ACCEPTANCE
    )
    if accepted:
        accepted = (_join_classes(accepted[0], dict(built), form.left_out),)
        built = [section for section in built if section[0] != CLASSES]
    notes = tuple(section for section in page.sections if section.anchor == "notes")
    return replace(
        page,
        evidence=build_evidence_page(report, with_checklist=False),
        sheets=(
            *accepted,
            *(section for key, section in built if key not in form.left_out and section.blocks),
        ),
        sections=notes if form.notes.strip() else (),
    )


def _join_classes(
    accepted: Section, built: Mapping[str, Section], left_out: Collection[str]
) -> Section:
    """The acceptance with the classes below it, so that five sheets stay five; the tables of
    classes give way where there is no room, the last first."""
    classes = built[CLASSES]
    if CLASSES in left_out or not classes.blocks:
        return accepted
    where = LinkLine(tr("All classes: in report.html."), ACCEPTANCE)
    most = len(classes.blocks)
    below = tuple(
        OptionalBlock(block, where, rank=most - index)
        for index, block in enumerate(classes.blocks, 1)
    )
    return replace(accepted, blocks=(*accepted.blocks, Heading(classes.title), *below))


def _drop_digests(section: Section) -> Section:
    """The section without rows that are a SHA-256: those stand in SHA256SUMS and on the pack."""
    return replace(section, blocks=tuple(_drop_digest_rows(block) for block in section.blocks))


def _drop_digest_rows(block: Block) -> Block:
    if not isinstance(block, Pairs):
        return block
    return Pairs(tuple(row for row in block.rows if DIGEST.fullmatch(row[1]) is None))


def _build_where_sheet(report: Report) -> Section:
    """Slices, the worst first, and the most confident errors."""
    title = tr("Slices and errors")
    rows = sorted(
        (row for row in failures.get_failures(report).slices or () if row.n >= FEW_FRAMES),
        key=lambda row: row.estimate.value,
    )
    shown = [
        (
            failures.SIGNS[row.flag],
            f"{names_and_numbers.get_slice_value_name(row.key, row.value, report.clip_names)} "
            f"({names_and_numbers.get_slice_kind_name(row.key)})",
            row.estimate,
        )
        for row in rows[:MOST_SLICES]
        if row.estimate.value < 1
    ]
    blocks: list[Block] = []
    if rows and not shown:
        blocks.append(Paragraph(tr("No slice with ten labelled frames or more has an error.")))
    if shown:
        caption = names_and_numbers.get_metric_name(report.own_metric)
        scores = failures.build_score_rows(shown, report.field.footage)
        blocks += [
            score_charts.build_score_table(caption, scores),
            Paragraph(_describe_slices(len(rows) - len(shown)), quiet=True),
        ]
    if errors := build_image_blocks(report, MOST_ERRORS):
        instead = LinkLine(tr("Most confident errors: in report.html."), "worst")
        gallery: list[Block] = [
            Heading(tr("Most confident errors, one per burst")),
            *build_mark_legend(report),
            OptionalBlock(Gallery(errors[:8]), instead, rank=0),
        ]
        blocks += gallery
    return Section(WHERE, title, title, tuple(blocks))


def _describe_slices(more: int) -> str:
    sentence = tr("95% CI for this footage. Dashed: all frames. Association, not cause.")
    if not more:
        return sentence
    others = tr_plural("{n} more slice in report.html.", "{n} more slices in report.html.", more)
    return f"{sentence} {others.format(n=more)}"


def _build_method_sheet(report: Report) -> Section:
    """How it was measured, the checklist, and what was not measured."""
    title = tr("Method and checklist")
    scope = tr("Test scope: in report.html under “Provenance”.")
    blocks: list[Block] = [
        OptionalBlock(Pairs(list_test_facts(visit)), LinkLine(scope, METHOD), rank=0)
        for visit in report.visits
    ]
    blocks.append(Pairs(background.list_sampling_rows(report)))
    if CHECKLIST not in get_report_form(report).left_out:
        blocks += _list_checklist_tables(report)
    if names := list_unmeasured_names(report, SECTIONS):
        blocks.append(Paragraph(tr("Not measured: {names}.", names=", ".join(names))))
    blocks.append(
        Paragraph(
            tr(
                "report.html has every section, summary.json every value; SHA256SUMS.txt lists the "
                "SHA-256 of every file."
            ),
            quiet=True,
        )
    )
    return Section("checklist", title, title, tuple(blocks))


def _list_checklist_tables(report: Report) -> Iterator[Table]:
    """One table of all phases, without how to measure what is open: that stands in HTML."""
    heads = (Cell(tr("Requirement"), head=True), Cell(tr("Status")), Cell(tr("Value"), figure=True))
    rows: list[tuple[Cell, ...]] = []
    for phase in verdict_and_checklist.PHASES:
        phase_rows = verdict_and_checklist.get_phase_rows(report, phase)
        if phase_rows:
            rows.append(
                (
                    Cell(f"{verdict_and_checklist.get_phase_name(phase)}:", head=True),
                    Cell(""),
                    Cell(""),
                )
            )
        rows += [
            (
                Cell(verdict_and_checklist.RULES[row.rule].demand(), head=True),
                Cell(" ".join(names_and_numbers.get_check_state_label(row.state))),
                Cell(verdict_and_checklist.format_check_figure(row), figure=True),
            )
            for row in phase_rows
        ]
    if rows:
        yield Table(tr("Checklist"), heads, tuple(rows))


def _build_class_sheet(report: Report) -> Section:
    """Every class, the weakest first where they are many, on both sides of the gap."""
    title = tr("All classes")
    blocks: list[Block] = [*background.list_class_tables(report, MOST_CLASSES)]
    blocks += [_keep_rows(block) for block in shared_classes.build_class_side_blocks(report)]
    return Section(CLASSES, title, title, tuple(blocks))


def _keep_rows(block: Block) -> Block:
    return replace(block, rows=block.rows[:MOST_CLASSES]) if isinstance(block, Table) else block


# The page as the typesetting program takes it: one JSON document, and the drawings and pictures as
# files beside it.

WIDE, NARROW, SLIM, PANEL = 729, 300, 113, 220
"""Pixels of a drawing as wide as the text, of one in a column of a table, of a table in half a
sheet, and of a small chart; the template shows each at 0.7 pt a pixel."""
# characters that a word may have before it is broken: in a line (a SHA-256 fits), a column, a
# narrow one
_LINE, _CELL, _TIGHT = 64, 16, 10
# Characters of a line of the header, of the foot, of a name beside a drawing, of one in half a
# sheet, of one in a table of counts.
_HEADER, _FOOT, _NAME, _SLICE, _TURNED = 180, 110, 60, 27, 28


@dataclass(frozen=True, slots=True)
class TypstInput:
    """`document` is what JSON knows; `files` are named in it."""

    document: dict[str, Any]
    files: dict[str, bytes]


def build_typst_input(page: ReportPage) -> TypstInput:
    """Everything that the template needs."""
    return _BlockSerializer().to_input(page)


class _BlockSerializer:
    """Turns blocks into JSON and collects the files that they name."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._anchors: frozenset[str] = frozenset()

    def to_input(self, page: ReportPage) -> TypstInput:
        self._anchors = frozenset(section.anchor for section in (*page.sheets, *page.sections))
        document = {
            "language": page.language,
            "title": to_printable(page.title),
            "opening": self.serialize_first_page(page.opening),
            "evidence": self.serialize_section(page.evidence),
            "contents": to_printable(page.contents),
            "sheets": [self.serialize_section(section) for section in page.sheets],
            "sections": [self.serialize_section(section) for section in page.sections],
            "foot": insert_break_points(shorten_middle(to_printable(page.foot), _FOOT), _LINE),
            "number": to_printable(page.number),
        }
        return TypstInput(document, self.files)

    def serialize_first_page(self, opening: FirstPage) -> dict[str, Any]:
        assert opening.cards is not None, "a page that is printed has its cards"
        return {
            "eyebrow": _to_line(shorten_middle(opening.eyebrow, _HEADER)),
            "about": [_to_line(shorten_middle(line, _HEADER)) for line in opening.about],
            "sign": self.add_drawing(opening.sign, 40),
            "verdict": to_printable(opening.verdict),
            "headline": [_split_sentence(line) for line in opening.headline],
            "under": [_split_sentence(line) for line in opening.under],
            "chart": None
            if opening.chart is None
            else self.add_drawing(score_charts.draw_gap_chart(opening.chart), WIDE),
            "key": _split_sentence(opening.key),
            "short_key": _split_sentence(opening.short_key),
            "cards": self.serialize_cards(opening.cards),
            "counts": [_split_sentence(line) for line in opening.counts],
            "blocks": [self.serialize_block(block) for block in opening.blocks],
        }

    def serialize_cards(self, cards: ResultCards) -> dict[str, Any]:
        narrowing = cards.narrowing
        return {
            "titles": [to_printable(title) for title in cards.titles],
            "reasons": [
                {
                    "sign": self.add_drawing(reason.sign, 40),
                    "title": _to_line(reason.title),
                    "text": _split_sentence(reason.text, _CELL),
                }
                for reason in cards.reasons
            ],
            "more": to_printable(cards.more),
            "errors": [self.serialize_image(error) for error in cards.errors],
            "no_errors": _split_sentence(cards.no_errors),
            "narrowing": None if narrowing is None else self.serialize_narrowing(narrowing),
        }

    def serialize_narrowing(self, card: NarrowingCard) -> dict[str, Any]:
        return {
            "title": to_printable(card.title),
            "width": to_printable(card.width),
            "source": to_printable(card.source),
            "scale": None if card.scale is None else self.add_drawing(card.scale, NARROW),
            "marks": [to_printable(mark) for mark in card.marks],
            "text": _split_sentence(card.text),
            "note": _split_sentence(card.note),
        }

    def serialize_section(self, section: Section) -> dict[str, Any]:
        return {
            "anchor": section.anchor,
            "title": to_printable(section.title),
            "blocks": [self.serialize_block(block) for block in section.blocks],
        }

    def add_drawing(self, drawing: Markup, width: int) -> dict[str, str]:
        svg, alt = score_charts.to_standalone_svg(drawing, width)
        return {"file": self.add_file(svg.encode("utf-8"), "svg"), "alt": alt}

    def add_file(self, data: bytes, ending: str) -> str:
        name = f"{len(self.files) + 1}.{ending}"
        self.files[name] = data
        return name

    @singledispatchmethod
    def serialize_block(self, block: Any) -> dict[str, Any]:
        raise TypeError(f"no way to print a {type(block).__name__}")

    @serialize_block.register
    def _(self, block: Paragraph) -> dict[str, Any]:
        return {
            "kind": "paragraph",
            "text": _split_sentence(block.short or block.text),
            "quiet": block.quiet,
        }

    @serialize_block.register
    def _(self, block: Heading) -> dict[str, Any]:
        return {"kind": "heading", "text": to_printable(block.text)}

    @serialize_block.register
    def _(self, block: Lines) -> dict[str, Any]:
        rows = [
            {
                "mark": to_printable(row.mark),
                "name": _to_line(row.name),
                "rest": _split_sentence(row.rest),
            }
            for row in block.lines
        ]
        return {"kind": "lines", "rows": rows}

    @serialize_block.register
    def _(self, block: Pairs) -> dict[str, Any]:
        return {
            "kind": "pairs",
            "rows": [
                [insert_break_points(to_printable(name), _CELL), _split_sentence(value)]
                for name, value in block.rows
            ],
        }

    @serialize_block.register
    def _(self, block: Gallery) -> dict[str, Any]:
        return {
            "kind": "gallery",
            "pictures": [self.serialize_image(picture) for picture in block.pictures],
        }

    @serialize_block.register
    def _(self, block: KeyFigures) -> dict[str, Any]:
        return {"kind": "tiles", "tiles": [self.serialize_key_figure(tile) for tile in block.tiles]}

    @serialize_block.register
    def _(self, block: FindingCards) -> dict[str, Any]:
        return {"kind": "findings", "cards": [self.serialize_card(card) for card in block.cards]}

    @serialize_block.register
    def _(self, block: Panels) -> dict[str, Any]:
        shown = [
            {"title": to_printable(panel.title), "drawing": self.add_drawing(panel.drawing, PANEL)}
            for panel in block.panels
        ]
        return {
            "kind": "panels",
            "columns": block.columns,
            "panels": shown,
            "said": _split_sentence(block.legend),
        }

    @serialize_block.register
    def _(self, block: Columns) -> dict[str, Any]:
        sides = (
            [self.serialize_block(item) for item in side] for side in (block.left, block.right)
        )
        return {"kind": "columns", "sides": list(sides)}

    @serialize_block.register
    def _(self, block: LinkLine) -> dict[str, Any]:
        if block.anchor not in self._anchors:
            sentence = _split_sentence(block.elsewhere or block.text)
            return {"kind": "paragraph", "text": sentence, "quiet": True}
        return {"kind": "link", "text": to_printable(block.text), "anchor": block.anchor}

    @serialize_block.register
    def _(self, block: OptionalBlock) -> dict[str, Any]:
        return {
            "kind": "spare",
            "block": self.serialize_block(block.block),
            "instead": None if block.instead is None else self.serialize_block(block.instead),
            "rank": block.rank,
        }

    @serialize_block.register
    def _(self, block: Table) -> dict[str, Any]:
        styles = {"ranges": (_CELL, _NAME), "slices": (_LINE, _SLICE), "counts": (_TIGHT, _TURNED)}
        longest, most = styles.get(block.kind, (_CELL, None))
        width = SLIM if block.kind == "slices" else NARROW
        # A name in a table that must stand on one sheet is shortened; the page in HTML has it
        # whole.
        return {
            "kind": block.kind,
            "caption": _to_line(block.caption),
            "turned": block.turned,
            "heads": [
                self.serialize_cell(replace(cell, head=True), longest, most, width)
                for cell in block.heads
            ],
            "rows": [
                [self.serialize_cell(cell, longest, most, width) for cell in row]
                for row in block.rows
            ],
        }

    def serialize_key_figure(self, tile: KeyFigure) -> dict[str, Any]:
        return {
            "name": to_printable(tile.name),
            "value": to_printable(tile.value),
            "range": to_printable(tile.range),
            "under": [_split_sentence(shorten_middle(line, _FOOT), _CELL) for line in tile.under],
            "judged": to_printable(f"{tile.mark} {tile.word}".strip()),
        }

    def serialize_card(self, card: FindingCard) -> dict[str, Any]:
        return {
            "sign": to_printable(card.mark),
            "name": _format_caption(card.name),
            "lines": [_split_sentence(line, _CELL) for line in card.lines],
            "picture": None if card.picture is None else self.serialize_image(card.picture),
        }

    def serialize_image(self, picture: ImageBlock) -> dict[str, Any]:
        return {
            "file": self.add_file(picture.jpeg, "jpg"),
            "alt": to_printable(picture.alt),
            "lines": [
                [_format_caption(source), _format_caption(answer)]
                for source, answer in picture.lines
            ],
            "small": _format_caption(picture.small),
        }

    def serialize_cell(
        self, cell: Cell, longest: int, most: int | None, width: int
    ) -> dict[str, Any]:
        text = cell.short or cell.text
        text = text if most is None else shorten_middle(text, most)
        # What heads a row or a column is a name: backticks and figures in it mean nothing.
        return {
            "text": [["plain", insert_break_points(to_printable(text), longest)]]
            if cell.head
            else _split_sentence(text, longest),
            "head": cell.head,
            "figure": cell.figure,
            "colours": None if cell.colours is None else list(cell.colours),
            "drawing": None if cell.drawing is None else self.add_drawing(cell.drawing, width),
            "sign": to_printable(cell.sign),
        }


def _split_sentence(text: str, longest: int = _LINE) -> list[list[str]]:
    return [
        [
            kind,
            to_printable(piece)
            if kind == "kept"
            else insert_break_points(to_printable(piece), longest),
        ]
        for kind, piece in split_phrases(text)
    ]


def _to_line(text: str) -> str:
    return insert_break_points(to_printable(text), _LINE)


def _format_caption(text: str) -> str:
    return insert_break_points(shorten_middle(to_printable(text), _NAME), _CELL)


_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pdf:
    """`tagged`: structure and alternative texts are in the file, as PDF/UA-1 asks for."""

    data: bytes = field(repr=False)
    tagged: bool


def render_pdf(report: Report) -> Pdf:
    """The report as PDF/UA-1, or untagged where typst finds something that this standard forbids.
    The same report gives the same bytes.

    Raises DiskFull, ReadOnlyPlace for the temporary folder.
    """
    with time_stage("render_pdf"), _write_template_folder(report) as template:
        stamp = int(datetime.fromisoformat(report.created).timestamp())
        try:
            return Pdf(
                _compile_template(template, format="pdf", pdf_standards=["ua-1"], timestamp=stamp)[
                    0
                ],
                tagged=True,
            )
        except typst.TypstError as error:
            _log.warning("the PDF is printed without tags: %s", error.diagnostic)
        return Pdf(
            _compile_template(template, format="pdf", pdf_tags=False, timestamp=stamp)[0],
            tagged=False,
        )


def render_page_images(report: Report, ppi: float) -> tuple[bytes, ...]:
    """Every page as a PNG, white ground, at `ppi` pixels an inch: A4 at 96 is 794 x 1123. Raises as
    `render_pdf`."""
    with _write_template_folder(report) as template:
        return _compile_template(template, format="png", ppi=ppi)


@contextmanager
def _write_template_folder(report: Report) -> Iterator[Path]:
    """A folder with the template and all that it reads; gives the template's path."""
    with language.use_language(report.language):
        template_input = build_typst_input(build_paper(report))
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as folder:
        root = Path(folder)
        with map_os_errors(root):
            (root / "page.json").write_text(json.dumps(template_input.document), encoding="ascii")
            (root / "report.typ").write_bytes(
                paths.get_resource_path("report/report.typ").read_bytes()
            )
            for name, data in template_input.files.items():
                (root / name).write_bytes(data)
        yield root / "report.typ"


def _compile_template(template: Path, **wanted: Any) -> tuple[bytes, ...]:
    """What typst makes of the template: one PDF, or one picture a page. Only the shipped fonts
    exist for it."""
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[get_font_folder()]
    )
    output, facts = typst.compile_with_warnings(
        template, root=template.parent, font_paths=fonts, ignore_system_fonts=True, **wanted
    )
    for warning in facts:
        warnings.warn(warning, stacklevel=2)
    return tuple(output) if isinstance(output, list) else (output,)
