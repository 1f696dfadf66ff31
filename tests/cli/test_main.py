import errno
import signal
import subprocess
import sys

import click
import pytest

from fieldcheck import __version__
from fieldcheck.cli import main as door
from fieldcheck.cli.main import list_commands, main
from fieldcheck.i18n import language
from fieldcheck.paths import get_app_paths
from fieldcheck.progress import Cancelled
from tests.cli.other_door import Door

COMMANDS = {
    *(
        "new",
        "model check",
        "model set",
        "benchmark set",
        "check",
        "demo",
        "import",
        "pick",
        "label import",
        "label export",
        "label set",
        "label show",
    ),
    *(
        "undo",
        "redo",
        "run",
        "report",
        "compare",
        "gate",
        "golden add",
        "try",
        "stress",
        "probe",
        "fix",
    ),
    *(
        "look show",
        "look set",
        "cameras",
        "embed",
        "capture",
        "export",
        "split",
        "model quantise",
        "limits",
        "latency",
        "monitor",
    ),
    *(
        "pack",
        "verify",
        "unpack",
        "seal",
        "share",
        "merge",
        "adjudicate",
        "runs",
        "replay",
        "admin set",
        "admin clear",
    ),
}


@pytest.fixture
def strange():
    """A command that ends as it is told to."""
    closed = PermissionError(errno.EACCES, "Permission denied", "/media/other/night.mp4")
    ends = {
        "bug": ZeroDivisionError("x"),
        "stop": Cancelled(),
        "key": KeyboardInterrupt(),
        "closed": closed,
    }

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
    assert "..." not in said.partition("Commands:")[2]
    assert all(
        name.split()[1] in terminal.said(name.split()[0], "--help")
        for name in COMMANDS
        if " " in name
    )


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself_and_takes_json(terminal, name):
    said = terminal.said(*name.split(), "--help")
    assert "--json" in said
    assert len(said.splitlines()) > 4


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
        ("fly",),
        ("pick",),
        ("pick", tmp_path, "--count", "0"),
        ("pick", tmp_path, "--design", "best"),
        ("import", tmp_path),
    ]:
        outcome = terminal(*arguments)
        assert (outcome.code, outcome.out) == (2, "")
        assert 0 < len(outcome.err.strip().splitlines()) <= 4


def test_an_expected_failure_is_1_and_one_sentence(terminal, tmp_path):
    said = terminal.refusal("report", tmp_path / "none.fieldcheck")
    assert "none.fieldcheck" in said
    assert "\n" not in said


def test_a_name_that_no_file_can_have_is_no_bug(terminal, tmp_path):
    for arguments in (
        ("report", "x" * 300),
        ("new", tmp_path / ("x" * 300)),
        ("try", "x" * 300, "a.jpg"),
    ):
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
    """As `fieldcheck --help | head -1` does, with a pipe that is closed before anything is written."""
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
