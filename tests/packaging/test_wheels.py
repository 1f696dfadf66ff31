"""What the README says of wheels is what the registry was asked."""

import json
import runpy
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
NAMED = ("win_amd64", "macosx_14_0_arm64", "manylinux_2_34_x86_64", "manylinux_2_39_aarch64")


def test_the_pins_of_today_were_asked_and_the_named_systems_lack_none():
    """`bash packaging/wheels.sh` asks anew."""
    kept = json.loads((CHECKOUT / "docs" / "evidence" / "wheels.json").read_text("utf-8"))
    kept = kept["figures"]
    asked = runpy.run_path(str(CHECKOUT / "packaging" / "wheels.py"))
    assert kept["pins"] == sorted(asked["read_pins"]().values())
    assert set(kept["missing"]) == set(asked["SYSTEMS"])
    lacking = {system for system, by_python in kept["missing"].items() if any(by_python.values())}
    assert not lacking & set(NAMED)
    assert lacking == set(kept["missing"]) - set(NAMED)
    readme = (CHECKOUT / "README.md").read_text("utf-8")
    assert "Windows x86-64, macOS 14 on Apple silicon" in readme
    assert "glibc 2.34 (x86-64) or 2.39 (aarch64)" in readme
