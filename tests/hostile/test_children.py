"""Children of the product: none of them sees the camera's password or the PIN, and none is started
in another way than these tests know."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

import fieldcheck
from fieldcheck.child_process import (
    SECRETS,
    make_child_environment,
    run_child,
    run_module,
    run_sibling_module,
    start_module_with_pipes,
)
from fieldcheck.footage.camera import gige, usb
from fieldcheck.latency import bench_runner
from tests import makers
from tests.monitoring.test_log_monitor import log
from tests.source import nodes

PRODUCT = Path(fieldcheck.__file__).parent
TELL = "import json, os, sys; sys.stdout.write(json.dumps(dict(os.environ)))"
STARTERS = {
    "subprocess": {
        "run", "Popen", "call", "check_call", "check_output", "getoutput", "getstatusoutput",
    },
    "os": {"system", "popen", "fork", "forkpty", "startfile", "posix_spawn", "posix_spawnp"},
    "asyncio": {"create_subprocess_exec", "create_subprocess_shell"},
    "click": {"launch", "edit", "echo_via_pager"},
    "pty": {"spawn", "fork"},
}  # fmt: skip
STRANGERS = ("multiprocessing", "concurrent.futures.process", "webbrowser", "_posixsubprocess")


@pytest.fixture(autouse=True)
def secrets(monkeypatch):
    for name in SECRETS:
        monkeypatch.setenv(name, "S3cretQ7")


def starts(path):
    """Calls in a file that start a child, and imports of what starts one in its own way."""
    for node in nodes(path):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            module, _, name = called.rpartition(".")
            by_os = module == "os" and name.startswith(("exec", "spawn"))
            if (
                name in STARTERS.get(module, ())
                or by_os
                or name in ("QProcess", "ProcessPoolExecutor")
                or module == "QProcess"
            ):
                yield node
        elif isinstance(node, ast.ImportFrom):
            starters = {*STARTERS.get(node.module, ()), "QProcess", "ProcessPoolExecutor"}
            names = {one.name for one in node.names} & starters
            if names or str(node.module).startswith(STRANGERS):
                yield node
        elif isinstance(node, ast.Import) and any(one.name in STRANGERS for one in node.names):
            yield node


def is_scrubbed(node):
    if not isinstance(node, ast.Call):
        return False
    given = next((one.value for one in node.keywords if one.arg == "env"), None)
    return isinstance(given, ast.Call) and ast.unparse(given.func) == "make_child_environment"


@pytest.mark.long
def test_every_child_is_started_with_the_scrubbed_environment():
    found = [
        (path.relative_to(PRODUCT).as_posix(), node)
        for path in sorted(PRODUCT.rglob("*.py"))
        for node in starts(path)
    ]
    assert len(found) >= 8  # the search itself works
    assert not [
        f"{path}:{node.lineno} {ast.unparse(node)[:80]}"
        for path, node in found
        if not is_scrubbed(node)
    ]


@pytest.mark.parametrize("code", [
    "subprocess.run(['x'])", "subprocess.Popen(['x'], env=os.environ)", "os.system('x')",
    "os.execv('x', [])", "from subprocess import run",
    "from concurrent.futures import ProcessPoolExecutor", "import multiprocessing",
    "QProcess.startDetached('x')", "import webbrowser",
])  # fmt: skip
def test_the_search_sees_every_way_to_start_a_child(code, tmp_path):
    path = tmp_path / "one.py"
    path.write_text(code)
    assert [node for node in starts(path) if not is_scrubbed(node)]


def test_every_secret_that_the_product_reads_is_among_those_that_children_do_not_see():
    texts = "\n".join(path.read_text("utf-8") for path in PRODUCT.rglob("*.py"))
    named = {word.strip("\"'().,;") for word in texts.split() if "FIELDCHECK_" in word}
    assert {
        word for word in named if word.endswith(("PASSWORD", "PIN", "TOKEN", "KEY", "SECRET"))
    } == set(SECRETS)


def test_a_child_sees_every_variable_but_the_secrets(monkeypatch):
    monkeypatch.setenv("FIELDCHECK_GIGE_INTERFACE", "eth1")
    seen = make_child_environment({"MORE": "1"})
    assert not set(SECRETS) & set(seen)
    actual = (seen["FIELDCHECK_GIGE_INTERFACE"], seen["MORE"], seen["PATH"])
    assert actual == ("eth1", "1", os.environ["PATH"])


@pytest.fixture
def teller(tmp_path):
    """A folder with a module that tells its environment on stdout or in a given file."""
    (tmp_path / "tell_variables.py").write_text(
        f"{TELL}\nif sys.argv[1:]: open(sys.argv[1], 'w').write(json.dumps(dict(os.environ)))\n"
    )
    return tmp_path


def test_no_child_that_runs_modules_or_commands_sees_a_secret(teller, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(teller))
    told = teller / "told.json"
    with run_sibling_module("tell_variables", [str(told)]):
        while not told.exists() or not told.read_text():
            pass
    with start_module_with_pipes("tell_variables", [], [str(teller)]) as piped:
        said, _ = piped.communicate()
    alone = run_child([sys.executable, "-c", TELL], 60)
    ran = (run_module("tell_variables", [], 60).stdout, alone.stdout)
    for text in (told.read_text(), said, *ran):
        assert json.loads(text)["PATH"] == os.environ["PATH"]
        assert not set(SECRETS) & set(json.loads(text))


@pytest.mark.long
def test_the_program_that_an_alarm_calls_sees_no_secret(terminal, empty, tmp_path):
    if sys.platform == "win32":
        pytest.skip("the program of this test is a script with a first line")
    program, kept = tmp_path / "call.py", tmp_path / "variables.json"
    program.write_text(
        f"#!{sys.executable}\nimport json, os\nopen({str(kept)!r}, "
        "'w').write(json.dumps(dict(os.environ)))\n"
    )
    program.chmod(0o755)
    empty.close()
    terminal.document(
        "monitor", empty.path, log(tmp_path / "a.csv", shifts=24, fallen_from=22), "--on-alert",
        program,
    )  # fmt: skip
    assert json.loads(kept.read_text())["PATH"] == os.environ["PATH"]
    assert "S3cretQ7" not in kept.read_text()


def test_the_programs_that_look_for_cameras_see_no_secret(tmp_path, monkeypatch):
    told, bridge = tmp_path / "variables.json", tmp_path / "bridge.py"
    bridge.write_text(
        f"import json, os\nopen({str(told)!r}, 'a').write(json.dumps(dict(os.environ)) + "
        "'\\n')\nprint('[]')\n"
    )
    monkeypatch.setattr(gige, "find_interpreter", lambda: sys.executable)
    monkeypatch.setattr(gige, "BRIDGE", bridge)
    monkeypatch.setattr(usb, "BRIDGE", bridge)
    assert gige.list_gige_cameras().cameras == ()
    assert usb.list_media_foundation() == ()
    with pytest.raises(fieldcheck.FieldcheckError):
        gige.GigeCamera("FC1").open()
    assert len(told.read_text().splitlines()) == 3
    assert "S3cretQ7" not in told.read_text()


@pytest.mark.long
def test_the_burners_beside_a_bench_on_the_device_see_no_variable_of_ours(tmp_path, monkeypatch):
    told = tmp_path / "variables.json"
    monkeypatch.setattr(bench_runner, "WARM_UP_S", 0.1)
    monkeypatch.setattr(
        bench_runner,
        "BURN",
        f"import json, os; open({str(told)!r}, 'w').write(json.dumps(dict(os.environ)))",
    )
    model = makers.tiny_model(tmp_path / "net.onnx")
    asked = ort.InferenceSession(str(model)).get_inputs()[0]
    np.save(tmp_path / "frames.npy", np.zeros((2, 32, 32, 3), np.uint8))
    cases = ("net.onnx", "frames.npy")
    files = {name: bench_runner.compute_sha256(tmp_path / name) for name in cases}
    fitted = {
        "layout": "NCHW", "shape": [3, 32, 32], "batch": 1, "without_batch": False,
        "offset": [0.0] * 3, "factor": [1.0] * 3,
    }  # fmt: skip
    named = {
        "key": "0", "model_sha256": "a", "card_sha256": "b", "model_file": "net.onnx",
        "input": asked.name, "type": asked.type,
    }  # fmt: skip
    asks = {"questions": [], "n_frames": 2, "n_answers": 1, "secret": "00"}
    document = json.dumps({**fitted, **named, **asks, "outputs": ["y"], "files": files})
    (tmp_path / "runner.json").write_text(document)
    out = str(tmp_path / "out.json")
    actual = bench_runner.main(["--seconds", "2", "--busy", "1", "--out", out], tmp_path)
    assert actual == 0
    assert json.loads(told.read_text())["PATH"] == os.environ["PATH"]
    assert "FIELDCHECK_" not in told.read_text()


def test_the_program_takes_its_secrets_out_of_the_environment_and_still_knows_them():
    """A library that starts a child in its own way, as Qt does, passes none on either."""
    code = (
        "import os, sys; sys.argv = ['fieldcheck', '--help']\n"
        "import contextlib, io, fieldcheck.__main__ as program\n"
        "with contextlib.redirect_stdout(io.StringIO()): program._run_program()\n"
        "from fieldcheck.child_process import SECRETS, read_secret\n"
        "print([name in os.environ for name in SECRETS], [read_secret(name) for name in SECRETS])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    expected = "[False, False, False] ['S3cretQ7', 'S3cretQ7', 'S3cretQ7']"
    assert done.stdout.split("\n")[0] == expected
