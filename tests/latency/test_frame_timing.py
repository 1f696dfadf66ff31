import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from fieldcheck.domain.latency import STAGES
from fieldcheck.errors.files import NoPictures, PathMissing, PictureUnreadable
from fieldcheck.errors.labels import NoFootage
from fieldcheck.footage.finish_recording import insert_recording, make_recording, recover_recordings
from fieldcheck.latency.frame_timing import LatencyTrace, measure_frames, open_latency_source
from fieldcheck.latency.latency_run import compute_latency
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.session import open_model
from fieldcheck.models.store import get_card
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import create_project
from tests.footage.made_recordings import webcam, write_recording
from tests.latency.test_latency_run import real_detector
from tests.makers import NOW


def test_the_longest_footage_a_folder_and_a_picture_are_sources(footed, material):
    folder = material / "clean"
    picture = next(one for one in sorted(folder.rglob("*")) if one.suffix == ".png")
    for place in (None, folder, picture):
        with open_latency_source(footed, place) as source:
            assert source.decode(0).shape[2] == 3
            assert source.n >= 1


def test_what_is_no_source_is_refused(empty, tmp_path):
    cases = ((None, NoFootage), (tmp_path / "gone.mp4", PathMissing), (tmp_path, NoPictures))
    for place, error in cases:
        with pytest.raises(error), open_latency_source(empty, place):
            pass


def test_frames_come_round_and_damaged_ones_are_left_out(footed, material, tmp_path):
    shutil.copytree(material / "clean", tmp_path / "some")
    (tmp_path / "some" / "a.png").write_bytes(b"no picture")
    with open_latency_source(footed, tmp_path / "some") as source:
        turn = source.iter_indices()
        seen = [next(turn) for _ in range(2 * source.n)]
        assert 0 not in seen
        assert len(set(seen)) < len(seen)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.png").write_bytes(b"no picture")
    with open_latency_source(footed, tmp_path / "bad") as source, pytest.raises(PictureUnreadable):
        next(source.iter_indices())


def test_what_a_camera_recorded_is_a_source(empty, tmp_path):
    recording = make_recording("a1b2c3d4e5f6", {"source": "left", "list_fps": 2.0})
    empty.write(lambda db: insert_recording(db, recording)).result()
    write_recording(empty.path / recording.path, [webcam(index) for index in range(6)], {})
    recover_recordings(empty, NullProgress(), NOW)
    with open_latency_source(empty, None) as source:
        assert (source.n, source.decode(5).shape) == (6, (120, 160, 3))


def test_every_frame_is_taken_once_and_in_order():
    trace = LatencyTrace()
    assert trace.take_new_frames().shape == (0, 0)
    writer = threading.Thread(
        target=lambda: [trace.put_frame(at / 100, (1.0, float(at))) for at in range(2000)]
    )
    writer.start()
    taken = []
    while writer.is_alive() or len(taken) < 2000:
        taken += trace.take_new_frames().tolist()
    writer.join()
    assert [row[2] for row in taken] == list(range(2000))
    assert taken[7] == [0.07, 1.0, 7.0]


# Real runs, by the real clock, whose frames take longer from the ninetieth second on.


AT_S, WHOLE_S = 90.0, 180.0
BUSY = "import os\nos.sched_setaffinity(0, {core})\nwhile True: pass"


class Thrice:
    """A model's runner that computes each frame three times once `AT_S` seconds of the run are
    over."""

    def __init__(self, runner, begun):
        self.card, self.model, self.decode_outputs = (
            runner.card, runner.model, runner.decode_outputs,
        )  # fmt: skip
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
def test_a_threefold_slowdown_is_placed_within_ten_seconds(tmp_path, shared_data, counts, evidence):
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
        path = project.path / model.file
        runner = ModelRunner(open_model(path, 1), get_card(model), batch_size=1)

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
