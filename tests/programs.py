"""Programs that tests start and wait for."""

import subprocess
import sys
from typing import Any


def run_program(command: Any, **options: Any) -> subprocess.CompletedProcess[Any]:
    """Run a program to its end; its output is kept as text, and its exit code is not judged."""
    settings = {"capture_output": True, "text": True, "check": False} | options
    return subprocess.run(command, **settings)


def run_python(*words: Any, **options: Any) -> subprocess.CompletedProcess[Any]:
    """`run_program` with this interpreter."""
    return run_program([sys.executable, *words], **options)
