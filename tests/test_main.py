import os
import subprocess
import sys

import pytest

from fieldcheck import __version__
from fieldcheck.__main__ import has_display, main
from fieldcheck.cli.main import list_commands
from tests.programs import run_python


def test_the_module_is_the_program():
    process = run_python("-m", "fieldcheck", "--version", check=True)
    assert process.stdout == f"fieldcheck, version {__version__}\n"
    assert process.stderr == ""


@pytest.mark.long
def test_its_code_is_the_exit_code(tmp_path):
    process = run_python("-m", "fieldcheck", "report", tmp_path / "none")
    assert (process.returncode, process.stdout) == (1, "")
    assert len(process.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("library", ["click", "numpy", "sqlite_utils", "fieldcheck.cli"])
def test_asking_for_the_version_loads_nothing_of_the_program(library):
    asks = (
        "import sys; sys.argv = ['fieldcheck', '--version']; from fieldcheck.__main__ import "
        "main; main(); "
    )
    asks += f"sys.exit({library!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"fieldcheck, version {__version__}\n")


@pytest.mark.long
@pytest.mark.skipif(
    not hasattr(os, "wait4"), reason="tells the processor time of one child on Unix only"
)
def test_asking_for_the_version_takes_a_few_bare_starts_of_python():
    """0.3 s where a bare start takes 0.05; of each the quickest of five, by the processor."""

    def quickest_s(*words):
        took = []
        for _ in range(5):
            process = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL)
            _, process.returncode, used = os.wait4(process.pid, 0)
            took.append(used.ru_utime + used.ru_stime)
        return min(took)

    version, bare = quickest_s("-m", "fieldcheck", "--version"), quickest_s("-c", "pass")
    assert version < 0.3
    assert version < 6 * bare


def test_a_thread_that_a_library_keeps_does_not_keep_or_abort_the_program():
    """What registered its own end is asked, what is said is written, and then the process ends
    without taking the interpreter down."""
    code = (
        "import atexit, sys, threading; from fieldcheck import __main__ as program\nclass Torn:\n  "
        "  def __del__(self): print('taken down')\ndef run():\n    atexit.register(print, 'over'); "
        "threading.Thread(target=threading.Event().wait, daemon=LEFT).start(); return 3\ntorn, "
        "program._run_program = Torn(), run\nsys.exit(program.main())"
    )
    done = run_python("-c", code.replace("LEFT", "True"), timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (3, "over\n", "")
    nothing_left = code.replace("target=threading.Event().wait, daemon=LEFT", "target=int")
    done = run_python("-c", nothing_left, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (3, "over\ntaken down\n", "")


def test_main_reads_the_command_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["fieldcheck", "fly"])
    assert main() == 2
    assert "fly" in capsys.readouterr().err


def loaded_by(asked):
    """Modules that the terminal has loaded once it did what is asked."""
    asks = (
        f"import sys; from fieldcheck.cli.main import main; main({asked!r}); "
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    return set(run_python("-c", asks).stderr.splitlines())


def test_starting_the_terminal_loads_what_every_command_needs_and_no_library_of_another():
    loaded = loaded_by(["--version"])
    assert "fieldcheck.cli.main" in loaded
    assert (
        not {
            "PySide6", "albumentations", "onnxruntime", "torch", "sklearn", "scipy", "onnx",
            "jinja2", "fieldcheck.cli.run_and_report",
        }
        & loaded
    )  # fmt: skip


@pytest.mark.long
def test_the_help_of_no_command_loads_a_library_that_only_its_work_needs():
    every = "import fieldcheck.cli.main as m; codes = {m.main([*n.split(), '--help']) for n in m.list_commands()}"
    done = run_python("-c", f"import sys; {every}; print(codes, *sys.modules, file=sys.stderr)")
    assert done.stderr.startswith("{0} ")
    assert done.stdout.count("Usage: fieldcheck ") == len(list_commands())
    heavy = {
        *("scipy", "cv2", "onnxruntime", "onnx", "sklearn", "albumentations", "PySide6"),
        *("PIL", "jinja2", "typst", "pandas", "sqlite_utils", "faster_coco_eval", "yaml", "ssl"),
    }
    assert not heavy & set(done.stderr.split())


@pytest.mark.long
@pytest.mark.parametrize("command", ["new", "label import", "export"])
def test_the_help_that_names_the_label_formats_loads_no_numpy(command):
    loaded = loaded_by([*command.split(), "--help"])
    assert "fieldcheck.labels.formats.registry" in loaded
    assert "numpy" not in loaded


def test_help_lists_every_command_and_loads_none_of_them():
    loaded = loaded_by(["--help"])
    assert (
        not {
            "numpy", "sqlite_utils", "pandas", "cv2", "fieldcheck.cli.project",
            "fieldcheck.cli.run_and_report",
        }
        & loaded
    )  # fmt: skip
    assert (
        not {
            f"fieldcheck.{room}"
            for room in (
                "analyses", "corruptions", "evidence", "labels", "latency", "models", "monitoring",
                "report", "sampling",
            )
        }
        & loaded
    )  # fmt: skip


@pytest.mark.long
def test_a_command_does_not_wait_for_the_libraries_of_another(tmp_path):
    loaded = loaded_by(["label", "show", str(tmp_path / "none")])
    assert "fieldcheck.cli.labels" in loaded
    assert (
        not {
            "PySide6", "albumentations", "torch", "sklearn", "scipy.stats", "jinja2",
            "fieldcheck.cli.run_and_report",
        }
        & loaded
    )  # fmt: skip


@pytest.mark.parametrize(("platform", "variables", "there"), [
    ("linux", {}, False),
    ("linux", {"DISPLAY": ":0"}, True),
    ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
    ("win32", {}, True),
])  # fmt: skip
def test_a_display_is_looked_for_before_a_window_is_opened(monkeypatch, platform, variables, there):
    monkeypatch.setattr(sys, "platform", platform)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert has_display() is there


@pytest.mark.long
def test_the_self_check_builds_every_screen_without_a_display(tmp_path):
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    settings = environment | {"FIELDCHECK_HOME": str(tmp_path)}
    process = run_python("-m", "fieldcheck", "--self-check", env=settings)
    assert (process.returncode, process.stderr) == (0, "")
    assert " screens " in process.stdout
