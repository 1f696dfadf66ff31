import os
import pty
import shlex
import subprocess
import sys
import time

import pytest

from fieldcheck.cli.main import main
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels, models
from tests import makers
from tests.cli.other_door import Door
from tests.conftest import CHECKOUT

KEYS = {"schema", "project", "model", "card", "proposed", "benchmark", "clips", "failed"}


@pytest.fixture
def bare(tmp_path, material):
    """A model without a card, a video and a benchmark."""
    folder = tmp_path / "bare"
    folder.mkdir()
    model = makers.colour_model(folder / "net.onnx")
    model.with_suffix(".card.json").unlink()
    film = makers.video(folder / "night shift.avi", makers.cycle(60), seed=3)
    return model, film, makers.benchmark_folder(folder / "clean")


def read_project(path):
    with open_project(path, write=False) as project:
        return project.read(models.get_newest_model), project.read(labels.list_picks)


@pytest.mark.long
def test_one_line_leads_from_a_model_and_a_video_to_picked_frames(terminal, bare, tmp_path):
    model, film, clean = bare
    project = tmp_path / "line4.fieldcheck"
    document = terminal.document(
        "start", project, "--model", model, "--footage", film, "--benchmark", clean, "--count", "10",
    )  # fmt: skip
    assert set(document) > KEYS
    assert document["model"]["classes"] == sorted(makers.COLOURS)
    assert {"task", "classes", "input.resize"} <= set(document["proposed"])
    stored, picks = read_project(project)
    assert (stored.name, len(picks)) == ("net", 10)
    assert len(document["clips"]) == 1
    assert document["benchmark"]["n"] == 18


@pytest.mark.long
def test_without_a_display_the_next_lines_to_type_are_told(terminal, bare, tmp_path):
    model, film, _ = bare
    project = tmp_path / "my line.fieldcheck"
    given = ("start", project, "--model", model, "--footage", film, "--count", "10")
    said = terminal.said(*given)
    assert f"Next, label the picked frames in the window: fieldcheck '{project}'" in said
    assert "proposals to confirm" in said
    tasks, run = said.splitlines()[-2:]
    exported = shlex.split(tasks.partition("fieldcheck ")[2].replace("tasks/", str(tmp_path / "t")))
    assert terminal(*exported).code == 0
    assert run.endswith(f"fieldcheck run '{project}' --on all && fieldcheck report '{project}'")
    assert "already exists" in terminal.refusal(*given)


def test_a_written_card_is_taken_as_it_is(terminal, material, tmp_path):
    film = makers.video(tmp_path / "a.avi", makers.cycle(60), seed=3)
    document = terminal.document(
        "start", tmp_path / "p.fieldcheck", "--model", material / "net.onnx", "--footage", film,
        "--headless",
    )  # fmt: skip
    assert document["proposed"] == []
    assert document["model"]["classes"] == list(makers.COLOURS)


@pytest.mark.long
def test_the_window_opens_with_the_project_unless_headless(bare, tmp_path, capsys):
    model, film, _ = bare
    project = tmp_path / "p.fieldcheck"
    given = ["start", str(project), "--model", str(model), "--footage", str(film), "--count", "5"]
    door = Door(can_be_seen=True)
    assert main(given, door) == 7
    assert door.opened == [project]
    assert "Project created" in capsys.readouterr().out
    other = [*given[:1], str(tmp_path / "q.fieldcheck"), *given[2:], "--headless"]
    assert main(other, door) == 0
    assert door.opened == [project]


@pytest.mark.long
def test_what_cannot_be_used_leaves_no_project_behind(terminal, bare, tmp_path):
    model, film, _ = bare
    project = tmp_path / "p.fieldcheck"
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all")
    for path in (broken, tmp_path / "none.mp4"):
        said = terminal.refusal("start", project, "--model", model, "--footage", path)
        assert path.name in said
    broken.rename(tmp_path / "broken.onnx")
    given = ("--model", tmp_path / "broken.onnx", "--footage", film)
    assert "broken.onnx" in terminal.refusal("start", project, *given)
    assert not project.exists()


@pytest.mark.long
def test_unreadable_footage_beside_readable_is_told_and_exits_1(terminal, bare, tmp_path):
    model, film, _ = bare
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all")
    document = terminal.document(
        "start", tmp_path / "p.fieldcheck", "--model", model, "--footage", broken, "--footage", film,
        "--count", "5", code=1,
    )  # fmt: skip
    assert [one["path"] for one in document["failed"]] == [str(broken)]
    assert len(document["picks"]) == 5


@pytest.mark.long
def test_at_a_terminal_every_proposed_value_is_asked_for(bare, tmp_path):
    """A person types three names of classes and accepts the rest with Enter."""
    model, film, _ = bare
    project = tmp_path / "p.fieldcheck"
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "fieldcheck", "start", project, "--model", model, "--footage", film,
         "--count", "5"],
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=CHECKOUT,
        env={**os.environ, "LC_ALL": "en_GB.UTF-8", "DISPLAY": "", "WAYLAND_DISPLAY": ""},
    )  # fmt: skip
    os.close(theirs)
    seen, answered = "", 0
    while child.poll() is None or answered == 0:
        try:
            seen += os.read(ours, 4096).decode(errors="replace")
        except OSError:
            break
        while seen.count("]: ") > answered:
            question = seen.split("]: ")[answered]
            os.write(ours, b"rot, gruen, blau\n" if "classes is not" in question else b"\n")
            answered += 1
        time.sleep(0.01)
    assert child.wait() == 0, seen
    os.close(ours)
    assert answered >= 3
    stored, _ = read_project(project)
    assert '"classes":["rot","gruen","blau"]' in stored.card.replace(" ", "")
