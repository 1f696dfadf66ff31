"""Makes docs/reference/: every command with its arguments and options, and the keys of every JSON document, read from the code.

    PYTHONPATH=. .venv/bin/python packaging/reference.py

A test holds the pages to what this makes.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import click

from fieldcheck import resources
from fieldcheck.cli.main import commands
from fieldcheck.words import language

CHECKOUT = Path(__file__).parent.parent
PLACE = CHECKOUT / "docs" / "reference"
CLI = CHECKOUT / "fieldcheck" / "cli"
DEEPEST = 4
MORE = "…"


def main() -> None:
    """Write the pages."""
    PLACE.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (PLACE / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """File name → page."""
    with language.spoken("en"):
        return {"commands.md": _commands(), "documents.md": _documents()}


def _commands() -> str:
    found = sorted(commands().items())
    head = "# Commands\n\nMade by `packaging/reference.py` from the commands themselves. Every command also takes `--json` and `--help`.\n"
    return head + "".join(_command(name, command) for name, command in found)


def _command(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"fieldcheck {name}")
    usage = " ".join(command.get_usage(context).removeprefix("Usage: ").split())
    said = " ".join((command.help or "").split())
    lines = [f"\n## {name}\n", f"`{usage}`\n", f"{said}\n"]
    options = [one for one in command.params if isinstance(one, click.Option) and one.name not in ("as_json", "help")]
    if options:
        lines += ["| option | | default |", "|---|---|---|", *(_option(one, context) for one in options), ""]
    return "\n".join(lines)


def _option(option: click.Option, context: click.Context) -> str:
    taken = "" if option.is_flag else f" {option.make_metavar(context)}"
    names = ", ".join(f"`{one}{taken}`" for one in option.opts).replace("|", "\\|")
    default = option.get_default(context)
    shown = "" if default in (None, False, "", ()) or not isinstance(default, str | int | float) else f"`{default}`"
    said = " ".join((option.help or "").split()).replace("|", "\\|")
    return f"| {names} | {said} | {'required' if option.required else shown} |"


def _documents() -> str:
    lines = [
        "# JSON documents\n",
        "Made by `packaging/reference.py` from what the commands hand to `--json`. Every document also has `schema`, `fieldcheck.NAME/1`;",
        "what the keys mean stands in [interfaces.md](../interfaces.md). `[]` is a list, `{}` an object whose keys are data; `…`: the",
        "fields of a dataclass beside them.\n",
        "| document | keys |",
        "|---|---|",
    ]
    reader = KeyReader()
    lines += [f"| `{name}` | {', '.join(f'`{key}`' for key in keys) or '–'} |" for name, keys in sorted(reader.documents().items())]
    schema = json.loads(resources.path("report/summary.schema.json").read_text(encoding="utf-8"))
    keys = ", ".join(f"`{key}`" for key in schema["properties"])
    return "\n".join([*lines, "", "## summary.json\n", f"Its schema is `resources/report/summary.schema.json`; its keys are {keys}.", ""])


class KeyReader:
    """Keys of dict displays, followed through the names and functions of `fieldcheck.cli`."""

    def __init__(self) -> None:
        trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(CLI.glob("*.py"))}
        self._rooms = [{node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)} for tree in trees.values()]
        self._room_of = {id(function): room for room in self._rooms for function in room.values()}

    def documents(self) -> dict[str, list[str]]:
        """Name of a document → its keys, those of parts behind a dot."""
        found: dict[str, list[str]] = {}
        for function in (function for room in self._rooms for function in room.values()):
            for name in _doors(function):
                keys = list(dict.fromkeys(key for answer, of in self._answers(function) for key in self._keys(answer, of, 0)))
                found[name] = [*(key for key in keys if key != MORE), *({MORE} & set(keys))]
        return found

    def _answers(self, function: ast.FunctionDef) -> Iterator[tuple[ast.expr, ast.FunctionDef]]:
        """First arguments of the answers that a command makes, or that a function which it returns does."""
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Answer" and node.args:
                yield node.args[0], function
        for value in _returned(function):
            called = self._called(value, function)
            if called is not None and called is not function:
                yield from self._answers(called)

    def _called(self, node: ast.expr, function: ast.FunctionDef) -> ast.FunctionDef | None:
        """The function of the terminal that a call is of: of the same module first, else a public one of another."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            return None
        name, own = node.func.id, self._room_of[id(function)]
        if name in own or name.startswith("_"):
            return own.get(name)
        return next((room[name] for room in self._rooms if name in room), None)

    def _keys(self, node: ast.expr, function: ast.FunctionDef, depth: int) -> Iterator[str]:
        if depth > DEEPEST:
            return
        if isinstance(node, ast.Dict):
            yield from self._display(node, function, depth)
            return
        parts: list[ast.expr] = []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            parts = [node.left, node.right]
        elif isinstance(node, ast.IfExp):
            parts = [node.body, node.orelse]
        elif isinstance(node, ast.Name):
            parts, depth = list(_assigned(node.id, function)), depth + 1
        elif (called := self._called(node, function)) is not None:
            parts, function, depth = list(_returned(called)), called, depth + 1
        for part in parts:
            yield from self._keys(part, function, depth)

    def _display(self, node: ast.Dict, function: ast.FunctionDef, depth: int) -> Iterator[str]:
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                yield from self._keys(value, function, depth) if self._is_followed(value, function) else (MORE,)
            elif isinstance(key, ast.Constant):
                yield from self._entry(str(key.value), value, function, depth)

    def _is_followed(self, node: ast.expr, function: ast.FunctionDef) -> bool:
        """Whether a part that is taken over whole is a display or a function of the terminal; a dataclass is not."""
        return isinstance(node, ast.Dict | ast.IfExp | ast.Name | ast.BinOp) or self._called(node, function) is not None

    def _entry(self, key: str, value: ast.expr, function: ast.FunctionDef, depth: int) -> Iterator[str]:
        many = isinstance(value, ast.ListComp | ast.List)
        inner = value.elt if isinstance(value, ast.ListComp) else value
        name = f"{key}[]" if many or (isinstance(value, ast.Call) and getattr(value.func, "id", "") == "list") else key
        if isinstance(value, ast.DictComp):
            name = f"{key}{{}}"
        yield name
        below = () if isinstance(inner, ast.Name) else self._keys(inner, function, depth + 1)
        yield from (f"{name}.{one}" for one in below)


def _doors(function: ast.FunctionDef) -> Iterator[str]:
    for one in function.decorator_list:
        if isinstance(one, ast.Call) and getattr(one.func, "id", "") == "door" and isinstance(one.args[0], ast.Constant):
            yield str(one.args[0].value)


def _assigned(name: str, function: ast.FunctionDef) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        named = any(isinstance(one, ast.Name) and one.id == name for one in targets)
        if named and isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and node.value is not None:
            yield node.value


def _returned(function: ast.FunctionDef) -> Iterator[ast.expr]:
    return (node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None)


if __name__ == "__main__":
    main()
