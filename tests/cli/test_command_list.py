import click

from fieldcheck.cli.command_list import ALIASES, ROOMS
from fieldcheck.cli.main import ROOM_OF, SUMMARIES, fieldcheck, list_commands


def test_every_command_stands_once_in_the_list_with_a_whole_sentence():
    named = [name for held in ROOMS.values() for name in held]
    assert sorted(named) == sorted(ROOM_OF) == fieldcheck.list_commands(None)
    assert all(SUMMARIES[name].endswith(".") for name in named)


def test_every_sentence_of_the_list_begins_the_help_of_its_command():
    context = click.Context(fieldcheck)
    for name, said in SUMMARIES.items():
        command = fieldcheck.get_command(context, name)
        assert command is not None
        assert " ".join((command.help or "").split()).startswith(said)


def test_a_former_name_is_an_alias_of_a_command_and_in_no_list(terminal):
    assert all(command in ROOM_OF and former not in ROOM_OF for former, command in ALIASES.items())
    assert not set(ALIASES) & {name.split()[0] for name in list_commands()}
    listed = [
        line.split()[0]
        for line in terminal.said("--help").partition("Commands:")[2].splitlines()
        if line.startswith("  ")
    ]
    assert "latency" in listed
    assert "bench" not in listed
    assert "Did you mean benchmark? See" in terminal("bnch").err
