"""Blocks of a page: finished texts and drawings in reading order. A printer lays them out and adds
no word and no figure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from markupsafe import Markup

from fieldcheck.domain.report import GapChart


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One or more whole sentences; `quiet` ones are set smaller. `short`: what a sheet prints
    instead, where HTML has a longer list."""

    text: str
    quiet: bool = False
    short: str = ""


@dataclass(frozen=True, slots=True)
class ListLine:
    """A line of a list: a shape or a number before it, a name in bold, the rest."""

    mark: str
    name: str
    rest: str


@dataclass(frozen=True, slots=True)
class Lines:
    """A short list."""

    lines: tuple[ListLine, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names with what stands behind them."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell. `head` heads its row; `figure` is set to the right; `colours` are background
    and text; `sign` stands before it. `short`: what a sheet prints instead, where HTML has a longer
    list."""

    text: str
    head: bool = False
    figure: bool = False
    colours: tuple[str, str] | None = None
    drawing: Markup | None = None
    sign: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`turned` sets the heads of the columns upright, for many narrow columns. "slices" are
    "ranges" in half the width of a sheet."""

    caption: str
    heads: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    kind: Literal["plain", "ranges", "slices", "counts", "actions", "approval"] = "plain"
    turned: bool = False


@dataclass(frozen=True, slots=True)
class ImageBlock:
    """An image with its words.

    Attributes:
        jpeg: The file.
        lines: What the words are of, and the words, such as `("Prediction", "crack")`.
        frame_id: The frame that it shows; empty for any other image.
    """

    jpeg: bytes = field(repr=False)
    alt: str
    lines: tuple[tuple[str, str], ...]
    small: str
    frame_id: str = ""


@dataclass(frozen=True, slots=True)
class Gallery:
    """Pictures side by side."""

    pictures: tuple[ImageBlock, ...]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A key figure: its `name`, its `value` with the `range`, what stands `under` it line by line,
    and the `mark` and word of its limit."""

    name: str
    value: str
    range: str
    under: tuple[str, ...]
    mark: str
    word: str


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """Key figures side by side."""

    tiles: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True)
class FindingCard:
    """`mark` and `name`, then sentences, beside one picture where one may be shown."""

    mark: str
    name: str
    lines: tuple[str, ...]
    picture: ImageBlock | None


@dataclass(frozen=True, slots=True)
class FindingCards:
    """Findings side by side."""

    cards: tuple[FindingCard, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """A small chart under its title; the drawing says in words what it shows."""

    title: str
    drawing: Markup


@dataclass(frozen=True, slots=True)
class Panels:
    """Small charts side by side, and below them what their marks are; on a sheet in so many
    columns."""

    panels: tuple[Panel, ...]
    legend: str
    columns: int = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the section's own."""

    text: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Blocks beside each other on a sheet, the wider ones on the left; below each other in HTML."""

    left: tuple[Block, ...]
    right: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A line of its own that leads to the section of that anchor; `elsewhere`: what it says on
    paper that does not have the section."""

    text: str
    anchor: str
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class OptionalBlock:
    """Block that gives way to `instead`, or to nothing, on a sheet without room for it, the lowest
    `rank` first; HTML, without sheets, shows it always."""

    block: Block
    instead: LinkLine | None
    rank: int


Block: TypeAlias = (
    Paragraph
    | Lines
    | Pairs
    | Table
    | Gallery
    | Heading
    | KeyFigures
    | FindingCards
    | Panels
    | Columns
    | LinkLine
    | OptionalBlock
)


@dataclass(frozen=True, slots=True)
class Section:
    """`anchor` is the section's name in links; `short` its name in the list of sections."""

    anchor: str
    short: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ReasonLines:
    """One reason of the verdict: its shape, a few words, and the figures behind them."""

    sign: Markup
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class NarrowingCard:
    """What would narrow the interval: the `width` of today and what it is from; the `scale` of
    clips with what stands under its two marks, None where more clips are not the way; what to do,
    and what else is known."""

    title: str
    width: str
    source: str
    scale: Markup | None
    marks: tuple[str, str]
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class ResultCards:
    """The three cards below the chart, as on the result page of the window. `more` names reasons
    that are not here; of an error the lines are its label and its prediction."""

    titles: tuple[str, str]
    reasons: tuple[ReasonLines, ...]
    more: str
    errors: tuple[ImageBlock, ...]
    no_errors: str
    narrowing: NarrowingCard | None


@dataclass(frozen=True, slots=True)
class FirstPage:
    """The first page: the verdict in word and shape, the headline, what it rests on, the chart with
    its key (a shorter one where the sheet has little room), the three cards where the page has
    them, and the counts."""

    eyebrow: str
    about: tuple[str, ...]
    sign: Markup
    verdict: str
    headline: tuple[str, ...]
    under: tuple[str, ...]
    chart: GapChart | None
    key: str
    short_key: str
    cards: ResultCards | None
    counts: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """`contents` heads the list of links; `number` stands on a sheet, with `{page}` and `{pages}`.
    `evidence` is the second page; `sheets` are further ones, on paper alone; the sections are the
    appendix."""

    language: str
    title: str
    contents: str
    opening: FirstPage
    evidence: Section
    sections: tuple[Section, ...]
    foot: str
    number: str
    sheets: tuple[Section, ...] = ()
