from html.parser import HTMLParser

from fieldcheck.ui.screens.help.presenter import (
    HelpHeading,
    HelpKeys,
    HelpLinks,
    HelpPage,
    HelpParagraph,
    HelpSteps,
    HelpTerms,
    build_style_sheet,
    render_html,
)
from fieldcheck.ui.theme import DARK, Metrics

BLOCKS = (
    HelpHeading("A & B"), HelpParagraph("below <1%"), HelpSteps(("first", "second")),
    HelpTerms((("Gap", "a difference"),)), HelpKeys((("Ctrl+<", "smaller"),)),
    HelpLinks((("numbers", "Understanding the results"),)),
)  # fmt: skip


def read(source):
    found = []
    parser = HTMLParser()
    parser.handle_data = found.append
    parser.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    parser.feed(source)
    return found


def test_every_word_of_a_page_is_shown_as_it_is():
    found = read(render_html(HelpPage("x", "Title", BLOCKS)))
    for said in (
        "Title",
        "A & B",
        "below <1%",
        "first",
        "second",
        "Gap",
        "a difference",
        "Ctrl+<",
        "smaller",
        "Understanding the results",
    ):
        assert said in found
    assert [part[0] for part in found if isinstance(part, tuple)].count("li") == 2


def test_links_lead_to_other_pages_only():
    links = [
        part[1]["href"]
        for part in read(render_html(HelpPage("x", "Title", BLOCKS)))
        if isinstance(part, tuple) and part[0] == "a"
    ]
    assert links == ["help:numbers"]


def test_the_style_follows_theme_and_size():
    assert f"color: {DARK.accent}" in build_style_sheet(DARK, Metrics())
    assert ".title { font-size: 30px" in build_style_sheet(DARK, Metrics(percent=150))
