"""The documentation site: every page is in its contents, and it is built without a warning."""

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest

from tests.programs import run_program

CHECKOUT = Path(__file__).parents[2]
DOCS = CHECKOUT / "docs"


def test_every_page_stands_in_the_contents_once():
    index = (DOCS / "index.md").read_text("utf-8")
    named = [
        line
        for block in re.findall(r"```\{toctree\}\n(.*?)```", index, re.DOTALL)
        for line in block.splitlines()
        if line and not line.startswith(":")
    ]
    pages = [path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md")]
    assert sorted([*named, "index"]) == sorted(pages)


@pytest.mark.skipif(
    not (CHECKOUT / ".site" / "stamp").exists(), reason="`bash packaging/site.sh` makes Sphinx"
)
def test_the_site_is_built_without_a_warning_and_finds_words_and_every_link_leads_somewhere():
    ran = run_program(["bash", "packaging/site.sh"], cwd=CHECKOUT)
    assert (ran.returncode, ran.stderr) == (0, "")
    site = CHECKOUT / "build" / "site"
    assert [word for word in WORDS if not find_pages(site, word)] == []
    assert list(list_broken_links(site)) == []


WORDS = (
    *("gap", "interval", "verdict", "benchmark", "clip", "blind", "overlap", "corruption"),
    *("severity", "calibration", "abstain", "gate", "golden", "monitor", "drift", "shift"),
    *("latency", "throttling", "pack", "seal", "undo", "camera", "exposure", "glare"),
    *("model card", "letterbox", "escape rate", "label noise", "troubleshooting", "installer"),
)
"""What people look for, as they would type it."""


def find_pages(site, typed):
    """Pages on which every typed word stands, by the index that the search page reads offline."""
    text = (site / "searchindex.js").read_text("utf-8")
    index = json.loads(text[text.index("{") : text.rindex("}") + 1])
    stem = "from sphinx.search.en import SearchEnglish; import sys; "
    stem += "print(*map(SearchEnglish({}).stem, sys.argv[1:]))"
    python = CHECKOUT / ".site" / "env" / "bin" / "python"
    stems = run_program([python, "-c", stem, *typed.split()]).stdout.split()
    pages = [
        set(np.atleast_1d(index[where].get(word, [])).tolist())
        for word in stems
        for where in ("terms",)
    ]
    return set.intersection(*pages) if stems else set()


def list_broken_links(site):
    """Page and target of every link, picture and script within the site that leads nowhere."""
    pages = {path: path.read_text("utf-8") for path in site.rglob("*.html")}
    anchors = {path: set(re.findall(r'\bid="([^"]+)"', text)) for path, text in pages.items()}
    for path, text in pages.items():
        for target in set(re.findall(r'(?:href|src)="([^"]+)"', text)):
            address, _, anchor = unescape(target).partition("#")
            if re.match(r"[a-z]+:|//", address):
                continue
            aim = (path.parent / unquote(address.partition("?")[0])).resolve() if address else path
            if not aim.exists() or (anchor and aim in anchors and anchor not in anchors[aim]):
                yield path.relative_to(site).as_posix(), target
