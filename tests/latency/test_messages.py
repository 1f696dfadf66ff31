from dataclasses import replace
from math import nan

import pytest

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.latency import MachineState, Slowdown, Throttling, ThrottlingStep
from fieldcheck.domain.run import Parity
from fieldcheck.latency import messages
from tests.latency.made import FOUND, GRID, MEMORY, MS, beside, variant


def test_percentiles_come_with_their_limits_load_and_machine():
    said = messages.list_latency_lines(FOUND, ())
    assert "p99 48.0 ms (46.5–50.1); n = 9,000 frames. In brackets" in said[0]
    assert "Measured for 10:00 on Atom" in said[0]
    assert said[0].endswith("background load: video encoding, 2 busy cores.")
    assert said[1] == "Sequential throughput: 44.0 fps."
    assert (
        said[3]
        == "No throttling detected: the time per frame in the last minute was 1.01× that of the first."
    )
    assert said[4] == "Peak memory 310 MB, 0.4 MB growth after warm-up."
    assert said[5].startswith("Noise floor (A–A): interleaved halves of this run differ by 1.0%")
    assert len(said) == 6


def test_targets_are_judged_by_the_slowest_of_a_hundred():
    assert "Target met at 15 fps, missed at 30 fps." in messages.list_latency_lines(
        FOUND, (30.0, 15.0)
    )
    assert "Target missed: 60 fps." in messages.list_latency_lines(FOUND, (60.0,))


def test_throttling_is_placed_and_the_machine_says_what_to_do():
    slowed = Throttling(3.0, True, (ThrottlingStep(90.0, 3.0),), 0.2)
    hot = MachineState("powersave", 1400.0, 91.0, None, 120.0)
    latency = replace(FOUND, throttling=slowed, before=MachineState(waited_s=0.0), after=hot)
    said = messages.list_latency_lines(latency, ())
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
    said = " ".join(messages.list_latency_lines(found, ()))
    assert "nan" not in said
    assert ("99 of 100" not in said) or ("Memory was not measured" in said)


def test_the_verdict_is_a_sign_a_heading_and_a_sentence_with_the_rates_it_keeps():
    assert messages.describe_latency_verdict(FOUND, ()) == (
        "done",
        "Stable",
        (
            "20.0 ms per frame in the first minute, 20.0 ms in the last. Target met at 15 fps, "
            "missed at 30 fps."
        ),
    )
    assert messages.describe_latency_verdict(FOUND, (60,))[:2] == ("look", "Target missed")
    short = replace(FOUND, throttling=Throttling(nan, None, (), nan))
    assert messages.describe_latency_verdict(short, (15,)) == (
        "done", "Too short to detect throttling", "Median 20.0 ms per frame. Target met: 15 fps.",
    )  # fmt: skip
    throttling = Throttling(1.67, True, (ThrottlingStep(250.0, 1.67),), 0.01)
    slow = replace(FOUND, throttling=throttling, blocks_ms=(31.0,) * 25 + (52.0,) * 35)
    assert messages.describe_latency_verdict(slow, ())[1:] == (
        "Slows down during the test",
        (
            "31.0 ms per frame in the first minute, 52.0 ms in the last; slower from 4:10. Target "
            "met at 15 fps, missed at 30 fps."
        ),
    )


def test_a_run_that_was_to_end_when_flat_says_what_became_of_that():
    expected = "Stopped after 10:00: stable over the last two five-minute blocks."
    assert expected in messages.list_latency_lines(replace(FOUND, flat=True), ())
    expected = "Not stable after 10:00 (last two five-minute blocks)."
    assert expected in messages.list_latency_lines(replace(FOUND, flat=False), ())


def test_percentiles_have_their_ranges_or_say_that_the_run_is_too_short():
    assert messages.list_percentiles(FOUND)[2] == ("48.0", "46.5–50.1 ms")
    few = replace(FOUND, total=replace(FOUND.total, p99_ms=nan, p99_lo_ms=nan, p99_hi_ms=nan))
    assert messages.list_percentiles(few)[2] == ("–", "too short for an interval")


def test_what_can_be_chosen_has_words():
    expected = ["1 min", "10 min", "30 min"]
    assert [messages.get_duration_name(code) for code in ("short", "usual", "long")] == expected
    assert messages.get_run_button_label("flat") == "Run until stable"
    assert (messages.get_rate_name(0), messages.get_rate_name(15)) == ("unlimited", "15 fps")
    assert messages.get_load_name("none") == "none"
    assert messages.get_load_name("encode+busy=1") == "video encoding, 1 busy core"


def test_a_run_under_way_and_one_that_ended_say_how_many_frames_they_have():
    assert messages.describe_progress(0, None) == "Processing the first frame …"
    assert messages.describe_progress(12, 31.26) == "12 frames; median over the last second 31.3 ms"
    expected = "n = 9,000 frames in 10:00; background load: video encoding, 2 busy cores"
    assert messages.describe_run(FOUND) == expected


def test_a_run_by_the_exported_program_names_its_machine_and_what_it_did_not_time():
    stages = dict.fromkeys(("read", "normalise", "forward"), MS)
    device = replace(FOUND, machine={"name": "line4", "processor": "Atom"}, stages=stages)
    fact = messages.list_latency_facts(device)[0]
    assert fact.startswith("Measured on line4 by the exported runner")
    assert fact.endswith("post-processing are not included.")
    assert messages.get_runner_folder_name("line4") == "line4-bench"
    expected = "Runner exported to /mnt/stick/line4-bench: model and 200 frames, 30 MB."
    assert messages.describe_runner_export("/mnt/stick/line4-bench", 200, 30.2).startswith(expected)
    assert messages.get_machine_fact_name("runtime") == "inference runtime"


def test_idle_gaps_and_other_programs_are_not_called_throttling():
    slowed = Throttling(3.0, True, (ThrottlingStep(90.0, 3.0),), 0.01)
    idle = replace(FOUND, throttling=slowed, slowdown=Slowdown("duty_cycle", 90.0, 0.62))
    assert messages.describe_latency_verdict(idle, ())[1] == "Idle between frames"
    assert messages.list_latency_facts(idle)[0] == (
        "Duty cycle, not throttling: from 1:30 on, the CPU was idle 62% of the time between frames."
    )
    beside = replace(FOUND, throttling=slowed, slowdown=Slowdown("background", 90.0, 0.97))
    assert messages.describe_latency_verdict(beside, ())[1] == "Slowed by other programs"
    expected = "Background load, not throttling: from 1:30 on, waiting for a core explains 97%"
    assert messages.list_latency_facts(beside)[0].startswith(expected)
    others = replace(beside, slowdown=Slowdown("background", 90.0, 0.2, 0.84))
    expected = "Background load, not throttling: from 1:30 on, other programs use 0.8 more cores."
    assert messages.list_latency_facts(others)[0] == expected
    assert not any(
        line.startswith("Throttling")
        for line in (
            *messages.list_latency_lines(idle, ()),
            *messages.list_latency_lines(beside, ()),
        )
    )


def test_a_declared_target_is_judged_in_plain_words():
    declared = replace(FOUND, target_fps=(15.0, 30.0), target_mb=300.0)
    assert messages.describe_latency_verdict(declared, ())[:2] == ("look", "Target missed")
    assert (
        "Target met at 15 fps, missed at 30 fps."
        in messages.describe_latency_verdict(declared, ())[2]
    )
    assert "Memory limit exceeded: 300 MB." in messages.list_latency_facts(declared)
    assert "Memory limit met: 400 MB." in messages.list_latency_facts(
        replace(declared, target_mb=400.0)
    )
    actual = messages.describe_latency_verdict(
        replace(FOUND, target_fps=(15.0,), target_mb=400.0), ()
    )[0]
    assert actual == "done"


def test_parameters_the_most_at_once_and_the_finest_map_are_told():
    assert messages.list_memory_lines(MEMORY) == (
        "904,467 parameters, 3.62 MB.",
        "Peak activation memory: at most 8.31 MB, without operator fusion. Peak while computing c2.",
        "Finest feature map used for the prediction: 52 × 52 cells, one per 8 × 8 input pixels. An "
        "object under 24.6 × 13.8 px in the camera frame (1280 × 720) is smaller than one cell.",
    )
    assert messages.describe_largest_layers(MEMORY) == (
        "Largest activations: Conv 1 × 16 × 208 × 208 2.77 MB, Concat 1 × 12 × 208 × 208 2.08 MB."
    )


def test_what_is_unknown_is_said_and_the_most_is_a_least_then():
    said = messages.list_memory_lines(replace(MEMORY, unknown=3, grid=None, peak_at=""))
    assert said[1] == "Peak activation memory: at least 8.31 MB, without operator fusion."
    assert said[2] == "3 activations of unknown shape, not included here."
    assert said[3] == "No spatial feature map leads to the prediction, or its shape is unknown."
    assert messages.describe_largest_layers(replace(MEMORY, layers=())) == ""


def test_without_a_frame_cells_are_told_in_the_models_input_alone():
    expected = "one per 8 × 8 input pixels."
    assert messages.describe_feature_grid(replace(GRID, frame=None, cell=None)).endswith(expected)


def test_small_boxes_come_with_their_range_or_with_why_there_is_none():
    found = Estimate.from_limits(0.125, 0.05, 0.3, n=230, n_eff=90, method="beta_binomial_clips")
    expected = "Smaller than one cell in width and height: 12.5% (5.0–30.0%), 230 labelled boxes."
    assert messages.describe_small_objects(found) == expected
    few = messages.describe_small_objects(Estimate.not_measured("too_few_clips", 8, 0.25))
    assert "25.0% of 8 labelled boxes; too few clips for a CI." in few


def test_of_a_long_name_the_end_is_shown_and_of_a_list_the_first():
    assert messages.format_tensor_name("net/relu;net/add") == "net/relu"
    assert messages.format_tensor_name("a" * 50) == "…" + "a" * 40


def test_each_variant_has_a_line_with_its_ranges_and_what_it_is_beside_the_first():
    side_by_side = beside(variant(1.0), variant(0.55, 2, True), variant(1.01, 4))
    said = messages.list_variant_lines(side_by_side)
    assert said == (
        "Variants compared on Atom in alternating blocks of 10.0 s; background load: none.",
        (
            "Processor (CPU), 1 thread: p50 20.0 ms (19.0–21.0), p95 31.0 ms (30.0–33.0), n = 400 "
            "frames."
        ),
        (
            "Processor (CPU), 2 threads: p50 20.0 ms (19.0–21.0), p95 31.0 ms (30.0–33.0), n = "
            "400 frames; 0.55× the first (0.52–0.58), demonstrated."
        ),
        (
            "Processor (CPU), 4 threads: p50 20.0 ms (19.0–21.0), p95 31.0 ms (30.0–33.0), n = "
            "400 frames; 1.01× the first (0.98–1.04), no difference demonstrated."
        ),
        (
            "20 rounds in alternating order; a difference is demonstrated by sign flips of whole "
            "rounds (p ≤ 0.05) and a 95% CI without 1."
        ),
    )


def test_in_a_table_a_variant_is_told_from_the_first_in_few_words():
    found = beside(variant(1.0), variant(0.55, 2, True), variant(1.01, 4))
    expected = ["–", "0.55×", "1.01× (not demonstrated)"]
    assert [messages.format_relative_latency(found, one) for one in found.variants] == expected
    assert (
        messages.format_percentile(20.0, nan, nan, " ms") == "20.0 ms (too short for an interval)"
    )
    actual = messages.list_variant_notes(found)
    assert actual == (messages.list_variant_lines(found)[0], messages.list_variant_lines(found)[-1])


def test_a_provider_that_is_left_out_is_named_with_why():
    found = replace(
        beside(variant(1.0)),
        left_out=(Parity("openvino", 8, problem="failed", detail="no kernel"),),
    )
    assert (
        "OpenVINO (Intel) cannot run this model (no kernel)"
        in messages.list_variant_lines(found)[-1]
    )
    assert len(messages.list_variant_lines(replace(found, variants=()))) == 1
    assert messages.get_variant_name(variant(1.0, threads=2)) == "Processor (CPU), 2 threads"


def test_the_quickest_is_called_faster_only_where_that_is_demonstrated():
    found = beside(variant(1.0), variant(0.55, 2, True), variant(0.555, 4, True))
    assert messages.find_quickest(found).threads == 2
    assert messages.describe_quickest(found) == (
        "Processor (CPU), 2 threads is faster than Processor (CPU), 1 thread: median 20.0 ms per "
        "frame."
    )
    open_ = beside(variant(1.0), variant(0.99, 2))
    assert messages.describe_quickest(open_) == (
        "Processor (CPU), 2 threads has the lowest median: 20.0 ms per frame; no difference to "
        "Processor (CPU), 1 thread demonstrated."
    )
    first = beside(variant(1.0), variant(1.5, 2, True))
    expected = "1 thread has the lowest median: 20.0 ms per frame."
    assert messages.describe_quickest(first).endswith(expected)


def test_the_intervals_say_what_they_count():
    said = messages.list_latency_lines(FOUND, ())[0]
    assert "Median 20.0 ms (19.8–20.3), p95 31.0 ms (30.1–32.4), p99 48.0 ms (46.5–50.1)" in said
    assert "In brackets: 95% CI by blocks of time." in said
    earlier = replace(FOUND, total=replace(FOUND.total, by_blocks=False))
    assert "count single frames and are too narrow." in messages.list_latency_lines(earlier, ())[0]
    none = dict.fromkeys(
        ("p50_lo_ms", "p50_hi_ms", "p95_lo_ms", "p95_hi_ms", "p99_lo_ms", "p99_hi_ms"), nan
    )
    short = replace(FOUND, total=replace(FOUND.total, **none))
    assert messages.describe_percentile_units(short) == ""
    assert "Median 20.0 ms (too short for an interval)" in messages.list_latency_lines(short, ())[0]
