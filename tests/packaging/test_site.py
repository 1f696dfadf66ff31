"""The documentation site: every page is in its contents, and it is built without a warning."""

import re
from pathlib import Path

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
def test_the_site_is_built_without_a_warning_and_finds_words(tmp_path):
    ran = run_program(["bash", "packaging/site.sh"], cwd=CHECKOUT)
    assert (ran.returncode, ran.stderr) == (0, "")
    words = (CHECKOUT / "build" / "site" / "searchindex.js").read_text("utf-8")
    assert all(word in words for word in ("interv", "overlap", "troubleshoot", "pack"))
