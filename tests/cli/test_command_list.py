from fieldcheck.cli.command_list import ROOMS
from fieldcheck.cli.main import ROOM_OF, SUMMARIES, fieldcheck


def test_every_command_stands_once_in_the_list_with_a_whole_sentence():
    named = [name for held in ROOMS.values() for name in held]
    assert sorted(named) == sorted(ROOM_OF) == fieldcheck.list_commands(None)
    assert all(SUMMARIES[name].endswith(".") for name in named)
