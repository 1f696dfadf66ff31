"""Trials of model files, once a test run: hundreds of tests begin with a new project over one of a
few small models."""

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fieldcheck.models.onnx_file import compute_model_sha256
from fieldcheck.progress import CancelToken, get_cancel_token

TRIAL = "fieldcheck.models.trial_child"

Run = Callable[..., subprocess.CompletedProcess[bytes]]


def once(run_module: Run, folder: Path) -> Run:
    """`run_module`, which starts no second child for bytes that stood their trial in a first one.
    What was refused, crashed or ran out of time is tried every time, and a raised flag is seen as
    ever. `folder`: a folder for what the children answered, of all processes of the test run."""

    def run_once(
        module: str, arguments: Sequence[str], *more: Any, **named: Any
    ) -> subprocess.CompletedProcess[bytes]:
        if module != TRIAL:
            return run_module(module, arguments, *more, **named)
        answer_file = folder / "-".join((compute_model_sha256(Path(arguments[0])), *arguments[1:]))
        (get_cancel_token() or CancelToken()).check()
        if answer_file.exists():
            return subprocess.CompletedProcess(arguments, 0, answer_file.read_bytes(), b"")
        completed = run_module(module, arguments, *more, **named)
        if completed.returncode == 0 and b'"problem": ""' in completed.stdout:
            half = folder / f"{answer_file.name}.{os.getpid()}"
            half.write_bytes(completed.stdout)
            half.replace(answer_file)
        return completed

    return run_once
