"""A remedy is data that each door tells; no sentence of window or report holds a command."""

import ast
import re
from pathlib import Path

import pytest

from fieldcheck.cli.main import fieldcheck
from fieldcheck.errors.message_format import (
    REMEDIES,
    format_command,
    format_remedy,
    format_report_remedy,
    use_audience,
)
from fieldcheck.errors.messages import format_error
from fieldcheck.errors.models import NoModel
from fieldcheck.i18n import language
from tests.source import nodes

PACKAGE = Path(__file__).parent.parent.parent / "fieldcheck"
COMMAND = re.compile(r"`|(?<!\.)\bfieldcheck [a-z-]")  # after a dot it ends a folder's name
TERMINAL_ONLY = ("cli",)
# a page for who trains, with the lines of Python to copy
README_OF_A_RECIPE = "corruptions/training_recipe.py"


def sentences_with_commands():
    """Where a sentence that is translated holds a command, outside the terminal's own room."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if name.split("/")[0] in TERMINAL_ONLY or name == README_OF_A_RECIPE:
            continue
        for node in nodes(path):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"tr", "tr_plural", "tr_points", "msgid"}
            ):
                said = [
                    one.value
                    for sentence in node.args
                    for one in ast.walk(sentence)
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                ]
                if any(COMMAND.search(one) for one in said):
                    yield f"{name}:{node.lineno}"


def test_no_sentence_of_the_window_or_of_a_report_holds_a_command():
    assert list(sentences_with_commands()) == []


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("Run fieldcheck demo.", True),
        ("Add a model (`model set`).", True),
        ("A .fieldcheck folder on a stick.", False),
    ],
)
def test_a_command_is_told_from_the_ending_of_a_folder(sentence, holds):
    assert bool(COMMAND.search(sentence)) == holds


def test_the_same_error_is_told_by_each_door_in_its_own_terms():
    error = NoModel("plant.fieldcheck")
    with use_audience("terminal"):
        assert format_error(error).endswith("Add a model (`fieldcheck model set`).")
    with use_audience("window"):
        assert format_error(error).endswith("Add a model (Project, “Model”).")


@pytest.mark.parametrize("code", REMEDIES)
def test_every_command_is_one_of_the_programs_and_no_place_is_one(code):
    words = [word for word in REMEDIES[code].command.split() if not word.startswith("-")]
    command = fieldcheck
    for word in words[:2] if words and words[0] != "run" else words[:1]:
        command = command.get_command(None, word)
        assert command is not None, word
    with use_audience("window"):
        assert not COMMAND.search(format_remedy(code))
        assert format_remedy(code) == format_report_remedy(code)
    with use_audience("terminal"):
        assert format_remedy(code) == f" (`fieldcheck {REMEDIES[code].command}`)"


def test_a_report_names_the_place_whichever_door_writes_it():
    with use_audience("terminal"):
        assert format_report_remedy("run") == " (Explore, “Run model”)"
        assert format_report_remedy("quantise") == ""


def test_places_are_told_in_the_language_that_is_spoken():
    with language.use_language("de"), use_audience("window"):
        assert format_remedy("run") == " (Analyse, „Modell ausführen“)"


def test_another_programs_command_is_for_the_terminal_only():
    with use_audience("terminal"):
        expected = " (`pip install fieldcheck[netcam]`)"
        assert format_command("pip install fieldcheck[netcam]") == expected
    with use_audience("window"):
        assert format_command("pip install fieldcheck[netcam]") == ""
