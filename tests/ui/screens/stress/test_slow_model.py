"""A model that takes for ever over a frame: the window closes all the same, and nothing of it is
left."""

import json
import subprocess
import sys

import pytest

from tests import makers
from tests.journeys.program import Program
from tests.models import graphs

# the start of a window on a busy machine, and much more than it waits for anything when it closes
FOR_EVER_S = 90


@pytest.mark.long
def test_the_process_ends_with_its_window_while_a_frame_is_never_answered(tmp_path):
    path = graphs.endless(tmp_path / "endless.onnx")
    card = json.dumps({**makers.CARD, "input": {"size": [8, 8], "resize": "stretch"}})
    command = [
        sys.executable, "-m", "tests.ui.screens.stress.closing_on_a_slow_model", str(path), card,
    ]  # fmt: skip
    environment = {
        name: value
        for name, value in Program(tmp_path / "home").environment.items()
        if name not in ("QT_QPA_PLATFORM", "DISPLAY")
    }
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=FOR_EVER_S, check=False
    )
    assert (done.returncode, done.stdout) == (0, "closed\n"), done.stderr
