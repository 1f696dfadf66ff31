"""Real runs, by the real clock, whose frames take longer from the ninetieth second on."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from fieldcheck.domain.latency import STAGES
from fieldcheck.latency.frame_timing import LatencyTrace, measure_frames, open_latency_source
from fieldcheck.latency.latency_run import compute_latency
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.session import open_model
from fieldcheck.models.store import get_card
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import create_project
from tests.latency.test_ten_minutes import real_detector

AT_S, WHOLE_S = 90.0, 180.0
BUSY = "import os\nos.sched_setaffinity(0, {core})\nwhile True: pass"


class Thrice:
    """A model's runner that computes each frame three times once `AT_S` seconds of the run are
    over."""

    def __init__(self, runner, begun):
        self.card, self.model, self.decode_outputs = (
            runner.card,
            runner.model,
            runner.decode_outputs,
        )
        self._run, self._begun = runner.run_batch, begun

    def run_batch(self, tensor):
        for _ in range(2 if time.perf_counter() - self._begun >= AT_S else 0):
            self._run(tensor)
        return self._run(tensor)


@contextmanager
def on_one_core():
    """This process on one core, as a device has it."""
    cores = os.sched_getaffinity(0)
    core = {min(cores)}
    os.sched_setaffinity(0, core)
    try:
        yield core
    finally:
        os.sched_setaffinity(0, cores)


@pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="this system binds no process to a core"
)
@pytest.mark.full("real_slowdown")
def test_a_slowdown_of_three_times_after_ninety_seconds_is_placed_within_ten(
    tmp_path, shared_data, counts, evidence
):
    """By computing thrice, then by two busy processes on the same core; all on one core, one after
    the other."""
    counts(ci=0, full=2)
    found = {
        kind: measured(tmp_path / f"{kind}.fieldcheck", shared_data, kind)
        for kind in ("thrice", "busy")
    }
    evidence(**{kind: figures(one) for kind, one in found.items()})
    for one in found.values():
        assert abs(one.slowdown.at_s - AT_S) <= 10
        assert 2.0 <= max(step.step for step in one.throttling.steps) <= 5.0
        # which of them hangs on what this machine tells of waiting
        assert one.slowdown.cause in ("throttling", "background")


def measured(folder, shared_data, kind):
    """Figures of such a run."""
    busy = []
    with create_project(folder) as project, on_one_core() as core:
        model = real_detector(project, shared_data, folder.parent)
        runner = ModelRunner(
            open_model(project.path / model.file, 1), get_card(model), batch_size=1
        )

        class Trace(LatencyTrace):
            def put_frame(self, at_s, stages_ms):
                if kind == "busy" and at_s >= AT_S and not busy:
                    busy.extend(
                        subprocess.Popen([sys.executable, "-c", BUSY.format(core=core)])
                        for _ in range(2)
                    )
                super().put_frame(at_s, stages_ms)

        try:
            with open_latency_source(
                project, shared_data / "videos" / "intel-bottle-detection.mp4"
            ) as source:
                asked = Thrice(runner, time.perf_counter()) if kind == "thrice" else runner
                timed = measure_frames(asked, source, WHOLE_S, 0.0, False, Trace(), NullProgress())
        finally:
            for one in busy:
                one.kill()
                one.wait()
    return compute_latency(timed, STAGES, {}, 0.0, fps=0.0, model=kind, source="", load="none")


def figures(found):
    told = found.to_json()
    steps = [(step.at_s, round(step.step, 2)) for step in found.throttling.steps]
    waited = [one.waited_s for one in (found.before, found.after)]
    return told["slowdown"] | {
        "steps": steps,
        "waited_s": waited,
        "blocks_ms": [round(ms, 1) for ms in found.blocks_ms],
    }
