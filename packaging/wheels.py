"""Which pins of the product have a wheel for which system and Python, asked of the registry by uv.

`packaging/wheels.sh` starts it: a table on standard output, all of it in docs/evidence/wheels.json.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
PINS = CHECKOUT / "packaging" / "requirements" / "product.txt"
KEPT = CHECKOUT / "docs" / "evidence" / "wheels.json"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
# A system by its oldest release: what uv calls it, and the environment that says which release.
SYSTEMS = {
    "win_amd64": ("x86_64-pc-windows-msvc", {}),
    "macosx_13_0_arm64": ("aarch64-apple-darwin", {"MACOSX_DEPLOYMENT_TARGET": "13.0"}),
    "macosx_14_0_arm64": ("aarch64-apple-darwin", {"MACOSX_DEPLOYMENT_TARGET": "14.0"}),
    "manylinux_2_28_x86_64": ("x86_64-manylinux_2_28", {}),
    "manylinux_2_34_x86_64": ("x86_64-manylinux_2_34", {}),
    "manylinux_2_28_aarch64": ("aarch64-manylinux_2_28", {}),
    "manylinux_2_34_aarch64": ("aarch64-manylinux_2_34", {}),
    "manylinux_2_39_aarch64": ("aarch64-manylinux_2_39", {}),
}
PIN = re.compile(r"^([a-z0-9][\w.-]*)==\S+", re.MULTILINE | re.IGNORECASE)
LACKS = re.compile(r"Because (?:only )?([a-z0-9][\w.-]*)==(\S+) has no")


def read_pins() -> dict[str, str]:
    """By name the line of each pin, its marker with it and without its hashes."""
    text = re.sub(r"\\\n\s+--hash=\S+", "", PINS.read_text("utf-8"))
    lines = [line.rstrip(" \\") for line in text.splitlines() if PIN.match(line)]
    return {line.partition("==")[0]: line for line in lines}


def list_missing(system: str, python: str, pins: dict[str, str]) -> list[str]:
    """Names and versions of the pins without a wheel there. One that has none hides the others, so
    it is taken out and the rest is asked again."""
    platform, release = SYSTEMS[system]
    left, missing = dict(pins), []
    with tempfile.TemporaryDirectory() as folder:
        asked, target = Path(folder) / "pins.txt", Path(folder) / "target"
        while left:
            asked.write_text("\n".join(left.values()), "utf-8")
            ran = subprocess.run(
                [
                    CHECKOUT / ".venv" / "bin" / "uv", "pip", "install", "--dry-run", "--quiet",
                    "--system-certs", "--no-deps", "--only-binary", ":all:", "--python-platform",
                    platform, "--python-version", python, "--target", target, "-r", asked,
                ],
                env={**os.environ, **release}, capture_output=True, text=True, check=False,
            )  # fmt: skip
            if ran.returncode == 0:
                break
            lacking = LACKS.search(ran.stderr.replace("\n", " "))
            if lacking is None or lacking[1] not in left:
                sys.exit(f"The registry was not asked to the end: {ran.stderr.strip()}")
            missing.append(f"{lacking[1]} {lacking[2]}")
            del left[lacking[1]]
    return missing


def main() -> None:
    """Asks for every system and Python, prints a table and keeps it."""
    pins = read_pins()
    found = {
        system: {python: list_missing(system, python, pins) for python in PYTHONS}
        for system in SYSTEMS
    }
    print(f"{len(pins)} pins; without a wheel:")
    for system, by_python in found.items():
        for python, missing in by_python.items():
            print(f"{system:24} {python}  {', '.join(missing) or '-'}")
    body = {
        "name": "wheels",
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "figures": {"pins": sorted(pins.values()), "missing": found},
    }
    KEPT.write_text(json.dumps(body, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
