"""Strangers' models with weights in files of any name, and the folder for a device."""

import json
import os
import sys

import pytest

from fieldcheck.models.onnx_file import read_onnx
from tests import makers
from tests.hostile import models
from tests.hostile.told import told
from tests.journeys.program import Program
from tests.programs import run_program

CODE_NAMES = (
    "numpy.py", "NumPy.PY", "json/__init__.py", "site.pth", "onnxruntime.so", "libc.so.6", "a.dll",
    "run.bat", "x.sh", "numpy.py.",
)  # fmt: skip
IMPORTED = (
    "numpy", "onnxruntime", "json", "argparse", "hashlib", "typing", "__future__", "pathlib",
    "platform", "subprocess", "ctypes",
)  # fmt: skip
USUAL = (
    "weights.bin", "model.onnx.data", "onnx__MatMul_123", "layer1.0.weight", "sub/w.data", "py",
    "Gewichte für uns.bin",
)  # fmt: skip


def planted(marker):
    return f"open({str(marker)!r}, 'w').close()\n"


@pytest.fixture
def filmed(terminal, tmp_path):
    """`filmed(location)`: a project with footage whose model keeps its weights in that file."""

    def made(location, padding=4096):
        folder, project = tmp_path / "theirs", tmp_path / "p.fieldcheck"
        folder.mkdir()
        path = models.with_weights_in(folder / "net.onnx", location, padding)
        makers.picture_folder(tmp_path / "day", makers.cycle(12))
        terminal.document("new", project, "--model", path)
        terminal.document("import", project, tmp_path / "day")
        return project

    return made


@pytest.mark.parametrize("name", CODE_NAMES)
def test_weights_that_are_named_like_a_program_are_refused(tmp_path, name):
    path = models.with_weights_in(tmp_path / "net.onnx", name)
    assert f"named like a program ({name})" in told(lambda: read_onnx(path))


@pytest.mark.parametrize("name", USUAL)
def test_usual_names_of_weights_are_taken(tmp_path, name):
    onnx = read_onnx(models.with_weights_in(tmp_path / "net.onnx", name))
    assert [one.name for one in onnx.external] == [name.rpartition("/")[2]]


@pytest.mark.parametrize("command", ["new", "model set", "try", "gate", "model check"])
def test_every_way_of_a_model_into_the_program_refuses_them(terminal, copied, tmp_path, command):
    project = copied()
    path = models.with_weights_in(tmp_path / "net.onnx", "numpy.py")
    words = {
        "new": ("new", tmp_path / "q.fieldcheck", "--model", path),
        "model set": ("model", "set", project, path),
        "try": ("try", path, models.bright_picture(tmp_path / "white.png")),
        "gate": ("gate", project, "--model", path),
        "model check": ("model", "check", path),
    }[command]
    assert "named like a program (numpy.py)" in terminal.refusal(*words)


def test_an_exported_folder_has_the_weights_under_names_of_its_own(terminal, filmed, tmp_path):
    project, folder = filmed("theirs/numpy"), tmp_path / "runner"
    terminal.document("latency", project, "--export-runner", folder)
    expected = {"run_bench.py", "runner.json", "card.json", "frames.npy", "model"}
    assert {one.name for one in folder.iterdir()} == expected
    assert {one.name for one in (folder / "model").iterdir()} == {"model.onnx", "weights_1.bin"}
    read = read_onnx(folder / "model" / "model.onnx")
    assert [one.name for one in read.external] == ["weights_1.bin"]


@pytest.mark.parametrize("isolated", [(), ("-I",)])
def test_an_exported_folder_runs_nothing_beside_its_program(terminal, filmed, tmp_path, isolated):
    """Whoever started it with `-I` is as safe as whoever forgot to; its result is taken in, so the
    weights are those of the project."""
    project, folder, marker = filmed("weights"), tmp_path / "runner", tmp_path / "was run"
    terminal.document("latency", project, "--export-runner", folder)
    for name in IMPORTED:
        (folder / f"{name}.py").write_text(planted(marker))
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(planted(marker))
    command = [
        sys.executable, *isolated, "run_bench.py", "--seconds", "0.1", "--threads", "1", "--busy",
        "1", "--out", "bench.json",
    ]  # fmt: skip
    run = run_program(command, cwd=folder, env={"PATH": os.environ["PATH"]})
    assert run.returncode == 0, run.stderr
    assert not marker.exists()
    assert terminal.document("latency", project, "--import", folder / "bench.json")["n"] > 0
    assert json.loads((folder / "runner.json").read_text())["model_file"] == "model/model.onnx"


def test_a_disk_that_fills_up_leaves_no_half_of_a_folder(filmed, tmp_path):
    """Where no file may grow beyond two megabytes, which the weights do."""
    project = filmed("weights", padding=3 << 20)
    program = Program(tmp_path / "home", ("bash", "-c", 'ulimit -f 2048; exec "$@"', "-"))
    outcome = program("latency", project, "--export-runner", tmp_path / "runner")
    assert (outcome.code, "Disk full: cannot write " in outcome.err) == (1, True), outcome.err
    assert {one.name for one in tmp_path.iterdir()} == {"theirs", "day", "p.fieldcheck", "home"}
