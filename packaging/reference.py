"""Makes docs/reference/: every command with its arguments and options, the keys of every JSON
document, the door for Python with signatures, and the catalogue of corruptions with pictures, read
from the code.

    PYTHONPATH=. .venv/bin/python packaging/reference.py

A test holds the pages to what this makes.
"""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import click
import numpy as np
from numpy.typing import NDArray
from PIL import Image

import fieldcheck
from fieldcheck import paths
from fieldcheck.api import results as results_module
from fieldcheck.cli.command import EXAMPLES, FURTHER_CODES, STEPS, USUAL_CODES
from fieldcheck.cli.main import list_commands
from fieldcheck.corruptions import messages
from fieldcheck.corruptions.catalogue import CATALOG, CORE, ENTRIES, apply_corruption
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.robustness import SEVERITIES
from fieldcheck.i18n import language
from fieldcheck.i18n.language import tr

CHECKOUT = Path(__file__).parent.parent
REFERENCE = CHECKOUT / "docs" / "reference"
CLI = CHECKOUT / "fieldcheck" / "cli"
PICTURES = REFERENCE / "corruptions"
EXAMPLE = Path("resources") / "demo" / "benchmark" / "scratch" / "studio" / "0004.jpg"
SHOWN, GAP = (240, 180), 6  # pixels of one picture; between two
LONGEST_SIGNATURE = 88
DEEPEST = 4
MARKS = {"dict": "{}", "list": "[]"}


def main() -> None:
    """Write the pages."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")
    PICTURES.mkdir(exist_ok=True)
    image = Image.open(CHECKOUT / EXAMPLE).convert("RGB").resize(SHOWN, Image.Resampling.LANCZOS)
    for name in CATALOG:
        _draw_severities(np.asarray(image), name).save(PICTURES / f"{name}.webp", quality=80)


def pages() -> dict[str, str]:
    """File name → page."""
    with language.use_language("en"):
        return {
            "commands.md": _commands(),
            "documents.md": _documents(),
            "fieldcheck.1": _man_page(),
            "python.md": _python(),
            "corruptions.md": _corruptions(),
        }


def _draw_severities(rgb: NDArray[np.uint8], name: str) -> Image.Image:
    """The image as it is, mild, moderate and severe, side by side."""
    parts = [
        apply_corruption(rgb, name, severity, seed=0) for severity in (0, *SEVERITIES.values())
    ]
    height, width = rgb.shape[:2]
    picture = Image.new("RGB", (len(parts) * (width + GAP) - GAP, height), "white")
    for k, part in enumerate(parts):
        picture.paste(Image.fromarray(part).resize((width, height)), (k * (width + GAP), 0))
    return picture


def _corruptions() -> str:
    """The catalogue by cause: what each does at three severities, with a picture of it."""
    names = [messages.get_severity_name(severity).lower() for severity in SEVERITIES.values()]
    lines = [
        "# Corruptions",
        "",
        "Made by `packaging/reference.py` from the catalogue and one image of the demo project: as "
        f"it is, {names[0]}, {names[1]} and {names[2]}. `fieldcheck stress` sweeps the "
        f"{len(CORE)} of the core set unless others are named; the steps between are in "
        "[methods.md](../methods.md).",
        "",
        "## Camera and transmission faults",
        "",
        "| fault | what it looks like | corruption |",
        "|---|---|---|",
        *(
            f"| {fault} | {appearance} | `{name}` |"
            for fault, appearance, name in messages.list_line_faults()
        ),
    ]
    for cause in dict.fromkeys(corruption.cause for corruption in ENTRIES):
        lines += ["", f"## {cause.capitalize()}"]
        for entry in (corruption for corruption in ENTRIES if corruption.cause == cause):
            title, core = tr(entry.name_text), " Core set." if entry.name in CORE else ""
            lines += [
                "",
                f"### {title}",
                "",
                f"`{entry.name}`.{core}",
                "",
                f"![{title}: as it is, {', '.join(names)}](corruptions/{entry.name}.webp)",
                "",
                *(
                    f"- {messages.get_severity_name(severity)}: "
                    f"{messages.describe_severity(entry.name, severity)}"
                    for severity in SEVERITIES.values()
                ),
            ]
    return "\n".join(lines) + "\n"


def _python() -> str:
    """The public door with signatures and docstrings: the project's methods, then what they
    return, then the rest."""
    project = fieldcheck.Project
    results = {
        name: kind
        for name, kind in sorted(vars(results_module).items())
        if isinstance(kind, type)
        and is_dataclass(kind)
        and kind.__module__ == results_module.__name__
    }
    lines = [
        "# Python reference",
        "",
        "Made by `packaging/reference.py` from signatures and docstrings; [a walk](../python.md) "
        "shows them in use. What stands here is stable within a major version.",
        "",
        "## `fieldcheck.Project`",
        "",
        _format_docstring(project),
    ]
    for name, member in vars(project).items():
        if name.startswith("_"):
            continue
        function = getattr(member, "__func__", getattr(member, "fget", member))
        call = "" if isinstance(member, property) else _format_signature(function)
        lines += ["", f"### `Project.{name}`", "", f"```python\n{name}{call}\n```", ""]
        lines.append(_format_docstring(function))
    lines += ["", "## Results"]
    for name, kind in results.items():
        lines += ["", f"### `{name}`", "", _format_docstring(kind), "", *_list_fields(kind)]
    lines += ["", "## Values"]
    for kind in (fieldcheck.Estimate, fieldcheck.Box, fieldcheck.Point):
        lines += ["", f"### `fieldcheck.{kind.__name__}`", "", _format_docstring(kind), ""]
        lines += _list_fields(kind)
    lines += ["", "## MAITE"]
    for kind in (fieldcheck.MaiteDataset, fieldcheck.MaiteModel):
        call = _format_signature(kind.__init__).partition(" -> ")[0]
        lines += ["", f"### `fieldcheck.{kind.__name__}`", "", "```python"]
        lines += [f"{kind.__name__}{call}", "```", "", _format_docstring(kind)]
    lines += ["", "## Errors", "", "### `fieldcheck.FieldcheckError`", ""]
    lines += [_format_docstring(fieldcheck.FieldcheckError), "", "### `fieldcheck.sentence`", ""]
    lines += [f"```python\nsentence{_format_signature(fieldcheck.sentence)}\n```", ""]
    lines.append(_format_docstring(fieldcheck.sentence))
    return "\n".join(lines) + "\n"


def _format_signature(function: Any) -> str:
    """The signature without `self`, a parameter a line where it is long."""
    signature = inspect.signature(function)
    parameters = [
        parameter
        for parameter in signature.parameters.values()
        if parameter.name not in ("self", "cls")
    ]
    parts: list[str] = []
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and not any(
            part.startswith("*") for part in parts
        ):
            parts.append("*")
        star = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        parts.append(f"{star}{parameter.name}: {parameter.annotation}{default}")
    returned = f"-> {signature.return_annotation}"
    short = f"({', '.join(parts)}) {returned}"
    if len(short) <= LONGEST_SIGNATURE:
        return short
    return "(\n" + "".join(f"    {part},\n" for part in parts) + f") {returned}"


def _format_docstring(subject: Any) -> str:
    return (inspect.getdoc(subject) or "").strip()


def _list_fields(kind: type) -> list[str]:
    lines = ["| field | type |", "|---|---|"]
    for field_of_kind in fields(kind):
        type_text = str(field_of_kind.type).replace("|", "\\|")
        lines.append(f"| `{field_of_kind.name}` | `{type_text}` |")
    return lines


def _commands() -> str:
    command_by_name = list_commands()
    head = (
        "# Commands\n\nMade by `packaging/reference.py` from the commands themselves, in the order "
        "of a visit. Every command also takes `--json` and `--help`.\n\nExit codes of every "
        f"command: {USUAL_CODES}\n\nCompletion of commands and options: in bash "
        '`eval "$(_FIELDCHECK_COMPLETE=bash_source fieldcheck)"` in `~/.bashrc`; for zsh and fish '
        "`zsh_source` and `fish_source` in its place.\n"
    )
    parts = [head]
    for step, names in STEPS.items():
        parts.append(f"\n## {step}\n")
        parts += [
            _command(name, command_by_name[name])
            for name in _list_full_names(names, command_by_name)
        ]
    return "".join(parts)


def _list_full_names(
    names: Sequence[str], command_by_name: Mapping[str, click.Command]
) -> list[str]:
    """Commands of the first level and those of groups, with their full names."""
    return [full for name in names for full in sorted(command_by_name) if full.split()[0] == name]


def _man_page() -> str:
    """The manual page: what the program is, every command with its options, and exit codes."""
    command_by_name = list_commands()
    lines = [
        f'.TH FIELDCHECK 1 "" "Fieldcheck {fieldcheck.__version__}" "User commands"',
        ".SH NAME", r"fieldcheck \- gap between a vision model's benchmark and field score",
        ".SH SYNOPSIS", ".B fieldcheck", "[COMMAND] [OPTIONS] [ARGUMENTS]", ".br", ".B fieldcheck",
        "PROJECT.fieldcheck", ".SH DESCRIPTION",
        "Without a command the window opens; with a project folder it opens that project. "
        r"Every command also takes \-\-json and \-\-help.",
    ]  # fmt: skip
    for step, names in STEPS.items():
        lines.append(f".SH {step.upper()}")
        for name in _list_full_names(names, command_by_name):
            lines += [".TP", rf"\fBfieldcheck {name}\fR", _roff(command_by_name[name].help or "")]
            lines += [".IP", rf"Example: \fIfieldcheck {_roff(EXAMPLES[name])}\fR"]
            for option in command_by_name[name].params:
                if isinstance(option, click.Option) and option.name not in ("as_json", "help"):
                    lines += [
                        ".IP",
                        rf"\fB{_roff(', '.join(option.opts))}\fR {_roff(option.help or '')}",
                    ]
    lines += [".SH EXIT STATUS", _roff(USUAL_CODES)]
    lines += [_roff(f"{name}: {text}") for name, text in FURTHER_CODES.items()]
    return "\n".join(lines) + "\n"


def _roff(text: str) -> str:
    """Text on one line, with what roff would act on escaped."""
    plain = " ".join(text.split()).replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{plain}" if plain.startswith((".", "'")) else plain


def _command(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"fieldcheck {name}")
    usage = " ".join(command.get_usage(context).removeprefix("Usage: ").split())
    help_text = " ".join((command.help or "").split())
    codes = f" Exit codes: {FURTHER_CODES[name]}" if name in FURTHER_CODES else ""
    example = f"Example: `fieldcheck {EXAMPLES[name]}`.{codes}"
    lines = [f"\n### {name}\n", f"`{usage}`\n", f"{help_text}\n", f"{example}\n"]
    options = [
        parameter
        for parameter in command.params
        if isinstance(parameter, click.Option) and parameter.name not in ("as_json", "help")
    ]
    if options:
        lines += [
            "| option | | default |",
            "|---|---|---|",
            *(_option(parameter, context) for parameter in options),
            "",
        ]
    return "\n".join(lines)


def _option(option: click.Option, context: click.Context) -> str:
    metavar = "" if option.is_flag else f" {option.make_metavar(context)}"
    names = ", ".join(f"`{flag}{metavar}`" for flag in option.opts).replace("|", "\\|")
    default = option.get_default(context)
    default_text = (
        ""
        if default in (None, False, "", ()) or not isinstance(default, str | int | float)
        else f"`{default}`"
    )
    help_text = " ".join((option.help or "").split()).replace("|", "\\|")
    return f"| {names} | {help_text} | {'required' if option.required else default_text} |"


def _documents() -> str:
    lines = [
        "# JSON documents\n",
        (
            "Made by `packaging/reference.py` from what the commands hand to `--json`. Every "
            "document also has `schema`, `fieldcheck.NAME/1`;"
        ),
        (
            "what the keys mean stands in [interfaces.md](../interfaces.md). `[]` is a list, `{}` "
            "an object whose keys are data."
        ),
        "Estimates, which are the same everywhere, are not taken apart.\n",
        "| document | keys |",
        "|---|---|",
    ]
    reader = KeyReader()
    lines += [
        f"| `{name}` | {', '.join(f'`{key}`' for key in keys) or '–'} |"
        for name, keys in sorted(reader.documents().items())
    ]
    schema = json.loads(
        paths.get_resource_path("report/summary.schema.json").read_text(encoding="utf-8")
    )
    keys = ", ".join(f"`{key}`" for key in schema["properties"])
    return "\n".join([
        *lines, "", "## summary.json\n",
        f"Its schema is `resources/report/summary.schema.json`; its keys are {keys}.", "",
    ])  # fmt: skip


class KeyReader:
    """Keys of dict displays, followed through the names and functions of `fieldcheck.cli`."""

    def __init__(self) -> None:
        trees = {
            path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(CLI.glob("*.py"))
        }
        rooms = {
            path: {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
            for path, tree in trees.items()
        }
        self._rooms = list(rooms.values())
        self._room_of = {id(function): room for room in self._rooms for function in room.values()}
        self._path_of = {
            id(function): path for path, room in rooms.items() for function in room.values()
        }

    def documents(self) -> dict[str, list[str]]:
        """Name of a document → its keys, those of parts behind a dot."""
        keys_by_document: dict[str, list[str]] = {}
        for function in (function for room in self._rooms for function in room.values()):
            for name in _doors(function):
                keys = list(
                    dict.fromkeys(
                        key
                        for document, owner in self._answers(function)
                        for key in self._keys(document, owner, 0)
                    )
                )
                keys_by_document[name] = [key for key in keys if f"{key}[]" not in keys]
        return keys_by_document

    def _answers(self, function: ast.FunctionDef) -> Iterator[tuple[ast.expr, ast.FunctionDef]]:
        """First arguments of the answers that a command makes, or that a function which it returns
        does."""
        for node in ast.walk(function):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "Answer"
                and node.args
            ):
                yield node.args[0], function
        for value in _returned(function):
            callee = self._called(value, function)
            if callee is not None and callee is not function:
                yield from self._answers(callee)

    def _called(self, node: ast.expr, function: ast.FunctionDef) -> ast.FunctionDef | None:
        """The function of the terminal that a call is of: of the same module first, else a public
        one of another."""
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
            yield from self._of_name(node.id, function, depth + 1)
        elif (callee := self._called(node, function)) is not None:
            parts, function, depth = list(_returned(callee)), callee, depth + 1
        elif isinstance(node, ast.Call):
            yield from self._of_fields(node, function)
        elif isinstance(node, ast.DictComp):
            yield from map(
                str,
                _list_names_of(self._module(function)).get(
                    getattr(node.generators[0].iter, "id", ""), ()
                ),
            )
        for part in parts:
            yield from self._keys(part, function, depth)

    def _of_name(self, name: str, function: ast.FunctionDef, depth: int) -> Iterator[str]:
        """Keys of what a name is given, without those taken out of it again, and those that are set
        one by one."""
        calls = [
            node
            for node in ast.walk(function)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == f"{name}.pop"
        ]
        removed = {ast.literal_eval(call.args[0]) for call in calls}
        for part in _assigned(name, function):
            yield from (
                key
                for key in self._keys(part, function, depth)
                if key.partition(".")[0] not in removed
            )
        for node in ast.walk(function):
            target = (
                node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            )
            if (
                isinstance(target, ast.Subscript)
                and ast.unparse(target.value) == name
                and isinstance(target.slice, ast.Constant)
            ):
                yield from self._entry(str(target.slice.value), node.value, function, depth)

    @staticmethod
    def _named_here(node: ast.expr, module: ModuleType) -> bool:
        """Whether a function is named by its module's own names, and is no method of a local
        value."""
        return ast.unparse(node).partition(".")[0] in _list_names_of(module)

    def _of_fields(self, node: ast.Call, function: ast.FunctionDef) -> Iterator[str]:
        """Fields of a dataclass that is made plain by `asdict(…)` or `….to_json()`."""
        whole = isinstance(node.func, ast.Attribute) and node.func.attr == "to_json"
        if whole or (getattr(node.func, "id", "") == "asdict" and node.args):
            kind = self._type_of(node.func.value if whole else node.args[0], function)
            yield from (_displayed(kind) if whole else []) or _fields_of(kind, DEEPEST - 1)

    def _module(self, function: ast.FunctionDef) -> ModuleType:
        return import_module(f"fieldcheck.cli.{self._path_of[id(function)].stem}")

    def _type_of(self, node: ast.expr, function: ast.FunctionDef) -> Any:
        """The type of an argument, of what a function returns, or of an item of a list of some."""
        module = self._module(function)
        if isinstance(node, ast.Call):
            return (
                _hint(eval(ast.unparse(node.func), _list_names_of(module)), "return")
                if self._named_here(node.func, module)
                else None
            )
        if isinstance(node, ast.Attribute):
            return _hint(_plain(self._type_of(node.value, function)), node.attr)
        if isinstance(node, ast.Subscript):
            return self._type_of(node.value, function)
        if not isinstance(node, ast.Name):
            return None
        if (hint := _hint(getattr(module, function.name), node.id)) is not None:
            return hint
        for loop in ast.walk(function):
            if isinstance(loop, ast.comprehension) and getattr(loop.target, "id", "") == node.id:
                return self._type_of(loop.iter, function)
        return next(
            (self._type_of(value, function) for value in _assigned(node.id, function)), None
        )

    def _display(self, node: ast.Dict, function: ast.FunctionDef, depth: int) -> Iterator[str]:
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                yield from self._keys(value, function, depth)
            elif isinstance(key, ast.Constant):
                yield from self._entry(str(key.value), value, function, depth)

    def _entry(
        self, key: str, value: ast.expr, function: ast.FunctionDef, depth: int
    ) -> Iterator[str]:
        many = isinstance(value, ast.ListComp | ast.List)
        inner = value.elt if isinstance(value, ast.ListComp) else value
        name = (
            f"{key}[]"
            if many or (isinstance(value, ast.Call) and getattr(value.func, "id", "") == "list")
            else key
        )
        if isinstance(value, ast.DictComp):
            name = f"{key}{{}}"
        yield name
        below = () if isinstance(inner, ast.Name) else self._keys(inner, function, depth + 1)
        yield from (f"{name}.{inner_key}" for inner_key in below)


def _doors(function: ast.FunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        if (
            isinstance(decorator, ast.Call)
            and getattr(decorator.func, "id", "") == "json_command"
            and isinstance(decorator.args[0], ast.Constant)
        ):
            yield str(decorator.args[0].value)


def _assigned(name: str, function: ast.FunctionDef) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if (
            isinstance(node, ast.Assign)
            and isinstance(targets[0], ast.Tuple)
            and isinstance(node.value, ast.Tuple)
        ):
            yield from (
                value
                for target, value in zip(targets[0].elts, node.value.elts, strict=True)
                if getattr(target, "id", "") == name
            )
        is_target = any(isinstance(target, ast.Name) and target.id == name for target in targets)
        if (
            is_target
            and isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
            and node.value is not None
        ):
            yield node.value


def _hint(owner: Any, name: str) -> Any:
    """An annotation of a function or a dataclass; None where it has none, or names what only a type
    checker loads."""
    annotation = getattr(owner, "__annotations__", {}).get(name)
    try:
        return (
            eval(annotation, _list_names_of(import_module(owner.__module__)))
            if isinstance(annotation, str)
            else annotation
        )
    except NameError:
        return None


@cache
def _list_names_of(module: ModuleType) -> dict[str, Any]:
    """What a module's names stand for, those imported in its functions too."""
    names: dict[str, Any] = {}
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for imported in node.names:
                try:
                    value = getattr(import_module(node.module), imported.name)
                except AttributeError:
                    value = import_module(f"{node.module}.{imported.name}")
                names[imported.asname or imported.name] = value
    return names | vars(module)


def _plain(kind: Any) -> Any:
    """The class itself of one that may be absent, or of which there are several."""
    while get_origin(kind) in (Union, UnionType, tuple, list, Sequence):
        kind = next(
            argument for argument in get_args(kind) if argument not in (type(None), Ellipsis)
        )
    return kind


def _displayed(kind: Any) -> list[str]:
    """Keys of the display that `to_json` of a class returns; none where it begins with the
    fields."""
    method = getattr(_plain(kind), "to_json", None)
    if method is None or _plain(kind) is Estimate:
        return []
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(method))).body
    assert isinstance(function, ast.FunctionDef)
    (display,) = _returned(function)
    keys: list[str] = []
    for key, value in (
        zip(display.keys, display.values, strict=True) if isinstance(display, ast.Dict) else ()
    ):
        if isinstance(key, ast.Constant):
            keys.append(
                f"{key.value!s}{MARKS.get(getattr(getattr(value, 'func', None), 'id', ''), '')}"
            )
        for assigned in _assigned(getattr(value, "id", ""), function) if key is None else ():
            over = (
                vars(import_module(method.__module__)).get(
                    getattr(assigned.generators[0].iter, "id", ""), ()
                )
                if isinstance(assigned, ast.DictComp)
                else ()
            )
            keys += [f"{name}[]" for name in over]
    return keys


def _fields_of(hint: Any, deepest: int) -> Iterator[str]:
    """Fields of a dataclass and of those inside it; an estimate stays one."""
    kind = _plain(hint)
    if not is_dataclass(kind) or not isinstance(kind, type) or kind is Estimate or deepest < 0:
        return
    hints = get_type_hints(kind, _list_names_of(import_module(kind.__module__)))
    for kind_field in fields(kind):
        origins = {
            get_origin(part) for part in (hints[kind_field.name], *get_args(hints[kind_field.name]))
        }
        name = kind_field.name + (
            "{}" if origins & {dict, Mapping} else "[]" if origins & {tuple, list, Sequence} else ""
        )
        yield name
        yield from (f"{name}.{key}" for key in _fields_of(hints[kind_field.name], deepest - 1))


def _returned(function: ast.FunctionDef) -> Iterator[ast.expr]:
    return (
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and node.value is not None
    )


if __name__ == "__main__":
    main()
