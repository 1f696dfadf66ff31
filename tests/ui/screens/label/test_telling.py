from dataclasses import replace
from pathlib import Path

from fieldcheck.ui.screens.label.telling import described, finished, title
from fieldcheck.workflows.label.label_work import FrameToLabel

FRAME = FrameToLabel("a", Path("a.png"), "clip", "Camera 2", "2026-11-25T23:41:07+00:00", 1.0, 64, 48)


def test_a_frame_is_named_by_place_time_and_camera():
    assert title(FRAME, 37, 100) == "Frame 38 of 100 · 23:41:07 · Camera 2"
    assert title(FrameToLabel("a", Path(), "clip", "", "", 0, 1, 1), 0, 1) == "Frame 1 of 1"
    assert described(title(FRAME, 37, 100), None).endswith("Camera 2, not labelled")
    burst = replace(FRAME, scene_place=1, scene_size=3)
    assert title(burst, 37, 100, expert=True, repeat=True).endswith("Camera 2 · burst 1 of 3 · for the expert · second time")


def test_the_end_is_said_with_what_is_still_unsure():
    assert finished(100, 0) == "100 of 100 labelled. Ctrl+Enter goes on. R: some of them once more, blind."
    assert finished(100, 4).startswith("100 of 100 labelled. 4 are unsure. Ctrl+Enter goes on.")
    assert finished(30, 0, repeated=True).startswith("All 30 were labelled a second time.")
