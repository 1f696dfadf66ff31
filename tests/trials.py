"""Trials of model files, once a test process: hundreds of tests begin with a new project over one
of a few small models."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fieldcheck.models.onnx_file import compute_model_sha256
from fieldcheck.progress import CancelToken, get_cancel_token

TRIAL = "fieldcheck.models.trial_child"

Run = Callable[..., subprocess.CompletedProcess[bytes]]


def once(run_module: Run) -> Run:
    """`run_module`, which starts no second child for bytes that stood their trial in a first one.
    What was refused, crashed or ran out of time is tried every time, and a raised flag is seen as
    ever."""
    stood: dict[tuple[str, ...], subprocess.CompletedProcess[bytes]] = {}

    def asked(
        module: str, arguments: Sequence[str], *given: Any, **named: Any
    ) -> subprocess.CompletedProcess[bytes]:
        if module != TRIAL:
            return run_module(module, arguments, *given, **named)
        key = (compute_model_sha256(Path(arguments[0])), *arguments[1:])
        (get_cancel_token() or CancelToken()).check()
        if key not in stood:
            done = run_module(module, arguments, *given, **named)
            if done.returncode != 0 or b'"problem": ""' not in done.stdout:
                return done
            stood[key] = done
        return stood[key]

    return asked
