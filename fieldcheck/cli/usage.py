"""Wrong usage of a command as one sentence in the language that is spoken; click would say it in English, below its usage line."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import chain

import click

from fieldcheck.words.language import text


def usage_sentence(wrong: click.UsageError) -> str:
    """Usage error as a sentence: what is missing, unknown or does not fit, and where the command's help is."""
    command = wrong.ctx.command_path if wrong.ctx is not None else "fieldcheck"
    return text("{problem} See {command} --help.").format(problem=_problem(wrong, command), command=command)


def _problem(wrong: click.UsageError, command: str) -> str:
    if isinstance(wrong, click.MissingParameter):
        values = _values(wrong.param.type) if wrong.param is not None else ""
        missing = f"{_parameter(wrong)} ({values})" if values else _parameter(wrong)
        return text("{command}: missing {missing}.").format(command=command, missing=missing)
    if isinstance(wrong, click.BadParameter):
        taken = _values(wrong.param.type) if wrong.param is not None else ""
        if taken:
            return text("{command}: valid values for {parameter}: {taken}.").format(
                command=command, parameter=_parameter(wrong), taken=taken
            )
        return text("{command}: invalid value for {parameter}: {problem}.").format(
            command=command, parameter=_parameter(wrong), problem=wrong.message.rstrip(".")
        )
    if isinstance(wrong, (click.NoSuchOption, click.exceptions.NoSuchCommand)):
        name = wrong.option_name if isinstance(wrong, click.NoSuchOption) else wrong.command_name
        near = get_close_matches(name, _names(wrong.ctx), 2)
        unknown = text("{command}: unknown option or command {name}.").format(command=command, name=name)
        return f"{unknown} {text('Did you mean {near}?').format(near=', '.join(near))}" if near else unknown
    return f"{wrong.format_message().rstrip('.')}."


def _parameter(wrong: click.BadParameter) -> str:
    """Its longest name, as it is typed."""
    if wrong.param is None:
        return str(wrong.param_hint or "")
    return wrong.param.make_metavar(wrong.ctx) if isinstance(wrong.param, click.Argument) and wrong.ctx else max(wrong.param.opts, key=len)


def _values(kind: click.ParamType[object]) -> str:
    """What a parameter of this type takes; empty where its own complaint says it."""
    if isinstance(kind, click.Choice):
        return ", ".join(map(str, kind.choices))
    number = {"integer": text("an integer"), "integer range": text("an integer")}
    number |= {"float": text("a number"), "float range": text("a number")}
    found = number.get(kind.name, "")
    if isinstance(kind, (click.IntRange, click.FloatRange)):
        ends = [f"{'>' if kind.min_open else '≥'} {kind.min:g}"] if kind.min is not None else []
        ends += [f"{'<' if kind.max_open else '≤'} {kind.max:g}"] if kind.max is not None else []
        found = " ".join([found, *ends])
    return found


def _names(context: click.Context | None) -> list[str]:
    """Options and commands that there are here."""
    if context is None:
        return []
    commands = context.command.list_commands(context) if isinstance(context.command, click.Group) else []
    return [*commands, *chain.from_iterable(one.opts for one in context.command.get_params(context))]
