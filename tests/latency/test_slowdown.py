import numpy as np
import pytest

from fieldcheck.domain.latency import MachineState
from fieldcheck.latency.statistics import (
    compute_block_medians,
    detect_throttling,
    find_slowdown_cause,
)

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


@pytest.mark.parametrize("kind", ["throttling", "duty_cycle", "background", "beside"])
def test_a_hundred_runs_of_each_cause_are_called_by_their_name_and_placed_within_ten_seconds(kind):
    causes = [found(seed, kind) for seed in range(100)]
    assert sum(one.cause == kind.replace("beside", "background") for one in causes) >= 99
    assert sum(abs(one.at_s - FROM_S) <= 10 for one in causes) >= 99


def test_at_most_one_of_a_hundred_flat_runs_is_called_anything():
    assert sum(found(seed, "flat").cause != "" for seed in range(100)) <= 1


def test_where_the_machine_does_not_tell_of_waiting_it_is_called_throttling():
    assert found(1, "background", told=False).cause == "throttling"


def test_a_run_below_two_minutes_has_no_cause():
    at_s, ms, states = simulated(1, "throttling")
    short = at_s < 100
    actual = find_slowdown_cause(
        at_s[short],
        ms[short],
        states,
        detect_throttling(compute_block_medians(at_s[short], ms[short])),
    ).cause
    assert actual == ""
