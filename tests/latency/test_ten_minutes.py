import json

import numpy as np
import pytest

from fieldcheck.latency.latency_run import LatencyRequest, run_latency
from fieldcheck.models.store import add_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import create_project
from tests.makers import NOW

CARD = {
    "task": "detection",
    "input": {"size": [416, 416], "resize": "letterbox"},
    "output": {"kind": "yolox"},
}


@pytest.mark.full("ten_minutes_under_load")
def test_a_real_detector_is_timed_under_load_and_its_figures_hold_together(
    tmp_path, shared_data, counts, evidence, monkeypatch
):
    seconds = counts(ci=2, full=600)
    if seconds < 10:
        monkeypatch.setattr("fieldcheck.latency.frame_timing.WARM_UP_S", 0.2)
    with create_project(tmp_path / "line.fieldcheck") as project:
        real_detector(project, shared_data, tmp_path)
        source = shared_data / "videos" / "intel-bottle-detection.mp4"
        run = run_latency(
            project,
            LatencyRequest(seconds=seconds, source=source, encode=True),
            NullProgress(),
            NOW,
        )
    found = run.latency
    assert seconds - 1 <= found.seconds <= seconds + 10
    assert found.total.p50_ms == pytest.approx(float(np.median(run.frames_ms[:, 0])))
    assert sum(one.share for one in found.stages.values()) == pytest.approx(1)
    assert found.throughput_fps == pytest.approx(found.n / found.seconds)
    assert (found.throttling.flag is None) == (seconds < 120)
    told = found.to_json()
    for name in ("blocks_ms", "blocks_p95_ms"):
        told[name] = [round(one, 2) for one in told[name]]
    evidence(
        latency=told, keeps_up_with=[rate for rate in (5, 10, 15, 30) if found.can_keep_up(rate)]
    )


def real_detector(project, shared_data, folder):
    """YOLOX-nano with its eighty classes, as the model of a project."""
    card = folder / "card.json"
    card.write_text(
        json.dumps(
            {
                **CARD,
                "classes": (shared_data / "models" / "coco80.txt").read_text().split("\n")[:80],
            }
        )
    )
    return add_model(project, shared_data / "models" / "yolox_nano.onnx", card, NOW)
