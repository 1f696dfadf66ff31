import subprocess
import sys

import pytest

from fieldcheck import __version__
from fieldcheck.__main__ import main


def test_the_module_is_the_program():
    process = subprocess.run([sys.executable, "-m", "fieldcheck", "--version"], capture_output=True, text=True, check=True)
    assert process.stdout == f"fieldcheck, version {__version__}\n"
    assert process.stderr == ""


def test_its_code_is_the_exit_code(tmp_path):
    process = subprocess.run([sys.executable, "-m", "fieldcheck", "report", tmp_path / "none"], capture_output=True, text=True, check=False)
    assert (process.returncode, process.stdout) == (1, "")
    assert len(process.stderr.strip().splitlines()) == 1


def test_main_reads_the_command_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["fieldcheck", "fly"])
    assert main() == 2
    assert "fly" in capsys.readouterr().err


@pytest.mark.parametrize("library", ["PySide6", "albumentations", "onnxruntime.training", "torch", "sklearn"])
def test_starting_the_terminal_does_not_load(library):
    asks = f"import sys; from fieldcheck.cli.main import main; main(['--version']); sys.exit({library!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asks], stdout=subprocess.DEVNULL, check=False).returncode == 0
