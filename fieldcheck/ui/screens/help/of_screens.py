"""What each screen is for and what to do there: short enough to be read standing."""

from __future__ import annotations

from fieldcheck.ui.registered import spec_of
from fieldcheck.ui.screens.help.blocks import Block, Heading, Paragraph, Steps
from fieldcheck.words.language import text


def about(screen: str) -> tuple[Block, ...]:
    """The blocks of a screen's page, without its keys. Raises KeyError for a screen without a page."""
    told = spec_of(screen).help
    if told is None:
        raise KeyError(screen)
    page = told()
    read: tuple[Block, ...] = (Heading(text("How to read it")), *(Paragraph(one) for one in page.numbers)) if page.numbers else ()
    return (Paragraph(page.purpose), Heading(text("What to do")), Steps(page.steps), *read)
