"""No module needs itself: not at run time, for its types or inside a function."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.source import tree

PACKAGE = Path(__file__).parent.parent / "fieldcheck"


def module_name(path: Path, package: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path, known: set[str]) -> Iterator[str]:
    """Every module of the product that is imported anywhere in a file; `from room import module`
    counts as that module."""
    for node in statements(tree(path).body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            below = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (
                one if one in known else node.module
                for one in below
                if one in known or node.module in known
            )


def statements(block: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Every statement of a block and of the blocks within it. No expression: an import is none, and
    they are nine tenths of a tree."""
    for one in block:
        yield one
        for within in ("body", "orelse", "finalbody", "handlers", "cases"):
            yield from statements(getattr(one, within, []))


def imported_by(package: Path) -> dict[str, set[str]]:
    """Module → the modules that it imports."""
    paths = package.rglob("*.py")
    files = {module_name(path, package): path for path in paths if "_resources" not in path.parts}
    known = set(files)
    return {name: set(imports(path, known)) for name, path in files.items()}


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Strongly connected parts of several modules, and self-importing ones (Tarjan 1972)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    open_: list[str] = []
    found: list[list[str]] = []
    for root in graph:
        work = [(root, iter(sorted(graph[root])))] if root not in number else []
        if work:
            number[root] = low[root] = len(number)
            open_.append(root)
        while work:
            at, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[at])
                if low[at] == number[at]:
                    part = open_[open_.index(at) :]
                    del open_[-len(part) :]
                    if len(part) > 1 or at in graph[at]:
                        found.append(sorted(part))
            elif following not in number:
                number[following] = low[following] = len(number)
                open_.append(following)
                work.append((following, iter(sorted(graph[following]))))
            elif following in open_:
                low[at] = min(low[at], number[following])
    return found


def test_no_module_of_the_product_needs_itself():
    assert cycles(imported_by(PACKAGE)) == []


@pytest.mark.parametrize(("files", "found"), [
    ({"a": "import room.b\n", "b": "from room import a\n"}, [["room.a", "room.b"]]),
    ({"a": "from room.b import x\n", "b": "def f():\n    from room.c import y\n",
      "c": "import room.a\n"}, [["room.a", "room.b", "room.c"]]),
    ({"a": "if TYPE_CHECKING:\n    from room.b import x\n", "b": "from room.a import y\n"},
     [["room.a", "room.b"]]),
    ({"a": "from room.b import x\n", "b": "from room.c import y\n", "c": ""}, []),
])  # fmt: skip
def test_a_cycle_is_seen_wherever_the_import_stands(tmp_path, files, found):
    package = tmp_path / "room"
    package.mkdir()
    (package / "__init__.py").write_text("")
    for name, source in files.items():
        (package / f"{name}.py").write_text(source)
    assert cycles(imported_by(package)) == found
