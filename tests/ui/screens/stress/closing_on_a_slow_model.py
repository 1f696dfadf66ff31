"""Run as a program: closes the real window while a model is in the middle of a frame that would
never end, and comes to its own end.

`python -m tests.ui.screens.stress.closing_on_a_slow_model MODEL CARD`
"""

import sys
import threading

from PySide6.QtCore import Qt

from fieldcheck.corruptions.live_view import LiveStress
from fieldcheck.footage.camera.playback import SyntheticCamera
from fieldcheck.footage.frame_analysis import ModelFile
from fieldcheck.ui.app import create_application
from fieldcheck.ui.screens.stress import state
from tests import display
from tests.journeys.window import CTRL, Person


def main(model, card):
    """Stress shows a camera, and the model is asked about its first frame, clean and corrupted."""
    server = display.start()
    create_application()
    # as no project names it: one that does is tried first, and refused
    found = ModelFile(model, "", card)
    state.open_source = lambda _key, _project, seed, _opened: LiveStress(
        SyntheticCamera(64, 48, 100.0), found, seed
    )
    person = Person()
    person.press(Qt.Key.Key_6, CTRL)
    person.wait_for(
        lambda: any(thread.name.startswith("live-model") for thread in threading.enumerate())
    )
    person.leaves()
    if server is not None:
        server.terminate()
    sys.stdout.write("closed\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
