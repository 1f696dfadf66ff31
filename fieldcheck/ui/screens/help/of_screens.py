"""What each screen is for and what to do there: short enough to be read standing."""

from __future__ import annotations

from fieldcheck.ui.registered import spec_of
from fieldcheck.ui.screens.help.blocks import Block, HelpHeading, HelpParagraph, HelpSteps
from fieldcheck.words.language import text


def about(screen: str) -> tuple[Block, ...]:
    """The blocks of a screen's page, without its keys. Raises KeyError for a screen without a page."""
    told = spec_of(screen).help
    if told is None:
        raise KeyError(screen)
    page = told()
    read: tuple[Block, ...] = (HelpHeading(text("How to read it")), *(HelpParagraph(one) for one in page.numbers)) if page.numbers else ()
    return (HelpParagraph(page.purpose), HelpHeading(text("What to do")), HelpSteps(page.steps), *read)
