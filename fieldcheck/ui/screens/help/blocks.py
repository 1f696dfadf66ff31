"""A page of help as plain blocks, and what a text browser shows of them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TypeAlias

from fieldcheck.ui.theme.tokens import CLASS_NAME, TITLE, Metrics, Tokens

SCHEME = "help:"


@dataclass(frozen=True, slots=True)
class HelpHeading:
    """The title of a part of the page."""

    text: str


@dataclass(frozen=True, slots=True)
class HelpParagraph:
    """One or more sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class HelpSteps:
    """Steps to take, in order."""

    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HelpTerms:
    """Words, and what each means."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HelpKeys:
    """Keys, and what each does."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HelpLinks:
    """Other pages by name, and their titles."""

    pages: tuple[tuple[str, str], ...]


Block: TypeAlias = HelpHeading | HelpParagraph | HelpSteps | HelpTerms | HelpKeys | HelpLinks


@dataclass(frozen=True, slots=True)
class HelpPage:
    """`name` is the screen that it is about, or its own."""

    name: str
    title: str
    blocks: tuple[Block, ...]


def render_html(page: HelpPage) -> str:
    """The page as rich text that a QTextBrowser knows; every word of it is escaped, and links lead to other pages only."""
    return f'<p class="title">{escape(page.title)}</p>' + "".join(_render_block(one) for one in page.blocks)


def build_style_sheet(tokens: Tokens, metrics: Metrics) -> str:
    """The style sheet of the pages, in the subset of CSS that rich text knows."""
    return (
        f"p {{ margin: 0 0 {metrics.scale_px(6)}px 0; }}"
        f".title {{ font-size: {metrics.scale_px(TITLE)}px; font-weight: 600; margin: 0 0 {metrics.scale_px(8)}px 0; }}"
        f".heading {{ font-size: {metrics.scale_px(CLASS_NAME)}px; font-weight: 600; margin: {metrics.scale_px(16)}px 0 "
        f"{metrics.scale_px(4)}px 0; }}"
        f"li {{ margin: 0 0 {metrics.scale_px(4)}px 0; }}"
        f"td {{ padding: {metrics.scale_px(3)}px {metrics.scale_px(16)}px {metrics.scale_px(3)}px 0; }}"
        f"a {{ color: {tokens.accent}; }}"
    )


def _render_block(block: Block) -> str:
    match block:
        case HelpHeading(said):
            return f'<p class="heading">{escape(said)}</p>'
        case HelpParagraph(said):
            return f"<p>{escape(said)}</p>"
        case HelpSteps(said):
            return "<ol>" + "".join(f"<li>{escape(one)}</li>" for one in said) + "</ol>"
        case HelpTerms(pairs):
            return "".join(f"<p><b>{escape(term)}</b><br>{escape(meaning)}</p>" for term, meaning in pairs)
        case HelpKeys(pairs):
            rows = (f"<tr><td><b>{escape(key)}</b></td><td>{escape(what)}</td></tr>" for key, what in pairs)
            return f"<table>{''.join(rows)}</table>"
        case HelpLinks(pages):
            return "<p>" + " · ".join(f'<a href="{SCHEME}{escape(name)}">{escape(title)}</a>' for name, title in pages) + "</p>"
