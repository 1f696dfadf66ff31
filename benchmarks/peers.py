"""Environments of peers that the product does not depend on: made once under build/peers/, and only when a benchmark asks for one."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PEERS = CHECKOUT / "build" / "peers"


def python_of(name: str, packages: Sequence[str]) -> Path:
    """The interpreter of an environment that holds `packages` (exact versions). Raises CalledProcessError where it cannot be made."""
    folder = PEERS / name
    python, stamp = folder / "bin" / "python", folder / "made-of"
    wanted = hashlib.sha256("\n".join(packages).encode()).hexdigest()
    if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--system-certs", "--python", str(python)]
        subprocess.run([*uv, *packages], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return python
