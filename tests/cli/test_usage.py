"""Wrong usage is one sentence, in the language of the system, whatever is wrong and with whichever
command."""

import re

import click
import pytest

from fieldcheck.cli.main import list_commands
from fieldcheck.i18n import language

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
    ("pick", "p", "--count"): "missing value for --count.",
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
    assert re.search(r"[.?] See fieldcheck( \w+)? --help\.$", outcome.err.strip())


@pytest.mark.parametrize("name", sorted(list_commands()))
def test_every_command_names_what_it_needs_in_the_language_of_the_system(
    terminal, monkeypatch, name
):
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
