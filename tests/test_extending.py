"""The walks of docs/extending.md, followed to the letter in one copy of the product: what stands
there runs, and touches no more files."""

import os
import re
import shutil
from pathlib import Path

import pytest

import fieldcheck
from tests.programs import run_python

CHECKOUT = Path(fieldcheck.__file__).parent.parent
MOST_FILES = {
    "A screen": 5, "A corruption": 3, "A label format": 3, "A decoder": 3, "A table": 2,
    "A column of frames": 4, "An act that can be undone": 3, "A section of the report": 4,
    "A limit": 4, "A sentence": 3,
}  # fmt: skip
"""Those of the product with their test and, where the walk has it, the German catalogue; of a table
those of the product."""
BLOCK = re.compile(
    r"^`((?:fieldcheck|resources|tests)/\S+?)`(?:, ([^\n]+))?\n\n```(?:python|text|po)\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
HELPERS = (
    "__init__.py", "report/example_report.py", "report/made_facts.py", "programs.py",
    *(f"corruptions/{name}.py" for name in ("pictures", "traits", "test_catalogue", "test_messages")),
)  # fmt: skip
"""Files below tests/ that a walk's test imports or is."""
BY_REGISTRATION = "A corruption"
"""The walk whose tests are those that go over every entry."""


def walks():
    """Heading → (path, where in it, text) of each block, in the order of the page."""
    page = (CHECKOUT / "docs" / "extending.md").read_text("utf-8")
    parts = (part.partition("\n") for part in re.split(r"^## ", page, flags=re.MULTILINE)[1:])
    return {heading: BLOCK.findall(text) for heading, _, text in parts if heading in MOST_FILES}


def put(copy, path, where, text):
    """Does what the page says with one block."""
    file = copy / path
    if not where:
        assert not file.exists(), path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return
    if where == "filled in":
        file.write_text(fill_in(file.read_text("utf-8"), text), "utf-8")
        return
    lines = file.read_text("utf-8").splitlines(keepends=True)
    at = place(lines, where)
    rest = lines[at + 1 :] if where.startswith("in place of ") else lines[at:]
    content = "".join([*lines[:at], *(["\n\n"] if at == len(lines) else []), text, *rest])
    file.write_text(content, "utf-8")


def fill_in(catalogue, entries):
    """The catalogue with German where the tool left it empty."""
    for entry in entries.rstrip("\n").split("\n\n"):
        english = entry[: entry.index("msgstr")]
        empty = english + re.sub(r'".*"$', '""', entry.removeprefix(english), flags=re.MULTILINE)
        assert catalogue.count(f"{empty}\n") == 1, entry
        catalogue = catalogue.replace(f"{empty}\n", f"{entry}\n")
    return catalogue


def place(lines, where):
    """The number of the line that a block goes before or replaces: the end, one that begins so, an
    entry, or the end of a list."""
    if where == "at the end":
        return len(lines)
    if entry := re.fullmatch(r"before the entry `(.+)`", where):
        at = next(
            number
            for number, line in enumerate(lines)
            if re.search(rf'^\s+(\w+\()?"{re.escape(entry[1])}",', line)
        )
        return next(number for number in range(at, -1, -1) if re.match(r"    \w+\(", lines[number]))
    if ending := re.fullmatch(r"before `\)` of `(.+)`", where):
        return next(number for number, line in enumerate(lines) if line.startswith(ending[1])) - 1
    beginning = re.fullmatch(r"(?:before|below|in place of) `(.+)`", where)
    at = next(number for number, line in enumerate(lines) if line.startswith(beginning[1]))
    return at + 1 if where.startswith("below ") else at


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The product with one more of each kind."""
    folder = tmp_path_factory.mktemp("extended")
    ignored = shutil.ignore_patterns("__pycache__", "_resources")
    shutil.copytree(CHECKOUT / "fieldcheck", folder / "fieldcheck", ignore=ignored)
    shutil.copytree(CHECKOUT / "resources" / "locale", folder / "resources" / "locale")
    for shipped in (CHECKOUT / "resources").iterdir():
        if shipped.name != "locale":
            (folder / "resources" / shipped.name).symlink_to(shipped)
    for name in ("packaging/translate.py", *(f"tests/{helper}" for helper in HELPERS)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / name, folder / name)
    blocks = [block for walk in walks().values() for block in walk]
    # the tool puts the sentences into the catalogue, then compiles what was filled in
    for german in (False, True):
        for path, where, text in blocks:
            if (where == "filled in") == german:
                put(folder, path, where, text)
        done = run(folder, "packaging/translate.py")
        assert done.returncode == 0, done.stderr
    return folder


def run(copy, *words):
    """A child process that imports the copy."""
    environment = {
        **os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1",
        "FIELDCHECK_HOME": str(copy / "home"), "QT_QPA_PLATFORM": "offscreen",
        "LC_ALL": "en_GB.UTF-8",
    }  # fmt: skip
    return run_python(*words, cwd=copy, env=environment)


def test_the_page_walks_every_kind():
    assert list(walks()) == list(MOST_FILES)


@pytest.mark.parametrize("heading", MOST_FILES)
def test_one_more_touches_no_more_files_than_it_should(heading):
    touched = {path for path, _, _ in walks()[heading]}
    counted = {path for path in touched if heading != "A table" or not path.startswith("tests/")}
    assert len(counted) <= MOST_FILES[heading]
    assert any(path.startswith("tests/") for path in touched) is (heading != BY_REGISTRATION)


@pytest.mark.long
def test_the_child_imports_the_copy(copy):
    done = run(copy, "-c", "import fieldcheck; print(fieldcheck.__file__)")
    assert Path(done.stdout.strip()).is_relative_to(copy), done.stderr


@pytest.fixture(scope="module")
def outcomes(copy):
    """What pytest said of each test of every walk, run in one child: it loads the copy once."""
    options = (
        "-q", "-rA", "-W", "error", "-p", "no:cacheprovider", "--noconftest",
        "--import-mode=importlib", "--rootdir", str(copy),
    )  # fmt: skip
    return run(
        copy, "-m", "pytest", *options,
        *(path for heading in MOST_FILES for path in files_of(heading)),
    )  # fmt: skip


def files_of(heading):
    """The test files of a walk."""
    return [path for path, _, _ in walks()[heading] if path.startswith("tests/")]


@pytest.mark.long
@pytest.mark.parametrize("heading", [name for name in MOST_FILES if name != BY_REGISTRATION])
def test_what_was_added_works(outcomes, heading):
    lines = outcomes.stdout.splitlines()
    said = [line.split() for line in lines if line.startswith(("PASSED ", "FAILED ", "ERROR "))]
    for path in files_of(heading):
        of_path = {words[0] for words in said if words[1].split("::")[0] == path}
        assert of_path == {"PASSED"}, outcomes.stdout + outcomes.stderr


MOVE = """
from tests.corruptions.test_catalogue import measure_move
print(measure_move("vignette", 20))
"""


@pytest.mark.long
def test_the_tests_of_every_corruption_hold_the_added_one(copy):
    options = ("-q", "-p", "no:cacheprovider", "--noconftest", "--rootdir", str(copy))
    tests = ("tests/corruptions/test_catalogue.py", "tests/corruptions/test_messages.py")
    done = run(copy, "-m", "pytest", *options, "-k", "vignette", *tests)
    assert done.returncode == 0, done.stdout + done.stderr
    moved = run(copy, "-c", MOVE)
    assert float(moved.stdout) >= 1, moved.stderr


@pytest.mark.long
def test_nothing_beside_the_walks_went_wrong(outcomes):
    assert outcomes.returncode == 0, outcomes.stdout + outcomes.stderr
