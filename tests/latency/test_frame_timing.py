import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fieldcheck.domain.latency import STAGES, MachineState
from fieldcheck.errors.files import NoPictures, PathMissing, PictureUnreadable
from fieldcheck.errors.labels import NoFootage
from fieldcheck.footage.finish_recording import insert_recording, make_recording, recover_recordings
from fieldcheck.latency.frame_timing import (
    LatencyTrace,
    compute_block_medians,
    compute_stage_latencies,
    compute_total_latency,
    compute_variant_latencies,
    detect_throttling,
    find_change_point,
    find_slowdown_cause,
    get_turn_order,
    is_latency_flat,
    measure_frames,
    open_latency_source,
    plan_rounds,
)
from fieldcheck.latency.latency_run import compute_latency
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.session import open_model
from fieldcheck.models.store import get_card
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import create_project
from tests.counts import rows
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


GOLDEN = np.array([12, 13, 12, 14, 15, 13, 12, 40, 13, 14, 13, 12], float)


def run_of_blocks(rng, step=1.0, at=9, n=60, noise=0.03):
    """Medians of ten-second blocks with correlated noise, `step` times as long from block `at`
    on."""
    walk = np.zeros(n)
    for k in range(1, n):
        walk[k] = 0.8 * walk[k - 1] + noise * 0.6 * rng.standard_normal()
    return 20 * np.exp(walk) * np.where(np.arange(n) >= at, step, 1.0)


def test_the_golden_percentiles_and_jitter():
    found = compute_total_latency(GOLDEN)
    actual = (found.p50_ms, found.p95_ms, found.max_ms, found.jitter_ms)
    assert actual == pytest.approx((13.0, 26.25, 40.0, 1.0))
    assert np.percentile(GOLDEN, 99, method="linear") == pytest.approx(37.25)
    assert np.isnan(found.p99_ms)  # twelve frames say nothing of one in a hundred


def test_every_percentile_has_limits_where_the_run_is_long_enough():
    rng = np.random.default_rng(4)
    few, more, many = (compute_total_latency(rng.gamma(9, size=n)) for n in (9, 100, 3000))
    assert np.isnan([few.p50_lo_ms, few.p95_lo_ms, more.p99_lo_ms]).all()
    assert more.p50_lo_ms < more.p50_ms < more.p50_hi_ms
    assert many.p95_lo_ms <= many.p95_ms <= many.p95_hi_ms
    assert many.p99_lo_ms < many.p99_ms < many.p99_hi_ms
    short = compute_total_latency(rng.gamma(9, size=500))
    assert (np.isnan(short.p99_ms), np.isnan(short.p99_lo_ms)) == (False, False)


def test_frames_that_come_slow_by_the_minute_widen_the_limits():
    """Frames of one noise; in one run in mixed order, in the other sorted into slow waves."""
    rng = np.random.default_rng(5)
    times = np.sort(rng.gamma(9, size=3000))
    waves = np.concatenate([np.roll(times[k::12], 20 * k) for k in range(12)])
    mixed, slow = (compute_total_latency(one) for one in (rng.permutation(times), waves))
    assert mixed.p50_ms == slow.p50_ms
    assert mixed.p50_hi_ms - mixed.p50_lo_ms < 0.5
    wide = slow.p50_hi_ms - slow.p50_lo_ms
    assert np.isnan(wide) or wide > 2 * (mixed.p50_hi_ms - mixed.p50_lo_ms)


def test_two_blocks_are_flat_where_their_medians_lie_less_than_two_per_cent_apart():
    ms = np.random.default_rng(2).gamma(400, size=4000)
    assert is_latency_flat(ms[:2000], ms[2000:])
    assert not is_latency_flat(ms, 1.03 * ms)
    assert not is_latency_flat(1.03 * ms, ms)


def test_the_limits_of_p95_hold_the_true_one_in_95_of_100_runs():
    rng, truth = np.random.default_rng(3), stats.gamma(2).ppf(0.95)
    found = [compute_total_latency(rng.gamma(2, size=600)) for _ in range(200)]
    assert np.mean([one.p95_lo_ms <= truth <= one.p95_hi_ms for one in found]) >= 0.92


def test_the_golden_change_point():
    medians = np.array([10, 10.2, 9.9, 10.1, 10, 15, 15.3, 14.9, 15.1, 15, 15.2, 14.8])
    before, step = find_change_point(medians)
    assert (before, round(step, 6)) == (5, 1.5)


def test_a_device_that_is_three_times_slower_after_90_seconds_is_found_within_ten():
    for seed in range(100):
        found = detect_throttling(run_of_blocks(np.random.default_rng(seed), step=3.0))
        assert found.flag
        (step,) = found.steps
        assert abs(step.at_s - 90) <= 10
        assert step.step == pytest.approx(3.0, rel=0.15)


def test_at_most_one_of_a_hundred_flat_runs_is_called_throttled():
    assert (
        sum(
            bool(detect_throttling(run_of_blocks(np.random.default_rng(seed))).flag)
            for seed in range(100)
        )
        <= 1
    )


def test_two_steps_are_told_apart():
    rng = np.random.default_rng(1)
    medians = (
        20
        * np.where(np.arange(60) < 9, 1, np.where(np.arange(60) < 36, 1.5, 3))
        * np.exp(0.01 * rng.standard_normal(60))
    )
    expected = [(90.0, 1.5), (360.0, 2.0)]
    assert [(one.at_s, round(one.step, 1)) for one in detect_throttling(medians).steps] == expected


def test_a_run_below_two_minutes_says_nothing_of_heat():
    found = detect_throttling(np.linspace(10, 30, 11))
    assert (found.flag, found.steps) == (None, ())


def test_shares_of_stages_add_up_and_are_of_the_means():
    found = compute_stage_latencies(np.array([[1.0, 9.0], [3.0, 7.0]]), ("decode", "forward"))
    assert (found["decode"].mean_ms, found["forward"].share) == (2.0, 0.8)


@given(st.lists(st.tuples(st.floats(0, 700), st.floats(0.1, 1e4)), min_size=1, max_size=200))
def test_every_block_median_lies_between_its_frames(frames):
    at, ms = np.sort(np.array([one for one, _ in frames])), np.array([one for _, one in frames])
    medians = compute_block_medians(at, ms)
    assert len(medians) == len(np.unique(at // 10))
    assert ms.min() <= medians.min()
    assert medians.max() <= ms.max()


@pytest.mark.parametrize(
    ("seconds", "n", "expected"),
    [(600, 2, (30, 10.0)), (600, 4, (20, 7.5)), (4, 2, (20, 0.1)), (90, 2, (20, 2.25))],
)
def test_rounds_are_even_and_twenty_at_least_and_blocks_ten_seconds_at_most(seconds, n, expected):
    assert plan_rounds(seconds, n) == (expected[0], pytest.approx(expected[1]))


def test_heat_that_rises_evenly_falls_on_each_alike():
    """Two equal variants while everything gets slower by 2 % a block; in one order alone the second
    would look slower."""
    blocks = [[], []]
    one_way = [[], []]
    for number in range(8):
        for place, at in enumerate(get_turn_order(2, number)):
            blocks[at].append(np.full(50, 20.0 * 1.02 ** (2 * number + place)))
        for at in range(2):
            one_way[at].append(np.full(50, 20.0 * 1.02 ** (2 * number + at)))
    assert measure(*blocks)[1].ratio == pytest.approx(1.0, abs=0.001)
    assert measure(*one_way)[1].ratio == pytest.approx(1.02)


def measure(*blocks):
    return compute_variant_latencies([("cpu", n + 1) for n in range(len(blocks))], blocks)


def test_a_variant_has_its_percentiles_and_its_ratio():
    one, found = measure(
        [np.full(50, 20.0), np.full(50, 22.0)], [np.full(50, 10.0), np.full(50, 11.0)]
    )
    assert (found.n, found.blocks_ms, found.ratio) == (100, (10.0, 11.0), pytest.approx(0.5))
    assert (one.ratio, one.is_different, found.threads) == (1.0, False, 2)
    assert found.noise == pytest.approx(0.1)
    assert found.total.p50_ms == 10.5
    assert (np.isnan(found.ratio_lo), found.p, found.is_different) == (True, 1.0, False)


def test_a_difference_is_that_of_the_rounds_and_never_of_one_draw():
    rng = np.random.default_rng(1)
    noise = np.exp(0.02 * rng.standard_normal((2, 20)))
    first, slower, equal = (
        [np.full(50, ms * step) for step in noise[row]] for ms, row in ((20, 0), (21, 1), (20, 1))
    )
    _, shown, open_ = measure(first, slower, equal)
    assert (shown.is_different, open_.is_different) == (True, False)
    assert 1 < shown.ratio_lo < shown.ratio < shown.ratio_hi
    assert (shown.p <= 0.05, open_.p > 0.05) == (True, True)


FRAME_S, RUN_S, FROM_S = 0.05, 600.0, 90.0


def simulated(seed, kind):
    """A run of ten minutes on a clock of its own: (n,) seconds, (n,) milliseconds and the machine's
    states. From 90 s on frames take three times as long by heat, by waiting for a core, because
    others use the other half of its core (`beside`), or because the device rests five seconds after
    every forty frames."""
    rng, at, begun, ms, waited, states = np.random.default_rng(seed), 0.0, [], [], 0.0, []
    noise, walk = np.exp(0.05 * rng.standard_normal(20_000)), 0.0
    for n in range(20_000):
        if at >= RUN_S:
            break
        if len(states) <= at // 10:
            walk = 0.8 * walk + 0.018 * rng.standard_normal()
            states.append((
                at,
                MachineState(
                    waited_s=waited,
                    others_s=at * 0.4 + (max(0.0, at - FROM_S) * 0.7 if kind == "beside" else 0.0),
                ),
            ))  # fmt: skip
        late = at >= FROM_S
        took = FRAME_S * noise[n] * np.exp(walk) * (3.0 if late and kind != "flat" else 1.0)
        waited += took * (0.66 if late and kind == "background" else 0.01)
        begun.append(at)
        ms.append(1000 * took)
        at += took + (5.0 if late and kind == "duty_cycle" and n % 40 == 0 else 0.0)
    states.append((at, MachineState(waited_s=waited)))
    return np.array(begun), np.array(ms), states


def found(seed, kind, told=True):
    at_s, ms, states = simulated(seed, kind)
    states = states if told else [(at, MachineState()) for at, _ in states]
    return find_slowdown_cause(at_s, ms, states, detect_throttling(compute_block_medians(at_s, ms)))


@pytest.mark.long
@pytest.mark.parametrize("kind", rows(["duty_cycle", "beside"], full=["throttling", "background"]))
def test_a_hundred_runs_of_each_cause_are_called_by_their_name_and_placed_within_ten_seconds(kind):
    causes = [found(seed, kind) for seed in range(100)]
    assert sum(one.cause == kind.replace("beside", "background") for one in causes) >= 99
    assert sum(abs(one.at_s - FROM_S) <= 10 for one in causes) >= 99


@pytest.mark.long
def test_at_most_one_of_a_hundred_flat_runs_is_called_anything():
    assert sum(found(seed, "flat").cause != "" for seed in range(100)) <= 1


def test_where_the_machine_does_not_tell_of_waiting_it_is_called_throttling():
    assert found(1, "background", told=False).cause == "throttling"


def test_a_run_below_two_minutes_has_no_cause():
    at_s, ms, states = simulated(1, "throttling")
    short = at_s < 100
    throttled = detect_throttling(compute_block_medians(at_s[short], ms[short]))
    actual = find_slowdown_cause(at_s[short], ms[short], states, throttled).cause
    assert actual == ""
