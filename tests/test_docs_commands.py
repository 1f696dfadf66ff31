"""Commands on the pages for users: each is taken by the program's own parser, and those of the
tutorials run, in their order, on material of the kind that the page names."""

import csv
import json
import re
import shlex
from pathlib import Path

import pytest

from fieldcheck.cli.main import list_commands, main
from fieldcheck.errors import message_format
from tests import makers
from tests.counts import only_full

CHECKOUT = Path(__file__).parent.parent
PAGES = [
    CHECKOUT / "README.md",
    *sorted((CHECKOUT / "docs" / "howto").glob("*.md")),
    *sorted((CHECKOUT / "docs" / "tutorials").glob("*.md")),
]
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(fieldcheck [^`]+)`")


def commands_in(page: Path, inline: bool = False) -> list[list[str]]:
    """Every line of the page's blocks that begins with the program, without its comment."""
    text = page.read_text("utf-8")
    lines = [line for block in BLOCK.findall(text) for line in block.splitlines()]
    lines += INLINE.findall(text) if inline else []
    words = [shlex.split(line.replace(".venv/bin/", ""), comments=True) for line in lines]
    return [one[1:] for one in words if one[:1] == ["fieldcheck"]]


WRITTEN = [
    (page.name, one) for page in PAGES for one in commands_in(page, inline=True) if len(one) > 1
]


def test_there_are_commands_to_hold():
    assert len(WRITTEN) > 40
    assert {page.name for page in PAGES} >= {"first-gap.md", "ci-gate.md", "site-visit.md"}


@pytest.mark.parametrize(("page", "words"), WRITTEN, ids=[f"{p} {' '.join(w)}" for p, w in WRITTEN])
def test_the_program_takes_a_command_as_it_is_written(page, words):
    if words[0].endswith((".fieldcheck", ".fcpack")) or words[0].startswith("--"):
        return  # a project alone opens the window
    known = list_commands()
    name = next((one for one in (" ".join(words[:2]), words[0]) if one in known), None)
    assert name, f"{page}: fieldcheck {' '.join(words)}"
    if words != name.split():  # in a sentence, the name of a command stands for it
        known[name].make_context(name, words[len(name.split()) :])


@pytest.fixture
def material(tmp_path, monkeypatch):
    """A folder with what the tutorials name."""
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.chdir(tmp_path)
    makers.colour_model(tmp_path / "model.onnx")
    makers.colour_model(tmp_path / "new.onnx", gain=7.0)
    makers.benchmark_folder(tmp_path / "benchmark")
    makers.video(tmp_path / "night.avi", makers.cycle(60), seed=3)
    with message_format.use_audience("window"):
        yield tmp_path


def write_labels(project: Path, path: Path, capsys) -> None:
    """Labels of every picked frame, as a person writes them in a spreadsheet."""
    capsys.readouterr()
    main(["pick", str(project), "--json"])
    picks = json.loads(capsys.readouterr().out)["picks"]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "class"])
        writer.writerows(
            [pick["file"], makers.COLOURS[number % 3]] for number, pick in enumerate(picks)
        )


@pytest.mark.long
def test_the_first_tutorial_runs_as_it_is_written(material, walked_demo, capsys):
    walked_demo.copy(material / "demo")
    ran = []
    for words in commands_in(CHECKOUT / "docs" / "tutorials" / "first-gap.md"):
        if words[0] == "demo":
            continue  # walked for this fixture, by the same line
        if words[:2] == ["label", "import"]:
            write_labels(Path("line4.fieldcheck"), Path("labels.csv"), capsys)
        assert main(words) == 0, (words, capsys.readouterr().err)
        ran.append(words[0])
    assert ran == ["label", "runs", "checklist", "start", "label", "run", "report"]
    assert list(material.glob("line4.fieldcheck/reports/*/report.html"))


@only_full
def test_the_tutorial_of_the_gate_runs_as_it_is_written(material, capsys):
    for number in (1, 2):
        makers.video(material / f"day{number}.avi", makers.cycle(60, start=number), seed=number)
    films = [word for name in ("night", "day1", "day2") for word in ("--footage", f"{name}.avi")]
    begun = ["start", "line4.fieldcheck", "--model", "model.onnx", "--benchmark", "benchmark"]
    assert main([*begun, *films, "--headless"]) == 0
    write_labels(Path("line4.fieldcheck"), Path("labels.csv"), capsys)
    assert main(["label", "import", "line4.fieldcheck", "labels.csv"]) == 0
    assert main(["run", "line4.fieldcheck", "--on", "all"]) == 0
    codes = {}
    for words in commands_in(CHECKOUT / "docs" / "tutorials" / "ci-gate.md"):
        codes[" ".join(words[:1] + words[2:3])] = main(words)
    told = capsys.readouterr().err
    assert codes.pop("gate --model") in (0, 3, 4), told
    assert set(codes.values()) == {0}, (codes, told)
    assert (material / "gate.xml").exists()
    assert list((material / "recipe").iterdir())
