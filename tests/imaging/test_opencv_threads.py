import subprocess
import sys

import pytest

COUNT = (
    "import importlib, sys; importlib.import_module(sys.argv[1]); import cv2; "
    "print(cv2.getNumThreads())"
)


@pytest.mark.parametrize(
    "work",
    [
        "footage.frame_listing", "sampling.pick_frames", "corruptions.live_view",
        "corruptions.sweep", "models.run", "analyses.coverage",
    ],
)  # fmt: skip
def test_opencv_computes_on_the_thread_that_calls_it_whatever_is_at_work(work):
    got = subprocess.run(
        [sys.executable, "-c", COUNT, f"fieldcheck.{work}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert got.stdout == "1\n"
