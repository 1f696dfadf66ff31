"""Docstrings say what arrays look like. How they begin is free: a list of forbidden openings made
sentences that nobody would write."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.source import tree

PACKAGE = Path(__file__).parent.parent / "fieldcheck"
# Rooms where every function of arrays says their shapes.
ROOMS = ("stats", "analyses", "sampling", "imaging", "corruptions", "models")

Function = ast.FunctionDef | ast.AsyncFunctionDef
Named = Function | ast.ClassDef | ast.Module

LENGTH = r"(?:\d+|[A-Za-wz]′?|images|clips|draws|columns|CHUNK|…|\.\.\.)"
AXIS = rf"(?:≤ ?)?{LENGTH}(?: ?[+−/·×*-] ?{LENGTH})*"  # n, 3, …, 4 + K, n · 36
SHAPE = re.compile(rf"\((?:{AXIS},|{AXIS}(?:, {AXIS})+,?)\)")


def words(node: ast.AST) -> set[str]:
    """Every name in an annotation, also in one that is a string."""
    found = set()
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                found.add(name)
            case ast.Constant(value=str(text)):
                found.update(re.findall(r"\w+", text))
    return found


def file_of(module: str) -> Path:
    path = PACKAGE.parent.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def array_names(path: Path) -> frozenset[str]:
    """What arrays are called in a module: NDArray, ArrayLike, and the names given to such a type
    there or where it is imported from."""
    names = {"NDArray", "ArrayLike"}
    # not those of functions, which may go round in a circle
    for node in (part for top in tree(path).body for part in getattr(top, "body", [top])):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fieldcheck."):
            theirs = (
                array_names(file_of(node.module)) if file_of(node.module).is_file() else frozenset()
            )
            names |= {one.asname or one.name for one in node.names if one.name in theirs}
    for node in tree(path).body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Subscript() | ast.BinOp() as value
            ) if words(value) & names:
                names.add(name)
    return frozenset(names)


def public(path: Path) -> Iterator[tuple[str, Named]]:
    """The module, and its functions, classes and their methods without an underscore in front."""
    yield "", tree(path)
    for node in tree(path).body:
        if isinstance(node, Named) and not node.name.startswith("_"):
            yield node.name, node
            if isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, Function) and not inner.name.startswith("_"):
                        yield f"{node.name}.{inner.name}", inner


@cache
def classes() -> dict[str, ast.ClassDef]:
    return {
        node.name: node
        for path in modules(*ROOMS)
        for node in tree(path).body
        if isinstance(node, ast.ClassDef)
    }


def ancestry(name: str) -> Iterator[ast.ClassDef]:
    """A class of these rooms, and those it is made from as far as they are of these rooms too."""
    if name in classes():
        yield classes()[name]
        for base in classes()[name].bases:
            yield from ancestry(ast.unparse(base))


def contract(name: str, function: Function) -> str:
    """What a function says; where a method says nothing, what the class it belongs to or a method
    that it stands for says."""
    own = ast.get_docstring(function)
    if own or "." not in name:
        return own or ""
    made_from = list(ancestry(name.partition(".")[0]))
    same = [
        inner
        for one in made_from
        for inner in one.body
        if isinstance(inner, Function) and inner.name == function.name
    ]
    return "\n".join(ast.get_docstring(one) or "" for one in [*made_from, *same])


def takes_or_gives_arrays(path: Path, function: Function) -> bool:
    arguments = function.args
    every = [
        *arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg,
        arguments.kwarg,
    ]  # fmt: skip
    of_arguments = [one.annotation for one in every if one and one.annotation]
    annotations = of_arguments + ([function.returns] if function.returns else [])
    return any(words(annotation) & array_names(path) for annotation in annotations)


def modules(*rooms: str) -> list[Path]:
    """All modules of these rooms, and of the rooms inside them."""
    return sorted(path for room in rooms for path in (PACKAGE / room).rglob("*.py"))


def functions_of_arrays(*rooms: str) -> Iterator[tuple[Path, str, Function]]:
    for path in modules(*rooms):
        for name, node in public(path):
            if isinstance(node, Function) and takes_or_gives_arrays(path, node):
                yield path, name, node


def where(path: Path, name: str) -> str:
    return f"{path.relative_to(PACKAGE.parent).as_posix()} {name}"


@pytest.mark.parametrize("room", ROOMS)
def test_a_function_of_arrays_says_their_shape(room):
    functions = list(functions_of_arrays(room))
    assert functions, "a room without arrays need not be named here"
    assert [
        where(path, name)
        for path, name, node in functions
        if not SHAPE.search(" ".join(contract(name, node).split()))
    ] == []


def test_the_search_finds_the_functions_of_the_package():
    assert sum(1 for path in modules(".") for _ in public(path)) > 4000
    assert len(list(functions_of_arrays("."))) > 400


@pytest.mark.parametrize("text", [
    "(n,)", "(n, 4)", "(H, W, 3) uint8", "(…, 3)", "(b, 4 + K, h)", "(T, n) int64",
    "(≤ CHUNK, n)",
])  # fmt: skip
def test_a_shape_is_recognised(text):
    assert SHAPE.search(text)


@pytest.mark.parametrize(
    "text",
    ["(methods 3.2)", "no shape", "()", "(one-sided, exact)", "(x, y)", "(COCO)", "(Canny 1986)"],
)
def test_what_is_in_parentheses_is_not_always_a_shape(text):
    assert not SHAPE.search(text)
