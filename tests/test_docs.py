"""The pages of docs/ are the truth that the code cites: every cited section exists, every page that
is linked to is there."""

import ast
import json
import re
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from fieldcheck.corruptions.messages import get_corruption_name
from fieldcheck.i18n.language import use_language
from tests.source import nodes

CHECKOUT = Path(__file__).parent.parent
DOCS = CHECKOUT / "docs"
PYPROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
PAGES = sorted(
    [
        *DOCS.glob("*.md"),
        *(DOCS / "history").glob("*.md"),
        *DOCS.glob("howto/*.md"),
        *DOCS.glob("tutorials/*.md"),
    ]
)
CITED = ("methods", "ux", "interfaces", "architecture")
CITATION = re.compile(rf"\b({'|'.join(CITED)})(?:\.md)?,? ?§? ?(\d+(?:\.\d+)?[a-z]?)\b")
SOURCES = [
    file
    for room in ("fieldcheck", "tests", "benchmarks", "sample", "packaging")
    for file in sorted((CHECKOUT / room).rglob("*.py"))
]
MODULE_NAME = re.compile(r"`([a-z_]+(?:/[a-z_]+)*\.py)`(?: `([A-Za-z_]+)`)?")
LINK = re.compile(r"\[[^\]]*\]\(([^)#]+?)(#[^)]*)?\)")


@cache
def sections(page: str) -> frozenset[str]:
    """The numbers in front of a page's headings: `### 2.4b Cutting recordings` has "2.4b"."""
    text = (DOCS / f"{page}.md").read_text("utf-8")
    return frozenset(re.findall(r"^#+ (\d+(?:\.\d+)?[a-z]?)[. ]", text, re.MULTILINE))


def citations(file: Path) -> list[tuple[str, str]]:
    """Page and section of everything a module cites in its docstrings, comments and sentences."""
    text = file.read_text("utf-8") if file != Path(__file__) else ""
    return [(found[1], found[2]) for found in CITATION.finditer(text)]


@pytest.mark.long
def test_every_section_that_the_code_cites_is_on_its_page():
    lost = [
        f"{file.relative_to(CHECKOUT)}: {page} {section}"
        for file in SOURCES
        for page, section in citations(file)
        if section not in sections(page)
    ]
    assert lost == []


def test_there_is_something_to_cite():
    assert sum(len(citations(file)) for file in SOURCES) > 100


@pytest.mark.parametrize("page", [path.relative_to(DOCS).as_posix() for path in PAGES])
def test_what_a_page_links_to_is_there(page):
    path = DOCS / page
    targets = [target for target, _ in LINK.findall(path.read_text("utf-8")) if "://" not in target]
    assert [target for target in targets if not (path.parent / target).exists()] == []


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "changelog.d/README.md",
        "SECURITY.md",
        "CODE_OF_CONDUCT.md",
    ],
)
def test_what_the_pages_of_the_checkout_link_to_is_there(page):
    links = LINK.findall((CHECKOUT / page).read_text("utf-8"))
    targets = [target for target, _ in links if "://" not in target]
    assert [target for target in targets if not ((CHECKOUT / page).parent / target).exists()] == []


def test_the_changelog_begins_with_this_version_and_has_one_line_an_entry():
    """Grouped by what people do, no longer by kinds of fragments, no group empty."""
    newest = (CHECKOUT / "CHANGELOG.md").read_text("utf-8").split("\n## ")[1]
    version, *lines = [line for line in newest.splitlines() if line]
    groups = [line for line in lines if line.startswith("### ")]
    kinds = [f"### {kind['name']}" for kind in PYPROJECT["tool"]["towncrier"]["type"]]
    assert version == PYPROJECT["project"]["version"]
    assert groups
    assert set(groups).isdisjoint(kinds)
    entries = lines[lines.index(groups[0]) :]
    assert [line for line in entries if not line.startswith(("- ", "### "))] == []
    assert [two for two in pairwise([*entries, "### "]) if two[0][0] == two[1][0] == "#"] == []
    assert len(set(lines)) == len(lines)


def test_a_fragment_of_the_changelog_is_one_line_of_a_known_kind():
    """`towncrier` passes over a file whose kind it does not know."""
    kinds = "|".join(kind["directory"] for kind in PYPROJECT["tool"]["towncrier"]["type"])
    files = (CHECKOUT / "changelog.d").iterdir()
    fragments = sorted(path for path in files if path.name != "README.md")
    assert [
        path.name
        for path in fragments
        if not re.fullmatch(rf"[a-z0-9-]+\.({kinds})\.md", path.name)
    ] == []
    assert [path.name for path in fragments if len(path.read_text("utf-8").splitlines()) != 1] == []


@pytest.mark.long
@pytest.mark.parametrize("page", ["methods", "architecture", "decisions", "words-and-files"])
def test_modules_that_the_pages_name_are_there(page):
    """`stats/wilson_interval.py` in the methods is a file of fieldcheck/ that defines what
    follows."""
    text = (DOCS / f"{page}.md").read_text("utf-8")
    named = [
        found
        for found in re.findall(MODULE_NAME, text)
        if not found[0].startswith(("tests/", "packaging/", "fieldcheck/"))
    ]
    assert named
    lost = []
    for name, function in named:
        file = next((CHECKOUT / "fieldcheck").glob(name), None) or next(
            (CHECKOUT / "fieldcheck").rglob(Path(name).name), None
        )
        if file is None or (function and function not in defined(file)):
            lost.append((name, function))
    assert lost == []


def test_the_word_that_a_stranger_would_type_is_in_the_path_of_its_file():
    rows = re.findall(
        r"^\| (.+) \| `(.+)` \|$", (DOCS / "words-and-files.md").read_text("utf-8"), re.M
    )
    assert len(rows) > 30
    assert [
        (words, path)
        for words, path in rows
        if not (CHECKOUT / "fieldcheck" / path).is_file()
        or not any(is_in_path(word, path) for word in words.split(", "))
    ] == []


def is_in_path(looked_for: str, path: str) -> bool:
    """Whether all of its words are in a path, whatever stands between them: "near-duplicate" in
    `near_duplicates.py`."""
    return all(word in path for word in re.findall(r"[a-z0-9]+", looked_for.lower()))


@cache
def defined(file: Path) -> frozenset[str]:
    return frozenset(
        node.name for node in nodes(file) if isinstance(node, ast.FunctionDef | ast.ClassDef)
    )


def test_the_tree_of_the_architecture_names_every_room():
    text = (DOCS / "architecture.md").read_text("utf-8")
    rooms = [path.parent.name for path in (CHECKOUT / "fieldcheck").glob("*/__init__.py")]
    assert len(rooms) > 15
    assert [room for room in rooms if f"\n  {room}/" not in text] == []


def test_the_architecture_draws_the_layers_of_the_contract():
    """From top to bottom as `pyproject.toml` has them; of the modules beside the rooms those alone
    that have a layer of their own."""
    drawn = (DOCS / "architecture.md").read_text("utf-8").split("## 2. Layers")[1].split("```")[1]
    words = [set(re.findall(r"\w+", line.split("#")[0])) for line in drawn.splitlines()[1:]]
    line_of = {word: at for at, line in enumerate(words) for word in line}
    contract = PYPROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    layers = [re.findall(r"\w+", layer) for layer in contract]
    layers[-1] = [module for module in layers[-1] if (CHECKOUT / "fieldcheck" / module).is_dir()]
    assert set(line_of) == {module for layer in layers for module in layer}
    places = [[line_of[module] for module in layer] for layer in layers]
    actual = [max(above) < min(below) for above, below in pairwise(places)]
    assert actual == [True] * (len(places) - 1)


@pytest.mark.parametrize("lang", ["en", "de"])
def test_the_glossary_names_corruptions_as_the_screen_does(lang):
    lines = (DOCS / "glossary.md").read_text("utf-8").splitlines()
    rows = [line.replace("**", "").split("|")[1:3] for line in lines if line.startswith("|")]
    told = {english.strip().casefold(): german.strip().casefold() for english, german in rows}
    names = (
        "gauss_noise", "shot_noise", "motion", "bright", "low_contrast", "colour_cast", "downscale",
        "dust",
    )  # fmt: skip
    with use_language("en"):
        keys = [get_corruption_name(name).casefold() for name in names]
    with use_language(lang):
        shown = [get_corruption_name(name).casefold() for name in names]
    assert shown == (
        [told[key] for key in keys] if lang == "de" else [key for key in keys if key in told]
    )


def test_the_readme_begins_with_result_claim_and_three_commands():
    """What somebody sees who gives it half a minute: one sentence, a picture of a result, one
    measured claim with its figures, how to begin, and what it is not."""
    lines = (CHECKOUT / "README.md").read_text("utf-8").splitlines()[:25]
    text = "\n".join(lines)
    first = next(line for line in lines if line and not line.startswith("#"))
    assert first.count(". ") == 0
    assert "](docs/pictures/" in text
    figures = json.loads((DOCS / "evidence" / "coverage.json").read_text("utf-8"))["figures"]
    told = f"In {len(figures['cells'])} kinds of simulated visit, {figures['runs']:,} visits each"
    assert told in text
    share = re.search(r"in at least ([\d.]+)% of the visits", text)
    assert 0 <= figures["lowest"] * 100 - float(share[1]) < 0.1
    assert all(f"bash packaging/{name}.sh" in text for name in ("demo", "test"))
    assert "fieldcheck start line4.fieldcheck" in text
    assert all(f"**{word}" in text for word in ("What it is not", "Size, time, systems"))
