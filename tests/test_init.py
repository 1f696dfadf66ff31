import os
import subprocess
import sys
import tomllib
from pathlib import Path

import fieldcheck
from tests.programs import run_python

CHECKOUT = Path(__file__).parent.parent


def after_import(environment: dict[str, str]) -> dict[str, str]:
    """The environment of a fresh process after `import fieldcheck`."""
    ask = (
        "import fieldcheck, os, sys; sys.stdout.write('\\n'.join(f'{k}={v}' for k, v in "
        "os.environ.items()))"
    )
    got = run_python("-c", ask, env={**os.environ, **environment}, check=True)
    return dict(line.split("=", 1) for line in got.stdout.splitlines() if "=" in line)


def test_nothing_phones_home_or_takes_a_strangers_qt():
    after = after_import({
        "QT_QPA_PLATFORM_PLUGIN_PATH": "/other/qt", "QT_QPA_FONTDIR": "/other/fonts",
        "ORT_DISABLE_TELEMETRY": "0",
    })  # fmt: skip
    assert after["ORT_DISABLE_TELEMETRY"] == "1"
    assert after["NO_ALBUMENTATIONS_UPDATE"] == "1"
    assert not {"QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"} & set(after)


def test_opencv_and_ffmpeg_print_nothing_about_a_broken_video(tmp_path):
    (tmp_path / "broken.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + b"x" * 5000)
    read = "import fieldcheck, cv2, sys; assert not cv2.VideoCapture(sys.argv[1]).read()[0]"
    got = run_python("-c", read, str(tmp_path / "broken.mp4"), check=True, text=False)
    assert (got.stdout, got.stderr) == (b"", b"")


def test_the_version_is_that_of_the_distribution():
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert fieldcheck.__version__ == version


def test_importing_the_package_alone_loads_no_heavy_library():
    ask = (
        "import fieldcheck, sys; sys.exit(bool({'numpy', 'cv2', 'onnxruntime', 'PySide6'} & "
        "set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", ask], check=False).returncode == 0
