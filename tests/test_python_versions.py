"""A project, its seal and its pack, made under one Python, under the other: the same picks, the same
digits, and nothing to complain of."""

import json
import os
import sys
from pathlib import Path

import pytest

from tests import makers
from tests.programs import run_program

CHECKOUT = Path(__file__).parents[1]
OTHER = os.environ.get("FIELDCHECK_OTHER_PYTHON", "")
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not OTHER, reason="packaging/test.sh --all names the other Python"),
]


def ask(python, *words):
    """The JSON document of a command that ends well."""
    ran = run_program(
        [python, "-m", "fieldcheck", *map(str, words), "--json"],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "TZ": "UTC"},
        cwd=CHECKOUT,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return json.loads(next(line for line in ran.stdout.splitlines() if line.startswith("{")))


def make_project(python, folder, parts):
    """A project with footage of three clips, picks, labels, a run and a pack, in `folder`; returns
    it, the pack and the picks."""
    folder.mkdir()
    project, pack = folder / "line.fieldcheck", folder / "line.fcpack"
    ask(
        python, "new", project, "--model", parts["model"], "--benchmark", parts["benchmark"],
        "--claimed", 0.95, "--metric", "accuracy",
    )  # fmt: skip
    videos = {
        ask(python, "import", project, video)["clips"][0]["recording_id"]: video.name
        for video in parts["videos"]
    }
    picks = ask(python, "pick", project, "--count", 24, "--seed", 7)["picks"]
    lines = ["file,class"]
    for number, pick in enumerate(picks):
        recording, index = pick["frame_id"].rsplit("-", 1)
        lines.append(f"{videos[recording]}#{int(index)},{makers.COLOURS[number % 3]}")
    (folder / "labels.csv").write_text("\n".join(lines), "utf-8")
    ask(python, "label", "import", project, folder / "labels.csv", "--by", "Ana")
    ask(python, "run", project)
    ask(python, "pack", project, pack)
    return project, pack, [(pick["frame_id"], pick["stratum"]) for pick in picks]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """By Python what it made of the same model, benchmark and footage."""
    work = tmp_path_factory.mktemp("versions")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDCHECK_HOME", str(work / "home"))
        return make_both(work)


def make_both(work):
    parts = {
        "model": makers.colour_model(work / "net.onnx", gain=6.0),
        "benchmark": makers.benchmark_folder(work / "clean"),
        "videos": [
            makers.video(work / f"clip{k}.avi", makers.cycle(48, start=k), seed=k) for k in range(3)
        ],
    }
    return {
        python: make_project(python, work / name, parts)
        for name, python in (("here", sys.executable), ("other", OTHER))
    }


def test_the_two_are_different_pythons():
    version = [OTHER, "-c", "import sys; print(sys.version_info[:2])"]
    assert run_program(version).stdout.strip() != str(sys.version_info[:2])


def test_both_pick_the_same_frames_for_the_same_strata(made):
    assert made[sys.executable][2] == made[OTHER][2]


@pytest.mark.parametrize("direction", ["here", "other"])
def test_what_one_made_verifies_and_replays_under_the_other(made, direction, tmp_path):
    maker, reader = (sys.executable, OTHER) if direction == "here" else (OTHER, sys.executable)
    project, pack, _ = made[maker]
    assert ask(reader, "verify", pack)["ok"]
    assert ask(reader, "check", project)["ok"]
    (run, *_) = ask(reader, "runs", project)["runs"]
    assert ask(reader, "replay", project, run["run_id"])["same"]
    seals = [ask(python, "seal", project)["seal"] for python in (maker, reader)]
    assert seals[0] == seals[1]
