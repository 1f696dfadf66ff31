"""Wrong usage of a command as one sentence in the language that is spoken; click would say it in English, below its usage line."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import chain

import click

from fieldcheck.words.language import tr


def format_usage_error(wrong: click.UsageError) -> str:
    """Usage error as a sentence: what is missing, unknown or does not fit, and where the command's help is."""
    command = wrong.ctx.command_path if wrong.ctx is not None else "fieldcheck"
    return tr("{problem} See {command} --help.").format(problem=_format_problem(wrong, command), command=command)


def _format_problem(wrong: click.UsageError, command: str) -> str:
    if isinstance(wrong, click.MissingParameter):
        values = _format_values(wrong.param.type) if wrong.param is not None else ""
        missing = f"{_get_parameter_name(wrong)} ({values})" if values else _get_parameter_name(wrong)
        return tr("{command}: missing {missing}.").format(command=command, missing=missing)
    if isinstance(wrong, click.BadParameter):
        taken = _format_values(wrong.param.type) if wrong.param is not None else ""
        if taken:
            return tr("{command}: valid values for {parameter}: {taken}.").format(
                command=command, parameter=_get_parameter_name(wrong), taken=taken
            )
        return tr("{command}: invalid value for {parameter}: {problem}.").format(
            command=command, parameter=_get_parameter_name(wrong), problem=wrong.message.rstrip(".")
        )
    if isinstance(wrong, (click.NoSuchOption, click.exceptions.NoSuchCommand)):
        name = wrong.option_name if isinstance(wrong, click.NoSuchOption) else wrong.command_name
        near = get_close_matches(name, _list_names(wrong.ctx), 2)
        unknown = tr("{command}: unknown option or command {name}.").format(command=command, name=name)
        return f"{unknown} {tr('Did you mean {near}?').format(near=', '.join(near))}" if near else unknown
    return f"{wrong.format_message().rstrip('.')}."


def _get_parameter_name(wrong: click.BadParameter) -> str:
    """Its longest name, as it is typed."""
    if wrong.param is None:
        return str(wrong.param_hint or "")
    return wrong.param.make_metavar(wrong.ctx) if isinstance(wrong.param, click.Argument) and wrong.ctx else max(wrong.param.opts, key=len)


def _format_values(kind: click.ParamType[object]) -> str:
    """What a parameter of this type takes; empty where its own complaint says it."""
    if isinstance(kind, click.Choice):
        return ", ".join(map(str, kind.choices))
    number = {"integer": tr("an integer"), "integer range": tr("an integer")}
    number |= {"float": tr("a number"), "float range": tr("a number")}
    found = number.get(kind.name, "")
    if isinstance(kind, (click.IntRange, click.FloatRange)):
        ends = [f"{'>' if kind.min_open else '≥'} {kind.min:g}"] if kind.min is not None else []
        ends += [f"{'<' if kind.max_open else '≤'} {kind.max:g}"] if kind.max is not None else []
        found = " ".join([found, *ends])
    return found


def _list_names(context: click.Context | None) -> list[str]:
    """Options and commands that there are here."""
    if context is None:
        return []
    commands = context.command.list_commands(context) if isinstance(context.command, click.Group) else []
    return [*commands, *chain.from_iterable(one.opts for one in context.command.get_params(context))]
