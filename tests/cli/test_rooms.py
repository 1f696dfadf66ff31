from importlib import import_module

import click

from fieldcheck.cli import main as door
from fieldcheck.cli.command import LazyGroup
from fieldcheck.cli.project import model_group


def test_a_command_is_found_in_the_module_that_is_named_for_it():
    actual = {name: door.fieldcheck.get_command(None, name).name for name in door.ROOM_OF}
    assert actual == {name: name for name in door.ROOM_OF}
    rooms = {room: import_module(f"fieldcheck.cli.{room}").COMMANDS for room in door.ROOMS}
    told = {
        room: {command.name: command.get_short_help_str(LazyGroup.LONGEST) for command in held}
        for room, held in rooms.items()
    }
    assert told == door.ROOMS


def test_a_group_has_its_own_commands_and_those_of_other_modules():
    assert model_group.list_commands(None) == ["check", "quantise", "set"]
    actual = [model_group.get_command(None, name).name for name in model_group.list_commands(None)]
    assert actual == ["check", "quantise", "set"]


def test_a_former_name_is_the_same_command():
    assert door.fieldcheck.get_command(None, "bench") is door.fieldcheck.get_command(
        None, "latency"
    )


def test_what_no_module_has_is_no_command():
    group = LazyGroup("few", rooms={"limits": "limits"})
    assert group.get_command(None, "report") is None
    assert group.commands == {}
    assert "limits" in click.Context(group).get_help()
