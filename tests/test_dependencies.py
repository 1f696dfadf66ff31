"""What the project relies on its libraries for, and the seven packages asked for."""

import itertools
import os
import re
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from tests.programs import run_python

CHECKOUT = Path(__file__).parent.parent
ASKED_FOR = {  # package asked for: distribution that delivers it, module it is imported as
    "PySide6": ("PySide6-Essentials", "PySide6.QtWidgets"),
    "opencv-python": ("opencv-python-headless", "cv2"),
    "onnxruntime": ("onnxruntime", "onnxruntime"),
    "numpy": ("numpy", "numpy"),
    "pyqtgraph": ("pyqtgraph", "pyqtgraph"),
    "albumentations": ("albumentations", "albumentations"),
    "sqlite-utils": ("sqlite-utils", "sqlite_utils"),
}
EMIT = """
import fieldcheck
from PySide6.QtCore import QCoreApplication, QObject, Signal
class Source(QObject):
    told = Signal(bool)
app, source, heard = QCoreApplication([]), Source(), []
source.told.connect(heard.append)
for _ in range(20000):
    source.told.emit(True)
assert len(heard) == 20000
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return run_python("-W", "error", "-c", code, env=environment)


@pytest.mark.short_cases(2)
@pytest.mark.parametrize(("asked", "delivered"), ASKED_FOR.items(), ids=ASKED_FOR)
def test_each_package_asked_for_is_delivered_under_its_own_import_name(asked, delivered):
    name, module = delivered
    assert distribution(name).version
    got = run(f"import fieldcheck, {module}")
    assert (got.returncode, got.stderr) == (0, "")


def test_the_page_of_packages_names_the_seven_and_what_delivers_them():
    page = (CHECKOUT / "docs" / "packages.md").read_text("utf-8")
    table = re.findall(r"^\| `([\w-]+)` \| `([\w-]+)` \|", page, re.MULTILINE)
    assert dict(table) == {asked: name for asked, (name, _) in ASKED_FOR.items()}


@pytest.mark.parametrize("name", ["opencv-python", "PySide6-Addons", "torch", "albumentationsx"])
def test_what_must_not_come_along_has_not(name):
    with pytest.raises(PackageNotFoundError):
        distribution(name)


def test_twenty_thousand_signals_do_not_end_the_process():
    """PySide6 6.12.0 on Python 3.11 drops a reference to True each time and aborts before 600."""
    got = run(EMIT)
    assert (got.returncode, got.stderr) == (0, "")


def test_opencv_reads_video_and_has_no_windows_of_its_own():
    got = run("import fieldcheck, cv2, sys; sys.stdout.write(cv2.getBuildInformation())")
    assert re.search(r"FFMPEG:\s+YES", got.stdout)
    assert re.search(r"GUI:\s+NONE", got.stdout)


def test_every_direct_dependency_has_its_paragraph_in_the_decisions():
    text = (CHECKOUT / "docs" / "decisions.md").read_text("utf-8").lower()
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *itertools.chain.from_iterable(project["optional-dependencies"].values()),
    ]
    names = [re.split("[<>=]", line)[0] for line in wanted]
    assert [name for name in names if f"`{name.lower()}`" not in text] == []
