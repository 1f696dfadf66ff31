"""Counted attacks on the device runner, on models with outside weights, on device results.
Strangers' models with weights in files of any name, and the folder for a device."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from itertools import product
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from fieldcheck.files import sha256_file
from fieldcheck.latency import bench_runner
from fieldcheck.latency.device_runner import FIELDS
from fieldcheck.latency.latency_run import KIND
from fieldcheck.models.onnx_file import read_onnx
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import models as model_facts
from tests import makers
from tests.hostile import models
from tests.hostile.told import Unhindered, told
from tests.journeys.program import Program
from tests.programs import run_program

HANGS_S = 60.0
MODULES = (
    "numpy", "onnxruntime", "json", "site", "sitecustomize", "encodings", "argparse", "__future__",
    "typing", "ctypes", "os", "re",
)  # fmt: skip
ENDINGS = (
    "PY", "pyc", "pyo", "pyd", "pyw", "so", "so.1", "dll", "dylib", "pth", "exe", "com", "bat",
    "cmd", "ps1", "sh", "js", "lnk", "part", "py.",
)  # fmt: skip
NAMES = (
    *MODULES[:3], *(f"{module}.py" for module in MODULES),
        *(f"{module}/__init__.py" for module in MODULES[:3]),
    *(f"weights.{ending}" for ending in ENDINGS), "run_bench.py", "runner.json", "frames.npy",
        "model/model.onnx", "weights_1.bin",
    "project.db", "__pycache__/numpy.cpython-311.pyc", "a:b", "a*b", "x|y", "Ö\u202e.nib",
    "w" * 200, "-rf", "$(touch w)", "con",
)  # fmt: skip
PLACES = (
    "", ".", "..", "../w", "a/../../w", "./../w", "/etc/hostname", "/dev/zero",
    "/proc/self/environ", "C:\\w", "C:w", "\\\\host\\share\\w", "//host/share/w",
    "file:///etc/hostname", "http://127.0.0.1/w", "~/w", "w\0.bin", "w" * 5000,
    "*/_ORT_MEM_ADDR_/*", "linked", "folder/linked", "pipe", "folder", "net.onnx", "NUL",
    "gone.bin", "a\\..\\..\\w", "\udcffw",
)  # fmt: skip
FIGURES = tuple(
    product(
        ("offset", "length"),
        ("-1", "-4096", "3", "0x10", "", "nan", "999999999999", str(2**63), "4096 "),
    )
)
VALUES = (None, -1, 0, 10**18, 1e18, "x", True, [], {}, [[]], [None], {"a": {}}, "\u202e" * 200)


class Attacks:
    """Outcomes of attacks by kind; whatever is none of `taken` and `refused` is a hole."""

    def __init__(self, terminal, folder):
        self.terminal, self.folder, self.found, self.holes = terminal, folder, Counter(), []
        self.marker = folder / "was run"

    def note(self, name, outcome):
        self.found[outcome] += 1
        if outcome not in ("taken", "refused"):
            self.holes.append((name, outcome))

    def command(self, name, *arguments):
        """`taken` or `refused` by a command in this process, or what is wrong with how it ended."""
        with Unhindered() as took:
            outcome = self.terminal(*arguments)
        if outcome.code not in (0, 1) or "Traceback" in outcome.err:
            return "bugs"
        if took.seconds > HANGS_S:
            return "hangs"
        if self.marker.exists() or (self.folder / "w").exists():
            return "escapes"
        return "refused" if outcome.code else "taken"

    def program(self, runner, *isolated):
        """The same by the exported program in a process of its own, started as somebody would who
        stands in its folder."""
        command = [
            sys.executable, *isolated, "run_bench.py", "--seconds", "0.1", "--threads", "1",
            "--out", str(self.folder / "bench.json"),
        ]  # fmt: skip
        try:
            run = run_program(
                command, cwd=runner, env={"PATH": os.environ["PATH"]}, timeout=10 * HANGS_S
            )
        except subprocess.TimeoutExpired:
            return "hangs"
        if self.marker.exists():
            return "escapes"
        if "Traceback" in run.stderr:
            return "bugs"
        return "refused" if run.returncode else "taken"

    def model(self, name, path, device=False):
        """A model into a new project; where it is taken, nothing of it may be lost on its way
        through check, pack and unpack, nor run on the device."""
        cases = ("p.fieldcheck", "p.fcpack", "q.fieldcheck")
        project, pack, back = (self.folder / one for one in cases)
        outcome = self.command(name, "new", project, "--model", path)
        if outcome == "taken":
            outcome = self._whole(name, project, pack, back)
        if outcome == "taken" and device:
            outcome = self._on_device(name, project)
        self.note(name, outcome)
        for one in (project, pack, back, self.folder / "runner", self.folder / "day"):
            shutil.rmtree(one) if one.is_dir() else one.unlink(missing_ok=True)

    def _whole(self, name, project, pack, back):
        for words in (
            ("check", project), ("pack", project, pack), ("verify", pack), ("unpack", pack, back),
        ):  # fmt: skip
            if (outcome := self.command(name, *words)) != "taken":
                return "silent losses" if outcome == "refused" else outcome
        return "taken" if hashes(project / "models") == hashes(back / "models") else "silent losses"

    def _on_device(self, name, project):
        makers.picture_folder(self.folder / "day", makers.cycle(4))
        runner = self.folder / "runner"
        for words in (
            ("import", project, self.folder / "day"),
            ("latency", project, "--export-runner", runner),
        ):
            if (outcome := self.command(name, *words)) != "taken":
                return outcome
        if (outcome := self.program(runner)) != "taken":
            return "silent losses" if outcome == "refused" else outcome
        return self.command(name, "latency", project, "--import", self.folder / "bench.json")


def hashes(folder):
    return {
        one.relative_to(folder).as_posix(): sha256_file(one)
        for one in folder.rglob("*")
        if one.is_file()
    }


def planted(marker):
    return f"open({str(marker)!r}, 'w').close()\n"


def coded(path, marker):
    """Weights that are a program too: what follows it is a comment in one line."""
    data = path.read_bytes()
    code = f"{planted(marker)}#".encode()
    path.write_bytes(code + data[len(code) :])


def by_names(attacks, theirs, some):
    for name in some(NAMES):
        folder = theirs()
        path = models.with_weights_in(folder / "net.onnx", name)
        coded(folder / name, attacks.marker)
        attacks.model(f"named {name[:40]!r}", path, device=name in MODULES)


def by_places(attacks, theirs, some):
    """Weights at places that are none of the model's own."""
    for said in some(PLACES):
        folder = theirs()
        path = models.with_weights_in(folder / "net.onnx", "w.bin")
        (folder / "folder").mkdir()
        for link in (folder / "linked", folder / "folder" / "linked"):
            link.symlink_to(folder.parent / "secret")
        os.mkfifo(folder / "pipe")
        (folder / "*" / "_ORT_MEM_ADDR_").mkdir(parents=True)
        shutil.copyfile(folder / "w.bin", folder / "*" / "_ORT_MEM_ADDR_" / "*")
        data = path.read_bytes()
        model = onnx.load_model_from_string(data)
        try:
            models.outside(weights_in(model), said, offset="4096", length="36")
            data = model.SerializeToString()
        except (UnicodeEncodeError, ValueError):
            data = data.replace(b"w.bin", b"\xff.bin")
        path.write_bytes(data)
        attacks.model(f"at {said[:40]!r}", path)


def weights_in(model):
    return next(one for one in model.graph.initializer if one.name == "w")


def by_figures(attacks, theirs, some):
    """Offsets and lengths that do not fit the file."""
    for key, value in some(FIGURES):
        path = models.with_weights_in(theirs() / "net.onnx", "w.bin")
        model = onnx.load(path, load_external_data=False)
        models.outside(weights_in(model), "w.bin", **{"offset": "4096", "length": "36", key: value})
        path.write_bytes(model.SerializeToString())
        attacks.model(f"{key} {value}", path)


def without_a_file(path):
    path.with_name("w.bin").unlink()


def cut(path):
    path.with_name("w.bin").write_bytes(bytes(4100))


def larger_than_it_says(path, dims=(1 << 20, 1 << 20)):
    model = onnx.load(path, load_external_data=False)
    weights_in(model).dims[:] = dims
    path.write_bytes(model.SerializeToString())


def below_nothing(path):
    larger_than_it_says(path, (-3, 3))


def of_nothing(path):
    larger_than_it_says(path, (0, 3))


def twice_named(path):
    model = onnx.load(path, load_external_data=False)
    weights_in(model).external_data.add(key="location", value="../w")
    path.write_bytes(model.SerializeToString())


def here_and_there(path):
    model = onnx.load(path, load_external_data=False)
    weights_in(model).raw_data = bytes(36)
    path.write_bytes(model.SerializeToString())


def in_a_constant(path, location="numpy.py"):
    model = onnx.load(path, load_external_data=False)
    tensor = numpy_helper.from_array(np.zeros(9, np.float32), "far")
    path.with_name(location).write_bytes(bytes(36))
    models.outside(tensor, location, offset="0", length="36")
    model.graph.node.insert(0, helper.make_node("Constant", [], ["unused"], value=tensor))
    path.write_bytes(model.SerializeToString())


def in_a_constant_elsewhere(path):
    in_a_constant(path, "v.bin")


def in_thousands(path):
    model = onnx.load(path, load_external_data=False)
    for at in range(5000):
        more = model.graph.initializer.add(
            name=f"more{at}", data_type=TensorProto.FLOAT, dims=[3, 3]
        )
        models.outside(more, "w.bin", offset="4096", length="36")
    path.write_bytes(model.SerializeToString())


def in_a_hundred_files(path):
    model = onnx.load(path, load_external_data=False)
    for at in range(100):
        shutil.copyfile(path.with_name("w.bin"), path.with_name(f"w{at}"))
        more = model.graph.initializer.add(
            name=f"more{at}", data_type=TensorProto.FLOAT, dims=[3, 3]
        )
        models.outside(more, f"w{at}", offset="4096", length="36")
    path.write_bytes(model.SerializeToString())


PIECES = (
    without_a_file, cut, larger_than_it_says, below_nothing, of_nothing, twice_named,
    here_and_there, in_a_constant, in_a_constant_elsewhere, in_thousands, in_a_hundred_files,
)  # fmt: skip


def by_pieces(attacks, theirs, some):
    """Missing pieces, wrong sizes, weights in unusual places, tensors sized by pixels."""
    for change in some(PIECES):
        path = models.with_weights_in(theirs() / "net.onnx", "w.bin")
        change(path)
        attacks.model(change.__name__, path)
    for gigabytes in some((0.05, 5, 1e6)):
        model = models.sized_by_a_pixel(theirs() / "net.onnx", gigabytes)
        attacks.model(f"{gigabytes} GB by a pixel", model)


def by_what_lies_beside(attacks, runner, isolated, names):
    """Files called like modules beside the program. Each is one attack: one run meets all of
    them."""
    for name in names:
        (runner / f"{name}.py").write_text(planted(attacks.marker))
        (runner / name).mkdir(exist_ok=True)
        (runner / name / "__init__.py").write_text(planted(attacks.marker))
    outcome = attacks.program(runner, *isolated)
    for name in names:
        attacks.note(f"beside it {name}, {isolated}", outcome)


def pickled(path):
    """An array that runs a program where somebody unpickles it."""
    np.save(path, np.array([Bomb(path.with_name("was run"))], object), allow_pickle=True)


class Bomb:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return (exec, (planted(self.marker),))


def by_changed_folders(attacks, runner, some):
    """Pieces of the exported folder that were changed on the way to the device."""
    pieces = ("frames.npy", "runner.json", "model/model.onnx", "model/weights_1.bin")
    changes = {
        "gone": Path.unlink, "empty": lambda path: path.write_bytes(b""),
        "cut": lambda path: path.write_bytes(path.read_bytes()[:-7]),
        "text": lambda path: path.write_text("import os"), "pickled": pickled,
        "longer": lambda path: path.write_bytes(path.read_bytes() + b"x"),
        "deep": lambda path: path.write_bytes(b"[" * 100_000),
    }  # fmt: skip
    for piece, (name, change) in some(tuple(product(pieces, changes.items()))):
        kept = (runner / piece).read_bytes()
        change(runner / piece)
        attacks.note(
            f"{piece} {name}",
            "escapes" if (runner / "was run").exists() else attacks.program(runner),
        )
        (runner / piece).unlink(missing_ok=True)
        (runner / piece).write_bytes(kept)


def by_results(attacks, project, whole, some):
    """Results with any value in any field, and in every field of a column, memory and state."""
    n = len(whole["begun_s"])
    columns = [[value] * n for value in (None, -1, 0, 10**18, "x", True, [1])]
    megabytes, meters = ("warm_mb", "end_mb", "peak_mb"), ("mhz", "celsius", "joules", "governor")
    shapes, figures = (None, [3], "x"), (None, [1e308], ["x"], {}, [[]])
    nested = {
        "begun_s": columns,
        "stages_ms": [{**whole["stages_ms"], "forward": column} for column in columns] + [
            dict.fromkeys(whole["stages_ms"], [0.0] * n)],
        "memory": [{**whole["memory"], name: value} for name,
            value in product(megabytes, (None, -5, 1e18, "x", True))],
        "states": [[[0.0, {name: value}]] for name,
            value in product(meters, (-1e18, 1e18, "\n", True, []))],
        "machine": [{"name": value} for value in (None, [1], {"a": 1}, "\x1b[2J" * 50,
            "x" * 100_000)],
        "answers": [[[{"shape": one, "figures": other}]] for one,
            other in product(shapes, figures)],
    }  # fmt: skip
    cases = [(name, value) for name in FIELDS for value in (*VALUES, *nested.get(name, ()))]
    path = attacks.folder / "bench.json"
    for name, value in some(cases):
        path.write_text(json.dumps({**whole, name: value}))
        before = kept_runs(project)
        outcome = attacks.command(name, "latency", project, "--import", path)
        if (outcome == "refused" and kept_runs(project) != before) or (
            outcome == "taken" and not is_possible(project)
        ):
            outcome = "silent losses"
        attacks.note(f"{name} = {value!r:.60}", outcome)


def kept_runs(project):
    with open_project(project, write=False) as opened:
        return opened.read(lambda db: len(model_facts.list_facts(db, KIND)))


def is_possible(project):
    """Whether the run that is kept is one that a device can have had."""
    with open_project(project, write=False) as opened:
        found = opened.read(lambda db: model_facts.list_facts(db, KIND))[-1][2]
    return (
        0 <= found["peak_mb"] < 1e7
        and 0 < found["seconds"] < 8 * 86_400
        and found["throughput_fps"] > 0
    )


@pytest.fixture
def theirs(tmp_path):
    """`theirs()`: a new folder of a stranger, each time at the same place."""
    (tmp_path / "strangers").mkdir()
    (tmp_path / "strangers" / "secret").write_bytes(bytes(8192))

    def anew():
        folder = tmp_path / "strangers" / "theirs"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    return anew


@pytest.fixture
def exported(terminal, theirs, tmp_path, monkeypatch):
    """A project, its exported folder, and a whole result of it."""
    monkeypatch.setattr(bench_runner, "WARM_UP_S", 0.1)
    project, runner = tmp_path / "device.fieldcheck", tmp_path / "device"
    path = models.with_weights_in(theirs() / "net.onnx", "w.bin")
    terminal.document("new", project, "--model", path)
    makers.picture_folder(tmp_path / "films", makers.cycle(8))
    terminal.document("import", project, tmp_path / "films")
    terminal.document("latency", project, "--export-runner", runner)
    bench_runner.main(["--seconds", "0.1", "--out", str(tmp_path / "bench.json")], runner)
    return project, runner, json.loads((tmp_path / "bench.json").read_text())


@pytest.mark.long
@pytest.mark.full("attacks_runner")
@pytest.mark.skipif(os.name == "nt", reason="pipes and links of POSIX are among the attacks")
def test_no_attack_on_the_runner_on_weights_or_on_results_gets_through(
    terminal, theirs, exported, tmp_path, counts, evidence
):
    """Taken whole or refused in a sentence: no bug, no hang, nothing run, nothing lost in
    silence."""
    share = counts(ci=2, full=1000)

    def some(attacks):
        """So many of them, spread over all."""
        places = range(min(share, len(attacks)))
        return [attacks[at * len(attacks) // min(share, len(attacks))] for at in places]

    project, runner, whole = exported
    attacks = Attacks(terminal, tmp_path)
    for kind in (by_names, by_places, by_figures, by_pieces):
        kind(attacks, theirs, some)
    by_results(attacks, project, whole, some)
    by_changed_folders(attacks, runner, some)
    names = some(
        sorted(
            {
                *MODULES,
                "usercustomize",
                *(one for one in sys.stdlib_module_names if one.isidentifier()),
            }
        )
    )
    for at, isolated in enumerate(((), ("-I",))):
        copy = shutil.copytree(runner, tmp_path / f"device {at}")
        by_what_lies_beside(attacks, copy, isolated, names)
    assert attacks.holes == []
    n = attacks.found.total()
    assert n >= (500 if counts.full else 10)
    kinds = ("taken", "refused", "bugs", "hangs", "escapes", "silent losses")
    evidence(attacks=n, **{kind.replace(" ", "_"): attacks.found[kind] for kind in kinds})


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


@pytest.mark.short_cases(2)
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


@pytest.mark.long
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


@pytest.mark.long
def test_a_disk_that_fills_up_leaves_no_half_of_a_folder(filmed, tmp_path):
    """Where no file may grow beyond two megabytes, which the weights do."""
    project = filmed("weights", padding=3 << 20)
    program = Program(tmp_path / "home", ("bash", "-c", 'ulimit -f 2048; exec "$@"', "-"))
    outcome = program("latency", project, "--export-runner", tmp_path / "runner")
    assert (outcome.code, "Disk full: cannot write " in outcome.err) == (1, True), outcome.err
    assert {one.name for one in tmp_path.iterdir()} == {"theirs", "day", "p.fieldcheck", "home"}
