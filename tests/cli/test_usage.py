"""Wrong usage is one sentence, in the language of the system, whatever is wrong and with whichever command."""

import click
import pytest

from fieldcheck.cli.main import commands
from fieldcheck.words import language

WRONG = {
    ("split", "p"): "split needs --format (imagefolder, yolo, ",
    ("split",): "split needs PROJECT",
    ("export", "p", "--format", "csv"): "export needs --out",
    ("pick", "p", "--count", "many"): "pick takes as --count: a whole number ≥ 1.",
    ("split", "p", "--share", "1"): "split takes as --share: a number > 0 < 1.",
    ("run", "p", "--on", "everything"): "run takes as --on: field, benchmark, footage, all.",
    ("pick", "p", "--cuont", "3"): "pick knows no --cuont. Is it --count",
    ("pick", "p", "--count"): "--count",
    ("pikc", "p"): "fieldcheck knows no pikc. Is it pick",
    ("model", "chekc"): "fieldcheck model knows no chekc. Is it check",
    ("pick", "p", "q"): "q",
    ("probe", "p", "--allow", "fire"): "fire is not FAMILY=CLASS",
    ("compare", "p", "a", "a"): "Both are 'a'",
}


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_what_is_wrong_is_one_sentence(terminal, words):
    outcome = terminal(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert WRONG[words] in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    assert outcome.err.strip().endswith("--help shows how.")


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_names_what_it_needs_in_the_language_of_the_system(terminal, monkeypatch, name):
    needed = [one for one in commands()[name].params if one.required]
    if not needed:
        pytest.skip("it runs without any")
    monkeypatch.setenv("LANGUAGE", "de")
    monkeypatch.setattr(language, "of_system", lambda: "de")
    outcome = terminal(*name.split())
    assert outcome.code == 2
    assert outcome.err.startswith(f"fieldcheck {name} braucht ")
    assert outcome.err.strip().endswith("--help zeigt, wie es geht.")


def test_a_group_by_itself_shows_its_help(terminal):
    outcome = terminal("model")
    assert outcome.code == 2
    assert "Commands:" in outcome.err
    assert click.unstyle(outcome.err) == outcome.err
