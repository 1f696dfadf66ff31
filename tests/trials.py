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


def once(run_module: Run, kept: Path) -> Run:
    """`run_module`, which starts no second child for bytes that stood their trial in a first one.
    What was refused, crashed or ran out of time is tried every time, and a raised flag is seen as
    ever. `kept`: a folder for what the children answered, of all processes of the test run."""

    def asked(
        module: str, arguments: Sequence[str], *given: Any, **named: Any
    ) -> subprocess.CompletedProcess[bytes]:
        if module != TRIAL:
            return run_module(module, arguments, *given, **named)
        answer = kept / "-".join((compute_model_sha256(Path(arguments[0])), *arguments[1:]))
        (get_cancel_token() or CancelToken()).check()
        if answer.exists():
            return subprocess.CompletedProcess(arguments, 0, answer.read_bytes(), b"")
        done = run_module(module, arguments, *given, **named)
        if done.returncode == 0 and b'"problem": ""' in done.stdout:
            half = kept / f"{answer.name}.{os.getpid()}"
            half.write_bytes(done.stdout)
            half.replace(answer)
        return done

    return asked
