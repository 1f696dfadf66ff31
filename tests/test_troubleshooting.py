"""The page of typical mistakes quotes messages that the program has, and commands that it takes."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

CHECKOUT = Path(__file__).parent.parent
PAGE = (CHECKOUT / "docs" / "troubleshooting.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith(("| message begins", "|---"))
]
CATALOGUE = CHECKOUT / "resources" / "locale" / "de" / "LC_MESSAGES" / "fieldcheck.po"


@pytest.fixture(scope="module")
def messages():
    with CATALOGUE.open("rb") as file:
        return [str(message.id) for message in read_po(file) if isinstance(message.id, str)]


def test_there_are_twenty_eight_mistakes_each_once():
    assert len(ROWS) == 28
    assert len({row[0] for row in ROWS}) == 28
    assert {len(row) for row in ROWS} == {3}


@pytest.mark.parametrize("begins", [row[0] for row in ROWS])
def test_a_message_of_the_program_begins_so(messages, begins):
    assert [one for one in messages if one.startswith(begins)]


def test_a_message_that_the_program_does_not_have_would_be_noticed(messages):
    assert not [one for one in messages if one.startswith("Reformat the disk of {camera}")]


def test_every_message_says_why_and_what_helps_in_whole_sentences():
    assert all(re.search(r"[.)]$", row[1]) and re.search(r"[.`]$", row[2]) for row in ROWS)
