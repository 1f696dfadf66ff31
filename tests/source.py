"""Modules as syntax trees, each parsed once a test process: many tests read the whole house, and
none may change what it is given."""

import ast
from functools import cache
from pathlib import Path


@cache
def tree(path: Path) -> ast.Module:
    """The tree of a file. Raises SyntaxError."""
    return ast.parse(path.read_text("utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a file's tree, each before those within it. Raises SyntaxError."""
    return tuple(ast.walk(tree(path)))


def forget_trees() -> None:
    """Gives back the 300 MB of all trees."""
    nodes.cache_clear()
    tree.cache_clear()
