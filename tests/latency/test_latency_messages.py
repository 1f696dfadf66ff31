from dataclasses import replace
from math import nan

import pytest

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.latency import (
    Latency,
    MachineState,
    Slowdown,
    StageLatency,
    Throttling,
    ThrottlingStep,
    TotalLatency,
)
from fieldcheck.latency.messages import (
    describe_latency_verdict,
    describe_progress,
    describe_run,
    describe_runner_export,
    get_duration_name,
    get_load_name,
    get_machine_fact_name,
    get_rate_name,
    get_run_button_label,
    get_runner_folder_name,
    list_latency_facts,
    list_latency_lines,
    list_percentiles,
)

MS = StageLatency(4.0, 4.0, 0.2)
FOUND = Latency(
    machine={"processor": "Atom x6425E"}, model="net", source="belt.avi", load="encode+busy=2",
    seconds=600, fps=0.0, n=9000, warm_up=75,
    stages=dict.fromkeys(("decode", "resize", "normalise", "forward", "post"), MS),
    total=TotalLatency(20.0, 31.0, 48.0, 46.5, 50.1, 90.0, 1.2), blocks_ms=(20.0,) * 60,
    throughput_fps=44.0, late=Estimate.not_measured("no_rate"),
    throttling=Throttling(1.01, False, (), 0.01), peak_mb=310.4, growth_mb=0.4,
    before=MachineState(), after=MachineState(),
)  # fmt: skip


def test_percentiles_come_with_their_limits_load_and_machine():
    said = list_latency_lines(FOUND, ())
    assert said[0] == (
        "Median 20.0 ms, p95 31.0 ms, p99 48.0 ms (46.5–50.1) over 9,000 frames. Measured for "
        "10:00 on Atom "
        "x6425E; background load: video encoding, 2 busy cores."
    )
    assert said[1] == "Sequential throughput: 44.0 fps."
    assert said[3] == "No throttling detected: the last minute took 1.01× the time of the first."
    assert said[4] == "Peak memory 310 MB, 0.4 MB growth after warm-up."
    assert said[5].startswith("Noise floor (A–A): interleaved halves of this run differ by 1.0%")
    assert len(said) == 6


def test_targets_are_judged_by_the_slowest_of_a_hundred():
    assert "Target met at 15 fps, missed at 30 fps." in list_latency_lines(FOUND, (30.0, 15.0))
    assert "Target missed: 60 fps." in list_latency_lines(FOUND, (60.0,))


def test_throttling_is_placed_and_the_machine_says_what_to_do():
    slowed = Throttling(3.0, True, (ThrottlingStep(90.0, 3.0),), 0.2)
    hot = MachineState("powersave", 1400.0, 91.0, None, 120.0)
    said = list_latency_lines(
        replace(FOUND, throttling=slowed, before=MachineState(waited_s=0.0), after=hot), ()
    )
    assert "Throttling after 90 s: 3.0× as long." in said
    assert "CPU frequency governor is powersave: set it to performance." in said
    assert "Hottest sensor at the end: 91 °C. Improve cooling." in said
    assert "The model waited for a free core 20% of the time: close other programs." in said
    assert (
        "Noise floor (A–A): interleaved halves of this run differ by 20.0%; smaller "
        "differences are not meaningful."
    ) in said


@pytest.mark.parametrize(
    "found", [replace(FOUND, total=replace(FOUND.total, p99_ms=nan)), replace(FOUND, peak_mb=0.0)]
)
def test_what_was_not_measured_is_not_said(found):
    said = " ".join(list_latency_lines(found, ()))
    assert "nan" not in said
    assert ("99 of 100" not in said) or ("Memory was not measured" in said)


def test_the_verdict_is_a_sign_a_heading_and_a_sentence_with_the_rates_it_keeps():
    assert describe_latency_verdict(FOUND, ()) == (
        "done",
        "Stable",
        (
            "20.0 ms per frame in the first minute, 20.0 ms in the last. Target met at 15 fps, "
            "missed at 30 fps."
        ),
    )
    assert describe_latency_verdict(FOUND, (60,))[:2] == ("look", "Target missed")
    short = replace(FOUND, throttling=Throttling(nan, None, (), nan))
    assert describe_latency_verdict(short, (15,)) == (
        "done",
        "Too short to detect throttling",
        "Median 20.0 ms per frame. Target met: 15 fps.",
    )
    slow = replace(
        FOUND,
        throttling=Throttling(1.67, True, (ThrottlingStep(250.0, 1.67),), 0.01),
        blocks_ms=(31.0,) * 25 + (52.0,) * 35,
    )
    assert describe_latency_verdict(slow, ())[1:] == (
        "Slows down during the test",
        (
            "31.0 ms per frame in the first minute, 52.0 ms in the last; slower from 4:10. Target "
            "met at 15 fps, missed at 30 fps."
        ),
    )


def test_a_run_that_was_to_end_when_flat_says_what_became_of_that():
    expected = "Stopped after 10:00: stable over the last two five-minute blocks."
    assert expected in list_latency_lines(replace(FOUND, flat=True), ())
    expected = "Not stable after 10:00 (last two five-minute blocks)."
    assert expected in list_latency_lines(replace(FOUND, flat=False), ())


def test_percentiles_have_their_ranges_or_say_that_frames_are_too_few():
    assert list_percentiles(FOUND)[2] == ("48.0", "46.5–50.1 ms")
    few = replace(FOUND, total=replace(FOUND.total, p99_ms=nan, p99_lo_ms=nan, p99_hi_ms=nan))
    assert list_percentiles(few)[2] == ("–", "too few frames")


def test_what_can_be_chosen_has_words():
    expected = ["1 min", "10 min", "30 min"]
    assert [get_duration_name(code) for code in ("short", "usual", "long")] == expected
    assert get_run_button_label("flat") == "Run until stable"
    assert (get_rate_name(0), get_rate_name(15)) == ("unlimited", "15 fps")
    assert get_load_name("none") == "none"
    assert get_load_name("encode+busy=1") == "video encoding, 1 busy core"


def test_a_run_under_way_and_one_that_ended_say_how_many_frames_they_have():
    assert describe_progress(0, None) == "Processing the first frame …"
    assert describe_progress(12, 31.26) == "12 frames; median over the last second 31.3 ms"
    expected = "n = 9,000 frames in 10:00; background load: video encoding, 2 busy cores"
    assert describe_run(FOUND) == expected


def test_a_run_by_the_exported_program_names_its_machine_and_what_it_did_not_time():
    device = replace(
        FOUND,
        machine={"name": "line4", "processor": "Atom"},
        stages=dict.fromkeys(("read", "normalise", "forward"), MS),
    )
    assert list_latency_facts(device)[0] == (
        "Measured on line4 by the exported runner; its predictions match those of this "
        "computer. Decoding, "
        "resizing and post-processing are not included."
    )
    assert get_runner_folder_name("line4") == "line4-bench"
    expected = "Runner exported to /mnt/stick/line4-bench: model and 200 frames, 30 MB."
    assert describe_runner_export("/mnt/stick/line4-bench", 200, 30.2).startswith(expected)
    assert get_machine_fact_name("runtime") == "runtime"


def test_idle_gaps_and_other_programs_are_not_called_throttling():
    slowed = Throttling(3.0, True, (ThrottlingStep(90.0, 3.0),), 0.01)
    idle = replace(FOUND, throttling=slowed, slowdown=Slowdown("duty_cycle", 90.0, 0.62))
    assert describe_latency_verdict(idle, ())[1] == "Idle between frames"
    assert list_latency_facts(idle)[0] == (
        "Duty cycle, not throttling: from 1:30 on, the CPU was idle 62% of the time between frames."
    )
    beside = replace(FOUND, throttling=slowed, slowdown=Slowdown("background", 90.0, 0.97))
    assert describe_latency_verdict(beside, ())[1] == "Slowed by other programs"
    expected = "Background load, not throttling: from 1:30 on, waiting for a core explains 97%"
    assert list_latency_facts(beside)[0].startswith(expected)
    others = replace(beside, slowdown=Slowdown("background", 90.0, 0.2, 0.84))
    expected = "Background load, not throttling: from 1:30 on, other programs use 0.8 more cores."
    assert list_latency_facts(others)[0] == expected
    assert not any(
        line.startswith("Throttling")
        for line in (*list_latency_lines(idle, ()), *list_latency_lines(beside, ()))
    )


def test_a_declared_target_is_judged_in_plain_words():
    declared = replace(FOUND, target_fps=(15.0, 30.0), target_mb=300.0)
    assert describe_latency_verdict(declared, ())[:2] == ("look", "Target missed")
    assert "Target met at 15 fps, missed at 30 fps." in describe_latency_verdict(declared, ())[2]
    assert "Memory limit exceeded: 300 MB." in list_latency_facts(declared)
    assert "Memory limit met: 400 MB." in list_latency_facts(replace(declared, target_mb=400.0))
    actual = describe_latency_verdict(replace(FOUND, target_fps=(15.0,), target_mb=400.0), ())[0]
    assert actual == "done"
