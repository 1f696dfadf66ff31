import errno
import re
import shlex
import signal
import subprocess
import sys
from importlib import import_module

import click
import pytest

from fieldcheck import __version__
from fieldcheck.cli import main as door
from fieldcheck.cli.command import EXAMPLES, STEPS, LazyGroup
from fieldcheck.cli.main import ALIASES, ROOM_OF, ROOMS, SUMMARIES, fieldcheck, list_commands, main
from fieldcheck.cli.model import model_group
from fieldcheck.i18n import language
from fieldcheck.paths import get_app_paths
from fieldcheck.progress import Cancelled
from tests.cli.other_door import Door

COMMANDS = {
    "new", "start", "model check", "model set", "benchmark set", "check", "demo", "import", "pick",
    "label import", "label export", "label set", "label show", "undo", "redo", "run", "report",
    "compare", "gate", "golden add", "try", "stress", "probe", "flicker", "fix", "look show",
    "look set", "cameras", "embed", "capture", "export", "split", "model quantise", "limits", "checklist",
    "parts", "acceptance", "latency", "monitor", "series", "pack", "verify", "unpack", "update", "seal", "share", "merge", "adjudicate", "runs", "replay",
    "fleet add", "fleet report",
    "admin set", "admin clear",
}  # fmt: skip


@pytest.fixture
def strange():
    """A command that ends as it is told to."""
    closed = PermissionError(errno.EACCES, "Permission denied", "/media/other/night.mp4")
    ends = {
        "bug": ZeroDivisionError("x"), "stop": Cancelled(), "key": KeyboardInterrupt(),
        "closed": closed,
    }  # fmt: skip

    @click.command("strange")
    @click.argument("end")
    def command(end):
        raise ends[end]

    door.fieldcheck.add_command(command)
    yield "strange"
    del door.fieldcheck.commands["strange"]


def test_every_command_of_the_contract_is_there_and_in_the_help(terminal):
    assert set(list_commands()) == COMMANDS
    said = terminal.said("--help")
    assert all(f"  {name.split()[0]} " in said for name in COMMANDS)
    assert "..." not in said.partition("Begin:")[2]
    assert all(
        name.split()[1] in terminal.said(name.split()[0], "--help")
        for name in COMMANDS
        if " " in name
    )


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself_and_takes_json(terminal, name):
    said = terminal.said(*name.split(), "--help")
    assert "--json" in said
    assert len(said.splitlines()) > 4


def test_help_lists_every_command_once_under_a_step_of_the_visit(terminal):
    placed = [name for names in STEPS.values() for name in names]
    assert sorted(placed) == sorted(ROOM_OF)
    said = terminal.said("--help")
    assert [said.index(f"\n{step}:\n") for step in STEPS] == sorted(
        said.index(f"\n{step}:\n") for step in STEPS
    )
    assert "\nCommands:" not in said
    assert "\nCommands:" in terminal.said("label", "--help")


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_an_example_that_it_takes_and_its_exit_codes(terminal, name):
    """The example goes through the command's own parser."""
    words = shlex.split(EXAMPLES[name])
    assert " ".join(words).startswith(name)
    command = list_commands()[name]
    command.make_context(name, words[len(name.split()) :])
    said = " ".join(terminal.said(*name.split(), "--help").split())
    assert f"Example: fieldcheck {EXAMPLES[name]}" in said
    assert "Exit codes: 0: done. 1: refused" in said


@pytest.mark.parametrize("window", [None, Door(can_be_seen=False)])
def test_without_a_command_and_without_a_display_one_sentence_says_so(capsys, window):
    assert main([], window) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Cannot open the window: no display")


def test_without_a_command_the_window_opens(capsys):
    door = Door(can_be_seen=True)
    assert main([], door) == 7
    assert door.opened == [None]


def test_the_folder_of_a_project_alone_opens_the_window_with_it(capsys, tmp_path):
    door = Door(can_be_seen=True)
    assert main([f"{tmp_path}/line 4.fieldcheck/"], door) == 7
    assert door.opened == [tmp_path / "line 4.fieldcheck"]
    assert main([str(tmp_path / "line 4.fieldcheck")], Door(can_be_seen=False)) == 1
    assert capsys.readouterr().err.startswith("Cannot open the window: no display")


def test_the_version_is_told(terminal):
    assert terminal.said("--version") == f"fieldcheck, version {__version__}\n"


def test_the_self_check_finds_everything(terminal):
    assert "Self-check passed" in terminal.said("--self-check")
    assert main(["--self-check"], Door(can_be_seen=False)) == 0


def test_wrong_usage_is_2_and_names_what_is_wrong(terminal, tmp_path):
    for arguments in [
        ("fly",), ("pick",), ("pick", tmp_path, "--count", "0"),
        ("pick", tmp_path, "--design", "best"), ("import", tmp_path),
    ]:  # fmt: skip
        outcome = terminal(*arguments)
        assert (outcome.code, outcome.out) == (2, "")
        assert 0 < len(outcome.err.strip().splitlines()) <= 4


def test_an_expected_failure_is_1_and_one_sentence(terminal, tmp_path):
    said = terminal.refusal("report", tmp_path / "none.fieldcheck")
    assert "none.fieldcheck" in said
    assert "\n" not in said


def test_a_name_that_no_file_can_have_is_no_bug(terminal, tmp_path):
    cases = (("report", "x" * 300), ("new", tmp_path / ("x" * 300)), ("try", "x" * 300, "a.jpg"))
    for arguments in cases:
        assert "is not a valid file or folder name" in terminal.refusal(*arguments)


def test_a_project_deeper_than_a_database_can_be_named_is_refused_for_that(terminal, tmp_path):
    place = tmp_path.joinpath(*["a folder with a long name " + "n" * 60] * 7)
    assert "a location with a shorter path" in terminal.refusal("new", place / "line4")
    assert not (place / "line4").exists()


def test_what_this_user_may_not_look_at_is_no_bug(terminal, strange):
    outcome = terminal(strange, "closed")
    assert (outcome.code, outcome.out) == (1, "")
    assert "No permission to open /media/other/night.mp4." in outcome.err


def test_a_bug_is_70_and_its_story_is_in_the_log(terminal, strange):
    outcome = terminal(strange, "bug")
    assert (outcome.code, outcome.out) == (70, "")
    assert "ZeroDivisionError" in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    kept = "".join(path.read_text(encoding="utf-8") for path in get_app_paths().logs.glob("*.log*"))
    assert "Traceback" in kept


@pytest.mark.parametrize("end", ["stop", "key"])
def test_an_interrupt_is_130_and_no_error(terminal, strange, end):
    outcome = terminal(strange, end)
    assert (outcome.code, outcome.out, outcome.err.strip()) == (130, "", "")


def test_the_language_is_that_of_the_system(terminal, monkeypatch, tmp_path):
    english = terminal.refusal("report", tmp_path / "none.fieldcheck")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    try:
        assert terminal.refusal("report", tmp_path / "none.fieldcheck") != english
    finally:
        language.set_language("en")


def test_a_reader_that_goes_away_is_no_failure():
    """As `fieldcheck --help | head -1` does, with a pipe that is closed before anything is
    written."""
    waits = (
        "import sys; sys.stdin.read(); from fieldcheck.cli.main import main; "
        "sys.exit(main(['--help']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", waits], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    process.stdout.close()
    process.stdin.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) in (0, -signal.SIGPIPE)
    assert said == ""


def test_main_gives_the_code_back():
    assert main(["--version"]) == 0


# Wrong usage is one sentence, in the language of the system, whatever is wrong and with whichever
# command.


WRONG = {
    ("split", "p"): "fieldcheck split: missing --format (imagefolder, yolo, ",
    ("split",): "fieldcheck split: missing PROJECT.",
    ("export", "p", "--format", "csv"): "fieldcheck export: missing --out.",
    ("pick", "p", "--count", "many"): "pick: valid values for --count: an integer ≥ 1.",
    ("split", "p", "--share", "1"): "split: valid values for --share: a number > 0 and < 1.",
    (
        "run",
        "p",
        "--on",
        "everything",
    ): "run: valid values for --on: field, benchmark, footage, all.",
    (
        "pick",
        "p",
        "--cuont",
        "3",
    ): "pick: unknown option or command --cuont. Did you mean --count, --must?",
    ("pick", "p", "--count"): "fieldcheck pick: missing value for --count.",
    ("pick", "p", "--json=yes"): "fieldcheck pick: --json takes no value.",
    ("model", "check", "p", "--card"): "fieldcheck model check: missing value for --card.",
    ("label", "set", "p", "a", "b", "c", "d"): "fieldcheck label set: too many arguments: ",
    ("pikc", "p"): "fieldcheck: unknown option or command pikc. Did you mean pick?",
    ("model", "chekc"): "fieldcheck model: unknown option or command chekc. Did you mean check?",
    ("try", "m.onnx"): "fieldcheck try: missing IMAGE. See",
    ("pick", "p", "q"): "fieldcheck pick: too many arguments: q.",
    ("probe", "p", "--allow", "fire"): (
        "invalid value for --allow: fire does not have the form FAMILY=CLASS; families: blank, "
    ),
    ("compare", "p", "a", "a"): "Both names refer to 'a'. Name two different models: ",
}


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_what_is_wrong_is_one_sentence(terminal, words):
    outcome = terminal(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert WRONG[words] in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    assert re.search(r"[.?] See fieldcheck( \w+){0,2} --help\.$", outcome.err.strip())


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("name", sorted(list_commands()))
def test_every_command_names_what_it_needs_in_the_system_language(terminal, monkeypatch, name):
    needed = [one for one in list_commands()[name].params if one.required]
    if not needed:
        pytest.skip("it runs without any")
    monkeypatch.setenv("LANGUAGE", "de")
    monkeypatch.setattr(language, "get_system_language", lambda: "de")
    outcome = terminal(*name.split())
    assert outcome.code == 2
    missing = (needed[0].metavar or needed[0].name.upper()).removesuffix("...")
    assert outcome.err == f"fieldcheck {name}: {missing} fehlt. Siehe fieldcheck {name} --help.\n"


def test_a_group_by_itself_shows_its_help(terminal):
    outcome = terminal("model")
    assert outcome.code == 2
    assert "Commands:" in outcome.err
    assert click.unstyle(outcome.err) == outcome.err


def test_a_command_is_found_in_the_module_that_is_named_for_it():
    actual = {name: door.fieldcheck.get_command(None, name).name for name in door.ROOM_OF}
    assert actual == {name: name for name in door.ROOM_OF}
    rooms = {room: import_module(f"fieldcheck.cli.{room}").COMMANDS for room in door.ROOMS}
    told = {
        room: {command.name: command.get_short_help_str(LazyGroup.LONGEST) for command in held}
        for room, held in rooms.items()
    }
    assert told == door.ROOMS


def test_a_group_has_its_own_commands():
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
        for line in terminal.said("--help").partition("Begin:")[2].splitlines()
        if line.startswith("  ")
    ]
    assert "latency" in listed
    assert "bench" not in listed
    assert "Did you mean benchmark? See" in terminal("bnch").err
