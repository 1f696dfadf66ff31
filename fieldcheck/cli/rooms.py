"""Command groups that load a command's module when the command is asked for: `label set` waits for no library of `gate`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A group of commands, some of them in modules of their own: `rooms` is command → module of `fieldcheck.cli`, whose `COMMANDS` hold it,
    and `summaries` what such a command does, so that help needs not load it. `aliases`: former name → command; no list has them.

    Its help says what each command does in a whole sentence; click would cut it off at the line's end.
    """

    LONGEST = 300  # letters of a sentence

    def __init__(
        self,
        *given: Any,
        rooms: Mapping[str, str] = {},
        summaries: Mapping[str, str] = {},
        aliases: Mapping[str, str] = {},
        **named: Any,
    ) -> None:
        super().__init__(*given, **named)
        self._rooms, self._summaries, self._aliases = rooms, summaries, aliases

    def list_commands(self, context: click.Context) -> list[str]:
        """Names of all commands, loaded or not, sorted."""
        return sorted({*self.commands, *self._rooms})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of that name or former name, whose module is loaded where it was not; None where there is none."""
        name = self._aliases.get(name, name)
        if name in self._rooms and name not in self.commands:
            for command in import_module(f"fieldcheck.cli.{self._rooms[name]}").COMMANDS:
                self.add_command(command)
        return super().get_command(context, name)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, wrapped."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._get_summary(context, name)) for name in self.list_commands(context)])

    def _get_summary(self, context: click.Context, name: str) -> str:
        if name in self._summaries:
            return self._summaries[name]
        command = self.get_command(context, name)
        return command.get_short_help_str(self.LONGEST) if command else ""
