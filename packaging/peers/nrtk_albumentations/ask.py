"""An exported recipe in Kitware's fork of albumentations: what the peer `albumentations` is asked,
in the environment of pins.txt."""

from __future__ import annotations

import runpy
from pathlib import Path

if __name__ == "__main__":
    runpy.run_path(
        str(Path(__file__).parents[1] / "albumentations" / "ask.py"), run_name="__main__"
    )
